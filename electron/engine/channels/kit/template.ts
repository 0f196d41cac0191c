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
}

export type ParsedTemplate = readonly Template[]

/**
 * @param names of the variables that there are; one that is not among them is a misspelled one
 * @throws TemplateProblem
 */
export function parseTemplate(text: string, names: readonly string[]): ParsedTemplate {
  if (text.length > LONGEST_TEMPLATE) throw new TemplateProblem(`The template is longer than ${LONGEST_TEMPLATE} characters. Shorten it.`)
  try {
    const parsed = engine().parse(text)
    const unknown = engine().globalVariablesSync(parsed).find((name) => !names.includes(name))
    if (unknown !== undefined) throw new TemplateProblem(`There is no "${unknown.slice(0, 50)}" to fill in. There is: ${names.join(', ')}.`)
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
  const line = lineOf(error)
  return new TemplateProblem(`The template can't be used${line === null ? '' : `, line ${line}`}: ${causeOf(error)}.`)
}

/** Counted from 1; liquidjs tells where its error stands. */
function lineOf(error: unknown): number | null {
  const token: unknown = typeof error === 'object' && error !== null && 'token' in error ? error.token : null
  if (typeof token !== 'object' || token === null || !('getPosition' in token) || typeof token.getPosition !== 'function') return null
  const [row] = (token.getPosition as () => unknown[])()
  return typeof row === 'number' ? row : null
}

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/memory alloc limit/, 'it makes too much text'],
  [/template (render )?limit/, 'it takes too long to fill in'],
  [/call stack/, 'what it fills in is nested too deep'],
]

function causeOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  for (const [pattern, cause] of CAUSES) if (pattern.test(said)) return cause
  const tag = /tag "(\w+)" not found/.exec(said)?.[1]
  if (tag !== undefined && (TAKING_IN as readonly string[]).includes(tag)) return `"${tag}" is not there, for no other template can be taken in`
  return scrub(said.replace(/, line:\d+, col:\d+$/, '')).replace(/\s+/g, ' ').trim().slice(0, LONGEST_CAUSE)
}
