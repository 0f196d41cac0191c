/** Writing a batch, and asking for events, decisions, attempts and what was suppressed. */
import type { PrinterEvent, Suppressed } from '../events/model.ts'
import { SEVERITY_RANK } from '../events/model.ts'
import type { Db } from './db.ts'
import type { Attempt, Batch, CommitEntry, CommitResult, Decision, EventQuery, StoredEvent } from './history.ts'
import { saveMemory } from './memory.ts'
import { insertRow as insertOutbox } from './outbox.ts'
import type { AttemptColumns, DecisionColumns, EventColumns, SuppressedColumns } from './rows.ts'
import { attemptFromColumns, decisionFromColumns, decisionToColumns, eventFromColumns, eventToColumns, insertInto, suppressedFromColumns, suppressedToColumns } from './rows.ts'
import { searchExpression } from './search.ts'
import { Where, pageSize } from './where.ts'

const INSERT_EVENT = insertInto('events', [
  'id', 'dedupe_key', 'occurred_at', 'observed_at', 'late', 'type', 'severity', 'severity_rank', 'printer_id', 'printer_name',
  'job_key', 'job_name', 'text', 'reason', 'body', 'seen_at',
])
const INSERT_SUPPRESSED = insertInto('suppressed', ['at', 'printer_id', 'type', 'reason', 'detail', 'dedupe_key'])
const INSERT_DECISION = insertInto('decisions', ['event_id', 'destination_id', 'seq', 'decision', 'stage', 'reason', 'profile_id', 'until', 'at'])
const SELECT_EVENT = 'SELECT events.*, snapshots.file AS snapshot_file FROM events LEFT JOIN snapshots ON snapshots.event_id = events.id'

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
  db.run(INSERT_EVENT, eventToColumns(id, draft, entry.seen ? at : null))
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

function addSuppressed(db: Db, row: Suppressed): void {
  db.run(INSERT_SUPPRESSED, suppressedToColumns(row))
}

export function addDecision(db: Db, decision: Decision): void {
  db.run(INSERT_DECISION, decisionToColumns(decision))
}

export function event(db: Db, id: string): StoredEvent | null {
  const row = db.get<EventColumns>(`${SELECT_EVENT} WHERE events.id = :id`, { id })
  return row ? eventFromColumns(row) : null
}

/** Newest first. A search text without a single word in it finds nothing; an empty one is no filter. */
export function events(db: Db, query: EventQuery): StoredEvent[] {
  const where = new Where()
    .given('events.printer_id = :printer', 'printer', query.printerId)
    .given('events.type IN (SELECT value FROM json_each(:types))', 'types', query.types && JSON.stringify(query.types))
    .given('events.severity_rank >= :rank', 'rank', query.minSeverity && SEVERITY_RANK[query.minSeverity])
    .given('events.job_key = :job', 'job', query.jobKey)
    .given('events.occurred_at >= :since', 'since', query.since)
    .given('events.occurred_at <= :until', 'until', query.until)
    .given('events.late = :late', 'late', query.late === undefined ? undefined : Number(query.late))
    .given('events.seq < :before', 'before', query.beforeSeq)
  if (query.unseen !== undefined) where.fixed(`events.seen_at IS ${query.unseen ? '' : 'NOT '}NULL`)
  if (query.text !== undefined && query.text.trim() !== '') {
    const expression = searchExpression(query.text)
    if (expression === null) return []
    where.given('events.seq IN (SELECT rowid FROM events_text WHERE events_text MATCH :text)', 'text', expression)
  }
  return db.all<EventColumns>(`${SELECT_EVENT}${where.sql} ORDER BY events.seq DESC LIMIT :limit`, { ...where.parameters, limit: pageSize(query.limit) }).map(eventFromColumns)
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
export function suppressed(db: Db, filter: { printerId?: string; since?: number; limit?: number }): Suppressed[] {
  const where = new Where().given('printer_id = :printer', 'printer', filter.printerId).given('at >= :since', 'since', filter.since)
  return db.all<SuppressedColumns>(`SELECT * FROM suppressed${where.sql} ORDER BY at DESC, n DESC LIMIT :limit`, { ...where.parameters, limit: pageSize(filter.limit) }).map(suppressedFromColumns)
}
