import type { LinkObservation, Observation } from '../events/model.ts'
import { activeJob } from '../events/reduce.ts'
import type { PrinterRunner } from '../events/runner.ts'
import type { AdapterPorts, Connection, PrinterAdapter, Remembered, ServerConfig, Sink, Wanted } from './adapter.ts'

/** One printer as its server knows it. `sourceId` null = the server's only one. */
export interface WatchedSource {
  sourceId: string | null
  runner: PrinterRunner
}

export interface ServerWatch {
  readonly serverId: string
  readonly connection: Connection
  link(): LinkObservation
  /** The server's id of a printer: the configured one, else the one it spoke of last. */
  sourceId(printerId: string): string
  junk(): ReadonlyMap<string, number>
}

export interface WatchParts {
  server: ServerConfig
  adapter: PrinterAdapter
  sources: WatchedSource[]
  ports: AdapterPorts
  wanted: Wanted
  signal: AbortSignal
  /** The secrets as they are now; see ConnectOptions. */
  refreshSecrets(): Promise<ServerConfig['secrets']>
  /** Called on each change of the link, not on each sign of life. */
  onLink(serverId: string, observation: LinkObservation): void
  /** What the server says it runs. */
  onVersion?(serverId: string, version: string): void
}

/** Different kinds of junk, and printers not set up here, that are told apart; a server could make up new ones without end. */
const MOST_TOLD = 100
const LONGEST_TOLD = 200
const MORE_JUNK = 'more kinds of junk'

/** Connects one server and hands what it says to the printers it speaks for. */
export function watchServer(parts: WatchParts): ServerWatch {
  const { server, adapter, sources, ports } = parts
  const log = ports.log.child({ server: server.id })
  const junk = new Map<string, number>()
  const unknown = new Set<string>()
  let link: LinkObservation = { kind: 'link', at: ports.clock.now(), link: 'connecting', cause: null, detail: null }
  let spokenOf = ''

  const find = (sourceId: string): WatchedSource | undefined =>
    sources.find((source) => source.sourceId === sourceId) ?? sources.find((source) => source.sourceId === null)

  const sink: Sink = {
    link(observation) {
      // Whoever is to be let go of has nothing to say any more: another connection may speak for the same printers.
      if (parts.signal.aborted) return
      const changed = observation.link !== link.link || observation.cause !== link.cause
      link = observation
      if (changed) parts.onLink(server.id, observation)
      for (const source of sources) source.runner.input(observation)
    },
    observe(observation: Observation) {
      if (parts.signal.aborted) return
      spokenOf = observation.sourceId
      const source = find(observation.sourceId)
      if (source) source.runner.input(observation)
      else if (unknown.size < MOST_TOLD && !unknown.has(observation.sourceId)) {
        unknown.add(observation.sourceId)
        log.info('the server speaks of a printer that is not set up here', { sourceId: observation.sourceId })
      }
    },
    runs(version) {
      if (!parts.signal.aborted) parts.onVersion?.(server.id, version)
    },
    junk(given) {
      const cut = given.slice(0, LONGEST_TOLD)
      const what = junk.has(cut) || junk.size < MOST_TOLD - 1 ? cut : MORE_JUNK
      const count = (junk.get(what) ?? 0) + 1
      junk.set(what, count)
      if (count === 1) log.warn('the server sent something that could not be understood; told once, counted from now on', { what })
    },
  }

  const remembered: Remembered = {
    lastSeenAt: (sourceId) => find(sourceId)?.runner.memory().lastSeenAt ?? null,
    activeJob(sourceId) {
      const memory = find(sourceId)?.runner.memory()
      return memory ? activeJob(memory) : null
    },
  }

  const connection = adapter.connect(server, sink, parts.signal, ports, { remembered, wanted: parts.wanted, refreshSecrets: () => parts.refreshSecrets() })
  return {
    serverId: server.id,
    connection,
    link: () => link,
    sourceId(printerId) {
      const source = sources.find((candidate) => candidate.runner.printerId === printerId)
      return source?.sourceId ?? spokenOf
    },
    junk: () => junk,
  }
}
