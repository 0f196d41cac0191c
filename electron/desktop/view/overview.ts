/**
 * All printers as they are now. A frame only marks its printer; at most four times a second what was marked is looked at, and only
 * cards that say something else are told. Every ten seconds all are looked at, for what changes by time alone.
 */
import { cardOrder, countStates } from '../../bridge/views/card-order.ts'
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import type { Engine, PrinterView } from '../../engine/engine.ts'
import type { LinkObservation, PrinterState } from '../../engine/events/model.ts'
import type { LinkGap, Silence } from '../../engine/history/history.ts'
import type { News } from '../../engine/news.ts'
import type { Cancel, Clock, Log } from '../../engine/ports.ts'
import type { PrinterAdapter, PrinterCommand } from '../../engine/printers/adapter.ts'
import type { EngineSettings, ResolvedPrinter } from '../../engine/settings/expand.ts'
import type { DesktopLanguage } from '../languages/index.ts'
import type { Overview, Stop } from '../ports.ts'
import { cardOf, same } from './cards.ts'
import type { PrinterFacts } from './facts.ts'
import { BUCKET_MS, SAMPLE_MS, type HeatLog, type Spark } from './heat-log.ts'
import type { HistoryMemory } from './remembered.ts'

/** What the overview reads of the engine. */
export interface EngineReading extends Pick<Engine, 'printers' | 'links' | 'silences' | 'following'> {
  webUrl(printerId: string): string | null
  failing(): { destinationId: string; since: number; why: string }[]
}

export interface OverviewParts {
  /** Asked anew each time: settings that change may bring another engine. null = none runs. */
  engine(): EngineReading | null
  settings(): Pick<EngineSettings, 'servers' | 'printers' | 'destinations'>
  adapters: ReadonlyMap<string, Pick<PrinterAdapter, 'displayName' | 'capabilities'>>
  memory: HistoryMemory
  /** Times without a link that last; read once, at the first look. */
  openGaps(): LinkGap[]
  heat: HeatLog
  /** Whether a window shows it; without one the tray alone follows, which redraws once a second. Absent = always. */
  watched?(): boolean
  /** Of what it says itself; absent = English. */
  language?(): DesktopLanguage
  clock: Clock
  log: Log
}

export interface RunningOverview extends Overview {
  /** A printer's state changed: for EngineParts.onState. Costs one entry in a set. */
  onState(printerId: string): void
  onNews(news: News): void
  /** Settings, silences or the engine changed: everything is looked at again. */
  refresh(): void
  /** Seen or acknowledged changed. */
  recount(): void
  /** What a printer's card is made of, for its details. */
  facts(printerId: string): PrinterFacts | null
  stop(): void
}

/** ms between two notifications while a window shows them, and while none does. */
const EVERY_MS = 250
const UNWATCHED_MS = 1_000
/** ms until the first one, at the latest. */
const FIRST_MS = 60
/** What the person's own "pause all" looks like among the silences: it matches everything. */
export const isPauseOfAll = ({ match }: Silence): boolean => Object.values(match).every((value) => value === undefined)
/** A mute of whole printers: nothing narrower, like one destination or one kind of event. `serverId` absent = those of whole servers don't count. */
export const mutesPrinter = ({ match }: Silence, printerId: string, jobKey: string | null, serverId?: string): boolean =>
  (match.printerIds ?? match.serverIds) !== undefined && match.printerIds?.includes(printerId) !== false && (match.serverIds === undefined || (serverId !== undefined && match.serverIds.includes(serverId)))
  && match.types === undefined && match.destinationIds === undefined && match.filter === undefined && (match.jobKey === undefined || match.jobKey === jobKey)

/** When a printer's state began to be what it is, as far as we saw. */
interface Track {
  link: PrinterState['link']
  linkSince: number | null
  device: PrinterState['device']
  deviceSince: number | null
  /** `old` = it was there when we began to look. */
  paused: { at: number; old: boolean } | null
  spark: { bucket: number; values: Spark } | null
}

/** What changes by a person's hand or a link, not by a frame: read once, until told otherwise. */
interface Standing {
  links: Map<string, LinkObservation>
  silences: Silence[]
  failing: Status['failing']
  printers: Map<string, Fixed>
}

interface Fixed extends Pick<PrinterFacts, 'server' | 'hasWebPage' | 'commands'> {
  serverId: string | undefined
  /** ms a pause must last to be one. */
  pauseGrace: number
}
/** A printer that the settings no longer have; its engine is about to go. */
const UNKNOWN: Fixed = { server: '', hasWebPage: false, commands: new Set(), serverId: undefined, pauseGrace: 0 }
/** ms between two looks for pictures that are on their way. */
const PICTURES_EVERY_MS = 1_000

export function createOverview(parts: OverviewParts): RunningOverview {
  const { clock, heat, memory } = parts
  const dirty = new Set<string>()
  const cards = new Map<string, PrinterCard>()
  const tracks = new Map<string, Track>()
  const listeners = new Set<Parameters<Overview['onChanged']>[0]>()
  /** What changed since the listeners were told. */
  const untold = { changed: new Set<string>(), removed: new Set<string>() }
  let toldStatus: Status | null = null
  let gaps: LinkGap[] | null = null
  let standing: Standing | null = null
  let status: Status | null = null
  let all = true
  /** Nothing is told in the moment in which the servers are asked for the first time. */
  let lastTold = clock.monotonic() - UNWATCHED_MS + FIRST_MS
  let timer: Cancel | null = null
  let pictures: Cancel | null = null
  let picturesAt = 0
  let stopped = false
  let tick = clock.after(SAMPLE_MS, onTick)

  function onTick(): void {
    tick = clock.after(SAMPLE_MS, onTick)
    const now = clock.now()
    for (const { id, state } of parts.engine()?.printers() ?? []) if (state.link === 'up') heat.sample(id, now, state.heaters)
    refresh()
  }

  function refresh(): void {
    standing = null
    all = true
    schedule()
  }

  function schedule(): void {
    if (timer !== null || stopped) return
    const every = parts.watched?.() === false ? UNWATCHED_MS : EVERY_MS
    timer = clock.after(Math.max(0, lastTold + every - clock.monotonic()), () => {
      timer = null
      lastTold = clock.monotonic()
      tell()
    })
  }

  function tell(): void {
    lookForPictures()
    look()
    if (untold.changed.size === 0 && untold.removed.size === 0 && same(toldStatus, status)) return
    const change = { cards: [...untold.changed].flatMap((id) => cards.get(id) ?? []), removed: [...untold.removed], status: (toldStatus = statusSeen()) }
    untold.changed.clear()
    untold.removed.clear()
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        parts.log.error('a listener of the overview broke', { error })
      }
    }
  }

  function lookForPictures(): void {
    if (!memory.awaitsPictures() || clock.monotonic() < picturesAt) return
    picturesAt = clock.monotonic() + PICTURES_EVERY_MS
    for (const id of memory.lookForPictures()) dirty.add(id)
    if (memory.awaitsPictures()) {
      pictures?.()
      pictures = clock.after(PICTURES_EVERY_MS, schedule)
    }
  }

  /** Looks at what was marked. */
  function look(): void {
    if (!all && dirty.size === 0) return
    const views = parts.engine()?.printers() ?? []
    if (all) removeAllBut(views)
    for (const view of views) if (all || dirty.has(view.id)) renew(view)
    all = false
    dirty.clear()
    status = statusNow()
  }

  function removeAllBut(views: readonly PrinterView[]): void {
    const there = new Set(views.map(({ id }) => id))
    for (const id of [...cards.keys()].filter((known) => !there.has(known))) {
      cards.delete(id)
      tracks.delete(id)
      untold.changed.delete(id)
      untold.removed.add(id)
    }
    heat.keepOnly(there)
  }

  function renew(view: PrinterView): void {
    const card = cardOf(factsOf(view), clock.now(), parts.language?.())
    if (same(cards.get(view.id), card)) return
    cards.set(view.id, card)
    untold.changed.add(view.id)
    untold.removed.delete(view.id)
  }

  function standingNow(): Standing {
    if (standing) return standing
    const engine = parts.engine()
    const { servers, printers, destinations } = parts.settings()
    const labels = new Map(destinations.map(({ id, label }) => [id, label]))
    const serverOf = new Map(servers.map((server) => [server.id, server]))
    const fixed = (printer: ResolvedPrinter): Fixed => {
      const serverId = printer.sources[0]?.serverId
      const kind = serverOf.get(serverId ?? '')?.kind ?? ''
      const adapter = parts.adapters.get(kind)
      return { server: adapter?.displayName ?? kind, hasWebPage: (engine?.webUrl(printer.id) ?? null) !== null, commands: allowedCommands(adapter, printer), serverId, pauseGrace: printer.thresholds.pauseGrace * 1000 }
    }
    return (standing = {
      links: new Map(engine?.links().map(({ serverId, observation }) => [serverId, observation])),
      silences: engine?.silences() ?? [],
      failing: (engine?.failing() ?? []).map(({ destinationId, since, why }) => ({ id: destinationId, label: labels.get(destinationId) ?? destinationId, since, why })),
      printers: new Map(printers.map((printer) => [printer.id, fixed(printer)])),
    })
  }

  function factsOf({ id, name, state }: PrinterView): PrinterFacts {
    const { links, silences, printers } = standingNow()
    const { serverId, pauseGrace, ...fixed } = printers.get(id) ?? UNKNOWN
    const now = clock.now()
    const track = tracked(id, state, serverId, now)
    const remembered = memory.of(id)
    const jobKey = state.jobRef?.key ?? null
    return {
      id,
      name,
      ...fixed,
      state,
      link: { link: state.link, since: track.linkSince, detail: links.get(serverId ?? '')?.detail ?? null },
      deviceSince: track.deviceSince,
      pause: pauseOf(track.paused, remembered.pause, jobKey, now, pauseGrace),
      last: remembered.last,
      trouble: remembered.trouble,
      picture: remembered.picture,
      muted: mutedBy(silences, id, jobKey, serverId),
      following: parts.engine()?.following(id) ?? null,
      unseen: memory.unseen(id),
      spark: sparkOf(track, id, now),
    }
  }

  /** Made once a bucket: a frame must not average forty of them. */
  function sparkOf(track: Track, id: string, now: number): Spark {
    const bucket = Math.floor(now / BUCKET_MS)
    if (track.spark?.bucket !== bucket) track.spark = { bucket, values: heat.spark(id, now) }
    return track.spark.values
  }

  function tracked(id: string, state: PrinterState, serverId: string | undefined, now: number): Track {
    const known = tracks.get(id)
    const first = known === undefined
    const lost = state.link === 'up' || state.link === 'connecting' ? null : first ? gapSince(serverId) ?? now : now
    const track: Track = known ?? { link: state.link, linkSince: lost, device: state.device, deviceSince: null, paused: null, spark: null }
    if (track.link !== state.link) Object.assign(track, { link: state.link, linkSince: isUp(track.link) || isUp(state.link) ? lost : track.linkSince ?? lost })
    if (track.device !== state.device) Object.assign(track, { device: state.device, deviceSince: now })
    // A pause that was there when we began to look is none that has just begun.
    if (state.job !== 'paused') track.paused = null
    else track.paused ??= { at: now, old: first }
    tracks.set(id, track)
    return track
  }

  function gapSince(serverId: string | undefined): number | null {
    gaps ??= parts.openGaps()
    return gaps.find((gap) => gap.serverId === serverId && gap.to === null)?.from ?? null
  }

  function statusNow(): Status {
    const { silences, failing } = standingNow()
    const pauses = silences.filter(isPauseOfAll)
    return { ...countStates(cards.values()), unseen: memory.unseenOfAll(), failing, paused: pauses.length === 0 ? null : { until: latestEnd(pauses) } }
  }

  function statusSeen(): Status {
    return (status ??= statusNow())
  }

  return {
    cards() {
      look()
      return [...cards.values()].sort(cardOrder(parts.language?.().locale))
    },
    card(printerId) {
      look()
      return cards.get(printerId) ?? null
    },
    status() {
      look()
      return statusSeen()
    },
    onChanged(listener): Stop {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onState(printerId) {
      dirty.add(printerId)
      schedule()
    },
    onNews(news) {
      if (news.line === 'event') {
        memory.heard(news.event)
        if (news.event.type.startsWith('app.')) standing = null
        dirty.add(news.event.printerId)
        schedule()
      } else if (news.line === 'link') refresh()
    },
    refresh,
    recount() {
      memory.recount()
      refresh()
    },
    facts(printerId) {
      const view = parts.engine()?.printers().find(({ id }) => id === printerId)
      return view ? factsOf(view) : null
    },
    stop() {
      stopped = true
      tick()
      timer?.()
      pictures?.()
      timer = null
    },
  }
}

const isUp = (link: PrinterState['link']): boolean => link === 'up' || link === 'connecting'

function allowedCommands(adapter: Pick<PrinterAdapter, 'capabilities'> | undefined, printer: ResolvedPrinter | undefined): ReadonlySet<PrinterCommand['name']> {
  const chosen = printer?.commands
  return new Set((adapter?.capabilities.commands ?? []).filter((name) => chosen === undefined || chosen.includes(name)))
}

/** Server and we may see a pause some seconds apart; ms. */
const PAUSES_APART_MS = 10_000

/** A pause counts once it has lasted as long as one that is told (DESIGN section 4, pause), or was told, or was there before us. */
function pauseOf(seen: Track['paused'], told: { jobKey: string | null; at: number; byUs: boolean } | null, jobKey: string | null, now: number, grace: number): PrinterFacts['pause'] {
  if (seen === null) return null
  // Told long before this pause began: it was about an earlier one.
  const about = told !== null && told.jobKey === jobKey && (seen.old || told.at >= seen.at - Math.max(grace, PAUSES_APART_MS)) ? told : null
  return { since: about?.at ?? seen.at, byUs: about?.byUs ?? false, told: about !== null || seen.old || now - seen.at >= grace }
}

function mutedBy(silences: readonly Silence[], printerId: string, jobKey: string | null, serverId: string | undefined): PrinterCard['muted'] {
  const mine = silences.filter((silence) => mutesPrinter(silence, printerId, jobKey, serverId))
  return mine.length === 0 ? null : { until: latestEnd(mine) }
}

/** null = one of them has no end. */
function latestEnd(silences: readonly Silence[]): number | null {
  return silences.reduce<number | null>((end, { endsAt }) => (end === null || endsAt === null ? null : Math.max(end, endsAt)), 0)
}
