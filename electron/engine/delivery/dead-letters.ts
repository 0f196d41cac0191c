/** What was not delivered, in words. */
import type { EventType, Severity } from '../events/model.ts'
import type { DeadLetter, History } from '../history/history.ts'
import { happening } from './body.ts'
import { titleOf } from './render.ts'

export interface DeadLetterView {
  eventId: string
  destinationId: string
  /** dead = refused, or its destination is gone; expired = not delivered in time. */
  state: 'dead' | 'expired'
  /** Printer and what happened, as it would have been told. */
  title: string
  type: EventType
  severity: Severity
  /** "" = of no printer. */
  printerId: string
  /** Epoch ms. */
  occurredAt: number
  /** When it was given up, epoch ms. */
  endedAt: number
  /** In words of cause and cure; no address, no secret. */
  why: string
  attempts: number
}

/** The newest events first. `destinationId` null = of all; `limit` 100 unless told, at most 1000. */
export function deadLettersOf(history: Pick<History, 'deadLetters'>, destinationId: string | null, limit?: number): DeadLetterView[] {
  return history.deadLetters({ ...(destinationId === null ? {} : { destinationId }), ...(limit === undefined ? {} : { limit }) }).map(viewOf)
}

function viewOf({ row, event, endedAt }: DeadLetter): DeadLetterView {
  return {
    eventId: row.eventId,
    destinationId: row.destinationId,
    state: row.state === 'expired' ? 'expired' : 'dead',
    title: titleOf(event.type.startsWith('app.') ? '' : event.printerName, happening(event)),
    type: event.type,
    severity: event.severity,
    printerId: event.printerId,
    occurredAt: event.occurredAt,
    endedAt,
    why: (row.lastResult ?? '').replace(/^(rejected|gone|expired|retry): /, ''),
    attempts: row.attempts,
  }
}
