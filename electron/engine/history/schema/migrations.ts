/** Brings a database up to the present version, one numbered step at a time, each in a transaction of its own. */
import type { Db } from '../db.ts'
import { HistoryError } from '../history.ts'
import { first } from './0001-first.ts'
import { find } from './0002-find.ts'
import { destinations } from './0003-destinations.ts'
import { notes } from './0004-notes.ts'
import { delivery } from './0005-delivery.ts'
import { acknowledgements } from './0006-acknowledgements.ts'

/** Marks the file as ours ("PBEL"); SQLite stores it in the header. */
export const APPLICATION_ID = 0x5042454c

/** Step n brings version n-1 to n. Only ever appended to. */
export const MIGRATIONS: readonly string[] = [first, find, destinations, notes, delivery, acknowledgements]

/** The version this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length

function pragma(db: Db, name: 'user_version' | 'application_id'): number {
  return db.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0
}

/**
 * @returns the version found (0 = a new file)
 * @throws HistoryError 'newer' for a database from a later program, 'older' when it needs migrating but is open for reading
 *   only, 'other' for another program's database
 */
export function migrate(db: Db, steps: readonly string[] = MIGRATIONS): number {
  const found = pragma(db, 'user_version')
  const owner = pragma(db, 'application_id')
  const empty = db.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_master')?.n === 0
  if (owner !== APPLICATION_ID && !(owner === 0 && empty)) {
    throw new HistoryError('other', `${db.file} is the database of another program. Choose another data folder.`)
  }
  if (found > steps.length) {
    throw new HistoryError('newer', `The history was written by a newer Printbell (its version ${found}, this program knows ${steps.length}): ${db.file}. Update Printbell, or choose another data folder.`)
  }
  if (found === steps.length) return found
  if (db.readOnly) {
    throw new HistoryError('older', `The history was written by an older Printbell (its version ${found}, this program needs ${steps.length}): ${db.file}. Start the engine once; it brings the file up to date.`)
  }
  for (let version = found + 1; version <= steps.length; version++) {
    const step = steps[version - 1] ?? ''
    db.transaction(() => {
      db.exec(step)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`)
    })
  }
  return found
}
