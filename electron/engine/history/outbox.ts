/** Rows on their way to a destination: leasing, finishing, holding, cancelling. The delivery worker decides, this keeps. */
import type { Log } from '../ports.ts'
import type { Db } from './db.ts'
import type { EventType } from '../events/model.ts'
import type { Attempt, CancelOn, OutboxRow, OutboxState } from './history.ts'
import type { OutboxColumns } from './rows.ts'
import { attemptToColumns, insertInto, outboxFromColumns, outboxToColumns } from './rows.ts'
import { Where, listed, pageSize } from './where.ts'

const COLUMNS = [
  'id', 'event_id', 'destination_id', 'state', 'delivery_key', 'priority', 'job_key', 'attempts', 'created_at', 'next_attempt_at',
  'expires_at', 'picture_until', 'release_at', 'cancel_on', 'lease_until', 'last_result',
]
const INSERT = `INSERT INTO outbox (printer_id, event_seq, ${COLUMNS.join(', ')})
  VALUES (coalesce((SELECT printer_id FROM events WHERE id = :event_id), ''), (SELECT seq FROM events WHERE id = :event_id), ${COLUMNS.map((column) => `:${column}`).join(', ')})`
const UPSERT = `${INSERT} ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1).map((column) => `${column} = :${column}`).join(', ')}
  WHERE outbox.state <> 'leased'`
const INSERT_ATTEMPT = insertInto('attempts', ['outbox_id', 'event_id', 'destination_id', 'at', 'ms', 'number', 'result', 'detail'])

/** Spelled exactly like the condition of the partial index, or SQLite would not use it. */
const OPEN = "state IN ('waiting', 'leased', 'held')"
const OPEN_STATES: readonly OutboxState[] = ['waiting', 'leased', 'held']

/**
 * `LIMIT`, by a parameter called `limit`. Of a bare one SQLite 3.53 looks at the value to plan with it, and so prepares the statement
 * anew each time that one is bound, which takes nine times as long as the lease itself.
 */
const AT_MOST = 'LIMIT +:limit'
/**
 * When a waiting row may be leased: at its next attempt, but not before its picture is there (or known to be none, or waited for
 * long enough); and at its expiry in any case, so that the worker can end it.
 */
const DUE_AT = `min(o.expires_at, max(o.next_attempt_at, CASE
  WHEN o.picture_until IS NULL OR EXISTS (SELECT 1 FROM snapshots s WHERE s.event_id = o.event_id) THEN 0
  ELSE o.picture_until END))`

/** Earlier rows of the same job go first; a held one does not stand in the way. */
const NOT_BLOCKED = `(o.job_key IS NULL OR NOT EXISTS (
  SELECT 1 FROM outbox e
  WHERE e.${OPEN} AND e.state <> 'held' AND e.destination_id = o.destination_id AND e.printer_id = o.printer_id
    AND e.job_key = o.job_key AND e.n < o.n))`

export function insertRow(db: Db, row: OutboxRow): void {
  db.run(INSERT, outboxToColumns(row))
}

/** Puts rows in; one whose id is known replaces that row ("send again", "hold once more") unless it is being sent. */
export function enqueue(db: Db, rows: OutboxRow[]): void {
  if (rows.length === 0) return
  db.transaction(() => {
    for (const row of rows) db.run(UPSERT, outboxToColumns(row))
  })
}

export function lease(db: Db, destinationId: string, now: number, leaseMs: number, limit: number): OutboxRow[] {
  const select = `SELECT o.n FROM outbox o
    WHERE o.${OPEN} AND o.state = 'waiting' AND o.destination_id = :destination AND ${DUE_AT} <= :now AND ${NOT_BLOCKED}
    ORDER BY o.priority, o.next_attempt_at, o.created_at, o.n ${AT_MOST}`
  // No write, and so no wait for the disk, when there is nothing to do.
  const due = db.all<{ n: number }>(select, { destination: destinationId, now, limit: Math.max(0, limit) })
  if (due.length === 0) return []
  return db.transaction(() => due.flatMap(({ n }) => {
    const row = db.get<OutboxColumns>("UPDATE outbox SET state = 'leased', lease_until = :until WHERE n = :n AND state = 'waiting' RETURNING *", { n, until: now + leaseMs })
    return row ? [outboxFromColumns(row)] : []
  }))
}

/** Oldest first; those that do not wait (any more) are left out. */
export function leaseThese(db: Db, ids: readonly string[], now: number, leaseMs: number): OutboxRow[] {
  if (ids.length === 0) return []
  return oldestFirst(db.all<OutboxColumns>(`UPDATE outbox SET state = 'leased', lease_until = :until
    WHERE ${listed('id', 'ids')} AND state = 'waiting' RETURNING *`, { ids: JSON.stringify(ids), until: now + leaseMs }))
}

/** No attempt is stored: nothing was sent. */
export function giveBack(db: Db, ids: readonly string[], nextAttemptAt: number): void {
  if (ids.length === 0) return
  db.run(`UPDATE outbox SET state = 'waiting', lease_until = NULL, next_attempt_at = :at
    WHERE ${listed('id', 'ids')} AND state = 'leased'`, { ids: JSON.stringify(ids), at: nextAttemptAt })
}

/** A leased row is held once more, without an attempt; what it is worth moves along. */
export function holdAgain(db: Db, id: string, until: number): void {
  db.run(`UPDATE outbox SET state = 'held', lease_until = NULL, release_at = :until, next_attempt_at = :until, expires_at = :until + (expires_at - max(created_at, coalesce(release_at, 0)))
    WHERE id = :id AND state = 'leased'`, { id, until })
}

/** What waits there for its next try is due now; what was never tried keeps its time. */
export function hurry(db: Db, destinationId: string, now: number): void {
  db.run(`UPDATE outbox SET next_attempt_at = :now WHERE ${OPEN} AND state = 'waiting' AND destination_id = :destination AND attempts > 0 AND next_attempt_at > :now`,
    { destination: destinationId, now })
}

/** Oldest first. */
export function overdue(db: Db, destinationId: string, now: number, limit: number): OutboxRow[] {
  return db.all<OutboxColumns>(`SELECT * FROM outbox INDEXED BY outbox_open WHERE ${OPEN} AND state = 'waiting' AND destination_id = :destination AND expires_at <= :now ORDER BY n ${AT_MOST}`,
    { destination: destinationId, now, limit: pageSize(limit) }).map(outboxFromColumns)
}

export function nextExpiry(db: Db, destinationId: string): number | null {
  return db.get<{ at: number | null }>(`SELECT min(expires_at) AS at FROM outbox WHERE ${OPEN} AND state = 'waiting' AND destination_id = :destination`, { destination: destinationId })?.at ?? null
}

/** Oldest first. */
export function olderWaiting(db: Db, row: Pick<OutboxRow, 'id' | 'destinationId' | 'jobKey'>, types: readonly EventType[]): OutboxRow[] {
  if (row.jobKey === null) return []
  return db.all<OutboxColumns>(`SELECT o.* FROM outbox o
    JOIN outbox newer ON newer.id = :id
    JOIN events e ON e.id = o.event_id
    WHERE o.${OPEN} AND o.state <> 'leased' AND o.destination_id = :destination AND o.printer_id = newer.printer_id AND o.job_key = :job AND o.n < newer.n
      AND ${listed('e.type', 'types')} ORDER BY o.n`,
    { id: row.id, destination: row.destinationId, job: row.jobKey, types: JSON.stringify(types) }).map(outboxFromColumns)
}

/**
 * When the first row of each destination is due; a time in the past = now. Rows that another one stands before are not counted. Held
 * rows: when the first one wants releasing.
 */
export function due(db: Db): { at: Map<string, number>; releaseAt: number | null } {
  const waiting = db.all<{ destination_id: string; at: number }>(`SELECT o.destination_id, min(${DUE_AT}) AS at FROM outbox o
    WHERE o.${OPEN} AND o.state = 'waiting' AND ${NOT_BLOCKED} GROUP BY o.destination_id`)
  const held = db.get<{ at: number | null }>(`SELECT min(release_at) AS at FROM outbox WHERE ${OPEN} AND state = 'held'`)?.at ?? null
  return { at: new Map(waiting.map(({ destination_id, at }) => [destination_id, at])), releaseAt: held }
}

/** Asked after every delivery, so it looks at times alone: a row that another one stands before, or whose picture is there, may be named too. */
export function nextDue(db: Db, destinationId: string, now: number): number | null {
  return db.get<{ at: number | null }>(`SELECT min(max(next_attempt_at, coalesce(picture_until, 0))) AS at FROM outbox
    WHERE ${OPEN} AND state = 'waiting' AND destination_id = :destination AND max(next_attempt_at, coalesce(picture_until, 0)) > :now`, { destination: destinationId, now })?.at ?? null
}

export function finish(db: Db, log: Log, row: OutboxRow, attempt: Attempt, next: { state: OutboxState; nextAttemptAt?: number }): void {
  db.transaction(() => {
    const changed = db.run(`UPDATE outbox SET state = :state, next_attempt_at = coalesce(:next, next_attempt_at), attempts = max(attempts, :number),
      lease_until = NULL, last_result = :result WHERE id = :id`, {
      id: row.id,
      state: next.state,
      next: next.nextAttemptAt ?? null,
      number: attempt.number,
      result: attempt.detail === '' ? attempt.result : `${attempt.result}: ${attempt.detail}`,
    })
    if (changed === 0) {
      log.warn('a delivery ended whose event is no longer in the history', { outboxId: row.id, eventId: row.eventId, result: attempt.result })
      return
    }
    db.run(INSERT_ATTEMPT, attemptToColumns(attempt))
  })
}

export function releaseLeases(db: Db, now: number, all: boolean): number {
  return db.run(`UPDATE outbox SET state = 'waiting', lease_until = NULL
    WHERE ${OPEN} AND state = 'leased' AND (:all = 1 OR lease_until IS NULL OR lease_until <= :now)`, { now, all: all ? 1 : 0 })
}

/** The job is looked for by the event's own job key, and by the row's, which may be composed differently. Oldest first. */
export function cancelRows(db: Db, match: { cancelOn: CancelOn; printerId?: string; jobKey?: string; eventId?: string }, now: number): OutboxRow[] {
  const where = new Where()
    .fixed(OPEN)
    .fixed("state <> 'leased'")
    .given('EXISTS (SELECT 1 FROM json_each(cancel_on) WHERE value = :on)', 'on', match.cancelOn)
    .given('printer_id = :printer', 'printer', match.printerId)
    .given('(job_key = :job OR EXISTS (SELECT 1 FROM events WHERE events.id = outbox.event_id AND events.job_key = :job))', 'job', match.jobKey)
    .given('event_id = :event', 'event', match.eventId)
  // next_attempt_at of an ended row tells when it ended.
  return oldestFirst(db.all(`UPDATE outbox SET state = 'cancelled', next_attempt_at = :now, last_result = 'cancelled: ' || :on${where.sql} RETURNING *`, { ...where.parameters, now }))
}

/** Oldest first. */
export function releaseHeld(db: Db, now: number): OutboxRow[] {
  return oldestFirst(db.all(`UPDATE outbox SET state = 'waiting', next_attempt_at = :now WHERE ${OPEN} AND state = 'held' AND release_at <= :now RETURNING *`, { now }))
}

function oldestFirst(rows: OutboxColumns[]): OutboxRow[] {
  return rows.sort((a, b) => a.n - b.n).map(outboxFromColumns)
}

/** Oldest first. */
export function outbox(db: Db, filter: { destinationId?: string; states?: OutboxState[]; eventId?: string; limit?: number }): OutboxRow[] {
  const open = filter.states?.every((state) => OPEN_STATES.includes(state)) ?? false
  const where = new Where()
    .given('destination_id = :destination', 'destination', filter.destinationId)
    .given(listed('state', 'states'), 'states', filter.states && JSON.stringify(filter.states))
    .given('event_id = :event', 'event', filter.eventId)
  if (open) where.fixed(OPEN)
  // Left to itself SQLite goes through all that was ever sent, because that lies in the order that is asked for.
  const index = filter.eventId !== undefined ? ' INDEXED BY outbox_event' : open ? ' INDEXED BY outbox_open' : ''
  return db.all<OutboxColumns>(`SELECT * FROM outbox${index}${where.sql} ORDER BY n ${AT_MOST}`, { ...where.parameters, limit: pageSize(filter.limit) }).map(outboxFromColumns)
}
