import type { EventDraft } from './events/model.ts'
import type { PrinterMemory } from './events/reduction.ts'
import type { Batch, CommitEntry, CommitResult, History } from './history/history.ts'
import type { Cancel, Clock, Log } from './ports.ts'

export interface CommitterParts {
  history: History
  clock: Clock
  log: Log
  ulid(): string
  /** Decides who gets a draft, makes its outbox rows, and completes it with what they need of it; called before the commit, once. */
  route(draft: EventDraft, id: string): Omit<CommitEntry, 'id'>
  /** What is on disk now. */
  onCommitted(result: CommitResult, batch: Batch): void
  /** The disk refuses, or takes again (`null`). */
  onTrouble(text: string | null): void
}

export interface Committer {
  add(change: { printerId: string; memory: PrinterMemory; drafts: EventDraft[]; suppressed: Batch['suppressed']; edge: boolean }): void
  /** An event that belongs to no printer. */
  addOwn(draft: EventDraft): void
  /** The printer is no longer watched: its memory is not written any more. */
  forget(printerId: string): void
  /** Writes the memories that waited; called at a clean end too. */
  flush(): void
  /** Batches the disk has not taken yet. */
  readonly waiting: number
  stop(): void
}

/** Progress and temperatures need not be on disk at once: after a crash they come from the server again. */
const SAVE_EVERY_MS = 15_000
const RETRY_MS = 5_000

/**
 * One transaction for what belongs together: memory, events, decisions, outbox rows. While the disk refuses, batches wait
 * in order in memory and are tried again; nothing is delivered that is not on disk.
 */
export function createCommitter(parts: CommitterParts): Committer {
  const { history, clock, log } = parts
  const waiting: Batch[] = []
  const dirty = new Map<string, PrinterMemory>()
  let saveTimer: Cancel | null = null
  let retryTimer: Cancel | null = null
  let troubled = false

  function write(batch: Batch): boolean {
    let result: CommitResult
    try {
      result = history.commit(batch)
    } catch (error) {
      log.error('the history could not be written; it will be tried again', { error })
      if (!troubled) {
        troubled = true
        parts.onTrouble(`Events can't be written to disk: ${(error as Error).message} They are kept in memory and tried again every ${RETRY_MS / 1000} s.`)
      }
      return false
    }
    try {
      if (troubled) {
        troubled = false
        parts.onTrouble(null)
      }
      parts.onCommitted(result, batch)
    } catch (error) {
      // It is on disk, whoever listens: writing it again would help nobody.
      log.error('what was written could not be passed on', { error })
    }
    return true
  }

  function drain(): void {
    retryTimer?.()
    retryTimer = null
    for (let batch = waiting[0]; batch; batch = waiting[0]) {
      if (!write(batch)) {
        retryTimer = clock.after(RETRY_MS, drain)
        return
      }
      waiting.shift()
    }
  }

  function flush(): void {
    saveTimer?.()
    saveTimer = null
    if (dirty.size === 0) return
    if (waiting.length > 0) {
      // A memory never gets ahead of its events: after a crash it would take them for told.
      saveTimer = clock.after(SAVE_EVERY_MS, flush)
      return
    }
    const rows = [...dirty].map(([printerId, memory]) => ({ printerId, memory }))
    try {
      history.saveMemory(rows, clock.now())
      dirty.clear()
    } catch (error) {
      log.error('the printers\' memory could not be saved; it will be tried again', { error })
      saveTimer = clock.after(SAVE_EVERY_MS, flush)
    }
  }

  function entry(draft: EventDraft): CommitEntry {
    const id = parts.ulid()
    return { id, ...parts.route(draft, id) }
  }

  function submit(batch: Batch): void {
    if (waiting.length > 0) {
      waiting.push(batch)
      return
    }
    if (write(batch)) return
    waiting.push(batch)
    retryTimer ??= clock.after(RETRY_MS, drain)
  }

  return {
    add({ printerId, memory, drafts, suppressed, edge }) {
      if (drafts.length === 0 && suppressed.length === 0 && !edge) {
        dirty.set(printerId, memory)
        saveTimer ??= clock.after(SAVE_EVERY_MS, flush)
        return
      }
      dirty.delete(printerId)
      submit({ at: clock.now(), memories: [{ printerId, memory }], entries: drafts.map(entry), suppressed })
    },
    addOwn(draft) {
      submit({ at: clock.now(), memories: [], entries: [entry(draft)], suppressed: [] })
    },
    forget(printerId) {
      dirty.delete(printerId)
      for (const batch of waiting) batch.memories = batch.memories.filter((row) => row.printerId !== printerId)
    },
    flush,
    get waiting() {
      return waiting.length
    },
    stop() {
      drain()
      flush()
      retryTimer?.()
      saveTimer?.()
    },
  }
}
