/**
 * The reducer: one printer's memory and one input give the next memory, what happened, what was swallowed and why, and when
 * to look again. Pure: no I/O, no timers, no clock. What each kind of happening means is in the files beside this one.
 */
import { acknowledged, attentionCleared, attentionList, attentionOpened, attentionTimers, attentionWake, closeStops } from './attention.ts'
import { deviceErrorSignal, deviceFault, deviceState, errorTimers, errorWake } from './errors.ts'
import { failureAnswered, failureSeen } from './failure.ts'
import { foreign } from './foreign.ts'
import { heatersSeen, heaterTimers, heaterWake } from './heaters.ts'
import { deviceReset, jobCancelled, jobCancelling, jobDone, jobFailed, jobStarted } from './job.ts'
import { beginClosing, jobState, jobTimers, jobWake, withoutEcho } from './jobstate.ts'
import { heightSeen, layerSeen, layerTimers, layerWake } from './layers.ts'
import { heard, linkObserved, linkTimers, linkWake, lookAway } from './link.ts'
import { camera, displayCleared, message, swallowed } from './messages.ts'
import { isActivePhase, type JobFile, type Link, type Observation, type PrinterState, type Signal, type StateReport } from './model.ts'
import { emptyNotes, notesOf, shiftTimers } from './notes.ts'
import { outcome } from './outcome.ts'
import { pauseBegan, pauseEnded, pauseTimers, pauseWake } from './pause.ts'
import { numbersSeen, progressSeen, progressTimers, progressWake, sizesInForce } from './progress.ts'
import type { InitialMemory, PrinterMemory, Reduce, ReducerInput } from './reduction.ts'
import { capTimer, createTurn, finishTurn, type Turn } from './turn.ts'

const emptyState = (link: Link): PrinterState => ({
  link, linkCause: null, device: 'unknown', job: 'none', jobRef: null, progress: null, progressSource: null, elapsed: null, printTime: null,
  remaining: null, eta: null, layer: null, layers: null, z: null, heaters: {}, attentions: [], faults: [], message: null, capabilities: null, cameras: [],
})

/** The memory of a printer never seen. */
export const initialMemory: InitialMemory = (link) => ({ version: 1, seen: false, lastSeenAt: null, state: emptyState(link), notes: { ...emptyNotes() } })

export const reduce: Reduce = (memory, input, now, context) => {
  const turn = createTurn(memory, input.at, now, context)
  rebase(turn, input)
  // A pause that lasted is a pause even when the tick came late and its end comes with it.
  pauseTimers(turn)
  sizesInForce(turn)
  take(turn, input)
  const due = runTimers(turn)
  const wakeAt = due === Infinity ? null : Math.max(due, now + 1)
  turn.notes.wakeAt = wakeAt
  const state = finishTurn(turn)
  return {
    state, events: turn.events, suppressed: turn.suppressed, wakeAt,
    edge: turn.edge || state.seen !== memory.seen || state.state.job !== memory.state.job || state.state.jobRef?.key !== memory.state.jobRef?.key,
  }
}

/** A tick that comes so much later than asked for: nobody watched meanwhile (sleep, a stopped process), ms. */
const OVERSLEPT_MS = 10_000

/** Time we could not watch, and a clock that went back, must not count for any timer. */
function rebase(turn: Turn, input: ReducerInput): void {
  const { notes, now } = turn
  if (input.kind === 'gap') {
    // The same gap may be told again while it grows: only what is new of it counts.
    const from = Math.max(input.from, Math.min(notes.gapUntil ?? input.from, input.at))
    const grows = notes.gapUntil !== null && notes.gapUntil >= input.from && input.at >= notes.gapUntil
    shiftTimers(notes, input.at < input.from ? input.at - input.from : input.at - from)
    unwatched(turn, input.at, grows || input.why === 'stopped')
  } else if (notes.now !== 0 && now < notes.now) {
    shiftTimers(notes, now - notes.now)
    notes.gapUntil = null
  } else if (notes.wakeAt !== null && now - notes.wakeAt > OVERSLEPT_MS) {
    // Woken from sleep before anybody could say so.
    shiftTimers(notes, now - notes.wakeAt)
    unwatched(turn, now)
  }
}

/**
 * `mayWait`: more of a gap that is known, or the one before this start, which the next start would find as well; two hundred printers need not be on
 * disk for it at once.
 */
function unwatched(turn: Turn, until: number, mayWait = false): void {
  turn.notes.gapUntil = until
  lookAway(turn)
  if (!mayWait) turn.edge = true
}

function take(turn: Turn, input: ReducerInput): void {
  switch (input.kind) {
    case 'tick':
    case 'gap':
      return
    case 'link':
      linkObserved(turn, input)
      return
    case 'command':
      if (input.withdrawn) delete turn.notes.commands[input.action]
      else turn.notes.commands[input.action] = turn.now
      turn.edge = true
      return
    case 'acknowledged':
      if (input.about !== 'failure') acknowledged(turn)
      if (input.about !== 'attention') failureAnswered(turn)
      return
    default:
      observed(turn, input)
  }
}

function observed(turn: Turn, seen: Observation): void {
  heard(turn, seen.kind === 'state')
  if (seen.kind === 'foreign') {
    foreign(turn, seen)
    return
  }
  if (!turn.memory.seen) turn.mute = 'baseline'
  if (seen.kind === 'state') {
    stateSeen(turn, seen.state, seen.full)
    turn.memory.seen = true
  } else {
    turn.native = seen.native ?? null
    signalSeen(turn, seen.signal)
    if (!turn.carried) swallowed(turn, turn.native)
  }
  turn.mute = null
  turn.native = null
}

function stateSeen(turn: Turn, told: StateReport, full: boolean): void {
  const { notes, state } = turn
  const first = turn.mute !== null
  if (first) notes.idleSince = turn.now
  // The first report with a job phase after a gap tells what became of the job, whether or not it tells all.
  const whole = full || notes.resync
  const report = withoutEcho(turn, told, whole)
  if (report.jobId !== undefined) notes.jobId = report.jobId
  if (report.user !== undefined) notes.user = report.user
  if (report.file !== undefined) fileSeen(turn, report)
  const down = deviceState(turn, report)
  const before = state.job
  if (report.job !== undefined) {
    jobState(turn, { phase: report.job, file: report.file ?? null, elapsed: report.elapsed ?? null, progress: report.progress ?? null, whole, gone: down })
    if (report.job !== 'unknown') notes.resync = false
    phaseSeen(turn, report, whole && !first && before !== state.job)
  } else if (down) beginClosing(turn, { gap: whole, gone: true, complete: false })
  numbersSeen(turn, report)
  if (report.message === null) displayCleared(turn)
  else if (report.message !== undefined) message(turn, { type: 'message', text: report.message, for: 'display' })
  if (report.capabilities) state.capabilities = report.capabilities
  if (report.cameras) state.cameras = report.cameras
  if (report.heaters) heatersSeen(turn, report.heaters)
  if (report.attentions) attentionList(turn, report.attentions)
  if (report.z !== undefined) heightSeen(turn, report.z)
  layerSeen(turn, report.layer ?? null)
  progressSeen(turn)
}

/** Which file is selected. Another one than the ended job's takes that job off the display. */
function fileSeen(turn: Turn, report: StateReport): void {
  const { notes, state } = turn
  notes.file = report.file ?? null
  const ended = state.jobRef
  if (notes.active || notes.closing || !ended || !notes.file) return
  if (notes.file.path === ended.file.path && notes.file.origin === ended.file.origin) return
  state.jobRef = null
  if (!isActivePhase(state.job)) state.job = 'none'
  Object.assign(state, { progress: null, elapsed: null, printTime: null, remaining: null, eta: null, layer: null, layers: null })
}

/** Pauses as the state shows them; where signals tell too they come within milliseconds and fill in who it was. */
function phaseSeen(turn: Turn, report: StateReport, missed: boolean): void {
  const { notes } = turn
  if (!notes.active) return
  if (report.job === 'pausing' || report.job === 'paused') pauseBegan(turn, { user: null, signalled: false, progress: report.progress ?? null })
  else if (notes.pause && (report.job === 'printing' || report.job === 'finishing')) {
    if (missed) closeStops(turn)
    pauseEnded(turn, { user: null, signalled: false })
  }
}

function signalSeen(turn: Turn, signal: Signal): void {
  switch (signal.type) {
    case 'job_started':
      return jobStarted(turn, signal)
    case 'job_done':
      return jobDone(turn, signal)
    case 'job_failed':
      return jobFailed(turn, signal)
    case 'job_cancelling':
      return jobCancelling(turn, signal)
    case 'job_cancelled':
      return jobCancelled(turn, signal)
    case 'job_paused':
      if (turn.notes.active && (turn.state.job === 'printing' || turn.state.job === 'preparing')) turn.state.job = 'pausing'
      return pauseBegan(turn, { user: signal.user ?? null, signalled: true, progress: signal.progress ?? null })
    case 'job_resumed':
      if (turn.notes.active && (turn.state.job === 'paused' || turn.state.job === 'pausing')) turn.state.job = 'resuming'
      return pauseEnded(turn, { user: signal.user ?? null, signalled: true })
    case 'attention':
      return attentionOpened(turn, signal)
    case 'attention_cleared':
      return attentionCleared(turn, signal.key)
    case 'device_error':
      return deviceErrorSignal(turn, signal)
    case 'device_fault':
      return deviceFault(turn, signal)
    case 'device_reset':
      return deviceReset(turn)
    case 'message':
      return message(turn, signal)
    case 'layer':
      turn.state.layer = signal.layer
      if (signal.layers != null) turn.state.layers = signal.layers
      return layerSeen(turn, signal.layer)
    case 'outcome':
      return outcome(turn, signal)
    case 'failure_suspected':
    case 'failure_detected':
      return failureSeen(turn, signal)
    case 'camera':
      return camera(turn, signal)
    case 'native_only':
      return
  }
}

const TIMERS = [pauseTimers, jobTimers, errorTimers, attentionTimers, heaterTimers, progressTimers, layerTimers, linkTimers, capTimer]
const WAKES = [pauseWake, jobWake, errorWake, attentionWake, heaterWake, progressWake, layerWake, linkWake]

/** When the first of the timers is due; Infinity = none is set. */
function nextWake(turn: Turn): number {
  return Math.min(turn.notes.cap.until ?? Infinity, ...WAKES.flatMap((wake) => wake(turn)))
}

/** One timer's end may start another that is due already; a few rounds settle it. */
const ROUNDS = 4

/** @returns when the next one is due; Infinity = none is set */
function runTimers(turn: Turn): number {
  let due = -Infinity
  for (let round = 0; round < ROUNDS && due <= turn.now; round += 1) {
    for (const timer of TIMERS) timer(turn)
    due = nextWake(turn)
  }
  return due
}

/** The memory's part that an adapter asks for: the job that was on when last seen. */
export function activeJob(memory: PrinterMemory): { file: JobFile; startedAt: number | null; jobId: string | null } | null {
  const { active, closing } = notesOf(memory)
  const run = active ?? closing?.active
  return run ? { file: run.job.file, startedAt: run.job.startedAt, jobId: run.jobId } : null
}

