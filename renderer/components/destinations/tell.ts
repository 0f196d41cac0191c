/** How a destination stands, in words. Pure. */
import type { DestinationView } from '../../../electron/bridge/views/settings.ts'
import type { IconName } from '../../lib/icons.ts'
import { shortTime, until } from '../../lib/time.ts'
import { inWords } from '../forms/units.ts'

/** `plural`: which of the forms that "|" parts. */
type Translate = (key: string, values?: Record<string, unknown>, plural?: number) => string

export interface Standing {
  tone: 'ok' | 'bad' | 'warn' | 'quiet'
  icon: IconName | null
  /** May be as long as a channel likes: it gives way. */
  text: string
  /** When that was; null = the text says it, or it never was. */
  when: string | null
}

/** The last result; what fails says since when, what waits how much. */
export function standingOf(destination: DestinationView, now: number, t: Translate): Standing {
  const { enabled, circuit, failingSince, last, held, heldUntil, waiting } = destination
  if (!enabled) return { tone: 'quiet', icon: null, text: t('settings.destinations.off'), when: null }
  if (circuit === 'gone') return { tone: 'bad', icon: 'fail', text: t('destinations.standing.gone'), when: null }
  const since = failingSince === null ? '' : until(failingSince, now)
  if (circuit === 'open') return { tone: 'bad', icon: 'fail', text: t('settings.destinations.failingSince', { time: since }), when: null }
  if (circuit === 'half_open') return { tone: 'warn', icon: 'refresh', text: t('settings.destinations.tryingAgain', { time: since }), when: null }
  if (held > 0 && held === waiting && heldUntil !== null) return { tone: 'quiet', icon: 'wait', text: t('destinations.standing.held', { count: held, time: until(heldUntil, now) }), when: null }
  if (waiting > 0) return { tone: 'quiet', icon: 'wait', text: t('destinations.standing.waits', { count: waiting }, waiting), when: null }
  if (last === null) return { tone: 'quiet', icon: null, text: t('settings.destinations.neverUsed'), when: null }
  const delivered = last.result === 'delivered'
  return { tone: delivered ? 'ok' : 'warn', icon: delivered ? 'check' : 'wait', text: inShort(last.detail), when: shortTime(last.at, now, t) }
}

export interface Trouble {
  tone: 'bad' | 'warn'
  cause: string
  /** What waits until when, what to do, and when it is tried next. */
  rest: string
}

/** What is wrong with one that fails, is tried again or is gone; null = nothing, or it is switched off. */
export function troubleOf(destination: DestinationView, now: number, t: Translate): Trouble | null {
  const { enabled, circuit, why, last, waiting, waitsUntil, nextTryAt } = destination
  if (!enabled || circuit === 'closed') return null
  const { cause, cure } = causeAndCure(why ?? last?.detail ?? standingOf(destination, now, t).text)
  const waits = waiting === 0 ? t('settings.destinations.waitsNone')
    : waitsUntil === null ? t('settings.destinations.waits', { count: waiting }, waiting)
      : t('destinations.trouble.waitsUntil', { count: waiting, time: until(waitsUntil, now) }, waiting)
  if (circuit === 'gone') return { tone: 'bad', cause: t('destinations.trouble.gone'), rest: together(cause, cure, waiting > 0 ? waits : '', t('destinations.trouble.goneCure')) }
  const next = circuit === 'half_open' ? '' : nextTryAt === null ? t('destinations.trouble.nextMessage') : t('destinations.trouble.next', { time: until(nextTryAt, now) })
  return { tone: circuit === 'open' ? 'bad' : 'warn', cause, rest: together(cure, waits, next) }
}

/** The first sentence is the cause. A dot inside a name or number ends nothing. */
function causeAndCure(detail: string): { cause: string; cure: string } {
  const end = /[.](?=\s+\p{Lu})/u.exec(detail)
  const cause = inShort(end ? detail.slice(0, end.index) : detail)
  return { cause: /[!?…]$/.test(cause) ? cause : `${cause}.`, cure: end ? detail.slice(end.index + 1).trim() : '' }
}

function together(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/** A channel's words where they stand alone: without the full stop, and beginning large, unless with the name of a computer. */
export function inShort(detail: string): string {
  const words = detail.replace(/\.$/, '')
  return /^[a-z]+(?= |$)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words
}

/** Which of those that fail has the page's one banner: with the most that waits, then for the longest; null = none fails. */
export function worstOf(destinations: readonly DestinationView[]): DestinationView | null {
  return destinations.filter(({ enabled, circuit }) => enabled && (circuit === 'open' || circuit === 'gone'))
    .sort((a, b) => b.waiting - a.waiting || (a.failingSince ?? Infinity) - (b.failingSince ?? Infinity))[0] ?? null
}

/** "412 ms", "1.2 s". */
export function duration(ms: number): string {
  return inWords(ms >= 1_000 ? Math.round(ms / 100) * 100 : Math.round(ms), 'milliseconds')
}
