/** Times as a story tells them. No time zone library: offsets are written by hand, so that a change of summer time is told, not computed. */

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** "22:00", "22:00:30", "Thu 22:00", "Sun 03:30 +02:00" (an offset from UTC; without one it is UTC). */
const MOMENT = /^(?:(Sun|Mon|Tue|Wed|Thu|Fri|Sat) )?(\d\d):(\d\d)(?::(\d\d))?(?: ([+-])(\d\d):(\d\d))?$/

/** The first instant from `notBefore` on (epoch ms) at which the clock shows that. @throws Error for what is no such time */
export function momentFrom(text: string, notBefore: number): number {
  const [, weekday, hour, minute, second, sign, offsetHours, offsetMinutes] = MOMENT.exec(text) ?? []
  if (hour === undefined) throw new Error(`"${text}" is no time. Write "22:00", "Thu 22:00:30" or "Sun 03:30 +02:00".`)
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * MINUTE_MS
  const ofDay = (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second ?? 0) * 1_000
  const firstDay = Math.floor((notBefore + offset) / DAY_MS) * DAY_MS
  for (let day = firstDay; day <= firstDay + 7 * DAY_MS; day += DAY_MS) {
    const at = day + ofDay - offset
    if (at >= notBefore && (weekday === undefined || WEEKDAYS[new Date(day).getUTCDay()] === weekday)) return at
  }
  throw new Error(`"${text}" does not come within a week.`)
}

/** A day and a time of UTC, "2026-01-15 12:00", or with an offset: "2026-03-28 20:00 +01:00". */
export function dateOf(text: string): number {
  const [, day, time, offset] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(?: ([+-]\d\d:\d\d))?$/.exec(text) ?? []
  if (day === undefined || time === undefined) throw new Error(`"${text}" is no day with a time. Write "2026-01-15 12:00".`)
  return Date.parse(`${day}T${time}:00${offset ?? 'Z'}`)
}

/** "Thu 22:00:30", UTC. @param at epoch ms */
export function shown(at: number): string {
  const date = new Date(at)
  return `${WEEKDAYS[date.getUTCDay()]} ${date.toISOString().slice(11, 19)}`
}
