/** Ids of events, decisions and whatever else is kept: ULIDs, in the order they were made, also within a millisecond. */
import { monotonicFactory } from 'ulid'
import type { Random } from './ports.ts'

/**
 * @param random what the 80 bits behind the time are made of. An id is a name, never a secret, so it need not come from a generator made for
 * those: loading that one is five milliseconds of a start (docs/performance.md)
 * @returns makes one id a call
 */
export const ulids = (random: Random): (() => string) => {
  const next = monotonicFactory(random)
  return () => next()
}
