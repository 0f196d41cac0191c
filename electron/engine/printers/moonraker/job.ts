/**
 * Which run is on, out of `print_stats` and the history. `print_stats` alone tells every edge (0.25 s samples of Klipper); the history follows
 * within some ms with the id and its own word on the end. So a start waits a moment for its id, and an end does not wait.
 */
import type { FailReason, Observation, Signal, StateReport } from '../../events/model.ts'
import { fileOf, printTimeOf, rowOf, userOf, type HistoryRow } from './payloads.ts'
import { endOfStatus, isRunning, type HistoryEnd, type PrintPhase } from './phases.ts'
import { jobIdOf } from './reconcile.ts'

/** The history's entry came 3 to 14 ms after the edge in every recording; a server without a history has none. ms */
const HISTORY_MS = 1_000
/** `total_duration` grows while a job is on; less than before by this is another run. s */
const SHRUNK_S = 1
/** A first sample is 0.25 s young. More is no age of a start that was seen. s */
const OLDEST_START_S = 5
/** A file that can't be begun says why within some ms of being selected (seen: 5). ms */
const REFUSED_MS = 1_000

export interface PrintSample {
  phase: PrintPhase
  /** Empty = none. */
  file: string
  /** Seconds. */
  total: number
  printed: number
  message: string | null
  size: number | null
  /** How far it came, where it failed. */
  progress: number | null
}

interface End {
  phase: Extract<PrintPhase, 'done' | 'cancelled' | 'failed'>
  at: number
  text: string | null
  printTime: number | null
  progress?: number | null
}

interface Run {
  file: string
  size: number | null
  jobId: string | null
}

/** A start that waits for its id; `end`: it is over already; `old`: the run that it ended unseen. */
interface Pending extends Run {
  startedAt: number
  deadline: number
  user: string | null
  end: End | null
  old: Run | null
}

export interface JobWatch {
  /** A delta's print_stats, while Klipper is ready. */
  sample(seen: PrintSample, at: number): Observation[]
  /** A full state: no edge, whatever it says. `jobId` null or undefined = not known. @returns whether the run that was on goes on */
  reset(seen: PrintSample | null, jobId: string | null | undefined): boolean
  /** Klipper is gone or shut down: what runs is over, and the history may yet say how. */
  down(at: number): Observation[]
  /** notify_history_changed. `cause`, `reason`: why Klipper is down, if it is. */
  history(change: unknown, down: { cause: FailReason; reason: string | null } | null, at: number): Observation[]
  /** The console: a file was opened for printing; a command failed. @returns whether the error is that file's, which is told later */
  opened(path: string, size: number | null, at: number): void
  refused(text: string, at: number): boolean
  /** Tells what has waited long enough. */
  overdue(at: number): Observation[]
  /** True while a start waits for its id: until then the state says nothing of a job. */
  readonly waiting: boolean
  /** The run that is on. */
  readonly run: Readonly<Run> | null
  /** How many runs began so far. */
  readonly runs: number
}

export function createJobWatch(sourceId: string, junk: (what: string) => void, onMetadata: (file: string, metadata: unknown) => void): JobWatch {
  let last: PrintSample | null = null
  let run: Run | null = null
  let pending: Pending | null = null
  let runs = 0
  /** A file opened on the console, and what was said against it. */
  let opening: { path: string; size: number | null; at: number; error: { text: string; deadline: number } | null } | null = null

  const signal = (what: Signal, at: number): Observation => ({ kind: 'signal', sourceId, at, signal: what })
  const state = (report: StateReport, at: number): Observation => ({ kind: 'state', sourceId, at, full: false, state: report })

  function ended(of: Run, end: End, reason: FailReason = 'firmware'): Observation[] {
    const file = fileOf(of.file, of.size)
    switch (end.phase) {
      case 'done':
        return [signal({ type: 'job_done', file, printTime: end.printTime }, end.at)]
      case 'failed':
        return [signal({ type: 'job_failed', file, cause: 'error', reason, text: end.text, printTime: end.printTime, progress: end.progress ?? null }, end.at)]
      case 'cancelled':
        // By the state: Moonraker does not tell who it was.
        return [state({ job: 'cancelled' }, end.at)]
    }
  }

  /** The start that waited, with its id or without. */
  function begun(): Observation[] {
    if (!pending) return []
    const { file, size, jobId, user, startedAt, end } = pending
    const observations = [signal({ type: 'job_started', file: fileOf(file, size), user, ...(jobId === null ? {} : { jobId }) }, startedAt)]
    const started: Run = { file, size, jobId }
    if (end) observations.push(...ended(started, end))
    run = end ? null : started
    pending = null
    return observations
  }

  function begin(seen: PrintSample, end: End | null, old: Run | null, at: number): void {
    runs += 1
    const age = Math.min(OLDEST_START_S, Math.max(0, seen.total))
    pending = { file: seen.file, size: seen.size, jobId: null, user: null, startedAt: at - Math.round(age * 1000), deadline: at + HISTORY_MS, end, old }
    run = null
  }

  function finish(end: End): Observation[] {
    if (pending) {
      pending.end ??= end
      return []
    }
    if (!run) return []
    const over = run
    run = null
    return ended(over, end)
  }

  const endOf = (seen: PrintSample, phase: End['phase'], at: number, text: string | null = null): End =>
    ({ phase, at, text: phase === 'failed' ? (text ?? seen.message) : null, printTime: printTimeOf(seen.printed, seen.total), progress: seen.progress })

  /** An edge out of an idle state, of a run that is over already in the same sample or not. */
  function fromIdle(before: PrintSample, seen: PrintSample, at: number): Observation[] {
    if (isRunning(seen.phase)) {
      opening = null
      begin(seen, null, null, at)
      return []
    }
    if (seen.phase === 'none' || seen.file === '') return []
    // After an error another file that fails on its first line changes the name alone.
    const another = seen.phase === 'failed' && seen.file !== before.file
    if (seen.phase === before.phase && !another) return []
    const own = opening?.error && opening.path === seen.file ? opening.error.text : null
    opening = null
    begin(seen, endOf(seen, seen.phase as End['phase'], at, another ? own : null), null, at)
    return []
  }

  function fromRunning(before: PrintSample, seen: PrintSample, at: number): Observation[] {
    // SDCARD_RESET_FILE in a cancel macro: "cancelled" is never seen, and the numbers are gone with it.
    if (seen.phase === 'none') return finish({ ...endOf(before, 'cancelled', at), at })
    if (!isRunning(seen.phase)) {
      // A new file that failed at once: the old one ended unseen.
      if (seen.file !== before.file && seen.file !== '') return another(seen, endOf(seen, seen.phase as End['phase'], at), at)
      return finish(endOf(seen, seen.phase as End['phase'], at))
    }
    if ((seen.file !== before.file && seen.file !== '') || seen.total < before.total - SHRUNK_S) return another(seen, null, at)
    return []
  }

  function another(seen: PrintSample, end: End | null, at: number): Observation[] {
    const observations = begun()
    begin(seen, end, run, at)
    return observations
  }

  /** The history's word on a run that `print_stats` still shows, or that another has taken the place of. */
  function endedByHistory(of: Run, row: HistoryRow, end: Exclude<HistoryEnd, null>, down: { cause: FailReason; reason: string | null } | null, at: number): Observation[] {
    const printTime = printTimeOf(row.print_duration, row.total_duration)
    if (end === 'done' || end === 'cancelled') return ended(of, { phase: end, at, text: null, printTime })
    if (end === 'failed') return ended(of, { phase: 'failed', at, text: last?.message ?? null, printTime })
    const gone = { phase: 'failed', at, text: down?.reason ?? (end === 'disconnected' ? 'Klipper stopped running' : 'Klipper shut down'), printTime } as const
    return ended(of, gone, end === 'disconnected' ? 'connection_lost' : (down?.cause ?? 'firmware'))
  }

  function added(row: HistoryRow, at: number): Observation[] {
    onMetadata(row.filename, row.metadata)
    if (pending?.file === row.filename && pending.jobId === null) {
      pending.jobId = jobIdOf(row)
      pending.user = userOf(row)
      return begun()
    }
    if (run?.file !== row.filename || run.jobId !== null) return []
    run.jobId = jobIdOf(row)
    return last && isRunning(last.phase) ? [state({ job: last.phase, jobId: run.jobId }, at)] : []
  }

  const isOf = (of: Run, row: HistoryRow): boolean => (of.jobId === null ? of.file === row.filename : of.jobId === jobIdOf(row))

  return {
    sample(seen, at) {
      const before = last
      last = seen
      if (!before) return []
      return isRunning(before.phase) ? fromRunning(before, seen, at) : fromIdle(before, seen, at)
    },
    reset(seen, jobId) {
      const before = last
      const goesOn = run !== null && seen !== null && isRunning(seen.phase) && run.file === seen.file && before !== null && seen.total >= before.total - SHRUNK_S
      pending = null
      opening = null
      last = seen
      if (seen === null || !isRunning(seen.phase)) run = null
      else run = { file: seen.file, size: seen.size, jobId: jobId ?? (goesOn ? (run?.jobId ?? null) : null) }
      return goesOn
    },
    down() {
      const observations = begun()
      opening = null
      last = null
      return observations
    },
    history(change, down, at) {
      const { action, job } = (change ?? {}) as { action?: unknown; job?: unknown }
      const row = rowOf(job)
      if (!row) {
        junk('history entry that cannot be read')
        return []
      }
      if (action === 'added') return added(row, at)
      if (action !== 'finished') return []
      const end = endOfStatus(row.status)
      if (end === undefined) junk('history entry with an unknown status')
      // A Moonraker that stops says "server_exit" of a print that goes on.
      if (end == null) return []
      if (pending?.old && isOf(pending.old, row)) {
        const observations = endedByHistory(pending.old, row, end, down, at)
        pending.old = null
        return observations
      }
      if (!run || !isOf(run, row)) return []
      const over = run
      run = null
      return endedByHistory(over, row, end, down, at)
    },
    opened(path, size, at) {
      opening = { path, size, at, error: null }
    },
    refused(text, at) {
      if (!opening || opening.error || run || pending || at - opening.at > REFUSED_MS) return false
      opening.error = { text, deadline: at + HISTORY_MS }
      return true
    },
    overdue(at) {
      const observations = pending && at >= pending.deadline ? begun() : []
      const error = opening?.error
      if (!opening || !error || at < error.deadline) return observations
      const { path, size, at: startedAt } = opening
      opening = null
      // Still the error of before, so this file failed without a trace in the state (seen: error -> error).
      if (last?.phase !== 'failed' || run || pending) return observations
      const failed: Run = { file: path, size, jobId: null }
      return [
        ...observations,
        signal({ type: 'job_started', file: fileOf(path, size) }, startedAt),
        ...ended(failed, { phase: 'failed', at: error.deadline - HISTORY_MS, text: error.text, printTime: null }),
      ]
    },
    get waiting() {
      return pending !== null
    },
    get run() {
      return run
    },
    get runs() {
      return runs
    },
  }
}
