/** The export's own thread: one job, then it ends. A bundle entry of its own (history-export.mjs). */
import { parentPort, workerData } from 'node:worker_threads'
import { exportToFile, type ExportJob } from './export-file.ts'
import type { ExportMessage } from './start-export.ts'

const cancelled = new AbortController()
const tell = (message: ExportMessage): void => parentPort?.postMessage(message)

parentPort?.on('message', () => cancelled.abort())
exportToFile(workerData as ExportJob, (events) => tell({ what: 'progress', events }), cancelled.signal)
  .then((events): ExportMessage => ({ what: 'saved', events }))
  .catch((error: unknown): ExportMessage => (cancelled.signal.aborted ? { what: 'cancelled' } : { what: 'failed', why: error instanceof Error ? error.message : String(error) }))
  .then((last) => {
    tell(last)
    // Nothing else is listened to: the thread ends.
    parentPort?.close()
  }, (error: unknown) => {
    throw error
  })
