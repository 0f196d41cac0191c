/**
 * Late news for this desk becomes one message ("3 events while you were away"), and so does what was held back for another destination. What
 * followed the first of a burst, and what a server did to all of its printers, becomes one of its own ("19 printers: print done").
 */
import type { ChannelCapabilities } from '../channels/channel.ts'
import type { OutboxRow, StoredEvent } from '../history/history.ts'
import { isStep } from '../rules/escalation.ts'
import { gatheredBy, type GatheredBy } from '../rules/grouping.ts'
import type { Judgement } from '../rules/route.ts'
import type { Marks } from './marks.ts'
import type { ActionId, Message } from './message.ts'
import { LATE_AFTER_MS, LEASE_MS, type WorkerPorts } from './ports.ts'
import { threadKeyOf } from './render.ts'
import { renderGroup, renderSummary } from './summary.ts'

export interface Summary {
  /** Leased, all told by the message. */
  rows: OutboxRow[]
  message: Message
  /** What was told first, and what that becomes when the rest is told in its place; null = the rest is a message of its own. */
  amends: { row: OutboxRow; event: StoredEvent; message: Message } | null
  /** It was shown: what it told is told once more by the next one, until somebody looked. */
  shown(): void
}

/** It waited for a timeslot, a digest or others of its kind; a step of an escalation speaks for itself. */
export function isHeldNews(row: OutboxRow): boolean {
  return row.releaseAt !== null && !isStep(row)
}

export interface Gathering {
  /** Null = the row is told by itself. Leases what it gathers. @param at `local`: at this desk, then what nobody has looked at is told once more */
  summaryOf(row: OutboxRow, event: StoredEvent, at: Pick<ChannelCapabilities, 'local' | 'canUpdate'>): Summary | null
}

/** One message tells all printers that an engine watches. */
const GATHER_AT_MOST = 250
/** A summary that nobody has looked at grows for so long; then it is old news. ms */
const SUMMARY_GROWS_MS = 15 * 60_000

/** Buttons that a summary has as well, or that none is missed without. */
const LOOKING: ReadonlySet<ActionId> = new Set<ActionId>(['open', 'seen', 'mute_1h'])

export function createGathering(ports: Pick<WorkerPorts, 'history' | 'clock' | 'judge' | 'language' | 'render'>, marks: Pick<Marks, 'drop' | 'hold'>): Gathering {
  const { history, clock } = ports
  /** What the last summary of a destination told. */
  const summaries = new Map<string, { at: number; eventIds: string[] }>()

  /** News of what is over, or that could not be told for a while. */
  const belated = (row: OutboxRow, event: StoredEvent): boolean => event.late || clock.now() - row.createdAt > LATE_AFTER_MS

  /** What the last summary told and nobody has looked at: a second one would take its place on the screen, so it tells that too. */
  function toldBefore(destinationId: string): StoredEvent[] {
    const last = summaries.get(destinationId)
    if (last === undefined || clock.now() - last.at > SUMMARY_GROWS_MS) return []
    return last.eventIds.flatMap((id) => {
      const event = history.event(id)
      return event !== null && event.seenAt === null ? [event] : []
    })
  }

  /** Takes what else waits there and is belated, due or not: told together they all go now. */
  function gather(destinationId: string, goesAlong: (row: OutboxRow, event: StoredEvent) => boolean): { row: OutboxRow; event: StoredEvent }[] {
    const now = clock.now()
    const waiting = history.outbox({ destinationId, states: ['waiting'], limit: GATHER_AT_MOST })
    const events = new Map(waiting.flatMap((row) => {
      const event = now < row.expiresAt ? history.event(row.eventId) : null
      return event !== null && goesAlong(row, event) ? [[row.id, event] as const] : []
    }))
    return history.leaseThese([...events.keys()], now, LEASE_MS).flatMap((row) => {
      const event = events.get(row.id)
      if (event === undefined) return []
      const judgement: Judgement = ports.judge(row, event)
      if (judgement.send) return [{ row, event }]
      if (judgement.until === undefined) marks.drop(row, judgement.stage, judgement.reason)
      else marks.hold(row, judgement.stage, judgement.reason, judgement.until)
      return []
    })
  }

  /** What the row waited with; null = it did not, or so long that it is told as what happened meanwhile. */
  function waitedWith(row: OutboxRow): GatheredBy | null {
    if (!isHeldNews(row) || clock.now() - (row.releaseAt ?? 0) > LATE_AFTER_MS) return null
    return gatheredBy(history.decisions(row.eventId), row.destinationId)
  }

  function ofOneKind(row: OutboxRow, event: StoredEvent, by: GatheredBy, canUpdate: boolean): Summary | null {
    const { destinationId } = row
    const others = gather(destinationId, (other, told) => {
      const its = told.type === event.type ? waitedWith(other) : null
      return its?.by === by.by && its.id === by.id
    })
    const events = [event, ...others.map((other) => other.event)]
    const rows = [row, ...others.map((other) => other.row)]
    const language = ports.language?.(destinationId)
    const late = events.some((one) => clock.now() - one.observedAt > LATE_AFTER_MS)
    const telling = (all: StoredEvent[], threadKey: string): Message => (all.some((one) => one.late)
      // Nobody looked when it happened: there is no moment to tell of.
      ? { ...renderSummary(all, language), threadKey }
      : renderGroup(all, { server: by.by === 'host' ? by.id : null, threadKey, late, now: clock.now(), ...(language ? { language } : {}) }))
    const first = by.by === 'burst' && canUpdate ? toldFirst(destinationId, by.id) : null
    const amends = first && { ...first, message: telling([first.event, ...events], threadKeyOf(first.event)) }
    if (others.length === 0 && amends === null) return null
    return { rows, amends, message: telling(events, `${by.by}|${by.id}|${event.id}`), shown: () => undefined }
  }

  /** What was told of the first of a burst, where it may be changed: a message that offers to do something about its printer keeps its words and its buttons. */
  function toldFirst(destinationId: string, eventId: string): { row: OutboxRow; event: StoredEvent } | null {
    const event = history.event(eventId)
    const row = history.outbox({ eventId, destinationId, states: ['delivered'] }).at(-1)
    if (event === null || row === undefined) return null
    return ports.render(event, destinationId, false).actions.every(({ id }) => LOOKING.has(id)) ? { event, row } : null
  }

  return {
    summaryOf(row, event, { local: here, canUpdate }) {
      const by = waitedWith(row)
      if (by !== null) return ofOneKind(row, event, by, canUpdate)
      const goesAlong = here ? belated : (other: OutboxRow): boolean => isHeldNews(other) && waitedWith(other) === null
      if (!goesAlong(row, event)) return null
      const { destinationId } = row
      const others = gather(destinationId, goesAlong)
      const before = here ? toldBefore(destinationId) : []
      if (others.length === 0 && before.length === 0) return null
      const events = [...before, event, ...others.map((other) => other.event)]
      return {
        rows: [row, ...others.map((other) => other.row)],
        message: renderSummary(events, ports.language?.(destinationId)),
        amends: null,
        shown: () => void summaries.set(destinationId, { at: clock.now(), eventIds: events.map(({ id }) => id) }),
      }
    },
  }
}
