/** The index of pictures: which file belongs to which event, or why there is none. */
import type { Log } from '../ports.ts'
import type { Db } from './db.ts'
import type { SnapshotRow } from './history.ts'

interface SnapshotColumns {
  event_id: string
  printer_id: string
  at: number
  file: string | null
  bytes: number
  width: number | null
  height: number | null
  why: string | null
}

/** A second row for the same event replaces the first. An event that was pruned meanwhile gets none. */
export function putSnapshot(db: Db, log: Log, row: SnapshotRow): void {
  const changed = db.run(`INSERT INTO snapshots (event_id, printer_id, at, file, bytes, width, height, why)
    SELECT :event, :printer, :at, :file, :bytes, :width, :height, :why WHERE EXISTS (SELECT 1 FROM events WHERE id = :event)
    ON CONFLICT (event_id) DO UPDATE SET at = :at, file = :file, bytes = :bytes, width = :width, height = :height, why = :why`, {
    event: row.eventId,
    printer: row.printerId,
    at: row.at,
    file: row.file,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    why: row.why,
  })
  if (changed === 0) log.warn('a picture came for an event that is not in the history', { eventId: row.eventId })
}

export function snapshot(db: Db, eventId: string): SnapshotRow | null {
  const row = db.get<SnapshotColumns>('SELECT * FROM snapshots WHERE event_id = :id', { id: eventId })
  if (!row) return null
  return { eventId: row.event_id, printerId: row.printer_id, at: row.at, file: row.file, bytes: row.bytes, width: row.width, height: row.height, why: row.why }
}
