import type { Circuit } from './delivery/circuit.ts'

/** A destination that fails now. */
export interface FailingDestination {
  destinationId: string
  /** Epoch ms. */
  since: number
  /** In words; no address, no secret. */
  why: string
  /** half_open = it is being tried right now; gone = nothing is sent there until somebody changes it or sends something again. */
  state: 'open' | 'half_open' | 'gone'
  /** When it is tried next, epoch ms; null = with the next message, or (gone) not by itself. */
  nextTryAt: number | null
}

/** One that could not even be opened. */
export type UnusableDestination = Pick<FailingDestination, 'destinationId' | 'since' | 'why'>

/** Out of the circuits and of what could not be opened, the longest first. @param now epoch ms */
export function failingDestinations(troubled: readonly { destinationId: string; circuit: Circuit }[], unusable: readonly UnusableDestination[], now: number): FailingDestination[] {
  const circuits = new Map(troubled.map(({ destinationId, circuit }) => [destinationId, circuit]))
  const closed = unusable.filter(({ destinationId }) => !circuits.has(destinationId)).map((one): FailingDestination => ({ ...one, state: 'open', nextTryAt: null }))
  return [...closed, ...troubled.map(({ destinationId, circuit }) => failing(destinationId, circuit, now))].sort((a, b) => a.since - b.since)
}

function failing(destinationId: string, { state, since, why, nextTryAt, quietUntil }: Circuit, now: number): FailingDestination {
  const next = Math.max(nextTryAt ?? 0, quietUntil ?? 0)
  return { destinationId, since: since ?? now, why, state: state === 'closed' ? 'open' : state, nextTryAt: state === 'open' && next > now ? next : null }
}
