/** Sets a damaged history aside, and only a damaged one. */
import { existsSync } from 'node:fs'
import { damaged, setAside } from './errors.ts'
import { HistoryError } from './history.ts'
import { lockEngine } from './lock.ts'
import { openForReading } from './open.ts'

/**
 * Checks every page (SQLite's quick_check); a damaged database is renamed with its companions, so that the next start begins a
 * new one. Takes the lock meanwhile: no engine works on it.
 * @param now epoch ms
 * @returns where the damaged file lies now; null when the history is sound
 * @throws HistoryError 'locked' while an engine runs, 'missing' when there is none, and others as opening has them
 */
export function setAsideIfDamaged(file: string, now: number): string | null {
  if (!existsSync(file)) throw new HistoryError('missing', `There is no history to repair: ${file} does not exist.`)
  const lock = lockEngine(file, now)
  try {
    check(file)
    return null
  } catch (error) {
    if (error instanceof HistoryError && error.code === 'corrupt') return setAside(file, now)
    throw error
  } finally {
    lock.release()
  }
}

function check(file: string): void {
  const db = openForReading(file)
  try {
    const rows = db.all<Record<string, string>>('PRAGMA quick_check(1)', {})
    if (rows.some((row) => !Object.values(row).includes('ok'))) throw damaged(file)
  } finally {
    db.close()
  }
}
