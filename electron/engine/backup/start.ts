/** Runs a job of a backup in a thread, so that nobody waits for it; the thread's end lets go of every file. */
import { runInThread } from '../in-thread.ts'
import { BackupError, type BackupCause } from './format.ts'
import type { Job, JobResult, Progress } from './jobs.ts'

export type JobMessage =
  | { what: 'progress'; progress: Progress }
  | { what: 'done'; result: JobResult<Job> }
  | { what: 'failed'; code: BackupCause; why: string }

/** @throws BackupError */
export type RunJob = <J extends Job>(job: J, onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<JobResult<J>>

/** @param entry the bundled worker.ts; default: backup-worker.mjs beside the file that holds this code */
export function jobsInThread(entry?: URL): RunJob {
  // Not written as new URL('./x', import.meta.url) in one piece: bundlers take that for an asset.
  const here = import.meta.url
  return async <J extends Job>(job: J, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<JobResult<J>> => {
    const { ended, cancel } = runInThread<JobMessage>(entry ?? new URL('backup-worker.mjs', here), job, {
      onProgress: ({ progress }) => onProgress(progress),
      failed: (why) => ({ what: 'failed', code: 'other', why }),
      unfinished: 'The work on the backup ended before it was done. Try again.',
    })
    signal.addEventListener('abort', cancel)
    if (signal.aborted) cancel()
    try {
      const last = await ended
      if (last.what === 'failed') throw new BackupError(last.code, last.why)
      return last.result as JobResult<J>
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}
