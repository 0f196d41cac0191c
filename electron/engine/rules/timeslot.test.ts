import { describe, expect, test } from 'vitest'
import { isZone, minuteOf } from './day-times.ts'
import { localTimeOf } from './local-time.ts'
import { nextDigest } from './profiles.ts'
import { ALWAYS, compileTimeslot, keptUntilThen, type DayRange } from './timeslot.ts'

const OSLO = 'Europe/Oslo'
const slot = (zone: string, ...ranges: DayRange[]) => compileTimeslot({ ranges }, localTimeOf(zone))
/** An instant by its UTC time, "2026-01-15 12:00". */
const utc = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00Z`)
const shown = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 16).replace('T', ' '))
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]

describe('R46: a timeslot', () => {
  const work = slot(OSLO, { days: [1, 2, 3, 4, 5], from: '07:30', to: '16:00' })
  // 2026-01-15 is a Thursday; Oslo is one hour ahead of UTC.
  test.each<[string, string, boolean]>([
    ['a minute before it', '2026-01-15 06:29', false],
    ['its first minute', '2026-01-15 06:30', true],
    ['its last minute', '2026-01-15 15:00', true],
    ['the minute behind it', '2026-01-15 15:01', false],
    ['the same time on a Saturday', '2026-01-17 12:00', false],
    ['the same time on a Sunday', '2026-01-18 12:00', false],
    ['the same time on a Monday', '2026-01-19 12:00', true],
  ])('%s (%s UTC): %s', (_what, at, open) => expect(work.contains(utc(at))).toBe(open))

  test('covers the whole of its last minute, to the last millisecond', () => {
    const day = slot('UTC', { days: [4], from: '00:00', to: '23:59' })
    expect(day.contains(utc('2026-01-15 23:59') + 59_999)).toBe(true)
    expect(day.contains(utc('2026-01-16 00:00'))).toBe(false)
    expect(day.contains(utc('2026-01-14 23:59') + 59_999)).toBe(false)
  })

  test('without times is the whole day', () => {
    const sunday = slot(OSLO, { days: [7] })
    expect([sunday.contains(utc('2026-01-17 22:59')), sunday.contains(utc('2026-01-17 23:00')), sunday.contains(utc('2026-01-18 22:59')), sunday.contains(utc('2026-01-18 23:00'))]).toEqual([false, true, true, false])
  })

  test('that ends earlier than it begins goes on past midnight, and belongs to the day on which it begins', () => {
    const friday = slot('UTC', { days: [5], from: '22:00', to: '06:59' })
    expect([
      friday.contains(utc('2026-01-16 21:59')), friday.contains(utc('2026-01-16 22:00')), friday.contains(utc('2026-01-17 00:00')), friday.contains(utc('2026-01-17 06:59')),
      friday.contains(utc('2026-01-17 07:00')), friday.contains(utc('2026-01-16 03:00')), friday.contains(utc('2026-01-17 22:30')),
    ]).toEqual([false, true, true, true, false, false, false])
  })

  test('of Sunday night reaches into Monday', () => {
    expect(slot('UTC', { days: [7], from: '23:00', to: '01:00' }).contains(utc('2026-01-19 00:30'))).toBe(true)
  })

  test('with several ranges is open when one of them is', () => {
    const both = slot('UTC', { days: EVERY_DAY, from: '08:00', to: '08:59' }, { days: EVERY_DAY, from: '18:00', to: '18:59' })
    expect([both.contains(utc('2026-01-15 08:30')), both.contains(utc('2026-01-15 12:00')), both.contains(utc('2026-01-15 18:30'))]).toEqual([true, false, true])
  })

  test('"All the time" is open at every minute and never changes', () => {
    const always = compileTimeslot(ALWAYS, localTimeOf(OSLO))
    for (const at of ['2026-01-01 00:00', '2026-03-29 01:00', '2026-10-25 01:00', '2026-12-31 23:59']) expect(always.contains(utc(at))).toBe(true)
    expect(always.nextChange(utc('2026-03-28 12:00'))).toBeNull()
  })
})

describe('when it opens or closes next', () => {
  const work = slot(OSLO, { days: [1, 2, 3, 4, 5], from: '07:30', to: '16:00' })
  test.each<[string, string, string]>([
    ['before it opens', '2026-01-15 05:00', '2026-01-15 06:30'],
    ['while it is open', '2026-01-15 12:00', '2026-01-15 15:01'],
    ['over the weekend', '2026-01-16 15:01', '2026-01-19 06:30'],
    ['at the very moment it opens', '2026-01-15 06:30', '2026-01-15 15:01'],
  ])('%s', (_what, at, next) => expect(shown(work.nextChange(utc(at)))).toBe(next))

  test('a whole day ends at midnight of its zone', () => {
    expect(shown(slot(OSLO, { days: [4] }).nextChange(utc('2026-01-15 12:00')))).toBe('2026-01-15 23:00')
  })

  test('days that follow each other without a gap are one', () => {
    expect(shown(slot('UTC', { days: [4, 5] }).nextChange(utc('2026-01-15 12:00')))).toBe('2026-01-17 00:00')
  })

  test('once a week is found a week ahead', () => {
    expect(shown(slot('UTC', { days: [4], from: '12:00', to: '12:00' }).nextChange(utc('2026-01-15 12:01')))).toBe('2026-01-22 12:00')
  })
})

describe('R47: when the clocks change', () => {
  // Oslo: 2026-03-29 02:00 -> 03:00 (01:00 UTC), 2026-10-25 03:00 -> 02:00 (01:00 UTC).
  // New York: 2026-03-08 02:00 -> 03:00 (07:00 UTC), 2026-11-01 02:00 -> 01:00 (06:00 UTC).
  // Lord Howe jumps by half an hour: 2026-04-05 02:00 -> 01:30 (2026-04-04 15:00 UTC), 2026-10-04 02:00 -> 02:30 (2026-10-03 15:30 UTC).
  test.each<[string, string, DayRange, [string, boolean][], string, string | null]>([
    ['Oslo in spring: what begins in the hour that is not there begins after the jump', OSLO, { days: EVERY_DAY, from: '02:30', to: '05:59' },
      [['2026-03-29 00:59', false], ['2026-03-29 01:00', true], ['2026-03-29 03:59', true], ['2026-03-29 04:00', false]], '2026-03-29 00:00', '2026-03-29 01:00'],
    ['Oslo in spring: a night is an hour shorter', OSLO, { days: EVERY_DAY, from: '22:00', to: '06:59' },
      [['2026-03-28 20:59', false], ['2026-03-28 21:00', true], ['2026-03-29 04:59', true], ['2026-03-29 05:00', false]], '2026-03-28 22:00', '2026-03-29 05:00'],
    ['Oslo in autumn: the hour that comes twice is covered twice', OSLO, { days: EVERY_DAY, from: '02:00', to: '02:59' },
      [['2026-10-24 23:59', false], ['2026-10-25 00:00', true], ['2026-10-25 00:59', true], ['2026-10-25 01:00', true], ['2026-10-25 01:59', true], ['2026-10-25 02:00', false]], '2026-10-25 00:30', '2026-10-25 02:00'],
    ['Oslo in autumn: a night is an hour longer', OSLO, { days: EVERY_DAY, from: '22:00', to: '06:59' },
      [['2026-10-24 20:00', true], ['2026-10-25 05:59', true], ['2026-10-25 06:00', false]], '2026-10-24 21:00', '2026-10-25 06:00'],
    ['New York in spring', 'America/New_York', { days: [7], from: '01:30', to: '03:29' },
      [['2026-03-08 06:29', false], ['2026-03-08 06:30', true], ['2026-03-08 07:29', true], ['2026-03-08 07:30', false]], '2026-03-08 06:45', '2026-03-08 07:30'],
    ['New York in autumn: half of the hour that comes twice is left twice', 'America/New_York', { days: [7], from: '01:00', to: '01:29' },
      [['2026-11-01 05:00', true], ['2026-11-01 05:30', false], ['2026-11-01 06:00', true], ['2026-11-01 06:30', false]], '2026-11-01 05:30', '2026-11-01 06:00'],
    ['Lord Howe in spring: half an hour is not there', 'Australia/Lord_Howe', { days: EVERY_DAY, from: '02:00', to: '02:29' },
      [['2026-10-03 15:29', false], ['2026-10-03 15:30', false], ['2026-10-04 15:00', true]], '2026-10-03 15:00', '2026-10-04 15:00'],
    ['Lord Howe in autumn: half an hour comes twice', 'Australia/Lord_Howe', { days: EVERY_DAY, from: '01:30', to: '01:59' },
      [['2026-04-04 14:30', true], ['2026-04-04 14:59', true], ['2026-04-04 15:00', true], ['2026-04-04 15:29', true], ['2026-04-04 15:30', false]], '2026-04-04 14:45', '2026-04-04 15:30'],
  ])('%s', (_what, zone, range, times, from, next) => {
    const one = slot(zone, range)
    expect(times.map(([at]) => [at, one.contains(utc(at))])).toEqual(times)
    expect(shown(one.nextChange(utc(from)))).toBe(next)
  })

  test('a computer that slept over an edge is told by the instant, not by what it saw', () => {
    const night = slot(OSLO, { days: EVERY_DAY, from: '22:00', to: '06:59' })
    expect(night.contains(utc('2026-01-15 20:59'))).toBe(false)
    // Eleven hours later, nothing in between.
    expect(night.contains(utc('2026-01-16 07:59'))).toBe(false)
    expect(shown(night.nextChange(utc('2026-01-16 07:59')))).toBe('2026-01-16 21:00')
  })
})

describe('what comes next', () => {
  test('is looked for once until it has come, and anew when the clock was set back', () => {
    const asked: number[] = []
    const next = keptUntilThen((at) => {
      asked.push(at)
      return Math.floor(at / 100) * 100 + 100
    })
    expect([next(10), next(50), next(99), next(100), next(150), next(30)]).toEqual([100, 100, 100, 200, 200, 100])
    expect(asked).toEqual([10, 100, 30])
  })

  test('is looked for each time where there is nothing', () => {
    let asked = 0
    const next = keptUntilThen(() => {
      asked += 1
      return null
    })
    expect([next(1), next(2), asked]).toEqual([null, null, 2])
  })
})

test.each<[string, number | null]>([['00:00', 0], ['7:05', 425], ['23:59', 1439], ['24:00', null], ['12:60', null], ['noon', null], ['', null]])('"%s" is minute %s', (text, minute) => expect(minuteOf(text)).toBe(minute))

test.each<[string, boolean]>([['Europe/Oslo', true], ['UTC', true], ['Atlantis/Harbour', false], ['+02:00', false], ['', false]])('"%s" is a zone: %s', (name, known) => expect(isZone(name)).toBe(known))

describe('R64: the time of a digest', () => {
  const next = (zone: string, at: string, from: string, days = EVERY_DAY) => shown(nextDigest({ at: [at], days }, localTimeOf(zone), utc(from)))
  // Oslo goes from 02:00 to 03:00 on 29 March, Lord Howe from 02:00 to 02:30 on 4 October, Beirut from midnight to 01:00 on 29 March.
  test.each<[string, string, string, string, string]>([
    ['that the clock jumps over is that of the jump', OSLO, '02:30', '2026-03-28 12:00', '2026-03-29 01:00'],
    ['the first one jumped over, too', OSLO, '02:00', '2026-03-28 12:00', '2026-03-29 01:00'],
    ['behind the jump is as ever', OSLO, '03:00', '2026-03-28 12:00', '2026-03-29 01:00'],
    ['just before it, too', OSLO, '01:59', '2026-03-28 12:00', '2026-03-29 00:59'],
    ['is as ever on the day after', OSLO, '02:30', '2026-03-29 01:00', '2026-03-30 00:30'],
    ['that comes twice comes twice', OSLO, '02:30', '2026-10-25 00:30', '2026-10-25 01:30'],
    ['in a zone that jumps by half an hour', 'Australia/Lord_Howe', '02:15', '2026-10-03 12:00', '2026-10-03 15:30'],
    ['in a zone that jumps at midnight', 'Asia/Beirut', '00:30', '2026-03-28 12:00', '2026-03-28 22:00'],
  ])('%s', (_what, zone, at, from, expected) => expect(next(zone, at, from)).toBe(expected))

  test('of a weekday is that of its day', () => expect(next(OSLO, '02:30', '2026-03-23 12:00', [7])).toBe('2026-03-29 01:00'))
})
