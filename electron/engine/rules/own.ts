/**
 * What a person did from Printbell is news to nobody (R65), unless the settings want to hear of it: `notifyMyself`. What is not told is in the history
 * all the same. Pure.
 */
import type { EventDraft, EventType } from '../events/model.ts'

/** What a command of ours causes. A print fails by our doing through an emergency stop alone; that its firmware is down is told. A command that failed is news. */
const OWN_DOING: ReadonlySet<EventType> = new Set<EventType>(['job.paused', 'job.resumed', 'job.cancelled', 'job.failed', 'attention.cleared', 'command.succeeded'])

/** Why a destination is not told what a person did; null = it is no reason. */
export function ownDoing(event: Pick<EventDraft, 'type' | 'byUs' | 'text' | 'audience'>, destinationId: string, notifyMyself: boolean): string | null {
  // Whoever ticked "don't notify others" means it, also where the settings are curious.
  if (event.audience?.nobody) return 'told_nobody'
  if (!event.byUs || notifyMyself) return null
  if (event.type === 'command.acknowledged') return event.text === undefined || (event.audience?.except ?? []).includes(destinationId) ? 'own_action' : null
  return OWN_DOING.has(event.type) ? 'own_action' : null
}

/** Whether a destination was chosen for this message, whatever it subscribed to; null = nobody chose. */
export function chosenFor({ audience }: Pick<EventDraft, 'audience'>, destinationId: string): boolean | null {
  return audience?.only ? audience.only.includes(destinationId) : null
}
