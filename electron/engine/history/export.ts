/** The whole history as JSON lines, read from one view of the data, a chunk at a time. */
import type { Db } from './db.ts'
import { openForReading } from './open.ts'
import type { AttemptColumns, DecisionColumns, EventColumns, SuppressedColumns } from './rows.ts'
import { attemptFromColumns, decisionFromColumns, eventFromColumns, suppressedFromColumns } from './rows.ts'
import { SCHEMA_VERSION } from './schema/migrations.ts'

const CHUNK = 200

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
    const rows = db.all<EventColumns>(`SELECT events.*, snapshots.file AS snapshot_file FROM events
      LEFT JOIN snapshots ON snapshots.event_id = events.id WHERE events.seq > :after ORDER BY events.seq LIMIT ${CHUNK}`, { after })
    for (const row of rows) {
      await write(JSON.stringify({ line: 'event', event: eventFromColumns(row) }))
      for (const decision of db.all<DecisionColumns>('SELECT * FROM decisions WHERE event_id = :id ORDER BY destination_id, seq', { id: row.id })) {
        await write(JSON.stringify({ line: 'decision', decision: decisionFromColumns(decision) }))
      }
      for (const attempt of db.all<AttemptColumns>('SELECT * FROM attempts WHERE event_id = :id ORDER BY n', { id: row.id })) {
        await write(JSON.stringify({ line: 'attempt', attempt: attemptFromColumns(attempt) }))
      }
      after = row.seq
      count++
    }
    if (rows.length < CHUNK) return count
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
