import { boundedContext, contextOfState, type PrinterContext } from './events/context.ts'
import type { EventDraft, PrinterState } from './events/model.ts'
import type { OutboxRow } from './history/history.ts'
import type { Log } from './ports.ts'
import type { Connection } from './printers/adapter.ts'
import { needsContext, type RoutedDestination, type RoutedKinds } from './rules/subscriptions.ts'

export interface EventContextsParts {
  /** Those of the settings in force. */
  destinations(): readonly RoutedDestination[]
  kinds: RoutedKinds
  /** The connection of a printer's primary source; null = not connected. */
  connection(printerId: string): { connection: Connection; sourceId: string } | null
  state(printerId: string): PrinterState | null
  log: Log
}

export interface EventContexts {
  /** The draft with its printer's context, where one of the destinations that get it needs that; else as it was. Never throws. */
  freeze(draft: EventDraft, rows: readonly Pick<OutboxRow, 'destinationId'>[]): EventDraft
}

/** Freezes how things stood with the printer into its events, so that a retry tells the same (DESIGN section 4). */
export function createEventContexts(parts: EventContextsParts): EventContexts {
  function needed(destinationId: string): boolean {
    const destination = parts.destinations().find(({ id }) => id === destinationId)
    const kind = destination && parts.kinds.get(destination.channel)
    return destination !== undefined && kind !== undefined && needsContext(destination, kind)
  }

  function contextOf(printerId: string): PrinterContext | null {
    return inServersWords(printerId) ?? ofState(printerId)
  }

  function inServersWords(printerId: string): PrinterContext | null {
    try {
      const connected = parts.connection(printerId)
      return connected?.connection.context?.(connected.sourceId) ?? null
    } catch (error) {
      // An adapter's fault is no reason to lose the event.
      parts.log.error('an adapter could not tell the context of an event', { error, printer: printerId })
      return null
    }
  }

  function ofState(printerId: string): PrinterContext | null {
    const state = parts.state(printerId)
    return state && contextOfState(state)
  }

  return {
    freeze(draft, rows) {
      if (!rows.some(({ destinationId }) => needed(destinationId))) return draft
      const context = contextOf(draft.printerId)
      return context === null ? draft : { ...draft, context: { ...draft.context, ...boundedContext(context) } }
    },
  }
}
