import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../history/db.ts'
import { openForReading } from '../history/open.ts'
import { batch, entry, T0, temporaryHistory } from '../history/test-support.ts'
import { dailyCounts } from './counts.ts'
import { daysUntil } from './day.ts'

const HOUR = 3_600_000

describe('days by the calendar', () => {
  test('end with the last one, across the end of a month and of a leap year\'s February', () => {
    expect(daysUntil('2026-03-02', 4)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'])
    expect(daysUntil('2028-03-01', 2)).toEqual(['2028-02-29', '2028-03-01'])
    expect(daysUntil('2026-01-01', 2)).toEqual(['2025-12-31', '2026-01-01'])
  })
})

describe('counts of days', () => {
  let stored: ReturnType<typeof temporaryHistory>
  let db: Db
  beforeEach(() => {
    stored = temporaryHistory()
    db = openForReading(stored.file)
  })
  afterEach(() => {
    db.close()
    stored.remove()
  })
  let n = 0
  const happened = (at: number, more: Parameters<typeof entry>[1] = {}, times = 1): void => {
    stored.history.commit(batch(Array.from({ length: times }, () => entry(`E${String(n++).padStart(6, '0')}`, { ...more, draft: { occurredAt: at, observedAt: at, ...more.draft } }))))
  }

  test('tell every day, also one without an event, by kind, the most frequent first', () => {
    happened(T0 - 30 * HOUR, {}, 2)
    happened(T0 - HOUR, { draft: { type: 'job.progress', severity: 'info' } }, 3)
    happened(T0 - HOUR)
    expect(dailyCounts(db, { now: T0, days: 3, zone: 'UTC' })).toEqual({ zone: 'UTC', events: 6, days: [
      { day: '2026-01-13', kinds: [] },
      { day: '2026-01-14', kinds: [{ type: 'job.done', severity: 'success', events: 2 }] },
      { day: '2026-01-15', kinds: [{ type: 'job.progress', severity: 'info', events: 3 }, { type: 'job.done', severity: 'success', events: 1 }] },
    ] })
  })

  test('leave out what was rehearsed, what is older and what is to come', () => {
    happened(T0, { draft: { reason: 'rehearsal' } })
    happened(T0, { draft: { reason: 'spaghetti' } })
    happened(T0 - 24 * HOUR)
    happened(T0 + HOUR)
    expect(dailyCounts(db, { now: T0, days: 1, zone: 'UTC' })).toMatchObject({ events: 1, days: [{ day: '2026-01-15', kinds: [{ events: 1 }] }] })
  })

  test.each([
    ['a zone ahead', 'Asia/Kathmandu', Date.UTC(2026, 0, 14, 18, 15), ['2026-01-15']],
    ['a zone ahead, a moment before midnight', 'Asia/Kathmandu', Date.UTC(2026, 0, 14, 18, 14, 59), ['2026-01-14']],
    ['a zone behind', 'America/New_York', Date.UTC(2026, 0, 15, 4, 59, 59), ['2026-01-14']],
  ])('are those of %s', (_what, zone, at, days) => {
    happened(at)
    expect(dailyCounts(db, { now: T0, days: 3, zone }).days.filter(({ kinds }) => kinds.length > 0).map(({ day }) => day)).toEqual(days)
  })

  test('have 23 or 25 hours where clocks are changed, and no day is left out or told twice', () => {
    // 2026-10-25 in Berlin begins at 22:00 UTC and has 25 hours.
    happened(Date.UTC(2026, 9, 24, 21, 59))
    happened(Date.UTC(2026, 9, 24, 22, 0))
    happened(Date.UTC(2026, 9, 25, 22, 59))
    happened(Date.UTC(2026, 9, 25, 23, 0))
    const { days } = dailyCounts(db, { now: Date.UTC(2026, 9, 26, 12), days: 3, zone: 'Europe/Berlin' })
    expect(days.map(({ day, kinds }) => [day, kinds[0]?.events])).toEqual([['2026-10-24', 1], ['2026-10-25', 2], ['2026-10-26', 1]])
  })

  test('tell one kind of two severities apart', () => {
    happened(T0, { draft: { type: 'link.lost', severity: 'info' } })
    happened(T0, { draft: { type: 'link.lost', severity: 'error' } }, 2)
    expect(dailyCounts(db, { now: T0, days: 1, zone: 'UTC' }).days[0]?.kinds).toEqual([{ type: 'link.lost', severity: 'error', events: 2 }, { type: 'link.lost', severity: 'info', events: 1 }])
  })
})
