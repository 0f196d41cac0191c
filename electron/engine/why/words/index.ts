/** In which language it is told why something was heard, or not: the window's; a terminal and the log have English. docs/languages.md tells how one is added. */
import type { LanguageCode } from '../../delivery/languages/codes.ts'
import { languageOf, type Language } from '../../delivery/languages/language.ts'
import { english, type WhyWords } from './english.ts'
import { french } from './french.ts'
import { german } from './german.ts'
import { spanish } from './spanish.ts'

/** All that is needed to tell why. */
export interface WhyLanguage {
  words: WhyWords
  /** Titles are those of the messages. */
  messages: Language
}

/** Each is made at its first use: until then it is unread text of the program, and takes no memory of its own. */
const MAKE: Readonly<Record<LanguageCode, () => WhyWords>> = { en: () => english, de: german, fr: french, es: spanish }
const made = new Map<LanguageCode, WhyLanguage>()

/** @param code absent = English */
export function whyLanguageOf(code: LanguageCode = 'en'): WhyLanguage {
  const known = made.get(code)
  if (known !== undefined) return known
  const language = { words: MAKE[code](), messages: languageOf(code) }
  made.set(code, language)
  return language
}

export const ENGLISH_WHY = whyLanguageOf('en')
