/** Which languages there are, and which one a message is told in. docs/languages.md tells how one is added. */
import { LANGUAGE_CODES, type LanguageCode } from './codes.ts'
import { english, type Catalogue } from './english.ts'
import { formatsOf, type Formats } from './format.ts'
import { french } from './french.ts'
import { german } from './german.ts'
import { spanish } from './spanish.ts'

/** All that is needed to tell something. */
export interface Language {
  code: LanguageCode
  words: Catalogue
  formats: Formats
}

/** English keeps the plain space that its messages always had; in the others a number and its unit are never parted. */
const NO_BREAK = '\u00a0'

/** Each is made at its first use: until then it is unread text of the program, and takes no memory of its own. */
const MAKE: Readonly<Record<LanguageCode, () => Omit<Language, 'code'>>> = {
  en: () => ({ words: english, formats: formatsOf('en-GB', ' ') }),
  de: () => ({ words: german(), formats: formatsOf('de', NO_BREAK) }),
  fr: () => ({ words: french(), formats: formatsOf('fr', NO_BREAK) }),
  es: () => ({ words: spanish(), formats: formatsOf('es', NO_BREAK) }),
}

/** @returns gives each language, made when it is first asked for; absent `code` = English */
export function languagesAtFirstUse(make: Readonly<Record<LanguageCode, () => Omit<Language, 'code'>>> = MAKE): (code?: LanguageCode) => Language {
  const made = new Map<LanguageCode, Language>()
  return (code = 'en') => {
    const known = made.get(code)
    if (known !== undefined) return known
    const language = { code, ...make[code]() }
    made.set(code, language)
    return language
  }
}

export const languageOf = languagesAtFirstUse()
export const ENGLISH = languageOf('en')

/** The language of a system's locale, where Printbell speaks it; else English. @param locale "de-AT", "de_AT.UTF-8", "C"; null = not known */
export function codeOfLocale(locale: string | null): LanguageCode {
  const [primary = ''] = (locale ?? '').toLowerCase().split(/[-_.@]/)
  return LANGUAGE_CODES.find((code) => code === primary) ?? 'en'
}

/** What of the settings decides the language. */
export interface Choice {
  /** `system` = as the computer has it. */
  language: 'system' | LanguageCode
  destinations: readonly { id: string; language?: LanguageCode | undefined }[]
}

/**
 * The language in which a destination is told something now: its own, else that of the settings.
 * @param locale the computer's; null = not known
 */
export function languageFor(settings: Choice, destinationId: string, locale: string | null): Language {
  const own = settings.destinations.find(({ id }) => id === destinationId)?.language
  if (own !== undefined) return languageOf(own)
  return languageOf(settings.language === 'system' ? codeOfLocale(locale) : settings.language)
}
