/** What people call a kind of event: the history is searched by these words too. Pure. */
import type { LanguageCode } from '../delivery/languages/codes.ts'
import { EVENT_TYPES, type EventType } from '../events/model.ts'
import { whyLanguageOf } from '../why/words/index.ts'

/** Shorter words say too little to mean a kind, but as a whole word of one's own language ("zu" in "Filament zu Ende"). */
const SHORTEST_CALL = 3

/** Made when a language is first searched in. */
const calls = new Map<LanguageCode, readonly { type: EventType; words: readonly string[] }[]>()

function callsIn(code: LanguageCode): readonly { type: EventType; words: readonly string[] }[] {
  const known = calls.get(code)
  if (known !== undefined) return known
  const { called } = whyLanguageOf(code).words
  const made = EVENT_TYPES.map((type) => ({ type, words: folded(called[type]).split(' ') }))
  calls.set(code, made)
  return made
}

/** As the search of texts folds them: small, without marks. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/**
 * Which types people call by a word or its beginning ("fila" names two of them): in English, which everybody's documentation speaks, and in the
 * window's language.
 * @param code absent = English alone
 */
export function typesTelling(word: string, code: LanguageCode = 'en'): EventType[] {
  const wanted = folded(word)
  const english = wanted.length < SHORTEST_CALL ? [] : callsIn('en').filter(({ words }) => words.some((called) => called.length >= SHORTEST_CALL && called.startsWith(wanted)))
  return code === 'en' ? english.map(({ type }) => type) : inOrder([...english, ...callsIn(code).filter(({ words }) => words.some((called) => isCalled(called, withoutArticle(wanted))))])
}

function isCalled(called: string, wanted: string): boolean {
  return wanted.length < SHORTEST_CALL ? called === wanted : called.startsWith(wanted)
}

/** "l’impression", "d'aide": French ties small words to the next. */
function withoutArticle(word: string): string {
  return word.replace(/^\p{L}{1,2}['’](?=\p{L})/u, '')
}

function inOrder(found: readonly { type: EventType }[]): EventType[] {
  const types = new Set(found.map(({ type }) => type))
  return EVENT_TYPES.filter((type) => types.has(type))
}
