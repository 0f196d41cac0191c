/** The engine as it runs for people, with the real adapters, database, clock and network, and one destination that keeps what it gets. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { monotonicFactory } from 'ulid'
import { expect } from 'vitest'
import { z } from 'zod'
import type { ChannelKind, Sending } from '../../electron/engine/channels/channel.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import type { Outcome, WishAction } from '../../electron/engine/commands/wish.ts'
import { createEngine, type Engine } from '../../electron/engine/engine.ts'
import { EVENT_TYPES, type EventType, type PrinterEvent, type PrinterState } from '../../electron/engine/events/model.ts'
import type { History } from '../../electron/engine/history/history.ts'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import type { News } from '../../electron/engine/news.ts'
import type { SecretRef } from '../../electron/engine/ports.ts'
import { adapters } from '../../electron/engine/printers/registry.ts'
import { expandSettings } from '../../electron/engine/settings/expand.ts'
import { settingsSchema } from '../../electron/engine/settings/schema.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { createPictures } from '../../electron/engine/snapshots/codec.ts'
import { createSnapshots } from '../../electron/engine/snapshots/store.ts'
import { systemNet } from '../../electron/engine/system-net.ts'
import { until } from './adapter-kit.ts'
import { PLAIN_KIND } from './channel-kit.ts'
import { memoryLog, type MemoryLog } from './log.ts'
import { noSnapshots } from './no-snapshots.ts'

const DESTINATION = 'all'
const STOP_MS = 4_000

/** One printer and the server that speaks for it; `secrets` by the name of the field. */
export interface WatchedPrinter {
  id: string
  server: { kind: string; [setting: string]: unknown }
  secrets?: Record<string, string>
  /** What else its settings say. */
  more?: Record<string, unknown>
}

export interface RealEngine {
  engine: Engine
  history: History
  log: MemoryLog
  news: News[]
  /** Every event of the printer, in order and in words: "job.cancelled user by us late". Absent = of all, with the printer before. */
  told(printerId?: string): string[]
  /** The types of the printer's events in order, but for what only depends on how far or how warm a print got in the time of a test. */
  edges(printerId: string): EventType[]
  events(printerId: string, type?: EventType): PrinterEvent[]
  state(printerId: string): PrinterState
  /** Causes of its links, as the news told them: "up", "auth_failed key_invalid". */
  links(printerId: string): string[]
  /** Waits until the printer is seen. */
  up(printerId: string): Promise<void>
  /** Waits until so many events of this type were told of the printer; 1 unless given. */
  wait(printerId: string, type: EventType, times?: number, timeoutMs?: number): Promise<PrinterEvent>
  /** Waits until the state of the printer fits. */
  waitState(printerId: string, what: string, fits: (state: PrinterState) => boolean, timeoutMs?: number): Promise<void>
  /** A person's wish at the command line; a cancel is confirmed. */
  wish(printerId: string, action: WishAction): Promise<Outcome>
  /** What the destination was sent, in order. */
  received: readonly Sending[]
  /** Waits until the destination has what was told, and fails when it got something twice or something else. */
  delivered(): Promise<void>
  /** Stops it; the database stays for the next. */
  stop(): Promise<void>
}

export interface RealDesk {
  /** Starts an engine over the desk's database: one after the other. With `pictures` it takes and stores those of its events, in the desk's folder. */
  start(printers: readonly WatchedPrinter[], thresholds?: Record<string, unknown>, kept?: { pictures?: boolean }): Promise<RealEngine>
  /** Stops what runs and deletes the folder. */
  close(): Promise<void>
}

const IN_TIME = new Set<EventType>(['job.first_layer_done', 'job.layer', 'job.progress', 'job.eta_slipped', 'job.stalled', 'heater.target_reached', 'heater.cooled'])

/** What tests of jobs do not want between their events is off, and pauses are told soon. */
export const ONLY_EDGES = { progressStep: 0, finishingSoon: 0, stalledAfter: 600, capPerMinute: 600, pauseGrace: 1 }

/** Never started here: the pictures of these tests need no turning. */
const CODEC = new URL('../../electron/engine/snapshots/codec-process.ts', import.meta.url)

const inWords = ({ type, reason, byUs, late }: PrinterEvent): string => [type, reason, byUs ? 'by us' : undefined, late ? 'late' : undefined].filter((part) => part !== undefined).join(' ')

/** A folder of its own below the system's temporary ones. */
export function realDesk(): RealDesk {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-real-'))
  let running: RealEngine | null = null
  return {
    async start(printers, thresholds = ONLY_EDGES, { pictures = false } = {}) {
      await running?.stop()
      running = await startReal(join(folder, 'printbell.db'), printers, thresholds, pictures)
      return running
    },
    async close() {
      await running?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startReal(file: string, printers: readonly WatchedPrinter[], thresholds: Record<string, unknown>, pictured: boolean): Promise<RealEngine> {
  const clock = systemClock()
  const log = memoryLog()
  const history = openHistory({ file, log, now: () => clock.now() })
  const news: News[] = []
  const received: Sending[] = []
  const secrets = new Map<string, string>(printers.flatMap(({ id, secrets: given = {} }) => Object.entries(given).map(([field, value]) => [`${id}.${field}`, value] as const)))
  const settings = settingsSchema().parse({
    version: 1,
    thresholds,
    printers: printers.map(({ id, server, more = {}, secrets: given = {} }) => ({ ...more, id, name: id, server: { ...server, ...Object.fromEntries(Object.keys(given).map((field) => [field, { env: `${id}.${field}` }])) } })),
    destinations: [{ id: DESTINATION, label: 'All', channel: 'keeper', events: ['*'] }],
    // What was done here is told like everything else.
    notifyMyself: true,
  })
  const channels = new Map([['keeper', keeper(received, pictured)]])
  const expanded = expandSettings(settings, { adapters, channels }, { path: null })
  const engine = createEngine({
    settings: expanded.engine, adapters, channels, history, clock, log,
    snapshots: pictured ? createSnapshots({ dir: join(dirname(file), 'pictures'), pictures: createPictures({ clock, log, entry: CODEC }), clock, log }) : noSnapshots('none in this test'),
    secrets: {
      async resolve(ref: SecretRef) {
        const value = 'env' in ref ? secrets.get(ref.env) : undefined
        if (value === undefined) throw new Error('The secret is not there.')
        return new Secret(value)
      },
    },
    random: Math.random,
    net: { ...systemNet(), online: () => true },
    presence: { current: () => 'unknown' },
    ulid: monotonicFactory(),
    onNews: (one) => void news.push(one),
    onOpen: () => undefined,
  })
  const all = (): PrinterEvent[] => news.flatMap((one) => (one.line === 'event' && one.event.printerId ? [one.event] : []))
  const of = (printerId: string): PrinterEvent[] => all().filter((event) => event.printerId === printerId)
  let stopped = false
  const real: RealEngine = {
    engine, history, log, news, received,
    told: (printerId) => (printerId === undefined ? all().map((event) => `${event.printerId}: ${inWords(event)}`) : of(printerId).map(inWords)),
    edges: (printerId) => of(printerId).map(({ type }) => type).filter((type) => !IN_TIME.has(type)),
    events: (printerId, type) => of(printerId).filter((event) => type === undefined || event.type === type),
    state(printerId) {
      const view = engine.printers().find(({ id }) => id === printerId)
      if (!view) throw new Error(`there is no printer ${printerId}`)
      return view.state
    },
    // The shorthand makes a server of the printer's own id.
    links: (printerId) => news.flatMap((one) => (one.line === 'link' && one.serverId.includes(printerId) ? [`${one.link}${one.cause === null ? '' : ` ${one.cause}`}`] : [])),
    up: (printerId) => real.waitState(printerId, 'the printer is seen', ({ link, device }) => link === 'up' && device !== 'unknown'),
    async wait(printerId, type, times = 1, timeoutMs = 20_000) {
      await explained(`${times} x ${type} of ${printerId}`, () => real.events(printerId, type).length >= times, timeoutMs)
      return real.events(printerId, type)[times - 1] as PrinterEvent
    },
    waitState: (printerId, what, fits, timeoutMs = 20_000) => explained(`${printerId}: ${what}`, () => fits(real.state(printerId)), timeoutMs),
    wish(printerId, action) {
      const now = clock.now()
      return engine.handle({ printerId, jobKey: null, action, from: 'cli', madeAt: now, expiresAt: now + 60_000, confirmed: true, eventId: null })
    },
    async delivered() {
      const ids = (): string[] => received.map(({ deliveryKey }) => deliveryKey).sort()
      const wanted = all().map(({ id }) => `${id}.${DESTINATION}`).sort()
      await explained('everything is delivered', () => received.length >= wanted.length, 20_000)
      expect(ids()).toEqual(wanted)
      // On disk is what was told, each once.
      expect(history.events({ limit: 1_000 }).map(({ id }) => id)).toEqual(expect.arrayContaining(all().map(({ id }) => id)))
    },
    async stop() {
      if (stopped) return
      stopped = true
      await engine.stop(STOP_MS)
      history.close()
    },
  }
  /** A deadline that passes tells what there was instead. */
  async function explained(what: string, check: () => boolean, timeoutMs: number): Promise<void> {
    await until(what, check, timeoutMs).catch((error: unknown) => {
      const links = news.flatMap((one) => (one.line === 'link' ? [`${one.serverId} ${one.link} ${one.cause ?? ''} ${one.detail ?? ''}`] : []))
      const states = engine.printers().map(({ id, state: { link, device, job } }) => `${id} ${link} ${device} ${job}`)
      throw new Error(`${(error as Error).message}\ntold: ${real.told().join(', ')}\nstates: ${states.join(', ')}\nlinks: ${links.join(' | ')}`)
    })
  }
  await engine.start()
  return real
}

function keeper(received: Sending[], pictured: boolean): ChannelKind {
  const send = async (sending: Sending): Promise<{ result: 'delivered'; detail: string }> => {
    received.push(sending)
    return { result: 'delivered', detail: 'kept' }
  }
  return {
    ...PLAIN_KIND, kind: 'keeper', displayName: 'Keeper', configSchema: z.object({}), secretFields: {},
    capabilities: { image: pictured ? 'upload' : 'none', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: true, local: false, everyEvent: true },
    validateConfig: (config) => ({ ok: true, config }), prerequisites: () => [], supportedFeatures: () => new Set(EVENT_TYPES),
    open: () => ({ sendPrinterNotification: send, sendFailureAlert: send, sendTestMessage: send, close: async () => undefined }),
  }
}
