/** Times and spans in words. Pure: now and the zone come in; null = the computer's zone. */

/** Between a number and its unit; never breaks. */
export const THIN = '\u202f'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "47 %", rounded down, so that 100 is only told at the end. @param fraction 0..1 */
export function percent(fraction: number): string {
  return `${Math.floor(fraction * 100 + 1e-6)}${THIN}%`
}

/** "1 h 48 min", "12 min", "under 1 min". @param seconds of the print */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 1) return `under 1${THIN}min`
  if (minutes < 60) return `${minutes}${THIN}min`
  const rest = minutes % 60
  return rest === 0 ? `${Math.floor(minutes / 60)}${THIN}h` : `${Math.floor(minutes / 60)}${THIN}h ${rest}${THIN}min`
}

/** "14:31". */
export function clock(at: number, locale?: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** "14:31:07", with the day: for tooltips. */
export function exact(at: number, locale?: string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whole days between the days of two times; 0 = the same day. */
export function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY)
}

/** Relative below 1 h, clock today, day and clock before. */
export function shortTime(at: number, now: number, t: (key: string, values?: Record<string, unknown>) => string, locale?: string): string {
  const ago = now - at
  if (ago < MINUTE && ago > -MINUTE) return t('time.now')
  if (ago > 0 && ago < HOUR) return t('time.minutesAgo', { count: Math.floor(ago / MINUTE) })
  if (daysBetween(at, now) === 0) return clock(at, locale)
  return new Date(at).toLocaleString(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** The end of a span as a person says it: "14:31", or "Tue 14:31" when that is another day. */
export function until(at: number, now: number, locale?: string): string {
  if (daysBetween(at, now) === 0) return clock(at, locale)
  return new Date(at).toLocaleString(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** Tomorrow at 7 in the morning: the end of "until tomorrow". */
export function tomorrowMorning(now: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  return day.setHours(7, 0, 0, 0)
}
