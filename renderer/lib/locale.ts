/** By whose customs the window writes numbers, days and times, and in which order it lists names. i18n.ts sets it. */
import { shallowRef } from 'vue'

/** BCP 47. Whoever reads it in a template or computed value is drawn anew when it changes. */
export const locale = shallowRef('en-GB')

/** "12 345" in English as the look has it (thousands apart by a narrow space, as the SI does), else as the language has it: "12.345". */
export function grouped(count: number): string {
  const whole = Math.trunc(count)
  return locale.value.startsWith('en') ? String(whole).replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole.toLocaleString(locale.value)
}

/** "A, B and C". */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(locale.value).format(names)
}

/** A word of its own as it stands inside a line: small, but in German, where a noun is never small. */
export function inLine(word: string): string {
  return locale.value.startsWith('de') ? word : word.toLocaleLowerCase(locale.value)
}

/** "2.5", "2,5": without thousands apart, so that it can be typed again. */
export function decimal(value: number): string {
  const point = new Intl.NumberFormat(locale.value).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.'
  return String(value).replace('.', point)
}
