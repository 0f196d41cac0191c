/** The history into a file that exists whole or not at all. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import type { LanguageCode } from '../delivery/languages/codes.ts'
import { typesTelling } from '../rules/explain.ts'
import { CSV_HEAD, csvLine } from './csv.ts'
import { exportHistory, found, linesOf } from './export.ts'
import type { EventFilter } from './history.ts'
import { openForReading } from './open.ts'
import { SCHEMA_VERSION } from './schema/migrations.ts'

/** What crosses to the worker: plain data. */
export interface ExportJob {
  /** The database; an engine may be using it. */
  database: string
  /** Absolute path of the file to make; one that is there is replaced when the new one is whole. */
  target: string
  format: 'jsonl' | 'csv'
  filter: Omit<EventFilter, 'typesTelling'>
  /** In which kinds of events are called too, as where the filter was made; absent = English alone. */
  language?: LanguageCode
}

/** Characters that are gathered before they are written. */
const BLOCK = 256 * 1024
const TELL_EVERY = 1_000

/**
 * Events that fit the filter, newest first. Without a filter JSON lines hold all there is, oldest first (export.ts).
 * @returns how many events were written
 * @throws HistoryError, an Error of the file system, or the reason of `signal`; the file is then as it was
 */
export async function exportToFile(job: ExportJob, onProgress: (events: number) => void, signal: AbortSignal): Promise<number> {
  const partial = `${job.target}.part`
  const handle = await open(partial, 'w', 0o600)
  try {
    const out = gathered(handle)
    const events = await writeAll(job, out, onProgress, signal)
    await out.end()
    await handle.sync()
    await handle.close()
    signal.throwIfAborted()
    await rename(partial, job.target)
    return events
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(partial, { force: true })
    throw error
  }
}

async function writeAll(job: ExportJob, out: Out, onProgress: (events: number) => void, signal: AbortSignal): Promise<number> {
  let events = 0
  const count = (): void => {
    events += 1
    if (events % TELL_EVERY === 0) onProgress(events)
  }
  if (job.format === 'jsonl' && Object.keys(job.filter).length === 0) {
    await exportHistory(job.database, async (line) => {
      if (line.startsWith('{"line":"event"')) count()
      await out.write(`${line}\n`)
    }, signal)
    return events
  }
  const db = openForReading(job.database)
  try {
    db.beginRead()
    await out.write(job.format === 'csv' ? CSV_HEAD : `${JSON.stringify({ line: 'history', version: SCHEMA_VERSION })}\n`)
    for await (const event of found(db, { ...job.filter, typesTelling: (word) => typesTelling(word, job.language) }, signal)) {
      count()
      await out.write(job.format === 'csv' ? csvLine(event) : linesOf(db, event).map((line) => `${line}\n`).join(''))
    }
    return events
  } finally {
    db.close()
  }
}

interface Out {
  write(text: string): Promise<void>
  end(): Promise<void>
}

/** Few large writes in place of many small ones. */
function gathered(handle: FileHandle): Out {
  let waiting: string[] = []
  let length = 0
  async function end(): Promise<void> {
    if (length > 0) await handle.appendFile(waiting.join(''))
    waiting = []
    length = 0
  }
  return {
    async write(text) {
      waiting.push(text)
      length += text.length
      if (length >= BLOCK) await end()
    },
    end,
  }
}
