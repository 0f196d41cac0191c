/**
 * The engine: wires the stages of docs/architecture.md, and decides nothing itself.
 *
 *   printers/watch → events/runner → rules/route → committer (history) → delivery/worker → channels
 */
import { isDeepStrictEqual } from 'node:util'
import { createAcknowledgements } from './acknowledgements.ts'
import { broadcasting } from './broadcast.ts'
import { cameraIsBack } from './camera-back.ts'
import { memoryOf } from './channels/memory.ts'
import { createChanges } from './changes/changes.ts'
import type { ChangedBy } from './changes/words.ts'
import { startCleanUp } from './history/clean-up.ts'
import { createCommitter } from './committer.ts'
import { commandsOfHooks } from './hook-commands.ts'
import { createCommands, type Commands } from './commands/commands.ts'
import type { Engine, EngineParts } from './contract.ts'
import { deadLettersOf } from './delivery/dead-letters.ts'
import { languageFor, type Language } from './delivery/languages/language.ts'
import { createTexts } from './delivery/templates/texts.ts'
import { createWorker, type DestinationNews } from './delivery/worker.ts'
import { render } from './delivery/render.ts'
import { openDestinations } from './destinations.ts'
import { appDraft, updateDraft } from './events/app.ts'
import type { EventDraft, PrinterEvent, Suppressed } from './events/model.ts'
import { createEventContexts } from './event-contexts.ts'
import { failingDestinations } from './failing-destinations.ts'
import type { CommitResult } from './history/history.ts'
import { openAttentions } from './open-attentions.ts'
import { picturesOfEvents } from './pictures-of-events.ts'
import { createPing } from './ping.ts'
import { createPresses } from './presses.ts'
import { createPrinterRunners } from './printer-runners.ts'
import { createPrintersNow } from './printers-now.ts'
import { rehearsals } from './rehearsal.ts'
import { createRouting } from './routing.ts'
import { createServerWatches } from './server-watches.ts'
import type { EngineSettings } from './settings/expand.ts'
import { settingsInForce } from './settings-in-force.ts'
import { settleWithin } from './settle-within.ts'
import { silencesInForce } from './silences-in-force.ts'
import { createStateFeed } from './state-feed.ts'
import { createTestMessages, type TestWish } from './test-messages.ts'
import { createToldLately } from './told-lately.ts'
import { startWatchdog } from './watchdog.ts'
import { createWatches, longestWayMs } from './watching/watches.ts'
import { eachByItself, tellNews } from './what-follows.ts'
import { createAbsences } from './why/absences.ts'

export type { Engine, EngineParts, PrinterView } from './contract.ts'

/** Of the time for the end, what the channels get for taking down what they show. */
const CLOSING_MS = 1_000
/** What is being sent to a destination that is opened anew gets so long to end. */
const DRAIN_MS = 5_000

export function createEngine(parts: EngineParts): Engine {
  const { history, clock, log, random } = parts
  const failing = (): string[] => worker.troubled().map(({ destinationId }) => destinationId)
  const watches = createWatches({
    history, clock, log, underWayMs: () => longestWayMs(inForce.settings()), state: (printerId) => printersNow.state(printerId), name: (printerId) => inForce.printer(printerId)?.name ?? printerId, inSettings: (printerId) => inForce.printer(printerId)?.watch !== undefined,
    onChanged(printerId) {
      inForce.recompile()
      runners.inform(printerId)
      servers.want()
      tellState(printerId)
    },
  })
  const inForce = settingsInForce(parts.settings, parts.channels, watches.kept)
  const silences = silencesInForce({
    history, clock, log, announce, ulid: () => parts.ulid(), scope: inForce.rules().scope, known: () => inForce.settings(), language: () => language(''),
    tagsOf: (printerId) => inForce.rules().tagsOf(printerId), state: (printerId) => printersNow.state(printerId), failing, label: (id) => destinations.label(id),
    onChanged: silencesChanged,
  })
  const absences = createAbsences(parts)
  const changes = createChanges({ history, clock, log, settings: () => inForce.settings(), language: () => language('').code, announce: (draft) => announce(draft) })
  let state: 'new' | 'running' | 'stopped' = 'new'
  let stopWatchdog = (): void => undefined
  let stopCleanUp = (): void => undefined
  let turn: Promise<unknown> = Promise.resolve()

  /** Asked each time, so that what is told late is told in the language of then. */
  const language = (destinationId: string): Language => languageFor(inForce.settings(), destinationId, parts.locale ?? null)

  /** Start and changes of the settings come one after the other. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  function tellState(printerId: string): void {
    feed.touched(printerId)
    pictures.onState(printerId, printersNow.state(printerId))
    acknowledgements.onState(printerId)
    try {
      parts.onState?.(printerId)
    } catch (error) {
      log.error('a change of a printer could not be passed on', { error, printer: printerId })
    }
  }

  function silencesChanged(): void {
    for (const { id } of inForce.settings().printers) tellState(id)
    parts.onSilences?.()
  }

  const printersNow = createPrintersNow({ inForce, adapters: parts.adapters, runners: () => runners, servers: () => servers })
  const toldLately = createToldLately({ history, inForce, clock, log, links: () => servers.links(), state: printersNow.state })
  const routing = createRouting({
    inForce, silences, clock, kinds: parts.channels, presence: parts.presence,
    freeze: (draft, rows) => contexts.freeze(draft, rows),
    standing: printersNow.standing,
    failing, cameraBack: (event) => cameraIsBack(event, history), toldLately,
  })

  // ---------------------------------------------------------------------------------------------- what was committed
  const pictures = picturesOfEvents({ snapshots: parts.snapshots, history, clock, log, source: printersNow.pictureSource, shownDone: (printerId) => routing.showsDone(printersNow.one(printerId)) })
  const committer = createCommitter({
    history, clock, log,
    ulid: () => parts.ulid(),
    route: (draft, id) => routing.route(draft, id),
    onCommitted: committed,
    onTrouble: (text) => parts.onNews({ line: 'notice', level: text ? 'error' : 'info', text: text ?? 'Events are written to disk again.' }),
  })

  const contexts = createEventContexts({
    destinations: () => inForce.settings().destinations,
    kinds: parts.channels,
    connection: (printerId) => servers.of(printerId),
    state: printersNow.state,
    log,
  })

  function committed(result: CommitResult, batch: { suppressed: Suppressed[] }): void {
    eachByItself(log, {
      news: () => tellNews(parts.onNews, result, batch.suppressed),
      // Before the worker: what it sends asks for them.
      pictures: () => pictures.onCommitted(result),
      worker() { if (result.outbox.length > 0) worker.enqueued(result) },
      // What waits for a picture goes as soon as that is there, or certainly won't be.
      ready() { for (const row of result.outbox) if (row.pictureUntil !== null) void pictures.whenReady(row.eventId).then(() => worker.kick(row.destinationId)) },
      silences() { for (const event of result.events) silences.heard(event) },
      toldLately: () => toldLately.forget(result.duplicates),
    })
  }

  /** An event of the engine's own, or of a command: straight to the commit, the printer's memory as it is. */
  function announce(draft: EventDraft): void {
    const memory = runners.get(draft.printerId)?.memory()
    if (memory) committer.add({ printerId: draft.printerId, memory, drafts: [draft], suppressed: [], edge: true })
    else committer.addOwn(draft)
  }

  // --------------------------------------------------------------------------------------------------------- delivery
  const destinations = openDestinations({
    destinations: () => inForce.settings().destinations,
    channels: parts.channels,
    secrets: parts.secrets,
    ports: { clock, random, net: parts.net, log, pressed: (press) => presses.pressed(press), command: commandsOfHooks({ clock, commands: () => commands, printer: (printerId) => inForce.printer(printerId) ?? null }), shrink: (picture, longestEdge) => parts.snapshots.shrink(picture, longestEdge) },
    memoryOf: (destinationId) => memoryOf(history, destinationId, () => clock.now()),
    quietly, language,
    onTrouble: (text) => parts.onNews({ line: 'notice', level: 'error', text }),
    onOpened: (destinationId) => feed.opened(destinationId),
  })
  const feed = createStateFeed({ clock, log, open: destinations.open, printers: () => printersNow.all(), printer: (id) => printersNow.one(id) })
  const texts = createTexts({ destinations: () => inForce.settings().destinations, tagsOf: (printerId) => inForce.printer(printerId)?.tags ?? [], language, clock, onTrouble: (text) => parts.onNews({ line: 'notice', level: 'warn', text }) })
  const worker = createWorker({
    history,
    channels: (destinationId) => destinations.open.get(destinationId) ?? null,
    fingerprint: (destinationId) => destinations.fingerprint(destinationId),
    online: () => parts.net.online(),
    clock, random, log, language,
    pictures: { whenReady: (eventId) => pictures.whenReady(eventId) },
    render: (event, destinationId, late) => texts.told(render(attentions.asItStands(event), { now: clock.now(), capabilities: printersNow.state(event.printerId)?.capabilities ?? null, late, language: language(destinationId) }), destinationId),
    judge: (row, event) => routing.judge(row, event),
    onAttempt: (attempt) => {
      parts.onNews({ line: 'attempt', eventId: attempt.eventId, destinationId: attempt.destinationId, result: attempt.result, detail: attempt.detail, ms: attempt.ms, number: attempt.number })
    },
    onDecision: (decision) => parts.onNews({ line: 'decision', ...decision }),
    onDestination: destinationChanged,
  })

  const attentions = openAttentions({ history, state: printersNow.state, refresh: (eventId) => worker.refresh(eventId) })

  /** While a destination is opened anew or closed, its rows wait. */
  async function quietly(destinationId: string, work: () => Promise<void>): Promise<void> {
    await worker.hold(destinationId, DRAIN_MS)
    try {
      await work()
    } finally {
      worker.release(destinationId)
    }
  }

  /** Told by an event, so that another destination can carry it. */
  function destinationChanged(told: DestinationNews): void {
    const { destinationId, why } = told
    const recovered = told.state === 'recovered'
    announce(appDraft(recovered ? 'app.delivery_recovered' : 'app.delivery_failing', { now: clock.now(), reason: destinationId, text: `${destinations.label(destinationId)}: ${why}` }))
  }

  // --------------------------------------------------------------------------------------------------------- commands
  const open = (event: PrinterEvent | null): void => parts.onOpen({ event, url: event ? printersNow.webUrl(event.printerId) : null })
  const commands: Commands = createCommands({
    clock, log, history,
    ulid: () => parts.ulid(),
    state: printersNow.state,
    printer: (printerId) => {
      const printer = inForce.printer(printerId)
      return printer ? { name: printer.name, serverKind: inForce.kindOf(printer), commands: printer.commands } : null
    },
    command: async (printerId, command, signal) => {
      const connected = servers.of(printerId)
      if (!connected) return { result: 'unreachable', detail: 'The printer\'s server is not connected.' }
      return connected.connection.command(connected.sourceId, command, signal)
    },
    onSending: (printerId, action) => runners.get(printerId)?.input({ kind: 'command', at: clock.now(), action }),
    onRefused: (printerId, action) => runners.get(printerId)?.input({ kind: 'command', at: clock.now(), action, withdrawn: true }),
    onAcknowledged: (printerId, about) => runners.get(printerId)?.input({ kind: 'acknowledged', at: clock.now(), about }),
    onUntil: () => acknowledgements.changed(),
    atThisDesk: () => inForce.settings().destinations.flatMap(({ id, channel }) => (parts.channels.get(channel)?.capabilities.local ? [id] : [])),
    onSilenced: () => silences.reread(),
    onOpen: open,
    announce,
  })
  const presses = createPresses({ clock, history, commands, destinations, log, state: printersNow.state, language, onOpen: open })
  const acknowledgements = createAcknowledgements({ history, clock, log, state: printersNow.state, announce })

  // --------------------------------------------------------------------------------------------------------- printers
  const runners = createPrinterRunners({
    inForce, history, committer, clock, log,
    onReduction(printerId, reduction, before) {
      committer.add({ printerId, memory: reduction.state, drafts: reduction.events, suppressed: reduction.suppressed, edge: reduction.edge })
      attentions.refresh(printerId, before.state, reduction.state.state)
      if (reduction.state.seen) watches.seen(printerId, reduction.state.state)
      tellState(printerId)
    },
    onChanged: tellState,
  })
  const servers = createServerWatches({
    inForce, adapters: parts.adapters, secrets: parts.secrets, history,
    ports: { clock, random, net: parts.net, log }, log, headStartMs: parts.headStartMs,
    runner: (printerId) => runners.get(printerId),
    onLink(serverId, { link, cause, detail }) {
      parts.onNews({ line: 'link', serverId, link, cause, detail })
      if (link !== 'connecting') absences.settle()
    },
    onVersion: (serverId, version) => changes.runs(serverId, version),
  })

  const ping = createPing({ ...parts, settings: () => inForce.settings().ping, onNotice: (level, text) => parts.onNews({ line: 'notice', level, text }) })

  function recheck(): void {
    servers.recheck()
    ping.recheck()
    worker.wake()
  }

  // ----------------------------------------------------------------------------------------- the beginning, the settings
  async function start(): Promise<void> {
    if (state !== 'new') return
    state = 'running'
    absences.started()
    toldLately.restore()
    runners.start()
    silences.start()
    acknowledgements.start()
    // Asked first: destinations are opened while they answer. What they say at once waits in the outbox.
    const asked = servers.start()
    await destinations.start()
    worker.start()
    await asked
    if (hasStopped()) return
    cleanUp()
    ping.start()
    stopWatchdog = startWatchdog({
      clock,
      online: () => parts.net.online(),
      anyServerUp: () => servers.anyUp(),
      onGap(gap) {
        absences.gap(gap)
        acknowledgements.gap()
        for (const runner of runners.all()) runner.input({ kind: 'gap', ...gap })
        if (gap.why !== 'own_network') recheck()
      },
      onNetwork(online, since) {
        absences.network(online, since)
        if (online) recheck()
        else announce(appDraft('app.offline', { now: clock.now(), at: since, reason: 'own_network' }))
      },
    })
  }

  const hasStopped = (): boolean => state === 'stopped'

  function cleanUp(): void {
    stopCleanUp()
    stopCleanUp = startCleanUp({ history, snapshots: parts.snapshots, retention: inForce.settings().retention, clock, log })
  }

  async function apply(next: EngineSettings, by: ChangedBy): Promise<void> {
    if (hasStopped()) return
    const before = inForce.replace(next)
    if (before === null || state === 'new') return
    changes.replaced(before, by)
    // First of all nothing more goes the old way to a destination that changed; then the printers, then who speaks for them.
    const reopened = destinations.apply(before.destinations)
    ping.apply()
    watches.keepOnly(next.printers.map(({ id }) => id))
    runners.apply(before)
    await Promise.all([reopened, servers.apply()])
    for (const { id } of before.destinations) if (!next.destinations.some((destination) => destination.id === id)) await remove(id)
    if (!hasStopped() && !isDeepStrictEqual(next.retention, before.retention)) cleanUp()
  }

  async function remove(destinationId: string): Promise<void> {
    await worker.dismiss(destinationId)
    try {
      history.deleteNotes(destinationId)
    } catch (error) {
      log.error('the notes of a destination that is removed could not be deleted', { error, destinationId })
    }
  }

  const tests = createTestMessages({
    clock, history, snapshots: parts.snapshots, channels: parts.channels, settings: () => inForce.settings(), kindOf: (printer) => inForce.kindOf(printer),
    capabilities: (printerId) => printersNow.state(printerId)?.capabilities ?? null,
    freeze: (draft, destinationId) => contexts.freeze(draft, [{ destinationId }]),
    asItStands: (event) => attentions.asItStands(event), language, texts,
  })

  async function testDestination(destinationId: string, wish?: TestWish): ReturnType<Engine['testDestination']> {
    const tested = await destinations.test(destinationId, wish && await tests.make(destinationId, wish))
    if (tested.verdict.result === 'delivered') worker.works(destinationId, tested.verdict.detail)
    return tested
  }

  async function refreshSecrets(of?: { serverId: string } | { destinationId: string }): Promise<void> {
    if (state !== 'running') return
    await Promise.all([of && !('serverId' in of) ? null : servers.refreshSecrets(of?.serverId), of && !('destinationId' in of) ? null : destinations.refreshSecrets(of?.destinationId)])
  }

  async function stop(deadlineMs: number): Promise<void> {
    changes.flush()
    state = 'stopped'
    feed.stop()
    ping.stop()
    silences.stop()
    acknowledgements.stop()
    stopWatchdog()
    stopCleanUp()
    const connections = servers.stop()
    runners.stop()
    await Promise.all([worker.stop(Math.max(0, deadlineMs - CLOSING_MS)), settleWithin(connections, Math.min(deadlineMs, 2_000), clock)])
    pictures.stop()
    committer.stop()
    absences.stopped()
    await destinations.close()
  }

  return {
    start: () => inTurn(start),
    stop,
    apply: (settings, by = 'file') => inTurn(() => apply(settings, by)),
    refreshSecrets: (of) => inTurn(() => refreshSecrets(of)),
    printers: () => printersNow.all().map(({ id, name, state: now }) => ({ id, name, state: now })),
    links: () => servers.links(),
    webUrl: printersNow.webUrl,
    snapshot: printersNow.snapshot,
    recheck,
    handle: (wish) => commands.handle(wish),
    testDestination,
    previewTest: (destinationId, wish) => tests.preview(destinationId, wish),
    follow: (printerId, what) => watches.follow(printerId, what),
    following: (printerId) => watches.of(printerId),
    tryTemplates: (destinationId, wish, templates) => tests.tryTemplates(destinationId, wish, templates),
    brokenTemplates: () => texts.broken(),
    failing: () => failingDestinations(worker.troubled(), destinations.unusable(), clock.now()),
    ...rehearsals({ settings: () => inForce.settings(), kindOf: (printer) => inForce.kindOf(printer), routeContext: routing.context, history, clock, ulid: () => parts.ulid(), freeze: (draft, rows) => contexts.freeze(draft, rows), onCommitted: committed }),
    broadcast: broadcasting({ routeContext: routing.context, history, clock, ulid: () => parts.ulid(), freeze: (draft, rows) => contexts.freeze(draft, rows), onCommitted: committed }),
    tellUpdate: (version) => announce(updateDraft(version, clock.now())),
    markSeen: (eventIds) => history.markSeen({ eventIds }, clock.now()),
    markAllSeen: presses.markAllSeen,
    sendAgain: (eventId, destinationId) => worker.sendAgain(eventId, destinationId),
    deadLetters: (destinationId, limit) => deadLettersOf(history, destinationId, limit),
    deadLetterCounts: () => history.deadLetterCounts(),
    sendAllAgain: (destinationId) => worker.sendAllAgain(destinationId),
    discard: (eventId, destinationId) => worker.discard(eventId, destinationId),
    discardAll: (destinationId) => worker.discardAll(destinationId),
    silences: () => silences.list(),
    silencesByTime: silences.byTime,
    silence: silences.get,
    addSilence: (silence) => silences.add(silence),
    editSilence: (id, change) => silences.edit(id, change),
    liftSilence: (id) => silences.lift(id),
  }
}
