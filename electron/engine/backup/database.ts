/** The history on its way into a backup and out of one. Runs in a thread of its own: copying a large history takes seconds. */
import { chmodSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { Db, IN_MEMORY } from '../history/db.ts'
import { HistoryError } from '../history/history.ts'
import { getFact, setFact } from '../history/memory.ts'
import { openForReading, openForWriting } from '../history/open.ts'
import { migrate, SCHEMA_VERSION } from '../history/schema/migrations.ts'
import { silencesSince } from '../history/silences.ts'
import { noteAllEnds } from '../silences/looked-at.ts'
import { forgetWatches } from '../watching/watches.ts'
import { damaged, PICTURE_NAME } from './format.ts'

export interface Copied {
  version: number
  events: number
  /** Names of the pictures that events refer to ("mk3/01J....jpg"). */
  pictures: string[]
}

/**
 * A copy as of one moment, also while an engine writes: SQLite reads it in one transaction (VACUUM INTO). Paths of pictures become names
 * that mean the same in any data folder.
 * @param target must not exist
 * @throws HistoryError
 */
export function copyDatabase(source: string, target: string, snapshots: string): Copied {
  const from = openForReading(source)
  try {
    from.run('VACUUM INTO :target', { target })
  } finally {
    from.close()
  }
  chmodSync(target, 0o600)
  const db = openForWriting(target)
  try {
    const pictures = new Set<string>()
    db.transaction(() => {
      for (const { file } of filesOf(db)) {
        const name = nameOf(file, snapshots)
        if (name === null) lose(db, file, GONE)
        else {
          pictures.add(name)
          db.run('UPDATE snapshots SET file = :name WHERE file = :file', { file, name })
        }
      }
    })
    return { version: SCHEMA_VERSION, events: countEvents(db), pictures: [...pictures] }
  } finally {
    db.close()
  }
}

/** Why an event of a restored history has no picture (history/snapshots.ts tells it to people). */
const GONE = 'the picture was not in the backup that was restored'

/** What of a row waits for anything; whoever ends it leaves a decision and a try behind. */
const OPEN = "state IN ('waiting', 'held', 'leased')"

export interface Adopted {
  events: number
  /** Messages that still waited in the backup and are not sent any more. */
  cancelled: number
  /** Pictures of events that are not here. */
  withoutPicture: number
}

/**
 * Makes a history out of a backup, which was checked (checkDatabase), fit for use: brings an older one up to date, ends what waited, forgets what printers
 * were doing and which were followed, and takes the pictures by their place here. The events stay, and with them the keys that keep each from ringing twice.
 * @param snapshots the folder that pictures will lie in
 * @param has whether a picture of this name will be there
 * @throws BackupError 'damaged', or HistoryError
 */
export function adoptDatabase(file: string, options: { snapshots: string; has(name: string): boolean; now: number }): Adopted {
  const db = open(file)
  try {
    mustBeOurs(db)
    return db.transaction(() => {
      const cancelled = endWaiting(db, options.now)
      // What a printer did back then is no news: each begins with a baseline, as at first sight.
      db.run('DELETE FROM memory')
      // Nor is it that an acknowledgement or a silence ran out meanwhile: nothing old is told again.
      db.run('UPDATE acknowledgements SET over_at = :now WHERE until IS NOT NULL AND over_at IS NULL', { now: options.now })
      const facts = { getFact: (key: string) => getFact(db, key), setFact: (key: string, value: string) => setFact(db, key, value), silencesSince: (since: number) => silencesSince(db, since) }
      noteAllEnds(facts, options.now)
      // Whoever followed a print followed that of then.
      forgetWatches(facts)
      return { events: countEvents(db), cancelled, withoutPicture: placePictures(db, options) }
    })
  } catch (error) {
    throw asDamage(error)
  } finally {
    db.close()
  }
}

function open(file: string): Db {
  try {
    return openForWriting(file)
  } catch (error) {
    throw asDamage(error)
  }
}

function asDamage(error: unknown): unknown {
  return error instanceof HistoryError && (error.code === 'corrupt' || error.code === 'other') ? damaged('its history can\'t be used', error) : error
}

/** Every page, before anything is believed. @throws BackupError 'damaged' */
export function checkDatabase(file: string): void {
  let db: Db | null = null
  try {
    db = new Db(file, true)
    const rows = db.all<Record<string, string>>('PRAGMA quick_check(1)')
    if (rows.some((row) => !Object.values(row).includes('ok'))) throw damaged('its history is not whole')
  } catch (error) {
    throw asDamage(error)
  } finally {
    db?.close()
  }
}

/** Names of the pictures that a history out of a backup refers to; it was checked by then. @throws BackupError */
export function picturesOf(file: string): string[] {
  const db = new Db(file, true)
  try {
    return filesOf(db).map(({ file: name }) => name).filter((name) => PICTURE_NAME.test(name))
  } catch (error) {
    throw asDamage(error)
  } finally {
    db.close()
  }
}

/** Triggers and views run by themselves: only those that this program makes are let in. */
function mustBeOurs(db: Db): void {
  const own = new Db(IN_MEMORY, false)
  try {
    migrate(own)
    if (JSON.stringify(running(db)) !== JSON.stringify(running(own))) throw damaged('its history is not as Printbell makes it')
  } finally {
    own.close()
  }
}

const running = (db: Db): unknown[] => db.all("SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name").map((row) => ({ ...(row as object) }))

function endWaiting(db: Db, now: number): number {
  db.run(`INSERT INTO decisions (event_id, destination_id, seq, decision, stage, reason, profile_id, until, at)
    SELECT o.event_id, o.destination_id, 1 + coalesce((SELECT max(d.seq) FROM decisions d WHERE d.event_id = o.event_id AND d.destination_id = o.destination_id), 0),
      'drop', 'restored', 'restored_from_backup', NULL, NULL, :now
    FROM outbox o WHERE o.${OPEN} GROUP BY o.event_id, o.destination_id`, { now })
  db.run(`INSERT INTO attempts (outbox_id, event_id, destination_id, at, ms, number, result, detail)
    SELECT id, event_id, destination_id, :now, 0, attempts + 1, 'cancelled', 'It still waited in the backup that was restored, and what is old is not sent again' FROM outbox WHERE ${OPEN}`, { now })
  // next_attempt_at of an ended row tells when it ended.
  return db.run(`UPDATE outbox SET state = 'cancelled', lease_until = NULL, release_at = NULL, next_attempt_at = :now, last_result = 'cancelled: restored_from_backup' WHERE ${OPEN}`, { now })
}

function placePictures(db: Db, { snapshots, has }: { snapshots: string; has(name: string): boolean }): number {
  let without = 0
  for (const { file, rows } of filesOf(db)) {
    if (PICTURE_NAME.test(file) && has(file)) db.run('UPDATE snapshots SET file = :path WHERE file = :file', { file, path: join(snapshots, ...file.split('/')) })
    else {
      lose(db, file, GONE)
      without += rows
    }
  }
  return without
}

const filesOf = (db: Db): { file: string; rows: number }[] => db.all('SELECT file, count(*) AS rows FROM snapshots WHERE file IS NOT NULL GROUP BY file')

function lose(db: Db, file: string, why: string): void {
  db.run('UPDATE snapshots SET file = NULL, bytes = 0, width = NULL, height = NULL, why = :why WHERE file = :file', { file, why })
}

function nameOf(file: string, snapshots: string): string | null {
  const name = relative(snapshots, join(file)).split(sep).join('/')
  return PICTURE_NAME.test(name) ? name : null
}

const countEvents = (db: Db): number => db.get<{ n: number }>('SELECT count(*) AS n FROM events')?.n ?? 0
