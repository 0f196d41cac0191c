/**
 * From what is known of a printer to its card. Numbers are told as coarsely as they are shown: a temperature that trembles or a
 * second that passes is no news, and costs no push.
 */
import type { DisplayState } from '../../bridge/views/common.ts'
import type { PrinterCard } from '../../bridge/views/printers.ts'
import { activeJobKey } from '../../engine/commands/allowed.ts'
import { isActivePhase, TERMINAL_TYPES, type JobPhase, type PrinterState } from '../../engine/events/model.ts'
import type { DesktopLanguage } from '../languages/index.ts'
import { causeOf } from './causes.ts'
import type { PrinterFacts } from './facts.ts'
import { roleOf } from './heat-log.ts'

/** Seconds; nobody reads finer. */
const SPAN_STEP = 10
const MINUTE_MS = 60_000
const PROGRESS_STEPS = 1_000

const works = (phase: JobPhase): boolean => isActivePhase(phase) || phase === 'unknown'
const CAN_PAUSE: ReadonlySet<JobPhase> = new Set<JobPhase>(['preparing', 'printing', 'resuming'])

/** The five states of the look, the first that holds. */
export function displayOf(facts: PrinterFacts): DisplayState {
  const { state, link } = facts
  if (link.link === 'auth_failed' || link.link === 'refused') return 'error'
  if (link.link === 'down') return 'offline'
  // Before the first word nothing is known; afterwards a link that is made anew keeps what was last seen.
  if (link.link === 'connecting' && state.device === 'unknown' && state.job === 'none') return 'offline'
  if (state.attentions.length > 0) return 'needs'
  if (state.device === 'error' || state.device === 'shutdown') return 'error'
  if (state.job === 'paused' && facts.pause !== null && facts.pause.told && !facts.pause.byUs) return 'needs'
  if (isActivePhase(state.job)) return 'printing'
  if (failedUnseen(facts)) return 'error'
  return state.device === 'off' ? 'offline' : 'idle'
}

function failedUnseen({ last }: PrinterFacts): boolean {
  return last !== null && last.type === 'job.failed' && !last.seen
}

/** @param language absent = English */
export function cardOf(facts: PrinterFacts, now: number, language?: DesktopLanguage): PrinterCard {
  const { state, last } = facts
  const display = displayOf(facts)
  const cause = causeOf(facts, display, language)
  const active = isActivePhase(state.job)
  const shownEnd = !active && last !== null && !last.seen ? last : null
  return {
    id: facts.id,
    name: facts.name,
    server: facts.server,
    state: display,
    link: facts.link.link,
    device: state.device,
    job: state.job,
    cause: cause?.text ?? null,
    since: cause?.since ?? null,
    jobKey: activeJobKey(state),
    file: active || works(state.job) ? state.jobRef?.file.name ?? null : shownEnd?.file ?? null,
    progress: progressOf(active ? state.progress : shownEnd === null ? null : shownEnd.type === 'job.done' ? 1 : shownEnd.progress),
    ...timesOf(state, active, now),
    layer: active ? state.layer : null,
    layers: active ? state.layers : null,
    heaters: heatersOf(state),
    spark: facts.spark,
    picture: facts.picture,
    attentions: state.attentions.map(({ key, kind, text, choices, since }) => ({ key, kind, text, choices, since })),
    lastResult: active || last === null ? null : { eventId: last.eventId, type: last.type, at: last.at, file: last.file, printTime: last.printTime, seen: last.seen },
    can: canOf(facts, display),
    muted: facts.muted,
    following: facts.following,
    unseen: facts.unseen,
    hasWebPage: facts.hasWebPage,
  }
}

/** null stays null: an unknown progress is no 0. */
function progressOf(progress: number | null): number | null {
  return progress === null ? null : Math.round(Math.min(1, Math.max(0, progress)) * PROGRESS_STEPS) / PROGRESS_STEPS
}

function timesOf(state: PrinterState, active: boolean, now: number): Pick<PrinterCard, 'remaining' | 'elapsed' | 'eta'> {
  if (!active) return { remaining: null, elapsed: null, eta: null }
  const elapsed = state.elapsed ?? (state.jobRef?.startedAt == null ? null : (now - state.jobRef.startedAt) / 1000)
  // A print that stands still has no end.
  const runs = state.job !== 'paused' && state.job !== 'pausing' && state.job !== 'cancelling'
  const eta = !runs ? null : state.eta ?? (state.remaining === null ? null : now + state.remaining * 1000)
  return { remaining: step(state.remaining, SPAN_STEP), elapsed: step(elapsed, SPAN_STEP), eta: step(eta, MINUTE_MS) }
}

const step = (value: number | null, by: number): number | null => (value === null ? null : Math.round(value / by) * by)
const whole = (value: number | null): number | null => step(value, 1)

/** Nozzles first, then bed, chamber, the rest. Of several nozzles all are told. */
function heatersOf({ heaters }: PrinterState): PrinterCard['heaters'] {
  const order = { nozzle: 0, bed: 1, chamber: 2, other: 3 }
  return Object.entries(heaters)
    .map(([id, { actual, target }]) => ({ id, role: roleOf(id), actual: whole(actual), target: whole(target) }))
    .sort((a, b) => order[a.role] - order[b.role] || a.id.localeCompare(b.id, 'en', { numeric: true }))
}

/** Buttons that make sense now. The same conditions as commands/allowed.ts has, so that no button is there only to be refused. */
function canOf(facts: PrinterFacts, display: DisplayState): PrinterCard['can'] {
  const { state, commands } = facts
  const up = facts.link.link === 'up'
  const may = (name: 'pause' | 'resume' | 'cancel' | 'answer'): boolean => up && state.capabilities?.[name] === true && commands.has(name)
  return {
    pause: may('pause') && CAN_PAUSE.has(state.job),
    resume: may('resume') && state.job === 'paused',
    cancel: may('cancel') && isActivePhase(state.job) && state.job !== 'cancelling',
    answer: may('answer') && state.attentions.some(({ choices }) => choices.length > 0),
    snapshot: up && state.capabilities?.snapshot === true,
    acknowledge: acknowledgeable(facts, display) !== null,
  }
}

/** The event that "Acknowledge" is about now; null = there is none, or it is acknowledged. */
export function acknowledgeable({ state, trouble, last }: PrinterFacts, display: DisplayState): string | null {
  if (trouble === null || trouble.acknowledged || (display !== 'needs' && display !== 'error')) return null
  const { attention } = trouble
  if (attention) return state.attentions.some(({ key, since }) => key === attention.key && since === attention.since) ? trouble.eventId : null
  if (trouble.type === 'device.error' || trouble.type === 'device.shutdown') return state.device === 'error' || state.device === 'shutdown' ? trouble.eventId : null
  return trouble.type === 'job.failed' && trouble.eventId === last?.eventId && !last.seen ? trouble.eventId : null
}

/** Whether two views say the same: by value, without writing either down. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
  for (const key in a) if (!same(a[key as keyof typeof a], b[key as keyof typeof b])) return false
  return Object.keys(a).length === Object.keys(b).length
}

/** Events that a card's trouble is taken from. */
export const TROUBLE_TYPES = [
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'device.error', 'device.shutdown', 'job.failed',
] as const
export const END_TYPES = TERMINAL_TYPES
