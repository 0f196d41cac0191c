/** The history as JSON lines, read from one view of the data, a chunk at a time. */
import type { Db } from './db.ts'
import { events, SELECT_EVENT } from './find.ts'
import type { EventFilter, StoredEvent } from './history.ts'
import { openForReading } from './open.ts'
import type { AttemptColumns, DecisionColumns, EventColumns, SuppressedColumns } from './rows.ts'
import { attemptFromColumns, decisionFromColumns, eventFromColumns, suppressedFromColumns } from './rows.ts'
import { SCHEMA_VERSION } from './schema/migrations.ts'

const CHUNK = 200
/** A filter may lead past many events for a few: as many at once as a page may hold. */
const FOUND_CHUNK = 1_000

/** One line is one JSON object; `line` tells what it is. */
type Write = (line: string) => void | Promise<void>

/**
 * Writes every event with its decisions and attempts, what was suppressed, and the link gaps. Settings, secrets and picture bytes
 * are no part of it. Between chunks the event loop runs; a running engine is not held up.
 * @param file the database; it may be in use by an engine
 * @param write called in order; may return a promise to slow the export down. Lines end without a newline.
 * @returns how many events were written
 * @throws HistoryError, or the reason of `signal`
 */
export async function exportHistory(file: string, write: Write, signal?: AbortSignal): Promise<{ events: number }> {
  const db = openForReading(file)
  try {
    db.beginRead()
    await write(JSON.stringify({ line: 'history', version: SCHEMA_VERSION }))
    const events = await exportEvents(db, write, signal)
    await exportRows<SuppressedColumns>(db, 'suppressed', signal, async (row) => write(JSON.stringify({ line: 'suppressed', suppressed: suppressedFromColumns(row) })))
    await exportRows<{ server_id: string; from_at: number; to_at: number | null; cause: string | null }>(db, 'link_gaps', signal, async (row) =>
      write(JSON.stringify({ line: 'gap', gap: { serverId: row.server_id, from: row.from_at, to: row.to_at, cause: row.cause } })))
    return { events }
  } finally {
    db.close()
  }
}

async function exportEvents(db: Db, write: Write, signal: AbortSignal | undefined): Promise<number> {
  let count = 0
  for (let after = 0; ;) {
    const rows = db.all<EventColumns>(`${SELECT_EVENT} WHERE events.seq > :after ORDER BY events.seq LIMIT ${CHUNK}`, { after })
    for (const row of rows) {
      for (const line of linesOf(db, eventFromColumns(row))) await write(line)
      after = row.seq
      count++
    }
    if (rows.length < CHUNK) return count
    await pause(signal)
  }
}

/** The lines of one event: itself, its decisions, its attempts. */
export function linesOf(db: Db, event: StoredEvent): string[] {
  const decisions = db.all<DecisionColumns>('SELECT * FROM decisions WHERE event_id = :id ORDER BY destination_id, seq', { id: event.id })
  const attempts = db.all<AttemptColumns>('SELECT * FROM attempts WHERE event_id = :id ORDER BY n', { id: event.id })
  return [
    JSON.stringify({ line: 'event', event }),
    ...decisions.map((decision) => JSON.stringify({ line: 'decision', decision: decisionFromColumns(decision) })),
    ...attempts.map((attempt) => JSON.stringify({ line: 'attempt', attempt: attemptFromColumns(attempt) })),
  ]
}

/**
 * What fits a filter, newest first, from one view of the data. Between chunks the event loop runs.
 * @param db open for reading; its transaction is the caller's
 * @throws HistoryError, or the reason of `signal`
 */
export async function* found(db: Db, filter: EventFilter, signal?: AbortSignal): AsyncGenerator<StoredEvent> {
  for (let before: number | undefined; ;) {
    const page = events(db, { ...filter, limit: FOUND_CHUNK, ...(before === undefined ? {} : { beforeSeq: before }) })
    yield* page
    before = page.at(-1)?.seq
    if (page.length < FOUND_CHUNK) return
    await pause(signal)
  }
}

async function exportRows<T>(db: Db, table: 'suppressed' | 'link_gaps', signal: AbortSignal | undefined, each: (row: T) => Promise<void>): Promise<void> {
  for (let after = 0; ;) {
    const rows = db.all<T & { n: number }>(`SELECT * FROM ${table} WHERE n > :after ORDER BY n LIMIT ${CHUNK}`, { after })
    for (const row of rows) {
      await each(row)
      after = row.n
    }
    if (rows.length < CHUNK) return
    await pause(signal)
  }
}

/** Lets the event loop turn once; gives up when told to. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
  signal?.throwIfAborted()
}
