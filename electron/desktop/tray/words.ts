/** Every line of the tray: its tooltip and its menu, in the words of its language. U+202F between number and unit. Pure. */
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import type { Count } from '../../engine/delivery/languages/format.ts'
import { clean, cutEnd, cutMiddle, fileTitle } from '../../engine/delivery/text.ts'
import { clockTime as timeOf } from '../languages/clock.ts'
import { ENGLISH_DESKTOP, type DesktopLanguage } from '../languages/index.ts'

const APP = 'Printbell'
const THIN = '\u202f'
/** Characters; a menu that is wider than a hand moves is no menu. */
const LONGEST_NAME = 32
const LONGEST_LINE = 64

/** Wall clock, zone and language that things are told in; no zone = the computer's, no language = English. */
export interface Now {
  now: number
  timeZone?: string
  language?: DesktopLanguage
}

/** "62 %", rounded down, so that 100 is only told at the end. @param fraction 0..1 */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-6)}${THIN}%`
}

export const wordsIn = ({ language = ENGLISH_DESKTOP }: Now): DesktopLanguage['words']['tray'] => language.words.tray
const count = (number: number, { language = ENGLISH_DESKTOP }: Now): Count => language.messages.formats.count(number)

/** "16:42", or "Tue 16:42" when that is another day. */
export function clockTime(at: number, { now, timeZone, language = ENGLISH_DESKTOP }: Now): string {
  return timeOf(at, now, language.locale, timeZone)
}

/** A printer's or destination's name on one line, both ends kept. */
export function shortName(name: string): string {
  return cutMiddle(clean(name), LONGEST_NAME)
}

/** What a printer does, as it stands behind its name. */
function stateOf(card: PrinterCard): keyof DesktopLanguage['words']['tray']['state'] {
  return card.state === 'printing' && card.job === 'paused' ? 'paused' : card.state
}

const RESULTS: Partial<Record<string, keyof DesktopLanguage['words']['tray']['result']>> = { 'job.done': 'done', 'job.cancelled': 'cancelled', 'job.failed': 'failed', 'job.result_unknown': 'unknown' }

/** "MK4: printing 62 %, ends 16:42", "MK4: needs you at 30 %". */
export function printerLine(card: PrinterCard, at: Now): string {
  const said = wordsIn(at)
  const state = stateOf(card)
  const word = said.state[state]
  const isTold = card.progress !== null && card.state !== 'idle' && card.state !== 'offline'
  const standing = !isTold || card.progress === null ? word : state === 'printing' ? said.printingAt(percent(card.progress)) : said.at(word, percent(card.progress))
  const result = card.lastResult === null || card.lastResult.seen || card.state !== 'idle' ? undefined : RESULTS[card.lastResult.type]
  return said.line(shortName(card.name), [
    standing,
    ...(card.state === 'printing' && card.eta !== null ? [said.ends(clockTime(card.eta, at))] : []),
    ...(card.lastResult === null || result === undefined ? [] : [said.ended(said.result[result], clockTime(card.lastResult.at, at))]),
    ...(card.muted === null ? [] : [said.isMuted]),
  ].join(', '))
}

/** Cause and cure of a printer that needs you, as a line that only tells. */
export function causeLine(cause: string): string {
  return cutEnd(clean(cause), LONGEST_LINE)
}

export function fileLine(file: string): string {
  return cutMiddle(fileTitle(file), LONGEST_LINE)
}

/** Below the printers that are shown. @param shown how many are */
export function moreLine(all: number, shown: number, at: Now): string {
  return shown === 0 ? wordsIn(at).allPrinters(count(all, at)) : wordsIn(at).more(count(all - shown, at))
}

/** "Phone: fails since 14:31". */
export function failingLine(failing: Status['failing'][number], at: Now): string {
  return wordsIn(at).line(shortName(failing.label), wordsIn(at).failsSince(clockTime(failing.since, at)))
}

export function pausedLine(paused: NonNullable<Status['paused']>, at: Now): string {
  return paused.until === null ? wordsIn(at).paused : wordsIn(at).pausedUntil(clockTime(paused.until, at))
}

export function mutedLine(muted: NonNullable<PrinterCard['muted']>, at: Now): string {
  return muted.until === null ? wordsIn(at).muted : wordsIn(at).mutedUntil(clockTime(muted.until, at))
}

/** Windows cuts a tooltip at 127 UTF-16 units. */
const LONGEST_TOOLTIP = 127

/** The state of everything in a few lines, the worst first. @param next the print that ends first */
export function tooltip(status: Status, cards: readonly PrinterCard[], next: PrinterCard | null, at: Now): string {
  const said = wordsIn(at)
  const nameOf = (state: PrinterCard['state']): string => shortName(cards.find((card) => card.state === state)?.name ?? said.aPrinter)
  const cause = cards.find((card) => card.state === 'needs')?.cause
  const lines: string[] = []
  if (status.needs > 0) lines.push(status.needs === 1 ? said.needsYou(nameOf('needs'), cause ? clean(cause) : null) : said.needYou(count(status.needs, at)))
  if (status.error > 0) lines.push(status.error === 1 ? said.line(nameOf('error'), said.state.error) : said.haveErrors(count(status.error, at)))
  if (status.printing > 0) lines.push(printingLine(status.printing, next, at))
  if (status.offline > 0) lines.push(status.offline === 1 ? said.line(nameOf('offline'), said.state.offline) : said.areOffline(count(status.offline, at)))
  if (cards.length === 0) lines.push(said.noPrinters)
  else if (lines.length === 0) lines.push(cards.length === 1 ? said.line(shortName(cards[0]?.name ?? ''), said.state.idle) : said.areIdle(count(cards.length, at)))
  if (status.paused !== null) lines.push(pausedLine(status.paused, at))
  if (status.failing.length > 0) lines.push(status.failing.length === 1 ? said.fails(shortName(status.failing[0]?.label ?? '')) : said.fail(count(status.failing.length, at)))
  if (status.unseen > 0) lines.push(said.unseen(count(status.unseen, at)))
  return fitLines([APP, ...lines], LONGEST_TOOLTIP)
}

function printingLine(printing: number, next: PrinterCard | null, at: Now): string {
  if (next !== null && printing === 1) return printerLine({ ...next, muted: null }, at)
  return next === null || next.eta === null ? wordsIn(at).printing(count(printing, at)) : wordsIn(at).nextEnds(count(printing, at), clockTime(next.eta, at))
}

/** As many lines as fit; the last of them may be cut. @param limit UTF-16 units */
export function fitLines(lines: readonly string[], limit: number): string {
  let text = ''
  for (const line of lines) {
    const room = limit - text.length - (text === '' ? 0 : 1)
    if (room < 2) break
    text += `${text === '' ? '' : '\n'}${line.length <= room ? line : cutToUnits(line, room)}`
  }
  return text
}

/** cutEnd counts characters; one of them may be two units. */
function cutToUnits(line: string, room: number): string {
  let characters = room
  let cut = cutEnd(line, characters)
  while (cut.length > room) cut = cutEnd(line, --characters)
  return cut
}
