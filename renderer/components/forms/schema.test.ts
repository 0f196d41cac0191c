import { describe, expect, it } from 'vitest'
import { humanise, matters, readFields, type FieldSpec } from './schema.ts'

function only(node: Record<string, unknown>, required: string[] = []): FieldSpec {
  const [field] = readFields({ type: 'object', properties: { field: node }, required })
  if (!field) throw new Error('no field was read')
  return field
}
const named = (name: string, node: Record<string, unknown>): FieldSpec | undefined => readFields({ type: 'object', properties: { [name]: node } })[0]

describe('fields of a form, from a JSON Schema', () => {
  it('takes title and description, and tells what is required', () => {
    expect(only({ type: 'string', title: 'Address', description: 'As in the browser' }, ['field'])).toMatchObject({ kind: 'text', title: 'Address', description: 'As in the browser', required: true })
    expect(only({ type: 'string' })).toMatchObject({ title: null, description: null, required: false })
  })

  it.each<[Record<string, unknown>, FieldSpec['kind']]>([
    [{ type: 'string', format: 'uri' }, 'url'],
    [{ type: 'number' }, 'number'],
    [{ type: 'integer' }, 'number'],
    [{ type: 'boolean' }, 'boolean'],
    [{ type: 'string', enum: ['bed', 'all'] }, 'choice'],
    [{ default: 0, anyOf: [{ type: 'number', const: 0 }, { type: 'number', const: 90 }] }, 'choice'],
    [{ type: 'array', items: { type: 'string' } }, 'list'],
    [{ type: 'array', items: { type: 'integer', exclusiveMinimum: 0 } }, 'numbers'],
    [{ type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'string' } }, 'pairs'],
    [{ type: 'object', properties: { on: { type: 'boolean' } } }, 'group'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'text'],
    [{ type: 'array', items: { type: 'object' } }, 'other'],
    [{}, 'other'],
  ])('%j is drawn as %s', (node, kind) => {
    expect(only(node).kind).toBe(kind)
  })

  it('leaves out what has one possible value', () => {
    expect(readFields({ type: 'object', properties: { method: { type: 'string', const: 'POST', default: 'POST' }, url: { type: 'string' } } }).map(({ name }) => name)).toEqual(['url'])
  })

  it('keeps bounds that a person set and forgets those that zod writes for every integer', () => {
    expect(only({ type: 'integer', minimum: 1000, maximum: 25_000 })).toMatchObject({ integer: true, min: 1000, max: 25_000 })
    expect(only({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toMatchObject({ min: 0, max: null })
    expect(only({ type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toMatchObject({ min: 1, max: null })
  })

  it('tells what holds when nothing is said', () => {
    expect(only({ type: 'boolean', default: true }).fallback).toBe(true)
    expect(only({ type: 'string' }).fallback).toBeUndefined()
  })

  it.each<[string, Record<string, unknown>, FieldSpec['unit']]>([
    ['timeoutMs', { type: 'integer' }, 'milliseconds'],
    ['pictureBytes', { type: 'integer' }, 'bytes'],
    ['eventDays', { type: 'integer' }, 'days'],
    ['milestoneHours', { type: 'number' }, 'hours'],
    ['pauseGrace', { type: 'number', description: 'Seconds a pause must last to be told' }, 'seconds'],
    ['cooledAt', { type: 'number', description: 'At or below this many °C a heater counts as cooled' }, 'celsius'],
    ['progressStep', { type: 'number', minimum: 0, maximum: 1 }, 'fraction'],
    ['capPerMinute', { type: 'integer', minimum: 1 }, 'none'],
    ['anything', { type: 'number', unit: 's' }, 'seconds'],
    ['anything', { type: 'number', unit: 'fraction' }, 'fraction'],
  ])('%s %j counts %s', (name, node, unit) => {
    expect(named(name, node)?.unit).toBe(unit)
  })

  it('lets the page name a unit that the schema does not tell', () => {
    expect(readFields({ type: 'object', properties: { toast: { type: 'number', minimum: 1 } } }, { toast: 'seconds' })[0]?.unit).toBe('seconds')
  })

  it('reads what is nested', () => {
    expect(only({ type: 'object', properties: { flipH: { type: 'boolean', default: false } } }).fields).toMatchObject([{ name: 'flipH', kind: 'boolean', fallback: false }])
  })
})

describe('whether a field matters', () => {
  const fields = readFields({ type: 'object', properties: {
    oauth: { type: 'boolean', default: false }, method: { type: 'string', enum: ['GET', 'POST'], default: 'POST', when: { oauth: [true] } },
    encoding: { type: 'string', when: { oauth: [true], method: ['POST'] } }, body: { type: 'string', when: { method: ['POST'] } }, odd: { type: 'string', when: 'never' }, round: { type: 'string', when: { about: ['x'] } }, about: { type: 'string', default: 'x', when: { round: ['y'] } },
  } })
  const shown = (values: Record<string, unknown>): string[] => fields.filter(({ when }) => matters(when, fields, values)).map(({ name }) => name)

  it.each<[Record<string, unknown>, string[]]>([
    // What is not given has its default; a field below one that does not matter does not either.
    [{}, ['oauth', 'odd']],
    [{ oauth: true }, ['oauth', 'method', 'encoding', 'body', 'odd']],
    [{ oauth: true, method: 'GET' }, ['oauth', 'method', 'odd']],
    [{ oauth: true, method: null }, ['oauth', 'method', 'encoding', 'body', 'odd']],
  ])('%j shows %j', (values, names) => {
    expect(shown(values).filter((name) => name !== 'round' && name !== 'about')).toEqual(names)
  })

  it('asks nothing of a field that is not there, and comes to an end where two ask each other', () => {
    expect(matters({ gone: ['x'] }, fields, {})).toBe(true)
    expect(shown({ round: 'y' })).toContain('round')
  })
})

it.each([['includePicture', 'Include picture'], ['timeoutMs', 'Timeout'], ['click_url', 'Click url'], ['url', 'Url']])('%s reads "%s"', (name, words) => {
  expect(humanise(name)).toBe(words)
})
