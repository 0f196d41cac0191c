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
  | { decision: 'drop'; stage: ProfileStage; reason: string }

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
  reaches(destinationId: string): ProfileSettings['destinations'][number] | null
  /** Who is told when nobody acknowledges; null = nobody. */
  readonly escalate: { afterMs: number; to: readonly string[]; times: number } | null
  /** Lists of selectors of which each must name an event, as far as they can be known without it. */
  readonly lists: readonly (readonly string[])[]
  judge(question: ProfileQuestion, target: ProfileSettings['destinations'][number]): ProfileVerdict
}

const EVERYTHING = ['*']
const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A digest comes at least once a week. */
const LOOK_DAYS = 8

/** @param rules checked: every id that is named is there */
export function compileProfiles(rules: RuleSettings, ownZone: () => string = systemZone): CompiledProfile[] {
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
  return rules.profiles.map((profile) => compileProfile(profile, {
    slot: slotOf(profile.timeslot),
    filters: profile.filters.map((id) => ({ id, match: { ...rules.fallbackFilter, ...matches.get(id) }, test: compileFilter(matches.get(id) ?? {}, rules.fallbackFilter) })),
    digestTime: () => local(null),
  }))
}

interface Parts {
  /** Null = always open. */
  slot: CompiledTimeslot | null
  filters: readonly { id: string; match: FilterFields; test: CompiledFilter }[]
  digestTime(): LocalTime
}

function compileProfile(profile: ProfileSettings, { slot, filters, digestTime }: Parts): CompiledProfile {
  const named = filters.flatMap(({ match }) => (match.events === undefined ? [] : [match.events]))

  const digests = new Map(profile.destinations.map((target) => [target, keptUntilThen((now) => nextDigest(target.digest, digestTime(), now))]))

  function rests(now: number): string | null {
    if (!profile.active) return 'profile_off'
    return profile.pausedUntil !== undefined && now < profile.pausedUntil ? 'profile_paused' : null
  }

  function refused(event: ProfileQuestion['event'], facts: FilterFacts): string | null {
    for (const { id, test } of filters) {
      const field = test(event, facts)
      if (field !== null) return `filter:${id}:${field}`
    }
    return null
  }

  /**
   * The slot is judged at the time of the event (R47), and where it is told later also at that time, so that nothing rings in the night because of
   * an outage. Null = nothing stands in the way.
   */
  function timed(event: ProfileQuestion['event'], now: number): ProfileVerdict | null {
    if (slot === null) return null
    const open = slot.contains(now)
    const covered = slot.contains(Math.min(event.occurredAt, now))
    if (open && covered) return null
    if (profile.criticalPasses && SEVERITY_RANK[event.severity] >= SEVERITY_RANK.critical) return { decision: 'deliver', stage: 'timeslot', reason: 'critical_passes' }
    if (!covered && profile.outside === 'drop') return { decision: 'drop', stage: 'timeslot', reason: 'outside_timeslot' }
    if (open) return null
    const until = slot.nextChange(now)
    return until === null ? { decision: 'drop', stage: 'timeslot', reason: 'timeslot_never_opens' } : { decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', until }
  }

  function inItsMode(target: ProfileSettings['destinations'][number], now: number): ProfileVerdict {
    switch (target.mode) {
      case 'now': return { decision: 'deliver', stage: 'deliver', reason: 'subscribed' }
      case 'in_app': return { decision: 'drop', stage: 'mode', reason: 'in_app' }
      case 'off': return { decision: 'drop', stage: 'mode', reason: 'switched_off' }
      case 'digest': {
        const until = digests.get(target)?.(now) ?? null
        return until === null ? { decision: 'deliver', stage: 'deliver', reason: 'subscribed' } : { decision: 'digest', stage: 'mode', reason: 'digest', until }
      }
    }
  }

  return {
    id: profile.id,
    byEvents: profile.byEvents,
    reaches: (destinationId) => profile.destinations.find(({ destination }) => destination === destinationId) ?? profile.destinations.find(({ destination }) => destination === '*') ?? null,
    escalate: profile.escalate ? { afterMs: profile.escalate.afterMinutes * MINUTE_MS, to: profile.escalate.to, times: profile.escalate.times } : null,
    lists: named.length === 0 ? [EVERYTHING] : named,
    judge({ event, facts, now, presence }, target) {
      const asleep = rests(now)
      if (asleep !== null) return { decision: 'drop', stage: 'profile', reason: asleep }
      const filter = refused(event, facts)
      if (filter !== null) return { decision: 'drop', stage: 'filtered', reason: filter }
      const mode = inItsMode(target, now)
      // What is not to be sent at all needs no time, and a digest comes at its own.
      if (mode.decision !== 'deliver') return mode
      return elsewhere(target.presence, presence) ?? timed(event, now) ?? mode
    },
  }
}

/** Unknown presence means toast and phone: better twice than not at all. */
function elsewhere(wanted: ProfileSettings['destinations'][number]['presence'], presence: PresenceState): ProfileVerdict | null {
  if (wanted === 'always' || presence === 'unknown') return null
  const here = presence === 'present'
  if (here === (wanted === 'at_desk')) return null
  return { decision: 'drop', stage: 'presence', reason: here ? 'somebody_here' : 'nobody_here' }
}

/** The next time of a digest behind `now`, epoch ms; null = there is none. */
export function nextDigest(digest: ProfileSettings['destinations'][number]['digest'], local: LocalTime, now: number): number | null {
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
