/**
 * Moonraker's answers and notifications as observations. It knows the protocol and decides nothing: it keeps the merged objects of
 * Klipper, which deltas need, and what is needed to understand the next one. Facts: Moonraker 0.11.0 and Klipper v0.13, recorded.
 *
 * The order in which a connection calls it, after the socket is open and identified:
 * 1. `klippy` with each answer of server.info and printer.info, until it is ready.
 * 2. printer.objects.subscribe (its notifications wait), server.history.list, server.gcode_store; then, in this order:
 *    `outcomes` of reconcile.ts and `console` are observed, the link is told to be up, `full` is observed, what waited follows.
 * 3. `notification` for each notification, notify_proc_stat_update included (it comes once a second and moves the clock), or `tick`.
 */
import type { JobPhase, Native, Observation, Signal, StateReport } from '../../events/model.ts'
import { createConsole, createSieve, storedResponses, titledText, type Line } from './console.ts'
import { createDeviceWatch } from './device.ts'
import { heatersOf } from './heaters.ts'
import { createThrottleWatch, servicesFailed } from './host.ts'
import { createJobWatch, type PrintSample } from './job.ts'
import { createObjects, subscriptionOf } from './merge.ts'
import { createMetadataWatch } from './metadata.ts'
import { nativeOf } from './natives.ts'
import { createPauseWatch, type PauseSample } from './pause.ts'
import { fileOf, flagOf, isFields, numberOf, textOf } from './payloads.ts'
import { isRunning, klippyStateOf, phaseOfPrint, type PrintPhase } from './phases.ts'
import { createProgress, heightOf } from './progress.ts'
import { createStops } from './stops.ts'

export interface InterpreterOptions {
  /** The server's id of its one printer. */
  sourceId: string
  /** Told for what can't be understood; the same words for the same kind of junk, once each. */
  junk?: (what: string) => void
}

/** Everything of one printer that is not bytes on a wire. `at` is our clock, epoch ms. */
export interface Interpreter {
  /**
   * Klippy as `server.info` or `printer.info` say (`state`: disconnected | startup | ready | error | shutdown; `message`: its
   * state_message). Nothing is pushed for `error`, so the connection asks every 2 s while it is not ready.
   */
  klippy(info: { state: string; message: string | null }, at: number): Observation[]
  /** Which objects to subscribe to, of the names that printer.objects.list gave: name -> fields, null = all of them. */
  objects(available: readonly string[]): Record<string, string[] | null>
  /**
   * The whole answer of printer.objects.subscribe: one full state, and what follows from it. `eventtime`: the server's own clock, seconds.
   * `jobId`: of the job that runs, as `presentJob` of reconcile.ts found it; absent = not looked up.
   */
  full(answer: { status: unknown; eventtime: number; jobId?: string | null }, at: number): Observation[]
  /**
   * `gcode_store` of server.gcode_store, oldest first, before the full state: a prompt that nobody answered may be older than our socket.
   */
  console(store: unknown, at: number): Observation[]
  /** One JSON-RPC notification, in order (notify_status_update, notify_gcode_response, ...). Unknown ones give nothing. */
  notification(method: string, params: unknown, at: number): Observation[]
  /** Time passed, about once a second while connected: what waited for a second witness is told without it. */
  tick(at: number): Observation[]
  /** Metadata of a file (server.files.metadata), asked when `wantsMetadata()` names one. `body` null = it has none (yet). */
  metadata(path: string, body: unknown, at: number): Observation[]
  /** The file whose metadata is wanted now; null = none. Ask after each call of the above; a refused one is wanted again after 5 s. */
  wantsMetadata(): string | null
  /** The id of the job that runs now (`jobIdOf` of reconcile.ts), as the server told; null = none or not known. */
  currentJobId(): string | null
  /** The G-code of a choice of the prompt that is open, by its index; null = there is none. */
  answer(choice: number): string | null
}

/** The prompt of macros, as an attention. */
const PROMPT = 'prompt'
/** Messages of macros and errors on the console, each: no more than so many within a minute, and the same text only once in 2 s. */
const MOST_SAID = 20
const SAID_WITHIN_MS = 60_000
const SAME_SAID_MS = 2_000
const MOST_JUNK = 50
/** Mobileraker's convention for M117. */
const DISPLAY_HOOK = '$MR$:'

/** @returns an interpreter for one printer; keep it over reconnects, `full` starts a new period of watching. */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  const { sourceId } = options
  const toldJunk = new Set<string>()
  const junk = (what: string): void => {
    if (toldJunk.has(what) || toldJunk.size >= MOST_JUNK) return
    toldJunk.add(what)
    options.junk?.(what)
  }
  const objects = createObjects()
  const device = createDeviceWatch()
  const pauses = createPauseWatch()
  const stops = createStops()
  const progress = createProgress()
  const metadata = createMetadataWatch()
  const job = createJobWatch(sourceId, junk, (file, body) => metadata.given(file, body))
  const macros = createConsole()
  const throttled = createThrottleWatch()
  const messages = createSieve(MOST_SAID, SAID_WITHIN_MS, SAME_SAID_MS)
  const errors = createSieve(MOST_SAID, SAID_WITHIN_MS, SAME_SAID_MS)
  let phase: PrintPhase = 'none'
  let parked = false
  let display: string | null = null
  let height: number | null = null
  let runs = 0
  /** When something was last told, epoch ms. */
  let now = 0

  const stateOf = (state: StateReport, at: number, full = false): Observation => ({ kind: 'state', sourceId, at, full, state })
  const signalOf = (signal: Signal, at: number, native?: Native): Observation => ({ kind: 'signal', sourceId, at, signal, ...(native ? { native } : {}) })
  const signalsOf = (signals: readonly Signal[], at: number): Observation[] => signals.map((signal) => signalOf(signal, at))

  /** `print_stats` as it is now; a state of a newer Klipper keeps the one before. */
  function printSample(at: number): PrintSample {
    const stats = objects.get('print_stats')
    const seen = phaseOfPrint(stats['state'])
    if (seen !== null) phase = seen
    else if (stats['state'] !== undefined) junk('an unknown state of the print')
    const file = textOf(stats['filename']) ?? ''
    return {
      phase, file, total: numberOf(stats['total_duration']) ?? 0, printed: numberOf(stats['print_duration']) ?? 0,
      message: textOf(stats['message'])?.split('\n', 1)[0]?.trim() || null, size: numberOf(objects.get('virtual_sdcard')['file_size']),
      progress: phase === 'failed' ? (progress.report(objects, metadata.of(file), true, at).progress ?? null) : null,
    }
  }

  const pauseSample = (): PauseSample => ({
    paused: phase === 'paused',
    frame: flagOf(objects.get('gcode_macro TIMELAPSE_TAKE_FRAME')['is_paused']),
    macro: flagOf(objects.get('pause_resume')['is_paused']),
  })

  /** The job part of a report: which run, how far. Nothing while a start waits for its id. */
  function jobReport(at: number): StateReport {
    if (job.waiting || (isRunning(phase) && job.run === null)) return {}
    const path = textOf(objects.get('print_stats')['filename']) ?? ''
    const size = numberOf(objects.get('virtual_sdcard')['file_size'])
    const shown: JobPhase = parked ? 'printing' : phase
    const report: StateReport = { job: shown, file: path === '' ? null : fileOf(path, size || null), jobId: job.run?.jobId ?? null }
    if (!isRunning(phase)) return report
    return { ...report, ...progress.report(objects, metadata.of(path), metadata.waiting(path, at), at) }
  }

  /** What a new run begins with. */
  function freshRun(at: number): void {
    if (job.runs === runs) return
    runs = job.runs
    progress.begin(objects)
    metadata.begin(at)
  }

  function displayReport(): { report: StateReport; hook: string | null; text: string | null } | null {
    const text = textOf(objects.get('display_status')['message']) || null
    if (text === display) return null
    display = text
    const hook = text?.startsWith(DISPLAY_HOOK) ? titledText(text.slice(DISPLAY_HOOK.length)) : null
    return { report: hook === null ? { message: text } : {}, hook, text }
  }

  /** A report of the device, and what it means for everything else. */
  function deviceObserved(report: StateReport | null, at: number): Observation[] {
    if (!report) return []
    if (device.ready) return [stateOf(report, at)]
    const prompt = macros.prompt !== null
    macros.forget()
    // Behind the state: the end of the job closes what belongs to it, in silence.
    return [...job.down(at), stateOf(report, at), ...signalsOf([...stops.over(), ...(prompt ? [closed] : [])], at)]
  }

  function statusUpdate(delta: unknown, at: number): Observation[] {
    const named = objects.merge(delta)
    if (named.size === 0) {
      if (!isFields(delta)) junk('a status update that is no object')
      return []
    }
    const observations: Observation[] = []
    if (named.has('webhooks')) {
      const webhooks = objects.get('webhooks')
      const state = klippyStateOf(webhooks['state'])
      if (state === null) junk('an unknown state of Klipper')
      else observations.push(...deviceObserved(device.told(state, textOf(webhooks['state_message']), at), at))
    }
    const report: StateReport = {}
    const heaters = heatersOf(objects, named)
    if (heaters) report.heaters = heaters
    // Of a Klipper that is down, the state of the print is what was; it may even go on "printing" for ever (seen).
    if (!device.ready) return Object.keys(report).length === 0 ? observations : [...observations, stateOf(report, at)]

    const sample = printSample(at)
    const paused = pauses.sample(pauseSample(), at)
    parked = paused.parked
    observations.push(...job.sample(sample, at))
    freshRun(at)
    const z = heightOf(objects)
    if (z !== null && z !== height) report.z = height = z
    const shown = displayReport()
    Object.assign(report, jobReport(at), shown?.report)
    if (shown?.hook && messages(shown.hook, at)) observations.push(signalOf({ type: 'message', text: shown.hook, for: 'user' }, at))
    if (shown?.text) stops.words(shown.text, at)
    if (Object.keys(report).length > 0) observations.push(stateOf(report, at))
    return [...observations, ...stopsObserved(paused.sensor, at)]
  }

  function stopsObserved(sensor: boolean, at: number): Observation[] {
    if (job.waiting) return []
    const running = job.run !== null && isRunning(phase)
    const signals = stops.sample(objects, { pauses, running, sensor, readySince: device.readySince }, at)
    return signalsOf(running ? signals : [...signals, ...stops.over()], at)
  }

  /** The start that waited is told: now the state may speak of its job. */
  function settled(observations: Observation[], at: number): Observation[] {
    return observations.length === 0 || job.waiting || !device.ready ? observations : [...observations, stateOf(jobReport(at), at), ...stopsObserved(false, at)]
  }

  function understood(line: Line, at: number): Observation[] {
    switch (line.type) {
      case 'prompt':
        return [signalOf({ type: 'attention', key: PROMPT, kind: 'user_input', text: line.prompt.text, choices: line.prompt.choices.map((choice) => choice.label) }, at)]
      case 'prompt_closed':
        return [signalOf(closed, at)]
      case 'message':
        return messages(line.text, at) ? [signalOf({ type: 'message', text: line.text, for: 'user' }, at)] : []
      case 'filament':
        stops.words(line.text, at)
        return []
      case 'file_opened':
        job.opened(line.path, line.size, at)
        return []
      case 'error':
        return failed(line.text, at)
      case 'file_selected':
        return []
    }
  }

  /** A command failed. Of a Klipper that is down every command fails with the reason that is known; without a job somebody sits at the console. */
  function failed(text: string, at: number): Observation[] {
    if (!device.ready || job.refused(text, at) || !errors(text, at)) return []
    if (job.run !== null || job.waiting) return [signalOf({ type: 'device_fault', text, code: 'console' }, at)]
    return [signalOf({ type: 'native_only' }, at, { name: 'notify_gcode_response', payload: `!! ${text}` })]
  }

  function dispatch(method: string, params: unknown, at: number): Observation[] {
    const first: unknown = Array.isArray(params) ? params[0] : undefined
    switch (method) {
      case 'notify_status_update':
        return statusUpdate(first, at)
      case 'notify_gcode_response':
        return typeof first === 'string' ? macros.response(first).flatMap((line) => understood(line, at)) : []
      case 'notify_history_changed':
        return settled(job.history(first, device.ready ? null : { cause: device.cause, reason: device.reason }, at), at)
      case 'notify_klippy_shutdown':
        return deviceObserved(device.told('shutdown', null, at), at)
      case 'notify_klippy_disconnected':
        return deviceObserved(device.told('disconnected', null, at), at)
      case 'notify_power_changed':
        return deviceObserved(device.power(first, at), at)
      case 'notify_cpu_throttled':
        return signalsOf(throttled(first), at)
      case 'notify_service_state_changed':
        return signalsOf(servicesFailed(first), at)
      case 'notify_filelist_changed':
      case 'notify_metadata_update':
        metadata.changed()
        return []
      default:
        return []
    }
  }

  const overdue = (at: number): Observation[] => settled(job.overdue(at), at)

  return {
    klippy({ state, message }, at) {
      now = at
      const known = klippyStateOf(state)
      if (known === null) junk('an unknown state of Klipper')
      return known === null ? [] : deviceObserved(device.asked(known, message, at), at)
    },
    objects: subscriptionOf,
    full({ status, jobId }, at) {
      now = at
      if (!objects.replace(status)) junk('an answer to the subscription that names no objects')
      const webhooks = objects.get('webhooks')
      const known = klippyStateOf(webhooks['state'])
      if (known === null && webhooks['state'] !== undefined) junk('an unknown state of Klipper')
      // A vendor's Klipper without it answers, so it is ready.
      const report = device.full(known ?? 'ready', textOf(webhooks['state_message']), at)
      if (!device.ready) phase = 'none'
      const sample = device.ready ? printSample(at) : null
      parked = pauses.reset(pauseSample(), at).parked
      if (!job.reset(sample, jobId)) {
        progress.begin(objects)
        metadata.begin(at)
      }
      runs = job.runs
      height = heightOf(objects)
      display = null
      const { before, after } = stops.reset(objects, pauses.since !== null)
      const heaters = heatersOf(objects, objects.names(''))
      const state: StateReport = {
        ...report, ...(device.ready ? jobReport(at) : { job: 'none', jobId: null }), ...(height === null ? {} : { z: height }), ...(heaters ? { heaters } : {}),
        // What a hook said before is old.
        ...(displayReport()?.report ?? { message: null }),
      }
      return [...signalsOf(before, at), stateOf(state, at, true), ...signalsOf(after, at)]
    },
    console(store, at) {
      const responses = storedResponses(store)
      if (responses === null) return []
      macros.forget()
      // Only what is open at the end counts; everything else was said before.
      for (const response of responses) macros.response(response)
      const { prompt } = macros
      return prompt ? understood({ type: 'prompt', prompt }, at) : [signalOf(closed, at)]
    },
    notification(method, params, at) {
      now = at
      const observations = [...overdue(at), ...dispatch(method, params, at)]
      const native = nativeOf(method, params)
      return native ? [...observations, signalOf({ type: 'native_only' }, at, native)] : observations
    },
    tick(at) {
      now = at
      return overdue(at)
    },
    metadata(path, body, at) {
      now = at
      metadata.answered(path, body)
      return job.run?.file === path && device.ready && isRunning(phase) ? [stateOf(jobReport(at), at)] : []
    },
    wantsMetadata: () => (job.run !== null && device.ready ? metadata.wanted(job.run.file, now) : null),
    currentJobId: () => job.run?.jobId ?? null,
    answer: (choice) => macros.prompt?.choices[choice]?.gcode ?? null,
  }
}

const closed: Signal = { type: 'attention_cleared', key: PROMPT }
