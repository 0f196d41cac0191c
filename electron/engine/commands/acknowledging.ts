/** Somebody sees to it: noted in the history until when, told to the others where a note says so, and no more reminders. */
import { clockTime } from '../delivery/text.ts'
import type { EventDraft, PrinterEvent, PrinterState } from '../events/model.ts'
import { subjectOf } from '../events/still-open.ts'
import type { History } from '../history/history.ts'
import type { Clock } from '../ports.ts'
import { eventsAbout, eventsReminding, openTroubles } from './occurrence.ts'
import type { Outcome, Wish, WishAction } from './wish.ts'

export type Acknowledge = Extract<WishAction, { name: 'acknowledge' }>

export interface AcknowledgingPorts {
  clock: Pick<Clock, 'now'>
  history: Pick<History, 'acknowledge' | 'event' | 'events'>
  ulid(): string
  printer(printerId: string): { name: string; serverKind: string } | null
  /** What is open at the printer was acknowledged: no more reminders. */
  onAcknowledged(printerId: string, about: 'attention' | 'failure'): void
  /** Something is acknowledged until a time: see to it then. */
  onUntil?(): void
  /** Destinations at this desk. */
  atThisDesk?(): readonly string[]
  announce(draft: EventDraft): void
}

/** In characters. */
export const LONGEST_NOTE = 500

/** Where the person sits at this computer, and its own toasts would tell them what they did. */
const AT_THIS_DESK: ReadonlySet<Wish['from']> = new Set<Wish['from']>(['window', 'tray', 'cli'])

/**
 * @param event that of the wish; null = it names none, and is about all that is open at the printer
 * @throws HistoryError
 */
export function acknowledge(wish: Wish, action: Acknowledge, { state, event }: { state: PrinterState; event: PrinterEvent | null }, ports: AcknowledgingPorts): Outcome {
  const now = ports.clock.now()
  const until = action.until ?? null
  const note = noteOf(action.note)
  if (until !== null && until <= now) return { result: 'refused', detail: 'That time is over already. Choose one that is still to come.' }
  if (note !== null && note.length > LONGEST_NOTE) return { result: 'refused', detail: `The note is too long. It may have ${LONGEST_NOTE} characters.` }
  const attention = event?.attention
  const open = wish.eventId === null ? state.attentions : attention ? [attention] : []
  const told = eventsAbout(open, wish.printerId, ports.history)
  const troubles = wish.eventId === null ? openTroubles(wish.printerId, state, ports.history) : event === null ? [] : [event]
  const ids = [...new Set([...troubles.flatMap((trouble) => (trouble.attention ? [trouble.id] : eventsReminding(trouble, ports.history))), ...told])]
  const waits = wish.eventId === null && (state.attentions.length > 0 || state.failure != null)
  if (ids.length === 0 && !waits) return { result: 'stale', detail: `Nothing to acknowledge${wish.eventId === null ? ' at this printer' : ', the event is no longer in the history'}.` }
  const fresh = ids.length === 0 ? 0 : ports.history.acknowledge(ids, now, { until, note, by: wish.destinationId ?? wish.from })
  quiet(wish, event, state, ports)
  if (until !== null) ports.onUntil?.()
  const first = event ?? (told.length > 0 ? ports.history.event(told.at(-1) ?? '') : null) ?? troubles[0]
  if (first !== undefined && (fresh > 0 || note !== null || until !== null)) {
    const job = first.job ?? (event === null ? state.jobRef : null) ?? undefined
    ports.announce(acknowledgedDraft(wish, { eventId: first.id, type: subjectOf(first), job, note, quiet: action.quiet ?? false }, ports))
  }
  return { result: 'done', detail: until === null ? 'Acknowledged.' : `Acknowledged until ${clockTime(until, now)}.` }
}

/** An old toast does not quiet a newer attention. */
function quiet(wish: Wish, event: PrinterEvent | null, state: PrinterState, { onAcknowledged }: AcknowledgingPorts): void {
  const about = event?.attention
  if (wish.eventId === null || (about !== undefined && state.attentions.some(({ key, since }) => key === about.key && since === about.since))) onAcknowledged(wish.printerId, 'attention')
  const failing = event?.type.startsWith('failure.') === true && event.job !== undefined && event.job.key === state.jobRef?.key
  if (failing || (wish.eventId === null && state.failure)) onAcknowledged(wish.printerId, 'failure')
}

/** Null = nothing was said. */
export function noteOf(text: string | undefined): string | null {
  const note = text?.trim() ?? ''
  return note === '' ? null : note
}

interface Acknowledged {
  eventId: string
  type: PrinterEvent['type']
  job?: EventDraft['job']
  note: string | null
  quiet: boolean
}

/** The entry of the history, and what the others are told where there is a note. */
export function acknowledgedDraft(wish: Pick<Wish, 'printerId' | 'from' | 'destinationId'>, { eventId, type, job, note, quiet: untold }: Acknowledged, { clock, printer, ulid, atThisDesk }: Pick<AcknowledgingPorts, 'clock' | 'printer' | 'ulid' | 'atThisDesk'>): EventDraft {
  const now = clock.now()
  const known = printer(wish.printerId)
  const except = wish.destinationId === undefined ? (AT_THIS_DESK.has(wish.from) ? (atThisDesk?.() ?? []) : []) : [wish.destinationId]
  return {
    dedupeKey: `${wish.printerId}|${job?.key ?? '-'}|command.acknowledged|${ulid()}`,
    occurredAt: now,
    observedAt: now,
    late: false,
    type: 'command.acknowledged',
    severity: 'info',
    printerId: wish.printerId,
    printerName: known?.name ?? wish.printerId,
    serverKind: known?.serverKind ?? 'unknown',
    ...(job ? { job } : {}),
    ...(note === null ? {} : { text: note }),
    about: { eventId, type },
    audience: { except: [...except], ...(untold ? { nobody: true } : {}) },
    byUs: true,
    snapshot: 'none',
  }
}
