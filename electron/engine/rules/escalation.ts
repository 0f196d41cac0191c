/**
 * Nobody acknowledged in N minutes: others are told. Each step is a row that is held from the start, so that it survives a restart, and is
 * judged when its time comes: an acknowledgement, the end of the trouble or of the print stops it. Pure.
 */
import type { EventDraft, EventType } from '../events/model.ts'
import { reopens } from '../events/still-open.ts'
import type { Decision, OutboxRow } from '../history/history.ts'
import { deliveryKeyOf } from './outbox-plan.ts'
import type { CompiledProfile } from './profiles.ts'

/** What needs a person although it is no attention. */
const FAILURES: ReadonlySet<EventType> = new Set<EventType>(['job.failed', 'failure.detected', 'heater.runaway', 'device.error', 'device.shutdown'])

/** A reminder asks nobody anew; that an acknowledgement is over does. */
export function needsAnswer(event: Pick<EventDraft, 'type' | 'attention' | 'reason'>): boolean {
  return FAILURES.has(event.type) || reopens(event) || (event.attention !== undefined && event.type !== 'attention.cleared' && event.type !== 'attention.reminder')
}

/** Whether a row is a step of an escalation. */
export function isStep(row: Pick<OutboxRow, 'cancelOn'>): boolean {
  return row.cancelOn.includes('acknowledged')
}

export interface Step {
  destinationId: string
  profileId: string | null
  /** 1 for the first. */
  number: number
  /** Epoch ms. */
  at: number
}

/** @param told profiles that told the event to somebody. A destination that several of them name hears of each step once, at the earliest. */
export function stepsOf(event: Pick<EventDraft, 'type' | 'attention' | 'reason'>, told: readonly CompiledProfile[], now: number): Step[] {
  if (!needsAnswer(event)) return []
  const steps = new Map<string, Step>()
  for (const { id, byEvents, escalate } of told) {
    for (const destinationId of escalate?.to ?? []) {
      for (let number = 1; number <= (escalate?.times ?? 0); number++) {
        const at = now + number * (escalate?.afterMs ?? 0)
        const known = steps.get(`${destinationId} ${number}`)
        if (known === undefined || at < known.at) steps.set(`${destinationId} ${number}`, { destinationId, profileId: byEvents ? null : id, number, at })
      }
    }
  }
  return [...steps.values()]
}

/** The step as it is stored: a decision behind those on the same destination, and a row that is held. @param row as an ordinary delivery would have it */
export function storedStep({ destinationId, profileId, number, at }: Step, eventId: string, row: Omit<OutboxRow, 'eventId'>, now: number): { decision: Omit<Decision, 'eventId'>; row: Omit<OutboxRow, 'eventId'> } {
  const key = `${deliveryKeyOf(eventId, destinationId)}.${number}`
  return {
    decision: { destinationId, seq: 1 + number, decision: 'hold', stage: 'escalation', reason: `escalation:${number}`, profileId, until: at, at: now },
    row: { ...row, id: key, deliveryKey: key, state: 'held', releaseAt: at, nextAttemptAt: at, pictureUntil: null, expiresAt: at + (row.expiresAt - now), cancelOn: ['acknowledged', 'resolved'] },
  }
}
