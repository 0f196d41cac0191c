/**
 * Discord tells with every answer how much it still takes, and wants nobody to count by fixed numbers
 * (https://discord.com/developers/docs/topics/rate-limits). Whoever runs into its limits too often is shut out as a whole.
 */
import type { Clock } from '../../ports.ts'
import { pause } from '../kit/wait.ts'

/** A wait as short as this is spent here; for a longer one the message goes back to the outbox. ms */
const SHORT_MS = 5_000

export interface Pace {
  /** @returns ms that are still to be waited by somebody else; null = go on */
  ready(signal: AbortSignal): Promise<number | null>
  /** @param after what a 429 asked for, ms; null = it was none, or it asked for nothing */
  heard(headers: Readonly<Record<string, string>>, after: number | null): void
}

export function createPace(clock: Clock): Pace {
  /** On the monotonic clock. */
  let openAt = 0
  return {
    async ready(signal) {
      const wait = openAt - clock.monotonic()
      if (wait <= 0) return null
      if (wait > SHORT_MS) return Math.ceil(wait)
      await pause(clock, wait, signal)
      return null
    },
    heard(headers, after) {
      const resetAfter = Number(headers['x-ratelimit-reset-after'] ?? Number.NaN) * 1000
      const used = headers['x-ratelimit-remaining'] === '0' && Number.isFinite(resetAfter) ? resetAfter : 0
      openAt = Math.max(openAt, clock.monotonic() + Math.max(used, after ?? 0))
    },
  }
}
