/**
 * One engine per data folder. The lock is a transaction held open on a side database: the system lets go of it when the
 * process dies, however it dies, so there is no stale lock to guess about.
 */
import { DatabaseSync } from '@photostructure/sqlite'
import { dirname, join } from 'node:path'
import { HistoryError } from './history.ts'
import { toHistoryError } from './errors.ts'

export const LOCK_FILE = 'engine.lock'

const BUSY = 5
/**
 * Two engines that start at the same instant get in each other's way for moments only (one reads who holds the lock while the other
 * commits its name): without waiting both would give up. ms
 */
const WAIT_MS = 1_000

export interface EngineLock {
  release(): void
}

/**
 * @param database the history's file; the lock lies beside it
 * @throws HistoryError 'locked', naming the process that holds it
 */
export function lockEngine(database: string, now: number): EngineLock {
  const file = join(dirname(database), LOCK_FILE)
  let sqlite: InstanceType<typeof DatabaseSync>
  try {
    sqlite = new DatabaseSync(file, { timeout: WAIT_MS })
  } catch (error) {
    throw toHistoryError(error, { file, readOnly: false })
  }
  try {
    // Nothing in this file needs to survive a power cut. No prepared statements: they would keep the lock past close() (see Db.close).
    sqlite.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER, since INTEGER); DELETE FROM holder')
    sqlite.exec(`INSERT INTO holder VALUES (${process.pid}, ${Math.trunc(now)}); COMMIT; BEGIN IMMEDIATE`)
  } catch (error) {
    const holder = isBusy(error) ? readHolder(sqlite) : null
    sqlite.close()
    if (!isBusy(error)) throw toHistoryError(error, { file, readOnly: false })
    const who = holder === null ? 'Another Printbell engine' : `Another Printbell engine (process ${holder})`
    throw new HistoryError('locked', `${who} already works on the data in ${dirname(database)}. Stop it, or give this one a data folder of its own.`, { cause: error })
  }
  return {
    release() {
      if (!sqlite.isOpen) return
      sqlite.exec('ROLLBACK')
      sqlite.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (Number(Reflect.get(error, 'errcode')) & 0xff) === BUSY
}

/** The pid in the lock file; null when it can't be read (its holder is just writing it). It only makes the message better. */
function readHolder(sqlite: InstanceType<typeof DatabaseSync>): number | null {
  try {
    const row = sqlite.prepare('SELECT pid FROM holder').get() as { pid: number } | undefined
    return row?.pid ?? null
  } catch {
    return null
  }
}
