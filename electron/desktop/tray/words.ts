/** Every text of the tray: its tooltip and its menu. Sentence case, present tense, U+202F between number and unit. Pure. */
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import { clean, cutEnd, cutMiddle, fileTitle } from '../../engine/delivery/text.ts'

const THIN = '\u202f'
/** Characters; a menu that is wider than a hand moves is no menu. */
const LONGEST_NAME = 32
const LONGEST_LINE = 64

/** Wall clock and zone that times are told in; no zone = the computer's. */
export interface Now {
  now: number
  timeZone?: string
}

/** "62 %", rounded down, so that 100 is only told at the end. @param fraction 0..1 */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-6)}${THIN}%`
}

/** "16:42", or "Tue 16:42" when that is another day. */
export function clockTime(at: number, { now, timeZone }: Now): string {
  const zone = timeZone === undefined ? {} : { timeZone }
  const day = (time: number): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', ...zone }).format(time)
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone }).format(at)
  return day(at) === day(now) ? clock : `${new Intl.DateTimeFormat('en-GB', { weekday: 'short', ...zone }).format(at)} ${clock}`
}

/** A printer's or destination's name on one line, both ends kept. */
export function shortName(name: string): string {
  return cutMiddle(clean(name), LONGEST_NAME)
}

/** What a printer does, as it stands behind its name. */
export function stateWord(card: PrinterCard): string {
  if (card.state === 'printing') return card.job === 'paused' ? 'paused' : 'printing'
  return { idle: 'idle', needs: 'needs you', error: 'error', offline: 'offline' }[card.state]
}

const RESULTS: Partial<Record<string, string>> = { 'job.done': 'done', 'job.cancelled': 'cancelled', 'job.failed': 'failed', 'job.result_unknown': 'result unknown' }

/** "MK4: printing 62 %, ends 16:42", "MK4: needs you at 30 %". */
export function printerLine(card: PrinterCard, at: Now): string {
  const word = stateWord(card)
  const told = card.progress === null || card.state === 'idle' || card.state === 'offline' ? '' : `${word === 'printing' ? '' : ' at'} ${percent(card.progress)}`
  const ends = card.state === 'printing' && card.eta !== null ? `, ends ${clockTime(card.eta, at)}` : ''
  const result = card.lastResult === null || card.lastResult.seen || card.state !== 'idle' ? undefined : RESULTS[card.lastResult.type]
  const ended = card.lastResult === null || result === undefined ? '' : `, ${result} ${clockTime(card.lastResult.at, at)}`
  return `${shortName(card.name)}: ${word}${told}${ends}${ended}${card.muted === null ? '' : ', muted'}`
}

/** Cause and cure of a printer that needs you, as a line that only tells. */
export function causeLine(cause: string): string {
  return cutEnd(clean(cause), LONGEST_LINE)
}

export function fileLine(file: string): string {
  return cutMiddle(fileTitle(file), LONGEST_LINE)
}

/** Below the printers that are shown. @param shown how many are */
export function moreLine(all: number, shown: number): string {
  return shown === 0 ? `${all} printers…` : `${all - shown} more…`
}

/** "Phone: fails since 14:31". */
export function failingLine(failing: Status['failing'][number], at: Now): string {
  return `${shortName(failing.label)}: fails since ${clockTime(failing.since, at)}`
}

export function pausedLine(paused: NonNullable<Status['paused']>, at: Now): string {
  return paused.until === null ? 'Notifications paused' : `Notifications paused until ${clockTime(paused.until, at)}`
}

export function mutedLine(muted: NonNullable<PrinterCard['muted']>, at: Now): string {
  return muted.until === null ? 'Muted' : `Muted until ${clockTime(muted.until, at)}`
}

export const WORDS = {
  app: 'Printbell',
  noPrinters: 'No printers yet',
  addPrinter: 'Add a printer…',
  answer: 'Answer…',
  open: 'Open',
  pausePrint: 'Pause print',
  resumePrint: 'Resume print',
  takePicture: 'Take a picture',
  mute: `Mute for 1${THIN}h`,
  unmute: 'Unmute',
  openPage: "Open the printer's page",
  pauseAll: 'Pause notifications',
  pauseHour: `For 1${THIN}h`,
  pauseTomorrow: 'Until tomorrow',
  pauseLifted: 'Until I say',
  resumeAll: 'Turn on again',
  openWindow: 'Open Printbell',
  settings: 'Settings',
  quit: 'Quit Printbell',
} as const

/** Windows cuts a tooltip at 127 UTF-16 units. */
const LONGEST_TOOLTIP = 127

const many = (count: number, one: string, other: string): string => (count === 1 ? one : other)

/** The state of everything in a few lines, the worst first. @param next the print that ends first */
export function tooltip(status: Status, cards: readonly PrinterCard[], next: PrinterCard | null, at: Now): string {
  const only = (state: PrinterCard['state']): PrinterCard | null => cards.find((card) => card.state === state) ?? null
  const lines: string[] = []
  if (status.needs > 0) {
    const card = only('needs')
    lines.push(many(status.needs, `${shortName(card?.name ?? '1 printer')} needs you${card?.cause ? `: ${clean(card.cause)}` : ''}`, `${status.needs} printers need you`))
  }
  if (status.error > 0) lines.push(many(status.error, `${shortName(only('error')?.name ?? '1 printer')}: error`, `${status.error} printers have an error`))
  if (status.printing > 0) lines.push(printingLine(status.printing, next, at))
  if (status.offline > 0) lines.push(many(status.offline, `${shortName(only('offline')?.name ?? '1 printer')}: offline`, `${status.offline} printers offline`))
  if (cards.length === 0) lines.push(WORDS.noPrinters)
  else if (lines.length === 0) lines.push(many(cards.length, `${shortName(cards[0]?.name ?? '')}: idle`, `${cards.length} printers idle`))
  if (status.paused !== null) lines.push(pausedLine(status.paused, at))
  if (status.failing.length > 0) lines.push(many(status.failing.length, `${shortName(status.failing[0]?.label ?? '')} fails`, `${status.failing.length} destinations fail`))
  if (status.unseen > 0) lines.push(many(status.unseen, '1 unseen event', `${status.unseen} unseen events`))
  return fitLines([WORDS.app, ...lines], LONGEST_TOOLTIP)
}

function printingLine(count: number, next: PrinterCard | null, at: Now): string {
  if (next === null) return `${count} printing`
  if (count === 1) return printerLine({ ...next, muted: null }, at)
  return `${count} printing${next.eta === null ? '' : `, next ends ${clockTime(next.eta, at)}`}`
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
