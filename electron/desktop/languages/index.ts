/** The language of the window and the tray: which it is, and its words. docs/languages.md tells how one is added. */
import type { LanguageCode, WindowLanguage } from '../../bridge/views/common.ts'
import { codeOfLocale, languageOf, type Language } from '../../engine/delivery/languages/language.ts'
import type { Settings } from '../../engine/settings/schema.ts'
import { english, type DesktopWords } from './english.ts'
import { french } from './french.ts'
import { german } from './german.ts'
import { spanish } from './spanish.ts'

/** All that the desktop app needs to tell something. */
export interface DesktopLanguage extends WindowLanguage {
  words: DesktopWords
  /** Words and formats of the messages: toast and window say the same. */
  messages: Language
}

/** What the system says of itself. */
export interface SystemLocales {
  /** Languages the person prefers, the first first ("de-AT"). */
  preferred: readonly string[]
  /** By which it writes numbers, days and times; "" = not known. */
  region: string
}

const MAKE: Readonly<Record<LanguageCode, () => DesktopWords>> = { en: () => english, de: german, fr: french, es: spanish }
/** Where the system has none of that language. English is the world's, so days come before months. */
const USUAL: Readonly<Record<LanguageCode, string>> = { en: 'en-GB', de: 'de', fr: 'fr', es: 'es' }

/**
 * The language of the settings, written as this computer writes that language: English in Berlin keeps the customs of en-GB, in Boston
 * those of en-US.
 */
export function windowLanguage({ language, desktop }: { language: Settings['language']; desktop: Pick<Settings['desktop'], 'language'> }, system: SystemLocales): WindowLanguage {
  const chosen = desktop.language ?? language
  const code = chosen === 'system' ? codeOfLocale(system.preferred[0] ?? system.region) : chosen
  const own = [system.region, ...system.preferred].map(asTag).find((tag) => tag?.split('-')[0] === code)
  return { code, locale: own ?? USUAL[code] }
}

/** "de_AT.UTF-8" as "de-AT"; null = no locale. */
function asTag(locale: string): string | null {
  try {
    return Intl.getCanonicalLocales(locale.replace(/[.@].*$/, '').replaceAll('_', '-'))[0] ?? null
  } catch {
    return null
  }
}

const words = new Map<LanguageCode, DesktopWords>()

/** Its words are made at the first use. */
export function desktopLanguage({ code, locale }: WindowLanguage): DesktopLanguage {
  const made = words.get(code) ?? MAKE[code]()
  words.set(code, made)
  return { code, locale, words: made, messages: languageOf(code) }
}

/** For tests, and until the settings are read. */
export const ENGLISH_DESKTOP = desktopLanguage({ code: 'en', locale: 'en-GB' })
