/** From SQLite's codes to causes a person can act on. */
import { basename } from 'node:path'
import { setAside as setFileAside } from '../settings/set-aside.ts'
import { HistoryError } from './history.ts'

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html; an extended code carries the primary one in its low byte. */
const CODE = { busy: 5, locked: 6, readonly: 8, io: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 } as const

/** errno values that mean "no room": ENOSPC, and EDQUOT on Linux and macOS. */
const NO_ROOM = new Set([28, 122, 69])

function field(error: unknown, name: string): number | null {
  if (typeof error !== 'object' || error === null) return null
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'number' ? value : null
}

/**
 * Names the cause and the cure of whatever SQLite threw. A HistoryError passes unchanged.
 * @param context the database file, and whether it was opened for reading only
 */
export function toHistoryError(error: unknown, context: { file: string; readOnly: boolean }): HistoryError {
  if (error instanceof HistoryError) return error
  const options = { cause: error }
  const code = field(error, 'errcode')
  const errno = field(error, 'systemErrno')
  const { file } = context
  switch (code === null ? null : code & 0xff) {
    case CODE.full:
      return full(file, options)
    case CODE.io:
      if (errno !== null && NO_ROOM.has(errno)) return full(file, options)
      return new HistoryError('other', `The history could not be read or written (${file}): the disk reported an error. Check the disk and its connection, then start again.`, options)
    case CODE.readonly:
      return context.readOnly
        ? new HistoryError('readonly', 'The history was opened for reading only; the running engine must make this change.', options)
        : new HistoryError('readonly', `The history cannot be written: ${file} or its folder is read-only. Make both writable for this user.`, options)
    case CODE.corrupt:
    case CODE.notADatabase:
      return damaged(file, options)
    case CODE.busy:
    case CODE.locked:
      return new HistoryError('locked', `The history is in use by another program (${file}). Close that program and try again.`, options)
    case CODE.cantOpen:
      return new HistoryError('other', `The history cannot be opened: ${file}. Check that its folder exists and that this user may write there.`, options)
    default:
      return new HistoryError('other', `The history reported an unexpected error (${basename(file)}): ${error instanceof Error ? error.message : String(error)}`, options)
  }
}

function full(file: string, options: ErrorOptions): HistoryError {
  return new HistoryError('full', `There is no room left for the history (${file}). Free some space on that disk; nothing stored so far is lost.`, options)
}

/** The history is no database, or a broken one. */
export function damaged(file: string, options?: ErrorOptions): HistoryError {
  return new HistoryError('corrupt', `The history is damaged or is not a database: ${file}. Run "repair" to set it aside and begin a new one (the damaged file is kept), or restore it from a backup.`, options)
}

/**
 * Renames a damaged database and its -wal and -shm files, so that a new one can be begun and the old one is kept.
 * Call it only when the person chose to.
 * @param now epoch ms, becomes part of the new name
 * @returns where the file lies now
 * @throws Error when it cannot be renamed
 */
export function setAside(file: string, now: number): string {
  return setFileAside(file, now, ['-wal', '-shm'])
}
