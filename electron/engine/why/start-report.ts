/** Starts a report beside the engine: reading and judging happen in a thread of its own, so that nobody waits for it. */
import { runInThread, type RunningThread } from '../in-thread.ts'
import type { ReportJob, ReportOf } from './reports.ts'

export type ReportEnd<J extends ReportJob> =
  | { what: 'ready'; report: ReportOf<J> }
  | { what: 'cancelled' }
  | { what: 'failed'; why: string }

export type RunningReport<J extends ReportJob> = RunningThread<ReportEnd<J>>

export type StartReport = <J extends ReportJob>(job: J) => RunningReport<J>

/** @param entry the bundled report-worker.ts; default: history-report.mjs beside the file that holds this code */
export function reportsInThread(entry?: URL): StartReport {
  // Not written as new URL('./x', import.meta.url) in one piece: bundlers take that for an asset.
  const here = import.meta.url
  return <J extends ReportJob>(job: J) => runInThread<ReportEnd<J>>(entry ?? new URL('history-report.mjs', here), job, {
    failed: (why) => ({ what: 'failed', why }),
    unfinished: 'The report ended before it was done. Try again.',
  })
}
