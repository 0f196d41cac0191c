/** What the server's own records say of jobs that ended while nobody looked (DESIGN promise 4): told late, told once. */
import type { JobFile, Signal } from './model.ts'
import { endOfUnseen, finish } from './job.ts'
import { sameFile, type ActiveJob, type Closing, type RecordedEnd } from './notes.ts'
import { dedupeKey, suppress, type Turn } from './turn.ts'

type Outcome = Extract<Signal, { type: 'outcome' }>

/** A record's end and the one we told may differ by whole seconds (OctoPrint's dates have no fractions), ms. */
const SAME_END_MS = 10_000
/** With the very same print time it is the same run even when the server's clock is off by this, ms. */
const SKEW_MS = 30 * 60_000
/** A state report so fresh proves that the job still runs, ms. */
const FRESH_MS = 5_000

export function outcome(turn: Turn, signal: Outcome): void {
  const known = runOf(turn, signal)
  if (known) ofKnown(turn, signal, known)
  else ofUnseen(turn, signal)
}

function runOf(turn: Turn, signal: Outcome): ActiveJob | null {
  const { active, closing } = turn.notes
  for (const run of [closing?.active, active]) {
    if (run && (signal.jobId && run.jobId ? signal.jobId === run.jobId : sameFile(run.job.file, signal.file))) return run
  }
  return null
}

function ofKnown(turn: Turn, signal: Outcome, run: ActiveJob): void {
  const { notes } = turn
  const began = run.job.startedAt ?? run.seenAt
  // A record that ended before this run began is of an earlier run: of this one there is none. Not so with this run's own number:
  // then it is the guess at the server's clock that is off.
  const own = signal.jobId !== undefined && signal.jobId === run.jobId
  const earlier = !own && signal.endedAt !== null && signal.endedAt < began
  const endedAt = earlier || signal.endedAt === null ? null : Math.max(began, signal.endedAt)
  const success = earlier ? null : signal.success
  const vanished = notes.closing?.active === run
  if (!vanished && !notes.resync && turn.now - run.confirmedAt <= FRESH_MS && (success === null || signal.endedAt === null)) return
  const record: RecordedEnd = {
    success, cancelled: signal.cancelled ?? false, at: endedAt, printTime: earlier ? null : signal.printTime,
    restarted: signal.restarted, text: signal.text ?? null, ...(signal.reason ? { reason: signal.reason } : {}),
  }
  if (vanished || success === true) applyRecord(turn, run, record, notes.closing?.active === run ? notes.closing : null)
  else {
    // The adapter says that it is over, and the first state is still to come: it may show the error that ended it.
    run.record = record
    turn.edge = true
  }
}

/** Ends a run by what is on record. Without a word on it, its closing decides (and goes on waiting when it must). */
export function applyRecord(turn: Turn, run: ActiveJob, record: RecordedEnd, closing: Closing | null): void {
  const { notes } = turn
  const late = closing?.gap ?? true
  const common = { at: record.at ?? closing?.since ?? turn.at, late, printTime: record.printTime, native: null }
  if (record.success === true) finish(turn, run, 'job.done', common)
  else if (record.success === false && record.cancelled) finish(turn, run, 'job.cancelled', { ...common, reason: run.cancel?.user ? 'user' : 'unknown' })
  else if (record.success === false && notes.errorText !== null) {
    // No success and a device that stands there with an error: not cancelled.
    finish(turn, run, 'job.failed', { ...common, reason: notes.deviceCause ?? 'unknown', text: notes.errorText })
  } else if (record.success === false) finish(turn, run, 'job.failed', { ...common, reason: record.reason ?? 'cancelled_or_failed', text: record.text ?? 'cancelled or failed' })
  else if (record.restarted) finish(turn, run, 'job.failed', { ...common, reason: 'server_restarted', text: record.text })
  // No record at all: what the last report showed is all there is, and the closing's own deadline tells it.
  else if (closing?.complete) finish(turn, run, 'job.done', common)
  else if (closing && !closing.gone) finish(turn, run, 'job.result_unknown', { ...common, reason: late ? 'not_looking' : 'vanished', text: record.text })
}

function ofUnseen(turn: Turn, signal: Outcome): void {
  // Nothing was running as far as we know, and nothing is on record: nothing to tell.
  if (signal.success === null || signal.endedAt === null) return
  const type = signal.success ? 'job.done' : signal.cancelled ? 'job.cancelled' : 'job.failed'
  const looked = turn.notes.lookedUntil ?? turn.memory.lastSeenAt
  if (isTold(turn, signal.file, signal.endedAt, signal.printTime) || (looked !== null && signal.endedAt <= looked)) {
    suppress(turn, type, 'already_heard', 'this end was there before we looked away', dedupeKey(turn, type, signal.jobId ?? null, signal.endedAt))
    return
  }
  if (looked === null) {
    suppress(turn, type, 'baseline', 'it ended before we ever looked')
    return
  }
  endOfUnseen(turn, type, signal.file, signal.jobId ?? null, {
    endedAt: signal.endedAt, late: true, printTime: signal.printTime,
    ...(type === 'job.failed' ? { reason: signal.reason ?? 'cancelled_or_failed', text: signal.text ?? 'cancelled or failed' } : {}),
  })
}

function isTold(turn: Turn, file: JobFile, endedAt: number, printTime: number | null): boolean {
  return turn.notes.ends.some((end) => {
    if (!sameFile(end, file)) return false
    const apart = Math.abs(end.at - endedAt)
    return apart <= SAME_END_MS || (apart <= SKEW_MS && printTime !== null && end.printTime !== null && Math.abs(printTime - end.printTime) < 0.01)
  })
}
