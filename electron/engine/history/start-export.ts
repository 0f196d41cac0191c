/** Starts an export beside the engine: reading and writing happen in a thread, so that nobody waits for it. */
import { runInThread, type EndOf } from '../in-thread.ts'
import type { ExportJob } from './export-file.ts'

export type ExportMessage =
  | { what: 'progress'; events: number }
  | { what: 'saved'; events: number }
  | { what: 'cancelled' }
  | { what: 'failed'; why: string }

export type ExportEnd = EndOf<ExportMessage>

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
  return runInThread<ExportMessage>(options.entry ?? new URL('history-export.mjs', here), job, {
    onProgress: ({ events }) => options.onProgress(events),
    failed: (why) => ({ what: 'failed', why }),
    unfinished: 'The export ended before it was done.',
  })
}
