/** Rows to fill a history with, for tests: every field has a value, and a test gives only those it is about. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryLog } from '../../../test/support/log.ts'
import type { EventDraft } from '../events/model.ts'
import type { PrinterMemory } from '../events/reduction.ts'
import type { Batch, CommitEntry, Decision, History, OutboxRow } from './history.ts'
import { openHistory } from './sqlite-history.ts'

/** 2026-01-15 12:00:00 UTC */
export const T0 = 1_768_478_400_000

export function draft(dedupeKey: string, fields: Partial<EventDraft> = {}): EventDraft {
  return {
    dedupeKey,
    occurredAt: T0,
    observedAt: T0,
    late: false,
    type: 'job.done',
    severity: 'success',
    printerId: 'p1',
    printerName: 'MK3 left',
    serverKind: 'octoprint',
    byUs: false,
    snapshot: 'none',
    ...fields,
  }
}

export function job(key: string, name = 'cube.gcode'): NonNullable<EventDraft['job']> {
  return { key, file: { name, path: name, origin: 'local', size: 1234 }, startedAt: T0 - 60_000, endedAt: null, user: null }
}

export type NewRow = CommitEntry['outbox'][number]

export function row(id: string, fields: Partial<NewRow> = {}): NewRow {
  return {
    id,
    destinationId: 'desk',
    state: 'waiting',
    deliveryKey: `key-${id}`,
    priority: 3,
    jobKey: null,
    attempts: 0,
    createdAt: T0,
    nextAttemptAt: T0,
    expiresAt: T0 + 3_600_000,
    pictureUntil: null,
    releaseAt: null,
    cancelOn: [],
    leaseUntil: null,
    lastResult: null,
    ...fields,
  }
}

export function decision(fields: Partial<Decision> = {}): Omit<Decision, 'eventId'> {
  return { destinationId: 'desk', seq: 1, decision: 'deliver', stage: 'subscribed', reason: 'subscribed', profileId: null, until: null, at: T0, ...fields }
}

export function entry(id: string, parts: { draft?: Partial<EventDraft>; decisions?: CommitEntry['decisions']; outbox?: NewRow[]; seen?: true } = {}): CommitEntry {
  return { id, draft: draft(`key of ${id}`, parts.draft), decisions: parts.decisions ?? [], outbox: parts.outbox ?? [], ...(parts.seen ? { seen: true } : {}) }
}

export function batch(entries: CommitEntry[], rest: Partial<Batch> = {}): Batch {
  return { at: T0, memories: [], entries, suppressed: [], ...rest }
}

export function memory(notes: Record<string, unknown> = {}): PrinterMemory {
  return {
    version: 1,
    seen: true,
    lastSeenAt: T0,
    state: {
      link: 'up', linkCause: null, device: 'ready', job: 'none', jobRef: null, progress: null, progressSource: null, elapsed: null, printTime: null,
      remaining: null, eta: null, layer: null, layers: null, z: null, heaters: {}, attentions: [], faults: [], message: null, capabilities: null, cameras: [],
    },
    notes,
  }
}

/** A row as lease() returned it, or a failure that says there was none. */
export function first(rows: OutboxRow[]): OutboxRow {
  const found = rows[0]
  if (!found) throw new Error('expected a row')
  return found
}

/** A history in a folder of its own. `remove` closes it and deletes the folder. */
export function temporaryHistory(): { history: History; file: string; folder: string; log: ReturnType<typeof memoryLog>; /** How often the history told of a change. */ readonly touched: number; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-history-'))
  const file = join(folder, 'printbell.sqlite')
  const log = memoryLog()
  let touched = 0
  const history = openHistory({ file, log, now: () => T0, onTouched: () => { touched += 1 } })
  return {
    history,
    get touched() {
      return touched
    },
    file,
    folder,
    log,
    remove() {
      history.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
