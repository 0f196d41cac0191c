/** One wait for a person is told by several events: the first word, its reminders, its end. Whoever answers one of them means all. */
import { EVENT_TYPES, type Attention, type PrinterEvent } from '../events/model.ts'
import type { History } from '../history/history.ts'

const TYPES = EVENT_TYPES.filter((type) => type.startsWith('attention.'))
/** A day of reminders every two minutes. */
const MOST = 1_000

/** Ids of all events of a printer about these attentions, each known by its key and since when it is open. */
export function eventsAbout(attentions: readonly Pick<Attention, 'key' | 'since'>[], printerId: string, history: Pick<History, 'events'>): string[] {
  if (attentions.length === 0) return []
  const since = Math.min(...attentions.map((one) => one.since))
  return history.events({ printerId, types: TYPES, since, limit: MOST }).flatMap(({ id, attention: about }) =>
    attentions.some(({ key, since: opened }) => about?.key === key && about.since === opened) ? [id] : [])
}

/** Ids of what an event that is no attention reminds of, and of all reminders of that; itself is one of them. */
export function eventsReminding(event: PrinterEvent, history: Pick<History, 'event' | 'events'>): string[] {
  const root = event.about?.eventId ?? event.id
  const since = (root === event.id ? event : (history.event(root) ?? event)).occurredAt
  const reminders = history.events({ printerId: event.printerId, types: ['attention.reminder'], since, limit: MOST }).filter(({ about }) => about?.eventId === root)
  return [...new Set([root, ...reminders.map(({ id }) => id), event.id])]
}
