/** Which events a person has seen. */
import type { Db } from './db.ts'
import { listed } from './where.ts'

export function unseenCount(db: Db): number {
  return db.get<{ n: number }>('SELECT count(*) AS n FROM events WHERE seen_at IS NULL')?.n ?? 0
}

/** Counting stops there: what is told to people is "99+" long before. */
const COUNTED = 10_000

/** See History.unseenByPrinter. */
export function unseenByPrinter(db: Db): Map<string, number> {
  const rows = db.all<{ id: string; n: number }>(`SELECT printer_id AS id, count(*) AS n FROM (
      SELECT printer_id FROM events INDEXED BY events_unseen WHERE seen_at IS NULL ORDER BY seq DESC LIMIT ${COUNTED}
    ) GROUP BY printer_id ORDER BY printer_id`)
  return new Map(rows.map(({ id, n }) => [id, n]))
}

/** 0 = there are no events. */
export function newestSeq(db: Db): number {
  return db.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM events')?.seq ?? 0
}

/** @returns how many were unseen until now */
export function markSeen(db: Db, filter: { eventIds?: string[]; all?: boolean }, at: number): number {
  if (filter.all) return db.run('UPDATE events SET seen_at = :at WHERE seen_at IS NULL', { at })
  if (!filter.eventIds || filter.eventIds.length === 0) return 0
  const ids = JSON.stringify(filter.eventIds)
  // Who looks at one event looks again, also where it was seen long ago: then what was acknowledged for a while is no longer forgotten.
  db.run(`UPDATE acknowledgements SET looked_at = :at WHERE ${listed('event_id', 'ids')}`, { at, ids })
  return db.run(`UPDATE events SET seen_at = :at WHERE seen_at IS NULL AND ${listed('id', 'ids')}`, { at, ids })
}

/** See History.markNextSeen. */
export function markNextSeen(db: Db, { upTo, limit }: { upTo: number; limit: number }, at: number): number[] {
  return db.transaction(() => {
    const seqs = db.all<{ seq: number }>('SELECT seq FROM events INDEXED BY events_unseen WHERE seen_at IS NULL AND seq <= :upTo ORDER BY seq LIMIT :limit', { upTo, limit }).map(({ seq }) => seq)
    const [from, to] = [seqs[0], seqs.at(-1)]
    if (from !== undefined && to !== undefined) db.run('UPDATE events SET seen_at = :at WHERE seen_at IS NULL AND seq BETWEEN :from AND :to', { at, from, to })
    return seqs
  })
}

/** @returns how many were seen until now */
export function markUnseen(db: Db, which: { eventIds: readonly string[] } | { seqs: readonly number[] }): number {
  const [column, values] = 'seqs' in which ? ['seq', which.seqs] : ['id', which.eventIds]
  if (values.length === 0) return 0
  return db.run(`UPDATE events SET seen_at = NULL WHERE seen_at IS NOT NULL AND ${listed(column, 'these')}`, { these: JSON.stringify(values) })
}
