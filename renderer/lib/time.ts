/** Times and spans in words, as the window's language writes them. Now comes in; the zone is the computer's. */
import { clockOptions } from '../../electron/bridge/views/clock.ts'
import { i18n } from './i18n.ts'
import { locale as customs } from './locale.ts'

/** Between a number and its unit; never breaks. */
export const THIN = '\u202f'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "47 %", rounded down, so that 100 is only told at the end. @param fraction 0..1 */
export function percent(fraction: number): string {
  return `${Math.floor(fraction * 100 + 1e-6)}${THIN}%`
}

/** "1 h 48 min", "12 min", "under 1 min": units are the SI's, the same in every language. @param seconds of the print */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 1) return i18n.global.t('time.underMinute')
  if (minutes < 60) return `${minutes}${THIN}min`
  const rest = minutes % 60
  return rest === 0 ? `${Math.floor(minutes / 60)}${THIN}h` : `${Math.floor(minutes / 60)}${THIN}h ${rest}${THIN}min`
}

/** "14:31", "2:31 PM". */
export function clock(at: number, locale = customs.value): string {
  return new Date(at).toLocaleTimeString(locale, clockOptions(locale))
}

/** "14:31:07". */
export function clockSeconds(at: number, locale = customs.value): string {
  return new Date(at).toLocaleTimeString(locale, { ...clockOptions(locale), second: '2-digit' })
}

/** "14:31:07", with the day: for tooltips. */
export function exact(at: number, locale = customs.value): string {
  return new Date(at).toLocaleString(locale, { day: 'numeric', month: 'short', year: 'numeric', ...clockOptions(locale), second: '2-digit' })
}

/** Day, month and clock, with the year when `withYear`: "31 Dec, 14:31". */
export function dayAndClock(at: number, locale = customs.value, withYear = false): string {
  return new Date(at).toLocaleString(locale, { day: 'numeric', month: 'short', ...(withYear ? { year: 'numeric' } : {}), ...clockOptions(locale) })
}

/** "Tuesday, 24 November", with the year when that is not that of `now`. */
export function longDay(at: number, now: number, locale = customs.value): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return new Date(at).toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) })
}

/** "24 Nov 2026". */
export function shortDay(at: number, locale = customs.value): string {
  return new Date(at).toLocaleDateString(locale, { day: 'numeric', month: 'short', year: 'numeric' })
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whole days between the days of two times; 0 = the same day. */
export function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY)
}

/** Relative below 1 h, clock today, day and clock before. */
export function shortTime(at: number, now: number, t: (key: string, values?: Record<string, unknown>) => string, locale = customs.value): string {
  const ago = now - at
  if (ago < MINUTE && ago > -MINUTE) return t('time.now')
  if (ago > 0 && ago < HOUR) return t('time.minutesAgo', { count: Math.floor(ago / MINUTE) })
  if (daysBetween(at, now) === 0) return clock(at, locale)
  return dayAndClock(at, locale)
}

/** The end of a span as a person says it: "14:31", or "Tue 14:31" when that is another day. */
export function until(at: number, now: number, locale = customs.value): string {
  if (daysBetween(at, now) === 0) return clock(at, locale)
  return new Date(at).toLocaleString(locale, { weekday: 'short', ...clockOptions(locale) })
}

/** Tomorrow at 7 in the morning: the end of "until tomorrow". */
export function tomorrowMorning(now: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  return day.setHours(7, 0, 0, 0)
}
