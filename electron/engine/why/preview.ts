/**
 * What a profile would have delivered: the rules run once more over what is stored, each event at its own time, and nothing is written. Silences
 * of then are left out, because they are no part of a profile; what else is taken for granted is told with the answer (`assumes`).
 */
import { clean } from '../delivery/text.ts'
import type { EventType, Severity } from '../events/model.ts'
import type { DecisionKind, History, StoredEvent } from '../history/history.ts'
import { decisionText, type Names } from '../rules/explain.ts'
import { systemZone } from '../rules/local-time.ts'
import { compileProfiles } from '../rules/profiles.ts'
import { route, type RouteContext } from '../rules/route.ts'
import { compile, type RoutedKinds } from '../rules/subscriptions.ts'
import type { EngineSettings } from '../settings/expand.ts'
import { dayIn } from './day.ts'
import { kindName, wholeTitle } from './title.ts'
import { walk, type Walk } from './walk.ts'
import { ENGLISH_WHY, type WhyLanguage } from './words/index.ts'

export type PreviewSettings = Pick<EngineSettings, 'zone' | 'timeslots' | 'filters' | 'fallbackFilter' | 'profiles' | 'subscriptions' | 'masked' | 'grouping' | 'notifyMyself' | 'expiry' | 'destinations'> & { printers: readonly Pick<EngineSettings['printers'][number], 'id' | 'enabled' | 'events' | 'tags'>[] }

export interface PreviewQuestion {
  /** As they would be, with the profile in them. */
  settings: PreviewSettings
  profileId: string
  kinds: RoutedKinds
  /** This computer's zone, for days and timeslots where the settings name none. */
  ownZone?: () => string
  /** In which it is told; absent = English. */
  language?: WhyLanguage
}

/** How many events would have been decided so. */
export type Counts = Readonly<Record<DecisionKind, number>>

export interface PreviewReason {
  decision: DecisionKind
  stage: string
  /** A phrase without a full stop. */
  text: string
  events: number
  /** The newest of them. */
  eventId: string
}

/** One event as it would have been decided: by the strongest decision on it. */
export interface PreviewRow {
  eventId: string
  /** When it happened, epoch ms. */
  at: number
  type: EventType
  severity: Severity
  /** "" = the event is about Printbell itself. */
  printerName: string
  title: string
  decision: DecisionKind
  stage: string
  /** A phrase without a full stop. */
  text: string
  /** How many destinations more are decided as strongly. */
  more: number
}

/**
 * What is not known of then, or left out, as far as it makes a difference. `silences`: those of then. `presence`: whether somebody sat here is not
 * kept, so what asks for it counts as told. `rest`: the profile rests now, and is judged as if it did not. `later`: what is held or gathered may be
 * left out when its time comes. `bursts`: each event is judged by itself, so what would be gathered behind a first counts as told. `others`: other
 * profiles may have told it.
 */
export const ASSUMPTIONS = ['silences', 'presence', 'rest', 'later', 'bursts', 'others'] as const
export type Assumption = (typeof ASSUMPTIONS)[number]

export interface Preview {
  profile: { id: string; name: string }
  /** Epoch ms. */
  since: number
  until: number
  /** How many events were judged; rehearsals are none. */
  events: number
  /** There were more: these are the newest. */
  more: boolean
  /** Each event once, by the strongest decision on it. */
  total: Counts
  /** The destinations that the profile reaches and that are on. */
  destinations: { id: string; label: string; counts: Counts }[]
  /** Local days ("2026-01-15"), the oldest first; days without events are left out. */
  days: { day: string; kinds: { type: EventType; name: string; counts: Counts }[] }[]
  /** What would have been delivered comes first; within that the most frequent. */
  reasons: PreviewReason[]
  /** The newest of each decision, at most `ROWS_OF_EACH`; newest first. */
  rows: PreviewRow[]
  assumes: Assumption[]
}

/** So many events of each decision are listed one by one. */
const ROWS_OF_EACH = 200

type Tally = Record<DecisionKind, number>
const none = (): Tally => ({ deliver: 0, hold: 0, digest: 0, drop: 0 })
/** Strongest first. */
const STRENGTH: readonly DecisionKind[] = ['deliver', 'hold', 'digest', 'drop']

export class NoSuchProfile extends Error {
  override readonly name = 'NoSuchProfile'
  constructor(id: string, known: readonly { id: string }[]) {
    super(`There is no profile "${id}"; there are: ${known.map((profile) => profile.id).join(', ') || 'none'}.`)
  }
}

/** Adds up, event by event. @throws NoSuchProfile */
export function previewer({ settings, profileId, kinds, ownZone = systemZone, language = ENGLISH_WHY }: PreviewQuestion): { judge(event: StoredEvent): void; result(span: { since: number; until: number; more: boolean }): Preview } {
  const given = settings.profiles.find(({ id }) => id === profileId)
  if (given === undefined) throw new NoSuchProfile(profileId, settings.profiles)
  // A rest that somebody set for now says nothing of the days before.
  const { pausedUntil: _rest, ...profile } = given
  const profiles = compileProfiles({ ...settings, profiles: [profile] }, ownZone)
  const reached = settings.destinations.filter(({ id, enabled }) => enabled && profiles[0]?.reaches(id) != null)
  const tags = new Map(settings.printers.map((printer) => [printer.id, printer.tags ?? []]))
  const context: Omit<RouteContext, 'now'> = {
    profiles, subscriptions: compile(settings, kinds, profiles), destinations: reached, kinds, settings, silences: [], presence: 'unknown', tagsOf: (printerId) => tags.get(printerId) ?? [],
  }
  const labels = new Map(reached.map(({ id, label }) => [id, label]))
  const dayOf = dayIn(settings.zone ?? ownZone())
  const total = none()
  const byDestination = new Map(reached.map(({ id }) => [id, none()]))
  const byDay = new Map<string, Map<EventType, Tally>>()
  const reasons = new Map<string, PreviewReason>()
  const rows: PreviewRow[] = []
  let events = 0

  function judge(event: StoredEvent): void {
    if (event.reason === 'rehearsal') return
    events += 1
    const { decisions } = route(event, { ...context, now: event.observedAt })
    for (const { destinationId, decision } of decisions) (byDestination.get(destinationId) ?? none())[decision] += 1
    const strongest = [...decisions].sort((a, b) => STRENGTH.indexOf(a.decision) - STRENGTH.indexOf(b.decision))[0]
    const decision = strongest?.decision ?? 'drop'
    total[decision] += 1
    kindOn(dayOf(event.occurredAt), event.type)[decision] += 1
    const text = strongest === undefined ? language.words.reachesNobody : decisionText({ reason: strongest.reason, profileId: null }, namesFor(event, labels.get(strongest.destinationId) ?? '', settings, language), language.words)
    const known = reasons.get(`${decision} ${text}`)
    if (known) known.events += 1
    else reasons.set(`${decision} ${text}`, { decision, stage: strongest?.stage ?? 'profile', text, events: 1, eventId: event.id })
    if (total[decision] <= ROWS_OF_EACH) rows.push(rowOf(event, { decision, stage: strongest?.stage ?? 'profile', text, more: Math.max(0, decisions.filter((each) => each.decision === decision).length - 1) }, language))
  }

  function kindOn(day: string, type: EventType): Tally {
    const kindsOfDay = byDay.get(day) ?? new Map<EventType, Tally>()
    byDay.set(day, kindsOfDay)
    const tally = kindsOfDay.get(type) ?? none()
    kindsOfDay.set(type, tally)
    return tally
  }

  return {
    judge,
    result: (span) => ({
      profile: { id: profile.id, name: profile.name }, ...span, events, total,
      destinations: reached.map(({ id, label }) => ({ id, label, counts: byDestination.get(id) ?? none() })),
      days: [...byDay].sort(([a], [b]) => a.localeCompare(b)).map(([day, types]) => ({ day, kinds: [...types].map(([type, counts]) => ({ type, name: kindName(type, language), counts })).sort((a, b) => sum(b.counts) - sum(a.counts)) })),
      reasons: [...reasons.values()].sort((a, b) => STRENGTH.indexOf(a.decision) - STRENGTH.indexOf(b.decision) || b.events - a.events),
      rows: [...rows].sort((a, b) => b.at - a.at),
      assumes: assumptionsOf(given, settings, reached, total, span.until),
    }),
  }
}

function rowOf(event: StoredEvent, decided: Pick<PreviewRow, 'decision' | 'stage' | 'text' | 'more'>, { messages }: WhyLanguage): PreviewRow {
  const { id: eventId, occurredAt: at, type, severity } = event
  return { eventId, at, type, severity, printerName: event.printerId === '' ? '' : clean(event.printerName), title: wholeTitle(event, messages), ...decided }
}

function assumptionsOf(profile: PreviewSettings['profiles'][number], { profiles, printers, grouping }: PreviewSettings, reached: readonly { id: string }[], total: Counts, now: number): Assumption[] {
  const asksPresence = profile.destinations.some(({ destination, presence }) => presence !== 'always' && (destination === '*' || reached.some(({ id }) => id === destination)))
  const holds: Readonly<Record<Assumption, boolean>> = {
    silences: true, presence: asksPresence, rest: profile.pausedUntil !== undefined && now < profile.pausedUntil, later: total.hold + total.digest > 0,
    bursts: total.deliver > 0 && printers.length > 1 && (grouping.burst > 0 || grouping.servers), others: profiles.some(({ id, active }) => active && id !== profile.id),
  }
  return ASSUMPTIONS.filter((one) => holds[one])
}

const sum = (counts: Counts): number => STRENGTH.reduce((all, decision) => all + counts[decision], 0)

/** Reasons are told of kinds, not of single events. */
function namesFor({ type, printerName }: StoredEvent, destination: string, { filters }: PreviewSettings, language: WhyLanguage): Names {
  return { event: kindName(type, language), destination, printer: printerName, silence: () => null, profile: () => null, filter: (id) => filters.find((filter) => filter.id === id)?.name ?? null, time: String }
}

const DAY_MS = 24 * 3_600_000
const PREVIEW_DAYS = 7

/**
 * The last days as this profile would have told them; at most the newest 10 000 events.
 * @param days 7 unless told @throws NoSuchProfile, HistoryError, the reason of `signal`
 */
export async function previewProfile(question: PreviewQuestion, given: Pick<Walk, 'pause' | 'signal' | 'most'> & { history: Pick<History, 'events'>; now: number; days?: number }): Promise<Preview> {
  const span = { since: given.now - (given.days ?? PREVIEW_DAYS) * DAY_MS, until: given.now }
  const { judge, result } = previewer(question)
  const { more } = await walk({ ...given, ...span }, judge)
  return result({ ...span, more })
}
