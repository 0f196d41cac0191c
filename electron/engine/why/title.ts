/** What an event is called where there is room for it: in the window, and in an answer to "why did I not hear". */
import { happening } from '../delivery/body.ts'
import { ENGLISH, type Language } from '../delivery/languages/language.ts'
import { clean, cutEnd } from '../delivery/text.ts'
import type { EventType } from '../events/model.ts'
import { ENGLISH_WHY, type WhyLanguage } from './words/index.ts'

/** There is room: a title is told whole, and what a message says in one. */
const TITLE_LIMIT = 200
/** Types whose name alone says nothing: what was said belongs to it. */
const MESSAGES: readonly EventType[] = ['message.display', 'message.user']

type Told = Parameters<typeof happening>[0]

/** "filament ran out" as a title begins. */
export function capitalised(text: string): string {
  const [first = '', ...rest] = Array.from(text)
  return `${first.toLocaleUpperCase('en')}${rest.join('')}`
}

/** Between a number and its unit stands a narrow space that never breaks. */
export function narrow(text: string): string {
  return text.replace(/(\d)[ \u00a0](?=(?:%|°C|min\b|h\b|s\b))/g, '$1\u202f')
}

/** What happened, without the printer's name: "Filament ran out", "Nozzle at 215 °C". */
export function titleOf(event: Told, language: Language = ENGLISH): string {
  return narrow(capitalised(happening(event, TITLE_LIMIT, language)))
}

/** The same where it stands alone: "Message: layer 3 done". */
export function wholeTitle(event: Told, language: Language = ENGLISH): string {
  const said = MESSAGES.includes(event.type) && event.text !== undefined ? clean(event.text) : ''
  const title = titleOf(event, language)
  return said === '' ? title : narrow(language.words.titled(title, cutEnd(said, TITLE_LIMIT)))
}

/** What a kind of event is called: "Print done", "Progress". */
export function kindName(type: EventType, { words, messages }: WhyLanguage = ENGLISH_WHY): string {
  const kinds: Readonly<Partial<Record<EventType, string>>> = words.kinds
  return kinds[type] ?? titleOf({ type }, messages)
}
