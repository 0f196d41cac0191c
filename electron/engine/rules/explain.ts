/**
 * Why something was heard, or not, in whole phrases for people: the one place for these words. Pure; the names of destinations,
 * silences and events come in. Every decision, attempt and swallowed observation that is stored can be told by it.
 */
import { EVENT_TYPES, type EventType, type Suppressed, type SuppressReason } from '../events/model.ts'
import type { Attempt, Decision, OutboxState } from '../history/history.ts'
import type { FilterField } from './filter.ts'
import { WATCH_ID } from '../watching/id.ts'
import type { StageName } from './route.ts'

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

/** What decisions speak of by id. */
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

const STAGES: Readonly<Record<StageName, string>> = {
  enabled: 'Destination', masked: 'Masked', subscribed: 'Subscribed', profile: 'Profile', filtered: 'Filters', timeslot: 'Timeslot', mode: 'Mode', presence: 'Presence', supported: 'Channel', own: 'Own doing', silenced: 'Silences', grouped: 'Burst', relevant: 'Still true', deliver: 'Decision', escalation: 'Escalation', superseded: 'Newer', discarded: 'By hand',
}

/** In which order route() asks; what stands before the stage that decided had no objection. */
const ORDER: readonly StageName[] = ['enabled', 'masked', 'subscribed', 'profile', 'filtered', 'mode', 'presence', 'timeslot', 'supported', 'relevant', 'own', 'silenced', 'grouped', 'deliver']

/** What a stage without an objection says; null = nothing worth a line. @param by what it came to in the end */
function passed(stage: StageName, names: Names, by: Decision): string | null {
  const profile = by.profileId === null ? null : names.profile(by.profileId)
  switch (stage) {
    case 'profile': return profile === null ? null : `“${profile}” is active`
    case 'filtered': return profile === null ? null : `Nothing in “${profile}” stands against it`
    // What was held, or rang because it is critical, was outside of it.
    case 'timeslot': return profile !== null && by.decision === 'deliver' && by.stage === 'deliver' ? `“${profile}” is told at that time` : null
    case 'subscribed': return `“${names.event}” is on`
    case 'supported': return `“${names.destination}” can carry it`
    case 'silenced': return 'None matches'
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
const OF_PROFILE: ReadonlySet<string> = new Set(['profile_off', 'profile_paused'])

/** @param profile what decided, as a sentence begins ("The profile “Night shift”"); null = the one that exists from the start, of which nobody speaks */
const REASONS: Readonly<Record<string, (names: Names, profile: string | null) => string>> = {
  subscribed: (names) => `Goes to “${names.destination}”`,
  late: (names) => `Goes to “${names.destination}”, although it was found out late`,
  not_subscribed: (names) => `“${names.event}” is off for “${names.destination}”`,
  switched_off: (names) => `A subscription switches “${names.event}” off for “${names.destination}”`,
  idle_link: (names) => `${names.printer === '' ? 'The printer' : `“${names.printer}”`} was not printing, and an idle printer that comes and goes is not told unless chosen`,
  no_job: (names) => `${names.printer === '' ? 'The printer' : `“${names.printer}”`} was not printing, and without a print this goes to this computer only`,
  not_supported: (names) => `“${names.destination}” can't carry this kind of event`,
  masked: () => 'Events of this kind are told to nobody',
  watched: (names) => `You follow ${names.printer === '' ? 'this printer' : names.printer}`,
  channel_missing: (names) => `This Printbell has no channel of the kind that “${names.destination}” needs`,
  about_itself: (names) => `“${names.destination}” fails and can't tell it itself; the others do`,
  own_recovery: (names) => `“${names.destination}” works again, which shows by itself there`,
  newer_progress: () => 'Newer progress of the same print came before it could be sent',
  discarded: () => 'Somebody discarded it after it could not be delivered',
  chosen: (names) => `Goes to “${names.destination}”, which was chosen for it`,
  not_chosen: (names) => `“${names.destination}” was not chosen for it`,
  told_nobody: () => 'Whoever acknowledged it chose to notify nobody',
  destination_off: (names) => `“${names.destination}” is switched off`,
  own_action: () => 'It was done from Printbell, and one’s own doing is not told unless wanted',
  destination_removed: (names) => `“${names.destination}” was removed meanwhile`,
  destination_disabled: (names) => `“${names.destination}” was switched off meanwhile`,
  restored_from_backup: () => 'It still waited in the backup that was restored, and what is old is not sent again',
  acknowledged: () => 'Somebody acknowledged it meanwhile',
  job_ended: () => 'The print ended meanwhile',
  resolved: () => 'It was over before it could be told',
  seen: () => 'Somebody saw it meanwhile',
  profile_off: (_names, profile) => `${profile ?? 'The profile'} is switched off`,
  profile_paused: (_names, profile) => `${profile ?? 'The profile'} rests for a while`,
  outside_timeslot: () => 'It happened outside of the timeslot',
  timeslot_closed: () => 'The timeslot is closed',
  timeslot_never_opens: () => 'The timeslot never opens',
  critical_passes: (names) => `Goes to “${names.destination}” outside of the timeslot, because it is critical`,
  in_app: () => 'It is for the history only',
  somebody_here: (names) => `Somebody sat at this computer, and “${names.destination}” is told while nobody does`,
  nobody_here: (names) => `Nobody sat at this computer, and “${names.destination}” is told while somebody does`,
  digest: (names) => `“${names.destination}” gets a digest`,
  host_down: (names) => `${names.printer === '' ? 'The printer' : `“${names.printer}”`} could not be reached itself, so its camera is no news`,
}

/**
 * The phrase of one decision: its reason, and the profile whose it is. An unknown reason (of a newer program, or a user's rule) is told as it is, in
 * words.
 */
export function decisionText({ reason, profileId }: Pick<Decision, 'reason' | 'profileId'>, names: Names): string {
  if (profileId === null) return reasonText(reason, names, null)
  if (profileId.startsWith(WATCH_ID)) return reason === 'watched' ? reasonText(reason, names, null) : `${reasonText(reason, names, null)} (you follow the printer)`
  const known = names.profile(profileId)
  if (OF_PROFILE.has(reason)) return reasonText(reason, names, known === null ? 'A profile that is no longer there' : `The profile “${known}”`)
  return `${reasonText(reason, names, null)} (${known === null ? 'a profile that is no longer there' : `profile “${known}”`})`
}

function reasonText(reason: string, names: Names, profile: string | null): string {
  if (reason.startsWith('silence:')) {
    const silence = names.silence(reason.slice('silence:'.length))
    if (silence === null) return 'A silence that is no longer known muted it'
    return `${silence.name === '' ? 'A silence' : `“${silence.name}”`} ${silence.over ? 'muted' : 'mutes'} it, ${madeBy(silence.by)}`
  }
  if (reason.startsWith('burst:')) return 'Another printer was told the same a moment before, so it goes in one message with what else comes of it'
  if (reason.startsWith('host:')) return 'Its server is told in one message, for all of its printers'
  if (reason.startsWith('escalation:')) return `“${names.destination}” is told when nobody acknowledges it by then`
  if (reason.startsWith('filter:')) return filterText(reason.slice('filter:'.length), names)
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined
  if (known) return known(names, profile)
  const words = reason.replaceAll('_', ' ').trim()
  return words === '' ? 'No reason was noted' : `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

const MADE: Readonly<Record<string, string>> = { window: 'set in the window', cli: 'set from the command line', toast: 'set from a toast', tray: 'set from the tray', chat: 'set in a chat', hook: 'set by a hook' }

/** "set in the window", "set by Ann": who made a silence. */
export function madeBy(by: string): string {
  return Object.hasOwn(MADE, by) ? MADE[by] ?? '' : `set by ${by}`
}

const FIELDS: Readonly<Record<FilterField | 'empty', string>> = {
  empty: 'says nothing, and so matches nothing', printers: 'is for other printers', serverKinds: 'is for other kinds of servers', tags: 'is for printers with other tags', minSeverity: 'is for more severe events',
  events: 'is for other kinds of events', files: 'is for other files', longerThan: 'is for longer prints', shorterThan: 'is for shorter prints', acknowledged: 'asks whether it was acknowledged',
}

/** "filter:ID:FIELD" without its first word. */
function filterText(rest: string, names: Names): string {
  const at = rest.lastIndexOf(':')
  const field = rest.slice(at + 1)
  const name = names.filter(rest.slice(0, at))
  return `${name === null ? 'A filter that is no longer there' : `The filter “${name}”`} ${Object.hasOwn(FIELDS, field) ? FIELDS[field as FilterField] : 'does not match'}`
}

/** A stage's name for people. */
export function stageWord(stage: string): string {
  return Object.hasOwn(STAGES, stage) ? STAGES[stage as StageName] : `${stage.charAt(0).toUpperCase()}${stage.slice(1).replaceAll('_', ' ')}`
}

const MARKS: Readonly<Record<Decision['decision'], TraceMark>> = { deliver: 'ok', hold: 'wait', digest: 'wait', drop: 'no' }

/** The line of the stage that decided. */
export function explain(decision: Pick<Decision, 'decision' | 'stage' | 'reason' | 'profileId' | 'until' | 'at'>, names: Names): TraceLine {
  const held = decision.decision === 'hold' && decision.until !== null ? `: held until ${names.time(decision.until)}` : decision.decision === 'digest' ? ': goes into the next digest' : ''
  return { mark: MARKS[decision.decision], stage: stageWord(decision.stage), text: `${decisionText(decision, names)}${held}`, at: decision.at }
}

/**
 * The decisions on one event and destination as a trace: a line for each stage that judged, up to the one that decided. What a
 * later look (a release, a late try) decided follows in its order.
 */
export function trace(decisions: readonly Decision[], names: Names): TraceLine[] {
  return [...decisions].sort((a, b) => a.seq - b.seq).flatMap((decision, index) => {
    const decided = explain(decision, names)
    if (index > 0) return [decided]
    const end = ORDER.indexOf(decision.stage as StageName)
    const before = ORDER.slice(0, Math.max(0, end)).filter((stage) => stage !== decision.stage && passed(stage, names, decision) !== null)
    return [...before.map((stage): TraceLine => ({ mark: 'ok', stage: STAGES[stage], text: passed(stage, names, decision) ?? '', at: decision.at })), decided]
  })
}

/** What becomes of a delivery from here; null = nothing more, it is over and well. */
export function nextStep(row: { state: OutboxState; nextAttemptAt: number; releaseAt: number | null; attempts: number; expiresAt: number }, now: number, names: Pick<Names, 'time'>): Omit<TraceLine, 'at'> | null {
  switch (row.state) {
    case 'delivered': return null
    case 'held': return row.releaseAt === null
      ? { mark: 'info', stage: 'Next', text: 'Judged again when it is released' }
      : { mark: 'info', stage: `At ${names.time(row.releaseAt)}`, text: 'Judged again, dropped if it no longer holds' }
    case 'waiting': return row.nextAttemptAt <= now || row.attempts === 0
      ? { mark: 'info', stage: 'Next', text: 'Sent as soon as it is its turn' }
      : { mark: 'info', stage: `At ${names.time(row.nextAttemptAt)}`, text: `Tried again, until ${names.time(row.expiresAt)}` }
    case 'leased': return { mark: 'info', stage: 'Now', text: 'Being sent' }
    case 'dead': return { mark: 'info', stage: 'Next', text: 'Nothing more is tried; it can be sent again by hand' }
    case 'expired': return { mark: 'info', stage: 'Next', text: 'Too old to be sent by itself; it can be sent again by hand' }
    case 'cancelled': return { mark: 'info', stage: 'Next', text: 'Nothing more is sent' }
  }
}

/** What came of one try, in a word or two. */
export const ATTEMPT_RESULTS: Readonly<Record<Attempt['result'], string>> = {
  delivered: 'Delivered', retry: 'Not delivered, is tried again', rejected: 'Refused', gone: 'The destination is closed for good', expired: 'Not delivered in time', cancelled: 'Withdrawn',
}

/** Why something never became an event, to be read after "because". */
const SUPPRESSED_BECAUSE: Readonly<Record<SuppressReason, string>> = {
  baseline: 'it was so already when Printbell first looked',
  short_pause: 'the pause was too short to matter',
  repeated_error: 'the same error was told a short while ago',
  collapsed_progress: 'a later step of the progress was told in its place',
  already_heard: 'it was told already',
  duplicate: 'it is in the history already',
  cap: 'too many messages came within a minute; one summary tells of them',
  idle_link: 'no print ran, and the link was soon back',
  not_subscribed: 'nothing in the settings asks for it',
  by_restart: 'the same print was begun again',
  own_network_down: 'this computer had no network itself',
  same_job: 'it belongs to what was told of this print already',
  no_job: 'no print ran that could fail',
  failure_too_soon: 'a failure alert of this print was told a moment ago',
  failure_unanswered: 'nobody had answered the failure alert before it',
  failure_answered: 'somebody had just answered the failure alert before it',
}

/** Which setting decides that, by its name in the settings file. */
const SUPPRESSED_BY: Readonly<Partial<Record<SuppressReason, string>>> = { short_pause: 'pauseGrace', repeated_error: 'errorRepeat', cap: 'capPerMinute', failure_too_soon: 'failureRepeat', failure_answered: 'failureRepeat' }

const inBrackets = (text: string | undefined): string => (text ? ` (${text})` : '')

/** "the pause was too short to matter (pause of 2.1 s)". Its detail is somebody else's words. */
export function suppressedBecause(row: Pick<Suppressed, 'reason' | 'detail'>): string {
  return `${SUPPRESSED_BECAUSE[row.reason]}${inBrackets(row.detail)}`
}

/** Which setting decides that something is not told ("pauseGrace"); null = none does. */
export function suppressedBy(reason: SuppressReason): string | null {
  return SUPPRESSED_BY[reason] ?? null
}

/** "not told, because the pause was too short to matter (pauseGrace) (pause of 2.1 s)": for whoever edits the settings file. */
export function suppressedText(row: Pick<Suppressed, 'reason' | 'detail'>): string {
  return `not told, because ${SUPPRESSED_BECAUSE[row.reason]}${inBrackets(SUPPRESSED_BY[row.reason])}${inBrackets(row.detail)}`
}

/** What people call a kind of event, in words to be found by; its title's and others that come to mind. */
const CALLED: Readonly<Record<EventType, string>> = {
  'job.started': 'print started begun', 'job.first_layer_done': 'first layer done', 'job.layer': 'layer reached', 'job.progress': 'printing printed progress percent', 'job.milestone_time': 'printing for hours milestone',
  'job.finishing_soon': 'done soon finishing', 'job.eta_slipped': 'takes longer end moved later eta slipped', 'job.stalled': 'nothing moves stalled stuck', 'job.paused': 'paused', 'job.resumed': 'printing again resumed',
  'job.done': 'print done finished completed', 'job.cancelled': 'print cancelled canceled aborted stopped', 'job.failed': 'print failed', 'job.result_unknown': 'result unknown',
  'attention.filament_runout': 'filament ran out runout attention', 'attention.filament_change': 'change filament attention', 'attention.user_input': 'needs answer question attention', 'attention.door': 'door open attention',
  'attention.plate': 'check plate attention', 'attention.cleared': 'needs you no more attention cleared', 'attention.reminder': 'still needs you attention reminder',
  'failure.warning': 'print may be failing failure suspected', 'failure.detected': 'print is failing failure detected',
  'heater.target_reached': 'heater nozzle bed hot reached', 'heater.cooled': 'heater nozzle bed cooled down', 'heater.left_on': 'heater nozzle bed left on', 'heater.runaway': 'heater out of control thermal runaway',
  'device.ready': 'printer ready', 'device.error': 'printer error', 'device.shutdown': 'printer shut down shutdown', 'device.fault': 'printer fault',
  'link.up': 'answers again online connection back', 'link.lost': 'does not answer offline connection lost', 'link.auth_failed': 'key refused', 'link.refused': 'server refuses refused', 'camera.lost': 'camera lost no picture', 'camera.up': 'camera is back',
  'message.display': 'message', 'message.user': 'message', 'command.succeeded': 'command done asked', 'command.failed': 'command failed',
  'app.delivery_failing': 'delivery fails failing', 'app.delivery_recovered': 'delivered again delivery', 'app.offline': 'no network offline', 'app.update_available': 'update available', 'app.test': 'test message',
  'command.acknowledged': 'acknowledged seen to', 'app.broadcast': 'message broadcast', 'app.changed': 'settings changed change notice', 'app.silence_over': 'silence maintenance over ended',
  'server.event': 'server event',
}
/** Shorter words say too little to mean a kind. */
const SHORTEST_CALL = 3
const CALLS = EVENT_TYPES.map((type) => ({ type, words: CALLED[type].split(' ') }))

/** Which types people call by a word or its beginning ("fila" names two of them). */
export function typesTelling(word: string): EventType[] {
  const wanted = word.toLowerCase()
  return wanted.length < SHORTEST_CALL ? [] : CALLS.flatMap(({ type, words }) => (words.some((called) => called.length >= SHORTEST_CALL && called.startsWith(wanted)) ? [type] : []))
}
