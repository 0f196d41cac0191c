/** What people said that they see to, until when, and what came of it when that was over. */
import type { Db } from './db.ts'
import { SELECT_EVENT } from './find.ts'
import type { Acknowledging, StoredEvent } from './history.ts'
import { eventFromColumns, type EventColumns } from './rows.ts'
import { listed } from './where.ts'

const FOR_GOOD: Acknowledging = { until: null, note: null, by: '' }

/** Who acknowledges has seen. @returns how many were not acknowledged until now, and how many are told anew. See History.acknowledge. */
export function acknowledge(db: Db, eventIds: string[], at: number, { until, note, by } = FOR_GOOD): { fresh: number; changed: number } {
  if (eventIds.length === 0) return { fresh: 0, changed: 0 }
  const ids = JSON.stringify(eventIds)
  return db.transaction(() => {
    const changed = db.run(`INSERT INTO acknowledgements (event_id, at, until, note, made_by) SELECT id, :at, :until, :note, :by FROM events WHERE ${listed('id', 'ids')}
      ON CONFLICT (event_id) DO UPDATE SET at = :at, until = :until, note = coalesce(:note, note), made_by = :by, looked_at = NULL, over_at = NULL
      WHERE acknowledgements.until IS NOT :until OR (:note IS NOT NULL AND acknowledgements.note IS NOT :note)`, { ids, at, until, note, by })
    const fresh = db.run(`UPDATE events SET acknowledged_at = :at, seen_at = coalesce(seen_at, :at) WHERE acknowledged_at IS NULL AND ${listed('id', 'ids')}`, { at, ids })
    return { fresh, changed }
  })
}

/** See History.overdueAcknowledgements. */
export function overdue(db: Db, now: number): StoredEvent[] {
  const ids = db.all<{ id: string }>('SELECT event_id AS id FROM acknowledgements WHERE until <= :now AND until IS NOT NULL AND over_at IS NULL ORDER BY until, event_id', { now }).map(({ id }) => id)
  if (ids.length === 0) return []
  return db.all<EventColumns>(`${SELECT_EVENT} WHERE ${listed('events.id', 'ids')} ORDER BY a.until, events.seq`, { ids: JSON.stringify(ids) }).map(eventFromColumns)
}

export function nextEnd(db: Db, after: number): number | null {
  return db.get<{ at: number | null }>('SELECT min(until) AS at FROM acknowledgements WHERE until > :after AND until IS NOT NULL AND over_at IS NULL', { after })?.at ?? null
}

/** @returns how many had not come to their end until now. See History.endAcknowledgements. */
export function end(db: Db, eventIds: string[], at: number, reopened: boolean): number {
  if (eventIds.length === 0) return 0
  const ids = JSON.stringify(eventIds)
  return db.transaction(() => {
    if (reopened) db.run(`UPDATE events SET acknowledged_at = NULL WHERE ${listed('id', 'ids')}`, { ids })
    return db.run(`UPDATE acknowledgements SET over_at = :at WHERE over_at IS NULL AND ${listed('event_id', 'ids')}`, { at, ids })
  })
}
