/** The history on SQLite. This file only puts the subjects together; each lies in a file of its own. */
import type { Log } from '../ports.ts'
import * as acknowledgements from './acknowledgements.ts'
import type { Db } from './db.ts'
import { IN_MEMORY } from './db.ts'
import * as events from './events.ts'
import * as find from './find.ts'
import type { History } from './history.ts'
import * as letters from './letters.ts'
import { lockEngine } from './lock.ts'
import * as memory from './memory.ts'
import { openForReading, openForWriting } from './open.ts'
import * as notes from './notes.ts'
import * as outbox from './outbox.ts'
import { prune } from './retention.ts'
import * as seen from './seen.ts'
import * as silences from './silences.ts'
import * as snapshots from './snapshots.ts'

export interface HistoryOptions {
  /** Absolute path; ':memory:' keeps nothing and locks nothing. Its folder must exist. */
  file: string
  log: Log
  /** Wall clock, epoch ms. */
  now: () => number
  /** For reading beside a running engine: no lock, no migration, every write is refused. */
  readOnly?: boolean
  /** Called after events that lie there changed: seen, unseen, acknowledged, or their picture came. Whoever shows them asks anew. */
  onTouched?: () => void
}

/**
 * Opens the history, makes or migrates it where needed, and takes the lock of its data folder until close().
 * @throws HistoryError 'locked' while another engine has the folder; 'corrupt', 'newer', 'readonly', 'full', 'other' as named;
 *   with `readOnly` also 'missing' and 'older'
 */
export function openHistory(options: HistoryOptions): History {
  const { file, log, now, onTouched } = options
  if (options.readOnly) return historyOn(openForReading(file), { log, now })
  if (file === IN_MEMORY) return historyOn(openForWriting(file), { log, now, onTouched })
  const lock = lockEngine(file, now())
  try {
    return historyOn(openForWriting(file), { log, now, onTouched, closed: () => lock.release() })
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The history on an open database. `closed` is called after it was closed. */
export function historyOn(db: Db, ports: { log: Log; now: () => number; closed?: () => void; onTouched?: (() => void) | undefined }): History {
  const { log, now } = ports
  const touching = (changed: number): number => {
    if (changed > 0) ports.onTouched?.()
    return changed
  }
  return {
    commit: (batch) => events.commit(db, batch),
    saveMemory: (rows, at) => memory.saveMemory(db, rows, at),
    loadMemories: () => memory.loadMemories(db, log),
    forgetPrinter: (printerId) => memory.forgetPrinter(db, printerId),

    together: (work) => db.transaction(work),
    lease: (destinationId, at, leaseMs, limit) => outbox.lease(db, destinationId, at, leaseMs, limit),
    leaseThese: (ids, at, leaseMs) => outbox.leaseThese(db, ids, at, leaseMs),
    giveBack: (ids, nextAttemptAt) => outbox.giveBack(db, ids, nextAttemptAt),
    holdAgain: (id, until) => outbox.holdAgain(db, id, until),
    due: () => outbox.due(db),
    nextDue: (destinationId, at) => outbox.nextDue(db, destinationId, at),
    hurry: (destinationId, at) => outbox.hurry(db, destinationId, at),
    overdue: (destinationId, at, limit) => outbox.overdue(db, destinationId, at, limit),
    nextExpiry: (destinationId) => outbox.nextExpiry(db, destinationId),
    olderWaiting: (row, types) => outbox.olderWaiting(db, row, types),
    finish: (row, attempt, next) => outbox.finish(db, log, row, attempt, next),
    releaseLeases: (at, all) => outbox.releaseLeases(db, at, all),
    cancelRows: (match, at) => outbox.cancelRows(db, match, at),
    releaseHeld: (at) => outbox.releaseHeld(db, at),
    addDecision: (decision) => events.addDecision(db, decision),
    enqueue: (rows) => outbox.enqueue(db, rows),
    outbox: (filter) => outbox.outbox(db, filter),
    deadLetters: (filter) => letters.deadLetters(db, filter),
    deadLetterCounts: () => letters.deadLetterCounts(db),

    event: (id) => find.event(db, id),
    events: (query) => find.events(db, query),
    count: (filter, bound) => find.count(db, filter, bound),
    lastEnds: (printerIds) => find.lastEnds(db, printerIds),
    decisions: (eventId) => events.decisions(db, eventId),
    attempts: (filter) => events.attempts(db, filter),
    suppressed: (filter) => events.suppressed(db, filter),
    unseenCount: () => seen.unseenCount(db),
    unseenByPrinter: () => seen.unseenByPrinter(db),
    newestSeq: () => seen.newestSeq(db),
    markSeen: (filter, at) => touching(seen.markSeen(db, filter, at)),
    markNextSeen(which, at) {
      const seqs = seen.markNextSeen(db, which, at)
      touching(seqs.length)
      return seqs
    },
    markUnseen: (which) => touching(seen.markUnseen(db, which)),
    acknowledge: (eventIds, at, said) => {
      const { fresh, changed } = acknowledgements.acknowledge(db, eventIds, at, said)
      touching(fresh + changed)
      return fresh
    },
    overdueAcknowledgements: (at) => acknowledgements.overdue(db, at),
    nextAcknowledgementEnd: (after) => acknowledgements.nextEnd(db, after),
    endAcknowledgements: (eventIds, at, reopened) => void touching(acknowledgements.end(db, eventIds, at, reopened)),

    putSnapshot(row) {
      snapshots.putSnapshot(db, log, row)
      ports.onTouched?.()
    },
    snapshot: (eventId) => snapshots.snapshot(db, eventId),
    putSilence: (silence) => silences.putSilence(db, silence),
    liftSilence: (id, at) => silences.liftSilence(db, id, at),
    deleteSilence: (id) => silences.deleteSilence(db, id),
    silences: (at) => silences.silences(db, at),
    silencesSince: (since) => silences.silencesSince(db, since),
    silence: (id) => silences.silence(db, id),
    silenced: (query) => silences.silenced(db, query),
    openGap: (serverId, at, cause) => silences.openGap(db, serverId, at, cause),
    closeGap: (serverId, at) => silences.closeGap(db, serverId, at),
    gaps: (filter) => silences.gaps(db, filter),

    getFact: (key) => memory.getFact(db, key),
    setFact: (key, value) => memory.setFact(db, key, value),
    getNote: (destinationId, key) => notes.getNote(db, destinationId, key),
    setNote: (destinationId, key, value, at) => notes.setNote(db, destinationId, key, value, at),
    deleteNote: (destinationId, key) => notes.deleteNote(db, destinationId, key),
    deleteNotes: (destinationId) => notes.deleteNotes(db, destinationId),
    noteKeys: (destinationId, prefix) => notes.noteKeys(db, destinationId, prefix),

    prune: (limits) => prune(db, limits, now()),
    close() {
      if (!db.close()) log.warn('the write-ahead log could not be moved into the history; the next start does it', { file: db.file })
      ports.closed?.()
    },
  }
}
