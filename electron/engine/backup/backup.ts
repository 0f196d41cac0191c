/** Makes a backup: settings, history and, by choice, pictures and keys in one file. An engine may run meanwhile. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Places, SecretStore } from '../ports.ts'
import type { Kinds } from '../settings/kinds.ts'
import type { Secret } from '../settings/secret.ts'
import { BackupError, toBackupError } from './format.ts'
import type { Made, Progress } from './jobs.ts'
import { seal } from './seal.ts'
import { settingsForBackup } from './settings.ts'
import type { RunJob } from './start.ts'

export interface BackupParts {
  /** Absolute. */
  target: string
  places: Pick<Places, 'data' | 'database' | 'snapshots'>
  settingsFile: string
  kinds: Kinds
  withPictures: boolean
  /** Keys go along, under this passphrase; null: they stay here. */
  passphrase: Secret | null
  secrets: SecretStore
  /** Printbell's version. */
  madeBy: string
  /** Epoch ms. */
  now: number
  run: RunJob
  onProgress(progress: Progress): void
  signal: AbortSignal
}

export interface BackupMade extends Made {
  /** How many keys are inside. */
  keys: number
  /** What the person should know, in sentences. */
  notices: string[]
}

/** Copies of a history that is being backed up lie in folders that begin so. */
const WORK = 'backing-up-'

/** @throws BackupError; then there is no new file */
export async function makeBackup(parts: BackupParts): Promise<BackupMade> {
  const { places, settingsFile, passphrase, now } = parts
  const text = await readFile(settingsFile, 'utf8').catch((error: unknown) => {
    throw toBackupError(error, 'reading the settings', settingsFile)
  })
  const settings = await settingsForBackup(text, parts.kinds, settingsFile, passphrase === null ? null : parts.secrets)
  const sealed = settings.full === null || passphrase === null ? null : await seal(settings.full.reveal(), passphrase)
  if (!existsSync(places.data)) throw new BackupError('other', `There is no data folder ${places.data}, so there is no history to back up. Name another with --data, or start Printbell once.`)
  sweep(places.data)
  const made = await parts.run({
    job: 'make', target: parts.target, work: join(places.data, `${WORK}${process.pid}`), database: places.database, snapshots: places.snapshots, pictures: parts.withPictures ? places.snapshots : null,
    settings: { text: settings.plain, version: settings.version, printers: settings.printers, destinations: settings.destinations }, sealed, madeBy: parts.madeBy, at: now,
  }, parts.onProgress, parts.signal)
  return { ...made, keys: settings.keys, notices: settings.notices }
}

/** What a backup that was killed left behind, once its process is gone. */
function sweep(data: string): void {
  for (const name of readdirSync(data)) {
    const pid = Number(name.startsWith(WORK) ? name.slice(WORK.length) : Number.NaN)
    if (Number.isInteger(pid) && (pid === process.pid || !lives(pid))) rmSync(join(data, name), { recursive: true, force: true })
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
