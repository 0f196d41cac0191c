/** How many events of each kind there were on each day. Counted in an index of the history, so that a million events are a matter of milliseconds. */
import { EVENT_TYPES, type EventType, type Severity } from '../events/model.ts'
import type { Db } from '../history/db.ts'
import { dayIn, daysUntil } from './day.ts'

export interface DailyCounts {
  /** The zone whose days these are. */
  zone: string
  /** Every day, the oldest first; a day without events has no kinds. The most frequent kind of a day comes first. */
  days: { day: string; kinds: { type: EventType; severity: Severity; events: number }[] }[]
  /** Of all days. */
  events: number
}

/** Every zone's offset, and every change of it, is a multiple of this; ms. */
const QUARTER_MS = 15 * 60_000
const DAY_MS = 24 * 3_600_000

/** Rehearsals are none. `events_occurred` holds all that is asked for. */
const COUNTED = `SELECT CAST(occurred_at / ${QUARTER_MS} AS INTEGER) AS quarter, type, severity, count(*) AS events FROM events INDEXED BY events_occurred
  WHERE occurred_at >= :since AND occurred_at <= :until AND (text_id IS NULL OR text_id NOT IN (SELECT n FROM texts WHERE reason = 'rehearsal'))
  GROUP BY quarter, type, severity`

interface Counted {
  quarter: number
  type: string
  severity: Severity
  events: number
}

/** @param days of local days, today among them; `now` epoch ms @throws HistoryError */
export function dailyCounts(db: Pick<Db, 'all'>, { now, days, zone }: { now: number; days: number; zone: string }): DailyCounts {
  const dayOf = dayIn(zone)
  const byDay = new Map(daysUntil(dayOf(now), days).map((day) => [day, new Map<string, { type: EventType; severity: Severity; events: number }>()]))
  const known = new Set<string>(EVENT_TYPES)
  let all = 0
  // A day may have 25 hours; what is too old falls on a day that is not asked for.
  for (const { quarter, type, severity, events } of db.all<Counted>(COUNTED, { since: now - (days + 1) * DAY_MS, until: now })) {
    const kinds = byDay.get(dayOf(quarter * QUARTER_MS))
    if (kinds === undefined || !known.has(type)) continue
    const kind = kinds.get(`${type} ${severity}`) ?? { type: type as EventType, severity, events: 0 }
    kind.events += events
    kinds.set(`${type} ${severity}`, kind)
    all += events
  }
  return { zone, events: all, days: [...byDay].map(([day, kinds]) => ({ day, kinds: [...kinds.values()].sort((a, b) => b.events - a.events || a.type.localeCompare(b.type)) })) }
}
