/** What makes the most noise: which kinds made how many of the messages that were delivered, and where to. */
import type { EventType } from '../events/model.ts'
import type { History } from '../history/history.ts'
import { kindName } from './title.ts'
import { walk, type Walk } from './walk.ts'

export interface NoiseOfKind {
  type: EventType
  name: string
  messages: number
  /** Of the messages it is told among, 0..1. */
  share: number
  /** The profile that told most of them; null = the one that goes by what is ticked. */
  profileId: string | null
}

export interface NoiseReport {
  days: number
  /** Messages that reached a destination; what went in a digest counts event by event. */
  messages: number
  /** There were more events than were looked at: these are the newest. */
  more: boolean
  /** The loudest first. */
  kinds: NoiseOfKind[]
  /** The loudest first; `share` of all messages, that of its kinds of its own. */
  destinations: { id: string; messages: number; share: number; kinds: NoiseOfKind[] }[]
  /** "“Progress” made 80 % of your messages in the last 7 days." */
  sentence: string
}

/** A message that reached a destination. */
export interface Told {
  type: EventType
  destinationId: string
  /** null = by what is ticked. */
  profileId: string | null
}

const DAY_MS = 24 * 3_600_000

/** @param days how far back @throws HistoryError, the reason of `signal` */
export async function noiseReport(given: Pick<Walk, 'pause' | 'signal' | 'most'> & { history: Pick<History, 'events' | 'outbox' | 'decisions'>; now: number; days: number }): Promise<NoiseReport> {
  const { history, now, days } = given
  const tally = noiseTally()
  const { more } = await walk({ ...given, since: now - days * DAY_MS, until: now }, ({ id, type, reason }) => {
    if (reason === 'rehearsal') return
    const delivered = history.outbox({ eventId: id, states: ['delivered'] })
    if (delivered.length === 0) return
    const decisions = history.decisions(id)
    for (const { destinationId } of delivered) {
      // What is judged again later is told by the same profile, or by none: the newest that names one.
      const profileId = decisions.findLast((each) => each.destinationId === destinationId && each.decision !== 'drop')?.profileId ?? null
      tally.add({ type, destinationId, profileId })
    }
  })
  return { ...tally.report(days), more }
}

/** Adds up, message by message. Pure. */
export function noiseTally(): { add(told: Told): void; report(days: number): Omit<NoiseReport, 'more'> } {
  const all = new KindTally()
  const byDestination = new Map<string, KindTally>()
  return {
    add({ type, destinationId, profileId }) {
      all.add(type, profileId)
      const known = byDestination.get(destinationId) ?? new KindTally()
      known.add(type, profileId)
      byDestination.set(destinationId, known)
    },
    report(days) {
      const kinds = all.kinds()
      const destinations = [...byDestination].map(([id, tally]) => ({ id, messages: tally.messages, share: tally.messages / all.messages, kinds: tally.kinds() }))
      return { days, messages: all.messages, kinds, destinations: destinations.sort((a, b) => b.messages - a.messages || a.id.localeCompare(b.id)), sentence: sentenceOf(kinds[0], all.messages, days) }
    },
  }
}

/** Messages of each kind, and which profile told them. */
class KindTally {
  readonly #kinds = new Map<EventType, Map<string | null, number>>()
  messages = 0

  add(type: EventType, profileId: string | null): void {
    this.messages += 1
    const profiles = this.#kinds.get(type) ?? new Map<string | null, number>()
    profiles.set(profileId, (profiles.get(profileId) ?? 0) + 1)
    this.#kinds.set(type, profiles)
  }

  /** The loudest first. */
  kinds(): NoiseOfKind[] {
    return [...this.#kinds].map(([type, profiles]) => {
      const messages = [...profiles.values()].reduce((sum, n) => sum + n, 0)
      const [profileId] = [...profiles].sort(([a, n], [b, m]) => m - n || String(a).localeCompare(String(b)))[0] ?? [null]
      return { type, name: kindName(type), messages, share: messages / this.messages, profileId }
    }).sort((a, b) => b.messages - a.messages || a.type.localeCompare(b.type))
  }
}

function sentenceOf(first: { name: string; share: number } | undefined, messages: number, days: number): string {
  if (first === undefined) return `No message was delivered in the last ${days} days.`
  const rounded = Math.round(first.share * 100)
  return `“${first.name}” made ${rounded}\u202f% of your ${messages} ${messages === 1 ? 'message' : 'messages'} in the last ${days} days.`
}
