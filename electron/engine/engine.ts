/**
 * The engine: wires the stages of docs/architecture.md, and decides nothing itself.
 *
 *   printers/watch → events/runner → rules/route → committer (history) → delivery/worker → channels
 */
import { setMaxListeners } from 'node:events'
import type { ChannelKind } from './channels/channel.ts'
import { startCleanUp } from './history/clean-up.ts'
import { createCommitter } from './committer.ts'
import { createCommands, type Commands } from './commands/commands.ts'
import type { Outcome, Wish } from './commands/wish.ts'
import { createWorker, type DestinationNews } from './delivery/worker.ts'
import { render } from './delivery/render.ts'
import { openDestinations, type Destinations } from './destinations.ts'
import { appDraft } from './events/app.ts'
import type { EventDraft, LinkObservation, PrinterEvent, PrinterState, Suppressed } from './events/model.ts'
import { reduce, initialMemory } from './events/reduce.ts'
import { runPrinter, type PrinterRunner } from './events/runner.ts'
import type { CommitEntry, CommitResult, History, Silence } from './history/history.ts'
import type { News } from './news.ts'
import { picturesOfEvents } from './pictures-of-events.ts'
import type { Cancel, Clock, Log, Net, Presence, Random, SecretStore } from './ports.ts'
import { createPresses } from './presses.ts'
import type { PrinterAdapter, ServerConfig } from './printers/adapter.ts'
import { watchServer, type ServerWatch } from './printers/watch.ts'
import { rehearse, type Rehearsal, type RehearsalResult } from './rehearsal.ts'
import { judgeAgain, route, type RouteContext, type Standing } from './rules/route.ts'
import { compile, wanted, wantsNative } from './rules/subscriptions.ts'
import type { EngineSettings, ResolvedPrinter } from './settings/expand.ts'
import type { Snapshots } from './snapshots/snapshots.ts'
import { startWatchdog } from './watchdog.ts'

/** Of the time for the end, what the channels get for taking down what they show. */
const CLOSING_MS = 1_000

export interface EngineParts {
  settings: EngineSettings
  adapters: ReadonlyMap<string, PrinterAdapter>
  channels: ReadonlyMap<string, ChannelKind>
  history: History
  snapshots: Snapshots
  secrets: SecretStore
  clock: Clock
  random: Random
  net: Net
  log: Log
  presence: Presence
  ulid(): string
  onNews(news: News): void
  /** A person wants to see what a toast is about; `url` is the printer's own page, null when it has none. */
  onOpen(item: { event: PrinterEvent | null; url: string | null }): void
}

export interface PrinterView {
  id: string
  name: string
  state: PrinterState
}

export interface Engine {
  start(): Promise<void>
  /** Waits for what is being sent, at most `deadlineMs`; everything else is on disk. */
  stop(deadlineMs: number): Promise<void>
  printers(): PrinterView[]
  links(): { serverId: string; observation: LinkObservation; junk: Record<string, number> }[]
  handle(wish: Wish): Promise<Outcome>
  testDestination(destinationId: string): ReturnType<Destinations['test']>
  rehearse(rehearsal: Rehearsal): Promise<RehearsalResult>
  /** False = that event never went to that destination, or is being sent right now. */
  sendAgain(eventId: string, destinationId: string): boolean
  /** @returns how many became seen */
  markSeen(eventIds: string[], all: boolean): number
  /** Those in force now. */
  silences(): Silence[]
  /** In force at once. False = there is none of this id, or it is over. */
  liftSilence(id: string): boolean
}

/** How often a secret that is missing is looked for again. */
const SECRET_RETRY_MS = 15_000

export function createEngine(parts: EngineParts): Engine {
  const { settings, history, clock, log, random } = parts
  const stopping = new AbortController()
  // Every server listens to it; fifty listeners are no leak here.
  setMaxListeners(0, stopping.signal)
  const runners = new Map<string, PrinterRunner>()
  const watches = new Map<string, ServerWatch>()
  /** Servers whose connection could not even be begun, and why. */
  const notBegun = new Map<string, LinkObservation>()
  const printersById = new Map(settings.printers.map((printer) => [printer.id, printer]))
  const subscriptions = compile(settings, parts.channels)
  let silences: Silence[] = []
  let stopWatchdog = (): void => undefined
  let stopCleanUp = (): void => undefined
  const retries = new Map<string, Cancel>()

  const routeContext = (): RouteContext => ({ now: clock.now(), subscriptions, silences, destinations: settings.destinations, kinds: parts.channels, settings })
  const watchOf = (printerId: string): ServerWatch | undefined => watches.get(printersById.get(printerId)?.sources[0]?.serverId ?? '')

  // ---------------------------------------------------------------------------------------------- what was committed
  const pictures = picturesOfEvents({ snapshots: parts.snapshots, history, clock, log, source: pictureSource })
  const committer = createCommitter({
    history,
    clock,
    log,
    ulid: () => parts.ulid(),
    route: routed,
    onCommitted: committed,
    onTrouble: (text) => parts.onNews({ line: 'notice', level: text ? 'error' : 'info', text: text ?? 'Events are written to disk again.' }),
  })

  /** What nobody is told is born seen: else a history without a window would keep it for ever as unseen. */
  function routed(draft: EventDraft, id: string): Pick<CommitEntry, 'decisions' | 'outbox' | 'seen'> {
    const { decisions, outbox } = route({ ...draft, id }, routeContext())
    return { decisions, outbox, ...(outbox.length === 0 ? { seen: true } : {}) }
  }

  function committed(result: CommitResult, batch: { suppressed: Suppressed[] }): void {
    for (const event of result.events) parts.onNews({ line: 'event', event })
    for (const suppressed of batch.suppressed) parts.onNews({ line: 'suppressed', ...suppressed })
    for (const decision of result.decisions) parts.onNews({ line: 'decision', ...decision })
    pictures.onCommitted(result)
    if (result.outbox.length > 0) worker.kick()
    // What waits for a picture goes as soon as that is there, or certainly won't be.
    for (const row of result.outbox) if (row.pictureUntil !== null) void pictures.whenReady(row.eventId).then(() => worker.kick())
  }

  /** An event of the engine's own, or of a command: straight to the commit, the printer's memory as it is. */
  function announce(draft: EventDraft): void {
    const memory = runners.get(draft.printerId)?.memory()
    if (memory) committer.add({ printerId: draft.printerId, memory, drafts: [draft], suppressed: [], edge: true })
    else committer.addOwn(draft)
  }

  // --------------------------------------------------------------------------------------------------------- delivery
  const destinations = openDestinations({
    settings,
    channels: parts.channels,
    secrets: parts.secrets,
    ports: { clock, random, net: parts.net, log, pressed: (press) => presses.pressed(press) },
    onTrouble: (text) => parts.onNews({ line: 'notice', level: 'error', text }),
  })
  const worker = createWorker({
    history,
    channels: (destinationId) => destinations.open.get(destinationId) ?? null,
    clock,
    random,
    log,
    pictures: { whenReady: (eventId) => pictures.whenReady(eventId) },
    render: (event) => render(asItStands(event), { now: clock.now(), capabilities: runners.get(event.printerId)?.state().capabilities ?? null }),
    judge: (row, event) => judgeAgain(row, event, { ...routeContext(), standing: standing(event.printerId), acknowledgedAt: event.acknowledgedAt }),
    onAttempt: (attempt) => parts.onNews({ line: 'attempt', eventId: attempt.eventId, destinationId: attempt.destinationId, result: attempt.result, detail: attempt.detail, ms: attempt.ms, number: attempt.number }),
    onDecision: (decision) => parts.onNews({ line: 'decision', ...decision }),
    onDestination: destinationChanged,
  })

  /** Told by an event, so that another destination can carry it. */
  function destinationChanged({ destinationId, state, why }: DestinationNews): void {
    const recovered = state === 'recovered'
    announce(appDraft(recovered ? 'app.delivery_recovered' : 'app.delivery_failing', { now: clock.now(), reason: destinationId, text: `${destinations.label(destinationId)}: ${why}` }))
  }

  /** With the choices and words that an open attention has got since the event was stored. */
  function asItStands<E extends PrinterEvent>(event: E): E {
    const about = event.attention
    const open = about && runners.get(event.printerId)?.state().attentions.find((attention) => attention.key === about.key && attention.since === about.since)
    return open ? { ...event, attention: open } : event
  }

  /** A prompt got its choices after it was told: the same toast then offers them. */
  function refreshAttentions(printerId: string, before: PrinterState, now: PrinterState): void {
    for (const attention of now.attentions) {
      const earlier = before.attentions.find(({ key, since }) => key === attention.key && since === attention.since)
      if (!earlier || (earlier.text === attention.text && earlier.choices.join('\n') === attention.choices.join('\n'))) continue
      const told = history.events({ printerId, since: attention.since - 1, limit: 20 }).find((event) => event.attention?.key === attention.key && event.attention.since === attention.since)
      if (told) worker.refresh(told.id)
    }
  }

  function standing(printerId: string): Standing | null {
    const state = runners.get(printerId)?.state()
    if (!state || state.link !== 'up') return null
    return { jobKey: state.jobRef?.key ?? null, job: state.job, attentions: state.attentions.map((attention) => attention.key) }
  }

  // --------------------------------------------------------------------------------------------------------- commands
  const commands: Commands = createCommands({
    clock,
    log,
    history,
    ulid: () => parts.ulid(),
    state: (printerId) => runners.get(printerId)?.state() ?? null,
    printer: (printerId) => {
      const printer = printersById.get(printerId)
      return printer ? { name: printer.name, serverKind: kindOf(printer) } : null
    },
    command: async (printerId, command, signal) => {
      const watch = watchOf(printerId)
      if (!watch) return { result: 'unreachable', detail: 'The printer\'s server is not connected.' }
      return watch.connection.command(watch.sourceId(printerId), command, signal)
    },
    onSending: (printerId, action) => runners.get(printerId)?.input({ kind: 'command', at: clock.now(), action }),
    onRefused: (printerId, action) => runners.get(printerId)?.input({ kind: 'command', at: clock.now(), action, withdrawn: true }),
    onAcknowledged: (printerId) => runners.get(printerId)?.input({ kind: 'acknowledged', at: clock.now() }),
    onSilenced: () => readSilences(),
    onOpen: (event) => parts.onOpen({ event, url: event ? webUrl(event.printerId) : null }),
    announce,
  })
  const presses = createPresses({ clock, history, commands, destinations, log, state: (printerId) => runners.get(printerId)?.state() ?? null, onOpen: (event) => parts.onOpen({ event, url: event ? webUrl(event.printerId) : null }) })

  function readSilences(): void {
    silences = history.silences(clock.now())
  }

  // --------------------------------------------------------------------------------------------------------- printers
  function pictureSource(printerId: string): ReturnType<Parameters<typeof picturesOfEvents>[0]['source']> {
    const watch = watchOf(printerId)
    const printer = printersById.get(printerId)
    if (!watch || !printer) return null
    return {
      connection: watch.connection,
      sourceId: watch.sourceId(printerId),
      cameraId: printer.camera ?? null,
      canSnapshot: runners.get(printerId)?.state().capabilities?.snapshot ?? null,
      light: printer.light ?? null,
    }
  }

  function kindOf(printer: ResolvedPrinter): string {
    return settings.servers.find((server) => server.id === printer.sources[0]?.serverId)?.kind ?? 'unknown'
  }

  function webUrl(printerId: string): string | null {
    const server = settings.servers.find((candidate) => candidate.id === printersById.get(printerId)?.sources[0]?.serverId)
    return server ? (parts.adapters.get(server.kind)?.webUrl(server.settings) ?? null) : null
  }

  function startRunners(): void {
    const memories = history.loadMemories()
    for (const printer of settings.printers) {
      if (!printer.enabled) continue
      const natives = wanted(subscriptions, printer.id)
      const remembered = memories.get(printer.id)
      const runner = runPrinter({
        clock,
        reduce,
        memory: remembered ?? initialMemory('connecting'),
        context: { printerId: printer.id, printerName: printer.name, serverKind: kindOf(printer), thresholds: printer.thresholds, wantsNative: (name) => wantsNative(natives, name) },
        onReduction: (reduction, before) => {
          committer.add({ printerId: printer.id, memory: reduction.state, drafts: reduction.events, suppressed: reduction.suppressed, edge: reduction.edge })
          refreshAttentions(printer.id, before.state, reduction.state.state)
        },
      })
      runners.set(printer.id, runner)
      // Nobody looked since then: what looks like silence from that time proves nothing.
      if (remembered) runner.input({ kind: 'gap', at: clock.now(), from: remembered.lastSeenAt ?? clock.now(), why: 'stopped' })
    }
  }

  async function startServer(server: EngineSettings['servers'][number]): Promise<void> {
    const sources = settings.printers
      .filter((printer) => printer.enabled)
      .flatMap((printer) => printer.sources.filter((source) => source.serverId === server.id && source.role === 'primary').map((source) => ({ sourceId: source.sourceId, printer })))
      .flatMap(({ sourceId, printer }) => {
        const runner = runners.get(printer.id)
        return runner ? [{ sourceId, runner }] : []
      })
    const adapter = parts.adapters.get(server.kind)
    if (!adapter || sources.length === 0) return
    let config: ServerConfig
    const refreshSecrets = async (): Promise<ServerConfig['secrets']> =>
      Object.fromEntries(await Promise.all(Object.entries(server.secrets).map(async ([name, ref]) => [name, await parts.secrets.resolve(ref)] as const)))
    try {
      config = { id: server.id, kind: server.kind, settings: server.settings, secrets: await refreshSecrets() }
    } catch (error) {
      couldNotBegin(server.id, sources, { link: 'auth_failed', cause: 'secret_missing', detail: (error as Error).message })
      // A key file that is written now (by "pair") must not need a restart.
      if (!stopping.signal.aborted) retries.set(server.id, clock.after(SECRET_RETRY_MS, () => void startServer(server)))
      return
    }
    try {
      notBegun.delete(server.id)
      watches.set(server.id, watchServer({
        server: config,
        adapter,
        sources,
        ports: { clock, random, net: parts.net, log },
        wanted: wanted(subscriptions),
        signal: stopping.signal,
        refreshSecrets,
        onLink: linkChanged,
      }))
    } catch (error) {
      // One adapter's fault is no reason to watch no printer at all.
      log.error('a server\'s adapter broke while it connected', { error, server: server.id })
      couldNotBegin(server.id, sources, { link: 'refused', cause: 'adapter_broke', detail: 'Printbell could not start the connection to this server. Its log says why.' })
    }
  }

  function couldNotBegin(serverId: string, sources: { runner: PrinterRunner }[], why: Pick<LinkObservation, 'link' | 'cause' | 'detail'>): void {
    const observation: LinkObservation = { kind: 'link', at: clock.now(), ...why }
    const told = notBegun.get(serverId)
    notBegun.set(serverId, observation)
    if (told?.cause === why.cause && told.detail === why.detail) return
    linkChanged(serverId, observation)
    for (const { runner } of sources) runner.input(observation)
  }

  function linkChanged(serverId: string, observation: LinkObservation): void {
    parts.onNews({ line: 'link', serverId, link: observation.link, cause: observation.cause, detail: observation.detail })
    try {
      if (observation.link === 'up') history.closeGap(serverId, observation.at)
      else if (observation.link !== 'connecting') history.openGap(serverId, observation.at, observation.cause)
    } catch (error) {
      log.error('a link gap could not be noted in the history', { error, server: serverId })
    }
  }

  return {
    async start() {
      readSilences()
      startRunners()
      await destinations.start()
      worker.start()
      await Promise.all(settings.servers.map((server) => startServer(server)))
      stopCleanUp = startCleanUp({ history, snapshots: parts.snapshots, retention: settings.retention, clock, log })
      stopWatchdog = startWatchdog({
        clock,
        online: () => parts.net.online(),
        anyServerUp: () => [...watches.values()].some((watch) => watch.link().link === 'up'),
        onGap(gap) {
          for (const runner of runners.values()) runner.input({ kind: 'gap', ...gap })
          if (gap.why !== 'own_network') for (const watch of watches.values()) watch.connection.recheck()
        },
        onNetwork(online, since) {
          if (online) for (const watch of watches.values()) watch.connection.recheck()
          else announce(appDraft('app.offline', { now: clock.now(), at: since, reason: 'own_network' }))
        },
      })
    },
    async stop(deadlineMs) {
      stopWatchdog()
      stopCleanUp()
      for (const cancel of retries.values()) cancel()
      stopping.abort()
      const connections = Promise.all([...watches.values()].map((watch) => watch.connection.closed))
      for (const runner of runners.values()) runner.stop()
      await Promise.all([worker.stop(Math.max(0, deadlineMs - CLOSING_MS)), settleWithin(connections, Math.min(deadlineMs, 2_000), clock)])
      pictures.stop()
      committer.stop()
      await destinations.close()
    },
    printers: () => settings.printers.flatMap((printer) => {
      const runner = runners.get(printer.id)
      return runner ? [{ id: printer.id, name: printer.name, state: runner.state() }] : []
    }),
    links: () => settings.servers.flatMap(({ id: serverId }) => {
      const watch = watches.get(serverId)
      const observation = watch?.link() ?? notBegun.get(serverId)
      return observation ? [{ serverId, observation, junk: Object.fromEntries(watch?.junk() ?? []) }] : []
    }),
    handle: (wish) => commands.handle(wish),
    testDestination: (destinationId) => destinations.test(destinationId),
    rehearse: (rehearsal) => rehearse(rehearsal, { settings, kindOf, routeContext, history, clock, ulid: () => parts.ulid(), onCommitted: committed }),
    markSeen: (eventIds, all) => history.markSeen(all ? { all } : { eventIds }, clock.now()),
    sendAgain: (eventId, destinationId) => worker.sendAgain(eventId, destinationId),
    silences: () => history.silences(clock.now()),
    liftSilence(id) {
      const lifted = history.liftSilence(id, clock.now())
      readSilences()
      return lifted
    },
  }
}

/** Resolves when `promise` does, or after `ms`. */
function settleWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  return new Promise((done) => {
    const cancel = clock.after(ms, done)
    void promise.then(() => undefined, () => undefined).then(() => {
      cancel()
      done()
    })
  })
}
