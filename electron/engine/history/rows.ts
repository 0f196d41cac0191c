/** What a row looks like on disk, and both ways between it and the contract's types. Column names stand in schema/. */
import type { EventDraft, EventType, Native, Severity, Suppressed, SuppressReason } from '../events/model.ts'
import { SEVERITY_RANK } from '../events/model.ts'
import type { Value } from './db.ts'
import type { Attempt, CancelOn, Decision, DecisionKind, OutboxRow, OutboxState, StoredEvent } from './history.ts'

type Columns = Record<string, Value>

export interface EventColumns {
  seq: number
  id: string
  dedupe_key: string
  occurred_at: number
  observed_at: number
  late: number
  type: EventType
  severity: Severity
  printer_id: string
  printer_name: string
  text: string | null
  reason: string | null
  body: string
  seen_at: number | null
  acknowledged_at: number | null
  snapshot_file: string | null
  ack_at: number | null
  ack_until: number | null
  ack_note: string | null
  ack_by: string | null
  ack_looked_at: number | null
  ack_over_at: number | null
}

/** The part of an event that nothing searches for. */
type EventBody = Omit<EventDraft, 'dedupeKey' | 'occurredAt' | 'observedAt' | 'late' | 'type' | 'severity' | 'printerId' | 'printerName' | 'text' | 'reason'> & { native?: Native }

export function eventToColumns(id: string, draft: EventDraft, seenAt: number | null): Columns {
  const { dedupeKey, occurredAt, observedAt, late, type, severity, printerId, printerName, text, reason, ...body } = draft
  return {
    id,
    dedupe_key: dedupeKey,
    occurred_at: occurredAt,
    observed_at: observedAt,
    late: late ? 1 : 0,
    type,
    severity,
    severity_rank: SEVERITY_RANK[severity],
    printer_id: printerId,
    printer_name: printerName,
    job_key: draft.job?.key ?? null,
    job_name: draft.job?.file.name ?? null,
    text: text ?? null,
    reason: reason ?? null,
    body: JSON.stringify(body satisfies EventBody),
    seen_at: seenAt,
  }
}

export function eventFromColumns(row: EventColumns): StoredEvent {
  const body = JSON.parse(row.body) as EventBody
  return {
    ...body,
    id: row.id,
    seq: row.seq,
    dedupeKey: row.dedupe_key,
    occurredAt: row.occurred_at,
    observedAt: row.observed_at,
    late: row.late === 1,
    type: row.type,
    severity: row.severity,
    printerId: row.printer_id,
    printerName: row.printer_name,
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    seenAt: row.seen_at,
    acknowledgedAt: row.acknowledged_at,
    ...(row.ack_at === null ? {} : { acknowledgement: { at: row.ack_at, until: row.ack_until, note: row.ack_note, by: row.ack_by ?? '', lookedAt: row.ack_looked_at, overAt: row.ack_over_at } }),
    snapshotFile: row.snapshot_file,
  }
}

export interface OutboxColumns {
  n: number
  id: string
  event_id: string
  destination_id: string
  state: OutboxState
  delivery_key: string
  priority: number
  job_key: string | null
  attempts: number
  created_at: number
  next_attempt_at: number
  expires_at: number
  picture_until: number | null
  release_at: number | null
  cancel_on: string
  lease_until: number | null
  last_result: string | null
}

export function outboxToColumns(row: OutboxRow): Columns {
  return {
    id: row.id,
    event_id: row.eventId,
    destination_id: row.destinationId,
    state: row.state,
    delivery_key: row.deliveryKey,
    priority: row.priority,
    job_key: row.jobKey,
    attempts: row.attempts,
    created_at: row.createdAt,
    next_attempt_at: row.nextAttemptAt,
    expires_at: row.expiresAt,
    picture_until: row.pictureUntil,
    release_at: row.releaseAt,
    cancel_on: JSON.stringify(row.cancelOn),
    lease_until: row.leaseUntil,
    last_result: row.lastResult,
  }
}

export function outboxFromColumns(row: OutboxColumns): OutboxRow {
  return {
    id: row.id,
    eventId: row.event_id,
    destinationId: row.destination_id,
    state: row.state,
    deliveryKey: row.delivery_key,
    priority: row.priority,
    jobKey: row.job_key,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at,
    expiresAt: row.expires_at,
    pictureUntil: row.picture_until,
    releaseAt: row.release_at,
    cancelOn: JSON.parse(row.cancel_on) as CancelOn[],
    leaseUntil: row.lease_until,
    lastResult: row.last_result,
  }
}

export interface DecisionColumns {
  event_id: string
  destination_id: string
  seq: number
  decision: DecisionKind
  stage: string
  reason: string
  profile_id: string | null
  until: number | null
  at: number
}

export function decisionToColumns(decision: Decision): Columns {
  return {
    event_id: decision.eventId,
    destination_id: decision.destinationId,
    seq: decision.seq,
    decision: decision.decision,
    stage: decision.stage,
    reason: decision.reason,
    profile_id: decision.profileId,
    until: decision.until,
    at: decision.at,
  }
}

export function decisionFromColumns(row: DecisionColumns): Decision {
  return {
    eventId: row.event_id,
    destinationId: row.destination_id,
    seq: row.seq,
    decision: row.decision,
    stage: row.stage,
    reason: row.reason,
    profileId: row.profile_id,
    until: row.until,
    at: row.at,
  }
}

export interface AttemptColumns {
  outbox_id: string
  event_id: string
  destination_id: string
  at: number
  ms: number
  number: number
  result: Attempt['result']
  detail: string
}

export function attemptToColumns(attempt: Attempt): Columns {
  return {
    outbox_id: attempt.outboxId,
    event_id: attempt.eventId,
    destination_id: attempt.destinationId,
    at: attempt.at,
    ms: attempt.ms,
    number: attempt.number,
    result: attempt.result,
    detail: attempt.detail,
  }
}

export function attemptFromColumns(row: AttemptColumns): Attempt {
  return {
    outboxId: row.outbox_id,
    eventId: row.event_id,
    destinationId: row.destination_id,
    at: row.at,
    ms: row.ms,
    number: row.number,
    result: row.result,
    detail: row.detail,
  }
}

export interface SuppressedColumns {
  at: number
  printer_id: string
  type: EventType
  reason: SuppressReason
  detail: string
  dedupe_key: string | null
}

export function suppressedToColumns(row: Suppressed): Columns {
  return { at: row.at, printer_id: row.printerId, type: row.type, reason: row.reason, detail: row.detail, dedupe_key: row.dedupeKey }
}

export function suppressedFromColumns(row: SuppressedColumns): Suppressed {
  return { at: row.at, printerId: row.printer_id, type: row.type, reason: row.reason, detail: row.detail, dedupeKey: row.dedupe_key }
}

/** `INSERT INTO table (a, b) VALUES (:a, :b)` for columns given by name. */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`
}
