/** A settings file and a key store in memory, for the tests of the keeper. */
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog, type MemoryLog } from '../../../test/support/log.ts'
import { isPluginKind } from '../../engine/channels/plugins/kind.ts'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import type { Secret } from '../../engine/settings/secret.ts'
import type { KeeperParts } from './keeper.ts'
import { createSettingsKeeper, type RunningSettingsKeeper } from './keeper.ts'
import { textOf, type SettingsStore } from './store.ts'

export interface MemoryStore extends SettingsStore {
  text: string | null
  /** Texts that were set aside. */
  aside: string[]
  /** Every text that was written, in order. */
  written: string[]
  /** Thrown by the next write. */
  failing: NodeJS.ErrnoException | null
  /** As if somebody had saved the file with an editor. */
  edit(text: string): void
  json(): Record<string, unknown>
}

export function memoryStore(text: string | null): MemoryStore {
  const listeners = new Set<() => void>()
  return {
    path: '/config/settings.json',
    text, aside: [], written: [], failing: null,
    read() {
      return this.text
    },
    async write(settings) {
      if (this.failing) throw this.failing
      this.text = textOf(settings)
      this.written.push(this.text)
    },
    setAside() {
      this.aside.push(this.text ?? '')
      this.text = null
      return '/config/settings.json.damaged-20260115T120000Z'
    },
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    edit(now) {
      this.text = now
      for (const listener of listeners) listener()
    },
    json() {
      return JSON.parse(this.text ?? 'null') as Record<string, unknown>
    },
  }
}

export interface Desk {
  keeper: RunningSettingsKeeper
  store: MemoryStore
  /** What the key store holds, by name. */
  secrets: Map<string, Secret>
  notices: string[]
  /** Whose secrets were told to be others now. */
  renewed: unknown[]
  log: MemoryLog
}

export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: it broke`), { code })
}

/** @param file what the settings file holds; a text as it is, an object as JSON, null = there is none */
export function desk(file: string | object | null, more: { keep?(name: string): void | Promise<void>; standing?: ReturnType<KeeperParts['standing']>; managed?: KeeperParts['managed']; kinds?: KeeperParts['kinds']; allKinds?(): Promise<void>; before?: KeeperParts['before'] } = {}): Desk {
  const store = memoryStore(file === null || typeof file === 'string' ? file : textOf(file))
  const secrets = new Map<string, Secret>()
  const notices: string[] = []
  const renewed: unknown[] = []
  const log = memoryLog()
  const keeper = createSettingsKeeper({
    store,
    kinds: more.kinds ?? { adapters, channels, mayBeMissing: isPluginKind },
    secrets: {
      keep: async (name, secret) => {
        await more.keep?.(name)
        secrets.set(name, secret)
      },
      forget: async (name) => void secrets.delete(name),
      has: (name) => secrets.has(name),
    },
    standing: () => more.standing ?? (() => ({ circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null })),
    ...(more.managed ? { managed: more.managed } : {}),
    ...(more.allKinds ? { allKinds: more.allKinds } : {}),
    ...(more.before ? { before: more.before } : {}),
    onSecret: (of) => renewed.push(of),
    clock: new TestClock(),
    log,
    onNotice: ({ text }) => notices.push(text),
  })
  return { keeper, store, secrets, notices, renewed, log }
}
