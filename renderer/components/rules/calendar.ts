/** Blocks of the week calendar: one for each run of equal days, beside each other where two are open at the same time. Pure. */
import type { DayRangeView } from '../../../electron/bridge/views/rules.ts'
import { dayParts } from './week.ts'

export interface CalendarRow {
  id: string
  ranges: readonly DayRangeView[]
}

export interface Block {
  /** Of the row it belongs to. */
  id: string
  /** Its first and last day, 1 = Monday. */
  first: number
  last: number
  /** Minutes of the day, `end` left out. */
  begin: number
  end: number
  /** Which of how many columns of a day it has. */
  lane: number
  lanes: number
}

type Shape = Omit<Block, 'lane' | 'lanes'>

/** In the order of the rows. */
export function blocksOf(rows: readonly CalendarRow[]): Block[] {
  const shapes = rows.flatMap(({ id, ranges }) => runs(id, ranges))
  const groups = groupsOf(shapes)
  return groups.flatMap((group) => (group.length === 1 ? group.map((shape) => ({ ...shape, lane: 0, lanes: 1 })) : crowded(group)))
}

/** Days beside each other on which the same is open are one block. */
function runs(id: string, ranges: readonly DayRangeView[]): Shape[] {
  const done: Shape[] = []
  for (const { day, begin, end } of dayParts(ranges)) {
    const before = done.find((shape) => shape.last === day - 1 && shape.begin === begin && shape.end === end)
    if (before) before.last = day
    else done.push({ id, first: day, last: day, begin, end })
  }
  return done
}

function meet(a: Shape, b: Shape): boolean {
  return a.first <= b.last && b.first <= a.last && a.begin < b.end && b.begin < a.end
}

/** Those that meet, directly or by others. */
function groupsOf(shapes: readonly Shape[]): Shape[][] {
  const groups: Shape[][] = []
  for (const shape of shapes) {
    const touched = groups.filter((group) => group.some((other) => meet(other, shape)))
    for (const group of touched) groups.splice(groups.indexOf(group), 1)
    groups.push([...touched.flat(), shape])
  }
  return groups
}

/** Day by day, each beside the others of that day. */
function crowded(group: readonly Shape[]): Block[] {
  const days = group.flatMap((shape) => Array.from({ length: shape.last - shape.first + 1 }, (_, index) => ({ ...shape, first: shape.first + index, last: shape.first + index })))
  return groupsOf(days).flatMap((together) => {
    const ends: number[] = []
    const laid = [...together].sort((a, b) => a.begin - b.begin).map((shape) => {
      const free = ends.findIndex((end) => end <= shape.begin)
      const lane = free < 0 ? ends.length : free
      ends[lane] = shape.end
      return { ...shape, lane }
    })
    return laid.map((block) => ({ ...block, lanes: ends.length }))
  })
}
