/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest'
import en from './en/index.ts'

const SOURCES: Record<string, string> = import.meta.glob('../**/*.vue', { query: '?raw', import: 'default', eager: true })
const EMPTY_STATE = /<EmptyState\b[^>]*?>/gs

/** Keys that stand in an attribute of any empty state: ":title" or ":text". */
function keysOf(attribute: string): string[] {
  return Object.values(SOURCES).flatMap((source) => [...source.matchAll(EMPTY_STATE)])
    .flatMap(([tag]) => [...(new RegExp(`:${attribute}="([^"]*)"`).exec(tag)?.[1] ?? '').matchAll(/\bt\('([^']+)'/g)]).map(([, key]) => key ?? '')
}
function textOf(key: string): unknown {
  return key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], en)
}

describe('empty states', () => {
  it('have titles without a full stop', () => {
    const keys = keysOf('title')
    expect(keys.length).toBeGreaterThan(10)
    expect(keys.filter((key) => !/^[^.]+$/.test(String(textOf(key))))).toEqual([])
  })

  it('say the rest in sentences', () => {
    const keys = keysOf('text')
    expect(keys.length).toBeGreaterThan(8)
    expect(keys.filter((key) => !/\.$/.test(String(textOf(key))))).toEqual([])
  })
})
