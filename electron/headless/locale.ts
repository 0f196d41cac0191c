/** The locale of this computer's user, as a plain Node process finds it: LC_ALL, LC_MESSAGES or LANG, elsewhere the system's own setting. */
export function systemLocale(): string {
  return new Intl.DateTimeFormat().resolvedOptions().locale
}
