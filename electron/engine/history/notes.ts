/** A destination's own notes, and what keeps them small. */
import type { Db } from './db.ts'

/** So many a destination; the oldest go. */
const MOST = 2_000

export function getNote(db: Db, destinationId: string, key: string): string | null {
  return db.get<{ value: string }>('SELECT value FROM notes WHERE destination_id = :destination AND key = :key', { destination: destinationId, key })?.value ?? null
}

export function setNote(db: Db, destinationId: string, key: string, value: string, at: number): void {
  db.transaction(() => {
    db.run(`INSERT INTO notes (destination_id, key, value, at) VALUES (:destination, :key, :value, :at)
      ON CONFLICT (destination_id, key) DO UPDATE SET value = :value, at = :at`, { destination: destinationId, key, value, at })
    db.run(`DELETE FROM notes WHERE destination_id = :destination AND key IN (
      SELECT key FROM notes WHERE destination_id = :destination ORDER BY at DESC, key LIMIT -1 OFFSET ${MOST})`, { destination: destinationId })
  })
}

export function deleteNote(db: Db, destinationId: string, key: string): void {
  db.run('DELETE FROM notes WHERE destination_id = :destination AND key = :key', { destination: destinationId, key })
}

export function deleteNotes(db: Db, destinationId: string): void {
  db.run('DELETE FROM notes WHERE destination_id = :destination', { destination: destinationId })
}

/** The newest first. */
export function noteKeys(db: Db, destinationId: string, prefix: string): string[] {
  return db.all<{ key: string }>('SELECT key FROM notes WHERE destination_id = :destination AND substr(key, 1, length(:prefix)) = :prefix ORDER BY at DESC, key', { destination: destinationId, prefix }).map(({ key }) => key)
}
