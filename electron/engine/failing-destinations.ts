import type { Attempt } from './history/history.ts'
import type { DestinationNews } from './delivery/worker.ts'
import type { Clock } from './ports.ts'

/** A destination that fails now. */
export interface FailingDestination {
  destinationId: string
  /** Epoch ms. */
  since: number
  /** In words; no address, no secret. */
  why: string
}

/** Keeps what the deliveries tell of their destinations. */
export interface FailingDestinations {
  onNews(news: DestinationNews): void
  onAttempt(attempt: Pick<Attempt, 'destinationId' | 'result' | 'detail' | 'at'>): void
  /** It was opened anew or is gone: what was known of it counts no more. */
  forget(destinationId: string): void
  /** The longest first. `unusable`: those that could not even be opened. */
  list(unusable: readonly FailingDestination[]): FailingDestination[]
}

/** A far side that is busy once or twice is no failing one. */
const TRIES = 3

export function createFailingDestinations(clock: Clock): FailingDestinations {
  const failing = new Map<string, FailingDestination>()
  /** Tries in a row that were to be repeated. */
  const repeated = new Map<string, { count: number; since: number }>()

  function forget(destinationId: string): void {
    failing.delete(destinationId)
    repeated.delete(destinationId)
  }

  return {
    forget,
    onNews({ destinationId, state, why }) {
      if (state === 'recovered') forget(destinationId)
      else failing.set(destinationId, { destinationId, since: repeated.get(destinationId)?.since ?? clock.now(), why })
    },
    onAttempt({ destinationId, result, detail, at }) {
      if (result === 'delivered') forget(destinationId)
      if (result !== 'retry') return
      const before = repeated.get(destinationId)
      const now = { count: (before?.count ?? 0) + 1, since: before?.since ?? at }
      repeated.set(destinationId, now)
      if (now.count >= TRIES) failing.set(destinationId, { destinationId, since: failing.get(destinationId)?.since ?? now.since, why: detail })
    },
    list: (unusable) => [...unusable, ...[...failing.values()].filter((one) => unusable.every(({ destinationId }) => destinationId !== one.destinationId))].sort((a, b) => a.since - b.since),
  }
}
