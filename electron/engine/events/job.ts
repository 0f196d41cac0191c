/** A job's beginning and end: identity, the cancel triple, jobs that vanish, and never two ends for one job. */
import type { FailReason, Job, JobFile, JobPhase, Signal } from './model.ts'
import { closeOfJob } from './attention.ts'
import { failureOver } from './failure.ts'
import { failWith, settlePending } from './errors.ts'
import { armCooling } from './heaters.ts'
import { remember, sameFile, type ActiveJob, type Cancel } from './notes.ts'
import { dropPause } from './pause.ts'
import { dedupeKey, emit, ours, suppress, type Turn } from './turn.ts'

type SignalOf<T extends Signal['type']> = Extract<Signal, { type: T }>

/** A second start of the same file so soon is the same print (R16), ms. */
export const SAME_START_MS = 20_000
/** A cancel with neither user nor error: a controller reset may explain it, ms. */
export const CANCEL_MS = 2_000
/** After its last signal the reset is there or nearly so (seen: 11 ms before it), ms. */
const CANCEL_LAST_MS = 500
/** A failure without a job, so soon after an end of the same file, speaks of that end, ms. */
const ECHO_MS = 60_000
const CANCEL_ECHO_MS = 10_000

interface Start {
  file: JobFile
  jobId: string | null
  user: string | null
  /** Our clock; null = it ran when we first looked. */
  startedAt: number | null
  late?: boolean
  phase: JobPhase
}

/** A new job identity. The start in the key makes two runs of one file two jobs. */
export function startJob(turn: Turn, start: Start): void {
  const { notes, state } = turn
  const key = start.jobId ?? `${start.file.path}|${start.file.origin}|${start.startedAt ?? `seen:${turn.at}`}`
  const job: Job = { key, file: start.file, startedAt: start.startedAt, endedAt: null, user: start.user }
  notes.active = {
    // The first layer of a job that ran before we looked can't be told from any other.
    job, jobId: start.jobId, seenAt: turn.at, confirmedAt: turn.at, cancel: null, step: 0, hours: 0, soonArmed: false, soonTold: false,
    eta: null, still: null, layers: { lowest: null, risenAt: null, risenTo: null, told: start.startedAt === null || start.late === true }, toldLayers: [],
  }
  notes.file = start.file
  notes.begin = null
  notes.pause = null
  notes.idleSince = null
  for (const heater of Object.values(notes.heaters)) heater.cooling = false
  Object.assign(state, { jobRef: job, job: start.phase, progress: null, elapsed: null, printTime: null, remaining: null, eta: null, layer: null, layers: null })
  turn.edge = true
  emit(turn, 'job.started', { late: start.late ?? false, ...(start.startedAt === null ? {} : { at: start.startedAt }) })
}

export function jobStarted(turn: Turn, signal: SignalOf<'job_started'>): void {
  const { notes, state } = turn
  const active = notes.active
  if (active) {
    const user = signal.user ?? null
    const same = signal.jobId ? signal.jobId === active.jobId : sameFile(active.job.file, signal.file)
    const held = state.job === 'paused' || state.job === 'pausing' || state.job === 'preparing'
    const young = turn.at - (active.job.startedAt ?? active.seenAt) < SAME_START_MS
    const restart = same && user !== null && notes.pause !== null && !active.cancel
    if (same && !restart && (young || (user === null && (held || notes.pause !== null)))) {
      // An SD card that reports late, or a start told twice (R16).
      active.confirmedAt = turn.at
      suppress(turn, 'job.started', 'same_job', 'the same print was told to start again', dedupeKey(turn, 'job.started', active.job.key))
      return
    }
    if (restart) {
      // OctoPrint's "restart" from Paused: the person who did it wants no "cancelled" for what goes on. The old run ends on
      // record only, so that nobody hears two notices for one click.
      endQuietly(turn, active)
    } else if (active.cancel) decideCancel(turn, active)
    else finish(turn, active, 'job.result_unknown', { reason: 'superseded', native: null })
  }
  startJob(turn, { file: signal.file, jobId: signal.jobId ?? null, user: signal.user ?? null, startedAt: turn.at, phase: 'preparing' })
}

function endQuietly(turn: Turn, active: ActiveJob): void {
  const key = dedupeKey(turn, 'job.cancelled', active.job.key, 'end')
  remember(turn.notes, { key: active.job.key, ...place(active.job.file), at: turn.at, type: 'job.cancelled', printTime: null })
  dropPause(turn)
  closeOfJob(turn, active.job.key)
  failureOver(turn, active.job.key)
  turn.notes.active = null
  suppress(turn, 'job.cancelled', 'by_restart', 'the same file was started again from a pause', key)
}

const place = (file: JobFile): { path: string; origin: string } => ({ path: file.path, origin: file.origin })

export interface Ending {
  reason?: string | undefined
  text?: string | null
  at?: number
  late?: boolean
  byUs?: boolean
  progress?: number | null
  printTime?: number | null
  user?: string | null
  native?: Turn['native']
}

type TerminalType = 'job.done' | 'job.cancelled' | 'job.failed' | 'job.result_unknown'
const PHASE_OF: Readonly<Record<TerminalType, JobPhase>> = { 'job.done': 'done', 'job.cancelled': 'cancelled', 'job.failed': 'failed', 'job.result_unknown': 'unknown' }

/** The one way a known job ends. A second end of the same job is recorded, never told. */
export function finish(turn: Turn, active: ActiveJob, type: TerminalType, ending: Ending = {}): void {
  const { notes, state } = turn
  const job = active.job
  const key = dedupeKey(turn, type, job.key, 'end')
  if (notes.active === active) notes.active = null
  if (notes.closing?.active === active) notes.closing = null
  const again = notes.ends.some((end) => end.key === job.key)
  job.endedAt = ending.at ?? turn.at
  const current = state.jobRef?.key === job.key
  const printTime = ending.printTime ?? (current ? (state.printTime ?? state.elapsed) : null)
  if (current) {
    state.job = PHASE_OF[type]
    state.jobRef = job
    state.remaining = null
    state.eta = null
    state.printTime = printTime
    if (type === 'job.done') state.progress = 1
  }
  if (again) suppress(turn, type, 'same_job', 'the end of this job was already told', key)
  else {
    const text = type === 'job.failed' ? failWith(turn, ending.text ?? null) : (ending.text ?? null)
    emit(turn, type, {
      step: 'end', job, text, reason: ending.reason, late: ending.late ?? false, at: job.endedAt, byUs: ending.byUs ?? false, printTime,
      progress: type === 'job.done' ? 1 : (ending.progress ?? (current ? state.progress : null)),
      ...(ending.native === undefined ? {} : { native: ending.native }),
      ...(ending.user ? { context: { user: ending.user } } : {}),
    })
    remember(notes, { key: job.key, ...place(job.file), at: job.endedAt, type, printTime })
  }
  dropPause(turn)
  closeOfJob(turn, job.key)
  failureOver(turn, job.key)
  settlePending(turn)
  notes.idleSince ??= turn.now
  if (!notes.active) armCooling(turn)
}

/** The job a signal speaks of: the one that is on, else the one that just vanished. */
function target(turn: Turn, file: JobFile | undefined): ActiveJob | null {
  const { active, closing } = turn.notes
  if (active && (!file || sameFile(active.job.file, file))) return active
  if (closing && (!file || sameFile(closing.active.job.file, file))) return closing.active
  return null
}

const echoOf = (turn: Turn, file: JobFile | undefined, within: number): boolean =>
  turn.notes.ends.some((end) => Math.abs(turn.at - end.at) <= within && (!file || sameFile(end, file)))

export function jobDone(turn: Turn, signal: SignalOf<'job_done'>): void {
  const active = target(turn, signal.file)
  if (active) finish(turn, active, 'job.done', { printTime: signal.printTime ?? null })
  else if (signal.file && !echoOf(turn, signal.file, CANCEL_ECHO_MS)) endOfUnseen(turn, 'job.done', signal.file, null, { printTime: signal.printTime ?? null })
}

export function jobFailed(turn: Turn, signal: SignalOf<'job_failed'>): void {
  const active = target(turn, signal.file)
  const printTime = signal.printTime ?? null
  if (signal.cause === 'cancelled') {
    const cancel = active?.cancel
    const stale = active && !cancel && turn.at - active.seenAt < CANCEL_ECHO_MS && echoOf(turn, signal.file, CANCEL_ECHO_MS)
    if (!active || stale) {
      if (stale || echoOf(turn, signal.file, ECHO_MS)) {
        suppress(turn, 'job.failed', 'same_job', 'the server reports a cancel as a failure too')
      } else if (signal.file) endOfUnseen(turn, 'job.cancelled', signal.file, null, { reason: signal.user ? 'user' : 'printer', printTime })
      return
    }
    active.cancel = { ...(cancel ?? newCancel(turn)), printTime: printTime ?? cancel?.printTime ?? null }
    active.cancel.user ??= signal.user ?? null
    active.cancel.cancelledAt ??= turn.at
    if (knowsWhy(turn, active.cancel)) decideCancel(turn, active)
    else waitFor(turn, active.cancel, CANCEL_LAST_MS)
    return
  }
  if (active) {
    const cause: FailReason = signal.reason && signal.reason !== 'unknown' ? signal.reason : (turn.notes.deviceCause ?? 'unknown')
    finish(turn, active, 'job.failed', { reason: cause, text: signal.text ?? null, progress: signal.progress ?? null, printTime, byUs: cause === 'emergency_stop' && ours(turn, 'emergency_stop') })
  } else if (echoOf(turn, signal.file, ECHO_MS)) suppress(turn, 'job.failed', 'same_job', 'the end of this job was already told')
  else if (signal.file) endOfUnseen(turn, 'job.failed', signal.file, null, { reason: signal.reason ?? 'unknown', text: signal.text ?? null, printTime })
}

function newCancel(turn: Turn): Cancel {
  return { at: turn.at, user: null, error: null, byUs: ours(turn, 'cancel'), cancelledAt: null, progress: null, printTime: null, deadline: null, native: null }
}

export function jobCancelling(turn: Turn, signal: SignalOf<'job_cancelling'>): void {
  const active = target(turn, signal.file)
  if (!active) return
  active.cancel ??= newCancel(turn)
  active.cancel.user ??= signal.user ?? null
  active.cancel.error ??= signal.error ?? null
  turn.state.job = 'cancelling'
  turn.edge = true
}

export function jobCancelled(turn: Turn, signal: SignalOf<'job_cancelled'>): void {
  const active = target(turn, signal.file)
  if (!active) {
    if (!echoOf(turn, signal.file, CANCEL_ECHO_MS) && signal.file) endOfUnseen(turn, 'job.cancelled', signal.file, null, { reason: signal.user ? 'user' : 'printer' })
    return
  }
  active.cancel ??= newCancel(turn)
  const cancel = active.cancel
  cancel.user ??= signal.user ?? null
  cancel.cancelledAt = turn.at
  cancel.progress = signal.progress ?? null
  cancel.printTime = signal.printTime ?? null
  cancel.native = turn.native
  if (knowsWhy(turn, cancel)) {
    decideCancel(turn, active)
    return
  }
  turn.carried = true
  waitFor(turn, cancel, CANCEL_MS)
}

export const resetNear = (turn: Turn, at: number): boolean => turn.notes.resetAt !== null && turn.notes.resetAt >= at - CANCEL_MS

function knowsWhy(turn: Turn, cancel: Cancel): boolean {
  return cancel.error !== null || cancel.user !== null || cancel.byUs || resetNear(turn, cancel.at)
}

export function waitFor(turn: Turn, cancel: Cancel, ms: number): void {
  cancel.deadline = Math.min(cancel.deadline ?? Infinity, turn.now + ms)
}

/** Who or what cancelled: the firmware, a person, a controller that restarted, or the printer (a G-code, a plugin). */
export function decideCancel(turn: Turn, active: ActiveJob): void {
  const cancel = active.cancel
  if (!cancel) return
  const ending: Ending = { at: cancel.cancelledAt ?? turn.at, progress: cancel.progress, printTime: cancel.printTime, native: cancel.native ?? turn.native }
  if (cancel.error !== null) finish(turn, active, 'job.failed', { ...ending, reason: 'firmware', text: cancel.error })
  else if (cancel.user !== null || cancel.byUs) finish(turn, active, 'job.cancelled', { ...ending, reason: 'user', user: cancel.user, byUs: cancel.byUs })
  else if (resetNear(turn, cancel.at)) finish(turn, active, 'job.failed', { ...ending, reason: 'printer_reset' })
  else finish(turn, active, 'job.cancelled', { ...ending, reason: 'printer' })
}

export function deviceReset(turn: Turn): void {
  turn.notes.resetAt = turn.at
  const active = turn.notes.active ?? turn.notes.closing?.active
  if (active?.cancel?.cancelledAt != null) decideCancel(turn, active)
}

/** An end of a job we never saw begin; its key names the end. */
export function endOfUnseen(turn: Turn, type: TerminalType, file: JobFile, jobId: string | null, ending: Ending & { endedAt?: number }): void {
  const at = ending.endedAt ?? turn.at
  const key = jobId ?? `${file.path}|${file.origin}|end:${Math.floor(at / 1000)}`
  const job: Job = { key, file, startedAt: ending.printTime ? at - Math.round(ending.printTime * 1000) : null, endedAt: at, user: null }
  if (turn.notes.ends.some((end) => end.key === key)) {
    suppress(turn, type, 'already_heard', 'the end of this job was already told', dedupeKey(turn, type, key, 'end'))
    return
  }
  emit(turn, type, {
    step: 'end', job, at, late: ending.late ?? false, reason: ending.reason, text: ending.text ?? null, printTime: ending.printTime ?? null,
    progress: type === 'job.done' ? 1 : null,
  })
  remember(turn.notes, { key, ...place(file), at, type, printTime: ending.printTime ?? null })
}
