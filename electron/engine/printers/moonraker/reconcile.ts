/** What became of the job that was remembered, out of the server's own history. Pure: the rows come in as they were answered. */
import type { Observation } from '../../events/model.ts'
import type { Remembered } from '../adapter.ts'

/** What runs now, as the answer to the subscription and the history say. */
export interface PresentJob {
  file: string | null
  jobId: string | null
  active: boolean
}

/**
 * The identity of a run: the history's id counts from 1 again on a new memory card, so the second in which it began is part of it.
 * @param row one of server.history.list, or `job` of notify_history_changed; null when it is none
 */
export function jobIdOf(row: unknown): string | null {
  void row
  return null
}

/**
 * What runs, before it is observed.
 * @param status of the answer of printer.objects.subscribe
 * @param rows `jobs` of server.history.list, newest first
 * @param clockOffsetMs server clock minus ours
 */
export function presentJob(status: unknown, rows: readonly unknown[], clockOffsetMs: number, at: number): PresentJob {
  void [status, rows, clockOffsetMs, at]
  return { file: null, jobId: null, active: false }
}

/**
 * The outcomes to observe before the first full state after a gap (adapter contract, duty 3), oldest first.
 * @param rows `jobs` of server.history.list, newest first
 * @param clockOffsetMs server clock minus ours
 * @param at our clock, epoch ms
 * @param lastSeenAt when the printer was last seen, our clock: jobs that began and ended since then are told too; absent = only the remembered one
 */
export function outcomes(
  sourceId: string, remembered: ReturnType<Remembered['activeJob']>, rows: readonly unknown[], now: PresentJob, clockOffsetMs: number, at: number,
  lastSeenAt: number | null = null,
): Observation[] {
  void [sourceId, remembered, rows, now, clockOffsetMs, at, lastSeenAt]
  return []
}
