/** What makes the most noise: which kinds made how many of the messages that were delivered. */
import type { EventType } from '../events/model.ts'
import type { History } from '../history/history.ts'
import { kindName } from './title.ts'
import { walk, type Walk } from './walk.ts'

export interface NoiseReport {
  days: number
  /** Messages that reached a destination; what went in a digest counts event by event. */
  messages: number
  /** There were more events than were looked at: these are the newest. */
  more: boolean
  /** The loudest first. `share`: of all messages, 0..1. */
  kinds: { type: EventType; name: string; messages: number; share: number }[]
  destinations: { id: string; messages: number; share: number }[]
  /** "“Progress” made 80 % of your messages in the last 7 days." */
  sentence: string
}

const DAY_MS = 24 * 3_600_000

/** @param days how far back @throws HistoryError, the reason of `signal` */
export async function noiseReport(given: Pick<Walk, 'pause' | 'signal' | 'most'> & { history: Pick<History, 'events' | 'outbox'>; now: number; days: number }): Promise<NoiseReport> {
  const { history, now, days } = given
  const byKind = new Map<EventType, number>()
  const byDestination = new Map<string, number>()
  const { more } = await walk({ ...given, since: now - days * DAY_MS, until: now }, ({ id, type, reason }) => {
    if (reason === 'rehearsal') return
    for (const { destinationId } of history.outbox({ eventId: id, states: ['delivered'] })) {
      byKind.set(type, (byKind.get(type) ?? 0) + 1)
      byDestination.set(destinationId, (byDestination.get(destinationId) ?? 0) + 1)
    }
  })
  return { ...reportOf(byKind, byDestination, days), more }
}

/** Pure: from what was counted to the report. */
export function reportOf(byKind: ReadonlyMap<EventType, number>, byDestination: ReadonlyMap<string, number>, days: number): Omit<NoiseReport, 'more'> {
  const messages = [...byKind.values()].reduce((all, n) => all + n, 0)
  const kinds = loudest(byKind).map(([type, n]) => ({ type, name: kindName(type), messages: n, share: n / messages }))
  return { days, messages, kinds, destinations: loudest(byDestination).map(([id, n]) => ({ id, messages: n, share: n / messages })), sentence: sentenceOf(kinds[0], messages, days) }
}

function loudest<K extends string>(counted: ReadonlyMap<K, number>): [K, number][] {
  return [...counted].sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
}

function sentenceOf(first: { name: string; share: number } | undefined, messages: number, days: number): string {
  if (first === undefined) return `No message was delivered in the last ${days} days.`
  const rounded = Math.round(first.share * 100)
  return `“${first.name}” made ${rounded}\u202f% of your ${messages} ${messages === 1 ? 'message' : 'messages'} in the last ${days} days.`
}
