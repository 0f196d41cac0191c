/** When to try again. */
import type { Random } from '../ports.ts'

export interface BackOff {
  /** Ceiling of the first wait; ms. */
  baseMs: number
  /** Ceiling of every wait; ms. */
  capMs: number
  /** Never less, whatever chance says: a far side that fails at once must not be hammered. */
  floorMs: number
}

/** For what passes by itself: network, overload. */
export const PASSING: BackOff = { baseMs: 2_000, capMs: 15 * 60_000, floorMs: 500 }
/** The first refusals of a whole destination: perhaps its service is only being updated. */
export const FIRST_REFUSALS: BackOff = { baseMs: 30_000, capMs: 2 * 60_000, floorMs: 15_000 }
/** How often a destination that fails for minutes is tried, where it passes by itself. */
export const PROBE: BackOff = { baseMs: 15_000, capMs: 15 * 60_000, floorMs: 5_000 }
/** The same for what someone must mend: a wrong address or key. */
export const NEEDS_MENDING: BackOff = { baseMs: 5 * 60_000, capMs: 60 * 60_000, floorMs: 60_000 }
/** A far side's own wish is followed up to here; what it asks beyond is a mistake or an attack. */
export const LONGEST_WISH_MS = 24 * 3_600_000

/**
 * Exponential with full jitter: anything between nothing and the doubled ceiling, so that many senders spread out.
 * @param attempt 1 for the first try that failed
 * @returns ms
 */
export function backOff(attempt: number, random: Random, shape: BackOff = PASSING): number {
  const ceiling = Math.min(shape.capMs, shape.baseMs * 2 ** Math.min(30, Math.max(0, attempt - 1)))
  return Math.max(shape.floorMs, Math.round(random() * ceiling))
}

/** The wait before the next try: what the far side asked for, or our back-off where that is longer; ms. */
export function nextDelay(attempt: number, wish: number | null, random: Random, shape: BackOff = PASSING): number {
  return Math.max(backOff(attempt, random, shape), Math.min(LONGEST_WISH_MS, wish ?? 0))
}

/**
 * A Retry-After header: whole seconds or an HTTP date (RFC 9110, 10.2.3).
 * @param now epoch ms
 * @returns ms from now, at least 0; null when there is none or it can't be read
 */
export function parseRetryAfter(value: unknown, now: number): number | null {
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^\d{1,10}$/.test(text)) return Math.min(LONGEST_WISH_MS, Number(text) * 1000)
  // Date.parse would read "-5" and "1.5" as dates.
  if (!/^[A-Za-z]{3,9}, /.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.min(LONGEST_WISH_MS, Math.max(0, at - now))
}

/**
 * When a limit is counted anew, as X-Ratelimit-Reset and its like tell it: whole seconds since 1970.
 * @param now epoch ms
 * @returns ms from now, at least 0; null when there is none or it can't be read
 */
export function parseReset(value: unknown, now: number): number | null {
  return typeof value === 'string' && /^\d{9,11}$/.test(value) ? Math.max(0, Number(value) * 1000 - now) : null
}
