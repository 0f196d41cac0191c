/**
 * The fault run: one engine, five destinations, many events, and kills from outside at seeded moments. What is true is asked of those
 * who can't be wrong about it: the events on disk, and the receivers' own receipts.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { asking } from '../support/ask-child.ts'
import { chance, pass } from '../support/fault-kit.ts'
import { memoryLog } from '../support/log.ts'

export interface FaultOptions {
  events: number
  kills: number
  seed: number
  /** The bundle of engine.ts. */
  engine: string
  /** ms; the run fails when it takes longer. */
  limitMs: number
  onProgress?(told: { accepted: number; wanted: number; kills: number }): void
}

export interface FaultResult {
  events: number
  destinations: number
  kills: number
  /** Kills while a receiver held a request that it had accepted and not answered. */
  killsInFlight: number
  /** Events that a destination never accepted. */
  lost: number
  /** Accepted more than once by receivers that know no key, and not explained by an answer that nobody read. */
  duplicatesKeyless: number
  /** The same event under two keys, at receivers that know keys. */
  duplicatesKeyed: number
  /** Accepted, but the sender died before it read the answer: it can't know. */
  ambiguous: number
  seconds: number
}

const RECEIVERS = [
  { id: 'keyed-1', mode: 'keyed' }, { id: 'keyed-2', mode: 'keyed' },
  { id: 'keyless-1', mode: 'keyless' }, { id: 'keyless-2', mode: 'keyless' }, { id: 'keyless-3', mode: 'keyless' },
] as const
const FAILURES = 0.2
const AT_MOST_WAITING = 200
const LOOK_MS = 15
/** A kill falls up to so long after the moment that was drawn. */
const JITTER_MS = 60

interface Receiver {
  id: string
  mode: 'keyed' | 'keyless'
  file: string
  port: number
  child: ChildProcess
  ask(): Promise<{ accepted: number; underWay: number }>
}

interface Receipt { what: 'accepted' | 'known' | 'cut'; event: string; key: string }

/** @throws Error when it does not come to an end in time, or an engine breaks off by itself */
export async function faults(options: FaultOptions): Promise<FaultResult> {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-faults-'))
  const random = chance(options.seed)
  const receivers = await Promise.all(RECEIVERS.map((one, index) => startReceiver(one, join(folder, `${one.id}.jsonl`), options.seed + index)))
  const data = join(folder, 'data')
  const settings = {
    version: 1,
    // What is made here is far more than people get, and old by the end.
    thresholds: { capPerMinute: 1_000_000_000 }, expiry: { progress: 86_400, other: 86_400 },
    printers: [{ id: 'p1', name: 'Fed', server: { kind: 'feed', url: 'http://feed.invalid' } }],
    destinations: receivers.map(({ id, port }) => ({ id, label: id, channel: 'webhook', config: { url: `http://127.0.0.1:${port}/${id}`, format: 'plain', timeoutMs: 1_500 }, events: ['native:*'] })),
  }
  const start = (): ChildProcess => spawn(process.execPath, ['--enable-source-maps', options.engine, JSON.stringify({ data, settings, events: options.events, atMost: AT_MOST_WAITING })], { stdio: ['ignore', 'ignore', 'inherit'] })
  const wanted = options.events * receivers.length
  const moments = Array.from({ length: options.kills }, () => Math.floor(random() * wanted * 0.96)).sort((a, b) => a - b)
  const began = performance.now()
  let kills = 0
  let killsInFlight = 0
  let engine = start()
  try {
    for (;;) {
      if (engine.exitCode !== null) throw new Error(`the engine ended by itself with status ${engine.exitCode}`)
      const answers = await Promise.all(receivers.map((receiver) => receiver.ask()))
      const accepted = sum(answers.map((answer) => answer.accepted))
      options.onProgress?.({ accepted, wanted, kills })
      if (performance.now() - began > options.limitMs) throw new Error(`not done within ${options.limitMs / 1000} s: ${accepted} of ${wanted} were accepted after ${kills} kills`)
      if (kills < moments.length && accepted >= (moments[kills] ?? 0)) {
        await pass(random() * JITTER_MS)
        const underWay = sum((await Promise.all(receivers.map((receiver) => receiver.ask()))).map((answer) => answer.underWay))
        const gone = once(engine, 'exit')
        engine.kill('SIGKILL')
        await gone
        kills += 1
        if (underWay > 0) killsInFlight += 1
        engine = start()
        continue
      }
      if (kills === moments.length && allDelivered(data, options.events, receivers.length)) break
      await pass(kills === moments.length ? 250 : LOOK_MS)
    }
    const seconds = Math.round((performance.now() - began) / 100) / 10
    const gone = once(engine, 'exit')
    engine.kill('SIGTERM')
    await gone
    return { ...judge(idsOnDisk(data), receivers), destinations: receivers.length, kills, killsInFlight, seconds }
  } finally {
    engine.kill('SIGKILL')
    await Promise.all(receivers.map(async ({ child }) => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    }))
    rmSync(folder, { recursive: true, force: true })
  }
}

function judge(ids: readonly string[], receivers: readonly Receiver[]): Pick<FaultResult, 'events' | 'lost' | 'duplicatesKeyless' | 'duplicatesKeyed' | 'ambiguous'> {
  let lost = 0
  let duplicatesKeyless = 0
  let duplicatesKeyed = 0
  let ambiguous = 0
  for (const { mode, file } of receivers) {
    const accepted = new Map<string, Receipt[]>()
    const cut = new Map<string, number>()
    for (const receipt of readFileSync(file, 'utf8').split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Receipt)) {
      if (receipt.what === 'cut') cut.set(receipt.event, (cut.get(receipt.event) ?? 0) + 1)
      else accepted.set(receipt.event, [...(accepted.get(receipt.event) ?? []), receipt])
    }
    ambiguous += sum([...cut.values()])
    lost += ids.filter((id) => !accepted.has(id)).length
    for (const [id, receipts] of accepted) {
      if (mode === 'keyed') duplicatesKeyed += new Set(receipts.map(({ key }) => key)).size - 1
      else duplicatesKeyless += Math.max(0, receipts.length - 1 - (cut.get(id) ?? 0))
    }
  }
  return { events: ids.length, lost, duplicatesKeyless, duplicatesKeyed, ambiguous }
}

/** Read beside the running engine, without its lock. */
function reading<T>(data: string, read: (history: ReturnType<typeof openHistory>) => T): T {
  const history = openHistory({ file: placesIn(data).database, log: memoryLog(), now: () => Date.now(), readOnly: true })
  try {
    return read(history)
  } finally {
    history.close()
  }
}

function allDelivered(data: string, events: number, destinations: number): boolean {
  return reading(data, (history) => history.count({ types: ['server.event'] }, 10_000_000).count >= events
    && history.outbox({ states: ['waiting', 'leased', 'held'], limit: 1 }).length === 0 && destinations > 0)
}

function idsOnDisk(data: string): string[] {
  return reading(data, (history) => {
    const ids: string[] = []
    for (let page = history.events({ types: ['server.event'], limit: 1_000 }); page.length > 0; page = history.events({ types: ['server.event'], limit: 1_000, beforeSeq: page.at(-1)?.seq ?? 0 })) ids.push(...page.map(({ id }) => id))
    return ids
  })
}

async function startReceiver({ id, mode }: (typeof RECEIVERS)[number], file: string, seed: number): Promise<Receiver> {
  const child = fork(join(process.cwd(), 'test', 'faults', 'receiver.mjs'), [file, String(seed), String(FAILURES), mode], { execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { id, mode, file, port, child, ask: asking(child) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
