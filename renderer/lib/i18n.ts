/**
 * Texts of the window. One file a room in locales/en/, whose shape every other language must have: what is missing there, or too
 * much, does not compile. English is part of the window; each other language is a file that is read when it is chosen.
 */
import { createI18n } from 'vue-i18n'
import type { LanguageCode, WindowLanguage } from '../../electron/bridge/views/common.ts'
import en from '../locales/en/index.ts'
import { ENGLISH, learnFields } from './fields.ts'
import { locale } from './locale.ts'
import type { Messages, Texts } from './texts.ts'

const LOAD: Readonly<Record<Exclude<LanguageCode, 'en'>, () => Promise<{ default: Texts }>>> = {
  de: () => import('../locales/de/index.ts'),
  fr: () => import('../locales/fr/index.ts'),
  es: () => import('../locales/es/index.ts'),
}

/**
 * Which of the forms "one | other" or "none | one | other" a count takes, by the rules of CLDR: French counts 0 as one, German does
 * not. Whole millions ("many" in French and Spanish) are never told apart: nothing in the window comes to exactly one.
 */
function formOf(code: LanguageCode): (count: number, forms: number) => number {
  let rules: Intl.PluralRules | null = null
  return (count, forms) => {
    if (forms < 2 || (forms > 2 && count === 0)) return 0
    return (forms > 2 ? 1 : 0) + ((rules ??= new Intl.PluralRules(code)).select(count) === 'one' ? 0 : 1)
  }
}

export const i18n = createI18n<[Messages], LanguageCode, false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en } as Record<LanguageCode, Messages>,
  pluralRules: { en: formOf('en'), de: formOf('de'), fr: formOf('fr'), es: formOf('es') },
})

const known = new Map<LanguageCode, Texts['fields']>([['en', ENGLISH]])
let wanted: LanguageCode = 'en'

/**
 * Speaks another language from now on, at once on every page.
 * @throws when its file can't be read; what was spoken goes on then
 */
export async function speak(language: WindowLanguage): Promise<void> {
  const { code } = language
  wanted = code
  if (code !== 'en' && !known.has(code)) {
    const { default: texts } = await LOAD[code]()
    i18n.global.setLocaleMessage(code, texts.messages)
    known.set(code, texts.fields)
  }
  // Another was chosen while this one was read.
  if (wanted !== code) return
  learnFields(known.get(code) ?? ENGLISH)
  i18n.global.locale.value = code
  locale.value = language.locale
  document.documentElement.lang = code
}
