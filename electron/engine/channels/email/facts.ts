/** What a mail tells besides title and body: it has the room that a toast has not. */
import { saidWith } from '../../delivery/body.ts'
import { languageOf, type Language } from '../../delivery/languages/language.ts'
import type { Message } from '../../delivery/message.ts'
import { clean } from '../../delivery/text.ts'
import { TERMINAL_TYPES } from '../../events/model.ts'

export interface Fact {
  label: string
  value: string
}

/** In reading order; what is not known is left out. */
export function factsOf(message: Message): Fact[] {
  // Of several prints no one's facts are those of all.
  if (message.kind === 'summary') return []
  const { event, job } = message
  const language = languageOf(message.language)
  const { words: { mail: { facts: labels } }, formats } = language
  const ended = TERMINAL_TYPES.includes(message.type)
  const facts: (Fact | null)[] = [
    fact(labels.printer, message.printer?.name),
    fact(labels.file, job?.name),
    fact(labels.progress, message.progress === null || message.type === 'job.done' ? null : formats.percent(message.progress)),
    fact(labels.left, message.remaining === null || ended ? null : formats.duration(message.remaining)),
    fact(labels.printTime, event?.printTime === undefined || event.printTime === null ? null : formats.duration(event.printTime)),
    fact(labels.layer, event?.layer === undefined || event.layer === null ? null : String(event.layer)),
    fact(labels.temperature, temperature(event?.heater, language)),
    fact(labels.says, unsaid(message, event?.attention?.text ?? (event && saidWith(event, language)))),
    fact(labels.offers, event?.attention?.choices.map(clean).join(', ')),
  ]
  return facts.filter((one) => one !== null)
}

function fact(label: string, value: string | null | undefined): Fact | null {
  const text = clean(value ?? '')
  return text === '' ? null : { label, value: text }
}

function temperature(heater: { actual: number | null; target: number | null } | undefined, { words, formats }: Language): string | null {
  if (heater === undefined) return null
  const told = [heater.actual === null ? null : formats.degrees(heater.actual), heater.target === null || heater.target <= 0 ? null : words.mail.target(formats.degrees(heater.target))]
  return told.filter((part) => part !== null).join(', ')
}

/** The printer's own words, where the body had no room for them. A test's text is its label. */
function unsaid(message: Message, words: string | null | undefined): string | null {
  const text = clean(words ?? '')
  return message.kind === 'test' || message.body.includes(text) ? null : text
}
