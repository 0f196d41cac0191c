/** The port of the history: what the engine stores and asks. The SQLite implementation is sqlite-history.ts. */
import type { EventDraft, EventType, PrinterEvent, Severity, Suppressed } from '../events/model.ts'
import type { PrinterMemory } from '../events/reduction.ts'
import type { FilterFields } from '../rules/filter.ts'

export type DecisionKind = 'deliver' | 'hold' | 'digest' | 'drop'

export interface Decision {
  eventId: string
  destinationId: string
  /** 1 for the first decision on this event and destination; a release or late retry appends 2, 3 ... */
  seq: number
  decision: DecisionKind
  /** Which stage of rules decided ("subscribed", "silenced", ...). */
  stage: string
  /** A reason code ("not_subscribed", "silence:01J...", ...). */
  reason: string
  profileId: string | null
  /** Epoch ms until which it is held; null unless held. */
  until: number | null
  at: number
}

export type CancelOn = 'acknowledged' | 'seen' | 'resolved' | 'job_ended'

export type OutboxState = 'waiting' | 'held' | 'leased' | 'delivered' | 'dead' | 'expired' | 'cancelled'

export interface OutboxRow {
  id: string
  eventId: string
  destinationId: string
  state: OutboxState
  /** Idempotency key, stable over retries: made from event and destination. */
  deliveryKey: string
  /** Orders rows of one destination: lower first (critical 0, error 1, warning 2, rest 3). */
  priority: number
  /** Rows of one job keep their order; null = no order. */
  jobKey: string | null
  attempts: number
  createdAt: number
  nextAttemptAt: number
  expiresAt: number
  /** Wait for the event's picture at most until then; null = don't wait. */
  pictureUntil: number | null
  releaseAt: number | null
  cancelOn: CancelOn[]
  leaseUntil: number | null
  lastResult: string | null
}

export interface Attempt {
  outboxId: string
  eventId: string
  destinationId: string
  at: number
  ms: number
  /** 1 for the first. */
  number: number
  result: 'delivered' | 'retry' | 'rejected' | 'gone' | 'expired' | 'cancelled'
  detail: string
}

/** What did not reach its destination and is not tried any more. */
export interface DeadLetter {
  /** In state 'dead' or 'expired'. */
  row: OutboxRow
  event: StoredEvent
  /** Epoch ms. */
  endedAt: number
}

/** An event on its way to the disk: its decisions and outbox rows go with it, or not at all. */
export interface CommitEntry {
  draft: EventDraft
  id: string
  /** Born seen: nobody was to be told, so it neither counts as unseen nor is kept for that reason. */
  seen?: true
  decisions: Omit<Decision, 'eventId'>[]
  outbox: Omit<OutboxRow, 'eventId'>[]
}

export interface Batch {
  at: number
  memories: { printerId: string; memory: PrinterMemory }[]
  entries: CommitEntry[]
  suppressed: Suppressed[]
}

export interface CommitResult {
  /** Events that are on disk now, with their seq; a draft whose dedupeKey was known is left out, with all of its rows. */
  events: PrinterEvent[]
  /** Drafts that were known already: stored as suppressed with reason 'duplicate'. */
  duplicates: { id: string; dedupeKey: string }[]
  decisions: Decision[]
  outbox: OutboxRow[]
}

export interface SnapshotRow {
  eventId: string
  printerId: string
  at: number
  /** Null = none, because `why`. */
  file: string | null
  bytes: number
  width: number | null
  height: number | null
  why: string | null
}

/** AND between fields, OR within one; absent = any. */
export interface EventFilter {
  printerId?: string
  printerIds?: readonly string[]
  types?: readonly EventType[]
  /** Selectors of types as in the settings ("job.*"); `native:` ones name no type and so find nothing. */
  selectors?: readonly string[]
  minSeverity?: Severity
  severities?: readonly Severity[]
  jobKey?: string
  /** When it happened, epoch ms, both ends counted. */
  since?: number
  until?: number
  unseen?: boolean
  late?: boolean
  /** Only what goes, went or was to go there: has a row in the outbox. */
  destinationId?: string
  /** Words; full-text over printer, job, text and reason. */
  text?: string
  /** Types that people call by this word: a word of `text` is found in the texts or by the type. Absent = texts only. */
  typesTelling?: (word: string) => readonly EventType[]
}

export interface EventQuery extends EventFilter {
  /** Keyset paging: only events with a smaller seq. */
  beforeSeq?: number
  limit?: number
}

/** What a person says with an acknowledgement. Times are epoch ms. */
export interface Acknowledging {
  /** Null = for good. */
  until: number | null
  note: string | null
  /** Where it was said ("window", "toast", "chat", ...). */
  by: string
}

/** The newest word of a person on an event. */
export interface Acknowledgement extends Acknowledging {
  at: number
  /** When somebody looked at the event since; null = nobody did. */
  lookedAt: number | null
  /** When its end was dealt with; null = it has none, or has not come to it. */
  overAt: number | null
}

export interface StoredEvent extends PrinterEvent {
  seenAt: number | null
  /** Null again where an acknowledgement ended and the event was still open. */
  acknowledgedAt: number | null
  /** Absent = nobody ever acknowledged it, or long ago, when that had no more to it. Present also when it is over. */
  acknowledgement?: Acknowledgement
  snapshotFile: string | null
}

export interface Silence {
  id: string
  createdAt: number
  startsAt: number
  /** Null = until lifted. */
  endsAt: number | null
  match: SilenceMatch
  /** What it is called; '' = nobody said. */
  reason: string
  /** Who made it, or by what: "window", "cli", "toast", a channel. */
  by: string
}

/** What a silence matches; AND between fields, absent = any. */
export interface SilenceMatch {
  printerIds?: string[]
  /** All printers of these servers, those of then. */
  serverIds?: string[]
  /** One run of one file: such a silence without an end ends with it. */
  jobKey?: string
  types?: EventType[]
  destinationIds?: string[]
  /** The id of a filter of the settings, as that is then, or fields of its own. */
  filter?: string | FilterFields
}

/** An event that silences kept from a destination or several. */
export interface SilencedEvent {
  event: StoredEvent
  /** From where, and which silence it was. */
  kept: { destinationId: string; silenceId: string }[]
}

export interface LinkGap {
  serverId: string
  from: number
  to: number | null
  cause: string | null
}

/**
 * All writes are synchronous and on disk (WAL, synchronous=FULL) when the call returns.
 * @throws HistoryError with a cause a person can act on (disk full, read-only, corrupt, locked by another engine).
 */
export interface History {
  commit(batch: Batch): CommitResult
  /** Interpreter memory alone, for the coalesced save between edges. */
  saveMemory(rows: { printerId: string; memory: PrinterMemory }[], at: number): void
  loadMemories(): Map<string, PrinterMemory>
  forgetPrinter(printerId: string): void

  /** All that `work` writes in one transaction: on disk when it returns, or not at all. */
  together<T>(work: () => T): T

  // outbox
  /** Leases up to `limit` due rows of the destination, in order, skipping jobs that have an earlier unfinished row. */
  lease(destinationId: string, now: number, leaseMs: number, limit: number): OutboxRow[]
  /** Leases just these, due or not, those that wait; oldest first. The order within a job is the caller's business. */
  leaseThese(ids: readonly string[], now: number, leaseMs: number): OutboxRow[]
  /** Leased rows that were not sent after all wait again, without an attempt. */
  giveBack(ids: readonly string[], nextAttemptAt: number): void
  /** A leased row is held once more until then, without an attempt; it is worth as long from then on. */
  holdAgain(id: string, until: number): void
  /** When the first row of each destination is due (a time in the past = now), and when the first held row of all wants releasing. */
  due(): { at: Map<string, number>; releaseAt: number | null }
  /** When to look at the destination again for rows that are not due yet; sooner than needed at times, never later. Null = there are none. */
  nextDue(destinationId: string, now: number): number | null
  /** What waits at the destination for a next try is due now; what was never tried keeps its time. */
  hurry(destinationId: string, now: number): void
  /** Waiting rows of the destination whose time is over, oldest first. */
  overdue(destinationId: string, now: number, limit: number): OutboxRow[]
  /** When the first waiting row of the destination expires; null = none waits. */
  nextExpiry(destinationId: string): number | null
  /** Rows that came before this one, of the same destination, printer and job, whose event is one of `types`, and that are not being sent. */
  olderWaiting(row: Pick<OutboxRow, 'id' | 'destinationId' | 'jobKey'>, types: readonly EventType[]): OutboxRow[]
  /** Ends a try: stores the attempt and moves the row, in one transaction. */
  finish(row: OutboxRow, attempt: Attempt, next: { state: OutboxState; nextAttemptAt?: number }): void
  /** Rows leased by an engine that died: back to waiting. Returns how many. */
  releaseLeases(now: number, all: boolean): number
  /** Ends waiting and held rows that meet `reason`. Returns the rows. */
  cancelRows(match: { cancelOn: CancelOn; printerId?: string; jobKey?: string; eventId?: string }, now: number): OutboxRow[]
  releaseHeld(now: number): OutboxRow[]
  addDecision(decision: Decision): void
  /** Puts rows of a rehearsal or a "send again" in. */
  enqueue(rows: OutboxRow[]): void
  outbox(filter: { destinationId?: string; states?: OutboxState[]; eventId?: string; limit?: number }): OutboxRow[]

  /** The newest events first, 100 unless told; of one destination, or of all. */
  deadLetters(filter: { destinationId?: string; limit?: number }): DeadLetter[]
  /** How many each destination has; those without any are left out. */
  deadLetterCounts(): Map<string, number>

  // reading
  event(id: string): StoredEvent | null
  /** Newest first, 100 unless told, at most 1000. */
  events(query: EventQuery): StoredEvent[]
  /** Counted up to `bound`: `exact` false = there are more than `count`. */
  count(filter: EventFilter, bound: number): { count: number; exact: boolean }
  /** How the last print of each of these printers ended; printers without one are left out. */
  lastEnds(printerIds: readonly string[]): StoredEvent[]
  decisions(eventId: string): Decision[]
  attempts(filter: { eventId?: string; destinationId?: string; limit?: number }): Attempt[]
  /** Newest first, 100 unless told, at most 1000; both ends of the time counted. */
  suppressed(filter: { printerId?: string; since?: number; until?: number; limit?: number }): Suppressed[]
  unseenCount(): number
  /** Unseen events of each printer that has any; exact up to the newest 10 000 unseen of all. The printer of app.* is "". */
  unseenByPrinter(): Map<string, number>
  /** The `seq` of the newest event; 0 = there is none. */
  newestSeq(): number
  /** `all` in one go: a running engine marks them in pieces (mark-all.ts). */
  markSeen(filter: { eventIds?: string[]; all?: boolean }, at: number): number
  /** Marks the oldest unseen events, none that is newer than `upTo` (a `seq`). @returns the `seq` of each, ascending */
  markNextSeen(which: { upTo: number; limit: number }, at: number): number[]
  markUnseen(which: { eventIds: readonly string[] } | { seqs: readonly number[] }): number
  /** The newest word counts; a note stays until another takes its place. @param said absent = for good. @returns how many were not acknowledged until now */
  acknowledge(eventIds: string[], at: number, said?: Acknowledging): number
  /** Those whose end came and was not dealt with, the earliest first. */
  overdueAcknowledgements(now: number): StoredEvent[]
  /** When the next acknowledgement ends after this time; null = none does. */
  nextAcknowledgementEnd(after: number): number | null
  /** Their end was dealt with. `reopened`: these events count as not acknowledged from now on. */
  endAcknowledgements(eventIds: string[], at: number, reopened: boolean): void

  // snapshots, silences, link gaps
  putSnapshot(row: SnapshotRow): void
  snapshot(eventId: string): SnapshotRow | null
  putSilence(silence: Silence): void
  liftSilence(id: string, at: number): boolean
  /** One that never began leaves no trace. False = there is none. */
  deleteSilence(id: string): boolean
  silences(now: number): Silence[]
  /** Those in force at `since` or later, and those to come; oldest first. */
  silencesSince(since: number): Silence[]
  silence(id: string): Silence | null
  /** What these silences kept from anybody, of these types and observed since then (epoch ms); newest first, at most 1000. */
  silenced(query: { silenceIds: readonly string[]; types: readonly EventType[]; since: number }): SilencedEvent[]
  openGap(serverId: string, at: number, cause: string | null): void
  closeGap(serverId: string, at: number): void
  gaps(filter: { serverId?: string; since?: number }): LinkGap[]

  /** Small facts that outlive a restart ("lastAliveAt"). */
  getFact(key: string): string | null
  setFact(key: string, value: string): void

  /** A destination's own notes (channels/channel.ts, `ChannelMemory`); the newest 2 000 of each are kept. */
  getNote(destinationId: string, key: string): string | null
  setNote(destinationId: string, key: string, value: string, at: number): void
  deleteNote(destinationId: string, key: string): void
  /** All of a destination that is no more. */
  deleteNotes(destinationId: string): void
  /** Keys that begin so, the newest first. */
  noteKeys(destinationId: string, prefix: string): string[]

  /** Deletes what is older than the retention, in chunks. Returns what was deleted and which snapshot files may go. */
  prune(limits: { eventsBefore: number; picturesBefore: number; pictureBytes: number; keepUnseen: boolean; chunk: number }): { events: number; files: string[]; more: boolean }
  close(): void
}

export class HistoryError extends Error {
  override readonly name = 'HistoryError'
  /** 'older' and 'missing' only come of opening for reading: nothing may be migrated or made then. */
  constructor(readonly code: 'full' | 'readonly' | 'corrupt' | 'locked' | 'newer' | 'older' | 'missing' | 'other', message: string, options?: ErrorOptions) {
    super(message, options)
  }
}
