/** What the reported state says of the job: runs that begin without a signal, go on, or vanish. */
import { isActivePhase, type JobFile, type JobPhase, type StateReport } from './model.ts'
import { CANCEL_MS, SAME_START_MS, decideCancel, finish, resetNear, startJob, waitFor, type Ending } from './job.ts'
import { sameFile, type ActiveJob, type Closing } from './notes.ts'
import { applyRecord } from './outcome.ts'
import { ours, type Turn } from './turn.ts'

/** A running state without its start signal: how long the signal may lag, ms. */
const BEGIN_MS = 2_000
/** A device that is gone: the failure may be told after the close (seen: within 10 ms), ms. */
const GONE_MS = 3_000
/** A job that vanished: time for the adapter to read the server's records, ms. */
const VANISHED_MS = 10_000

/**
 * After the start of another file a server may show the one before once more (OctoPrint 1.11.8, up to 0.5 s after `PrintStarted`, seen with
 * "printing", "cancelling" and nothing at all). ms
 */
const ECHO_MS = 3_000

/** The report without what it says of a job, where that is an echo of the one before. */
export function withoutEcho(turn: Turn, report: StateReport, whole: boolean): StateReport {
  const { active } = turn.notes
  if (whole || !active || active.job.startedAt === null || !report.file || sameFile(report.file, active.job.file) || turn.at - active.seenAt >= ECHO_MS) return report
  const { job: _job, jobId: _jobId, file: _file, user: _user, progress: _progress, progressSource: _source, elapsed: _elapsed, printTime: _printTime, remaining: _remaining, layer: _layer, layers: _layers, ...rest } = report
  return rest
}

/** A known job is no longer there and nothing said how it ended. */
export function beginClosing(turn: Turn, why: { gap: boolean; gone: boolean; complete: boolean }): void {
  const { notes, state } = turn
  const active = notes.active
  if (!active) return
  if (active.cancel && !why.gone) {
    // It ends by its cancel; only the last word is missing.
    waitFor(turn, active.cancel, CANCEL_MS)
    return
  }
  if (notes.closing) closingTimeout(turn, notes.closing)
  notes.closing = { active, since: turn.at, deadline: turn.now + (why.gone && !why.gap ? GONE_MS : VANISHED_MS), ...why }
  notes.active = null
  if (state.jobRef?.key === active.job.key) state.job = 'unknown'
  turn.edge = true
  if (active.record) applyRecord(turn, active, active.record, notes.closing)
}

function closingTimeout(turn: Turn, closing: Closing): void {
  const { notes } = turn
  const { active } = closing
  const at = closing.since
  const common: Ending = { at, late: closing.gap, native: null }
  if (active.cancel) decideCancel(turn, active)
  else if (closing.complete) finish(turn, active, 'job.done', common)
  else if (closing.gone && (!closing.gap || notes.errorText !== null)) {
    const byUs = notes.deviceCause === 'emergency_stop' && ours(turn, 'emergency_stop')
    finish(turn, active, 'job.failed', { ...common, reason: notes.deviceCause ?? 'connection_lost', text: notes.errorText, byUs })
  } else if (resetNear(turn, at)) finish(turn, active, 'job.failed', { ...common, reason: 'printer_reset' })
  // Nothing, not even the server's own records, tells: it may have been switched off after it was done.
  else finish(turn, active, 'job.result_unknown', { ...common, reason: closing.gap ? 'not_looking' : 'vanished' })
}

/** While the server can't be reached its records can't be read: then nothing is decided. */
const unreachable = (turn: Turn): boolean => turn.state.link === 'down' || turn.state.link === 'auth_failed' || turn.state.link === 'refused'

export function jobWake(turn: Turn): number[] {
  const { notes } = turn
  const due: number[] = []
  if (notes.closing && !unreachable(turn)) due.push(notes.closing.deadline)
  if (notes.active?.cancel?.deadline) due.push(notes.active.cancel.deadline)
  if (notes.begin && notes.file) due.push(notes.begin.deadline)
  return due
}

export function jobTimers(turn: Turn): void {
  const { notes, state } = turn
  if (notes.closing && !unreachable(turn) && turn.now >= notes.closing.deadline) closingTimeout(turn, notes.closing)
  const active = notes.active
  if (active?.cancel?.deadline && turn.now >= active.cancel.deadline) decideCancel(turn, active)
  if (notes.begin && notes.file && turn.now >= notes.begin.deadline) beginFromState(turn, notes.begin, state.job)
}

/** Takes a running state that no start signal explained as a start of its own (polling, or a missed signal). */
function beginFromState(turn: Turn, begin: { at: number; silent: boolean }, phase: JobPhase): void {
  const { notes } = turn
  if (!notes.file) return
  const mute = turn.mute
  if (begin.silent) turn.mute = 'baseline'
  const { elapsed, progress, remaining, layer, layers } = turn.state
  startJob(turn, { file: notes.file, jobId: notes.jobId, user: notes.user, startedAt: begin.silent ? null : begin.at, phase: isActivePhase(phase) ? phase : 'printing' })
  Object.assign(turn.state, { elapsed, progress, remaining, layer, layers })
  turn.mute = mute
}

export interface Seen {
  phase: JobPhase
  /** The file this very report names. */
  file: JobFile | null
  elapsed: number | null
  progress: number | null
  /** A complete report, or the first one after a gap. */
  whole: boolean
  gone: boolean
}

/** The job part of a state report, after `notes.file`, `user` and `jobId` have been taken over and before its numbers. */
export function jobState(turn: Turn, seen: Seen): void {
  const { notes, state } = turn
  if (seen.phase === 'unknown') return
  if (!isActivePhase(seen.phase)) {
    idleState(turn, seen)
    return
  }
  let active = notes.active
  if (active && seen.whole && isAnotherRun(turn, active, seen)) {
    beginClosing(turn, { gap: true, gone: false, complete: false })
    active = notes.active
  }
  if (active) {
    if (seen.file && !sameFile(seen.file, active.job.file)) {
      // Another file is on and its start signal has not come yet.
      notes.begin ??= { at: turn.at, deadline: turn.now + BEGIN_MS, silent: false }
      beginClosing(turn, { gap: seen.whole, gone: false, complete: false })
      return
    }
    active.confirmedAt = turn.at
    // A server that gives its id only after the start; the key that was told stays.
    active.jobId ??= notes.jobId
    state.job = active.cancel ? 'cancelling' : seen.phase
    return
  }
  const closing = notes.closing
  if (closing && notes.file && sameFile(closing.active.job.file, notes.file) && !seen.whole && (seen.elapsed ?? 0) > 0 && (seen.elapsed ?? 0) >= (state.elapsed ?? 0)) {
    // It was only gone for a moment.
    notes.active = closing.active
    notes.closing = null
    notes.begin = null
    state.job = seen.phase
    return
  }
  state.job = seen.phase
  if (turn.mute === 'baseline' || seen.whole) {
    const startedAt = turn.mute === 'baseline' ? null : turn.at - Math.round((seen.elapsed ?? 0) * 1000)
    if (notes.file) startJob(turn, { file: notes.file, jobId: notes.jobId, user: notes.user, startedAt, late: (seen.elapsed ?? 0) > 60, phase: seen.phase })
    else notes.begin ??= { at: startedAt ?? turn.at, deadline: turn.now, silent: turn.mute === 'baseline' }
  } else notes.begin ??= { at: turn.at - Math.round((seen.elapsed ?? 0) * 1000), deadline: turn.now + BEGIN_MS, silent: false }
}

function isAnotherRun(turn: Turn, active: ActiveJob, seen: Seen): boolean {
  const { notes, state } = turn
  // The records say that ours is over, so what runs is another.
  if (active.record) return true
  if (notes.jobId !== null && active.jobId !== null) return notes.jobId !== active.jobId
  if (seen.file && !sameFile(seen.file, active.job.file)) return true
  return seen.elapsed !== null && state.elapsed !== null && seen.elapsed + SAME_START_MS / 1000 < state.elapsed
}

function idleState(turn: Turn, seen: Seen): void {
  const { notes, state } = turn
  notes.begin = null
  const active = notes.active
  if (!active) {
    if (seen.phase !== 'none' && state.jobRef === null) state.job = seen.phase
    else if (isActivePhase(state.job)) state.job = 'none'
    return
  }
  // Ends that linger on the display: after a gap the records know better which run they are of.
  const onRecord = active.record != null && (active.record.success !== null || active.record.restarted)
  const byUs = seen.phase === 'cancelled' && ours(turn, 'cancel')
  const late = seen.whole
  if (seen.phase === 'done' && !onRecord) finish(turn, active, 'job.done', { late })
  else if (seen.phase === 'cancelled' && !onRecord) finish(turn, active, 'job.cancelled', { byUs, late, reason: byUs ? 'user' : 'unknown' })
  else if (seen.phase === 'failed' && !onRecord) finish(turn, active, 'job.failed', { late, reason: notes.deviceCause ?? 'unknown', text: notes.errorText })
  else beginClosing(turn, { gap: seen.whole, gone: seen.gone, complete: seen.progress === 1 && notes.file !== null && sameFile(notes.file, active.job.file) })
}
