/** What adapter tests need: ports with the real network, a sink that keeps everything, waiting by condition. */
import type { JobFile, LinkObservation, Observation, Signal } from '../../electron/engine/events/model.ts'
import type { AdapterPorts, ConnectOptions, ServerConfig, Sink, Wanted } from '../../electron/engine/printers/adapter.ts'
import type { Clock } from '../../electron/engine/ports.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import type { TestClock } from './clock.ts'
import { systemNet } from '../../electron/engine/system-net.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { memoryLog, type MemoryLog } from './log.ts'

export interface TestPorts extends AdapterPorts {
  log: MemoryLog
}

/** Real network and clock (or the given clock), fixed chance, a log that is kept. */
export function testPorts(clock: Clock = systemClock()): TestPorts {
  return { clock, random: () => 0.5, net: { ...systemNet(), online: () => true }, log: memoryLog() }
}

export const NOTHING_WANTED: Wanted = { types: new Set(), natives: new Set(), layers: false, messages: false }

/** A printer never seen before, nothing subscribed. */
export function firstTime(wanted: Partial<Wanted> = {}): ConnectOptions {
  return { remembered: { lastSeenAt: () => null, activeJob: () => null }, wanted: { ...NOTHING_WANTED, ...wanted } }
}

export function serverConfig<S>(kind: string, settings: S, secrets: Record<string, string> = {}): ServerConfig<S> {
  return { id: 'server', kind, settings, secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])) }
}

export interface RecordingSink extends Sink {
  links: LinkObservation[]
  observations: Observation[]
  junked: string[]
  /** Everything in its order: "link up", "state", "job_started". */
  order: string[]
  signals(): Signal[]
  /** Types of the signals so far, without native_only. */
  signalTypes(): string[]
  lastLink(): string | null
}

export function recordingSink(): RecordingSink {
  const links: LinkObservation[] = []
  const observations: Observation[] = []
  const junked: string[] = []
  const order: string[] = []
  const signals = () => observations.flatMap((one) => (one.kind === 'signal' ? [one.signal] : []))
  return {
    links, observations, junked, order, signals,
    link: (one) => {
      links.push(one)
      order.push(`link ${one.link}`)
    },
    observe: (one) => {
      observations.push(one)
      order.push(one.kind === 'state' ? (one.full ? 'full state' : 'state') : one.kind === 'signal' ? one.signal.type : one.kind)
    },
    junk: (what) => junked.push(what),
    signalTypes: () => signals().map((one) => one.type).filter((type) => type !== 'native_only'),
    lastLink: () => links.at(-1)?.link ?? null,
  }
}

/** Waits in real time until `check` is true. @throws Error naming what did not come */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Not in time: ${what}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}

const ACTIVE = new Set(['preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling'])

/**
 * A sink that remembers like the engine does: last sight while the link is up, and the job that ran then. What it
 * remembered may be carried into the next connection, as over a restart of the engine.
 */
export function rememberingSink(from?: { lastSeenAt: number | null; job: { file: JobFile; startedAt: number | null; jobId: null } | null }): RecordingSink & { memory: { lastSeenAt: number | null; job: { file: JobFile; startedAt: number | null; jobId: null } | null }; options(wanted?: Partial<Wanted>): ConnectOptions } {
  const sink = recordingSink()
  const memory = from ?? { lastSeenAt: null, job: null }
  let up = false
  let file: JobFile | null = null
  const { link, observe } = sink
  return Object.assign(sink, {
    memory,
    link(one: LinkObservation) {
      link(one)
      up = one.link === 'up'
      if (up) memory.lastSeenAt = one.at
    },
    observe(one: Observation) {
      observe(one)
      if (up) memory.lastSeenAt = one.at
      if (one.kind === 'signal' && one.signal.type === 'outcome') memory.job = null
      if (one.kind === 'signal' && one.signal.type === 'job_started') memory.job = { file: one.signal.file, startedAt: one.at, jobId: null }
      if (one.kind !== 'state') return
      if (one.state.file !== undefined) file = one.state.file
      if (one.state.job === undefined) return
      if (!ACTIVE.has(one.state.job)) memory.job = null
      else if (memory.job === null && file !== null) memory.job = { file, startedAt: one.at, jobId: null }
    },
    options: (wanted: Partial<Wanted> = {}): ConnectOptions => ({
      remembered: { lastSeenAt: () => memory.lastSeenAt, activeJob: () => memory.job },
      wanted: { ...NOTHING_WANTED, ...wanted },
    }),
  })
}

/** Waits for `check` while real sockets work and the test's clock moves `stepMs` each few real ones. @throws Error naming what did not come */
export async function untilOn(clock: TestClock, what: string, check: () => boolean, virtualMs = 300_000, stepMs = 50): Promise<void> {
  const deadline = clock.monotonic() + virtualMs
  while (!check()) {
    if (clock.monotonic() > deadline) throw new Error(`Not in time: ${what}`)
    await clock.advance(stepMs)
    await new Promise((done) => setTimeout(done, 4))
  }
}
