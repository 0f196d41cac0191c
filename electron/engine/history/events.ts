/** Writing a batch, and asking for decisions, attempts and what was suppressed. Events are found in find.ts. */
import type { PrinterEvent, Suppressed } from '../events/model.ts'
import type { Db, Value } from './db.ts'
import type { Attempt, Batch, CommitEntry, CommitResult, Decision } from './history.ts'
import { saveMemory } from './memory.ts'
import { insertRow as insertOutbox } from './outbox.ts'
import type { AttemptColumns, DecisionColumns, SuppressedColumns } from './rows.ts'
import { attemptFromColumns, decisionFromColumns, decisionToColumns, eventToColumns, insertInto, suppressedFromColumns, suppressedToColumns } from './rows.ts'
import { Where, pageSize } from './where.ts'

const INSERT_EVENT = insertInto('events', [
  'id', 'dedupe_key', 'occurred_at', 'observed_at', 'late', 'type', 'severity', 'severity_rank', 'printer_id', 'printer_name',
  'job_key', 'job_name', 'text', 'reason', 'body', 'seen_at', 'text_id',
])
const INSERT_SUPPRESSED = insertInto('suppressed', ['at', 'printer_id', 'type', 'reason', 'detail', 'dedupe_key'])
const INSERT_DECISION = insertInto('decisions', ['event_id', 'destination_id', 'seq', 'decision', 'stage', 'reason', 'profile_id', 'until', 'at'])

/** Everything of the batch in one transaction. See History.commit. */
export function commit(db: Db, batch: Batch): CommitResult {
  return db.transaction(() => {
    const result: CommitResult = { events: [], duplicates: [], decisions: [], outbox: [] }
    saveMemory(db, batch.memories, batch.at)
    for (const entry of batch.entries) commitEntry(db, entry, batch.at, result)
    for (const row of batch.suppressed) addSuppressed(db, row)
    return result
  })
}

function commitEntry(db: Db, entry: CommitEntry, at: number, result: CommitResult): void {
  const { draft, id } = entry
  const known = db.get<{ id: string }>('SELECT id FROM events WHERE dedupe_key = :key OR id = :id', { key: draft.dedupeKey, id })
  if (known) {
    addSuppressed(db, { at, printerId: draft.printerId, type: draft.type, reason: 'duplicate', detail: `already known as event ${known.id}`, dedupeKey: draft.dedupeKey })
    result.duplicates.push({ id, dedupeKey: draft.dedupeKey })
    return
  }
  const columns = eventToColumns(id, draft, entry.seen ? at : null)
  db.run(INSERT_EVENT, { ...columns, text_id: textOf(db, columns) })
  const seq = db.get<{ seq: number }>('SELECT seq FROM events WHERE id = :id', { id })?.seq ?? 0
  const event: PrinterEvent = { ...draft, id, seq }
  result.events.push(event)
  for (const decision of entry.decisions) {
    const row: Decision = { ...decision, eventId: id }
    addDecision(db, row)
    result.decisions.push(row)
  }
  for (const outbox of entry.outbox) {
    const row = { ...outbox, eventId: id }
    insertOutbox(db, row)
    result.outbox.push(row)
  }
}

/** The text that the search finds the event by: most events say what was said before. */
function textOf(db: Db, { printer_name: printer = null, job_name: job = null, text = null, reason = null }: Readonly<Record<string, Value>>): number {
  const key = [printer, job, text, reason].map((part) => part ?? '').join('\u001f')
  const known = db.get<{ n: number }>('SELECT n FROM texts WHERE key = :key', { key })
  return known?.n ?? db.get<{ n: number }>('INSERT INTO texts (key, printer_name, job_name, text, reason) VALUES (:key, :printer, :job, :text, :reason) RETURNING n', { key, printer, job, text, reason })?.n ?? 0
}

function addSuppressed(db: Db, row: Suppressed): void {
  db.run(INSERT_SUPPRESSED, suppressedToColumns(row))
}

export function addDecision(db: Db, decision: Decision): void {
  db.run(INSERT_DECISION, decisionToColumns(decision))
}

export function decisions(db: Db, eventId: string): Decision[] {
  return db.all<DecisionColumns>('SELECT * FROM decisions WHERE event_id = :id ORDER BY destination_id, seq', { id: eventId }).map(decisionFromColumns)
}

/** Newest first. */
export function attempts(db: Db, filter: { eventId?: string; destinationId?: string; limit?: number }): Attempt[] {
  const where = new Where().given('event_id = :event', 'event', filter.eventId).given('destination_id = :destination', 'destination', filter.destinationId)
  return db.all<AttemptColumns>(`SELECT * FROM attempts${where.sql} ORDER BY n DESC LIMIT :limit`, { ...where.parameters, limit: pageSize(filter.limit) }).map(attemptFromColumns)
}

/** Newest first. */
export function suppressed(db: Db, filter: { printerId?: string; since?: number; until?: number; limit?: number }): Suppressed[] {
  const where = new Where().given('printer_id = :printer', 'printer', filter.printerId).given('at >= :since', 'since', filter.since).given('at <= :until', 'until', filter.until)
  return db.all<SuppressedColumns>(`SELECT * FROM suppressed${where.sql} ORDER BY at DESC, n DESC LIMIT :limit`, { ...where.parameters, limit: pageSize(filter.limit) }).map(suppressedFromColumns)
}
