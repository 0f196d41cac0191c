/** When a profile speaks: ranges of the week in a person's zone. Pure; the instant is an argument. */
import { minuteOf } from './day-times.ts'
import type { LocalTime, WallTime } from './local-time.ts'

/** Minutes of the day as people write them: "07:30". */
export interface DayRange {
  /** ISO weekdays on which it begins, 1 = Monday. */
  days: readonly number[]
  /** First and last minute, both covered whole: "23:59" ends with the day. Earlier than `from` = it goes on past midnight. Absent = all day. */
  from?: string | undefined
  to?: string | undefined
}

export interface Timeslot {
  id: string
  name: string
  /** Null = the zone of the settings, else of this computer. */
  zone: string | null
  /** At least one; a time that one of them covers is covered. */
  ranges: readonly DayRange[]
}

/** The one that always exists. */
export const ALWAYS: Timeslot = { id: 'always', name: 'All the time', zone: null, ranges: [{ days: [1, 2, 3, 4, 5, 6, 7] }] }

const DAY = 24 * 60
/** A slot that opens at all opens within a week; one day more for the jump of a clock. */
const LOOK_DAYS = 8

export interface CompiledTimeslot {
  /** Whether it is open at that instant, epoch ms. */
  contains(at: number): boolean
  /** When it opens or closes next, epoch ms behind `at`; null = never (it is open, or closed, for ever). */
  nextChange(at: number): number | null
}

interface Range {
  days: ReadonlySet<number>
  from: number
  /** The first minute that is not covered any more, 1 to 1440; smaller than or equal to `from` = of the next day. */
  end: number
}

/** @param local of the slot's zone */
export function compileTimeslot(slot: Pick<Timeslot, 'ranges'>, local: LocalTime): CompiledTimeslot {
  const ranges = slot.ranges.map(rangeOf)
  const edges = [...new Set(ranges.flatMap(({ from, end }) => [from, end % DAY]).concat(0))]
  const covers = (wall: WallTime): boolean => ranges.some((range) => isCovered(range, wall))
  return {
    contains: (at) => covers(local.wall(at)),
    nextChange: keptUntilThen((at) => {
      const now = covers(local.wall(at))
      return local.changes(at, LOOK_DAYS, edges).find((change) => covers(local.wall(change)) !== now) ?? null
    }),
  }
}

/**
 * What comes next stays the same until it comes. A search looks through the wall times of a week, and events come many to a minute.
 * @param find the first instant behind `at`; null = there is none
 */
export function keptUntilThen(find: (at: number) => number | null): (at: number) => number | null {
  let from = 0
  let next: number | null = null
  return (at) => {
    if (next === null || at < from || at >= next) {
      from = at
      next = find(at)
    }
    return next
  }
}

function rangeOf({ days, from, to }: DayRange): Range {
  return { days: new Set(days), from: minuteOf(from ?? '00:00') ?? 0, end: (minuteOf(to ?? '23:59') ?? DAY - 1) + 1 }
}

function isCovered({ days, from, end }: Range, { weekday, minute }: WallTime): boolean {
  const yesterday = weekday === 1 ? 7 : weekday - 1
  if (from < end) return days.has(weekday) && minute >= from && minute < end
  return (days.has(weekday) && minute >= from) || (days.has(yesterday) && minute < end)
}
