/** A job in a thread of its own, so that nobody waits for it; the thread's end lets go of every file. */
import { Worker } from 'node:worker_threads'

/** What a thread says on its way; everything else is its last word. */
type Progress = { what: 'progress' }
/** The last word of a thread that says `Message`s. */
export type EndOf<Message> = Exclude<Message, Progress>

export interface InThread<Message> {
  onProgress?(progress: Extract<Message, Progress>): void
  /** The end of a thread that broke, in its words. */
  failed(why: string): EndOf<Message>
  /** Those of a thread that ended without a last one. */
  unfinished: string
}

export interface RunningThread<End> {
  /** Never rejects. */
  readonly ended: Promise<End>
  /** Nobody wants the answer any more. */
  cancel(): void
}

/** @param entry the bundled thread; @param job plain data */
export function runInThread<Message extends { what: string }>(entry: URL, job: unknown, { onProgress, failed, unfinished }: InThread<Message>): RunningThread<EndOf<Message>> {
  const worker = new Worker(entry, { workerData: job })
  const ended = new Promise<EndOf<Message>>((resolve) => {
    let last = failed(unfinished)
    worker.on('message', (message: Message) => {
      if (message.what === 'progress') onProgress?.(message as unknown as Extract<Message, Progress>)
      else last = message as EndOf<Message>
    })
    worker.on('error', (error: Error) => {
      last = failed(error.message)
    })
    worker.on('exit', () => resolve(last))
  })
  return { ended, cancel: () => worker.postMessage('cancel') }
}
