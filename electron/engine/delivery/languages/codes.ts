/** ISO 639-1. Apart from the languages themselves, so that the schema of the settings does not bring them along. */
export const LANGUAGE_CODES = ['en', 'de', 'fr', 'es'] as const
export type LanguageCode = (typeof LANGUAGE_CODES)[number]
