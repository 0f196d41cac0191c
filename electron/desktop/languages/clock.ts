/** Times as the tray and the history tell them. */
import { clockOptions } from '../../bridge/views/clock.ts'

/** "16:42", or "Tue 16:42" when that is another day. @param timeZone absent = the computer's */
export function clockTime(at: number, now: number, locale: string, timeZone?: string): string {
  return withDay({ weekday: 'short' }, at, now, locale, timeZone)
}

/** "14:31", or "14 Jan 14:31" when that was another day: for what may be weeks ago. */
export function dayTime(at: number, now: number, locale: string): string {
  return withDay({ day: 'numeric', month: 'short' }, at, now, locale)
}

/** The time of day, behind its day when that is not the one of `now`. */
function withDay(named: Intl.DateTimeFormatOptions, at: number, now: number, locale: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone }
  const day = (time: number): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', ...zone }).format(time)
  const clock = new Intl.DateTimeFormat(locale, { ...clockOptions(locale), ...zone }).format(at)
  return day(at) === day(now) ? clock : `${new Intl.DateTimeFormat(locale, { ...named, ...zone }).format(at)} ${clock}`
}
