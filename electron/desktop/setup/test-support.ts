/** What the tests of setup share: a made-up kind of server, and the real settings over a file in memory. */
import { z } from 'zod'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog, type MemoryLog } from '../../../test/support/log.ts'
import type { PushName } from '../../bridge/contract.ts'
import type { AdapterPorts, Discovered, PairStep, PrinterAdapter, ServerConfig, TestCause, TestResult } from '../../engine/printers/adapter.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { systemNet } from '../../engine/system-net.ts'
import { channels } from '../../engine/channels/registry.ts'
import { memoryStore, type MemoryStore } from '../settings/keeper.support.ts'
import { createSettingsKeeper, type RunningSettingsKeeper } from '../settings/keeper.ts'
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

export interface Rig extends SetupParts {
  /** The real keeper over a file and a key store in memory. */
  settings: RunningSettingsKeeper
  store: MemoryStore
  /** What the key store holds, by name. */
  keys: Map<string, string>
  /** Servers in the settings file, without their keys. */
  servers(): { id: unknown; kind: unknown; url: unknown; pin?: unknown }[]
  /** Printers in the settings file: name, server and source. */
  printers(): [name: unknown, server: unknown, sourceId: unknown][]
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
  const store = memoryStore(null)
  const keys = new Map<string, string>()
  const settings = createSettingsKeeper({
    store, clock, log,
    kinds: { adapters, channels },
    secrets: { keep: async (name, secret) => void keys.set(name, secret.reveal()), forget: async (name) => void keys.delete(name), has: (name) => keys.has(name) },
    standing: () => () => ({ circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null }),
    onNotice: ({ text }) => log.warn(text),
  })
  let ids = 0
  return {
    adapters, clock, log, pushed, opened, settings, store, keys,
    secrets: {
      async resolve(ref) {
        const key = 'store' in ref ? keys.get(ref.store) : undefined
        if (key === undefined) throw new Error('the secret is not there')
        return new Secret(key)
      },
    },
    servers: () => settings.settings().servers.map(({ apiKey: _key, ...rest }) => ({ url: undefined, ...rest })),
    printers: () => settings.settings().printers.map(({ name, sources }) => [name, sources?.[0]?.server, sources?.[0]?.sourceId]),
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
