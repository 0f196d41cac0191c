/**
 * Ranges of the week as people write them ("from 22:00 to 07:00", with an end that is left out) and as the settings keep them ("to" is
 * the last minute, covered whole), what is left of the week beside them, and how they are drawn. Pure.
 */
import type { DayRangeView } from '../../../electron/bridge/views/rules.ts'

export const DAY = 24 * 60
const WEEK = 7 * DAY
/** ISO weekdays. */
export const ALL_DAYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7]

/** "07:30" or "7:30" in minutes from midnight, "24:00" as the end of the day; null = it is no time. */
export function minuteOf(text: string): number | null {
  const [, hour, minute] = /^\s*(\d{1,2})[:.](\d{2})\s*$/.exec(text) ?? []
  if (hour === undefined || minute === undefined) return null
  const found = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && found <= DAY ? found : null
}

/** "07:30"; 1440 is "24:00". */
export function timeText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** One range as it stands in the form. */
export interface RangeDraft {
  days: readonly number[]
  allDay: boolean
  from: string
  /** The first minute that is not covered any more. */
  to: string
}

export function draftOf({ days, from, to }: DayRangeView): RangeDraft {
  if (from === undefined || to === undefined) return { days, allDay: true, from: '00:00', to: '24:00' }
  return { days, allDay: false, from, to: timeText((minuteOf(to) ?? DAY - 1) + 1) }
}

/** What is wrong with a draft: its field and the key of what is said; null = nothing. */
export function wrongOf({ days, allDay, from, to }: RangeDraft): { field: 'days' | 'from' | 'to'; key: 'noDay' | 'noTime' | 'sameTime' } | null {
  if (days.length === 0) return { field: 'days', key: 'noDay' }
  if (allDay) return null
  const begin = minuteOf(from)
  const end = minuteOf(to)
  if (begin === null || begin === DAY) return { field: 'from', key: 'noTime' }
  if (end === null) return { field: 'to', key: 'noTime' }
  return begin === end ? { field: 'to', key: 'sameTime' } : null
}

/** @param draft with nothing wrong in it */
export function rangeOf({ days, allDay, from, to }: RangeDraft): DayRangeView {
  const sorted = [...days].sort((a, b) => a - b)
  if (allDay) return { days: sorted }
  const end = minuteOf(to) ?? DAY
  return { days: sorted, from: timeText(minuteOf(from) ?? 0), to: timeText((end + DAY - 1) % DAY) }
}

/** Minutes from Monday 00:00, `end` left out; an end beyond Sunday goes on at Monday. */
interface Span {
  begin: number
  end: number
}

function spansOf(ranges: readonly DayRangeView[]): Span[] {
  return ranges.flatMap(({ days, from, to }) => {
    const first = minuteOf(from ?? '00:00') ?? 0
    const last = (minuteOf(to ?? '23:59') ?? DAY - 1) + 1
    return days.map((day) => ({ begin: (day - 1) * DAY + first, end: (day - 1) * DAY + (last > first ? last : last + DAY) }))
  })
}

/** What of the week is open, in order and without overlaps; nothing crosses the end of the week. */
function opened(ranges: readonly DayRangeView[]): Span[] {
  const cut = spansOf(ranges).flatMap(({ begin, end }) => (end > WEEK ? [{ begin, end: WEEK }, { begin: 0, end: end - WEEK }] : [{ begin, end }]))
  return cut.sort((a, b) => a.begin - b.begin).reduce<Span[]>((done, { begin, end }) => {
    const last = done.at(-1)
    if (last === undefined || begin > last.end) return [...done, { begin, end }]
    last.end = Math.max(last.end, end)
    return done
  }, [])
}

function closed(open: readonly Span[]): Span[] {
  const edges = [0, ...open.flatMap(({ begin, end }) => [begin, end]), WEEK]
  return edges.flatMap((begin, index) => (index % 2 === 0 && (edges[index + 1] ?? 0) > begin ? [{ begin, end: edges[index + 1] ?? WEEK }] : []))
}

/** Part of one day. `begin` 0 to 1439, `end` 1 to 1440. */
export interface DayPart {
  day: number
  begin: number
  end: number
}

function partsOf(spans: readonly Span[]): DayPart[] {
  return spans.flatMap(({ begin, end }) => ALL_DAYS.flatMap((day) => {
    const from = Math.max(begin - (day - 1) * DAY, 0)
    const to = Math.min(end - (day - 1) * DAY, DAY)
    return from < to ? [{ day, begin: from, end: to }] : []
  }))
}

/** What is open on each day. */
export function dayParts(ranges: readonly DayRangeView[]): DayPart[] {
  return partsOf(opened(ranges))
}

/** The rest of the week as ranges, days that are alike together; empty = nothing is left. */
export function complement(ranges: readonly DayRangeView[]): DayRangeView[] {
  const byTimes = new Map<string, DayRangeView>()
  for (const { day, begin, end } of partsOf(closed(opened(ranges)))) {
    const times = begin === 0 && end === DAY ? {} : { from: timeText(begin), to: timeText(end - 1) }
    const key = `${begin}-${end}`
    byTimes.set(key, { days: [...byTimes.get(key)?.days ?? [], day], ...times })
  }
  return overMidnight([...byTimes.values()])
}

/** Two halves of each night that meet at midnight are one range. */
function overMidnight(ranges: DayRangeView[]): DayRangeView[] {
  const morning = ranges.find(({ days, from, to }) => days.length === 7 && from === '00:00' && to !== '23:59')
  const evening = ranges.find(({ days, from, to }) => days.length === 7 && from !== '00:00' && to === '23:59')
  if (morning?.to === undefined || evening?.from === undefined) return ranges
  return [...ranges.filter((range) => range !== morning && range !== evening), { days: morning.days, from: evening.from, to: morning.to }]
}

/** One begin and one end on some days, out of ranges that leave just that free; null = the rest of the week is no such thing. */
export function quietOf(open: readonly DayRangeView[]): RangeDraft | null {
  const spans = closed(opened(open))
  const [first, last] = [spans[0], spans.at(-1)]
  // A night from Sunday to Monday.
  const joined = first && last && first !== last && first.begin === 0 && last.end === WEEK ? [...spans.slice(1, -1), { begin: last.begin, end: WEEK + first.end }] : spans
  const begins = new Set(joined.map(({ begin }) => begin % DAY))
  const lengths = new Set(joined.map(({ begin, end }) => end - begin))
  const [length] = lengths
  const [begin] = begins
  if (begins.size !== 1 || lengths.size !== 1 || length === undefined || begin === undefined || length >= DAY) return null
  return { days: joined.map(({ begin: at }) => Math.floor(at / DAY) + 1).sort((a, b) => a - b), allDay: false, from: timeText(begin), to: timeText((begin + length) % DAY || DAY) }
}

/** Words for days: 'all', 'workdays' and 'weekend' have names of their own; else runs of days. */
export function daysAs(days: readonly number[]): 'all' | 'workdays' | 'weekend' | { runs: [number, number][] } {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  const key = sorted.join('')
  if (key === '1234567') return 'all'
  if (key === '12345') return 'workdays'
  if (key === '67') return 'weekend'
  const runs: [number, number][] = []
  for (const day of sorted) {
    const last = runs.at(-1)
    if (last && last[1] === day - 1) last[1] = day
    else runs.push([day, day])
  }
  return { runs }
}
