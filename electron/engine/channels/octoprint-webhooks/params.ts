/**
 * `@param` with dot notation, as OctoPrint-Webhooks has it, without what breaks there: a parameter ends where its name ends, what was
 * inserted is not looked through again, and no parameter is cut out of a longer one. docs/channels/octoprint-webhooks.md lists each
 * difference; change both together.
 */
import { PythonFloat, pythonText, typed } from './python-text.ts'

export type Variables = Readonly<Record<string, unknown>>

/** Can never be sent as text: stands for the picture, on the first level of the body only. */
export const SNAPSHOT = '@snapshot'

const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:-+[\p{L}\p{N}_]+)*/uy
const STEP = /[\p{L}\p{N}_]+(?:-+[\p{L}\p{N}_]+)*/uy
/** What may stand before the @ of a mail address. */
const MAILBOX = /[\p{L}\p{N}_.+-]$/u

interface Found {
  /** Where the text goes on. */
  end: number
  /** Undefined = there is no such value. */
  value: unknown
  /** Its first name is one of the variables. */
  known: boolean
}

/**
 * Fills in every parameter. A text that is nothing but one parameter becomes the value itself, of whatever type; amid other text a value
 * is told as Python would. What there is no value for becomes empty; `@@` is one @.
 */
export function fill(template: string, variables: Variables): unknown {
  if (template.startsWith('@')) {
    const only = paramAt(template, 0, variables)
    if (only?.end === template.length) return only.value === undefined ? '' : only.value
  }
  return fillText(template, variables)
}

/**
 * As `fill`, always a text.
 * @param insert how a value is told, absent as `pythonText`; `first` = it stands at the very beginning; undefined = there is none
 */
export function fillText(template: string, variables: Variables, insert: (value: unknown, first: boolean) => string = told): string {
  let text = ''
  for (let at = 0; at < template.length;) {
    const next = template.indexOf('@', at)
    if (next < 0) return text + template.slice(at)
    text += template.slice(at, next)
    const found = template[next + 1] === '@' ? null : paramAt(template, next, variables)
    if (found === null || (!found.known && MAILBOX.test(template.slice(Math.max(0, next - 2), next)))) {
      // Not a parameter: an @ of its own, or a mail address.
      text += '@'
      at = next + (template[next + 1] === '@' ? 2 : 1)
    } else {
      text += insert(found.value, next === 0)
      at = found.end
    }
  }
  return text
}

/** Every text in `value`, at any depth; names of fields and what is no text stay. */
export function fillAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return fill(value, variables)
  if (Array.isArray(value)) return value.map((item) => fillAll(item, variables))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillAll(item, variables)]))
  return value
}

function told(value: unknown): string {
  return value === undefined ? '' : pythonText(value)
}

/** The text with something else in place of each parameter: what is written there for good. */
export function withoutParams(template: string, instead = ''): string {
  return fillText(template, {}, () => instead)
}

/** @param at where an @ stands; null = no name follows it */
function paramAt(text: string, at: number, variables: Variables): Found | null {
  const first = wordAt(NAME, text, at + 1)
  if (first === null) return null
  const root = choose(first, variables)
  let found: Found = { end: at + 1 + root.length, value: own(variables, root), known: Object.hasOwn(variables, root) }
  for (let word = wordAt(STEP, text, found.end + 1); text[found.end] === '.' && word !== null; word = wordAt(STEP, text, found.end + 1)) {
    const name = choose(word, found.value)
    found = { ...found, end: found.end + 1 + name.length, value: own(found.value, name) }
  }
  return found
}

function wordAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

/** "access-token" is one name where there is such a value; else the dash is a dash and the name ends before it. */
function choose(word: string, within: unknown): string {
  for (let name = word; name.includes('-'); name = name.slice(0, name.lastIndexOf('-')).replace(/-+$/, '')) if (isRecord(within) && Object.hasOwn(within, name)) return name
  return /^[^-]*/.exec(word)?.[0] ?? word
}

/** Lists have no names: as in the plugin, nothing of them can be picked. */
function own(within: unknown, name: string): unknown {
  return isRecord(within) && Object.hasOwn(within, name) ? typed(name, within[name]) : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat)
}
