/**
 * What a failure detector says of the print that is on: suspected or certain, paused for it or not. Told by Obico's rules, so that a detector
 * that looks every few seconds rings once and not for ever (R08-R10): nothing within 90 s of the last alert or of its answer, nothing more
 * while that one is unanswered; but certainty after a mere suspicion, and the one time that the detector pauses the print, are told at once.
 */
import { messageKey, swallowed } from './messages.ts'
import type { Signal, SuppressReason } from './model.ts'
import { dedupeKey, emit, suppress, type Turn } from './turn.ts'

type Verdict = Extract<Signal, { type: 'failure_suspected' | 'failure_detected' }>

/** The last alert that was told of a print, and what came of it. */
export interface FailureNote {
  jobKey: string
  at: number
  sure: boolean
  /** An alert of this print told that the detector paused it. */
  pausedOnce: boolean
  /** When a person answered it (acknowledged, resumed, cancelled); null = not yet. */
  answeredAt: number | null
  /** When the detector said that it paused the print, while that pause is not over. */
  pausedAt: number | null
  /** The alert that said so was told, so that the pause needs no notice of its own. */
  pauseTold: boolean
}

/** A detector's pause shows so soon before or after it says so, ms. */
const PAUSE_MS = 10_000

export function failureSeen(turn: Turn, verdict: Verdict): void {
  const { notes } = turn
  const sure = verdict.type === 'failure_detected'
  const type = sure ? 'failure.detected' : 'failure.warning'
  const run = notes.active ?? notes.closing?.active
  if (!turn.mute && !run) {
    suppress(turn, type, 'no_job', said(verdict), dedupeKey(turn, type, null, turn.at))
    return
  }
  const before = run ? lastOf(turn, run.job.key) : null
  if (before && verdict.paused) before.pausedAt = turn.at
  const objection = before && objectionTo(turn, before, sure, verdict.paused)
  if (objection) {
    if (verdict.paused) before.pauseTold = false
    suppress(turn, type, objection, said(verdict), dedupeKey(turn, type, before.jobKey, turn.at))
  } else {
    const context = { ...(verdict.score == null ? {} : { score: verdict.score }), ...(verdict.picture ? { picture: verdict.picture } : {}) }
    emit(turn, type, { step: turn.at, reason: verdict.paused ? 'paused' : undefined, text: verdict.text ?? null, ...(Object.keys(context).length > 0 ? { context } : {}) })
    if (!run || turn.mute) return
    open(turn, run.job.key, { at: turn.at, sure, paused: verdict.paused })
  }
  detectorPause(turn)
}

const lastOf = ({ notes: { failure } }: Turn, jobKey: string): FailureNote | null => (failure?.jobKey === jobKey ? failure : null)

/** An alert was told: an acknowledgement answers it, and the end of the print ends it. */
function open(turn: Turn, jobKey: string, { at, sure, paused }: { at: number; sure: boolean; paused: boolean }): void {
  turn.notes.failure = { jobKey, at, sure, pausedOnce: paused || lastOf(turn, jobKey)?.pausedOnce === true, answeredAt: null, pausedAt: paused ? at : null, pauseTold: paused }
  turn.state.failure = { since: at, sure, paused }
}

/** An alert that another server told is open as one of our own making; unless a later one was told, or answered. */
export function alertedElsewhere(turn: Turn, jobKey: string, at: number, sure: boolean): void {
  const last = lastOf(turn, jobKey)
  if (last === null || at >= last.at) open(turn, jobKey, { at, sure, paused: false })
}

function objectionTo({ at, context }: Turn, last: FailureNote, sure: boolean, paused: boolean): SuppressReason | null {
  const apart = context.thresholds.failureRepeat * 1000
  if (last.answeredAt !== null && at - last.answeredAt < apart) return 'failure_answered'
  if (sure && (!last.sure || (paused && !last.pausedOnce))) return null
  if (at - last.at < apart) return 'failure_too_soon'
  return last.answeredAt === null ? 'failure_unanswered' : null
}

/** For people, in "why did I not hear". */
function said({ score, paused, text }: Verdict): string {
  const percent = score == null ? null : `${Math.round(score * 100)} %`
  return [percent, paused ? 'print paused' : null, text && messageKey(text) !== '' ? text : null].filter((part) => part !== null).join(', ')
}

/**
 * The pause that a detector made: told by its alert, so that one stop doesn't ring twice; where the alert was swallowed the pause is told as the
 * detector's. Called when either of the two is seen, whichever comes first.
 */
export function detectorPause(turn: Turn): void {
  const { failure, pause } = turn.notes
  if (!failure || !pause || failure.pausedAt === null || Math.abs(pause.since - failure.pausedAt) > PAUSE_MS) return
  pause.byDetector = true
  if (!failure.pauseTold || pause.announced || pause.covered) return
  pause.announced = true
  suppress(turn, 'job.paused', 'same_job', 'the pause belongs to the failure alert that was told')
  swallowed(turn, pause.native)
  pause.native = null
}

/** Somebody dealt with the alert: looked and acknowledged it, or let the print go on. */
export function failureAnswered(turn: Turn): void {
  const { failure } = turn.notes
  if (!failure || failure.answeredAt !== null) return
  failure.answeredAt = turn.now
  turn.state.failure = null
  turn.edge = true
}

/** A print goes on. Whoever resumes it after an alert says that it does not fail; a timelapse that parked the head says nothing. */
export function failureResumed(turn: Turn, by: { person: boolean; detectorPause: boolean }): void {
  const { failure } = turn.notes
  if (failure && by.detectorPause) failure.pausedAt = null
  if (by.person || by.detectorPause) failureAnswered(turn)
}

/** The print is over, and its alerts with it. */
export function failureOver(turn: Turn, jobKey: string): void {
  if (turn.notes.failure?.jobKey !== jobKey) return
  turn.notes.failure = null
  turn.state.failure = null
}
