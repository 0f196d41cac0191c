/** The thread of one job on a backup; then it ends. A bundle entry of its own (backup-worker.mjs). */
import { parentPort, workerData } from 'node:worker_threads'
import { toBackupError } from './format.ts'
import { doJob, type Job, type Progress } from './jobs.ts'
import type { JobMessage } from './start.ts'

/** Bytes between two reports. */
const TELL_EVERY = 4 * 1024 * 1024

const cancelled = new AbortController()
const tell = (message: JobMessage): void => parentPort?.postMessage(message)

parentPort?.on('message', () => cancelled.abort())
let told: Progress | null = null
doJob(workerData as Job, (progress) => {
  if (told !== null && told.step === progress.step && progress.done - told.done < TELL_EVERY) return
  told = progress
  tell({ what: 'progress', progress })
}, cancelled.signal)
  .then((result): JobMessage => ({ what: 'done', result }))
  .catch((error: unknown): JobMessage => {
    if (cancelled.signal.aborted) return { what: 'failed', code: 'cancelled', why: 'It was cancelled. Nothing was changed.' }
    const { code, message } = toBackupError(error, 'the backup', 'its folder')
    return { what: 'failed', code, why: message }
  })
  .then((last) => {
    tell(last)
    // Nothing else is listened to: the thread ends.
    parentPort?.close()
  }, (error: unknown) => {
    throw error
  })
