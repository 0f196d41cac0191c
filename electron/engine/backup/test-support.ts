/** A desk to back up and restore: a data folder with a history and pictures, settings beside it, jobs in this thread. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Header, Pack, ReadEntry, type HeaderData } from 'tar'
import { memoryLog } from '../../../test/support/log.ts'
import type { History } from '../history/history.ts'
import { openHistory } from '../history/sqlite-history.ts'
import { batch, decision, draft, entry, memory, row, T0 } from '../history/test-support.ts'
import { placesIn } from '../places.ts'
import type { Places, SecretStore } from '../ports.ts'
import { Secret } from '../settings/secret.ts'
import { kinds } from '../settings/test-support.ts'
import { makeBackup, type BackupParts } from './backup.ts'
import type { BackupError } from './format.ts'
import { doJob } from './jobs.ts'
import { stageRestore, type RestoreParts, type StagedRestore } from './restore.ts'
import type { RunJob } from './start.ts'

export const inThisThread: RunJob = (job, onProgress, signal) => doJob(job, onProgress, signal)

export interface TestDesk {
  folder: string
  places: Places
  settingsFile: string
  open(readOnly?: boolean): History
  remove(): void
}

export function makeDesk(settings?: unknown): TestDesk {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-backup-'))
  const places = placesIn(join(folder, 'data'))
  mkdirSync(places.data, { mode: 0o700 })
  const settingsFile = join(folder, 'config', 'settings.json')
  mkdirSync(dirname(settingsFile))
  if (settings !== undefined) writeFileSync(settingsFile, JSON.stringify(settings, null, 2))
  return { folder, places, settingsFile, open: (readOnly = false) => openHistory({ file: places.database, log: memoryLog(), now: () => T0, readOnly }), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export const SETTINGS = {
  version: 1,
  servers: [{ id: 'mk3', kind: 'box', url: 'http://box.lan', apiKey: { store: 'server/mk3/apiKey' } }],
  printers: [{ id: 'p1', name: 'MK3 left', sources: [{ server: 'mk3' }] }],
  destinations: [
    { id: 'hook', label: 'My hook', channel: 'hook', config: { url: 'http://me:CANARY-login@hook.lan/in', token: { env: 'HOOK_TOKEN' } } },
    { id: 'light', label: 'Light', channel: 'program', config: { command: 'light on' } },
  ],
}

const VALUES: Readonly<Record<string, string>> = { 'server/mk3/apiKey': 'CANARY-api-key', HOOK_TOKEN: 'CANARY-hook-token' }
export const store: SecretStore = {
  async resolve(ref) {
    const value = VALUES['store' in ref ? ref.store : 'env' in ref ? ref.env : '']
    if (value === undefined) throw new Error('It is not there. Enter it again.')
    return new Secret(value)
  },
}

/** Two events that were told, one of them with a picture, and one whose message waits; a printer in the middle of a print. */
export function fill(desk: TestDesk): void {
  const history = desk.open()
  history.commit(batch([
    entry('E1', { draft: { dedupeKey: 'p1|j1|done', job: { key: 'j1', file: { name: 'cube.gcode', path: 'cube.gcode', origin: 'local', size: 1 }, startedAt: T0, endedAt: null, user: null } }, seen: true }),
    entry('E2', { draft: { dedupeKey: 'p1|j2|failed', type: 'job.failed', severity: 'critical' } }),
    entry('E3', { draft: { dedupeKey: 'p1|j3|done' }, decisions: [decision({ destinationId: 'hook' })], outbox: [row('R1', { destinationId: 'hook' }), row('R2', { destinationId: 'phone', state: 'held', releaseAt: T0 + 1 })] }),
  ], { memories: [{ printerId: 'p1', memory: memory({ job: 'j4' }) }] }))
  const picture = join(desk.places.snapshots, 'p1', 'E1.jpg')
  mkdirSync(dirname(picture), { recursive: true })
  writeFileSync(picture, 'not really a jpeg, but bytes all the same')
  history.putSnapshot({ eventId: 'E1', printerId: 'p1', at: T0, file: picture, bytes: 41, width: 640, height: 480, why: null })
  history.close()
}

/** What is known already fires no more: the key of E3. */
export const known = draft('p1|j3|done')

export function backup(desk: TestDesk, target: string, over: Partial<BackupParts> = {}): ReturnType<typeof makeBackup> {
  return makeBackup({
    target, places: desk.places, settingsFile: desk.settingsFile, kinds, withPictures: false, passphrase: null, secrets: store, madeBy: '0.1.0', now: T0,
    run: inThisThread, onProgress: () => undefined, signal: new AbortController().signal, ...over,
  })
}

export function stage(desk: TestDesk, file: string, over: Partial<RestoreParts> = {}): Promise<StagedRestore> {
  return stageRestore({ file, places: desk.places, settingsFile: desk.settingsFile, kinds, passphrase: null, now: T0 + 86_400_000, run: inThisThread, onProgress: () => undefined, signal: new AbortController().signal, ...over })
}

/** Resolves with the error; a work that succeeds fails the test. */
export async function failure(work: Promise<unknown>): Promise<BackupError> {
  try {
    await work
  } catch (error) {
    return error as BackupError
  }
  throw new Error('expected an error')
}

/** A container of whatever one likes: what a stranger may send. */
export async function hostile(entries: readonly { header: HeaderData; bytes?: string | Buffer }[]): Promise<Buffer> {
  const pack = new Pack({ gzip: true, portable: true })
  const chunks: Buffer[] = []
  pack.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((done) => pack.on('end', done))
  for (const { header, bytes = '' } of entries) {
    const content = Buffer.from(bytes)
    const one = new ReadEntry(new Header({ mode: 0o600, mtime: new Date(T0), type: 'File', size: content.length, ...header }))
    pack.add(one)
    if (content.length > 0) one.write(content)
    one.end()
  }
  pack.end()
  await ended
  return Buffer.concat(chunks)
}
