/** Backing up and restoring from the window. A restore is prepared while the app runs, and takes place when it starts anew. */
import { basename } from 'node:path'
import type { CallOutput, Push, SomeHandlers } from '../../bridge/contract.ts'
import { makeBackup } from '../../engine/backup/backup.ts'
import { BackupError } from '../../engine/backup/format.ts'
import { inspectBackup, stageRestore, stampOf, type StagedRestore } from '../../engine/backup/restore.ts'
import type { Key } from '../../engine/backup/settings.ts'
import type { RunJob } from '../../engine/backup/start.ts'
import { armRestore } from '../../engine/backup/swap.ts'
import type { Clock, Log, Places, SecretRef } from '../../engine/ports.ts'
import type { Kinds } from '../../engine/settings/kinds.ts'
import type { DesktopSettings } from '../../engine/settings/schema.ts'
import { Secret } from '../../engine/settings/secret.ts'
import type { SecretKeeper } from '../ports.ts'

type Names = 'backup.make' | 'backup.choose' | 'backup.prepare' | 'backup.cancel' | 'backup.restart' | 'backup.drop'

export interface BackupCallParts {
  places: Pick<Places, 'data' | 'database' | 'snapshots'>
  /** Absolute path of settings.json. */
  settingsFile: string
  kinds: Kinds
  secrets: Pick<SecretKeeper, 'resolve' | 'keep' | 'forget' | 'state'>
  keepSecrets(): DesktopSettings['keepSecrets']
  version: string
  clock: Clock
  log: Log
  push: Push
  run: RunJob
  /** Each asks the person for a file; null = none. */
  chooseTarget(name: string): Promise<string | null>
  chooseBackup(): Promise<string | null>
  /** Why nothing can be restored here; null = it can (a demo's folder goes when it ends). */
  refuses: string | null
  /** Ends the app and starts it anew. */
  restart(): void
}

export interface BackupRoom {
  handlers: SomeHandlers<Names>
  /** A backup or a restore is under way. */
  busy(): boolean
  /** What was prepared and not confirmed goes; what runs is given up. */
  windowClosed(): void
  close(): Promise<void>
}

const BUSY = 'Another backup or restore is under way. Cancel it, or wait until it is done.'

export function backupCalls(parts: BackupCallParts): BackupRoom {
  const { clock, log, push, places, settingsFile, kinds, run } = parts
  /** The work under way, also while the person chooses a file. */
  let working: AbortController | null = null
  let chosen: string | null = null
  let staged: StagedRestore | null = null
  let restarting = false

  async function alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | { result: 'failed'; why: string } | { result: 'cancelled' }> {
    if (working !== null || restarting) return { result: 'failed', why: BUSY }
    const mine = new AbortController()
    working = mine
    try {
      return await work(mine.signal)
    } catch (error) {
      if (mine.signal.aborted) return { result: 'cancelled' }
      if (!(error instanceof BackupError)) throw error
      log.warn('a backup could not be made or restored', { code: error.code, why: error.message })
      return { result: 'failed', why: error.message }
    } finally {
      working = null
    }
  }

  async function drop(): Promise<void> {
    const given = staged
    staged = null
    try {
      await given?.drop()
    } catch (error) {
      log.warn('what a restore had prepared could not be removed; the next start does it', { error })
    }
  }

  const make = ({ pictures, passphrase }: { pictures: boolean; passphrase: string | null }): Promise<CallOutput<'backup.make'>> => alone(async (signal) => {
    const now = clock.now()
    const target = await parts.chooseTarget(`printbell-backup-${new Date(now).toISOString().slice(0, 10)}.tar.gz`)
    if (target === null) return { result: 'cancelled' as const }
    const made = await makeBackup({
      target, places, settingsFile, kinds, withPictures: pictures, passphrase: passphrase === null ? null : new Secret(passphrase), secrets: parts.secrets, madeBy: parts.version, now,
      run, onProgress: (progress) => push('backup.progress', progress), signal,
    })
    log.info('a backup was made', { events: made.events, pictures: made.pictures, bytes: made.bytes, keys: made.keys })
    return { result: 'saved' as const, file: target, ...made }
  })

  async function choose(): Promise<CallOutput<'backup.choose'>> {
    if (parts.refuses !== null) return { result: 'failed', why: parts.refuses }
    const answer = await alone(async (signal) => {
      await drop()
      const file = await parts.chooseBackup()
      chosen = file
      if (file === null) return null
      const { manifest } = await inspectBackup(file, run, signal)
      return {
        result: 'chosen' as const, name: basename(file), madeAt: manifest.madeAt, madeBy: manifest.madeBy, printers: manifest.settings.printers, destinations: manifest.settings.destinations,
        events: manifest.history?.events ?? null, pictures: manifest.pictures?.count ?? null, sealed: manifest.sealed,
      }
    })
    return answer === null || answer.result === 'cancelled' ? null : answer
  }

  async function prepare({ passphrase }: { passphrase: string | null }): Promise<CallOutput<'backup.prepare'>> {
    return await alone(async (signal) => {
      if (chosen === null) return { result: 'failed' as const, why: 'No backup was chosen. Choose one first.' }
      await drop()
      try {
        staged = await stageRestore({
          file: chosen, places, settingsFile, kinds, passphrase: passphrase === null ? null : new Secret(passphrase), now: clock.now(), run, onProgress: (progress) => push('backup.progress', progress), signal,
        })
      } catch (error) {
        if (error instanceof BackupError && error.code === 'passphrase') return { result: 'passphrase' as const, why: error.message }
        throw error
      }
      if (signal.aborted) {
        await drop()
        return { result: 'cancelled' as const }
      }
      const problem = staged.keys.length > 0 ? keysCannotStay() : null
      if (problem !== null) {
        await drop()
        return { result: 'failed' as const, why: problem }
      }
      return { result: 'ready' as const, keys: staged.keys.length, notices: staged.notices }
    })
  }

  /** Keys that are in memory only would be gone with the restart that puts the backup in place. */
  function keysCannotStay(): string | null {
    const { protection, detail } = parts.secrets.state()
    if (protection === 'protected' || (protection === 'unprotected' && parts.keepSecrets() === 'anyway')) return null
    return `The keys of the backup can't be kept over the restart. ${detail} Or restore without the passphrase, and enter the keys again.`
  }

  async function restart(): Promise<CallOutput<'backup.restart'>> {
    const given = staged
    if (given === null) return { result: 'failed', why: 'Nothing is prepared. Choose a backup first.' }
    if (restarting) return { result: 'restarting' }
    restarting = true
    const kept: string[] = []
    try {
      const plan = await given.finish((key) => keep(key, kept))
      armRestore(places, plan)
      staged = null
      log.info('a backup is restored at the next start, which is now', { madeAt: given.manifest.madeAt, events: given.history?.events ?? null })
      parts.restart()
      return { result: 'restarting' }
    } catch (error) {
      restarting = false
      for (const name of kept) await parts.secrets.forget(name).catch((failure: unknown) => log.warn('a key of a restore that failed could not be removed', { name, error: failure }))
      await drop()
      log.error('a restore could not be begun', { error })
      return { result: 'failed', why: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Under a name of its own: the settings from before keep theirs, and work again when they are put back. */
  async function keep({ owner, id, field, value }: Key, kept: string[]): Promise<SecretRef> {
    const name = `restored-${stampOf(clock.now())}/${owner}/${id}/${field}`
    await parts.secrets.keep(name, value)
    kept.push(name)
    return { store: name }
  }

  function cancel(): void {
    working?.abort(new BackupError('cancelled', 'It was cancelled. Nothing was changed.'))
  }

  return {
    handlers: {
      'backup.make': make,
      'backup.choose': choose,
      'backup.prepare': prepare,
      async 'backup.cancel'() {
        cancel()
        return null
      },
      'backup.restart': restart,
      async 'backup.drop'() {
        await drop()
        return null
      },
    },
    busy: () => working !== null,
    windowClosed() {
      cancel()
      void drop()
    },
    async close() {
      cancel()
      if (!restarting) await drop()
    },
  }
}
