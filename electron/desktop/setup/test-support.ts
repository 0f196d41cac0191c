/** What the tests of setup share: a made-up kind of server, and settings that live in memory. */
import { z } from 'zod'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog, type MemoryLog } from '../../../test/support/log.ts'
import type { PushName } from '../../bridge/contract.ts'
import type { Saved } from '../../bridge/views/common.ts'
import type { AdapterPorts, Discovered, PairStep, PrinterAdapter, ServerConfig, TestCause, TestResult } from '../../engine/printers/adapter.ts'
import { systemNet } from '../../engine/system-net.ts'
import { parseSettings } from '../../engine/settings/load.ts'
import { expandSettings } from '../../engine/settings/expand.ts'
import type { Addition, SettingsKeeper } from '../ports.ts'
import type { SetupParts } from './parts.ts'

export interface FakeKind {
  adapter: PrinterAdapter
  /** Configs that were tested, in order. */
  tested: ServerConfig[]
  /** Announces a server, or ends the search. */
  announce(found: Partial<Discovered> | null): void
  /** Goes on with the pairing that began last. */
  step(step: PairStep | null): void
  /** How many searches and pairings run. */
  searching(): number
  pairing(): number
}

export const SETTINGS = z.object({ url: z.string(), pin: z.string().regex(/^..:..:..:..$/, 'a fingerprint has eleven characters').optional() })

export function answer(cause: TestCause, more: Partial<TestResult> = {}): TestResult {
  return { cause, detail: `It is ${cause}.`, version: null, permissions: null, fingerprint: null, sources: [], camera: null, ...more }
}

/** A queue that is read as it is filled, until null comes or the signal aborts. */
function queue<T>(): { put(value: T | null): void; read(signal: AbortSignal): AsyncGenerator<T> } {
  const waiting: (T | null)[] = []
  let wake = () => undefined as void
  return {
    put(value) {
      waiting.push(value)
      wake()
    },
    async* read(signal) {
      signal.addEventListener('abort', () => wake(), { once: true })
      while (!signal.aborted) {
        const next = waiting.shift()
        if (next === null) return
        if (next !== undefined) yield next
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

export function fakeKind(kind: string, options: { test?: (config: ServerConfig, signal: AbortSignal) => TestResult | Promise<TestResult>; pairs?: boolean; many?: boolean } = {}): FakeKind {
  const finds = queue<Discovered>()
  let steps = queue<PairStep>()
  const tested: ServerConfig[] = []
  let searching = 0
  let pairing = 0
  const adapter: PrinterAdapter = {
    kind,
    displayName: kind.toUpperCase(),
    settingsSchema: SETTINGS,
    secretFields: { apiKey: { label: 'API key', required: true } },
    capabilities: { push: false, discover: true, pair: options.pairs ?? true, snapshot: false, commands: [], events: new Set(), jobSurvivesServer: false, ...(options.many ? { manyPrinters: true } : {}) },
    webUrl: (settings) => `${SETTINGS.parse(settings).url}/`,
    async* discover(_ports: AdapterPorts, signal: AbortSignal) {
      searching += 1
      try {
        yield* finds.read(signal)
      } finally {
        searching -= 1
      }
    },
    async test(config, _ports, signal) {
      tested.push(config)
      return (await options.test?.(config, signal)) ?? answer('ok')
    },
    ...(options.pairs === false ? {} : {
      async* pair(_config: ServerConfig, _ports: AdapterPorts, signal: AbortSignal) {
        pairing += 1
        steps = queue<PairStep>()
        try {
          yield* steps.read(signal)
        } finally {
          pairing -= 1
        }
      },
    }),
    connect: () => {
      throw new Error('setup connects nothing')
    },
  }
  return {
    adapter,
    tested,
    announce: (found) => finds.put(found === null ? null : { kind, id: 'id', name: 'octopi', url: 'http://octopi.local', version: null, ...found }),
    step: (step) => steps.put(step),
    searching: () => searching,
    pairing: () => pairing,
  }
}

export interface FakeKeeper extends SettingsKeeper {
  added: Addition[]
  secretsSet: { id: string; field: string; value: string | null }[]
  /** What the next writes are answered with. */
  refuse: Saved | null
}

/** Keeps servers and printers as the real one does, as far as setup can tell. */
export function fakeKeeper(kinds: ReadonlyMap<string, PrinterAdapter>): FakeKeeper {
  const raw = { version: 1, servers: [] as Record<string, unknown>[], printers: [] as { id: string; name: string; sources: { server: string; sourceId?: string }[] }[] }
  const listeners = new Set<Parameters<SettingsKeeper['onChanged']>[0]>()
  const settings = () => parseSettings(structuredClone(raw), { path: null }).settings
  const engine = () => expandSettings(settings(), { adapters: kinds, channels: new Map() }, { path: null }).engine
  const tell = () => listeners.forEach((listener) => listener(settings(), engine()))
  const keeper: FakeKeeper = {
    added: [], secretsSet: [], refuse: null,
    settings,
    engine,
    view: () => {
      throw new Error('setup shows no settings')
    },
    async change(change) {
      if (keeper.refuse?.ok === false) return keeper.refuse
      if (change.what === 'remove-printer') raw.printers = raw.printers.filter(({ id }) => id !== change.id)
      else if (change.what === 'server') Object.assign(raw.servers.find(({ id }) => id === change.id) ?? {}, change.patch)
      else throw new Error(`setup changes no ${change.what}`)
      tell()
      return { ok: true }
    },
    async add(addition) {
      if (keeper.refuse?.ok === false) return keeper.refuse
      keeper.added.push(addition)
      const url = addition.fields.url
      const server = raw.servers.find((one) => one.url === url)?.id ?? `server${raw.servers.length + 1}`
      if (!raw.servers.some(({ id }) => id === server)) raw.servers.push({ id: server, kind: addition.kind, ...addition.fields, ...Object.fromEntries(Object.keys(addition.secrets).map((name) => [name, { store: `${String(server)}/${name}` }])) })
      const printerIds = addition.printers.map(({ name, sourceId }) => {
        const id = `printer${raw.printers.length + 1}`
        raw.printers.push({ id, name, sources: [{ server: String(server), ...(sourceId === null ? {} : { sourceId }) }] })
        return id
      })
      tell()
      return { ok: true, printerIds }
    },
    async setSecret({ id, field }, value) {
      if (keeper.refuse?.ok === false) return keeper.refuse
      keeper.secretsSet.push({ id, field, value: value?.reveal() ?? null })
      return { ok: true }
    },
    onChanged(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  return keeper
}

export interface Rig extends SetupParts {
  settings: FakeKeeper
  clock: TestClock
  log: MemoryLog
  /** Everything that was pushed, oldest first. */
  pushed: { name: PushName; payload: unknown }[]
  opened: string[]
  /** The payloads of one push. */
  heard<T>(name: PushName): T[]
}

/** Parts of setup with a moved clock and nothing real but the network, which no fake kind uses. */
export function rig(...kinds: readonly { adapter: PrinterAdapter }[]): Rig {
  const adapters = new Map(kinds.map(({ adapter }) => [adapter.kind, adapter]))
  const clock = new TestClock()
  const log = memoryLog()
  const pushed: Rig['pushed'] = []
  const opened: string[] = []
  let ids = 0
  return {
    adapters, clock, log, pushed, opened,
    settings: fakeKeeper(adapters),
    ports: { clock, random: () => 0.5, net: systemNet(), log },
    // What is pushed is kept as it was then.
    push: (name, payload) => void pushed.push({ name, payload: structuredClone(payload) }),
    newId: () => `pairing${++ids}`,
    openExternal: async (url) => {
      opened.push(url)
      return true
    },
    card: () => null,
    heard: <T>(name: PushName) => pushed.filter((one) => one.name === name).map(({ payload }) => payload as T),
  }
}

export { settle }
