/**
 * Why something was heard, or not, in whole phrases for people: from codes to the words of a language (why/words). Pure; the names of destinations,
 * silences and events come in. Every decision, attempt and swallowed observation that is stored can be told by it. Without a language it is English.
 */
import type { Suppressed, SuppressReason } from '../events/model.ts'
import type { Decision, OutboxState } from '../history/history.ts'
import { WATCH_ID } from '../watching/id.ts'
import { english, type ReasonCode, type SaidProfile, type WhyWords } from '../why/words/english.ts'
import type { FilterField } from './filter.ts'
import type { StageName } from './route.ts'

export { typesTelling } from './called.ts'

/** ok = let it through, no = stopped it, wait = holds it for now, info = says what happens next. */
export type TraceMark = 'ok' | 'no' | 'wait' | 'info'

export interface TraceLine {
  mark: TraceMark
  /** One or two words. */
  stage: string
  /** A whole phrase, without a full stop. */
  text: string
  at: number
}

/** A silence as people know it. */
export interface NamedSilence {
  /** What it is called, or what it mutes ("Mute of MK4"); '' = nobody said. */
  name: string
  /** Who made it, or by what ("window", "cli", a person). */
  by: string
  over: boolean
}

/** What decisions speak of by id, in the language they are told in. */
export interface Names {
  /** What happened ("Filament ran out"). */
  event: string
  /** The destination's label. */
  destination: string
  /** The printer's name; "" = the event belongs to none. */
  printer: string
  /** Null = it is no longer known. */
  silence(id: string): NamedSilence | null
  /** What a filter is called; null = it is no longer there. */
  filter(id: string): string | null
  /** What a profile is called; null = it is no longer there. */
  profile(id: string): string | null
  /** A time as it is told ("15:00", "Tue 07:00"). */
  time(at: number): string
}

/** In which order route() asks; what stands before the stage that decided had no objection. */
const ORDER: readonly StageName[] = ['enabled', 'masked', 'subscribed', 'profile', 'filtered', 'mode', 'presence', 'timeslot', 'supported', 'relevant', 'own', 'silenced', 'grouped', 'deliver']

/** What a stage without an objection says; null = nothing worth a line. @param by what it came to in the end */
function passed(stage: StageName, names: Names, by: Decision, words: WhyWords['passed']): string | null {
  const profile = by.profileId === null ? null : names.profile(by.profileId)
  switch (stage) {
    case 'profile': return profile === null ? null : words.profile(profile)
    case 'filtered': return profile === null ? null : words.filtered(profile)
    // What was held, or rang because it is critical, was outside of it.
    case 'timeslot': return profile !== null && by.decision === 'deliver' && by.stage === 'deliver' ? words.timeslot(profile) : null
    case 'subscribed': return words.subscribed(names.event)
    case 'supported': return words.supported(names.destination)
    case 'silenced': return words.silenced
    case 'enabled':
    case 'masked':
    case 'mode':
    case 'presence':
    case 'relevant':
    case 'own':
    case 'grouped':
    case 'deliver':
    case 'escalation':
    case 'superseded':
    case 'discarded': return null
  }
}

/** Reasons whose own words name the profile. */
const OF_PROFILE: ReadonlySet<string> = new Set<ReasonCode>(['profile_off', 'profile_paused'])

/**
 * The phrase of one decision: its reason, and the profile whose it is. An unknown reason (of a newer program, or a user's rule) is told as it is, in
 * words.
 */
export function decisionText({ reason, profileId }: Pick<Decision, 'reason' | 'profileId'>, names: Names, words: WhyWords = english): string {
  if (profileId === null) return reasonText(reason, names, null, words)
  if (profileId.startsWith(WATCH_ID)) return reason === 'watched' ? reasonText(reason, names, null, words) : words.byFollowing(reasonText(reason, names, null, words))
  const profile = { name: names.profile(profileId) }
  if (OF_PROFILE.has(reason)) return reasonText(reason, names, profile, words)
  return words.byProfile(reasonText(reason, names, null, words), profile.name)
}

function reasonText(reason: string, names: Names, profile: SaidProfile, words: WhyWords): string {
  if (reason.startsWith('silence:')) {
    const silence = names.silence(reason.slice('silence:'.length))
    return silence === null ? words.silenceGone : words.silence(silence.name, silence.over, silence.by)
  }
  if (reason.startsWith('burst:')) return words.burst
  if (reason.startsWith('host:')) return words.host
  if (reason.startsWith('escalation:')) return words.escalation(names.destination)
  if (reason.startsWith('filter:')) return filterText(reason.slice('filter:'.length), names, words)
  if (Object.hasOwn(words.reasons, reason)) return words.reasons[reason as ReasonCode](names, profile)
  const code = reason.replaceAll('_', ' ').trim()
  return code === '' ? words.noReason : `${code.charAt(0).toUpperCase()}${code.slice(1)}`
}

/** What a filter can ask for; a newer program may know more. */
const FIELDS: Readonly<Record<FilterField | 'empty', true>> = { empty: true, printers: true, serverKinds: true, tags: true, minSeverity: true, events: true, files: true, longerThan: true, shorterThan: true, acknowledged: true }

/** "filter:ID:FIELD" without its first word. */
function filterText(rest: string, names: Names, words: WhyWords): string {
  const at = rest.lastIndexOf(':')
  const field = rest.slice(at + 1)
  return words.filter(names.filter(rest.slice(0, at)), Object.hasOwn(FIELDS, field) ? field as keyof typeof FIELDS : null)
}

/** A stage's name for people. */
export function stageWord(stage: string, words: WhyWords = english): string {
  return Object.hasOwn(words.stages, stage) ? words.stages[stage as StageName] : `${stage.charAt(0).toUpperCase()}${stage.slice(1).replaceAll('_', ' ')}`
}

const MARKS: Readonly<Record<Decision['decision'], TraceMark>> = { deliver: 'ok', hold: 'wait', digest: 'wait', drop: 'no' }

/** The line of the stage that decided. */
export function explain(decision: Pick<Decision, 'decision' | 'stage' | 'reason' | 'profileId' | 'until' | 'at'>, names: Names, words: WhyWords = english): TraceLine {
  const reason = decisionText(decision, names, words)
  const text = decision.decision === 'hold' && decision.until !== null ? words.heldUntil(reason, names.time(decision.until)) : decision.decision === 'digest' ? words.gathered(reason) : reason
  return { mark: MARKS[decision.decision], stage: stageWord(decision.stage, words), text, at: decision.at }
}

/**
 * The decisions on one event and destination as a trace: a line for each stage that judged, up to the one that decided. What a
 * later look (a release, a late try) decided follows in its order.
 */
export function trace(decisions: readonly Decision[], names: Names, words: WhyWords = english): TraceLine[] {
  return [...decisions].sort((a, b) => a.seq - b.seq).flatMap((decision, index) => {
    const decided = explain(decision, names, words)
    if (index > 0) return [decided]
    const end = ORDER.indexOf(decision.stage as StageName)
    const before = ORDER.slice(0, Math.max(0, end)).flatMap((stage): TraceLine[] => {
      const text = stage === decision.stage ? null : passed(stage, names, decision, words.passed)
      return text === null ? [] : [{ mark: 'ok', stage: words.stages[stage], text, at: decision.at }]
    })
    return [...before, decided]
  })
}

/** What becomes of a delivery from here; null = nothing more, it is over and well. */
export function nextStep(row: { state: OutboxState; nextAttemptAt: number; releaseAt: number | null; attempts: number; expiresAt: number }, now: number, names: Pick<Names, 'time'>, { next: words }: WhyWords = english): Omit<TraceLine, 'at'> | null {
  const info = (stage: string, text: string): Omit<TraceLine, 'at'> => ({ mark: 'info', stage, text })
  switch (row.state) {
    case 'delivered': return null
    case 'held': return row.releaseAt === null ? info(words.next, words.released) : info(words.at(names.time(row.releaseAt)), words.judged)
    case 'waiting': return row.nextAttemptAt <= now || row.attempts === 0 ? info(words.next, words.turn) : info(words.at(names.time(row.nextAttemptAt)), words.tried(names.time(row.expiresAt)))
    case 'leased': return info(words.now, words.leased)
    case 'dead': return info(words.next, words.dead)
    case 'expired': return info(words.next, words.expired)
    case 'cancelled': return info(words.next, words.cancelled)
  }
}

/** Which setting decides that, by its name in the settings file. */
const SUPPRESSED_BY: Readonly<Partial<Record<SuppressReason, string>>> = { short_pause: 'pauseGrace', repeated_error: 'errorRepeat', cap: 'capPerMinute', failure_too_soon: 'failureRepeat', failure_answered: 'failureRepeat' }

const inBrackets = (text: string | undefined): string => (text ? ` (${text})` : '')

/** Why something never became an event, to be read after "because": "the pause was too short to matter (pause of 2.1 s)". Its detail is somebody else's words. */
export function suppressedBecause(row: Pick<Suppressed, 'reason' | 'detail'>, { swallowed }: WhyWords = english): string {
  return `${swallowed[row.reason]}${inBrackets(row.detail)}`
}

/** Which setting decides that something is not told ("pauseGrace"); null = none does. */
export function suppressedBy(reason: SuppressReason): string | null {
  return SUPPRESSED_BY[reason] ?? null
}

/** "not told, because the pause was too short to matter (pauseGrace) (pause of 2.1 s)": for whoever edits the settings file, in English. */
export function suppressedText(row: Pick<Suppressed, 'reason' | 'detail'>): string {
  return `not told, because ${english.swallowed[row.reason]}${inBrackets(SUPPRESSED_BY[row.reason])}${inBrackets(row.detail)}`
}
