/** Texts of the window. One file a room in locales/en/; a second language is a folder beside it with the same shape. */
import { createI18n } from 'vue-i18n'
import en from '../locales/en/index.ts'

export type Messages = typeof en

export const i18n = createI18n<[Messages], 'en', false>({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } })
