import type { PrinterNow } from '../channels/channel.ts'
import type { EventDraft } from '../events/model.ts'
import { takesPicture } from './outbox-plan.ts'
import { route, type RouteContext } from './route.ts'

/**
 * Whether somebody would be told with a picture that the print that is on is done, as things stand now: asked while stills of its last minutes
 * are taken, so that no camera is looked through for nobody.
 */
export function wouldShowDone(printer: PrinterNow, context: RouteContext): boolean {
  const { now } = context
  const { jobRef } = printer.state
  const event: EventDraft & { id: string } = {
    id: '', dedupeKey: '', occurredAt: now, observedAt: now, late: false, type: 'job.done', severity: 'success', printerId: printer.id, printerName: printer.name,
    serverKind: printer.serverKind, ...(jobRef ? { job: jobRef } : {}), progress: 1, byUs: false, snapshot: 'final',
  }
  return route(event, context).outbox.some(({ destinationId }) => {
    const destination = context.destinations.find(({ id }) => id === destinationId)
    const kind = destination && context.kinds.get(destination.channel)
    return destination !== undefined && kind !== undefined && takesPicture(event, destination, kind)
  })
}
