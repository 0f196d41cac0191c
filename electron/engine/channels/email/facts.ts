/** What a mail tells besides title and body: it has the room that a toast has not. */
import type { Message } from '../../delivery/message.ts'
import { clean, duration, percent } from '../../delivery/text.ts'
import { TERMINAL_TYPES } from '../../events/model.ts'

export interface Fact {
  label: string
  value: string
}

/** In reading order; what is not known is left out. */
export function factsOf(message: Message): Fact[] {
  const { event, job } = message
  const ended = TERMINAL_TYPES.includes(message.type)
  const facts: (Fact | null)[] = [
    fact('Printer', message.printer?.name),
    fact('File', job?.name),
    fact('Progress', message.progress === null || message.type === 'job.done' ? null : percent(message.progress)),
    fact('Time left', message.remaining === null || ended ? null : duration(message.remaining)),
    fact('Print time', event?.printTime === undefined || event.printTime === null ? null : duration(event.printTime)),
    fact('Layer', event?.layer === undefined || event.layer === null ? null : String(event.layer)),
    fact('Temperature', temperature(event?.heater)),
    fact('The printer says', unsaid(message, event?.attention?.text ?? event?.text)),
    fact('It offers', event?.attention?.choices.map(clean).join(', ')),
  ]
  return facts.filter((one) => one !== null)
}

function fact(label: string, value: string | null | undefined): Fact | null {
  const text = clean(value ?? '')
  return text === '' ? null : { label, value: text }
}

function temperature(heater: { actual: number | null; target: number | null } | undefined): string | null {
  if (heater === undefined) return null
  const told = [heater.actual === null ? null : `${Math.round(heater.actual)} °C`, heater.target === null || heater.target <= 0 ? null : `target ${Math.round(heater.target)} °C`]
  return told.filter((part) => part !== null).join(', ')
}

/** The printer's own words, where the body had no room for them. A test's text is its label. */
function unsaid(message: Message, words: string | null | undefined): string | null {
  const text = clean(words ?? '')
  return message.kind === 'test' || message.body.includes(text) ? null : text
}
