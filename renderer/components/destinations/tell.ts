/** How a destination stands, in words. Pure. */
import type { DestinationView } from '../../../electron/bridge/views/settings.ts'
import type { IconName } from '../../lib/icons.ts'
import { shortTime, until } from '../../lib/time.ts'
import { inWords } from '../forms/units.ts'

type Translate = (key: string, values?: Record<string, unknown>) => string

export interface Standing {
  tone: 'ok' | 'bad' | 'warn' | 'quiet'
  icon: IconName | null
  text: string
}

/** The last result; what fails says since when. */
export function standingOf(destination: DestinationView, now: number, t: Translate): Standing {
  const { enabled, circuit, failingSince, last } = destination
  if (!enabled) return { tone: 'quiet', icon: null, text: t('settings.destinations.off') }
  const since = failingSince === null ? '' : until(failingSince, now)
  if (circuit === 'open') return { tone: 'bad', icon: 'fail', text: t('settings.destinations.failingSince', { time: since }) }
  if (circuit === 'half_open') return { tone: 'warn', icon: 'refresh', text: t('settings.destinations.tryingAgain', { time: since }) }
  if (last === null) return { tone: 'quiet', icon: null, text: t('settings.destinations.neverUsed') }
  const delivered = last.result === 'delivered'
  return { tone: delivered ? 'ok' : 'warn', icon: delivered ? 'check' : 'wait', text: `${last.detail.replace(/\.$/, '')}, ${shortTime(last.at, now, t)}` }
}

/** Which of those that fail has the page's one banner: with the most that waits, then for the longest; null = none fails. */
export function worstOf(destinations: readonly DestinationView[]): DestinationView | null {
  return destinations.filter(({ enabled, circuit }) => enabled && circuit === 'open')
    .sort((a, b) => b.waiting - a.waiting || (a.failingSince ?? Infinity) - (b.failingSince ?? Infinity))[0] ?? null
}

/** "412 ms", "1.2 s". */
export function duration(ms: number): string {
  return inWords(ms >= 1_000 ? Math.round(ms / 100) * 100 : Math.round(ms), 'milliseconds')
}
