/** What is stored about the time that somebody asks about. Only reads; what it means is told by why.ts. */
import type { EventType, Suppressed } from '../events/model.ts'
import type { FailingDestination } from '../failing-destinations.ts'
import type { Attempt, Decision, History, LinkGap, OutboxRow, StoredEvent } from '../history/history.ts'
import { compileProfiles } from '../rules/profiles.ts'
import { compile, wanted, type RoutedKinds } from '../rules/subscriptions.ts'
import type { EngineSettings, ResolvedPrinter } from '../settings/expand.ts'
import { ABSENCES, absenceId } from './absences.ts'

export interface WhyQuestion {
  printerId: string
  type: EventType
  /** When it happened, or should have; epoch ms. */
  at: number
  /** Null = everywhere. */
  destinationId: string | null
}

/** An event with all that was decided and done about it. */
export interface Heard {
  event: StoredEvent
  decisions: readonly Decision[]
  outbox: readonly OutboxRow[]
  attempts: readonly Attempt[]
}

export interface WhyFacts {
  /** Epoch ms. */
  now: number
  /** As the settings have it now; null = they have none of this id. */
  printer: { name: string; enabled: boolean } | null
  destinations: readonly { id: string; label: string; enabled: boolean }[]
  /** Events of the kind around that time, the nearest first. */
  heard: readonly Heard[]
  /** Other kinds of the same printer around that time, and the kind itself within a day; the nearest first. */
  near: readonly StoredEvent[]
  /** Of the printer, around that time, oldest first. */
  suppressed: readonly Suppressed[]
  /** When the printer's server could not be reached, around that time. */
  gaps: readonly LinkGap[]
  /** When nobody looked at all, around that time. */
  absences: readonly LinkGap[]
  /** Destinations that fail now. */
  failing: readonly FailingDestination[]
  /** How long events are kept; 0 = for ever. Days. */
  eventDays: number
  /** Why such an event is not even looked for. */
  notMade: { setting: string } | 'nobody_asks' | null
}

export type WhyHistory = Pick<History, 'events' | 'decisions' | 'outbox' | 'attempts' | 'suppressed' | 'gaps'>

export interface WhyParts {
  history: WhyHistory
  /** Those in force. */
  settings: EngineSettings
  kinds: RoutedKinds
  failing: readonly FailingDestination[]
  /** Epoch ms. */
  now: number
}

/** A person's memory of when something was is so good; ms. */
export const AROUND_MS = 15 * 60_000
/** The same kind is worth a look so far away; ms. */
const SAME_KIND_MS = 24 * 3_600_000
const NEAR_AT_MOST = 8
const HEARD_AT_MOST = 5
/** Rows of one question. */
const MOST = 500

/** Reads all that can answer the question. */
export function factsOf(question: WhyQuestion, { history, settings, kinds, failing, now }: WhyParts): WhyFacts {
  const { at, type } = question
  const own = type.startsWith('app.')
  const printer = own ? undefined : settings.printers.find(({ id }) => id === question.printerId)
  const printerId = own ? '' : question.printerId
  const around = { since: at - AROUND_MS, until: at + AROUND_MS }
  const ofKind = nearest(history.events({ printerId, types: [type], ...around, limit: MOST }), at).slice(0, HEARD_AT_MOST)
  return {
    now,
    printer: own ? { name: 'Printbell', enabled: true } : printer ? { name: printer.name, enabled: printer.enabled } : null,
    destinations: settings.destinations,
    heard: ofKind.map((event) => ({ event, decisions: history.decisions(event.id), outbox: history.outbox({ eventId: event.id }), attempts: history.attempts({ eventId: event.id }) })),
    near: nearest([...history.events({ printerId, ...around, limit: MOST }).filter((event) => event.type !== type), ...(ofKind.length > 0 ? [] : sameKind(history, printerId, type, at))], at).slice(0, NEAR_AT_MOST),
    suppressed: history.suppressed({ printerId, ...around, limit: MOST }).sort((a, b) => a.at - b.at),
    gaps: printer ? gapsOf(history, printer, around) : [],
    absences: ABSENCES.flatMap((cause) => within(history.gaps({ serverId: absenceId(cause), since: around.since }), around)),
    failing,
    eventDays: settings.retention.eventDays,
    notMade: printer ? notMade(question, printer, settings, kinds) : null,
  }
}

/** The nearest before and the nearest behind. */
function sameKind(history: WhyHistory, printerId: string, type: EventType, at: number): StoredEvent[] {
  const found = nearest(history.events({ printerId, types: [type], since: at - SAME_KIND_MS, until: at + SAME_KIND_MS, limit: MOST }), at)
  return [found.find((event) => event.occurredAt < at), found.find((event) => event.occurredAt >= at)].filter((event) => event !== undefined)
}

function nearest(events: readonly StoredEvent[], at: number): StoredEvent[] {
  return [...events].sort((a, b) => Math.abs(a.occurredAt - at) - Math.abs(b.occurredAt - at))
}

function gapsOf(history: WhyHistory, printer: ResolvedPrinter, around: { since: number; until: number }): LinkGap[] {
  const serverId = printer.sources[0]?.serverId
  return serverId === undefined ? [] : within(history.gaps({ serverId, since: around.since }), around)
}

function within(gaps: readonly LinkGap[], { until }: { until: number }): LinkGap[] {
  return gaps.filter((gap) => gap.from <= until)
}

/** Kinds that a server is asked for only where somebody wants them. */
const ASKED_FOR: ReadonlySet<EventType> = new Set<EventType>(['job.layer', 'job.first_layer_done', 'message.display', 'message.user', 'server.event'])

function notMade({ type, printerId }: WhyQuestion, { thresholds }: ResolvedPrinter, settings: EngineSettings, kinds: RoutedKinds): WhyFacts['notMade'] {
  if (type === 'job.progress' && thresholds.progressStep === 0) return { setting: 'progressStep' }
  if (type === 'job.milestone_time' && thresholds.milestoneHours === 0) return { setting: 'milestoneHours' }
  if (type === 'job.layer' && thresholds.layers.length === 0) return { setting: 'layers' }
  if (!ASKED_FOR.has(type)) return null
  const want = wanted(compile(settings, kinds, compileProfiles(settings)), printerId)
  return want.types.has(type) || (type === 'server.event' && want.natives.size > 0) ? null : 'nobody_asks'
}
