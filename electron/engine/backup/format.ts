/** What a backup is made of: one tar.gz with a manifest at its head and checksums at its end. docs/backup.md tells it to people. */
import { z } from 'zod'
import { SCHEMA_VERSION } from '../history/schema/migrations.ts'
import { once } from '../once.ts'
import { SETTINGS_VERSION } from '../settings/schema.ts'

/** Rises when an older Printbell could no longer read the container itself. Settings and history have versions of their own. */
export const BACKUP_VERSION = 1

export const MANIFEST = 'printbell-backup.json'
export const SEALED = 'sealed.json'
export const SETTINGS = 'settings.json'
export const DATABASE = 'printbell.db'
export const SUMS = 'SHA256SUMS'
export const PICTURES = 'pictures/'

/** Bytes that an entry may have at most; the history's and all pictures' come from the manifest. */
export const MOST_BYTES = { manifest: 64 * 1024, settings: 8_000_000, sealed: 32_000_000, picture: 20_000_000, sums: 256_000_000 } as const

/** The name of a picture below `pictures/`: folder of its printer, file of its event, as snapshots/files.ts names them. */
export const PICTURE_NAME = /^[A-Za-z0-9_-]{1,120}\/[A-Za-z0-9_-]{1,120}\.jpg$/

export type BackupCause =
  /** Some other file. */
  | 'not_a_backup'
  /** Cut, changed, or made to harm. */
  | 'damaged'
  | 'newer'
  | 'passphrase'
  | 'no_room'
  | 'cancelled'
  | 'other'

/** Why a backup could not be made or restored, cause and cure in words. Holds no secret. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
  constructor(readonly code: BackupCause, message: string, options?: ErrorOptions) {
    super(message, options)
  }
}

const count = once(() => z.number().int().min(0).max(Number.MAX_SAFE_INTEGER))

const manifest = once(() => z.object({
  format: z.literal('printbell-backup'),
  version: z.literal(BACKUP_VERSION),
  /** Printbell's version. */
  madeBy: z.string().max(40),
  /** Epoch ms. */
  madeAt: count(),
  settings: z.object({ version: count(), printers: count(), destinations: count() }),
  /** Null: there was none. */
  history: z.object({ version: count(), events: count(), bytes: count() }).nullable(),
  /** Null: left out. Else at most so many; one that was deleted meanwhile is missing. */
  pictures: z.object({ count: count(), bytes: count() }).nullable(),
  /** Whether keys are inside, under a passphrase. */
  sealed: z.boolean(),
}))
export type Manifest = z.infer<ReturnType<typeof manifest>>

/** What any version says of itself. */
const anyVersion = once(() => z.object({ format: z.literal('printbell-backup'), version: z.number(), madeBy: z.string().max(40).default('?') }))

/** @throws BackupError 'not_a_backup', 'newer' (naming what made it), 'damaged' */
export function readManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BackupError('damaged', damagedText('its manifest can\'t be read'), { cause: error })
  }
  const some = anyVersion().safeParse(value)
  if (!some.success) throw notABackup()
  if (some.data.version > BACKUP_VERSION) throw newer(some.data.madeBy, `the file is of version ${some.data.version}, this Printbell knows ${BACKUP_VERSION}`)
  const read = manifest().safeParse(value)
  if (!read.success) throw new BackupError('damaged', damagedText('its manifest is not as Printbell writes it'))
  const { history, settings, madeBy } = read.data
  if (settings.version > SETTINGS_VERSION) throw newer(madeBy, `its settings are of version ${settings.version}, this Printbell knows ${SETTINGS_VERSION}`)
  if (history !== null && history.version > SCHEMA_VERSION) throw newer(madeBy, `its history is of version ${history.version}, this Printbell knows ${SCHEMA_VERSION}`)
  return read.data
}

export function notABackup(): BackupError {
  return new BackupError('not_a_backup', 'This file is not a backup of Printbell. Choose one that "Back up" or the command "backup" made.')
}

/** @param why to be read after "The backup is damaged:" */
export function damagedText(why: string): string {
  return `The backup is damaged: ${why}. Nothing was changed. Copy the file anew from where it was kept, or use another backup.`
}

export function damaged(why: string, cause?: unknown): BackupError {
  return new BackupError('damaged', damagedText(why), cause === undefined ? undefined : { cause })
}

function newer(madeBy: string, why: string): BackupError {
  return new BackupError('newer', `The backup was made by a newer Printbell (${madeBy.replace(/[^\w.+-]/g, '?')}): ${why}. Nothing was changed. Update Printbell, then restore it.`)
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT'])

/** Names the cause and the cure of what the file system threw. A BackupError passes unchanged. */
export function toBackupError(error: unknown, doing: string, place: string): BackupError {
  if (error instanceof BackupError) return error
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  const history = error instanceof Error && error.name === 'HistoryError'
  if ((history && code === 'full') || (typeof code === 'string' && NO_ROOM.has(code))) return new BackupError('no_room', `There is not enough room in ${place} for ${doing}. Nothing was changed. Free some space there and try again.`, { cause: error })
  if (history) return new BackupError('other', error.message, { cause: error })
  if (code === 'ENOENT') return new BackupError('other', `${place} is not there. Check the name and try again.`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new BackupError('other', `${place} may not be read or written (${code}). Let your user do that, or choose another place.`, { cause: error })
  return new BackupError('other', `The file system refused ${doing} in ${place} (${typeof code === 'string' ? code : error instanceof Error ? error.message : 'unknown error'}). Nothing was changed.`, { cause: error })
}
