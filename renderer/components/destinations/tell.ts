/** How a destination stands, in words. Pure. */
import type { DestinationView } from '../../../electron/bridge/views/settings.ts'
import type { IconName } from '../../lib/icons.ts'
import { shortTime, until } from '../../lib/time.ts'
import { inWords } from '../forms/units.ts'

type Translate = (key: string, values?: Record<string, unknown>) => string

export interface Standing {
  tone: 'ok' | 'bad' | 'warn' | 'quiet'
  icon: IconName | null
  /** May be as long as a channel likes: it gives way. */
  text: string
  /** When that was; null = the text says it, or it never was. */
  when: string | null
}

/** The last result; what fails says since when. */
export function standingOf(destination: DestinationView, now: number, t: Translate): Standing {
  const { enabled, circuit, failingSince, last } = destination
  if (!enabled) return { tone: 'quiet', icon: null, text: t('settings.destinations.off'), when: null }
  const since = failingSince === null ? '' : until(failingSince, now)
  if (circuit === 'open') return { tone: 'bad', icon: 'fail', text: t('settings.destinations.failingSince', { time: since }), when: null }
  if (circuit === 'half_open') return { tone: 'warn', icon: 'refresh', text: t('settings.destinations.tryingAgain', { time: since }), when: null }
  if (last === null) return { tone: 'quiet', icon: null, text: t('settings.destinations.neverUsed'), when: null }
  const delivered = last.result === 'delivered'
  return { tone: delivered ? 'ok' : 'warn', icon: delivered ? 'check' : 'wait', text: inShort(last.detail), when: shortTime(last.at, now, t) }
}

/** A channel's words where they stand alone: without the full stop, and beginning large, unless with the name of a computer. */
export function inShort(detail: string): string {
  const words = detail.replace(/\.$/, '')
  return /^[a-z]+(?= |$)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words
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
