/** What cards, rows and details say. Pure: texts, time and zone come in. */
import { BY_URGENCY, type StateCounts } from '../../../electron/bridge/views/card-order.ts'
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { clock, dayAndClock, daysBetween, percent, shortTime, until } from '../../lib/time.ts'

type Card = PrinterCard
/** As vue-i18n gives it. */
export type Translate = (key: string, values?: Record<string, unknown> | number) => string

/** Every word of the search somewhere in name, file or server. */
export function matches(card: Card, text: string): boolean {
  const hay = `${card.name} ${card.file ?? ''} ${card.server}`.toLocaleLowerCase()
  return text.toLocaleLowerCase().split(/\s+/).every((word) => hay.includes(word))
}

/** "1 needs you, 1 error, 1 printing"; a narrow head has room for what is urgent, a wide one for all. */
export function headLine(counts: StateCounts, width: 'narrow' | 'normal' | 'wide', t: Translate): string {
  const told = width === 'narrow' ? BY_URGENCY.slice(0, 2) : width === 'normal' ? BY_URGENCY.filter((state) => state !== 'idle') : BY_URGENCY
  const parts = told.filter((state) => counts[state] > 0).map((state) => t(`printers.head.${state}`, counts[state]))
  if (width !== 'wide' || parts.length === 0) return parts.join(', ')
  return `${t('printers.count', Object.values(counts).reduce((sum, count) => sum + count, 0))}: ${parts.join(', ')}`
}

/** The state's own word, or the phase of a print where that says more. */
export function badgeWord(card: Card, t: Translate): string {
  const phases: readonly string[] = ['preparing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling']
  return card.state === 'printing' && phases.includes(card.job) ? t(`printers.phase.${card.job}`) : t(`state.${card.state}`)
}

/** Whether an emergency stop would reach it, and find something to stop. */
export function stoppable({ link, device }: Pick<Card, 'link' | 'device'>): boolean {
  return link === 'up' && device !== 'shutdown' && device !== 'off'
}

/** Cause and cure with the time put into the cause: "Filament ran out 4 min ago, at 62 %. Load filament, then resume." */
export function causeText(card: Card, now: number, t: Translate, locale?: string): string | null {
  if (card.cause === null) return null
  const when = whenOf(card, now, t, locale)
  if (when === null) return card.cause
  const [, first = card.cause, mark = '', rest = ''] = /^(.*?[^.?!…])([.?!…])(?=\s|$)\s*(.*)$/s.exec(card.cause) ?? []
  // A firmware's cry may go on for several sentences: the time stands before it.
  if (mark === '!') return `${capital(when)}: ${card.cause}`
  // A question keeps its mark; the time follows.
  const cause = mark === '.' ? t('printers.causeWhen', { cause: first, when }) : `${first}${mark} ${capital(when)}.`
  return rest === '' ? cause : `${cause} ${rest}`
}

/** A file's name in pieces between which a line may end: a name has no spaces. */
export function breakable(name: string): string[] {
  return name.split(/(?<=[_./-])(?=.)/)
}

/** The cause alone, without its cure: what a row has room for. */
export function causeShort(card: Card): string | null {
  return card.cause === null ? null : /^(.*?[^.?!…])(?:[.…](?=\s|$)|$)/s.exec(card.cause)?.[1] ?? card.cause
}

function whenOf(card: Card, now: number, t: Translate, locale?: string): string | null {
  if (card.since === null) return null
  // An error happened, a refusal and a silence last.
  if (card.state !== 'needs') return t(card.state === 'error' && card.link === 'up' ? 'printers.at' : 'printers.since', { time: moment(card.since, now, locale) })
  const minutes = Math.floor((now - card.since) / 60_000)
  const ago = minutes < 1 ? null : minutes < 60 ? t('printers.agoMinutes', { count: minutes }) : minutes < 48 * 60 ? t('time.hoursAgo', { count: Math.floor(minutes / 60) }) : t('time.daysAgo', Math.floor(minutes / 1_440))
  const at = card.progress === null ? null : t('printers.atPercent', { percent: percent(card.progress) })
  return [ago, at].filter((part) => part !== null).join(', ') || null
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A moment as near as people say it: "14:31", "Tue 14:31" within six days, "31 Dec 14:31" beyond, with the year when that is another. */
export function moment(at: number, now: number, locale?: string): string {
  if (Math.abs(daysBetween(at, now)) <= 6) return until(at, now, locale)
  return dayAndClock(at, locale, new Date(at).getFullYear() !== new Date(now).getFullYear())
}

/** Time a picture was taken: the clock today, day and clock before. */
export function pictureTime(at: number, now: number, locale?: string): string {
  if (daysBetween(at, now) === 0) return clock(at, locale)
  return dayAndClock(at, locale)
}

/** "Done 16 min ago"; null where the last print is seen or none is known. */
export function resultText(card: Card, now: number, t: Translate, locale?: string): string | null {
  if (card.lastResult === null) return null
  const ends: Partial<Record<string, string>> = { 'job.done': 'done', 'job.cancelled': 'cancelled', 'job.failed': 'failed' }
  return `${t(`printers.result.${ends[card.lastResult.type] ?? 'unknown'}`)} ${shortTime(card.lastResult.at, now, (key, values) => t(key, values), locale)}`
}

/** A file's name without its ending: lists say it shorter. */
export function fileTitle(name: string): string {
  return name.replace(/(\.gcode\.3mf|\.gcode|\.bgcode|\.gco|\.gc|\.g|\.3mf|\.ufp)$/i, '') || name
}

/** Letters that stay at the end of a name that is cut in its middle: its last words, as many as that gives room for. */
const TAIL_AT_MOST = 9
/** A last word that is longer is cut itself; one that is shorter tells nothing. */
const TAIL = 7
const TAIL_AT_LEAST = 3

/** A name in two parts, of which the first may be cut: both ends tell. */
export function middleCut(name: string): { start: string; end: string } {
  const letters = Array.from(name)
  const isBreak = (index: number): boolean => /[\s_-]/.test(letters[letters.length - index - 1] ?? ' ')
  let tail = TAIL
  for (let length = TAIL_AT_MOST; length >= TAIL_AT_LEAST; length--) {
    if (!isBreak(length)) continue
    tail = length
    break
  }
  return { start: letters.slice(0, -tail).join(''), end: letters.slice(-tail).join('') }
}

/** The heaters a card has room for: the first nozzle and the bed. */
export function mainHeaters(card: Card): Card['heaters'] {
  const first = (role: 'nozzle' | 'bed'): Card['heaters'] => card.heaters.filter((heater) => heater.role === role).slice(0, 1)
  return [...first('nozzle'), ...first('bed')]
}

/** The state's colour of a bar; a print that ended well is green. */
export function barTone(card: Card): Card['state'] | 'done' {
  return card.state === 'idle' && card.lastResult?.type === 'job.done' && !card.lastResult.seen ? 'done' : card.state
}
