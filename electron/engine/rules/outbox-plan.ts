import { TERMINAL_TYPES, type EventDraft, type EventType, type Severity } from '../events/model.ts'
import type { OutboxRow } from '../history/history.ts'
import type { Settings } from '../settings/schema.ts'
import type { RoutedDestination, RoutedKind } from './subscriptions.ts'

/** How long a destination that can't be updated waits for the picture; ms (DESIGN section 4, "picture"). */
export const PICTURE_WAIT_MS = 10_000
/** Late news for this desk is gathered this long, so that it becomes one "while you were away" toast; ms. */
export const AWAY_GATHER_MS = 5_000

const PRIORITY: Readonly<Record<Severity, number>> = { critical: 0, error: 1, warning: 2, info: 3, success: 3 }

/** Which `expiry` of the settings an event falls under. */
export type ExpiryClass = keyof Settings['expiry']

const PASSING: ReadonlySet<EventType> = new Set<EventType>([
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.resumed',
  'heater.target_reached', 'heater.cooled', 'message.display', 'server.event',
])
const ENDED_WELL: ReadonlySet<EventType> = new Set<EventType>(['job.done', 'job.cancelled'])
const ENDED_BADLY: ReadonlySet<EventType> = new Set<EventType>(['job.failed', 'job.result_unknown', 'failure.detected', 'heater.runaway'])

/** How far a print is, said in one way or another: the newest of these replaces what waits of a print. */
export const OVERTAKEN: ReadonlySet<EventType> = new Set<EventType>(['job.progress', 'job.milestone_time', 'job.finishing_soon'])

function mustBeHeard(event: Pick<EventDraft, 'type' | 'severity'>): boolean {
  return TERMINAL_TYPES.includes(event.type) || event.severity === 'critical' || (event.type.startsWith('attention.') && event.type !== 'attention.cleared')
}

/** The class of an event that decides how long an undelivered message is worth sending. */
export function expiryClass(event: Pick<EventDraft, 'type' | 'severity'>, local: boolean): ExpiryClass {
  // What a person must hear waits for the desk as long as for a phone: a logout of ten minutes must not lose a print's end.
  if (local && !mustBeHeard(event)) return 'toast'
  if (PASSING.has(event.type)) return 'progress'
  if (ENDED_WELL.has(event.type)) return 'done'
  if (ENDED_BADLY.has(event.type)) return 'failed'
  return 'other'
}

/** The idempotency key of an event on its way to a destination: stable over retries and restarts. */
export function deliveryKeyOf(eventId: string, destinationId: string): string {
  return `${eventId}.${destinationId}`
}

/** Whether a destination shows the picture of an event that has one. */
export function takesPicture(event: Pick<EventDraft, 'snapshot'>, destination: Pick<RoutedDestination, 'config'>, kind: RoutedKind): boolean {
  return event.snapshot !== 'none' && kind.capabilities.image !== 'none' && (kind.wantsPicture?.(destination.config as Readonly<Record<string, unknown>>) ?? true)
}

/** The outbox row of an event that is to be delivered. @param until it is held until then, epoch ms; null = now */
export function planRow(
  event: EventDraft & { id: string },
  destination: Pick<RoutedDestination, 'id' | 'config'>,
  kind: RoutedKind,
  context: { now: number; settings: Pick<Settings, 'expiry'> },
  until: number | null = null,
): Omit<OutboxRow, 'eventId'> {
  const { local, canUpdate } = kind.capabilities
  const gathered = local && event.late ? AWAY_GATHER_MS : 0
  return {
    id: deliveryKeyOf(event.id, destination.id),
    destinationId: destination.id,
    state: until === null ? 'waiting' : 'held',
    deliveryKey: deliveryKeyOf(event.id, destination.id),
    priority: PRIORITY[event.severity],
    jobKey: event.job?.key ?? null,
    attempts: 0,
    createdAt: context.now,
    nextAttemptAt: until ?? context.now + gathered,
    // What waits for its time is worth as long from then on.
    expiresAt: (until ?? context.now) + context.settings.expiry[expiryClass(event, local)] * 1000,
    // What can be updated gets its text at once; the picture follows.
    pictureUntil: takesPicture(event, destination, kind) && !canUpdate ? context.now + PICTURE_WAIT_MS : null,
    releaseAt: until,
    cancelOn: [],
    leaseUntil: null,
    lastResult: null,
  }
}
