/** What cards need of the history: read once a printer, then kept by news. A frame of a printer never reads the database. */
import type { PrinterCard } from '../../bridge/views/printers.ts'
import type { PrinterEvent } from '../../engine/events/model.ts'
import type { History, StoredEvent } from '../../engine/history/history.ts'
import type { Clock } from '../../engine/ports.ts'
import { END_TYPES, TROUBLE_TYPES } from './cards.ts'
import type { Remembered } from './facts.ts'

export type ReadHistory = Pick<History, 'event' | 'events' | 'snapshot' | 'unseenCount'>

export interface Memory {
  last: Remembered | null
  trouble: Remembered | null
  /** The newest pause that was told, and by whom. */
  pause: { jobKey: string | null; at: number; byUs: boolean } | null
  picture: PrinterCard['picture']
}

export interface HistoryMemory {
  of(printerId: string): Memory
  unseen(printerId: string): number
  unseenOfAll(): number
  heard(event: PrinterEvent): void
  awaitsPictures(): boolean
  /** Looks whether pictures came that events waited for. @returns the printers that got one */
  lookForPictures(): string[]
  /** Seen or acknowledged changed: reads anew what may have. */
  recount(): void
}

/** Unseen events are counted up to so many; above that a number tells nothing more. */
const COUNTED = 1_000
/** Newest events of a printer among which a picture is looked for at the start. */
const LOOKED_AT = 20
/** The engine gives a picture up after 10 s; ms. */
const PICTURE_WITHIN_MS = 20_000

export function remember(history: ReadHistory, clock: Clock): HistoryMemory {
  const memories = new Map<string, Memory>()
  /** Events whose picture is on its way, and until when. */
  const awaited = new Map<string, { printerId: string; until: number }>()
  let counts: { all: number; byPrinter: Map<string, number> } | null = null

  function read(printerId: string): Memory {
    const newest = (types: readonly StoredEvent['type'][]): StoredEvent | null => history.events({ printerId, types: [...types], limit: 1 })[0] ?? null
    const [last, trouble, pause] = [newest(END_TYPES), newest(TROUBLE_TYPES), newest(['job.paused'])]
    const pictured = history.events({ printerId, limit: LOOKED_AT }).find((event) => event.snapshotFile !== null)
    return {
      last: last && remembered(last),
      trouble: trouble && remembered(trouble),
      pause: pause && pauseOf(pause),
      picture: pictured ? pictureOf(pictured.id) : null,
    }
  }

  function pictureOf(eventId: string): PrinterCard['picture'] {
    const row = history.snapshot(eventId)
    return row?.file == null ? null : { url: `printbell-picture://event/${eventId}`, takenAt: row.at }
  }

  function of(printerId: string): Memory {
    const known = memories.get(printerId) ?? read(printerId)
    memories.set(printerId, known)
    return known
  }

  function count(): NonNullable<typeof counts> {
    if (counts) return counts
    const byPrinter = new Map<string, number>()
    for (const { printerId } of history.events({ unseen: true, limit: COUNTED })) byPrinter.set(printerId, (byPrinter.get(printerId) ?? 0) + 1)
    return (counts = { all: history.unseenCount(), byPrinter })
  }

  return {
    of,
    unseen: (printerId) => count().byPrinter.get(printerId) ?? 0,
    unseenOfAll: () => count().all,
    heard(event) {
      const memory = of(event.printerId)
      // What nobody is told is born seen, which only the stored event says.
      const stored = history.event(event.id)
      if (counts && stored?.seenAt === null) {
        counts.all += 1
        counts.byPrinter.set(event.printerId, (counts.byPrinter.get(event.printerId) ?? 0) + 1)
      }
      const asStored: StoredEvent = stored ?? { ...event, seenAt: null, acknowledgedAt: null, snapshotFile: null }
      if (isOneOf(END_TYPES, event.type)) memory.last = remembered(asStored)
      if (isOneOf(TROUBLE_TYPES, event.type)) memory.trouble = remembered(asStored)
      if (event.type === 'job.paused') memory.pause = pauseOf(event)
      // "Paused as asked" comes before the pause has lasted long enough to be told.
      if (event.type === 'command.succeeded' && event.code === 'pause') memory.pause = { jobKey: event.job?.key ?? null, at: event.occurredAt, byUs: true }
      if (event.snapshot !== 'none') awaited.set(event.id, { printerId: event.printerId, until: clock.now() + PICTURE_WITHIN_MS })
    },
    awaitsPictures: () => awaited.size > 0,
    lookForPictures() {
      const got: string[] = []
      const now = clock.now()
      for (const [eventId, { printerId, until }] of awaited) {
        const picture = pictureOf(eventId)
        if (picture !== null) {
          of(printerId).picture = picture
          got.push(printerId)
        }
        if (picture !== null || now >= until || history.snapshot(eventId) !== null) awaited.delete(eventId)
      }
      return got
    },
    recount() {
      counts = null
      for (const memory of memories.values()) {
        memory.last = renewed(memory.last)
        memory.trouble = renewed(memory.trouble)
      }
    },
  }

  function renewed(known: Remembered | null): Remembered | null {
    if (known === null || (known.seen && known.acknowledged && !known.forAWhile)) return known
    const stored = history.event(known.eventId)
    return stored === null ? known : remembered(stored)
  }
}

function isOneOf(types: readonly string[], type: string): boolean {
  return types.includes(type)
}

function pauseOf(event: PrinterEvent): NonNullable<Memory['pause']> {
  return { jobKey: event.job?.key ?? null, at: event.occurredAt, byUs: event.byUs }
}

function remembered(event: StoredEvent): Remembered {
  return {
    eventId: event.id,
    type: event.type,
    at: event.occurredAt,
    jobKey: event.job?.key ?? null,
    file: event.job?.file.name ?? null,
    printTime: event.printTime ?? null,
    progress: event.progress ?? null,
    reason: event.reason ?? null,
    text: event.text ?? null,
    attention: event.attention ? { key: event.attention.key, since: event.attention.since } : null,
    seen: event.seenAt !== null,
    acknowledged: event.acknowledgedAt !== null,
    ...(event.acknowledgement?.until == null ? {} : { forAWhile: true as const }),
  }
}
