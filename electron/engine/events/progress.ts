/** How far a job is: steps, hours, the end in sight, the end that slips, and nothing that moves. */
import type { ActiveJob } from './notes.ts'
import { emit, suppress, type Turn } from './turn.ts'
import type { StateReport } from './model.ts'

/** An estimate says something only when this much of the job, or this many seconds, are behind it. */
const ETA_FROM_PROGRESS = 0.05
const ETA_FROM_SECONDS = 300

const EPSILON = 1e-9

/** Takes over the numbers of a report. Progress never goes back within a job, and an unknown one doesn't unlearn. */
export function numbersSeen(turn: Turn, report: StateReport): void {
  const { notes, state } = turn
  if (report.progressSource !== undefined) state.progressSource = report.progressSource
  if (report.layer != null) state.layer = report.layer
  if (report.layers != null) state.layers = report.layers
  if (report.z !== undefined) state.z = report.z
  // The ended job's last numbers stay until the next file: the server empties them at once.
  if (!notes.active) {
    if (state.jobRef === null) Object.assign(state, { progress: report.progress ?? null, elapsed: report.elapsed ?? null, remaining: null, eta: null })
    return
  }
  if (report.progress != null) state.progress = Math.max(state.progress ?? 0, Math.min(1, Math.max(0, report.progress)))
  if (report.elapsed != null) state.elapsed = Math.max(0, report.elapsed)
  if (report.printTime != null) state.printTime = Math.max(0, report.printTime)
  if (report.remaining !== undefined) state.remaining = report.remaining
  state.eta = state.remaining === null ? null : turn.at + Math.round(state.remaining * 1000)
}

export function progressSeen(turn: Turn): void {
  const active = turn.notes.active
  if (!active) return
  steps(turn, active)
  hours(turn, active)
  soon(turn, active)
  slipped(turn, active)
  still(turn, active)
}

/** Steps counted in one size say nothing in another: where the settings changed it, what is behind counts as told. */
export function sizesInForce(turn: Turn): void {
  const { active } = turn.notes
  const { progressStep, milestoneHours } = turn.context.thresholds
  const before = active?.sizes
  if (!active || (before && before.step === progressStep && before.hours === milestoneHours)) return
  active.sizes = { step: progressStep, hours: milestoneHours }
  if (!before) return
  active.resized = true
  if (before.step !== progressStep) active.step = stepReached(turn)
  if (before.hours !== milestoneHours) active.hours = hoursReached(turn)
}

/** Never at 100 %: the end tells that. */
function stepReached({ state, context: { thresholds: { progressStep } } }: Turn): number {
  if (progressStep <= 0 || state.progress === null) return 0
  return Math.min(Math.floor(state.progress / progressStep + EPSILON), Math.ceil(1 / progressStep - EPSILON) - 1)
}

function hoursReached({ state, context: { thresholds: { milestoneHours } } }: Turn): number {
  return milestoneHours <= 0 || state.elapsed === null ? 0 : Math.floor(state.elapsed / (milestoneHours * 3600))
}

/** Within a job whose sizes changed, the same number may stand for another step. */
function stepKey(active: ActiveJob, size: number, count: number): string | number {
  return active.resized ? `${size}*${count}` : count
}

function steps(turn: Turn, active: ActiveJob): void {
  const { progressStep } = turn.context.thresholds
  const { progress } = turn.state
  if (progressStep <= 0 || progress === null) return
  const reached = stepReached(turn)
  if (reached <= active.step) return
  const from = active.step
  active.step = reached
  if (turn.mute) return
  // The jump to the end is the end's business.
  if (progress >= 1) return
  if (reached - from > 1) suppress(turn, 'job.progress', 'collapsed_progress', `${reached - from - 1} steps passed at once`)
  emit(turn, 'job.progress', { step: stepKey(active, progressStep, reached), native: null, context: { step: Number((reached * progressStep).toFixed(6)) } })
}

function hours(turn: Turn, active: ActiveJob): void {
  const { milestoneHours } = turn.context.thresholds
  const { elapsed } = turn.state
  if (milestoneHours <= 0 || elapsed === null) return
  const reached = hoursReached(turn)
  if (reached <= active.hours) return
  active.hours = reached
  if (!turn.mute) emit(turn, 'job.milestone_time', { step: stepKey(active, milestoneHours, reached), native: null, context: { hours: reached * milestoneHours } })
}

/** Once, when what is left crosses the mark: a job that was never longer says nothing. */
function soon(turn: Turn, active: ActiveJob): void {
  const { finishingSoon } = turn.context.thresholds
  const { remaining } = turn.state
  if (finishingSoon <= 0 || remaining === null || active.soonTold) return
  if (remaining > finishingSoon) active.soonArmed = true
  else if (active.soonArmed && turn.state.job === 'printing') {
    active.soonTold = true
    emit(turn, 'job.finishing_soon', { step: 1, native: null })
  }
}

function slipped(turn: Turn, active: ActiveJob): void {
  const { etaSlippedBy, etaSlippedFraction } = turn.context.thresholds
  const { eta, remaining, elapsed, progress, job } = turn.state
  if (etaSlippedBy <= 0 || eta === null || remaining === null || job !== 'printing' || turn.notes.pause) return
  if ((progress ?? 0) < ETA_FROM_PROGRESS && (elapsed ?? 0) < ETA_FROM_SECONDS) return
  const span = (elapsed ?? 0) + remaining
  if (active.eta === null) active.eta = { base: eta, span, told: 0 }
  const late = (eta - active.eta.base) / 1000
  if (late < etaSlippedBy || late < etaSlippedFraction * active.eta.span) return
  active.eta = { base: eta, span, told: active.eta.told + 1 }
  if (!turn.mute) emit(turn, 'job.eta_slipped', { step: active.eta.told, native: null, context: { seconds: Math.round(late) } })
}

/** What must change while a print moves. While paused, heating or out of sight nothing is expected to. */
function still(turn: Turn, active: ActiveJob): void {
  const { state, notes } = turn
  if (state.job !== 'printing' || notes.pause || state.attentions.length > 0 || isHeating(turn)) {
    active.still = null
    return
  }
  // Where print time is told apart, `elapsed` is a clock: it runs on whatever stands still.
  const mark = [state.progress, state.layer, state.z, state.printTime === null ? state.elapsed : null].join(' ')
  if (active.still?.mark !== mark) active.still = { since: turn.now, mark, told: false }
}

function isHeating(turn: Turn): boolean {
  const { heaterWithin } = turn.context.thresholds
  return Object.values(turn.state.heaters).some((heater) => heater.target !== null && heater.target > 0 && heater.actual !== null && heater.actual < heater.target - heaterWithin)
}

function stalledAt(turn: Turn): number | null {
  const { stalledAfter } = turn.context.thresholds
  const { active, pause } = turn.notes
  const still = active?.still
  // A pause or attention that came since by a signal explains the standstill; the next report starts the watch anew.
  if (pause || turn.state.attentions.length > 0 || turn.state.job !== 'printing') return null
  return still && !still.told && stalledAfter > 0 && turn.state.link === 'up' ? still.since + stalledAfter * 1000 : null
}

export function progressWake(turn: Turn): number[] {
  const at = stalledAt(turn)
  return at === null ? [] : [at]
}

export function progressTimers(turn: Turn): void {
  const at = stalledAt(turn)
  const still = turn.notes.active?.still
  if (at === null || !still || turn.now < at) return
  still.told = true
  emit(turn, 'job.stalled', { step: still.since, native: null, context: { since: still.since } })
}
