/** Values as they are stored and as a person thinks of them: 1800 is "30 min", 0.25 is "25 %". Pure. */
import { i18n } from '../../lib/i18n.ts'
import { decimal } from '../../lib/locale.ts'
import { THIN } from '../../lib/time.ts'

/** What a stored number counts. */
export type Unit = 'none' | 'seconds' | 'milliseconds' | 'fraction' | 'celsius' | 'bytes' | 'days' | 'hours' | 'minutes'

/** One way to write it: how many of what is stored make one of what is shown. */
export interface Scale {
  sign: string
  factor: number
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Ascending. The first stands where nothing else fits. `from` = as of which stored value a person thinks in it. */
const SCALES: Readonly<Record<Unit, readonly (Scale & { from: number })[]>> = {
  none: [{ sign: '', factor: 1, from: 0 }],
  seconds: [
    { sign: 's', factor: 1, from: 0 }, { sign: 'min', factor: MINUTE, from: 2 * MINUTE }, { sign: 'h', factor: HOUR, from: HOUR }, { sign: 'days', factor: DAY, from: 2 * DAY },
  ],
  milliseconds: [{ sign: 'ms', factor: 1, from: 0 }, { sign: 's', factor: 1_000, from: 1_000 }],
  fraction: [{ sign: '%', factor: 0.01, from: 0 }],
  celsius: [{ sign: '°C', factor: 1, from: 0 }],
  bytes: [{ sign: 'MB', factor: 1e6, from: 0 }, { sign: 'GB', factor: 1e9, from: 1e9 }],
  days: [{ sign: 'days', factor: 1, from: 0 }],
  hours: [{ sign: 'h', factor: 1, from: 0 }],
  minutes: [{ sign: 'min', factor: 1, from: 0 }],
}

/** Ways to write it, smallest first. */
export function scalesOf(unit: Unit): readonly Scale[] {
  return SCALES[unit]
}

/** The one a person thinks in: the largest that leaves no odd fraction (90 s stays 90 s, 5400 s is 90 min). */
export function scaleFor(unit: Unit, value: number): Scale {
  const fits = SCALES[unit].filter(({ factor, from }) => value >= from && Number.isInteger(tidy((value / factor) * (factor >= 1e6 || unit === 'milliseconds' ? 10 : 1))))
  return fits.at(-1) ?? (SCALES[unit][0] as Scale)
}

/** The bare number ("30"), without the noise of binary fractions. */
export function shown(value: number, scale: Scale): string {
  return decimal(tidy(value / scale.factor))
}

/** Behind the number; only days are a word, which each language has. */
export function signOf({ sign }: Scale): string {
  return sign === 'days' ? i18n.global.t('time.days') : sign
}

/** What was typed, as it is stored; null = no number. Takes a comma for a point and leaves out spaces. */
export function stored(text: string, scale: Scale): number | null {
  const plain = text.replace(/[\s\u202f\u00a0]/g, '').replace(',', '.')
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(plain)) return null
  return tidy(Number(plain) * scale.factor)
}

/** "30 min", "25 %", "7". */
export function inWords(value: number, unit: Unit): string {
  const scale = scaleFor(unit, value)
  return scale.sign === '' ? shown(value, scale) : `${shown(value, scale)}${THIN}${signOf(scale)}`
}

function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

/** "2.1 GB", "42.3 MB": two or three digits tell enough of a size. @param least what is shown of less */
export function sizeInWords(bytes: number, least = 0): string {
  return inWords(bytes >= 1e9 ? Math.round(bytes / 1e8) * 1e8 : Math.max(least, Math.round(bytes / 1e5) * 1e5), 'bytes')
}
