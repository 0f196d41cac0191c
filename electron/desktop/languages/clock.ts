/** Times as the tray and the history tell them. */
import { clockOptions } from '../../bridge/views/clock.ts'

/** "16:42", or "Tue 16:42" when that is another day. @param timeZone absent = the computer's */
export function clockTime(at: number, now: number, locale: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone }
  const day = (time: number): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', ...zone }).format(time)
  const clock = new Intl.DateTimeFormat(locale, { ...clockOptions(locale), ...zone }).format(at)
  return day(at) === day(now) ? clock : `${new Intl.DateTimeFormat(locale, { weekday: 'short', ...zone }).format(at)} ${clock}`
}
