/** The long work on a backup: making one, looking into one, unpacking one. Each runs in a thread (worker.ts) and touches only its own files. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { copyFile, link, mkdir, open, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readArchive, type Entry } from './archive-read.ts'
import { writeArchive, type NewEntry } from './archive-write.ts'
import { adoptDatabase, checkDatabase, copyDatabase, picturesOf, type Adopted } from './database.ts'
import { BACKUP_VERSION, BackupError, damaged, DATABASE, MANIFEST, MOST_BYTES, PICTURES, SEALED, SETTINGS, toBackupError, type Manifest } from './format.ts'

/** `total` 0 = not known. Bytes. */
export interface Progress {
  step: 'copying' | 'packing' | 'unpacking' | 'checking'
  done: number
  total: number
}

export interface MakeJob {
  job: 'make'
  /** Absolute; one that is there is replaced once the new one is whole. */
  target: string
  /** A folder of our own for the copy of the history; is made, and removed. */
  work: string
  /** Null: leave the history out. It may be in use. */
  database: string | null
  /** The folder of pictures; null: leave them out. */
  pictures: string | null
  snapshots: string
  settings: { text: string; version: number; printers: number; destinations: number }
  /** Keys, sealed already; null = none. */
  sealed: string | null
  madeBy: string
  /** Epoch ms. */
  at: number
}

export interface InspectJob {
  job: 'inspect'
  file: string
}

export interface UnpackJob {
  job: 'unpack'
  file: string
  /** A folder that is there, empty, on the disk of the data folder. */
  staging: string
  /** Where pictures lie now: those that the backup leaves out are looked for there. */
  snapshots: string
  at: number
}

export interface Made {
  bytes: number
  events: number
  pictures: number
}
export interface Inspected {
  manifest: Manifest
  settings: string
  sealed: string | null
}
export interface Unpacked {
  manifest: Manifest
  /** SHA-256 of what `inspect` read: the file may have changed since. */
  settings: string
  sealed: string | null
  history: (Adopted & { pictures: number }) | null
}

export type Job = MakeJob | InspectJob | UnpackJob
export type JobResult<J extends Job> = J extends MakeJob ? Made : J extends InspectJob ? Inspected : Unpacked

/** @throws BackupError, or the reason of `signal` */
export async function doJob<J extends Job>(job: J, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<JobResult<J>> {
  const given: Job = job
  switch (given.job) {
    case 'make': return await make(given, onProgress, signal) as JobResult<J>
    case 'inspect': return await inspect(given) as JobResult<J>
    case 'unpack': return await unpack(given, onProgress, signal) as JobResult<J>
  }
}

// ------------------------------------------------------------------------------------------------------------------ make
async function make(job: MakeJob, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Made> {
  try {
    await mkdir(job.work, { mode: 0o700 })
  } catch (error) {
    throw toBackupError(error, 'a copy of the history', dirname(job.work))
  }
  try {
    return await makeIn(job, onProgress, signal)
  } finally {
    await rm(job.work, { recursive: true, force: true })
  }
}

async function makeIn(job: MakeJob, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Made> {
  const copy = job.database === null || !existsSync(job.database) ? null : copied(job, job.database, onProgress)
  signal.throwIfAborted()
  const pictures = copy === null || job.pictures === null ? null : await existing(job.pictures, copy.pictures)
  const manifest: Manifest = {
    format: 'printbell-backup', version: BACKUP_VERSION, madeBy: job.madeBy, madeAt: job.at,
    settings: { version: job.settings.version, printers: job.settings.printers, destinations: job.settings.destinations },
    history: copy === null ? null : { version: copy.version, events: copy.events, bytes: copy.bytes },
    pictures: pictures === null ? null : { count: pictures.length, bytes: pictures.reduce((sum, { size }) => sum + size, 0) },
    sealed: job.sealed !== null,
  }
  const total = (copy?.bytes ?? 0) + (manifest.pictures?.bytes ?? 0)
  const packed = { bytes: 0, pictures: 0 }
  try {
    const bytes = await writeArchive(job.target, entriesOf(job, manifest, copy?.file ?? null, pictures ?? [], packed, signal), job.at, (more) => {
      packed.bytes += more
      onProgress({ step: 'packing', done: Math.min(packed.bytes, total), total })
    })
    return { bytes, events: copy?.events ?? 0, pictures: packed.pictures }
  } catch (error) {
    signal.throwIfAborted()
    throw toBackupError(error, 'the backup', dirname(job.target))
  }
}

function copied(job: MakeJob, database: string, onProgress: (progress: Progress) => void): { file: string; bytes: number; version: number; events: number; pictures: string[] } {
  onProgress({ step: 'copying', done: 0, total: 0 })
  const file = join(job.work, DATABASE)
  try {
    const copy = copyDatabase(database, file, job.snapshots)
    return { file, ...copy, bytes: statSync(file).size }
  } catch (error) {
    throw toBackupError(error, 'a copy of the history', dirname(job.work))
  }
}

async function existing(folder: string, names: readonly string[]): Promise<{ name: string; size: number }[]> {
  const found: { name: string; size: number }[] = []
  for (const name of names) {
    const size = await stat(join(folder, ...name.split('/'))).then((stats) => (stats.isFile() ? stats.size : null), () => null)
    if (size !== null && size <= MOST_BYTES.picture) found.push({ name, size })
  }
  return found
}

async function* entriesOf(job: MakeJob, manifest: Manifest, database: string | null, pictures: readonly { name: string; size: number }[], packed: { pictures: number }, signal: AbortSignal): AsyncGenerator<NewEntry> {
  const text = (name: string, content: string): NewEntry => {
    const bytes = Buffer.from(content)
    return { name, size: bytes.length, at: job.at, bytes: [bytes] }
  }
  yield text(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`)
  yield text(SETTINGS, job.settings.text)
  if (job.sealed !== null) yield text(SEALED, job.sealed)
  if (database !== null) yield { name: DATABASE, size: manifest.history?.bytes ?? 0, at: job.at, bytes: createReadStream(database, { signal }) }
  for (const { name, size } of pictures) {
    signal.throwIfAborted()
    // The clean-up may have deleted it meanwhile: then it is left out, as one that is past its time.
    const bytes = await readFile(join(job.snapshots, ...name.split('/'))).catch(() => null)
    if (bytes === null || bytes.length !== size) continue
    packed.pictures += 1
    yield { name: `${PICTURES}${name}`, size, at: job.at, bytes: [bytes] }
  }
}

// --------------------------------------------------------------------------------------------------------------- inspect
/** Reads the head of the file only: what it says of itself, the settings and the sealed part. */
async function inspect({ file }: InspectJob): Promise<Inspected> {
  let settings: string | null = null
  let sealed: string | null = null
  try {
    const manifest = await readArchive(file, async () => undefined, async (entry, { sealed: hasSealed }) => {
      if (entry.what === SETTINGS) settings = await textOf(entry)
      else if (entry.what === SEALED) sealed = await textOf(entry)
      else return 'enough'
      return settings !== null && (sealed !== null || !hasSealed) ? 'enough' : undefined
    })
    if (settings === null) throw damaged('its settings are missing')
    return { manifest, settings, sealed }
  } catch (error) {
    throw toBackupError(error, 'reading the backup', file)
  }
}

async function textOf(entry: Entry): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of entry.bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

// ---------------------------------------------------------------------------------------------------------------- unpack
/** What unpacking needs beside the bytes themselves: the history is rewritten once, in its log. */
const SPARE_BYTES = 16 * 1024 * 1024

async function unpack(job: UnpackJob, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Unpacked> {
  const { file, staging, at } = job
  const sums: Record<string, string> = {}
  const pictures = new Set<string>()
  const progress = { done: 0, total: 0 }
  try {
    const manifest = await readArchive(file, async ({ history, pictures: some }) => {
      progress.total = (history?.bytes ?? 0) + (some?.bytes ?? 0)
      await mustFit(staging, progress.total + (history?.bytes ?? 0) + SPARE_BYTES)
    }, async (entry) => {
      if (entry.what === SETTINGS || entry.what === SEALED) {
        sums[entry.what] = createHash('sha256').update(await textOf(entry)).digest('hex')
        return
      }
      const target = entry.what === DATABASE ? join(staging, DATABASE) : join(staging, 'snapshots', ...entry.name.split('/'))
      if (entry.what === 'picture') {
        await mkdir(dirname(target), { recursive: true, mode: 0o700 })
        pictures.add(entry.name)
      }
      await writeNew(target, entry.bytes, (bytes) => {
        progress.done += bytes
        onProgress({ step: 'unpacking', ...progress })
      })
    }, signal)
    if (manifest.history === null) return { manifest, settings: sums[SETTINGS] ?? '', sealed: sums[SEALED] ?? null, history: null }
    onProgress({ step: 'checking', ...progress })
    checkDatabase(join(staging, DATABASE))
    await mkdir(join(staging, 'snapshots'), { recursive: true, mode: 0o700 })
    if (manifest.pictures === null) await takeOver(job, pictures)
    const adopted = adoptDatabase(join(staging, DATABASE), { snapshots: job.snapshots, has: (name) => pictures.has(name), now: at })
    return { manifest, settings: sums[SETTINGS] ?? '', sealed: sums[SEALED] ?? null, history: { ...adopted, pictures: pictures.size } }
  } catch (error) {
    signal.throwIfAborted()
    throw toBackupError(error, 'what the backup holds', dirname(staging))
  }
}

async function mustFit(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (bytes <= free) return
  const words = (n: number): string => (n >= 1e9 ? `${(n / 1e9).toFixed(1)} GB` : `${Math.ceil(n / 1e6)} MB`)
  throw new BackupError('no_room', `The backup needs ${words(bytes)}, and ${dirname(folder)} has ${words(free)} left. Nothing was changed. Free some space there and try again.`)
}

async function writeNew(file: string, bytes: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    for await (const chunk of bytes) {
      await handle.writeFile(chunk)
      onBytes(chunk.length)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The backup holds no pictures: those that still lie here serve its history too, on the same disk at no cost. */
async function takeOver({ staging, snapshots }: UnpackJob, pictures: Set<string>): Promise<void> {
  for (const name of picturesOf(join(staging, DATABASE))) {
    const from = join(snapshots, ...name.split('/'))
    if (!existsSync(from)) continue
    const to = join(staging, 'snapshots', ...name.split('/'))
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await link(from, to).catch(async () => copyFile(from, to))
    pictures.add(name)
  }
}
