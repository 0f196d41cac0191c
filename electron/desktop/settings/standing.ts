/** How a destination does now, out of what the engine and the history know of it. Pure but for what it asks. */
import type { Engine } from '../../engine/engine.ts'
import type { History } from '../../engine/history/history.ts'
import type { DestinationStanding } from './view.ts'

export interface StandingParts {
  /** Asked anew each time; null = no engine runs yet. */
  engine(): Pick<Engine, 'failing'> | null
  history: Pick<History, 'attempts' | 'outbox'>
}

/** Rows that wait are counted up to so many; above that a number tells nothing more. */
const COUNTED = 1_000

export function standingOf(destinationId: string, { engine, history }: StandingParts): DestinationStanding {
  const failure = engine()?.failing().find((failing) => failing.destinationId === destinationId) ?? null
  const last = history.attempts({ destinationId, limit: 1 })[0] ?? null
  const waiting = history.outbox({ destinationId, states: ['waiting', 'held', 'leased'], limit: COUNTED })
  return {
    // What is gone is open for good: it is tried again when somebody changes it.
    circuit: failure === null ? 'closed' : failure.state === 'half_open' ? 'half_open' : 'open',
    failingSince: failure?.since ?? null,
    last: last && { at: last.at, result: last.result, detail: last.detail },
    waiting: waiting.length,
  }
}
