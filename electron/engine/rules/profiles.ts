/** Profiles as they are asked: is it awake, do its filters match, is its timeslot open, and what is then done. Pure. */
import { SEVERITY_RANK, type EventDraft } from '../events/model.ts'
import type { PresenceState } from '../ports.ts'
import type { ProfileSettings, RuleSettings } from '../settings/rules-schema.ts'
import { compileFilter, type CompiledFilter, type FilterFacts, type FilterFields } from './filter.ts'
import { localTimeOf, systemZone, type LocalTime } from './local-time.ts'
import { minuteOf } from './day-times.ts'
import { ALWAYS, compileTimeslot, keptUntilThen, type CompiledTimeslot } from './timeslot.ts'

export type ProfileStage = 'profile' | 'filtered' | 'timeslot' | 'mode' | 'presence'

/** What a profile says of one event for one destination; strongest first in this order. */
export type ProfileVerdict =
  | { decision: 'deliver'; stage: 'deliver' | 'timeslot'; reason: string }
  | { decision: 'hold'; stage: 'timeslot'; reason: string; until: number }
  | { decision: 'digest'; stage: 'mode'; reason: string; until: number }
  | Refusal
type Refusal = { decision: 'drop'; stage: ProfileStage; reason: string }
type Target = ProfileSettings['destinations'][number]

export interface ProfileQuestion {
  event: Pick<EventDraft, 'occurredAt' | 'severity' | 'type' | 'printerId' | 'serverKind' | 'native' | 'job' | 'printTime' | 'remaining'>
  facts: FilterFacts
  /** Epoch ms. */
  now: number
  /** Of whoever sits at this desk. */
  presence: PresenceState
}

export interface CompiledProfile {
  readonly id: string
  /** It hears what the `events` of printers and destinations name. */
  readonly byEvents: boolean
  /** How it reaches a destination; null = it does not. */
  reaches(destinationId: string): Target | null
  /** Who is told when nobody acknowledges; null = nobody. */
  readonly escalate: { afterMs: number; to: readonly string[]; times: number } | null
  /** The only printer it is about; absent = all of them. */
  readonly printerId?: string
  /** Of other events it says nothing, not even no; absent = it is asked of every one. */
  concerns?(event: Pick<EventDraft, 'type' | 'native' | 'printerId' | 'job'>): boolean
  /** Lists of selectors of which each must name an event, as far as they can be known without it. */
  readonly lists: readonly (readonly string[])[]
  judge(question: ProfileQuestion, target: Target): ProfileVerdict
}

const EVERYTHING = ['*']

// Verdicts are told by the thousand, so those that are always the same are made once.
const WANTED: ProfileVerdict = { decision: 'deliver', stage: 'deliver', reason: 'subscribed' }
const CRITICAL: ProfileVerdict = { decision: 'deliver', stage: 'timeslot', reason: 'critical_passes' }
const refusal = (stage: ProfileStage, reason: string): Refusal => ({ decision: 'drop', stage, reason })
const OFF = refusal('profile', 'profile_off')
const PAUSED = refusal('profile', 'profile_paused')
const OUTSIDE = refusal('timeslot', 'outside_timeslot')
const IN_APP = refusal('mode', 'in_app')
const SWITCHED_OFF = refusal('mode', 'switched_off')
const SOMEBODY_HERE = refusal('presence', 'somebody_here')
const NOBODY_HERE = refusal('presence', 'nobody_here')

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A digest comes at least once a week. */
const LOOK_DAYS = 8

/** @param rules checked: every id that is named is there */
export function compileProfiles(rules: Omit<RuleSettings, 'masked'>, ownZone: () => string = systemZone): CompiledProfile[] {
  const times = new Map<string, LocalTime>()
  const local = (zone: string | null | undefined): LocalTime => {
    const named = zone ?? rules.zone ?? ownZone()
    const known = times.get(named) ?? localTimeOf(named)
    times.set(named, known)
    return known
  }
  const slots = new Map<string, CompiledTimeslot>()
  const slotOf = (id: string): CompiledTimeslot | null => {
    // The slot that is always open needs no clock, and no zone.
    if (id === ALWAYS.id) return null
    const known = slots.get(id)
    if (known) return known
    const settings = rules.timeslots.find((slot) => slot.id === id)
    const compiled = compileTimeslot(settings ?? ALWAYS, local(settings?.zone))
    slots.set(id, compiled)
    return compiled
  }
  const matches = new Map(rules.filters.map((filter) => [filter.id, filter.match]))
  // One for all profiles that name it: it is asked once an event.
  const filters = new Map<string, NamedFilter>()
  const filterOf = (id: string): NamedFilter => {
    const known = filters.get(id) ?? { match: { ...rules.fallbackFilter, ...matches.get(id) }, refuses: refusalOf(id, compileFilter(matches.get(id) ?? {}, rules.fallbackFilter)) }
    filters.set(id, known)
    return known
  }
  return rules.profiles.map((profile) => compileProfile(profile, { slot: slotOf(profile.timeslot), filters: profile.filters.map(filterOf), digestTime: () => local(null) }))
}

type Asked<T> = (event: ProfileQuestion['event'], facts: FilterFacts) => T
interface NamedFilter {
  match: FilterFields
  /** Null = it matches. */
  refuses: Asked<Refusal | null>
}

/** What a filter says, in the words of a decision: made once, not for each event. */
function refusalOf(id: string, test: CompiledFilter): Asked<Refusal | null> {
  const refusals = new Map<string, Refusal>()
  return keptForTheLast((event, facts) => {
    const field = test(event, facts)
    if (field === null) return null
    const refusal = refusals.get(field) ?? { decision: 'drop', stage: 'filtered', reason: `filter:${id}:${field}` }
    refusals.set(field, refusal)
    return refusal
  })
}

/** The same event is asked about for one profile and one destination after the other: the last answer is kept. */
function keptForTheLast<T>(ask: Asked<T>): Asked<T> {
  let last: { event: ProfileQuestion['event']; facts: FilterFacts; answer: T } | null = null
  return (event, facts) => {
    if (last === null || last.event !== event || !sameFacts(last.facts, facts)) last = { event, facts, answer: ask(event, facts) }
    return last.answer
  }
}

const sameFacts = (a: FilterFacts, b: FilterFacts): boolean => a === b || (a.acknowledged === b.acknowledged && (a.tags === b.tags || (a.tags.length === 0 && b.tags.length === 0)))

interface Parts {
  /** Null = always open. */
  slot: CompiledTimeslot | null
  filters: readonly NamedFilter[]
  digestTime(): LocalTime
}

function compileProfile(profile: ProfileSettings, { slot, filters, digestTime }: Parts): CompiledProfile {
  const named = filters.flatMap(({ match }) => (match.events === undefined ? [] : [match.events]))

  const digests = new Map(profile.destinations.map((target) => [target, keptUntilThen((now) => nextDigest(target.digest, digestTime(), now))]))
  // Of two entries for one destination the first one holds.
  const targets = new Map([...profile.destinations].reverse().map((target) => [target.destination, target]))

  function rests(now: number): Refusal | null {
    if (!profile.active) return OFF
    return profile.pausedUntil !== undefined && now < profile.pausedUntil ? PAUSED : null
  }

  const refused = keptForTheLast((event, facts) => {
    for (const { refuses } of filters) {
      const refusal = refuses(event, facts)
      if (refusal !== null) return refusal
    }
    return null
  })

  /**
   * The slot is judged at the time of the event (R47), and where it is told later also at that time, so that nothing rings in the night because of
   * an outage. Null = nothing stands in the way.
   */
  function timed(event: ProfileQuestion['event'], now: number): ProfileVerdict | null {
    if (slot === null) return null
    const open = slot.contains(now)
    const covered = slot.contains(Math.min(event.occurredAt, now))
    if (open && covered) return null
    if (profile.criticalPasses && SEVERITY_RANK[event.severity] >= SEVERITY_RANK.critical) return CRITICAL
    if (!covered && profile.outside === 'drop') return OUTSIDE
    if (open) return null
    const until = slot.nextChange(now)
    return until === null ? { decision: 'drop', stage: 'timeslot', reason: 'timeslot_never_opens' } : { decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', until }
  }

  function inItsMode(target: Target, now: number): ProfileVerdict {
    switch (target.mode) {
      case 'now': return WANTED
      case 'in_app': return IN_APP
      case 'off': return SWITCHED_OFF
      case 'digest': {
        const until = digests.get(target)?.(now) ?? null
        return until === null ? WANTED : { decision: 'digest', stage: 'mode', reason: 'digest', until }
      }
    }
  }

  return {
    id: profile.id,
    byEvents: profile.byEvents,
    reaches: (destinationId) => targets.get(destinationId) ?? targets.get('*') ?? null,
    escalate: profile.escalate ? { afterMs: profile.escalate.afterMinutes * MINUTE_MS, to: profile.escalate.to, times: profile.escalate.times } : null,
    lists: named.length === 0 ? [EVERYTHING] : named,
    judge({ event, facts, now, presence }, target) {
      const refusal = rests(now) ?? refused(event, facts)
      if (refusal !== null) return refusal
      const mode = inItsMode(target, now)
      // What is not to be sent at all needs no time, and a digest comes at its own.
      if (mode.decision !== 'deliver') return mode
      return elsewhere(target.presence, presence) ?? timed(event, now) ?? mode
    },
  }
}

/** Unknown presence means toast and phone: better twice than not at all. */
function elsewhere(wanted: Target['presence'], presence: PresenceState): ProfileVerdict | null {
  if (wanted === 'always' || presence === 'unknown') return null
  const here = presence === 'present'
  if (here === (wanted === 'at_desk')) return null
  return here ? SOMEBODY_HERE : NOBODY_HERE
}

/** The next time of a digest behind `now`, epoch ms; null = there is none. */
export function nextDigest(digest: Target['digest'], local: LocalTime, now: number): number | null {
  if (digest === undefined) return null
  const minutes = digest.at.flatMap((text) => minuteOf(text) ?? [])
  return local.changes(now, LOOK_DAYS, minutes).find((at) => {
    const wall = local.wall(at)
    // Where the clock jumps ahead, what was to be in between is then.
    const skipped = (wall.minute - local.wall(at - MINUTE_MS).minute + DAY_MINUTES) % DAY_MINUTES
    const since = (minute: number): number => (wall.minute - minute + DAY_MINUTES) % DAY_MINUTES
    return digest.days.includes(wall.weekday) && minutes.some((minute) => since(minute) < (skipped > DAY_MINUTES / 2 ? 1 : skipped))
  }) ?? null
}

const STRENGTH: Readonly<Record<ProfileVerdict['decision'], number>> = { deliver: 3, hold: 2, digest: 1, drop: 0 }
/** Of two that drop it, the one that came further says more. */
const CAME_TO: Readonly<Record<ProfileStage, number>> = { profile: 0, filtered: 1, mode: 2, presence: 3, timeslot: 4 }

/** Deliver before hold before digest before drop; of two that wait, the one that is over sooner. Zero or less = `a` is at least as strong. */
export function byStrength(a: ProfileVerdict, b: ProfileVerdict): number {
  const strength = STRENGTH[b.decision] - STRENGTH[a.decision]
  if (strength !== 0) return strength
  if ('until' in a && 'until' in b) return a.until - b.until
  if (a.decision === 'drop' && b.decision === 'drop') return CAME_TO[b.stage] - CAME_TO[a.stage]
  return 0
}
