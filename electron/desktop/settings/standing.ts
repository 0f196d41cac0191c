/** How a destination does now, from what the engine and the history tell. */
import type { FailingDestination } from '../../engine/failing-destinations.ts'
import type { History } from '../../engine/history/history.ts'
import type { DestinationStanding } from './view.ts'

export interface StandingParts {
  /** Destinations that fail now (Engine.failing); empty while no engine runs. */
  failing(): readonly FailingDestination[]
  history: Pick<History, 'attempts' | 'outbox'>
}

/** Waiting messages are counted up to this many: nobody reads more. */
const COUNTED = 1_000

export function standingOf(destinationId: string, { failing, history }: StandingParts): DestinationStanding {
  const failed = failing().find((destination) => destination.destinationId === destinationId)
  const attempt = history.attempts({ destinationId, limit: 1 })[0]
  return {
    circuit: failed ? 'open' : 'closed',
    failingSince: failed?.since ?? null,
    last: attempt ? { at: attempt.at, result: attempt.result, detail: attempt.detail } : null,
    waiting: history.outbox({ destinationId, states: ['waiting', 'leased', 'held'], limit: COUNTED }).length,
  }
}
