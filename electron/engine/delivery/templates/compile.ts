/** Templates of a destination: which one speaks for an event, and what is wrong with them. Pure. */
import { fillTemplate, namesIn, parseTemplate, TemplateProblem, type ParsedTemplate, type TemplatePlace } from './liquid.ts'
import type { Selectable } from '../../rules/selectors.ts'
import { selectorMatches } from '../../rules/selectors.ts'
import type { MessageTemplates } from '../../settings/schema.ts'
import { clean, cutEnd } from '../text.ts'
import { isKnown, namesNear } from './names.ts'

export const FIELDS = ['title', 'body'] as const
export type TemplateField = (typeof FIELDS)[number]

/** What of a filled template is told, in characters; what a channel shows less of, it cuts itself. */
export const LONGEST: Readonly<Record<TemplateField, number>> = { title: 120, body: 2_000 }

/** Something wrong with one template. */
export interface TemplateTrouble {
  /** For which events it stands ("job.done", "*"). */
  selector: string
  field: TemplateField
  /** Null = it is no matter of one place. */
  place: TemplatePlace | null
  /** The cause, as half a sentence: "undefined filter: shout". */
  what: string
}

/** "line 2, column 9: undefined filter: shout" */
export function troubleText({ place, what }: Pick<TemplateTrouble, 'place' | 'what'>): string {
  return `${place === null ? '' : `line ${place.line}, column ${place.column}: `}${what}`
}

/** One text of a destination, ready to be filled, or why it can't be. */
export interface CompiledTemplate {
  selector: string
  field: TemplateField
  text: string
  parsed: ParsedTemplate | null
  trouble: TemplateTrouble | null
}

/** An exact name speaks before a group, and a group before everything. */
const rank = (selector: string): number => (selector === '*' ? 0 : selector.endsWith('*') ? 1 : 2)

/** Those that say something, the most exact first. */
export function compileTemplates(templates: MessageTemplates): CompiledTemplate[] {
  return Object.entries(templates)
    .sort(([a], [b]) => rank(b) - rank(a))
    .flatMap(([selector, texts]) => FIELDS.flatMap((field) => {
      const text = texts[field]
      return text === undefined || text.trim() === '' ? [] : [compileOne(selector, field, text)]
    }))
}

function compileOne(selector: string, field: TemplateField, text: string): CompiledTemplate {
  try {
    const parsed = parseTemplate(text, null)
    const wrong = namesIn(parsed).find(({ parts }) => !isKnown(parts))
    if (wrong) return { selector, field, text, parsed: null, trouble: { selector, field, place: wrong.place, what: unknownName(wrong.parts) } }
    return { selector, field, text, parsed, trouble: null }
  } catch (error) {
    return { selector, field, text, parsed: null, trouble: troubleOf(error, selector, field) }
  }
}

function unknownName(parts: readonly (string | number | null)[]): string {
  return `there is no "${parts.join('.').slice(0, 50)}" to fill in; there is: ${namesNear(parts).join(', ')}`
}

/** @throws whatever is no problem of a template */
export function troubleOf(error: unknown, selector: string, field: TemplateField): TemplateTrouble {
  if (!(error instanceof TemplateProblem)) throw error
  return { selector, field, place: error.place, what: error.what.replace(/\.$/, '') }
}

/** Which text speaks for an event; null = the usual one does. */
export function templateFor(compiled: readonly CompiledTemplate[], field: TemplateField, event: Selectable): CompiledTemplate | null {
  return compiled.find((one) => one.field === field && selectorMatches(one.selector, event)) ?? null
}

/** Every text that can't be used as it stands. */
export function troublesIn(templates: MessageTemplates): TemplateTrouble[] {
  return compileTemplates(templates).flatMap(({ trouble }) => trouble ?? [])
}

/**
 * Filled, as plain text: a title on one line, a body on as many as it has, without empty ones at its ends.
 * @throws TemplateProblem
 */
export function filled(field: TemplateField, parsed: ParsedTemplate, values: Readonly<Record<string, unknown>>): string {
  const text = fillTemplate(parsed, values)
  if (field === 'title') return cutEnd(clean(text), LONGEST.title)
  return cutEnd(text.split(/\r\n?|\n/).map(clean).join('\n').replace(/\n{3,}/g, '\n\n').trim(), LONGEST.body)
}
