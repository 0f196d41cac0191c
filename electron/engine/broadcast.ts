import { appDraft } from './events/app.ts'
import type { EventDraft } from './events/model.ts'
import { sendOff, type PlayedAt, type PlayResult, type RehearsalParts } from './rehearsal.ts'
import type { RoutedDestination } from './rules/subscriptions.ts'

/** A message of a person's own. */
export interface Broadcast {
  text: string
  /** Null = every one that is on. */
  destinationIds: readonly string[] | null
}

/** Longer ones belong into a letter; in characters. */
const LONGEST_BROADCAST = 2_000

/**
 * Tells chosen destinations something, whatever they subscribed to: an event on the real way, through rules, history, outbox and channel. A channel
 * that can't carry it and a silence still stand in its way, and the answer says so: each chosen destination has its line.
 * @returns a way that throws an Error for a text or choice that can't be sent at all
 */
export function broadcasting(parts: Omit<RehearsalParts, 'settings' | 'kindOf'>): (broadcast: Broadcast) => Promise<PlayResult> {
  return async (broadcast) => {
    const text = textOf(broadcast.text)
    const context = parts.routeContext()
    const chosen = chosenOf(broadcast.destinationIds, context.destinations)
    const on = chosen.filter(({ enabled }) => enabled).map(({ id }) => id)
    if (on.length === 0) throw new Error(chosen.length === 0 ? 'there is no destination yet; add one first' : `nothing was sent: ${chosen.length === 1 ? 'the destination is' : 'all of these destinations are'} switched off`)
    const id = parts.ulid()
    const draft: EventDraft = { ...appDraft('app.broadcast', { now: parts.clock.now(), reason: 'broadcast', text }), dedupeKey: `app|app.broadcast|${id}`, byUs: true, audience: { only: on } }
    const told = await sendOff(id, draft, context, parts)
    const off = ({ id: destinationId, label }: RoutedDestination): PlayedAt => ({ destinationId, label, decision: { decision: 'drop', stage: 'enabled', reason: 'destination_off', profileId: null, until: null }, attempt: null })
    return { eventId: id, destinations: chosen.map((destination) => told.find(({ destinationId }) => destinationId === destination.id) ?? off(destination)) }
  }
}

function textOf(text: string): string {
  const said = text.trim()
  if (said === '') throw new Error('there is nothing to say: write a message')
  if (said.length > LONGEST_BROADCAST) throw new Error(`the message is too long: it has ${said.length} characters, and may have ${LONGEST_BROADCAST}`)
  return said
}

/** In the order of the settings. */
function chosenOf(ids: readonly string[] | null, destinations: readonly RoutedDestination[]): readonly RoutedDestination[] {
  if (ids === null) return destinations
  for (const id of ids) if (!destinations.some((one) => one.id === id)) throw new Error(`there is no destination "${id}"; there are: ${destinations.map((one) => one.id).join(', ') || 'none'}`)
  return destinations.filter(({ id }) => ids.includes(id))
}
