import { cameraIsBack } from './camera-back.ts'
import { openness, reopened } from './events/still-open.ts'
import type { EventDraft, PrinterState } from './events/model.ts'
import type { History, StoredEvent } from './history/history.ts'
import type { Cancel, Clock, Log } from './ports.ts'

export interface AcknowledgementsParts {
  history: Pick<History, 'overdueAcknowledgements' | 'nextAcknowledgementEnd' | 'endAcknowledgements' | 'events'>
  clock: Clock
  log: Log
  /** Null = not watched. */
  state(printerId: string): PrinterState | null
  announce(draft: EventDraft): void
}

/** What was acknowledged for a while only, and is still open when that is over, is told again: once (R53). */
export interface Acknowledgements {
  /** Ends that came while the program did not run are dealt with as soon as the printer can be seen. */
  start(): void
  /** Something is acknowledged until another time than before. */
  changed(): void
  /** Something about this printer may be another than before. Called several times a second and printer. */
  onState(printerId: string): void
  /** Nobody looked for a while: what is known of the printers proves nothing yet. */
  gap(): void
  stop(): void
}

/** A printer that has just come into sight tells its state a moment later; ms. */
const SETTLE_MS = 5_000
/** After a sleep, until what is gone is noticed to be gone; ms. */
const AFTER_GAP_MS = 15_000
/** A timer that is so late was asleep; ms. */
const LATE_MS = 10_000
/** The disk refused; ms. */
const RETRY_MS = 60_000

export function createAcknowledgements({ history, clock, log, state, announce }: AcknowledgementsParts): Acknowledgements {
  let running = false
  let timer: { at: number; cancel: Cancel } | null = null
  /** Printers whose acknowledgement is over, and which can't be seen. */
  const unknown = new Set<string>()

  /** @param ms from now; a look that is to come sooner stays, unless `anew` */
  function lookIn(ms: number, anew = false): void {
    const at = clock.monotonic() + ms
    if (!running || (timer !== null && timer.at <= at && !anew)) return
    timer?.cancel()
    timer = { at, cancel: clock.after(ms, look) }
  }

  function look(): void {
    timer = null
    if (!running) return
    try {
      const now = clock.now()
      const overdue = history.overdueAcknowledgements(now)
      const slept = overdue.some((event) => now - (event.acknowledgement?.until ?? now) > LATE_MS && !unknown.has(event.printerId))
      if (slept) {
        for (const { printerId } of overdue) unknown.add(printerId)
        lookIn(AFTER_GAP_MS)
        return
      }
      unknown.clear()
      for (const events of together(overdue)) end(events, now)
      next(now)
    } catch (error) {
      log.error('what an acknowledgement leaves open could not be told; it will be tried again', { error })
      lookIn(RETRY_MS)
    }
  }

  function next(now: number): void {
    const at = history.nextAcknowledgementEnd(now)
    if (at !== null) lookIn(at - now)
  }

  /** Events about the same thing: the first of them is what it is about. */
  function end(events: readonly StoredEvent[], now: number): void {
    const [event] = events
    if (!event) return
    const seen = state(event.printerId)
    const printedSince = history.events({ printerId: event.printerId, types: ['job.started'], since: event.occurredAt + 1, limit: 1 }).length > 0
    const open = openness(event, { state: seen, printedSince, looked: events.some(({ acknowledgement }) => acknowledgement?.lookedAt != null), cameraBack: cameraIsBack(event, history) })
    if (open === 'unknown') {
      unknown.add(event.printerId)
      return
    }
    if (open === 'open') announce(reopened(event, { state: seen, until: untilOf(event), now }))
    history.endAcknowledgements(events.map(({ id }) => id), now, open === 'open')
  }

  return {
    start() {
      running = true
      lookIn(0)
    },
    changed: () => lookIn(0),
    onState(printerId) {
      if (unknown.has(printerId)) lookIn(SETTLE_MS)
    },
    gap: () => lookIn(AFTER_GAP_MS, true),
    stop() {
      running = false
      timer?.cancel()
      timer = null
    },
  }
}

const untilOf = ({ acknowledgement }: StoredEvent): number => acknowledgement?.until ?? 0

/** In the order in which they ended; a wait for a person, told by several events, is one. */
function together(events: readonly StoredEvent[]): StoredEvent[][] {
  const groups = new Map<string, StoredEvent[]>()
  for (const event of events) {
    const { attention } = event
    const key = `${event.printerId}|${attention ? `${attention.key}|${attention.since}` : (event.about?.eventId ?? event.id)}`
    groups.set(key, [...(groups.get(key) ?? []), event])
  }
  return [...groups.values()]
}
