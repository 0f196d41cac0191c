/**
 * Bursts: of what happens to many printers at once the first is told at once, and the others follow in one message. A server that is lost with
 * all its printers is one message, and so is its return; a camera is not missed while its printer is. Pure: what was told lately comes in.
 */
import type { ChannelCapabilities } from '../channels/channel.ts'
import type { EventDraft, EventType } from '../events/model.ts'
import type { Decision } from '../history/history.ts'

/** So long the printers of a server that is lost, or back, are waited for; ms. They all notice within the same moment. */
export const HOST_GATHER_MS = 2_000

/** The event that opened a window: others join it. */
export interface First {
  eventId: string
  printerId: string
  /** When it was decided on, epoch ms. */
  at: number
  /** What comes before then joins it, epoch ms. */
  until: number
  /** What comes later asks for it, too: it is kept when its window is over. */
  lasts?: true
}

/** The server of a printer, as it stands. */
export interface HostNow {
  serverId: string
  /** How many printers of it are watched. */
  printers: number
  answers: boolean
}

export interface GroupingContext {
  /** How long others of a kind are gathered behind the first, ms; 0 = they are not. */
  burstMs: number
  /** Whether a server's printers are told together. */
  servers: boolean
  /** What was told first of each kind at each destination, by `keyOf`. */
  firsts: ReadonlyMap<string, First>
  /** Of the printer's primary source; null = it is not watched. */
  hostOf(printerId: string): HostNow | null
  /** Whether the way to the printer is known to be cut. */
  isOut(printerId: string): boolean
}

/** What becomes of an event that would be delivered now. */
export type Grouped = { decision: 'hold'; reason: string; until: number } | { decision: 'drop'; reason: string }

type GroupedEvent = Pick<EventDraft, 'type' | 'printerId' | 'occurredAt' | 'late' | 'reason' | 'native'>
type GroupedChannel = Pick<ChannelCapabilities, 'local' | 'everyEvent'>

/** How far a print is, which has a message of its own that changes; words that a summary would lose; what a person waits for. */
const BY_ITSELF: ReadonlySet<EventType> = new Set<EventType>([
  'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon',
  'message.display', 'message.user', 'command.succeeded', 'command.failed', 'command.acknowledged', 'app.silence_over',
])
/** The adapter's or the engine's own summaries, and what did not happen. */
const OF_ITS_OWN: ReadonlySet<string> = new Set(['rehearsal', 'cap_summary'])
/** What a server does to all of its printers. */
const OF_THE_SERVER: ReadonlySet<EventType> = new Set<EventType>(['link.lost', 'link.up', 'link.auth_failed', 'link.refused'])

/** Which events count as of one kind; null = each is told by itself. */
function kindOf(event: GroupedEvent): string | null {
  if (event.printerId === '' || BY_ITSELF.has(event.type) || OF_ITS_OWN.has(event.reason ?? '')) return null
  return event.type === 'server.event' ? `server.event ${event.native?.name ?? ''}` : event.type
}

const keyOf = (destinationId: string, kind: string): string => `${destinationId}|${kind}`
const hostKind = (event: Pick<GroupedEvent, 'type'>, serverId: string): string => `${event.type} of ${serverId}`
const cameraKind = (event: GroupedEvent): string => `camera of ${event.printerId}`

/** The server whose printers are told together with this one; null = it is told like any other. A printer that is silent on a living server is no loss of the server. */
function hostTold(event: GroupedEvent, context: Pick<GroupingContext, 'servers' | 'hostOf'>): HostNow | null {
  if (!context.servers || !OF_THE_SERVER.has(event.type)) return null
  const host = context.hostOf(event.printerId)
  return host === null || host.printers < 2 || (event.type === 'link.lost' && host.answers) ? null : host
}

/** Whether an event that would be delivered at `now` waits for others, or is part of what was told; null = neither. */
export function group(event: GroupedEvent, destinationId: string, channel: GroupedChannel, context: GroupingContext, now: number): Grouped | null {
  const kind = kindOf(event)
  if (kind === null || channel.everyEvent === true) return null
  // What is found out late at this desk is gathered there anyway.
  if (event.late && channel.local) return null
  if (cameraIsOut(event, destinationId, context)) return { decision: 'drop', reason: 'host_down' }
  const host = hostTold(event, context)
  if (host !== null) return ofHost(event, host, context.firsts.get(keyOf(destinationId, hostKind(event, host.serverId))), now)
  const first = context.firsts.get(keyOf(destinationId, kind))
  if (context.burstMs === 0 || first === undefined || !isOpen(first, now) || first.printerId === event.printerId) return null
  return { decision: 'hold', reason: `burst:${first.eventId}`, until: first.until }
}

/** One that is still to come was noted before the clock was set back, and nothing waits so long. */
const isOpen = ({ at, until }: First, now: number): boolean => at <= now && now < until

function ofHost(event: GroupedEvent, host: HostNow, first: First | undefined, now: number): Grouped {
  const reason = `host:${host.serverId}`
  if (first !== undefined && isOpen(first, now)) return { decision: 'hold', reason, until: first.until }
  // It was gone already when its server was told.
  if (event.type === 'link.lost' && first !== undefined && first.at <= now && event.occurredAt <= first.at) return { decision: 'drop', reason }
  return { decision: 'hold', reason, until: now + HOST_GATHER_MS }
}

/** A camera that is gone with its printer, or back after such a loss, of which nobody was told. */
function cameraIsOut(event: GroupedEvent, destinationId: string, { servers, isOut, firsts }: GroupingContext): boolean {
  if (!servers) return false
  if (event.type === 'camera.lost') return isOut(event.printerId)
  return event.type === 'camera.up' && firsts.has(keyOf(destinationId, cameraKind(event)))
}

/** What was first decided on an event for one destination, taken down in `firsts` for those that follow. Windows that are over give way to a new one. */
export function noteFirst(firsts: Map<string, First>, event: GroupedEvent & { id: string }, decided: Pick<Decision, 'destinationId' | 'decision' | 'stage' | 'reason' | 'at' | 'until'>, burstMs: number): void {
  const { destinationId, at } = decided
  const open = (kind: string, until: number, lasts = false): void => {
    const known = firsts.get(keyOf(destinationId, kind))
    if (known !== undefined && isOpen(known, at)) return
    for (const [key, first] of firsts) if (!first.lasts && !isOpen(first, at)) firsts.delete(key)
    firsts.set(keyOf(destinationId, kind), { eventId: event.id, printerId: event.printerId, at, until, ...(lasts ? { lasts } : {}) })
  }
  if (event.type === 'camera.lost' || event.type === 'camera.up') {
    const unheard = decided.reason === 'host_down' && event.type === 'camera.lost'
    if (unheard) open(cameraKind(event), at, true)
    else firsts.delete(keyOf(destinationId, cameraKind(event)))
  }
  const kind = kindOf(event)
  if (kind === null) return
  if (decided.decision === 'deliver' && burstMs > 0) open(kind, at + burstMs)
  const gathered = gatheredBy([decided], destinationId)
  if (gathered?.by === 'host' && decided.until !== null) open(hostKind(event, gathered.id), decided.until, event.type === 'link.lost')
}

/** What a row waits for: the first of a burst, by its event, or the printers of a server. */
export interface GatheredBy {
  by: 'burst' | 'host'
  id: string
}

/** What was decided last for the destination, where that was to gather it; null = it waits for something else, or for nothing. */
export function gatheredBy(decisions: readonly Pick<Decision, 'destinationId' | 'decision' | 'stage' | 'reason'>[], destinationId: string): GatheredBy | null {
  const last = decisions.findLast((decision) => decision.destinationId === destinationId && decision.decision === 'hold')
  const [, by, id] = last?.stage === 'grouped' ? /^(burst|host):(.+)$/s.exec(last.reason) ?? [] : []
  return id === undefined ? null : { by: by as GatheredBy['by'], id }
}
