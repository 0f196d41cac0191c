/** Back up and restore at a terminal. */
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Common } from '../headless.ts'
import { makeBackup } from '../engine/backup/backup.ts'
import { BackupError } from '../engine/backup/format.ts'
import type { Progress } from '../engine/backup/jobs.ts'
import { stageRestore, stampOf, type StagedRestore } from '../engine/backup/restore.ts'
import { problemOfPassphrase } from '../engine/backup/seal.ts'
import { jobsInThread } from '../engine/backup/start.ts'
import { restoredText, settleRestore, swap } from '../engine/backup/swap.ts'
import { systemClock } from '../engine/clock.ts'
import { HistoryError } from '../engine/history/history.ts'
import { lockEngine, type EngineLock } from '../engine/history/lock.ts'
import { makePlaces, placesIn } from '../engine/places.ts'
import type { Places, SecretRef } from '../engine/ports.ts'
import { Secret } from '../engine/settings/secret.ts'
import { safeName } from '../engine/snapshots/files.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { kindsWith, readSettingsFile, secretsFor } from './settings-file.ts'
import description from '../../package.json' with { type: 'json' }

const MB = 1_000_000

/** Settings and history into one file, also while an engine runs. */
export async function backup(file: string, options: Common & { withPictures?: boolean; withSecrets?: boolean; passphraseFile?: string }, out: Out): Promise<number> {
  const target = resolve(file)
  if (options.withSecrets !== true && options.passphraseFile !== undefined) throw new UserError('--passphrase-file is for --with-secrets. Without it no key is in the backup.')
  if (options.withSecrets === true && options.passphraseFile === undefined) throw new UserError('Keys go into a backup only under a passphrase: name a file that holds it with --passphrase-file.')
  if (existsSync(target)) throw new UserError(`${target} is there already. Remove it, or choose another name.`)
  const passphrase = options.passphraseFile === undefined ? null : await passphraseIn(options.passphraseFile)
  const settings = await readSettingsFile(options)
  const made = await interruptible((signal) => makeBackup({
    target, places: placesIn(options.data), settingsFile: settings.path, kinds: settings.kinds, withPictures: options.withPictures ?? false, passphrase,
    secrets: secretsFor(settings.path, quietLog), madeBy: description.version, now: systemClock().now(), run: jobsInThread(), onProgress: footOf(out), signal,
  }))
  out.foot('')
  const keys = passphrase === null ? 'no keys' : `${made.keys} keys under the passphrase`
  out.line(`Backup made: ${target} (${megabytes(made.bytes)}): the settings, ${made.events} events, ${made.pictures} pictures, ${keys}.`)
  for (const notice of made.notices) out.note(notice)
  return 0
}

/** Puts settings and history of a backup in place of what is there, which is kept. No engine may run on the folder. */
export async function restore(file: string, options: Common & { passphraseFile?: string }, out: Out): Promise<number> {
  const places = placesIn(options.data)
  const settingsFile = resolve(options.settings)
  const passphrase = options.passphraseFile === undefined ? null : await passphraseIn(options.passphraseFile)
  const lock = lockOf(places)
  try {
    const kinds = await kindsWith(options.data)
    const now = systemClock().now()
    const staged = await interruptible((signal) => stageRestore({ file: resolve(file), places, settingsFile, kinds, passphrase, now, run: jobsInThread(), onProgress: footOf(out), signal }))
    out.foot('')
    const folder = join(dirname(settingsFile), `secrets-${stampOf(now)}`)
    const plan = await finished(staged, places, folder)
    const { manifest, history } = staged
    out.line(restoredText(plan))
    out.line(`Now here: the settings (${settingsFile})${history === null ? '' : `, ${history.events} events, ${history.pictures} pictures`}${staged.keys.length > 0 ? `, ${staged.keys.length} keys (${folder})` : ''}. It was made by Printbell ${manifest.madeBy}.`)
    for (const notice of plan.notices) out.line(notice)
    return 0
  } finally {
    lock.release()
  }
}

async function finished(staged: StagedRestore, places: Places, folder: string): Promise<Awaited<ReturnType<StagedRestore['finish']>>> {
  try {
    const plan = await staged.finish(async ({ owner, id, field, value }) => keepInFile(folder, safeName(`${owner}-${id}-${field}`), value))
    swap(places, plan)
    return plan
  } catch (error) {
    await staged.drop()
    // Made by this restore alone, and nobody refers to it.
    await rm(folder, { recursive: true, force: true })
    throw inWords(error)
  }
}

/** Each key in a file of its own that only this user can read. */
async function keepInFile(folder: string, name: string, value: Secret): Promise<SecretRef> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const handle = await open(join(folder, name), 'wx', 0o600)
    try {
      await handle.writeFile(value.reveal())
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new UserError(`A key could not be written into ${folder} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Nothing was changed.`)
  }
  // From the settings' own folder, so that both can be moved together.
  return { file: `${basename(folder)}/${name}` }
}

/**
 * Before a command touches a data folder: undoes a restore that was cut off, or does one that the app left for the next start.
 * @throws UserError when it can't be undone
 */
export function settle(data: string, out: Out): void {
  try {
    const settled = settleRestore(placesIn(data), systemClock().now())
    if (settled !== null) out.note(settled.text)
  } catch (error) {
    throw new UserError(`A restore that was cut off in ${data} can't be undone now: ${(error as Error).message}. Let your user write there, then start again; nothing is lost.`)
  }
}

function lockOf(places: Places): EngineLock {
  try {
    makePlaces(places)
    return lockEngine(places.database, systemClock().now())
  } catch (error) {
    if (error instanceof HistoryError && error.code === 'locked') throw new UserError(`${error.message} A restore needs the folder for itself.`)
    throw new UserError((error as Error).message)
  }
}

/** A first line is enough; what an editor adds at the end is no part of it. */
async function passphraseIn(file: string): Promise<Secret> {
  let text: string
  try {
    if ((await stat(file)).size > 64 * 1024) throw new UserError(`${file} is too large to hold a passphrase.`)
    text = (await readFile(file, 'utf8')).replace(/\r?\n[^]*$/, '')
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`The passphrase file ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`)
  }
  const problem = problemOfPassphrase(text)
  if (problem !== null) throw new UserError(problem)
  return new Secret(text)
}

/** Ctrl-C ends the work, and leaves nothing half done. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const stop = (): void => abort.abort(new BackupError('cancelled', 'It was cancelled. Nothing was changed.'))
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    return await work(abort.signal)
  } catch (error) {
    throw inWords(error)
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

const inWords = (error: unknown): unknown => (error instanceof BackupError ? new UserError(error.message) : error)

const STEPS: Readonly<Record<Progress['step'], string>> = { copying: 'Copying the history', packing: 'Packing', unpacking: 'Unpacking', checking: 'Checking the history' }
const footOf = (out: Out) => ({ step, done, total }: Progress): void => out.foot(`${STEPS[step]}${total > 0 ? ` ${Math.floor((100 * done) / total)} %` : ''}`)

const megabytes = (bytes: number): string => (bytes < MB ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / MB).toFixed(1)} MB`)
