/** What is old goes, in chunks small enough that an event never waits for it. */
import type { Db } from './db.ts'
import type { History } from './history.ts'
import { listed } from './where.ts'

type Limits = Parameters<History['prune']>[0]
type Pruned = ReturnType<History['prune']>

const DAY_MS = 86_400_000
/** Some 15 ms on disk in a history of a million events (docs/performance.md). */
const CHUNK = 50

/** From the settings' days and bytes to what prune() takes. 0 = for ever, or without limit. */
export function pruneLimits(retention: { eventDays: number; pictureDays: number; pictureBytes: number; keepUnseen: boolean }, now: number): Limits {
  const before = (days: number) => (days === 0 ? 0 : now - days * DAY_MS)
  return { eventsBefore: before(retention.eventDays), picturesBefore: before(retention.pictureDays), pictureBytes: retention.pictureBytes, keepUnseen: retention.keepUnseen, chunk: CHUNK }
}

/**
 * One chunk in one transaction; call again while `more`. An event that still has something to deliver stays. Age is that of our
 * knowledge (observed), so that a late event is not gone at once. `pictureBytes` 0 = no limit.
 * @param now epoch ms, tells which outbox rows are past their expiry
 */
export function prune(db: Db, limits: Limits, now: number): Pruned {
  return db.transaction(() => {
    const chunk = Math.max(1, limits.chunk)
    const files: string[] = []
    const events = pruneEvents(db, limits, now, chunk, files)
    // Whether pictures are past their limits is read from all of them: that is work enough for a chunk of its own.
    if (events === chunk) return { events, files, more: true }
    const pictures = prunePictures(db, limits, chunk - files.length, files)
    const rest = pruneRest(db, limits.eventsBefore, chunk)
    return { events, files, more: pictures || rest }
  })
}

function pruneEvents(db: Db, limits: Limits, now: number, chunk: number, files: string[]): number {
  const unseen = limits.keepUnseen ? 'AND seen_at IS NOT NULL' : ''
  const doomed = db.all<{ id: string }>(`SELECT id FROM events WHERE observed_at < :before ${unseen}
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = events.id
      AND (o.state = 'leased' OR (o.state IN ('waiting', 'held') AND o.expires_at > :now)))
    ORDER BY observed_at LIMIT :chunk`, { before: limits.eventsBefore, now, chunk })
  if (doomed.length === 0) return 0
  const ids = JSON.stringify(doomed.map((row) => row.id))
  const candidates = db.all<{ file: string }>(`SELECT DISTINCT file FROM snapshots WHERE file IS NOT NULL AND ${listed('event_id', 'ids')}`, { ids })
  db.run(`DELETE FROM events WHERE ${listed('id', 'ids')}`, { ids })
  // Requests close together share one picture: it goes with its last event.
  for (const { file } of candidates) {
    if (!db.get('SELECT 1 FROM snapshots WHERE file = :file', { file })) files.push(file)
  }
  return doomed.length
}

/** @returns whether more pictures are past their limits than this chunk took */
function prunePictures(db: Db, limits: Limits, room: number, files: string[]): boolean {
  let excess = limits.pictureBytes > 0 ? bytesOfPictures(db) - limits.pictureBytes : 0
  const oldest = db.all<{ file: string; at: number; bytes: number }>(`SELECT file, max(at) AS at, max(bytes) AS bytes FROM snapshots
    WHERE file IS NOT NULL GROUP BY file ORDER BY 2, 1 LIMIT :limit`, { limit: Math.max(0, room) + 1 })
  let taken = 0
  for (const picture of oldest) {
    if (picture.at >= limits.picturesBefore && excess <= 0) return false
    if (taken === Math.max(0, room)) return true
    db.run("UPDATE snapshots SET file = NULL, bytes = 0, width = NULL, height = NULL, why = 'pruned' WHERE file = :file", { file: picture.file })
    files.push(picture.file)
    excess -= picture.bytes
    taken++
  }
  return false
}

function bytesOfPictures(db: Db): number {
  return db.get<{ bytes: number | null }>('SELECT sum(bytes) AS bytes FROM (SELECT max(bytes) AS bytes FROM snapshots WHERE file IS NOT NULL GROUP BY file)')?.bytes ?? 0
}

/** What hangs on no event. @returns whether there is more */
function pruneRest(db: Db, before: number, chunk: number): boolean {
  const deleted = [
    'DELETE FROM suppressed WHERE n IN (SELECT n FROM suppressed WHERE at < :before ORDER BY at LIMIT :chunk)',
    'DELETE FROM link_gaps WHERE n IN (SELECT n FROM link_gaps WHERE from_at < :before AND to_at < :before LIMIT :chunk)',
    'DELETE FROM silences WHERE id IN (SELECT id FROM silences WHERE ends_at < :before LIMIT :chunk)',
  ].map((sql) => db.run(sql, { before, chunk }))
  return deleted.some((count) => count === chunk)
}
