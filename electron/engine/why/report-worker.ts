/** The thread of one report over the history; then it ends. A bundle entry of its own (history-report.mjs). */
import { parentPort, workerData } from 'node:worker_threads'
import { makeReport, type ReportJob } from './reports.ts'
import type { ReportEnd } from './start-report.ts'

const cancelled = new AbortController()
parentPort?.on('message', () => cancelled.abort())
makeReport(workerData as ReportJob, () => new Promise((done) => { setImmediate(done) }), cancelled.signal)
  .then((report): ReportEnd<ReportJob> => ({ what: 'ready', report }))
  .catch((error: unknown): ReportEnd<ReportJob> => (cancelled.signal.aborted ? { what: 'cancelled' } : { what: 'failed', why: error instanceof Error ? error.message : String(error) }))
  .then((last) => {
    parentPort?.postMessage(last)
    // Nothing else is listened to: the thread ends.
    parentPort?.close()
  }, (error: unknown) => {
    throw error
  })
