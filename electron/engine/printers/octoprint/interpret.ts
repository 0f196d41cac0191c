/**
 * OctoPrint's push frames and REST answers as observations. It knows the protocol and decides nothing: it holds only what
 * is needed to understand the next frame (the last state id, the last error, which human stop is open).
 */
import type { FailReason, JobFile, Native, Observation, Signal, StateReport } from '../../events/model.ts'
import { DETECTOR, verdictOf } from './detector.ts'
import { createStops } from './stops.ts'
import {
  currentSchema, eventSchema, notificationSchema, payloadSchema, pluginSchema, promptSchema, restJobSchema, restPrinterSchema,
  temperaturesSchema, wrongFields, type CurrentFrame, type Payload, type Temperatures,
} from './payloads.ts'
import { phaseOfId, phaseOfState, phaseOfText } from './phases.ts'

export interface InterpreterOptions {
  /** The server's id of its one printer. */
  sourceId: string
  /** Told for each frame or answer that can't be understood; the same words for the same kind of junk. */
  junk?: (what: string) => void
}

/**
 * `job`: body of GET /api/job. `printer`: body of GET /api/printer (200). `job_offline`: body of GET /api/job, or null,
 * while GET /api/printer answers 409 (not operational).
 */
export type RestKind = 'job' | 'printer' | 'job_offline'

export interface Interpreter {
  /** One parsed push frame (`{history: …}`, `{event: …}`), in order. Unknown frames give nothing. `at`: epoch ms. */
  frame(frame: unknown, at: number): Observation[]
  /** One parsed REST answer, while polling. Partial: a poll never says all. */
  rest(kind: RestKind, body: unknown, at: number): Observation[]
  /** A server event that the push channel never carries, derived by the connection from its link. */
  synthesise(name: 'Startup' | 'Shutdown', at: number): Observation[]
}

/** A server's own payload is stored beside its event and handed to templates. bytes of JSON */
const LARGEST_NATIVE = 16_384

/** How long an `Error` or `Disconnecting` explains a close that follows it, ms (seen: within 40 ms). */
const EXPLAINS_MS = 10_000

/** Heater faults that can burn, in Marlin's, Prusa's and Repetier's words; MINTEMP is a broken sensor and not among them. */
const THERMAL = /thermal[ _-]?runaway|heating[ _-]?failed|maxtemp|max temp/i
const FIRMWARE = /thermal|heating|mintemp|maxtemp|kill\(\)|halted|fatal|firmware|mcu|shutdown|probing|endstop/i
const ESTOP = /emergency stop|\bM112\b/i

/** @returns an interpreter for one socket or poller; make a new one for each printer, keep it over reconnects. */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  const { sourceId } = options
  const junk = options.junk ?? (() => undefined)
  const stops = createStops()
  let lastStateId: string | null = null
  let lastError: { text: string; cause: FailReason; at: number } | null = null
  let disconnectingAt: number | null = null

  const stateOf = (state: StateReport, at: number, full: boolean): Observation => ({ kind: 'state', sourceId, at, full, state })
  const signalOf = (signal: Signal, at: number, native?: Native): Observation =>
    native ? { kind: 'signal', sourceId, at, signal, native } : { kind: 'signal', sourceId, at, signal }

  const tellWrong = (raw: unknown, parsed: object, within = ''): void => {
    for (const field of wrongFields(raw, parsed, within)) junk(`${field} of a wrong type`)
  }
  const heatersIn = (temperatures: Temperatures): StateReport['heaters'] | null => {
    if (temperatures.cut) junk('heaters that are too many, or have names that are too long')
    return knownHeaters(temperatures.heaters)
  }
  /** The newest entry of `temps` that names a heater; null when none does (the field is often empty). */
  const heatersOf = (temps: unknown[] | undefined): StateReport['heaters'] | null => {
    for (const entry of [...(temps ?? [])].reverse()) {
      const parsed = temperaturesSchema.safeParse(entry)
      const heaters = parsed.success ? heatersIn(parsed.data) : null
      if (heaters) return heaters
    }
    return null
  }

  /** Which reason a text that ended the connection stands for. */
  const causeOf = (text: string, at: number): FailReason => {
    if (ESTOP.test(text)) return 'emergency_stop'
    if (lastError && at - lastError.at <= EXPLAINS_MS && (text === '' || lastError.text === text)) return lastError.cause
    if (text === '') return disconnectingAt !== null && at - disconnectingAt <= EXPLAINS_MS ? 'disconnected_by_user' : 'unknown'
    return FIRMWARE.test(text) ? 'firmware' : 'connection_lost'
  }

  const closeReport = (phase: StateReport, error: string | null | undefined, at: number): StateReport => {
    if (phase.device !== 'error' && phase.device !== 'off') return phase.device === 'ready' ? { ...phase, error: null, deviceCause: null } : phase
    const report: StateReport = { ...phase }
    if (error) report.error = error
    else if (phase.device === 'off') report.error = null
    const cause = causeOf(error ?? '', at)
    report.deviceCause = cause === 'unknown' ? null : cause
    return report
  }

  const current = (frame: CurrentFrame, at: number, full: boolean): Observation[] => {
    const phase = frame.state ? phaseOfState(frame.state, lastStateId) : {}
    const report: StateReport = { ...closeReport(phase, frame.state?.error, at), ...jobReport(frame), ...progressReport(frame) }
    if (frame.currentZ !== undefined) report.z = frame.currentZ
    const heaters = heatersOf(frame.temps)
    if (heaters) report.heaters = heaters
    const signals = full
      ? stops.resync(phase.job)
      // Only fresh lines count: history.logs holds up to 300 lines of earlier jobs (bench, surprise 6).
      : stops.frame(frame.logs ?? [], phase.job, frame.progress?.filepos ?? null, at)
    return [stateOf(report, at, full), ...signals.map((signal) => signalOf(signal, at))]
  }

  const event = (name: string, raw: unknown, at: number): Observation[] => {
    const native = nativeOf(name, raw)
    const parsed = payloadSchema.safeParse(raw ?? {})
    if (!parsed.success) junk('event with a payload that is no object')
    else if (UNDERSTOOD.has(name)) tellWrong(raw, parsed.data, 'payload.')
    const payload: Payload = parsed.success ? parsed.data : {}
    const only = [signalOf({ type: 'native_only' }, at, native)]
    switch (name) {
      case 'PrinterStateChanged': {
        lastStateId = payload.state_id ?? null
        const phase = phaseOfId(payload.state_id)
        if (phase.device === undefined) return only
        // Every close is told as OFFLINE (1.11.8, seen); after an Error it is no plain "off", and the text comes with `current`.
        const failed = payload.state_id === 'OFFLINE' && lastError !== null && at - lastError.at <= EXPLAINS_MS
        return [stateOf(closeReport(failed ? { ...phase, device: 'error' } : phase, undefined, at), at, false), ...only]
      }
      case 'Disconnecting':
        disconnectingAt = at
        return only
      case 'Connecting':
        disconnectingAt = null
        lastError = null
        return only
      case 'ZChange':
        return typeof payload.new === 'number' ? [stateOf({ z: payload.new }, at, false), ...only] : only
      case 'FileSelected': {
        const file = fileOf(payload)
        return file ? [stateOf({ file }, at, false), ...only] : only
      }
      case 'PrintStarted':
      case 'PrintDone':
      case 'PrintCancelled':
      case 'PrintFailed':
        stops.forget()
        break
      case 'PrintResumed':
        return [...jobSignals(name, payload, native, at), ...stops.resumed().map((signal) => signalOf(signal, at))]
      case 'Error': {
        const text = payload.error ?? ''
        lastError = { text, cause: errorCause(payload.reason), at }
        return [signalOf({
          type: 'device_error', text, code: payload.reason ?? null,
          severity: payload.consequence === 'emergency' ? 'critical' : 'error', thermal: THERMAL.test(text),
        }, at, native)]
      }
      case 'PrinterReset':
        return [signalOf({ type: 'device_reset' }, at, native)]
      case 'FilamentChange':
        return [signalOf(stops.filamentChange(at), at, native)]
      case 'Waiting':
        return [signalOf(stops.waiting(), at, native)]
      // Two plugins that watch the terminal for "paused for user" themselves: the same stop as the log line.
      case 'plugin_webhooks_notify':
      case 'plugin_pause_for_user_event_notify':
        return [signalOf(stops.pausedForUser(at) ?? { type: 'native_only' }, at, native)]
    }
    const signals = jobSignals(name, payload, native, at)
    return signals.length > 0 ? signals : only
  }

  const jobSignals = (name: string, payload: Payload, native: Native, at: number): Observation[] => {
    if (!JOB_EVENTS.has(name)) return []
    const file = fileOf(payload)
    if (!file) {
      junk(`event ${name} without a file`)
      if (name === 'PrintStarted') return []
    }
    const known = file ? { file } : {}
    const user = payload.user ?? null
    const percent = typeof payload.progress === 'number' ? fraction(payload.progress) : null
    const printTime = payload.time ?? null
    switch (name) {
      case 'PrintStarted':
        return file ? [signalOf({ type: 'job_started', file, user }, at, native)] : []
      case 'PrintDone':
        return [signalOf({ type: 'job_done', ...known, printTime }, at, native)]
      case 'PrintCancelling':
        return [signalOf({ type: 'job_cancelling', ...known, user, error: payload.firmwareError ?? null }, at, native)]
      case 'PrintCancelled':
        return [signalOf({ type: 'job_cancelled', ...known, user, reason: payload.reason ?? null, progress: percent, printTime }, at, native)]
      case 'PrintPaused':
        return [signalOf({ type: 'job_paused', ...known, user, progress: percent }, at, native)]
      case 'PrintResumed':
        return [signalOf({ type: 'job_resumed', ...known, user }, at, native)]
      default: {
        const cause = payload.reason === 'cancelled' || payload.reason === 'error' ? payload.reason : 'unknown'
        // An int percent with "cancelled", a fraction 0..1 with "error" (1.11.8 and 2.0rc3).
        const progress = cause === 'error' ? (payload.progress ?? null) : percent
        const text = payload.error || null
        const reason: FailReason = cause === 'error' ? causeOf(payload.error ?? '', at) : 'unknown'
        return [signalOf({ type: 'job_failed', ...known, cause, reason, user, text, progress, printTime }, at, native)]
      }
    }
  }

  const plugin = (name: string, data: unknown, at: number): Observation[] => {
    const native = nativeOf(`plugin:${name}`, data)
    if (name === 'action_command_prompt') {
      const prompt = promptSchema.safeParse(data)
      if (prompt.success) tellWrong(data, prompt.data, 'prompt.')
      if (!prompt.success) junk('prompt message without an action')
      else if (prompt.data.action === 'show') return [signalOf(stops.prompt(prompt.data.text ?? null, prompt.data.choices ?? []), at, native)]
      // Also sent on every disconnect: closing nothing is normal (bench, surprise 13).
      else if (prompt.data.action === 'close') return [signalOf({ type: 'attention_cleared', key: 'prompt' }, at, native)]
    } else if (name === 'action_command_notification') {
      const note = notificationSchema.safeParse(data)
      if (note.success) tellWrong(data, note.data, 'notification.')
      if (!note.success) junk('notification that is no object')
      else if (note.data.message) return [signalOf({ type: 'message', text: note.data.message, for: 'user' }, at, native)]
    } else if (name === DETECTOR) {
      const verdict = verdictOf(data)
      if (verdict) return [signalOf(verdict, at, native)]
      junk('failure detector message without a verdict')
    }
    return []
  }

  return {
    frame(frame, at) {
      if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
        junk('frame that is no object')
        return []
      }
      const entry = Object.entries(frame as Record<string, unknown>)[0]
      if (!entry) return []
      const [type, value] = entry
      if (type === 'current' || type === 'history') {
        const parsed = currentSchema.safeParse(value)
        if (parsed.success) {
          tellWrong(value, parsed.data)
          return current(parsed.data, at, type === 'history')
        }
        junk(`${type} frame that is no object`)
      } else if (type === 'event') {
        const parsed = eventSchema.safeParse(value)
        if (parsed.success) return event(parsed.data.type, parsed.data.payload, at)
        junk('event frame without a type')
      } else if (type === 'plugin') {
        const parsed = pluginSchema.safeParse(value)
        if (parsed.success) return plugin(parsed.data.plugin, parsed.data.data, at)
        junk('plugin frame without a name')
      }
      return []
    },

    rest(kind, body, at) {
      if (kind === 'printer') {
        const parsed = restPrinterSchema.safeParse(body)
        if (!parsed.success) {
          junk('answer of /api/printer that is no object')
          return []
        }
        tellWrong(body, parsed.data)
        const phase = parsed.data.state ? phaseOfState(parsed.data.state, null) : {}
        const report = closeReport(phase, parsed.data.state?.error, at)
        const heaters = parsed.data.temperature ? heatersIn(parsed.data.temperature) : null
        return [stateOf(heaters ? { ...report, heaters } : report, at, false)]
      }
      const parsed = restJobSchema.safeParse(kind === 'job_offline' && (body === null || body === undefined) ? {} : body)
      if (!parsed.success) {
        junk('answer of /api/job that is no object')
        return kind === 'job_offline' ? [stateOf({ device: 'off', job: 'none' }, at, false)] : []
      }
      tellWrong(body, parsed.data)
      let phase = phaseOfText(parsed.data.state)
      if (kind === 'job_offline' && phase.device !== 'error' && phase.device !== 'starting') phase = { device: parsed.data.error ? 'error' : 'off', job: 'none' }
      const report = closeReport(phase, parsed.data.error, at)
      return [stateOf({ ...report, ...jobReport(parsed.data), ...progressReport(parsed.data) }, at, false)]
    },

    synthesise(name, at) {
      return [signalOf({ type: 'native_only' }, at, { name, payload: null, synthesised: true })]
    },
  }
}

/** What the server sent, as far as it is kept. */
function nativeOf(name: string, payload: unknown): Native {
  const size = sizeOf(payload ?? null)
  if (size === null) return { name, payload: { note: 'left out: nested too deep' } }
  return { name, payload: size <= LARGEST_NATIVE ? (payload ?? null) : { note: `left out: ${size} bytes of JSON, more than ${LARGEST_NATIVE}` } }
}

/** Bytes of JSON; null when it is nested deeper than it can be written again (reading has no such limit). */
function sizeOf(payload: unknown): number | null {
  try {
    return Buffer.byteLength(JSON.stringify(payload))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const JOB_EVENTS: ReadonlySet<string> = new Set([
  'PrintStarted', 'PrintDone', 'PrintFailed', 'PrintCancelling', 'PrintCancelled', 'PrintPaused', 'PrintResumed',
])

/** Events whose payload is read; others may mean something else by the same words. */
const UNDERSTOOD: ReadonlySet<string> = new Set([...JOB_EVENTS, 'PrinterStateChanged', 'ZChange', 'FileSelected', 'Error'])

/** `reason` of an Error event. Resend loops and timeouts are the line's fault, not the firmware's. */
function errorCause(reason: string | null | undefined): FailReason {
  switch (reason) {
    case 'firmware':
      return 'firmware'
    case 'resend':
    case 'resend_loop':
    case 'timeout':
    case 'connection':
    case 'autodetect':
      return 'connection_lost'
    default:
      return 'unknown'
  }
}

/** Percent to fraction; negative (no file size: -100) and beyond 100 are not known. */
function fraction(percent: number): number | null {
  return percent < 0 || percent > 100 ? null : percent / 100
}

function fileOf(payload: Payload): JobFile | null {
  if (!payload.path) return null
  return { name: payload.name || payload.path, path: payload.path, origin: payload.origin ?? 'local', size: payload.size ?? null }
}

function jobReport(frame: Pick<CurrentFrame, 'job'>): StateReport {
  const job = frame.job
  if (!job) return {}
  const file = job.file
  const report: StateReport = { user: job.user ?? null }
  if (file === undefined) return report
  report.file = file?.path
    ? { name: file.display || file.name || file.path, path: file.path, origin: file.origin ?? 'local', size: file.size ?? null }
    : null
  return report
}

function progressReport(frame: Pick<CurrentFrame, 'progress'>): StateReport {
  const progress = frame.progress
  if (!progress) return {}
  const report: StateReport = {}
  // OctoPrint's completion is the position in the file, whatever its time estimate comes from.
  if (progress.completion !== undefined) report.progress = progress.completion === null ? null : fraction(progress.completion)
  report.progressSource = 'file'
  if (progress.printTime !== undefined) report.elapsed = progress.printTime
  if (progress.printTimeLeft !== undefined) report.remaining = progress.printTimeLeft !== null && progress.printTimeLeft < 0 ? null : progress.printTimeLeft
  return report
}

/** Heaters the printer has; a chamber that isn't there is sent as null and null. */
function knownHeaters(all: Temperatures['heaters']): NonNullable<StateReport['heaters']> | null {
  const heaters: NonNullable<StateReport['heaters']> = {}
  for (const [name, heater] of Object.entries(all)) {
    if (typeof heater.actual !== 'number' && typeof heater.target !== 'number') continue
    heaters[name] = { actual: heater.actual ?? null, target: heater.target ?? null }
  }
  return Object.keys(heaters).length > 0 ? heaters : null
}
