/**
 * What a history of a million events costs beside being looked at: starting on it, what the delivery asks of it, reports, a backup, and
 * deleting what is old. The engine's thread must not be held up by any of it.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jobsInThread } from '../../electron/engine/backup/start.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import type { History } from '../../electron/engine/history/history.ts'
import { markingAll } from '../../electron/engine/history/mark-all.ts'
import { pruneLimits } from '../../electron/engine/history/retention.ts'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import { makeReport, type ReportJob } from '../../electron/engine/why/reports.ts'
import { memoryLog } from '../support/log.ts'
import { percentile, round, startBenchEngine } from './lib/engine.ts'
import { addDeliveries, BEGAN, makeHistory, STEP_MS } from './lib/million.ts'
import { startMiniMoonraker } from './lib/mini-moonraker.ts'
import { watched } from './lib/stalls.ts'

const EVENTS = 1_000_000
const NOW = BEGAN + EVENTS * STEP_MS
const ROUNDS = 20
const CHUNKS = 100
const STARTS = 3
/** A third of the history is old enough to go, and pictures are over their bytes. */
const RETENTION = { eventDays: 150, pictureDays: 20, pictureBytes: 1_000_000_000, keepUnseen: true }
/** What is asked while messages wait to be sent; ms at p95. */
const LIMIT_ASKED_MS = 10
/** What a farm that nobody looks at makes in some weeks. */
const UNSEEN = 200_000
/** What a person does not notice; the machine's other work is in it too. ms */
const LIMIT_STALL_MS = 100
/** A chunk of what is deleted; most of it is waiting for the disk. ms */
const LIMIT_CHUNK_MS = 50
const LIMIT_CHUNK_CPU_MS = 15
/** A start on it beside one on an empty folder. */
const LIMIT_START = 1.5

interface Measured { name: string; value: number; unit: string; baseline: number | null; ratio: number | null; limit: number | null; limitRatio?: number }
const told = (name: string, value: number, unit: string, limit: number | null = null): Measured => ({ name, value: round(value, 2), unit, baseline: null, ratio: null, limit })

export async function run(): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-upkeep-'))
  try {
    const data = join(folder, 'data')
    await mkdir(data, { mode: 0o700 })
    const file = join(data, 'printbell.db')
    makeHistory(file, EVENTS)
    addDeliveries(file, EVENTS)
    const results: Measured[] = []
    const history = openHistory({ file, log: memoryLog(), now: () => NOW })
    try {
      results.push(...asked(history), ...(await reports(file)), ...(await backup(file, folder)), ...(await seeingAll(history)), ...deleting(history))
    } finally {
      history.close()
    }
    return [await starting(data), ...results]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function starting(data: string): Promise<Measured> {
  // The first one may build.
  await startOn()
  const [whole, empty]: [number[], number[]] = [[], []]
  for (let n = 0; n < STARTS; n++) {
    whole.push(await startOn(data))
    empty.push(await startOn())
  }
  const [value, baseline] = [percentile(whole, 0.5), percentile(empty, 0.5)]
  return { name: 'start of the engine until its printer is connected, beside one on an empty folder', value: round(value), unit: 'ms', baseline: round(baseline), ratio: round(value / baseline, 2), limit: null, limitRatio: LIMIT_START }
}

async function startOn(data?: string): Promise<number> {
  const server = await startMiniMoonraker()
  try {
    const began = performance.now()
    const engine = await startBenchEngine([{ kind: server.kind, url: server.url, apiKey: null }], [{ id: 'log', label: 'Log', channel: 'webhook', config: { url: 'http://127.0.0.1:9/' } }], {}, {}, data)
    await engine.up
    const ms = performance.now() - began
    await engine.stop()
    return ms
  } finally {
    await server.stop()
  }
}

/** The delivery asks this before each message or at each closed gate, the window at each look. */
function asked(history: History): Measured[] {
  const questions: Readonly<Record<string, () => unknown>> = {
    'what is due': () => history.due(),
    'what waits for a destination': () => history.outbox({ destinationId: 'log', states: ['waiting', 'held', 'leased'], limit: 1_000 }),
    'what is being sent': () => history.outbox({ states: ['leased'], limit: 100 }),
    'what is past its time at a destination': () => history.overdue('log', NOW, 100),
    'what of an event went to a destination': () => history.outbox({ eventId: '01J00000000000000000500000', destinationId: 'log', states: ['delivered'] }),
    'the last try at a destination': () => history.attempts({ destinationId: 'log', limit: 1 }),
    'what was not delivered': () => history.deadLetters({}),
    'how many are unseen': () => history.unseenCount(),
  }
  return Object.entries(questions).map(([name, ask]) => told(`${name}, p95`, percentile(timesOf(ask, ROUNDS), 0.95), 'ms', LIMIT_ASKED_MS))
}

function timesOf(work: () => unknown, rounds: number): number[] {
  return Array.from({ length: rounds }, () => {
    const began = performance.now()
    work()
    return performance.now() - began
  })
}

/** In this very thread, as the headless engine's commands do it. */
async function reports(database: string): Promise<Measured[]> {
  const jobs: Readonly<Record<string, ReportJob>> = {
    'noise report of a month': { what: 'noise', database, now: NOW, days: 30 },
    'daily counts of 90 days': { what: 'counts', database, now: NOW, days: 90, zone: 'Europe/Berlin' },
  }
  const results: Measured[] = []
  for (const [name, job] of Object.entries(jobs)) {
    const { ms } = await watched(() => makeReport(job, () => new Promise((done) => { setImmediate(done) }), new AbortController().signal))
    results.push(told(name, ms, 'ms'))
  }
  return results
}

/** The history and nothing else, in its thread. */
async function backup(database: string, folder: string): Promise<Measured[]> {
  const { ms, stall } = await watched(() => jobsInThread()({
    job: 'make', target: join(folder, 'a.printbell-backup'), work: join(folder, 'work'), database, pictures: null, snapshots: join(folder, 'snapshots'),
    settings: { text: '{"version":1}', version: 1, printers: 0, destinations: 0 }, sealed: null, madeBy: 'bench', at: NOW,
  }, () => undefined, new AbortController().signal))
  return [told('backup of the history', ms / 1000, 's'), told('longest stall of the main thread meanwhile', stall, 'ms', LIMIT_STALL_MS)]
}

/** Of the newest events, which are not old enough to be deleted later. */
async function seeingAll(history: History): Promise<Measured[]> {
  const newest = history.newestSeq()
  history.markUnseen({ seqs: Array.from({ length: UNSEEN }, (_, back) => newest - back) })
  const before = history.unseenCount()
  const marking = markingAll({ history, clock: systemClock() })
  const all = await watched(marking.all)
  const left = history.unseenCount()
  const back = await watched(marking.undo)
  if (all.result !== before || left !== 0 || back.result !== before || history.unseenCount() !== before) throw new Error(`of ${before} unseen events ${all.result} were marked, ${left} were left, and ${back.result} taken back`)
  return [
    told('"mark all seen": events', before, ''),
    told('the same', all.ms / 1000, 's'),
    told('longest stall of the main thread meanwhile, marking', all.stall, 'ms', LIMIT_STALL_MS),
    told('taking it back', back.ms / 1000, 's'),
    told('longest stall of the main thread meanwhile, taking back', back.stall, 'ms', LIMIT_STALL_MS),
  ]
}

/** A chunk is one stall of the engine's thread: it is deleted there, so that no other connection ever holds the lock. */
function deleting(history: History): Measured[] {
  const before = process.cpuUsage()
  const times = timesOf(() => history.prune(pruneLimits(RETENTION, NOW)), CHUNKS)
  const { user, system } = process.cpuUsage(before)
  const ofPictures = timesOf(() => history.prune(pruneLimits({ ...RETENTION, eventDays: 0 }, NOW)), ROUNDS)
  return [
    told('deleting a chunk of old events, p50', percentile(times, 0.5), 'ms', LIMIT_CHUNK_MS),
    told('the same, p95: as long as the disk takes', percentile(times, 0.95), 'ms'),
    told('the same: processor', (user + system) / 1000 / CHUNKS, 'ms', LIMIT_CHUNK_CPU_MS),
    told('deleting a chunk of old pictures, p50', percentile(ofPictures, 0.5), 'ms', LIMIT_CHUNK_MS),
  ]
}
