/**
 * Who hears an event, and why or why not. Pure: runs in memory before the commit, and again (judgeAgain) at a late retry or
 * a release, with the context of then. A pipeline of small stages; the first that objects decides.
 */
import type { EventDraft, EventType, PrinterState } from '../events/model.ts'
import { ENDED_BADLY, openness, reopens, subjectOf } from '../events/still-open.ts'
import type { Decision, OutboxRow, Silence } from '../history/history.ts'
import type { PresenceState } from '../ports.ts'
import type { Settings } from '../settings/schema.ts'
import { holds, mutes, NO_SCOPE, type SilenceScope } from '../silences/match.ts'
import { isStep, needsAnswer, stepsOf, storedStep } from './escalation.ts'
import { group, type GroupingContext } from './grouping.ts'
import { planRow } from './outbox-plan.ts'
import { chosenFor, ownDoing } from './own.ts'
import { byStrength, type CompiledProfile, type ProfileQuestion, type ProfileStage, type ProfileVerdict } from './profiles.ts'
import { anySelectorMatches } from './selectors.ts'
import { covers, subscriptionsOf, type RoutedDestination, type RoutedKind, type RoutedKinds, type Subscription } from './subscriptions.ts'

/** An event with its identity; `seq` comes only with the commit. */
export type RoutedEvent = EventDraft & { id: string }

export interface RouteContext {
  /** Epoch ms. */
  now: number
  subscriptions: readonly Subscription[]
  profiles: readonly CompiledProfile[]
  /** Of a printer. */
  tagsOf(printerId: string): readonly string[]
  silences: readonly Silence[]
  /** What silences name by id; absent = nothing of it is known, and such a silence mutes nothing. */
  scope?: SilenceScope
  destinations: readonly RoutedDestination[]
  kinds: RoutedKinds
  settings: Pick<Settings, 'notifyMyself' | 'expiry'> & Partial<Pick<Settings, 'masked'>>
  /** Whether somebody sits at this desk; 'unknown' where that can't be told. */
  presence: PresenceState
  /** What was told a moment before, and how servers stand; absent = everything is told by itself. */
  grouping?: GroupingContext
}

/** The last two are no stages of route(): what waited is overtaken by newer news, or discarded by a person. */
export type StageName = 'enabled' | 'masked' | 'subscribed' | ProfileStage | 'supported' | 'own' | 'silenced' | 'grouped' | 'relevant' | 'deliver' | 'escalation' | 'superseded' | 'discarded'

/** A stage's objection; null = no objection. */
interface Objection {
  reason: string
}

interface Question {
  event: RoutedEvent
  destination: RoutedDestination
  kind: RoutedKind | undefined
  context: RouteContext
  /** The same for all destinations: what profiles are asked. */
  asked: ProfileQuestion
}

interface Stage {
  name: StageName
  judge(question: Question): Objection | null
}

/** What can be said without knowing who wants it. */
const BEFORE: readonly Stage[] = [{ name: 'masked', judge: isNotMasked }, { name: 'supported', judge: channelExists }]
/** What holds whoever wants it. */
const AFTER: readonly Stage[] = [
  { name: 'supported', judge: isSupported },
  { name: 'relevant', judge: isNotItsOwnTrouble },
  { name: 'own', judge: isNotOurOwnDoing },
  { name: 'silenced', judge: isNotSilenced },
]

export interface Routed {
  decisions: Omit<Decision, 'eventId'>[]
  outbox: Omit<OutboxRow, 'eventId'>[]
}

/** What is to be done with an event for one destination, and which profile says so (null = the one that exists from the start). */
interface Ruling {
  decision: Decision['decision']
  stage: StageName
  reason: string
  until: number | null
  profileId: string | null
  /** Profiles that want others told when nobody answers. */
  escalating: readonly CompiledProfile[]
}

/**
 * One decision for each enabled destination, drops too: they answer "why did I not hear". An outbox row for each that is delivered, held or
 * goes into a digest.
 */
export function route(event: RoutedEvent, context: RouteContext): Routed {
  const routed: Routed = { decisions: [], outbox: [] }
  const told = new Set<CompiledProfile>()
  const asked = askedAbout(event, context, false)
  for (const destination of context.destinations) {
    if (!destination.enabled) continue
    const kind = context.kinds.get(destination.channel)
    const ruling = grouped(rule({ event, destination, kind, context, asked }), event, destination, kind, context)
    const { decision, stage, reason, until, profileId } = ruling
    routed.decisions.push({ destinationId: destination.id, seq: 1, decision, stage, reason: decision === 'deliver' && stage === 'deliver' && event.late ? 'late' : reason, profileId, until, at: context.now })
    if (decision === 'drop' || !kind) continue
    routed.outbox.push(planRow(event, destination, kind, context, until))
    for (const profile of ruling.escalating) told.add(profile)
  }
  for (const step of stepsOf(event, [...told], context.now)) {
    const destination = context.destinations.find(({ id }) => id === step.destinationId)
    const kind = destination?.enabled ? context.kinds.get(destination.channel) : undefined
    if (!destination || !kind) continue
    const { decision, row } = storedStep(step, event.id, planRow(event, destination, kind, context), context.now)
    routed.decisions.push(decision)
    routed.outbox.push(row)
  }
  return routed
}

/** Nobody is told, so it is born seen; what is for the history only is for somebody all the same. */
export function isForNobody({ decisions, outbox }: Routed): boolean {
  return outbox.length === 0 && decisions.every(({ reason }) => reason !== 'in_app')
}

function rule(question: Question): Ruling {
  const before = firstObjection(BEFORE, question)
  if (before) return dropped(before, null)
  const { verdict, by, escalating } = strongest(question)
  const profileId = by === null || by.byEvents ? null : by.id
  if (verdict.decision === 'drop') return dropped(verdict, profileId)
  const after = firstObjection(AFTER, question)
  if (after) return dropped(after, profileId)
  return { decision: verdict.decision, stage: verdict.stage, reason: verdict.reason, until: 'until' in verdict ? verdict.until : null, profileId, escalating }
}

/** Of what would go now, what waits for others or is part of what was told. Only at first: what was gathered goes when its time comes. */
function grouped(ruling: Ruling, event: RoutedEvent, destination: RoutedDestination, kind: RoutedKind | undefined, { grouping, now }: RouteContext): Ruling {
  if (ruling.decision !== 'deliver' || grouping === undefined || kind === undefined) return ruling
  const { profileId } = ruling
  const joined = group(event, destination.id, kind.capabilities, grouping, now)
  if (joined === null) return ruling
  return joined.decision === 'drop' ? dropped({ stage: 'grouped', reason: joined.reason }, profileId) : { ...ruling, ...joined, stage: 'grouped' }
}

function dropped({ stage, reason }: { stage: StageName; reason: string }, profileId: string | null): Ruling {
  return { decision: 'drop', stage, reason, until: null, profileId, escalating: NOBODY }
}

const NOBODY: readonly CompiledProfile[] = []
type Heard = ProfileVerdict | { decision: 'drop'; stage: 'subscribed'; reason: string }

/** Across the profiles that reach the destination the strongest wins (R51: one message, however many of them match). */
function strongest(question: Question): { verdict: Heard; by: CompiledProfile | null; escalating: readonly CompiledProfile[] } {
  const { event, destination, context, asked } = question
  const chosen = chosenFor(event, destination.id)
  if (chosen !== null) return { verdict: chosen ? { decision: 'deliver', stage: 'deliver', reason: 'chosen' } : { decision: 'drop', stage: 'subscribed', reason: 'not_chosen' }, by: null, escalating: NOBODY }
  let best: ProfileVerdict | null = null
  let by: CompiledProfile | null = null
  // Also of one that is not the strongest: it would have told it alone.
  let escalating = NOBODY
  const mayEscalate = needsAnswer(event)
  let refused: string | null = null
  for (const profile of context.profiles) {
    const target = profile.reaches(destination.id)
    if (target === null || profile.concerns?.(event) === false) continue
    const objection = profile.byEvents ? isSubscribed(question, profile.id) : null
    if (objection) {
      refused ??= objection.reason
      continue
    }
    const verdict = profile.judge(asked, target)
    if (mayEscalate && profile.escalate !== null && verdict.decision !== 'drop') escalating = [...escalating, profile]
    if (best !== null && byStrength(best, verdict) <= 0) continue
    best = verdict
    by = profile
    // Nothing is stronger.
    if (verdict.decision === 'deliver' && !mayEscalate) break
  }
  return { verdict: best ?? { decision: 'drop', stage: 'subscribed', reason: refused ?? 'not_subscribed' }, by, escalating }
}

const askedAbout = (event: RoutedEvent, { tagsOf, now, presence }: RouteContext, acknowledged: boolean): ProfileQuestion => ({ event, facts: { tags: tagsOf(event.printerId), acknowledged }, now, presence })

export interface LateContext extends RouteContext {
  /** How the printer of the event stands; null when it can't be seen now: then nothing counts as over. */
  standing: PrinterState | null
  /** When the event was acknowledged, also where that is over by now: what waited then is not told any more, its end is. Null = not. */
  acknowledgedAt: number | null
  /** Until when that holds; null or absent = for good. */
  acknowledgedUntil?: number | null
  /** Destinations that fail now. */
  failing: readonly string[]
  /** Whether the camera that the event is about answers again; absent = not. */
  cameraBack?: boolean
}

const isAcknowledged = ({ acknowledgedAt, acknowledgedUntil = null, now }: LateContext): boolean => acknowledgedAt !== null && (acknowledgedUntil === null || now < acknowledgedUntil)

/** `until`: not now, but then it is judged once more. */
export type Judgement = { send: true } | { send: false; stage: StageName; reason: string; until?: number }

/** Judges a row once more before a late try or a release: does it still hold that this destination is to hear this now? */
export function judgeAgain(row: Pick<OutboxRow, 'destinationId' | 'cancelOn'>, event: RoutedEvent, context: LateContext): Judgement {
  const destination = context.destinations.find((candidate) => candidate.id === row.destinationId)
  if (destination === undefined) return { send: false, stage: 'enabled', reason: 'destination_removed' }
  if (!destination.enabled) return { send: false, stage: 'enabled', reason: 'destination_disabled' }
  const kind = context.kinds.get(destination.channel)
  const question: Question = { event, destination, kind, context, asked: askedAbout(event, context, isAcknowledged(context)) }
  if (isStep(row)) return judgeStep(question, context)
  const { decision, stage, reason, until } = rule(question)
  if (decision === 'drop') return { send: false, stage, reason }
  const over = noLongerTrue(event, context)
  if (over) return { send: false, stage: 'relevant', reason: over.reason }
  // What goes into a digest is judged when that is sent: it does not wait for the next one.
  return decision === 'hold' && until !== null ? { send: false, stage, reason, until } : { send: true }
}

/** Whoever stands in an escalation wants it, whatever else they subscribed to: only what makes it needless stops it. */
function judgeStep(question: Question, context: LateContext): Judgement {
  const objection = firstObjection([...BEFORE, ...AFTER], question)
  if (objection) return { send: false, ...objection }
  if (context.acknowledgedAt !== null) return { send: false, stage: 'relevant', reason: 'acknowledged' }
  const { event } = question
  const ended = !ENDED_BADLY.has(subjectOf(event)) && event.job !== undefined && context.standing !== null && jobKeyOf(context.standing) !== event.job.key
  const over = ended ? { reason: 'job_ended' } : noLongerTrue(event, context)
  return over ? { send: false, stage: 'relevant', reason: over.reason } : { send: true }
}

function firstObjection(stages: readonly Stage[], question: Question): { stage: StageName; reason: string } | null {
  for (const stage of stages) {
    const objection = stage.judge(question)
    if (objection) return { stage: stage.name, reason: objection.reason }
  }
  return null
}

// ------------------------------------------------------------------------------------------------------ the stages

/** What is masked is told to nobody, whoever wants it (R68). */
function isNotMasked({ event, context: { settings: { masked } } }: Question): Objection | null {
  return masked !== undefined && masked.length > 0 && anySelectorMatches(masked, event) ? { reason: 'masked' } : null
}

function channelExists({ kind }: Question): Objection | null {
  return kind === undefined ? { reason: 'channel_missing' } : null
}

/** The last explicit subscription that speaks of the event decides; without one, the two lists do. */
function isSubscribed({ event, destination, context }: Question, profileId: string): Objection | null {
  const speaking = subscriptionsOf(context.subscriptions, destination.id, profileId).filter((subscription) => covers(subscription, event))
  const explicit = speaking.findLast((subscription) => subscription.from === 'explicit')
  if (explicit) return explicit.mode === 'off' ? { reason: 'switched_off' } : null
  const listed = speaking.find((subscription) => subscription.from === 'lists')
  if (!listed) return { reason: 'not_subscribed' }
  return listed.byDefault ? exceptionOfDefaults(event, listed.remote) : null
}

const DEVICE_DOWN: readonly EventType[] = ['device.error', 'device.shutdown']

/** What the defaults leave out although the type is on: news of an idle printer (DESIGN section 4, "link" and "remote destination on"). */
function exceptionOfDefaults(event: RoutedEvent, remote: boolean): Objection | null {
  if ((event.type === 'link.lost' || event.type === 'link.up') && event.job === undefined && event.reason === 'idle') return { reason: 'idle_link' }
  if (remote && DEVICE_DOWN.includes(event.type) && event.job === undefined) return { reason: 'no_job' }
  return null
}

const NOT_SUPPORTED: Objection = { reason: 'not_supported' }
function isSupported({ event, kind }: Question): Objection | null {
  return kind !== undefined && carries(kind, event.type) ? null : NOT_SUPPORTED
}

/** What a kind can carry never changes, and making that list for each event costs more than all the rest. */
const CARRIED = new WeakMap<RoutedKind, ReadonlySet<EventType>>()
function carries(kind: RoutedKind, type: EventType): boolean {
  const known = CARRIED.get(kind) ?? kind.supportedFeatures()
  CARRIED.set(kind, known)
  return known.has(type)
}

/** That a destination fails is told by the others: it can't tell it itself. That it works again it shows by what it delivers. */
function isNotItsOwnTrouble({ event, destination }: Question): Objection | null {
  if (event.reason !== destination.id) return null
  if (event.type === 'app.delivery_failing') return { reason: 'about_itself' }
  return event.type === 'app.delivery_recovered' ? { reason: 'own_recovery' } : null
}

/** See own.ts. */
function isNotOurOwnDoing({ event, destination, context }: Question): Objection | null {
  const reason = ownDoing(event, destination.id, context.settings.notifyMyself)
  return reason === null ? null : { reason }
}

/** A silence mutes whatever it matches, critical events too: who set it meant it. */
function isNotSilenced({ event, destination, context, asked }: Question): Objection | null {
  if (context.silences.length === 0) return null
  const silence = context.silences.find((candidate) => holds(candidate, context.now) && mutes(candidate, event, destination.id, asked.facts, context.scope ?? NO_SCOPE))
  return silence ? { reason: `silence:${silence.id}` } : null
}

const ONLY_WHILE_RUNNING: ReadonlySet<EventType> = new Set<EventType>([
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon',
  'job.eta_slipped', 'job.stalled', 'job.resumed', 'job.paused',
])

/** News that time has overtaken. The end of a print never is: no condition here is about it. */
function noLongerTrue(event: RoutedEvent, context: LateContext): Objection | null {
  if (event.attention && context.acknowledgedAt !== null) return { reason: 'acknowledged' }
  const fails = event.reason !== undefined && context.failing.includes(event.reason)
  if (event.type === 'app.delivery_failing' ? !fails : event.type === 'app.delivery_recovered' && fails) return { reason: 'resolved' }
  const standing = context.standing
  if (standing === null) return null
  if (event.job && ONLY_WHILE_RUNNING.has(event.type) && jobKeyOf(standing) !== event.job.key) return { reason: 'job_ended' }
  if (reopens(event) && isOver(event, standing, context.cameraBack ?? false)) return { reason: 'resolved' }
  if (event.type === 'job.paused' && standing.job !== 'paused' && standing.job !== 'pausing') return { reason: 'resolved' }
  if (event.attention && event.type !== 'attention.cleared' && !standing.attentions.some(({ key }) => key === event.attention?.key)) return { reason: 'resolved' }
  if (wasAnswered(event, standing)) return { reason: 'resolved' }
  return null
}

/** A failure alert of the print that is on, which somebody answered (by resuming it, say) or which a later one replaced. */
function wasAnswered(event: RoutedEvent, standing: PrinterState): boolean {
  const about = event.type.startsWith('failure.') && event.job !== undefined && event.job.key === jobKeyOf(standing)
  return about && standing.failure?.since !== event.occurredAt
}

/** Whether what was open again, when its acknowledgement ended, is over by now. */
function isOver(event: RoutedEvent, standing: PrinterState, cameraBack: boolean): boolean {
  const jobKey = jobKeyOf(standing)
  return openness(event, { state: standing, printedSince: event.job !== undefined && jobKey !== null && jobKey !== event.job.key, looked: false, cameraBack }) === 'over'
}

const jobKeyOf = ({ jobRef }: PrinterState): string | null => jobRef?.key ?? null
