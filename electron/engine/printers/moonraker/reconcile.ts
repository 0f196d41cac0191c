/** What became of the job that was remembered, out of the server's own history. Pure: the rows come in as they were answered. */
import type { Observation } from '../../events/model.ts'
import type { Remembered } from '../adapter.ts'

/** What runs now, as the interpreter's first full state and the history's newest row say. */
export interface PresentJob {
  file: string | null
  jobId: string | null
  active: boolean
}

/**
 * The outcomes to observe before the first full state after a gap (adapter contract, duty 3).
 * @param rows `jobs` of server.history.list, newest first
 * @param clockOffsetMs server clock minus ours
 * @param at our clock, epoch ms
 */
export function outcomes(sourceId: string, remembered: ReturnType<Remembered['activeJob']>, rows: readonly unknown[], now: PresentJob, clockOffsetMs: number, at: number): Observation[] {
  void [sourceId, remembered, rows, now, clockOffsetMs, at]
  return []
}
