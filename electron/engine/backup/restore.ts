/** Prepares a restore: everything is read, checked and laid ready beside what is there. Only swap.ts touches that. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Places, SecretRef } from '../ports.ts'
import type { Kinds } from '../settings/kinds.ts'
import type { Secret } from '../settings/secret.ts'
import { BackupError, damaged, DATABASE, toBackupError, type Manifest } from './format.ts'
import type { Inspected, Progress, Unpacked } from './jobs.ts'
import { unseal } from './seal.ts'
import { settingsFromBackup, withKeys, type Key, type RestoredSettings } from './settings.ts'
import type { RunJob } from './start.ts'
import { STAGING, type RestorePlan } from './swap.ts'

export interface RestoreParts {
  /** Absolute. */
  file: string
  places: Pick<Places, 'data' | 'database' | 'snapshots'>
  /** Where the settings go. */
  settingsFile: string
  kinds: Kinds
  /** Null: without the keys that the backup may hold. */
  passphrase: Secret | null
  /** Epoch ms. */
  now: number
  run: RunJob
  onProgress(progress: Progress): void
  signal: AbortSignal
}

/** Everything is ready; what was there is untouched. */
export interface StagedRestore {
  manifest: Manifest
  history: Unpacked['history']
  keys: readonly Key[]
  /** What the person should know before, in sentences. */
  notices: string[]
  /**
   * Puts the keys where they belong and the settings beside the old ones.
   * @param keep puts one key away, under a name that nothing uses yet
   * @throws BackupError
   */
  finish(keep: (key: Key) => Promise<SecretRef>): Promise<RestorePlan>
  /** Removes what was laid ready. */
  drop(): Promise<void>
}

/** What a backup says of itself, without unpacking it. @throws BackupError */
export async function inspectBackup(file: string, run: RunJob, signal: AbortSignal): Promise<Inspected> {
  return await run({ job: 'inspect', file }, () => undefined, signal)
}

/** @throws BackupError; then nothing was changed and nothing is left behind */
export async function stageRestore(parts: RestoreParts): Promise<StagedRestore> {
  const { places, now } = parts
  const head = await inspectBackup(parts.file, parts.run, parts.signal)
  const notices: string[] = []
  const settings = await settingsOf(head, parts, notices)
  const staging = join(places.data, `${STAGING}${stampOf(now)}`)
  await making(staging, async () => {
    await mkdir(places.data, { recursive: true, mode: 0o700 })
    await mkdir(staging, { mode: 0o700 })
  })
  try {
    const unpacked = await parts.run({ job: 'unpack', file: parts.file, staging, snapshots: places.snapshots, at: now }, parts.onProgress, parts.signal)
    if (unpacked.settings !== sumOf(head.settings) || unpacked.sealed !== (head.sealed === null ? null : sumOf(head.sealed))) throw damaged('it was changed while it was read')
    notices.push(...wordsFor(unpacked, existsSync(places.database)), ...settings.notices)
    return staged(parts, settings, staging, unpacked, notices)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
}

async function settingsOf(head: Inspected, { kinds, passphrase }: RestoreParts, notices: string[]): Promise<RestoredSettings> {
  if (head.sealed === null && passphrase !== null) notices.push('The backup holds no keys, so the passphrase was not needed.')
  if (head.sealed !== null && passphrase === null) notices.push('The keys in the backup stay sealed: without its passphrase you enter them again.')
  return settingsFromBackup(head.settings, head.sealed === null || passphrase === null ? null : await unseal(head.sealed, passphrase), kinds)
}

function staged({ places, settingsFile, kinds, now }: RestoreParts, settings: RestoredSettings, staging: string, unpacked: Unpacked, notices: string[]): StagedRestore {
  const stamp = stampOf(now)
  const newSettings = join(dirname(settingsFile), `.${basename(settingsFile)}.restoring-${stamp}`)
  const oldSettings = free(`${settingsFile}.before-restore-${stamp}`)
  const aside = free(join(places.data, `before-restore-${stamp}`))
  const { manifest, history } = unpacked
  const inData = (name: string, from: string | null): RestorePlan['moves'][number] => ({ from, to: join(places.data, name), aside: join(aside, name) })
  const moves: RestorePlan['moves'] = [{ from: newSettings, to: settingsFile, aside: oldSettings }]
  // The log of the old database first: it must never come to lie beside the new one.
  if (history !== null) moves.push(inData('printbell.db-wal', null), inData('printbell.db-shm', null), inData('printbell.db', join(staging, DATABASE)), inData('snapshots', join(staging, 'snapshots')))
  return {
    manifest, history, notices, keys: settings.keys,
    async finish(keep) {
      const text = await withKeys(settings, kinds, async (key) => keep(key))
      await making(settingsFile, async () => {
        await mkdir(dirname(settingsFile), { recursive: true, mode: 0o700 })
        const handle = await open(newSettings, 'w', 0o600)
        try {
          await handle.writeFile(text)
          await handle.sync()
        } finally {
          await handle.close()
        }
      })
      const asides = [...(existsSync(settingsFile) ? [oldSettings] : []), ...(history !== null && (existsSync(places.database) || existsSync(places.snapshots)) ? [aside] : [])]
      return { version: 1, state: 'ready', madeAt: manifest.madeAt, staging, moves, asides, notices }
    },
    async drop() {
      await rm(newSettings, { force: true })
      await rm(staging, { recursive: true, force: true })
    },
  }
}

function wordsFor({ manifest, history }: Unpacked, isThere: boolean): string[] {
  if (history === null) return [isThere ? 'The backup holds no history: the one that is here stays.' : 'The backup holds no history.']
  const many = (n: number, one: string, more: string): string => (n === 1 ? one : more.replace('%', String(n)))
  return [
    ...(history.cancelled > 0 ? [many(history.cancelled, 'One message still waited in the backup; it is not sent any more.', '% messages still waited in the backup; they are not sent any more.')] : []),
    ...(history.withoutPicture > 0 ? [`${many(history.withoutPicture, 'One event has no picture', '% events have no picture')}: ${manifest.pictures === null ? 'the backup was made without pictures, and not all lie here' : 'not all were in the backup'}.`] : []),
  ]
}

async function making(place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw error instanceof BackupError ? error : toBackupError(error, 'the restore', dirname(place))
  }
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
/** "20260115T120000Z" */
export const stampOf = (now: number): string => new Date(now).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')

function free(path: string): string {
  let result = path
  for (let n = 2; existsSync(result); n++) result = `${path}-${n}`
  return result
}
