/** Opening the database: for an engine, or for somebody who only reads beside one. */
import { existsSync } from 'node:fs'
import { Db } from './db.ts'
import { HistoryError } from './history.ts'
import { migrate } from './schema/migrations.ts'

/** @throws HistoryError */
export function openForWriting(file: string): Db {
  return ready(new Db(file, false))
}

/** Needs no lock and makes nothing. @throws HistoryError 'missing' when there is no history yet, 'older', 'newer', ... */
export function openForReading(file: string): Db {
  if (!existsSync(file)) throw new HistoryError('missing', `There is no history yet: ${file} does not exist. It is made when the engine first runs with this data folder.`)
  return ready(new Db(file, true))
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
