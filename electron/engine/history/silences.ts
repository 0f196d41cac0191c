/** Time-boxed mutes, and the times a server could not be reached. */
import type { EventType } from '../events/model.ts'
import type { Db } from './db.ts'
import { rowsOf } from './find.ts'
import type { LinkGap, Silence, SilencedEvent } from './history.ts'
import { Where, listed } from './where.ts'

interface SilenceColumns {
  id: string
  created_at: number
  starts_at: number
  ends_at: number | null
  match: string
  reason: string
  made_by: string
}

/** A known id is replaced. */
export function putSilence(db: Db, silence: Silence): void {
  db.run(`INSERT INTO silences (id, created_at, starts_at, ends_at, match, reason, made_by)
    VALUES (:id, :created, :starts, :ends, :match, :reason, :by)
    ON CONFLICT (id) DO UPDATE SET starts_at = :starts, ends_at = :ends, match = :match, reason = :reason, made_by = :by`, {
    id: silence.id,
    created: silence.createdAt,
    starts: silence.startsAt,
    ends: silence.endsAt,
    match: JSON.stringify(silence.match),
    reason: silence.reason,
    by: silence.by,
  })
}

/** @returns false when there is no such silence or it is over already */
export function liftSilence(db: Db, id: string, at: number): boolean {
  return db.run('UPDATE silences SET ends_at = :at WHERE id = :id AND (ends_at IS NULL OR ends_at > :at)', { id, at }) > 0
}

export function deleteSilence(db: Db, id: string): boolean {
  return db.run('DELETE FROM silences WHERE id = :id', { id }) > 0
}

/** Those in force at `now`: the start counts, the end does not. Oldest first. */
export function silences(db: Db, now: number): Silence[] {
  return db.all<SilenceColumns>('SELECT * FROM silences WHERE starts_at <= :now AND (ends_at IS NULL OR ends_at > :now) ORDER BY created_at, id', { now }).map(fromColumns)
}

export function silencesSince(db: Db, since: number): Silence[] {
  return db.all<SilenceColumns>('SELECT * FROM silences WHERE ends_at IS NULL OR ends_at > :since ORDER BY created_at, id', { since }).map(fromColumns)
}

export function silence(db: Db, id: string): Silence | null {
  const row = db.get<SilenceColumns>('SELECT * FROM silences WHERE id = :id', { id })
  return row ? fromColumns(row) : null
}

const REASON = 'silence:'
/** So many events at most: whoever was kept from more than that looks into the history. */
const MOST = 1_000

export function silenced(db: Db, { silenceIds, types, since }: { silenceIds: readonly string[]; types: readonly EventType[]; since: number }): SilencedEvent[] {
  const found = db.all<{ seq: number; destination_id: string; reason: string }>(`SELECT DISTINCT e.seq, d.destination_id, d.reason FROM events e INDEXED BY events_observed JOIN decisions d ON d.event_id = e.id
    WHERE e.observed_at >= :since AND ${listed('e.type', 'types')} AND d.decision = 'drop' AND ${listed('d.reason', 'reasons')}
    ORDER BY e.seq DESC, d.destination_id`, { since, types: JSON.stringify(types), reasons: JSON.stringify(silenceIds.map((id) => `${REASON}${id}`)) })
  const kept = new Map<number, SilencedEvent['kept']>()
  for (const { seq, destination_id: destinationId, reason } of found) kept.set(seq, [...(kept.get(seq) ?? []), { destinationId, silenceId: reason.slice(REASON.length) }])
  return rowsOf(db, [...kept.keys()].slice(0, MOST)).map((event) => ({ event, kept: kept.get(event.seq) ?? [] }))
}

function fromColumns(row: SilenceColumns): Silence {
  return {
    id: row.id,
    createdAt: row.created_at,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    match: JSON.parse(row.match) as Silence['match'],
    reason: row.reason,
    by: row.made_by,
  }
}

/** A server that has an open gap keeps it: the first cause stands. */
export function openGap(db: Db, serverId: string, at: number, cause: string | null): void {
  db.run('INSERT INTO link_gaps (server_id, from_at, to_at, cause) VALUES (:server, :at, NULL, :cause) ON CONFLICT DO NOTHING', { server: serverId, at, cause })
}

export function closeGap(db: Db, serverId: string, at: number): void {
  db.run('UPDATE link_gaps SET to_at = max(:at, from_at) WHERE server_id = :server AND to_at IS NULL', { server: serverId, at })
}

/** Oldest first; `since` takes in what was still open then. */
export function gaps(db: Db, filter: { serverId?: string; since?: number }): LinkGap[] {
  const where = new Where().given('server_id = :server', 'server', filter.serverId).given('(to_at IS NULL OR to_at >= :since)', 'since', filter.since)
  return db.all<{ server_id: string; from_at: number; to_at: number | null; cause: string | null }>(`SELECT * FROM link_gaps${where.sql} ORDER BY from_at, n`, where.parameters)
    .map((row) => ({ serverId: row.server_id, from: row.from_at, to: row.to_at, cause: row.cause }))
}
