/** Starts a report beside the engine: reading and judging happen in a thread of its own, so that nobody waits for it. */
import { Worker } from 'node:worker_threads'
import type { ReportJob, ReportOf } from './reports.ts'

export type ReportEnd<J extends ReportJob> =
  | { what: 'ready'; report: ReportOf<J> }
  | { what: 'cancelled' }
  | { what: 'failed'; why: string }

export interface RunningReport<J extends ReportJob> {
  /** Never rejects. */
  readonly ended: Promise<ReportEnd<J>>
  /** Nobody wants the answer any more. */
  cancel(): void
}

export type StartReport = <J extends ReportJob>(job: J) => RunningReport<J>

/** @param entry the bundled report-worker.ts; default: history-report.mjs beside the file that holds this code */
export function reportsInThread(entry?: URL): StartReport {
  // Not written as new URL('./x', import.meta.url) in one piece: bundlers take that for an asset.
  const here = import.meta.url
  return <J extends ReportJob>(job: J): RunningReport<J> => {
    const worker = new Worker(entry ?? new URL('history-report.mjs', here), { workerData: job })
    const ended = new Promise<ReportEnd<J>>((resolve) => {
      let last: ReportEnd<J> = { what: 'failed', why: 'The report ended before it was done. Try again.' }
      worker.on('message', (message: ReportEnd<J>) => {
        last = message
      })
      worker.on('error', (error: Error) => {
        last = { what: 'failed', why: error.message }
      })
      worker.on('exit', () => resolve(last))
    })
    return { ended, cancel: () => worker.postMessage('cancel') }
  }
}
