/** Ids of events, decisions and whatever else is kept: ULIDs, in the order they were made, also within a millisecond. */
import { randomBytes } from 'node:crypto'
import { monotonicFactory } from 'ulid'

/** One of 256 steps of [0, 1), as ulid's own, which takes it of the web's crypto: loading that is milliseconds of a start (docs/performance.md). */
const chance = (): number => (randomBytes(1)[0] ?? 0) / 256

/** @returns makes one id a call */
export const ulids = (): (() => string) => {
  const next = monotonicFactory(chance)
  return () => next()
}
