/** How a destination does now, out of what the engine and the history know of it. Pure but for what it asks. */
import type { Engine } from '../../engine/engine.ts'
import type { History } from '../../engine/history/history.ts'
import type { DestinationStanding } from './view.ts'

export interface StandingParts {
  /** Asked anew each time; null = no engine runs yet. */
  engine(): Pick<Engine, 'failing' | 'deadLetterCounts' | 'brokenTemplates'> | null
  history: Pick<History, 'attempts' | 'outbox'>
}

/** Rows that wait are counted up to so many; above that a number tells nothing more. */
const COUNTED = 1_000

/** How each destination does now. What the engine knows of all of them is asked once; make another one for another look. */
export function standingsNow({ engine, history }: StandingParts): (destinationId: string) => DestinationStanding {
  const running = engine()
  const failing = new Map(running?.failing().map((failure) => [failure.destinationId, failure]))
  const dead = running?.deadLetterCounts()
  const broken = new Map(running?.brokenTemplates().map(({ destinationId, why }) => [destinationId, why]))
  return (destinationId) => {
    const failure = failing.get(destinationId) ?? null
    const last = history.attempts({ destinationId, limit: 1 })[0] ?? null
    const waiting = history.outbox({ destinationId, states: ['waiting', 'held', 'leased'], limit: COUNTED })
    const held = waiting.filter(({ state }) => state === 'held')
    return {
      circuit: failure?.state ?? 'closed',
      failingSince: failure?.since ?? null,
      why: failure?.why ?? null,
      nextTryAt: failure?.nextTryAt ?? null,
      last: last && { at: last.at, result: last.result, detail: last.detail },
      waiting: waiting.length,
      waitsUntil: first(waiting.map(({ expiresAt }) => expiresAt)),
      held: held.length,
      heldUntil: first(held.flatMap(({ releaseAt }) => releaseAt ?? [])),
      templateTrouble: broken.get(destinationId) ?? null,
      undelivered: dead?.get(destinationId) ?? 0,
    }
  }
}

function first(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times)
}
