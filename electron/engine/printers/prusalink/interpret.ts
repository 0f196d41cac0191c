/**
 * What the polls of one PrusaLink mean. It tells states only, so starts and ends are read from one poll to the next; what was missed
 * while nobody polled is reconcile.ts's. Sources: recordings of 0.8.1; Buddy firmware by documentation.
 */
import type { JobFile, JobPhase, Observation, Signal, StateReport } from '../../events/model.ts'
import { deviceOf, hasTemperatures, measured, STATES, troubleOf } from './device.ts'
import type { JobAnswer, Status, StatusJob } from './payloads.ts'
import { beginRun, countTime, fileOf, isJob, nearlyDone, serverIdOf, startedAnew, takeNumbers, type Run } from './run.ts'

/** Its job is asked for again after this: the same number may stand for another file. ms */
const JOB_AGAIN_MS = 10_000
/** An attention flickers: on a Pi it ends with any line that the printer confirms (0.8.1, seen). It is over when it stayed away for so long. ms */
const QUIET_MS = 4_000
/** A job that is back within this was never gone. ms */
const BLINK_MS = 8_000
/** Polls with a job whose file can't be read, until it is told without. */
const PATIENCE = 5

/** What is remembered of a job from before a gap. */
export interface Former {
  jobId: string | null
  file: JobFile
  startedAt: number | null
}

/** What a poll after a gap says of the job that ran before it. */
export type Fate = 'none' | 'same' | 'undecided' | 'done' | 'cancelled' | 'failed' | 'gone'

export interface Interpreter {
  /** Whether this poll needs GET /api/v1/job too. */
  wantsJob(status: Status, at: number): boolean
  /** @param job null = there is none (204); undefined = it was not asked for */
  round(status: Status, job: JobAnswer | null | undefined, at: number): Observation[]
  /**
   * The first poll of a period: one full state. `fate` says what became of the `former` job, whose last numbers are `lastRun`'s.
   */
  resync(status: Status, job: JobAnswer | null, at: number, former: Former | null): { fate: Fate; lastRun: Run | null; observations: Observation[] }
  /** The server's number of the job that is there; for commands. */
  serverJobId(): number | null
  /** Whether something goes on that is worth looking at often. */
  lively(): boolean
}

export function createInterpreter(parts: { sourceId: string; junk(what: string): void }): Interpreter {
  const { sourceId } = parts
  let run: Run | null = null
  /** A run that vanished untold. */
  let gone: Run | null = null
  /** A job whose file is not known yet. */
  let waiting: { id: number; polls: number } | null = null
  /** The number of the job that ended last, while the server still shows it. */
  let endedId: number | null = null
  let endedBadly = false
  let attention: { quietSince: number | null } | null = null
  let present: StatusJob | null = null
  let word = ''
  let askedAt: number | null = null
  let ready = false
  /** The last poll that said FINISHED. */
  let finishedAt: number | null = null
  let warned: string | null = null
  const strange = new Set<string>()

  const signal = (at: number, what: Signal): Observation => ({ kind: 'signal', sourceId, at, signal: what })

  // -------------------------------------------------------------------------------------------------------- the job
  /** Begins a run of the job that is there; null = its file is not known yet. */
  function start(told: StatusJob, job: JobAnswer | null | undefined, startedAt: number): Run | null {
    const file = job?.id === told.id ? fileOf(job) : null
    if (file === null) {
      waiting = waiting?.id === told.id ? { id: told.id, polls: waiting.polls + 1 } : { id: told.id, polls: 1 }
      if (waiting.polls < PATIENCE) return null
    }
    waiting = null
    gone = null
    endedId = null
    endedBadly = false
    const guess: JobFile = { name: `Job ${told.id}`, path: `job ${told.id}`, origin: 'local', size: null }
    return beginRun({ serverId: told.id, file: file ?? guess, guessed: file === null, told, startedAt })
  }

  function isOther(of: Run, told: StatusJob, job: JobAnswer | null | undefined): boolean {
    if (of.serverId !== told.id) return true
    const file = job?.id === told.id ? fileOf(job) : null
    return file !== null && !of.guessed && file.path !== of.file.path
  }

  /** The run is over. What of it the next report can't say is told here. */
  function end(of: Run, how: 'done' | 'cancelled' | 'failed' | 'gone', at: number): Signal[] {
    countTime(of, at)
    run = null
    gone = how === 'gone' ? of : null
    endedId = of.serverId
    endedBadly = how === 'failed'
    return how === 'done' ? [{ type: 'job_done', file: of.file, printTime: of.printed }] : []
  }

  /** The numbers and the identity of the run, as they go into every report. */
  function reportOf(of: Run, phase: JobPhase, at: number): StateReport {
    return {
      job: phase, file: of.file, jobId: of.jobId,
      progress: of.progress === null ? null : Math.min(1, Math.max(0, of.progress / 100)), progressSource: 'server',
      elapsed: Math.max(0, (at - of.startedAt) / 1000), printTime: of.printed, remaining: of.remaining,
    }
  }

  function going(of: Run, told: StatusJob, status: Status, at: number): StateReport {
    takeNumbers(of, told, at)
    const { state } = status.printer
    of.trouble = troubleOf(status)
    of.warm = hasTemperatures(status)
    if (state === 'PAUSED') of.phase = 'paused'
    // A person is asked for: whether it goes on afterwards shows then.
    else if (state === 'PRINTING') of.phase = of.printed > 0 || (of.progress ?? 0) > 0 ? 'printing' : 'preparing'
    of.moving = state === 'PRINTING'
    return reportOf(of, of.phase, at)
  }

  /** Without a job: how a run ended, or what the screen still shows. */
  function idle(status: Status, at: number): { signals: Signal[]; report: StateReport } {
    const { state } = status.printer
    if (run === null) return { signals: tooShort(state, at), report: { job: shown(state) } }
    const trouble = troubleOf(status)
    const newTrouble = trouble !== null && trouble !== run.trouble
    if (state === 'FINISHED') return { signals: end(run, 'done', at), report: { job: 'done' } }
    if (state === 'ERROR' || newTrouble) return { signals: end(run, 'failed', at), report: { job: 'failed' } }
    if (state === 'STOPPED' && run.warm && !hasTemperatures(status)) {
      // The printer was restarted: 0.8.1 ends its job in STOPPED then (recording firmware-error).
      const { file } = run
      end(run, 'failed', at)
      return { signals: [{ type: 'job_failed', file, cause: 'error', reason: 'printer_reset', text: null }], report: { job: 'failed' } }
    }
    if (state === 'STOPPED') return { signals: end(run, 'cancelled', at), report: { job: 'cancelled' } }
    // It says PRINTING and has no job, for one poll: the next one tells.
    if (state === 'PRINTING' || state === 'PAUSED' || state === 'ATTENTION') return { signals: [], report: {} }
    return nearlyDone(run) ? { signals: end(run, 'done', at), report: { job: 'done' } } : { signals: end(run, 'gone', at), report: { job: 'none' } }
  }

  /** A job that began and ended between two polls: which one, nobody says any more. Only FINISHED proves that there was one. */
  function tooShort(state: string, at: number): Signal[] {
    if (state !== 'FINISHED' || (word !== 'IDLE' && word !== 'READY') || (finishedAt !== null && at - finishedAt < BLINK_MS)) return []
    return [{ type: 'job_done', file: { name: 'Unknown file', path: 'unknown', origin: 'local', size: null } }]
  }

  function shown(state: string): JobPhase {
    if (state === 'FINISHED') return 'done'
    return state === 'STOPPED' && !endedBadly ? 'cancelled' : 'none'
  }

  /** A job that ended before any poll saw it run, and that the server still shows. */
  function endedUnseen(told: StatusJob, job: JobAnswer | null | undefined, state: string): Signal[] {
    if (endedId === told.id) return []
    const file = job?.id === told.id ? fileOf(job) : null
    if (file === null) return []
    endedId = told.id
    return [state === 'FINISHED' ? { type: 'job_done', file } : { type: 'job_cancelled', file }]
  }

  function jobPart(status: Status, told: StatusJob, job: JobAnswer | null | undefined, at: number): { signals: Signal[]; report: StateReport } {
    const { state } = status.printer
    const mine = run !== null && !isOther(run, told, job)
    if (state === 'FINISHED' || state === 'STOPPED' || state === 'ERROR' || state === 'IDLE' || state === 'READY') {
      if (mine || state === 'ERROR') return idle(status, at)
      const signals = run === null ? [] : idle(status, at).signals
      if (state === 'FINISHED' || state === 'STOPPED') signals.push(...endedUnseen(told, job, state))
      return { signals, report: { job: shown(state) } }
    }
    if (mine && run) return { signals: [], report: going(run, told, status, at) }
    if (gone !== null && gone.at !== null && !isOther(gone, told, job) && at - gone.at <= BLINK_MS) {
      run = gone
      gone = null
      return { signals: [], report: going(run, told, status, at) }
    }
    // A question before the print (wrong filament, old firmware) has a job already, and it may come to nothing.
    const begun = state === 'PRINTING' || state === 'PAUSED' || (told.time_printing ?? 0) > 0
    const before = run
    const signals: Signal[] = before === null ? [] : nearlyDone(before) ? end(before, 'done', at) : []
    if (!begun) {
      if (run) signals.push(...end(run, 'gone', at))
      return { signals, report: { job: 'none' } }
    }
    const fresh = start(told, job, at)
    if (fresh === null) return { signals, report: {} }
    run = fresh
    signals.push({ type: 'job_started', file: run.file, jobId: run.jobId })
    return { signals, report: going(run, told, status, at) }
  }

  // ---------------------------------------------------------------------------------------------------- the attention
  function attentions(status: Status, job: JobAnswer | null | undefined, at: number, whole: boolean): NonNullable<StateReport['attentions']> {
    const { state } = status.printer
    const asked = state === 'ATTENTION' || (job?.state === 'ATTENTION' && (state === 'PRINTING' || state === 'PAUSED'))
    if (asked) attention = { quietSince: null }
    else if (attention && (whole || state === 'FINISHED' || state === 'STOPPED' || state === 'ERROR')) attention = null
    else if (attention) {
      attention.quietSince ??= at
      if (at - attention.quietSince >= QUIET_MS) attention = null
    }
    return attention ? [{ key: 'attention', kind: 'user_input', text: null, choices: [] }] : []
  }

  // ------------------------------------------------------------------------------------------------------- the reports
  function unknown(status: Status): boolean {
    const { state } = status.printer
    if (status.job === 'unreadable') parts.junk('a job that cannot be read')
    if (STATES.has(state)) return false
    // Buddy boards have it for what they can't tell themselves.
    if (state !== 'UNKNOWN' && !strange.has(state) && strange.size < 100) {
      strange.add(state)
      parts.junk(`unknown state "${state}"`)
    }
    return true
  }

  /** A warning that stands there while it prints; told once. */
  function warnings(status: Status, printing: boolean): Signal[] {
    const trouble = troubleOf(status)
    if (trouble === null || !printing) {
      if (trouble === null) warned = null
      return []
    }
    if (trouble === '' || trouble === warned) return []
    warned = trouble
    return [{ type: 'device_error', text: trouble }]
  }

  function took(status: Status, job: JobAnswer | null | undefined, at: number): void {
    present = status.job === 'unreadable' ? present : status.job
    word = status.printer.state
    if (word === 'FINISHED') finishedAt = at
    if (job !== undefined) askedAt = at
    if (status.printer.state === 'IDLE' || status.printer.state === 'READY') ready = true
    if (present === null && run === null) {
      waiting = null
      endedId = null
    }
  }

  /** What every report says besides the job. */
  function rest(status: Status, job: JobAnswer | null | undefined, at: number, whole: boolean, printing: boolean): StateReport {
    return { ...measured(status), ...deviceOf(status, printing, ready), attentions: attentions(status, job, at, whole) }
  }

  // --------------------------------------------------------------------------------------------------- after a gap
  /** Takes the remembered job as the present run, with what is known of it. */
  function resume(former: Former, serverId: number, told: StatusJob, at: number): Run {
    if (run?.jobId === former.jobId && run !== null) return run
    const startedAt = former.startedAt ?? at - (told.time_printing ?? 0) * 1000
    return beginRun({ serverId, file: former.file, startedAt, told, ...(former.jobId === null ? {} : { jobId: former.jobId }) })
  }

  function fateOf(status: Status, job: JobAnswer | null, former: Former | null, last: Run | null): Fate {
    if (former === null) return 'none'
    const { state } = status.printer
    const told = status.job
    if (told === 'unreadable' || !STATES.has(state)) return 'undecided'
    if (told !== null && state !== 'FINISHED' && state !== 'STOPPED' && state !== 'ERROR') {
      const file = job?.id === told.id ? fileOf(job) : null
      if (file === null) return serverIdOf(former.jobId) === told.id ? 'undecided' : 'gone'
      // A job that was remembered without a number is known by its file.
      const same = former.jobId === null ? former.file.path === file.path : isJob(former.jobId, told.id, file.path)
      return same && (last === null || !startedAnew(last, told)) ? 'same' : 'gone'
    }
    if (state === 'FINISHED') return 'done'
    if (state === 'ERROR' || troubleOf(status) !== null || (state === 'STOPPED' && last?.warm === true && !hasTemperatures(status))) return 'failed'
    if (state === 'STOPPED') return 'cancelled'
    return state === 'PRINTING' || state === 'PAUSED' || state === 'ATTENTION' ? 'undecided' : 'gone'
  }

  function firstPart(status: Status, told: StatusJob | null, job: JobAnswer | null, begun: boolean, at: number): StateReport {
    const { state } = status.printer
    if (told === null || !(begun || run !== null)) {
      if (told !== null && (state === 'FINISHED' || state === 'STOPPED')) endedId = told.id
      return { job: shown(state) }
    }
    run ??= start(told, job, at - (told.time_printing ?? 0) * 1000)
    return run === null ? {} : going(run, told, status, at)
  }

  return {
    wantsJob(status, at) {
      const told = status.job
      if (told === null || told === 'unreadable') return false
      return run?.serverId !== told.id || status.printer.state !== word || askedAt === null || Math.abs(at - askedAt) >= JOB_AGAIN_MS
    },
    round(status, job, at) {
      const odd = unknown(status)
      const told = status.job
      const printing = told !== null && told !== 'unreadable'
      const { signals, report } = odd || told === 'unreadable' ? { signals: [], report: {} } : told === null ? idle(status, at) : jobPart(status, told, job, at)
      const warning = odd ? [] : warnings(status, printing)
      const state: StateReport = { ...report, ...rest(status, job, at, false, printing) }
      took(status, job, at)
      return [...[...signals, ...warning].map((one) => signal(at, one)), { kind: 'state', sourceId, at, full: false, state }]
    },
    resync(status, job, at, former) {
      const odd = unknown(status)
      const told = status.job
      const last = former !== null && run !== null && run.jobId === former.jobId ? run : null
      const fate = fateOf(status, job, former, last)
      const printing = told !== null && told !== 'unreadable'
      waiting = gone = endedId = null
      warned = troubleOf(status)
      const kept = fate === 'same' || fate === 'undecided'
      if (former !== null && kept) run = resume(former, serverIdOf(former.jobId) ?? (printing ? told.id : -1), printing ? told : { id: -1 }, at)
      else run = null
      endedBadly = fate === 'failed'
      const { state } = status.printer
      const begun = state === 'PRINTING' || state === 'PAUSED' || (printing && (told.time_printing ?? 0) > 0 && state === 'ATTENTION')
      ready = false
      const report = fate === 'undecided' || odd || told === 'unreadable' ? {} : firstPart(status, told, job, begun, at)
      const whole: StateReport = { ...report, ...rest(status, job, at, true, printing) }
      took(status, job, at)
      return { fate, lastRun: last, observations: [{ kind: 'state', sourceId, at, full: true, state: whole }] }
    },
    serverJobId: () => present?.id ?? null,
    lively: () => run !== null || waiting !== null || attention !== null,
  }
}
