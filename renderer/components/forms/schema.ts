/** From a JSON Schema (draft 2020-12, as zod writes it) to the fields of a form. Pure; knows no kind of server or channel. */
import type { Unit } from './units.ts'

export type FieldKind = 'text' | 'url' | 'number' | 'boolean' | 'choice' | 'list' | 'numbers' | 'pairs' | 'group' | 'other'

export interface FieldSpec {
  /** Key in the object that the schema describes. */
  name: string
  kind: FieldKind
  title: string | null
  description: string | null
  required: boolean
  /** What holds when nothing is said; undefined = nothing. */
  fallback: unknown
  unit: Unit
  integer: boolean
  min: number | null
  max: number | null
  /** For 'text': several lines. */
  multiline?: boolean
  /** For 'choice'. */
  options: readonly (string | number)[]
  /** For 'group'. */
  fields: readonly FieldSpec[]
  /** It matters only then; absent = always. */
  when?: Condition
}

/** A field that no schema tells of: what is not said is as for most. */
export function fieldSpec(kind: FieldKind, name: string, title: string, more: Partial<FieldSpec> = {}): FieldSpec {
  return { name, kind, title, description: null, required: false, fallback: undefined, unit: 'none', integer: false, min: null, max: null, options: [], fields: [], ...more }
}

/** Each of these fields has one of these values. */
export type Condition = Readonly<Record<string, readonly unknown[]>>

type Node = Readonly<Record<string, unknown>>

const UNITS: ReadonlySet<string> = new Set<Unit>(['seconds', 'milliseconds', 'fraction', 'celsius', 'bytes', 'days', 'hours', 'minutes'])
const SIGNS: Readonly<Record<string, Unit>> = { s: 'seconds', ms: 'milliseconds', '%': 'fraction', '°C': 'celsius', B: 'bytes', d: 'days', h: 'hours', min: 'minutes' }
/** zod names the largest whole number as the bound of every integer: no bound that a person set. */
const NO_BOUND = Number.MAX_SAFE_INTEGER

/**
 * @param units of fields whose schema does not tell
 * @returns in the schema's order; fields with one possible value are left out, there is nothing to choose
 */
export function readFields(schema: Node, units: Readonly<Record<string, Unit>> = {}): FieldSpec[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : [])
  return Object.entries(nodes(schema.properties)).filter(([, node]) => node.const === undefined)
    .map(([name, node]) => readField(name, node, required.has(name), units[name]))
}

function readField(name: string, given: Node, required: boolean, unit: Unit | undefined): FieldSpec {
  const node = withoutNull(given)
  const options = optionsOf(node)
  const kind = kindOf(node, options)
  const { min, max } = boundsOf(node)
  return {
    name, kind, required, options, min, max,
    title: text(given.title) ?? text(node.title),
    description: text(given.description) ?? text(node.description),
    fallback: given.default ?? node.default,
    unit: kind === 'number' ? unit ?? unitOf(name, node) : 'none',
    integer: node.type === 'integer',
    ...(kind === 'text' && (given.multiline === true || node.multiline === true) ? { multiline: true } : {}),
    fields: kind === 'group' ? readFields(node) : [],
    ...conditionOf(given.when ?? node.when),
  }
}

/** What can't be read hides nothing. */
function conditionOf(when: unknown): { when?: Condition } {
  const entries = Object.entries(asNode(when) ?? {}).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
  return entries.length === 0 ? {} : { when: Object.fromEntries(entries) }
}

/**
 * Whether a field matters now: each field of its condition has one of the values, and matters itself. A field that is not there asks nothing.
 * @param values as they stand; what is not given has its default
 */
export function matters(when: Condition | undefined, fields: readonly FieldSpec[], values: Readonly<Record<string, unknown>>, asked: readonly string[] = []): boolean {
  return Object.entries(when ?? {}).every(([name, wanted]) => {
    const field = fields.find((one) => one.name === name)
    if (!field || asked.includes(name)) return true
    return wanted.includes(values[name] ?? field.fallback) && matters(field.when, fields, values, [...asked, name])
  })
}

function kindOf(node: Node, options: readonly unknown[]): FieldKind {
  if (options.length > 0) return 'choice'
  switch (node.type) {
    case 'string': return node.format === 'uri' ? 'url' : 'text'
    case 'number': case 'integer': return 'number'
    case 'boolean': return 'boolean'
    case 'array': return listOf(node)
    case 'object': return objectOf(node)
    default: return 'other'
  }
}

function listOf(node: Node): FieldKind {
  const items = asNode(node.items)
  if (items?.type === 'string') return 'list'
  return items?.type === 'number' || items?.type === 'integer' ? 'numbers' : 'other'
}

function objectOf(node: Node): FieldKind {
  if (asNode(node.properties)) return 'group'
  return asNode(node.additionalProperties)?.type === 'string' ? 'pairs' : 'other'
}

/** An enum, or a union of single values. */
function optionsOf(node: Node): (string | number)[] {
  const values = Array.isArray(node.enum) ? node.enum : unionOf(node).map((part) => part.const)
  return values.every((value): value is string | number => typeof value === 'string' || typeof value === 'number') ? values : []
}

/** "anyOf: [X, null]" is X that may be left out. */
function withoutNull(node: Node): Node {
  const parts = unionOf(node)
  const rest = parts.filter((part) => part.type !== 'null')
  return rest.length === 1 && rest.length < parts.length ? (rest[0] as Node) : node
}

function unionOf(node: Node): Node[] {
  const union = node.anyOf ?? node.oneOf
  return Array.isArray(union) ? union.flatMap((part: unknown): Node[] => {
    const found = asNode(part)
    return found ? [found] : []
  }) : []
}

function boundsOf(node: Node): { min: number | null; max: number | null } {
  const bound = (value: unknown): number | null => (typeof value === 'number' && Math.abs(value) !== NO_BOUND ? value : null)
  const above = bound(node.exclusiveMinimum)
  const least = node.type === 'integer' && above !== null ? above + 1 : null
  return { min: bound(node.minimum) ?? least, max: bound(node.maximum) }
}

/** What the schema says (`unit`), else what name and description tell. */
function unitOf(name: string, node: Node): Unit {
  const said = text(node.unit)
  if (said !== null) return SIGNS[said] ?? (UNITS.has(said) ? said as Unit : 'none')
  const description = text(node.description) ?? ''
  if (name.endsWith('Ms')) return 'milliseconds'
  if (/bytes$/i.test(name)) return 'bytes'
  if (/days$/i.test(name)) return 'days'
  if (/hours$/i.test(name)) return 'hours'
  if (description.includes('°C')) return 'celsius'
  if (/^seconds\b/i.test(description)) return 'seconds'
  return node.type === 'number' && node.minimum === 0 && node.maximum === 1 ? 'fraction' : 'none'
}

/** "includePicture" as words: "Include picture". For fields that have no title. */
export function humanise(name: string): string {
  const words = name.replace(/Ms$/, '').replace(/[_-]+/g, ' ').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function asNode(value: unknown): Node | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Node : null
}

function nodes(value: unknown): Record<string, Node> {
  return Object.fromEntries(Object.entries(asNode(value) ?? {}).flatMap(([name, node]) => {
    const found = asNode(node)
    return found ? [[name, found]] : []
  }))
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
