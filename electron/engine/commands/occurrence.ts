/** What an answer of a person is about. One wait for a person is told by several events: the first word, its reminders, its end; whoever answers one of them means all. */
import { EVENT_TYPES, type Attention, type EventType, type PrinterEvent, type PrinterState } from '../events/model.ts'
import { ENDED_BADLY, openness } from '../events/still-open.ts'
import type { History, StoredEvent } from '../history/history.ts'
import { troubleOf } from '../silences/trouble.ts'

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

/** What can be open at a printer, is no attention and asks for somebody (docs/rules.md, "Acknowledging"): a camera that is gone for good does not. */
const TROUBLE: EventType[] = [
  'failure.warning', 'failure.detected', 'job.failed', 'job.result_unknown', 'job.paused', 'job.stalled', 'device.error', 'device.shutdown', 'heater.runaway', 'heater.left_on',
  'link.lost', 'link.auth_failed', 'link.refused',
]
const LATELY = 200

/**
 * What is open at a printer, is no attention, and is acknowledged by nobody: the newest event of each trouble, the newest first. What can't be seen now
 * counts as open. A pause is told by what made it, where that is open too: one stop is not to be told twice when the acknowledgement is over.
 */
export function openTroubles(printerId: string, state: PrinterState, history: Pick<History, 'events'>): StoredEvent[] {
  const begun = history.events({ printerId, types: ['job.started'], limit: 1 })[0]?.occurredAt ?? -Infinity
  const known = new Set<string>()
  const open = history.events({ printerId, types: TROUBLE, limit: LATELY }).filter((event) => {
    const trouble = asOne(event)
    if (known.has(trouble)) return false
    known.add(trouble)
    return event.acknowledgedAt === null && openness(event, { state, printedSince: begun > event.occurredAt, looked: false, cameraBack: false }) !== 'over'
  })
  const others = open.filter(({ type }) => type !== 'job.paused')
  return others.length > 0 || state.attentions.length > 0 ? others : open
}

/** What is one trouble: also the last bad end, whatever print it was, and a printer in error with the heater that made it so. */
function asOne(event: StoredEvent): string {
  if (ENDED_BADLY.has(event.type)) return 'ended badly'
  return troubleOf(event.type === 'heater.runaway' ? { ...event, type: 'device.error' } : event)
}
