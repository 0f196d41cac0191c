/** What the clock on the wall shows at an instant, and when it shows something, in any time zone. The zones' rules are luxon's, which are the system's. */
import { atFirstUse } from '../at-first-use.ts'
import { isZone } from './day-times.ts'

/** An engine whose rules name no time does without it. */
const luxon = atFirstUse((require) => require('luxon') as typeof import('luxon'))

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Instants whose wall time is kept: rules ask for the same minute again and again. */
const KEPT = 512

/** Minutes are counted from midnight, 0 to 1439; ISO weekdays, 1 = Monday. */
export interface WallTime {
  weekday: number
  minute: number
}

export interface LocalTime {
  /** The zone's name ("Europe/Oslo"). */
  readonly zone: string
  /** @param at epoch ms */
  wall(at: number): WallTime
  /**
   * Instants, in order, behind `at` and up to `days` local days later, at which the wall clock comes to one of these minutes of the day, or
   * jumps. Where a day has a minute twice both are there; where it has none, the jump over it is.
   */
  changes(at: number, days: number, minutes: readonly number[]): number[]
}

/** The zone of this computer. */
export function systemZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** @throws Error for a zone that is none: check it with `isZone` where it is entered */
export function localTimeOf(zone: string): LocalTime {
  if (!isZone(zone)) throw new Error(`There is no time zone "${zone}".`)
  const { DateTime } = luxon()
  const kept = new Map<number, WallTime>()

  function wall(at: number): WallTime {
    const minute = Math.floor(at / MINUTE_MS)
    const known = kept.get(minute)
    if (known) return known
    const local = DateTime.fromMillis(minute * MINUTE_MS, { zone })
    const found = { weekday: local.weekday, minute: local.hour * 60 + local.minute }
    if (kept.size >= KEPT) kept.clear()
    kept.set(minute, found)
    return found
  }

  /** When the zone's offset changes between two instants that lie a day apart, to the minute. */
  function jumpBetween(from: number, to: number): number {
    const offsetAt = (at: number): number => DateTime.fromMillis(at, { zone }).offset
    const before = offsetAt(from)
    let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle * MINUTE_MS) === before) low = middle
      else high = middle
    }
    return high * MINUTE_MS
  }

  function changes(at: number, days: number, minutes: readonly number[]): number[] {
    const found = new Set<number>()
    const today = DateTime.fromMillis(at, { zone }).startOf('day')
    for (let day = 0; day <= days; day++) {
      const begin = today.plus({ days: day })
      const end = today.plus({ days: day + 1 })
      const jumped = (end.offset - begin.offset) * MINUTE_MS
      if (jumped !== 0) found.add(jumpBetween(begin.toMillis(), end.toMillis()))
      for (const minute of minutes) {
        const time = begin.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis()
        for (const candidate of jumped === 0 ? [time] : [time - Math.abs(jumped), time, time + Math.abs(jumped)]) {
          if (wall(candidate).minute === minute && candidate >= begin.toMillis() && candidate < end.toMillis()) found.add(candidate)
        }
      }
    }
    return [...found].filter((one) => one > at && one <= at + (days + 1) * DAY_MS).sort((a, b) => a - b)
  }

  return { zone, wall, changes }
}
