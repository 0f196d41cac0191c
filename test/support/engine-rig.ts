/** A whole engine with a real database: the servers and the far sides are what the test makes them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { z } from 'zod'
import type { ChannelCapabilities, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../../electron/engine/channels/channel.ts'
import { createEngine, type Engine, type EngineParts } from '../../electron/engine/engine.ts'
import { EVENT_TYPES } from '../../electron/engine/events/model.ts'
import type { History } from '../../electron/engine/history/history.ts'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import type { News } from '../../electron/engine/news.ts'
import type { PresenceState, SecretRef } from '../../electron/engine/ports.ts'
import type { CommandAnswer, ConnectOptions, Connection, PrinterAdapter, PrinterCommand, RawPicture, ServerConfig, Sink, Wanted } from '../../electron/engine/printers/adapter.ts'
import { expandSettings, type EngineSettings } from '../../electron/engine/settings/expand.ts'
import { settingsSchema } from '../../electron/engine/settings/schema.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { systemNet } from '../../electron/engine/system-net.ts'
import { PLAIN_KIND } from './channel-kit.ts'
import { TestClock } from './clock.ts'
import { memoryLog, type MemoryLog } from './log.ts'
import { noSnapshots } from './no-snapshots.ts'
import { NOON } from './rule-fixtures.ts'

/** A server that was connected. */
export interface Connected {
  server: ServerConfig
  sink: Sink
  signal: AbortSignal
  options: ConnectOptions
  rechecks: number
  /** What was asked for after it was connected. */
  wants: Wanted[]
  commands: PrinterCommand[]
  /** Cameras of which a still was asked for. */
  stills: (string | null)[]
}

export interface World {
  online: boolean | null
  /** Whether connections end when they are asked to. */
  closes: boolean
  /** Answers of the far sides, by destination; delivered when not given. */
  send: Record<string, (sending: Sending) => Promise<Verdict>>
  closeChannel: () => Promise<void>
  env: Record<string, string>
  presence: PresenceState
  still: () => Promise<RawPicture>
  command: () => Promise<CommandAnswer>
}

export interface Rig {
  clock: TestClock
  history: History
  log: MemoryLog
  news: News[]
  engine: Engine
  world: World
  /** By server, the last one. */
  connected: Map<string, Connected>
  /** All there ever were, in order. */
  connections: Connected[]
  /** All that were opened, and closed, in order. */
  channels: { opened: DestinationConfig[]; closed: string[] }
  /** Printers of which a change was told, in order. */
  states: string[]
  /** What the engine runs on, from settings as people write them. */
  expand(settings: unknown): EngineSettings
  /** Goes on with new settings, and waits until that is done. */
  apply(settings: unknown): Promise<void>
  sent: { destinationId: string; sending: Sending }[]
  opened: { type: string | null; url: string | null }[]
  /** Presses a button as a channel tells it. */
  press: ChannelPorts['pressed']
  /** The news as short words, in order. */
  told(): string[]
  server(id: string): Connected
  stop(deadlineMs?: number): Promise<void>
}

export interface RigOptions {
  settings: unknown
  /** At which the clock stands; epoch ms. */
  at?: number
  /** This computer's; absent = not known. */
  locale?: string
  /** How long the first server has to itself; absent = not at all. */
  headStartMs?: number
  history?: (history: History) => History
  capabilities?: Partial<ChannelCapabilities>
  /** What else the one channel kind is to be. */
  kind?: Partial<ChannelKind>
  /** The servers' own words of a printer; absent = they have none. */
  context?: NonNullable<Connection['context']>
  /** Called inside connect(), where a server's adapter may break. */
  whileConnecting?: (server: ServerConfig, sink: Sink) => void
}

export function dataFolder(): { file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-engine-'))
  return { file: join(folder, 'printbell.db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

let ids = 0

export function engineRig(file: string, options: RigOptions): Rig {
  const clock = new TestClock(options.at ?? NOON)
  const log = memoryLog()
  const stored = openHistory({ file, log, now: () => clock.now() })
  const history = options.history?.(stored) ?? stored
  const news: News[] = []
  const opened: Rig['opened'] = []
  const sent: Rig['sent'] = []
  const connected = new Map<string, Connected>()
  const connections: Connected[] = []
  const opening: Rig['channels'] = { opened: [], closed: [] }
  const states: string[] = []
  const world: World = {
    online: true, closes: true, send: {}, closeChannel: async () => undefined, env: {},
    presence: 'unknown', still: () => Promise.reject(new Error('no camera')), command: async () => ({ result: 'accepted', detail: '' }),
  }
  let press: ChannelPorts['pressed'] = () => undefined

  const adapter: PrinterAdapter = {
    kind: 'fake', displayName: 'Fake', secretFields: { apiKey: { label: 'API key', required: false } },
    settingsSchema: z.object({ url: z.string() }),
    capabilities: { push: true, discover: false, pair: false, snapshot: false, commands: [], events: new Set(EVENT_TYPES), jobSurvivesServer: false },
    webUrl: (settings) => (settings as { url: string }).url,
    test: () => Promise.reject(new Error('not asked')),
    connect(server, sink, signal, _ports, given): Connection {
      options.whileConnecting?.(server, sink)
      const one: Connected = { server, sink, signal, options: given, rechecks: 0, wants: [], commands: [], stills: [] }
      connections.push(one)
      connected.set(server.id, one)
      return {
        closed: new Promise((done) => signal.addEventListener('abort', () => { if (world.closes) done() })),
        snapshot(_sourceId, cameraId) {
          one.stills.push(cameraId)
          return world.still()
        },
        command(_sourceId, command) {
          one.commands.push(command)
          return world.command()
        },
        ...(options.context ? { context: options.context } : {}),
        want: (wanted) => void one.wants.push(wanted),
        recheck: () => { one.rechecks += 1 },
      }
    },
  }
  const kind: ChannelKind = {
    ...PLAIN_KIND, kind: 'hook', displayName: 'Hook', configSchema: z.object({}), secretFields: { token: { label: 'Token', required: false } },
    capabilities: { image: 'none', maxText: null, maxImageBytes: null, canUpdate: false, actions: true, idempotencyKey: true, local: false, ...options.capabilities },
    validateConfig: (config) => ({ ok: true, config }), prerequisites: () => [], supportedFeatures: () => new Set(EVENT_TYPES),
    open(config, ports) {
      const { destinationId } = config
      press = ports.pressed
      opening.opened.push(config)
      const send = async (sending: Sending): Promise<Verdict> => {
        sent.push({ destinationId, sending })
        return world.send[destinationId]?.(sending) ?? { result: 'delivered', detail: 'ok' }
      }
      const close = (): Promise<void> => {
        opening.closed.push(destinationId)
        return world.closeChannel()
      }
      return { sendPrinterNotification: send, sendFailureAlert: send, sendTestMessage: send, close }
    },
    ...options.kind,
  }
  const adapters = new Map([['fake', adapter]])
  const toast: ChannelKind = { ...kind, kind: 'toast', displayName: 'Toast', capabilities: { ...kind.capabilities, local: true, canUpdate: true } }
  const channels = new Map([['hook', kind], ['toast', toast]])
  const expand = (settings: unknown): EngineSettings => expandSettings(settingsSchema().parse(settings), { adapters, channels }, { path: null }).engine
  const parts: EngineParts = {
    settings: expand(options.settings),
    adapters, channels, history, clock, log,
    snapshots: noSnapshots('none in this test'),
    secrets: {
      async resolve(ref: SecretRef) {
        const value = 'env' in ref ? world.env[ref.env] : undefined
        if (value === undefined) throw new Error(`The environment variable ${'env' in ref ? ref.env : '?'} is not set.`)
        return new Secret(value)
      },
    },
    random: () => 0.5,
    net: { ...systemNet(), online: () => world.online },
    presence: { current: () => world.presence },
    ...(options.locale === undefined ? {} : { locale: options.locale }),
    ...(options.headStartMs === undefined ? {} : { headStartMs: options.headStartMs }),
    ulid: () => `01KF${String(++ids).padStart(22, '0')}`,
    onNews: (one) => void news.push(one),
    onState: (printerId) => void states.push(printerId),
    onOpen: ({ event, url }) => void opened.push({ type: event?.type ?? null, url }),
  }
  const engine = createEngine(parts)
  return {
    clock, history: stored, log, news, engine, world, connected, connections, channels: opening, states, sent, opened, expand,
    async apply(settings) {
      let done = false
      const applied = engine.apply(expand(settings)).then(() => { done = true })
      await clock.advance(0)
      if (!done) throw new Error('the settings were not applied at once')
      await applied
    },
    press: (pressed) => press(pressed),
    told: () => news.map(inWords),
    server(id) {
      const one = connected.get(id)
      if (!one) throw new Error(`server ${id} was not connected`)
      return one
    },
    async stop(deadlineMs = 4_000) {
      let done = false
      const stopped = engine.stop(deadlineMs).then(() => { done = true })
      await clock.advance(0)
      if (!done) await clock.advance(deadlineMs)
      if (!done) throw new Error(`the engine did not stop within ${deadlineMs} ms`)
      await stopped
    },
  }
}

function inWords(one: News): string {
  switch (one.line) {
    case 'event': return `event ${one.event.type}${one.event.printerId ? ` of ${one.event.printerId}` : ''}`
    case 'suppressed': return `suppressed ${one.type}: ${one.reason}`
    case 'decision': return `decision ${one.decision} to ${one.destinationId}: ${one.reason}`
    case 'attempt': return `attempt ${one.number} at ${one.destinationId}: ${one.result}`
    case 'link': return `link ${one.link} of ${one.serverId}${one.cause ? `: ${one.cause}` : ''}`
    case 'notice': return `notice ${one.level}: ${one.text}`
  }
}

/** Engines of one test file: each test has a data folder of its own, and what it started is let go of at its end. */
export interface Rigs {
  /** One that the test starts by itself. */
  make(options?: RigOptions): Rig
  /** @param before what the world is to be before the engine starts */
  start(options?: RigOptions, before?: (rig: Rig) => void): Promise<Rig>
  /** As kill -9 leaves it: nobody stops anything, the system closes the files. */
  kill(rig: Rig): void
  /** The database's file of this test. */
  file(): string
}

/** @param usual what an engine starts with when the test says nothing else */
export function engineRigs(usual: RigOptions): Rigs {
  let folder: ReturnType<typeof dataFolder>
  const running: Rig[] = []
  beforeEach(() => {
    folder = dataFolder()
  })
  afterEach(() => {
    for (const rig of running.splice(0)) rig.history.close()
    folder.remove()
  })
  const make = (options = usual): Rig => {
    const rig = engineRig(folder.file, options)
    running.push(rig)
    return rig
  }
  return {
    make,
    async start(options = usual, before = () => undefined) {
      const rig = make(options)
      before(rig)
      await rig.engine.start()
      await rig.clock.advance(0)
      return rig
    },
    kill(rig) {
      running.splice(running.indexOf(rig), 1)
      rig.history.close()
    },
    file: () => folder.file,
  }
}
