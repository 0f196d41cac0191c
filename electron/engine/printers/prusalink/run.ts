/** One print as it is known between two polls: its identity, its numbers, and what may be believed of them. */
import type { JobFile } from '../../events/model.ts'
import type { JobAnswer, StatusJob } from './payloads.ts'

/** Two polls further apart say nothing of what happened between them, ms. */
const LONGEST_ROUND_MS = 30_000
/** A print that was so far and had no more to go than this is done when it is gone. */
const NEARLY_PERCENT = 99
const NEARLY_SECONDS = 60
/** A print time that went back by more is another print's, s. */
const BACK_SECONDS = 20

export interface Run {
  /** Towards the reducer, see `jobIdOf`. */
  jobId: string
  /** The server's own number. */
  serverId: number
  file: JobFile
  /** The file could not be read, so another path says nothing. */
  guessed: boolean
  /** Our clock, epoch ms. */
  startedAt: number
  /** Seconds it printed, as we counted. */
  printed: number
  /** The last poll, epoch ms; null = none yet. */
  at: number | null
  /** Whether it moved at the last poll. */
  moving: boolean
  phase: 'preparing' | 'printing' | 'paused'
  /** The first progress that was told, while it may be the job's before (0.8.1, seen); null = it is this one's. */
  stale: number | null
  /** As last told and believed, percent and seconds. */
  progress: number | null
  remaining: number | null
  /** `time_printing` as last told. */
  told: number
  /** Whether temperatures were known while it printed. */
  warm: boolean
  /** The trouble that stood there while it printed, so that it is no news at its end. */
  trouble: string | null
}

/** Fits the whole history: a Buddy board may count from 1 again after a restart, so number and path alone are no identity. */
export function jobIdOf(serverId: number, path: string, startedAt: number): string {
  return `${prefixOf(serverId, path)}${Math.round(startedAt / 1000)}`
}

export function isJob(jobId: string | null, serverId: number, path: string): boolean {
  return jobId !== null && jobId.startsWith(prefixOf(serverId, path))
}

/** The server's number in an id of `jobIdOf`; null = it is none. */
export function serverIdOf(jobId: string | null): number | null {
  const found = /^(\d+)\|/.exec(jobId ?? '')?.[1]
  return found === undefined ? null : Number(found)
}

function prefixOf(serverId: number, path: string): string {
  return `${serverId}|${path}|`
}

export interface Beginning {
  serverId: number
  file: JobFile
  guessed?: boolean
  startedAt: number
  jobId?: string
  told: StatusJob
}

export function beginRun({ serverId, file, guessed = false, startedAt, jobId, told }: Beginning): Run {
  const seconds = told.time_printing ?? 0
  return {
    jobId: jobId ?? jobIdOf(serverId, file.path, startedAt), serverId, file, guessed, startedAt,
    printed: seconds, at: null, moving: false, phase: 'preparing',
    stale: seconds === 0 && (told.progress ?? 0) > 0 ? told.progress ?? null : null,
    progress: null, remaining: null, told: seconds, warm: false, trouble: null,
  }
}

/** Takes over the numbers of a poll. */
export function takeNumbers(run: Run, told: StatusJob, at: number): void {
  const seconds = told.time_printing ?? 0
  const believed = seconds > 0 || told.progress == null || told.progress !== run.stale
  if (believed && told.progress != null) run.stale = null
  countTime(run, at)
  run.printed = Math.max(run.printed, seconds)
  run.told = Math.max(run.told, seconds)
  run.progress = believed ? told.progress ?? run.progress : null
  run.remaining = believed ? told.time_remaining ?? null : null
}

/** Counts the time since the last poll, if it moved then. PrusaLink's own count stays 0 for the first 19 s and drifts after the end. */
export function countTime(run: Run, at: number): void {
  const ms = run.at === null ? 0 : at - run.at
  if (run.moving && ms > 0 && ms <= LONGEST_ROUND_MS) run.printed += ms / 1000
  run.at = at
}

/** Whether it was as good as done when it was last seen (printer-servers.md, 2.2). */
export function nearlyDone(run: Run): boolean {
  return run.progress !== null && run.progress >= NEARLY_PERCENT && (run.remaining === null || run.remaining <= NEARLY_SECONDS)
}

/** Whether the same number and path are another print than the one that was seen before a gap. */
export function startedAnew(run: Run, told: StatusJob): boolean {
  return told.time_printing != null && told.time_printing + BACK_SECONDS < run.told
}

/** The file of a job's answer; null = it names none. */
export function fileOf({ file }: JobAnswer): JobFile | null {
  const short = file?.name ?? ''
  const shown = file?.display_name ?? ''
  const given = (file?.path ?? '').replace(/\/+$/, '')
  const own = [short, shown].some((name) => name !== '' && (given === name || given.endsWith(`/${name}`)))
  // A Buddy board tells the folder.
  const path = own || short === '' ? given : `${given}/${short}`
  const name = shown || short || path.split('/').at(-1) || ''
  return name === '' ? null : { name, path: path || name, origin: originOf(path), size: file?.size ?? null }
}

function originOf(path: string): string {
  if (/^\/?usb\b/i.test(path)) return 'usb'
  return /^\/?sd ?card\b/i.test(path) ? 'sdcard' : 'local'
}
