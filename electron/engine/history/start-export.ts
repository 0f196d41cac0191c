/** Starts an export beside the engine: reading and writing happen in a thread, so that nobody waits for it. */
import { Worker } from 'node:worker_threads'
import type { ExportJob } from './export-file.ts'

export type ExportMessage =
  | { what: 'progress'; events: number }
  | { what: 'saved'; events: number }
  | { what: 'cancelled' }
  | { what: 'failed'; why: string }

export type ExportEnd = Exclude<ExportMessage, { what: 'progress' }>

export interface RunningExport {
  /** Never rejects. */
  readonly ended: Promise<ExportEnd>
  /** The file stays as it was; `ended` tells when that is certain. */
  cancel(): void
}

export interface ExportOptions {
  /** The bundled export-worker.ts; default: history-export.mjs beside the file that holds this code. */
  entry?: URL
  onProgress(events: number): void
}

export function startExport(job: ExportJob, options: ExportOptions): RunningExport {
  // Not written as new URL('./x', import.meta.url) in one piece: bundlers take that for an asset.
  const here = import.meta.url
  const worker = new Worker(options.entry ?? new URL('history-export.mjs', here), { workerData: job })
  const ended = new Promise<ExportEnd>((resolve) => {
    let last: ExportEnd = { what: 'failed', why: 'The export ended before it was done.' }
    worker.on('message', (message: ExportMessage) => {
      if (message.what === 'progress') options.onProgress(message.events)
      else last = message
    })
    worker.on('error', (error: Error) => {
      last = { what: 'failed', why: error.message }
    })
    worker.on('exit', () => resolve(last))
  })
  return { ended, cancel: () => worker.postMessage('cancel') }
}
