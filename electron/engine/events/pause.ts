/** Pauses: told only when they last (timelapse plugins park the head every layer, R15), and only once per stop. */
import { emit, ours, suppress, type Turn } from './turn.ts'
import { detectorPause, failureResumed } from './failure.ts'
import { swallowed } from './messages.ts'

interface Begin {
  user: string | null
  /** A signal told of it, not only the state. */
  signalled: boolean
  progress: number | null
}

export function pauseBegan(turn: Turn, begin: Begin): void {
  const { notes } = turn
  if (!notes.active) return
  const pause = notes.pause
  if (pause) {
    pause.user ??= begin.user
    pause.signalled ||= begin.signalled
    pause.byUs ||= ours(turn, 'pause')
    pause.progress ??= begin.progress
  } else {
    notes.pause = { since: turn.at, user: begin.user, signalled: begin.signalled, byUs: ours(turn, 'pause'), announced: turn.mute !== null, covered: false, progress: begin.progress, native: null }
    turn.edge = true
    if (turn.mute) suppress(turn, 'job.paused', turn.mute, 'paused at first sight')
    else if (notes.occurrences.length > 0) coverPause(turn)
    else detectorPause(turn)
  }
  const now = notes.pause
  if (now && begin.signalled && turn.native && !now.announced && !now.covered) {
    now.native = turn.native
    turn.carried = true
  }
}

/** Another event told of this stop: a notice of its own would ring twice for one thing. */
export function coverPause(turn: Turn): void {
  const pause = turn.notes.pause
  if (!pause || pause.announced || pause.covered) return
  pause.covered = true
  suppress(turn, 'job.paused', 'same_job', 'the pause belongs to the attention that was told')
  swallowed(turn, pause.native)
  pause.native = null
}

const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)} s`

/** @param how `user` null and `signalled` false = read from the state alone */
export function pauseEnded(turn: Turn, how: { user: string | null; signalled: boolean }): void {
  const { notes } = turn
  const pause = notes.pause
  if (!pause) return
  const lasted = Math.max(0, turn.at - pause.since)
  const byUs = ours(turn, 'resume')
  notes.pause = null
  turn.edge = true
  // The end moves by as long as it stood still; that is no slip.
  if (notes.active?.eta) notes.active.eta.base += lasted
  if (notes.active) notes.active.still = null
  failureResumed(turn, { person: how.user !== null || byUs, detectorPause: pause.byDetector === true })
  if (pause.announced) emit(turn, 'job.resumed', { step: pause.since, byUs, reason: how.user !== null || byUs ? 'user' : how.signalled ? 'printer' : 'unknown' })
  else if (pause.covered) suppress(turn, 'job.resumed', 'same_job', 'the end of the attention tells it')
  else {
    suppress(turn, 'job.paused', 'short_pause', `pause of ${seconds(lasted)}`)
    swallowed(turn, pause.native)
  }
}

/** The job is over: what was held of its pause is not told any more. */
export function dropPause(turn: Turn): void {
  const pause = turn.notes.pause
  turn.notes.pause = null
  if (!pause || pause.announced || pause.covered) return
  suppress(turn, 'job.paused', 'short_pause', 'the job ended before the pause was told')
  swallowed(turn, pause.native)
}

const announceAt = (turn: Turn): number | null => {
  const { active, pause, closing } = turn.notes
  return active && pause && !pause.announced && !pause.covered && !closing ? pause.since + turn.context.thresholds.pauseGrace * 1000 : null
}

export function pauseWake(turn: Turn): number[] {
  const at = announceAt(turn)
  return at === null ? [] : [at]
}

export function pauseTimers(turn: Turn): void {
  const at = announceAt(turn)
  const pause = turn.notes.pause
  if (at === null || !pause || turn.now < at) return
  pause.announced = true
  emit(turn, 'job.paused', {
    step: pause.since, at: pause.since, byUs: pause.byUs, native: pause.native, progress: pause.progress ?? turn.state.progress,
    reason: pause.byDetector ? 'failure' : pause.user !== null || pause.byUs ? 'user' : pause.signalled ? 'printer' : 'unknown',
    ...(pause.user ? { context: { user: pause.user } } : {}),
  })
}
