/** Opening the database: for an engine, or for somebody who only reads beside one. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { Db } from './db.ts'
import { damaged } from './errors.ts'
import { HistoryError } from './history.ts'
import { migrate } from './schema/migrations.ts'

/** @throws HistoryError */
export function openForWriting(file: string): Db {
  checkHeader(file)
  return ready(new Db(file, false))
}

/** Needs no lock and makes nothing. @throws HistoryError 'missing' when there is no history yet, 'older', 'newer', ... */
export function openForReading(file: string): Db {
  if (!existsSync(file)) throw new HistoryError('missing', `There is no history yet: ${file} does not exist. It is made when the engine first runs with this data folder.`)
  checkHeader(file)
  return ready(new Db(file, true))
}

/** The first bytes of every SQLite database, https://www.sqlite.org/fileformat.html */
const MAGIC = 'SQLite format 3\0'

/**
 * A file that is no database is not even shown to SQLite, which would delete the -wal file beside it.
 * @throws HistoryError 'corrupt'
 */
function checkHeader(file: string): void {
  const start = firstBytes(file)
  if (start !== null && start !== '' && start !== MAGIC) throw damaged(file)
}

/** Null when it can't be read: SQLite will say why. */
function firstBytes(file: string): string | null {
  const bytes = Buffer.alloc(MAGIC.length)
  let handle: number | null = null
  try {
    handle = openSync(file, 'r')
    return bytes.toString('latin1', 0, readSync(handle, bytes))
  } catch {
    return null
  } finally {
    if (handle !== null) closeSync(handle)
  }
}

function ready(db: Db): Db {
  try {
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
