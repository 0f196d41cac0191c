/** For how long somebody sees to something, as people choose it. Pure. */
import type { Acknowledging } from '../../../electron/bridge/views/common.ts'
import { tomorrowMorning } from '../../lib/time.ts'
import { momentOf } from '../../lib/moment.ts'

export const SPANS = ['hour', 'hours', 'tomorrow', 'time', 'good'] as const
export type Span = (typeof SPANS)[number]

const HOUR_MS = 3_600_000

export const FOR_GOOD: Acknowledging = { until: null, note: null, quiet: false }

/**
 * When it ends, epoch ms; null = never.
 * @param time as a datetime-local field writes it, for `time`
 * @returns undefined = that is no time, or it is over
 */
export function endOf(span: Span, time: string, now: number): number | null | undefined {
  switch (span) {
    case 'hour': return now + HOUR_MS
    case 'hours': return now + 4 * HOUR_MS
    case 'tomorrow': return tomorrowMorning(now)
    case 'good': return null
    case 'time': {
      const at = momentOf(time)
      return at === null || at <= now ? undefined : at
    }
  }
}
