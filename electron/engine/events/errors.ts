/** The device: ready, off, in error. One incident is told once: a job that failed of an error carries its text (R17). */
import type { Native, Signal, StateReport } from './model.ts'
import { messageKey, swallowed } from './messages.ts'
import type { PendingError } from './notes.ts'
import { dedupeKey, emit, suppress, type Turn } from './turn.ts'

/** An error during a job waits so long for the job's own end, ms. */
const WAIT_MS = 3_000
/** The same text from signal, state and failed job within this is one incident, ms. */
const INCIDENT_MS = 60_000
const KEPT = 50

interface DeviceError {
  type: PendingError['type']
  text: string
  code: string | null
  critical: boolean
}

export function deviceErrorSignal(turn: Turn, signal: Extract<Signal, { type: 'device_error' }>): void {
  if (signal.thermal) runaway(turn, signal.text)
  deviceError(turn, { type: 'device.error', text: signal.text, code: signal.code ?? null, critical: signal.severity === 'critical' }, turn.native)
}

/** What needs a look and stops nothing; a job that fails of it within a moment carries its text. */
export function deviceFault(turn: Turn, signal: Extract<Signal, { type: 'device_fault' }>): void {
  deviceError(turn, { type: 'device.fault', text: signal.text, code: signal.code ?? null, critical: false }, turn.native)
}

/** A heater that may burn is told by itself and at once, whatever else the incident brings. */
function runaway(turn: Turn, text: string): void {
  const key = `runaway:${messageKey(text)}`
  const told = turn.notes.errors[key]
  if (told && turn.at - told.at < turn.context.thresholds.errorRepeat * 1000) {
    suppress(turn, 'heater.runaway', 'repeated_error', text)
    return
  }
  keep(turn, key, false)
  emit(turn, 'heater.runaway', { step: turn.at, text, native: null })
}

function deviceError(turn: Turn, error: DeviceError, native: Native | null): void {
  const { notes } = turn
  if (error.text !== '') notes.pending = notes.pending.filter((pending) => pending.text !== '')
  const told = notes.errors[messageKey(error.text)]
  const age = told ? turn.at - told.at : Infinity
  if (told && age < turn.context.thresholds.errorRepeat * 1000) {
    if (age >= INCIDENT_MS) suppress(turn, error.type, 'repeated_error', error.text)
    else if (told.job && !told.noted) {
      told.noted = true
      suppress(turn, error.type, 'same_job', error.text)
    } else if (native) suppress(turn, error.type, 'repeated_error', error.text)
    return
  }
  if (notes.pending.some((pending) => messageKey(pending.text) === messageKey(error.text))) return
  // A shutdown is news beside the job that fails of it: nothing works until somebody restarts the firmware.
  if (error.text === '' || (error.type !== 'device.shutdown' && (notes.active || notes.closing))) {
    notes.pending.push({ ...error, at: turn.at, deadline: turn.now + WAIT_MS, native })
    if (native) turn.carried = true
  } else tell(turn, { ...error, at: turn.at, deadline: 0, native })
}

function tell(turn: Turn, error: PendingError): void {
  keep(turn, messageKey(error.text), false)
  emit(turn, error.type, {
    step: error.at, at: error.at, text: error.text, code: error.code, native: error.native,
    ...(error.critical || error.type === 'device.shutdown' ? { severity: 'critical' } : {}),
  })
}

function keep(turn: Turn, key: string, job: boolean): void {
  const { errors } = turn.notes
  errors[key] = { at: turn.at, job, noted: false }
  const old = Object.keys(errors)
  for (const name of old.slice(0, Math.max(0, old.length - KEPT))) delete errors[name]
}

/** @returns the text a failed job carries: its own, else that of the error it failed of. */
export function failWith(turn: Turn, text: string | null): string | null {
  const carried = text || turn.notes.pending.find((pending) => pending.text !== '')?.text || null
  if (carried !== null) keep(turn, messageKey(carried), true)
  return carried
}

/** The job is over: errors that it carried are recorded, others told. */
export function settlePending(turn: Turn): void {
  const pending = turn.notes.pending
  turn.notes.pending = []
  for (const error of pending) {
    const told = turn.notes.errors[messageKey(error.text)]
    if (told?.job || error.text === '') {
      if (told?.noted) continue
      if (told) told.noted = true
      if (error.text !== '') suppress(turn, error.type, 'same_job', error.text, dedupeKey(turn, error.type, null, error.at))
      swallowed(turn, error.native)
    } else tell(turn, error)
  }
}

/** Takes over the device part of a report. @returns true when the device is down now, so that a job can't go on. */
export function deviceState(turn: Turn, report: StateReport): boolean {
  const { notes, state } = turn
  if (report.deviceCause !== undefined) notes.deviceCause = report.deviceCause
  const before = state.device
  if (report.device !== undefined && report.device !== 'unknown' && report.device !== before) {
    state.device = report.device
    turn.edge = true
  }
  const device = state.device
  const down = device === 'off' || device === 'error' || device === 'shutdown'
  if (report.error !== undefined && report.error !== notes.errorText) {
    notes.errorText = report.error || null
    state.faults = notes.errorText === null ? [] : [{ text: notes.errorText, code: null }]
    if (notes.errorText !== null && report.thermal) runaway(turn, notes.errorText)
    if (notes.errorText !== null) deviceError(turn, { type: device === 'shutdown' ? 'device.shutdown' : 'device.error', text: notes.errorText, code: null, critical: false }, null)
  } else if (device !== before && (device === 'error' || device === 'shutdown') && notes.errorText === null) {
    // The text follows in a moment; without one it is told without.
    deviceError(turn, { type: device === 'shutdown' ? 'device.shutdown' : 'device.error', text: '', code: null, critical: false }, null)
  }
  if (down) notes.deviceDown = true
  else if (device === 'ready') {
    if (notes.deviceDown) emit(turn, 'device.ready', { step: turn.at })
    notes.deviceDown = false
    notes.errorText = null
    state.faults = []
  }
  return down
}

export function errorWake(turn: Turn): number[] {
  // While a job's end is being found out it may yet carry the text; that end settles what waits.
  return turn.notes.closing ? [] : turn.notes.pending.map((pending) => pending.deadline)
}

export function errorTimers(turn: Turn): void {
  const { notes } = turn
  const due = notes.closing ? [] : notes.pending.filter((pending) => turn.now >= pending.deadline)
  if (due.length === 0) return
  notes.pending = notes.pending.filter((pending) => !due.includes(pending))
  for (const pending of due) tell(turn, pending)
}
