import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EVENT_TYPES } from '../events/model.ts'
import { adapters } from './registry.ts'

const folder = new URL('../../../docs/printers/', import.meta.url)
const rows = readFileSync(new URL('README.md', folder), 'utf8').split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
const [, ...columns] = rows.find(([first]) => first === 'event') ?? []
const told = new Map(rows.flatMap(([names = '', ...cells]) => [...names.matchAll(/`([a-z]+\.[a-z_]+)`/g)].map(([, type = '']) => [type, cells] as const)))

describe.each([...adapters.values()].map((adapter) => [adapter.displayName, adapter] as const))('the support table tells of %s', (name, adapter) => {
  const column = columns.indexOf(name)
  it('with a column and a page of its own', () => {
    expect(column).toBeGreaterThanOrEqual(0)
    expect(existsSync(new URL(`${adapter.kind}.md`, folder))).toBe(true)
  })
  it.each(EVENT_TYPES.filter((type) => !type.startsWith('app.')))('whether it can tell %s', (type) => {
    expect(told.get(type)?.[column]).toBe(adapter.capabilities.events.has(type) ? 'yes' : 'no')
  })
  it.each<[string, boolean]>([['send G-code', adapter.capabilities.commands.includes('gcode')], ['answer a prompt', adapter.capabilities.commands.includes('answer')], ['emergency stop', adapter.capabilities.commands.includes('emergency_stop')], ['a print goes on when the server stops', adapter.capabilities.jobSurvivesServer]])('whether it can: %s', (what, can) => {
    expect(rows.find(([first]) => first === what)?.[column + 1]).toMatch(can ? /^yes/ : /^no/)
  })
})
