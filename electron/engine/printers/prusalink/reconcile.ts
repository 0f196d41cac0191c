/**
 * What became of the job that ran before nobody looked. PrusaLink keeps no history: all there is to go by is what its screen still
 * shows (FINISHED and STOPPED, 11 s on a Pi, until somebody dismisses them on a Buddy board) and whether the same job is still there.
 */
import type { Observation } from '../../events/model.ts'
import { causeOf, troubleOf } from './device.ts'
import type { Fate, Former } from './interpret.ts'
import type { Status } from './payloads.ts'
import { nearlyDone, type Run } from './run.ts'

const NO_RECORD = 'PrusaLink keeps no record of how the print ended.'

export interface ReconcileInput {
  sourceId: string
  /** Our clock, epoch ms. */
  at: number
  former: Former | null
  fate: Fate
  /** The job's last numbers, where this very connection saw them. */
  lastRun: Run | null
  status: Status
}

/** The outcome of the remembered job, to be observed before the first state; empty while it goes on or nothing can be said yet. */
export function outcomeOf({ sourceId, at, former, fate, lastRun, status }: ReconcileInput): Observation[] {
  if (former === null || fate === 'none' || fate === 'same' || fate === 'undecided') return []
  const base = { type: 'outcome', file: former.file, ...(former.jobId === null ? {} : { jobId: former.jobId }), endedAt: null, printTime: lastRun?.printed ?? null, restarted: false } as const
  const tell = (how: { success: boolean | null; cancelled?: boolean; text?: string | null; reason?: ReturnType<typeof causeOf> }): Observation[] =>
    [{ kind: 'signal', sourceId, at, signal: { ...base, ...how } }]
  const trouble = troubleOf(status)
  if (fate === 'done' || (fate === 'gone' && lastRun !== null && nearlyDone(lastRun))) return tell({ success: true })
  if (fate === 'cancelled') return tell({ success: false, cancelled: true })
  if (fate === 'failed') {
    const restarted = status.printer.state === 'STOPPED' && trouble === null
    return tell({ success: false, reason: restarted ? 'printer_reset' : causeOf(trouble), text: trouble || (restarted ? 'The printer was restarted.' : 'The printer reports an error.') })
  }
  return tell({ success: null, text: NO_RECORD })
}
