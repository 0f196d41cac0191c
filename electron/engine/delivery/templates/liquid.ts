/**
 * Texts that people write themselves, with Liquid in them. A template only sees what it is given: it reads no file, takes in no other
 * template and runs no code; its length, time and memory are limited. docs/decisions/liquid-templates.md says why Liquid.
 */
import type { Template } from 'liquidjs'
import { atFirstUse } from '../../at-first-use.ts'
import { scrub } from '../../settings/secret.ts'

/** Characters of one template. */
export const LONGEST_TEMPLATE = 20_000
/** A template of that length is filled within a millisecond or two; a loop without end stops here. ms */
const RENDER_MS = 250
/** What liquidjs counts of new strings and lists, in characters and entries. */
const MEMORY = 10_000_000
/** Of a cause as it is told. */
const LONGEST_CAUSE = 200

/** Tags that take in another template. */
const TAKING_IN = ['include', 'render', 'layout', 'block'] as const

const engine = atFirstUse((require) => {
  const { Liquid } = require('liquidjs') as typeof import('liquidjs')
  const made = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    relativeReference: false,
    dynamicPartials: false,
    // Looked up here and never on the disk.
    templates: {},
    parseLimit: LONGEST_TEMPLATE,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY,
  })
  for (const tag of TAKING_IN) Reflect.deleteProperty(made.tags, tag)
  return made
})

/** What is wrong, in words of cause and cure that begin with a capital and end with a full stop; no value that the template was filled with. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem'

  constructor(
    message: string,
    /** Null = it is no matter of one place. */
    readonly place: TemplatePlace | null = null,
    /** The cause alone, without its place: "undefined filter: shout". */
    readonly what: string = message,
    /** It was stopped in its time or memory: a second try takes as much. */
    readonly tooMuch = false,
  ) {
    super(message)
  }
}

/** Both counted from 1. */
export interface TemplatePlace {
  line: number
  column: number
}

export type ParsedTemplate = readonly Template[]

/** A name that a template wants filled in: "job.name" has two parts; a part that is itself worked out at the filling is null. */
export interface TemplateName {
  parts: readonly (string | number | null)[]
  place: TemplatePlace
}

/** What a template wants filled in, in the order of its text; names that it gives itself (assign, for) are not among them. */
export function namesIn(template: ParsedTemplate): TemplateName[] {
  const { globals } = engine().analyzeSync([...template], { partials: false })
  return Object.values(globals).flat()
    .map(({ segments, location }) => ({ parts: segments.map((part) => (typeof part === 'object' ? null : part)), place: { line: location.row, column: location.col } }))
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
}

/**
 * @param names of the variables that there are; one that is not among them is a misspelled one. Null = the caller looks itself (`namesIn`)
 * @throws TemplateProblem
 */
export function parseTemplate(text: string, names: readonly string[] | null): ParsedTemplate {
  if (text.length > LONGEST_TEMPLATE) throw new TemplateProblem(`The template is longer than ${LONGEST_TEMPLATE} characters. Shorten it.`)
  try {
    const parsed = engine().parse(text)
    const unknown = names && engine().globalVariablesSync(parsed).find((name) => !names.includes(name))
    if (names && unknown != null) throw new TemplateProblem(`There is no "${unknown.slice(0, 50)}" to fill in. There is: ${names.join(', ')}.`)
    return parsed
  } catch (error) {
    throw problemOf(error)
  }
}

/** @throws TemplateProblem */
export function fillTemplate(template: ParsedTemplate, values: Readonly<Record<string, unknown>>): string {
  try {
    return String(engine().renderSync([...template], { ...values }))
  } catch (error) {
    throw problemOf(error)
  }
}

function problemOf(error: unknown): TemplateProblem {
  if (error instanceof TemplateProblem) return error
  const place = placeOf(error)
  const cause = causeOf(error)
  return new TemplateProblem(`The template can't be used${place === null ? '' : `, line ${place.line}`}: ${cause}.`, place, cause, TOO_MUCH.some(([, text]) => text === cause))
}

/** liquidjs tells where its error stands. */
function placeOf(error: unknown): TemplatePlace | null {
  const token: unknown = typeof error === 'object' && error !== null && 'token' in error ? error.token : null
  if (typeof token !== 'object' || token === null || !('getPosition' in token) || typeof token.getPosition !== 'function') return null
  const [line, column] = (token.getPosition as () => unknown[])()
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : null
}

const TOO_MUCH: readonly (readonly [RegExp, string])[] = [
  [/memory alloc limit/, 'it makes too much text'],
  [/template (render )?limit/, 'it takes too long to fill in'],
]
const CAUSES: readonly (readonly [RegExp, string])[] = [
  ...TOO_MUCH,
  [/call stack/, 'what it fills in is nested too deep'],
]

function causeOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  for (const [pattern, cause] of CAUSES) if (pattern.test(said)) return cause
  const tag = /tag "(\w+)" not found/.exec(said)?.[1]
  if (tag !== undefined && (TAKING_IN as readonly string[]).includes(tag)) return `"${tag}" is not there, for no other template can be taken in`
  return scrub(said.replace(/, line:\d+, col:\d+$/, '')).replace(/\s+/g, ' ').trim().slice(0, LONGEST_CAUSE)
}
