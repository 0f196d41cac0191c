import { setMaxListeners } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import type { LinkObservation } from './events/model.ts'
import type { PrinterRunner } from './events/runner.ts'
import type { History } from './history/history.ts'
import type { Cancel, Log, SecretStore } from './ports.ts'
import type { AdapterPorts, Connection, PrinterAdapter, ServerConfig, Wanted } from './printers/adapter.ts'
import { watchServer, type ServerWatch, type WatchedSource } from './printers/watch.ts'
import { sameSecrets } from './settings/secret.ts'
import type { ResolvedServer } from './settings/expand.ts'
import type { SettingsInForce } from './settings-in-force.ts'
import { orTooLate, settleWithin } from './settle-within.ts'

export interface ServerWatchesParts {
  inForce: SettingsInForce
  adapters: ReadonlyMap<string, PrinterAdapter>
  secrets: SecretStore
  history: Pick<History, 'openGap' | 'closeGap'>
  ports: AdapterPorts
  log: Log
  /** At a start the first server has so long to answer before the others are connected, ms; absent = all at once. */
  headStartMs?: number | undefined
  runner(printerId: string): PrinterRunner | undefined
  /** Each change of a server's link, not each sign of life. */
  onLink(serverId: string, observation: LinkObservation): void
  /** What a server says it runs, at each connection. */
  onVersion(serverId: string, version: string): void
}

/** One connection for each server that an enabled printer needs. */
export interface ServerWatches {
  /** What is subscribed to may be another thing now. */
  want(): void
  start(): Promise<void>
  /** Lets go of what changed or is no longer needed, connects what is new or changed, and leaves all else as it is. */
  apply(): Promise<void>
  /** Connects anew, where the secrets are others now, or are there at last. Absent `serverId` = every server. */
  refreshSecrets(serverId?: string): Promise<void>
  /** The connection of a printer's primary source, with the server's id of it; null = not connected. */
  of(printerId: string): { connection: Connection; sourceId: string } | null
  links(): { serverId: string; observation: LinkObservation; junk: Record<string, number> }[]
  anyUp(): boolean
  /** Every connection looks again, and those that could not be begun try to. */
  recheck(): void
  /** Lets go of all. Resolves when every connection is closed. */
  stop(): Promise<void>
}

/** One server that is needed, connected or on the way there. */
interface Slot {
  server: ResolvedServer
  sources: WatchedSource[]
  abort: AbortController
  watch: ServerWatch | null
  /** With which it was connected. */
  secrets: ServerConfig['secrets'] | null
  /** The connection could not even be begun, and why. */
  notBegun: LinkObservation | null
  beginning: Promise<void> | null
  retry: Cancel
}

/** How often a secret that is missing is looked for again. */
const SECRET_RETRY_MS = 15_000
/** A store of secrets that answers later holds up nobody else. */
const BEGIN_MS = 5_000
/** A connection that takes longer to close is left to itself. */
const CLOSE_MS = 2_000

export function createServerWatches(parts: ServerWatchesParts): ServerWatches {
  const { inForce, history, ports, log } = parts
  const slots = new Map<string, Slot>()
  let told: Wanted | null = null
  let answered: () => void
  const firstAnswer = new Promise<void>((done) => (answered = done))
  let stopped = false

  /** The enabled printers that the server speaks for. */
  function sourcesOf(server: ResolvedServer): WatchedSource[] {
    return inForce.settings().printers
      .filter((printer) => printer.enabled)
      .flatMap((printer) => printer.sources.filter((source) => source.serverId === server.id && source.role === 'primary').flatMap(({ sourceId }) => {
        const runner = parts.runner(printer.id)
        return runner ? [{ sourceId, runner }] : []
      }))
  }

  function needed(): { server: ResolvedServer; sources: WatchedSource[] }[] {
    return inForce.settings().servers.map((server) => ({ server, sources: sourcesOf(server) })).filter(({ server, sources }) => sources.length > 0 && parts.adapters.has(server.kind))
  }

  async function secretsOf(server: ResolvedServer): Promise<ServerConfig['secrets']> {
    return Object.fromEntries(await Promise.all(Object.entries(server.secrets).map(async ([name, ref]) => [name, await parts.secrets.resolve(ref)] as const)))
  }

  // ---------------------------------------------------------------------------------------------- connecting, letting go
  function open(server: ResolvedServer, sources: WatchedSource[]): Promise<void> {
    const slot: Slot = { server, sources, abort: new AbortController(), watch: null, secrets: null, notBegun: null, beginning: null, retry: () => undefined }
    // One connection listens to it in many places; that is no leak.
    setMaxListeners(0, slot.abort.signal)
    slots.set(server.id, slot)
    return settleWithin(begin(slot), BEGIN_MS, ports.clock)
  }

  function begin(slot: Slot): Promise<void> {
    slot.retry()
    slot.beginning ??= connect(slot).finally(() => { slot.beginning = null })
    return slot.beginning
  }

  async function connect(slot: Slot): Promise<void> {
    const { server, sources, abort: { signal } } = slot
    const adapter = parts.adapters.get(server.kind)
    if (!adapter) return
    let secrets: ServerConfig['secrets']
    try {
      secrets = await secretsOf(server)
    } catch (error) {
      if (signal.aborted) return
      couldNotBegin(slot, { link: 'auth_failed', cause: 'secret_missing', detail: (error as Error).message })
      // A key file that is written now (by "pair") must not need a restart.
      slot.retry = ports.clock.after(SECRET_RETRY_MS, () => void begin(slot))
      return
    }
    if (signal.aborted) return
    try {
      slot.notBegun = null
      slot.secrets = secrets
      slot.watch = watchServer({
        server: { id: server.id, kind: server.kind, settings: server.settings, secrets },
        adapter,
        sources,
        ports,
        wanted: inForce.wanted(),
        signal,
        refreshSecrets: async () => (slot.secrets = await secretsOf(server)),
        onLink: linkChanged,
        onVersion: parts.onVersion,
      })
    } catch (error) {
      // One adapter's fault is no reason to watch no printer at all.
      log.error('a server\'s adapter broke while it connected', { error, server: server.id })
      couldNotBegin(slot, { link: 'refused', cause: 'adapter_broke', detail: 'Printbell could not start the connection to this server. Its log says why.' })
    }
  }

  /** Resolves when it is closed, or has had its time for that. */
  async function letGo(slot: Slot): Promise<void> {
    const { id } = slot.server
    slots.delete(id)
    slot.retry()
    slot.abort.abort()
    if (!slot.watch) return
    let closed = false
    await settleWithin(slot.watch.connection.closed.finally(() => { closed = true }), CLOSE_MS, ports.clock)
    if (!closed) log.warn('a connection did not close in time; it is left to itself', { server: id })
  }

  async function openAnew(slot: Slot, server: ResolvedServer, sources: WatchedSource[]): Promise<void> {
    const closed = letGo(slot)
    const connecting: LinkObservation = { kind: 'link', at: ports.clock.now(), link: 'connecting', cause: null, detail: null }
    for (const { runner } of sources) runner.input(connecting)
    await closed
    if (!stopped) await open(server, sources)
  }

  // --------------------------------------------------------------------------------------------------------------- links
  function couldNotBegin(slot: Slot, why: Pick<LinkObservation, 'link' | 'cause' | 'detail'>): void {
    const observation: LinkObservation = { kind: 'link', at: ports.clock.now(), ...why }
    const before = slot.notBegun
    slot.notBegun = observation
    if (before?.cause === why.cause && before.detail === why.detail) return
    linkChanged(slot.server.id, observation)
    for (const { runner } of slot.sources) runner.input(observation)
  }

  function linkChanged(serverId: string, observation: LinkObservation): void {
    parts.onLink(serverId, observation)
    if (observation.link !== 'connecting') answered()
    noteGap(() => {
      if (observation.link === 'up') history.closeGap(serverId, observation.at)
      else if (observation.link !== 'connecting') history.openGap(serverId, observation.at, observation.cause)
    }, serverId)
  }

  function noteGap(note: () => void, serverId: string): void {
    try {
      note()
    } catch (error) {
      log.error('a link gap could not be noted in the history', { error, server: serverId })
    }
  }

  function same(slot: Slot, server: ResolvedServer, sources: WatchedSource[]): boolean {
    const { kind, settings, secrets } = slot.server
    return isDeepStrictEqual({ kind, settings, secrets }, { kind: server.kind, settings: server.settings, secrets: server.secrets })
      && slot.sources.length === sources.length
      && sources.every((source) => slot.sources.some(({ sourceId, runner }) => sourceId === source.sourceId && runner === source.runner))
  }

  /** The adapters are asked for no more than what is subscribed to now. */
  function want(): void {
    const wanted = inForce.wanted()
    if (isDeepStrictEqual(wanted, told)) return
    told = wanted
    for (const { watch } of slots.values()) watch?.connection.want(wanted)
  }

  async function refreshOne(slot: Slot): Promise<void> {
    if (!slot.watch) return settleWithin(begin(slot), BEGIN_MS, ports.clock)
    const fresh = await orTooLate(() => secretsOf(slot.server).catch(() => 'missing' as const), BEGIN_MS, ports.clock)
    // A store that does not answer proves nothing; and one of the same key is no reason to interrupt anything.
    if (fresh === null || slots.get(slot.server.id) !== slot || (fresh !== 'missing' && slot.secrets && sameSecrets(fresh, slot.secrets))) return
    // One that is missing now is told of there.
    await openAnew(slot, slot.server, slot.sources)
  }

  return {
    want,
    async start() {
      told = inForce.wanted()
      const [first, ...others] = needed()
      if (first === undefined) return
      const begun = [open(first.server, first.sources)]
      if (others.length > 0 && parts.headStartMs !== undefined) await settleWithin(firstAnswer, parts.headStartMs, ports.clock)
      // The others together: what they ask for in turns then falls into the same moments, which wakes the whole app once.
      if (!stopped) begun.push(...others.map(({ server, sources }) => open(server, sources)))
      await Promise.all(begun)
    },
    async apply() {
      const next = needed()
      const work: Promise<void>[] = []
      for (const slot of [...slots.values()]) {
        if (next.some(({ server }) => server.id === slot.server.id)) continue
        work.push(letGo(slot))
        // Nobody looks there any more, so nothing is missed.
        noteGap(() => history.closeGap(slot.server.id, ports.clock.now()), slot.server.id)
      }
      for (const { server, sources } of next) {
        const slot = slots.get(server.id)
        if (!slot) work.push(open(server, sources))
        else if (!same(slot, server, sources)) work.push(openAnew(slot, server, sources))
      }
      want()
      await Promise.all(work)
    },
    async refreshSecrets(serverId) {
      await Promise.all([...slots.values()].filter((slot) => serverId === undefined || slot.server.id === serverId).map(refreshOne))
    },
    of(printerId) {
      const watch = slots.get(inForce.printer(printerId)?.sources[0]?.serverId ?? '')?.watch
      return watch ? { connection: watch.connection, sourceId: watch.sourceId(printerId) } : null
    },
    links: () => inForce.settings().servers.flatMap(({ id: serverId }) => {
      const slot = slots.get(serverId)
      const observation = slot?.watch?.link() ?? slot?.notBegun
      return observation ? [{ serverId, observation, junk: Object.fromEntries(slot?.watch?.junk() ?? []) }] : []
    }),
    anyUp: () => [...slots.values()].some(({ watch }) => watch?.link().link === 'up'),
    recheck() {
      for (const slot of slots.values()) {
        if (slot.watch) slot.watch.connection.recheck()
        else void begin(slot)
      }
    },
    async stop() {
      stopped = true
      const all = [...slots.values()]
      for (const slot of all) {
        slot.retry()
        slot.abort.abort()
      }
      await Promise.all(all.flatMap(({ watch }) => (watch ? [watch.connection.closed] : [])))
    },
  }
}
