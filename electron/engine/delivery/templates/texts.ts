/** Messages in the words of a destination's own templates. One that can't be used is told once, and the usual text goes in its place. */
import { TemplateProblem } from './liquid.ts'
import type { PrinterEvent } from '../../events/model.ts'
import type { Clock } from '../../ports.ts'
import type { MessageTemplates } from '../../settings/schema.ts'
import type { Language } from '../languages/language.ts'
import type { Message } from '../message.ts'
import { compileTemplates, FIELDS, filled, templateFor, troubleOf, troubleText, type CompiledTemplate, type TemplateField, type TemplateTrouble } from './compile.ts'
import { shownValues, valuesOf, type ValuesContext } from './values.ts'

/** What of a destination its messages are made with. */
export interface WordedDestination {
  id: string
  label: string
  templates?: MessageTemplates | undefined
}

export interface TextsParts {
  /** Those in force. */
  destinations(): readonly WordedDestination[]
  tagsOf(printerId: string): readonly string[]
  language(destinationId: string): Language
  clock: Pick<Clock, 'now'>
  /** A template that can't be used, with the cure; each is told once. */
  onTrouble(text: string): void
}

/** A destination with a template that can't be used. */
export interface BrokenTemplate {
  destinationId: string
  /** Cause and cure, in sentences. */
  why: string
}

/** What templates that are not in force would make of a message. */
export interface TriedTexts {
  message: Message
  troubles: TemplateTrouble[]
  /** What there is to fill in, and what it is for this event. */
  values: { name: string; value: string }[]
}

export interface Texts {
  /** The message in the destination's own words, where it has some for it. Never throws for what a template may do. */
  told(message: Message, destinationId: string): Message
  /** @throws Error when there is no such destination */
  tried(message: Message, destinationId: string, templates: MessageTemplates): TriedTexts
  /** Destinations with a template that can't be used, by what the settings say now and what happened since. */
  broken(): BrokenTemplate[]
}

export function createTexts(parts: TextsParts): Texts {
  /** By the object of the settings: another one is compiled anew. */
  const compiled = new WeakMap<MessageTemplates, CompiledTemplate[]>()
  /** What went wrong at the filling, by template; it is over once the template works. */
  const failed = new Map<string, TemplateTrouble>()
  /** Those that take too much each time: not tried again until they are others. */
  const givenUp = new Set<string>()
  const toldOf = new Set<string>()
  const keyOf = (destinationId: string, { selector, field, text }: CompiledTemplate): string => JSON.stringify([destinationId, selector, field, text])

  function templatesOf(destination: WordedDestination): CompiledTemplate[] {
    const { templates } = destination
    if (templates === undefined) return []
    const known = compiled.get(templates) ?? compileTemplates(templates)
    compiled.set(templates, known)
    return known
  }

  function contextOf(destination: WordedDestination, printerId: string): ValuesContext {
    return { now: parts.clock.now(), language: parts.language(destination.id), destination, tags: parts.tagsOf(printerId) }
  }

  function tell(destination: WordedDestination, template: CompiledTemplate, trouble: TemplateTrouble): void {
    const key = keyOf(destination.id, template)
    if (toldOf.has(key)) return
    toldOf.add(key)
    parts.onTrouble(`Destination "${destination.label}": ${sentenceOf(trouble)}`)
  }

  /** Null = the usual text. */
  function textOf(destination: WordedDestination, template: CompiledTemplate, values: () => Readonly<Record<string, unknown>>): string | null {
    const key = keyOf(destination.id, template)
    if (template.parsed === null || givenUp.has(key)) {
      const trouble = template.trouble ?? failed.get(key)
      if (trouble) tell(destination, template, trouble)
      return null
    }
    try {
      const text = filled(template.field, template.parsed, values())
      failed.delete(key)
      return text
    } catch (error) {
      const trouble = troubleOf(error, template.selector, template.field)
      failed.set(key, trouble)
      if (error instanceof TemplateProblem && error.tooMuch) givenUp.add(key)
      tell(destination, template, trouble)
      return null
    }
  }

  return {
    told(message, destinationId) {
      const { event } = message
      const destination = parts.destinations().find(({ id }) => id === destinationId)
      if (event === null || message.kind !== 'event' || destination?.templates === undefined) return message
      const own = templatesOf(destination)
      let values: Record<string, unknown> | null = null
      const once = (): Record<string, unknown> => (values ??= valuesOf(message, event, contextOf(destination, event.printerId)))
      return worded(message, event, own, (template) => textOf(destination, template, once))
    },
    tried(message, destinationId, templates) {
      const destination = parts.destinations().find(({ id }) => id === destinationId)
      if (destination === undefined) throw new Error(`there is no destination "${destinationId}"`)
      const all = compileTemplates(templates)
      const troubles = all.flatMap(({ trouble }) => trouble ?? [])
      const { event } = message
      if (event === null || message.kind !== 'event') return { message, troubles, values: [] }
      const context = contextOf(destination, event.printerId)
      const values = valuesOf(message, event, context)
      const shown = worded(message, event, all, (template) => {
        if (template.parsed === null) return null
        try {
          return filled(template.field, template.parsed, values)
        } catch (error) {
          troubles.push(troubleOf(error, template.selector, template.field))
          return null
        }
      })
      return { message: shown, troubles, values: shownValues(message, event, context) }
    },
    broken: () => parts.destinations().flatMap((destination) => {
      const trouble = templatesOf(destination).flatMap((template) => template.trouble ?? failed.get(keyOf(destination.id, template)) ?? [])[0]
      return trouble === undefined ? [] : [{ destinationId: destination.id, why: sentenceOf(trouble) }]
    }),
  }
}

function worded(message: Message, event: PrinterEvent, own: readonly CompiledTemplate[], fill: (template: CompiledTemplate) => string | null): Message {
  const texts: Record<TemplateField, string | null> = { title: null, body: null }
  for (const field of FIELDS) {
    const template = templateFor(own, field, event)
    if (template !== null) texts[field] = fill(template)
  }
  // A message without a title is none on many far sides.
  return texts.title === null && texts.body === null ? message : { ...message, title: texts.title || message.title, body: texts.body ?? message.body }
}

/** "its template for job.done can't be used (title, line 1, column 2: ...). The usual text goes in its place. ..." */
function sentenceOf(trouble: TemplateTrouble): string {
  const about = trouble.selector === '*' ? 'all events' : `"${trouble.selector}"`
  return `The template for ${about} can't be used (${trouble.field}, ${troubleText(trouble)}). The usual text goes in its place. Mend the template in the settings of the destination.`
}
