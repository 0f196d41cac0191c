/** The tray's menu as data: what a person reads and what a choice asks for. Pure; electron-tray.ts makes Electron's menu of it. */
import type { DisplayState } from '../../bridge/views/common.ts'
import { openQuestion } from '../../bridge/views/card-order.ts'
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import type { UpdatesView } from '../../bridge/views/updates.ts'
import { causeLine, failingLine, fileLine, moreLine, mutedLine, pausedLine, printerLine, wordsIn, type Now } from './words.ts'

/** How long all notifications are paused. 'lifted' = until the person says so. */
export type PauseSpan = 'hour' | 'tomorrow' | 'lifted'

/** For how long somebody sees to what a printer needs. 'good' = for good. */
export type AckSpan = 'good' | 'hour' | 'hours' | 'tomorrow'

/** What a choice asks for. A print is named by its job key: a menu that was left open can't hit the next one. */
export type MenuAction =
  | { do: 'open'; path: string | null }
  | { do: 'pause-print' | 'resume-print'; printerId: string; jobKey: string | null }
  | { do: 'take-picture' | 'open-page' | 'unmute'; printerId: string }
  | { do: 'follow'; printerId: string; jobKey: string | null; what: 'always' | 'print' }
  | { do: 'unfollow'; printerId: string }
  | { do: 'mute'; printerId: string; seconds: number }
  | { do: 'acknowledge'; printerId: string; span: AckSpan }
  | { do: 'pause-notifications'; span: PauseSpan }
  | { do: 'resume-notifications' }
  | { do: 'install-update' | 'cancel-update' }
  | { do: 'quit' }

export type MenuEntry =
  | { kind: 'separator' }
  /** Only tells. */
  | { kind: 'text'; label: string }
  | { kind: 'choice'; label: string; action: MenuAction }
  /** `mark`: the state whose sign stands before it. */
  | { kind: 'submenu'; label: string; mark?: DisplayState; entries: MenuEntry[] }

/** Up to this many printers each have a line; above, only those that matter, and at most this many of them. */
const MOST_LINES = 12
const MOST_FAILING = 4
const MUTE_SECONDS = 3_600

const choice = (label: string, action: MenuAction): MenuEntry => ({ kind: 'choice', label, action })
const text = (label: string): MenuEntry => ({ kind: 'text', label })
const SEPARATOR: MenuEntry = { kind: 'separator' }

/**
 * @param cards in the order of the look: needs you, error, printing by end, idle, offline
 * @param update how far a newer version of Printbell has come
 */
export function trayMenu(status: Status, cards: readonly PrinterCard[], at: Now, update: UpdatesView['state'] = { what: 'idle' }): MenuEntry[] {
  const words = wordsIn(at)
  return joined([
    printerLines(cards, at),
    [...status.failing.slice(0, MOST_FAILING).map((failing) => choice(failingLine(failing, at), { do: 'open', path: `/destinations/${encodeURIComponent(failing.id)}` })), ...notifications(status, at)],
    [choice(words.openWindow, { do: 'open', path: null }), choice(words.settings, { do: 'open', path: '/settings' })],
    [...updating(update, words), choice(words.quit, { do: 'quit' })],
  ])
}

function printerLines(cards: readonly PrinterCard[], at: Now): MenuEntry[] {
  const words = wordsIn(at)
  if (cards.length === 0) return [text(words.noPrinters), choice(words.addPrinter, { do: 'open', path: '/printers/add' })]
  const mattering = cards.filter((card) => card.state === 'needs' || card.state === 'error' || card.state === 'printing')
  const shown = cards.length <= MOST_LINES ? cards : mattering.slice(0, MOST_LINES)
  const lines = shown.map((card): MenuEntry => ({ kind: 'submenu', label: printerLine(card, at), mark: card.state, entries: printerEntries(card, at) }))
  return shown.length === cards.length ? lines : [...lines, choice(moreLine(cards.length, shown.length, at), { do: 'open', path: '/printers' })]
}

function printerEntries(card: PrinterCard, at: Now): MenuEntry[] {
  const words = wordsIn(at)
  const printerId = card.id
  const about: MenuEntry[] = []
  if (card.cause !== null) about.push(text(causeLine(card.cause)))
  if (card.file !== null) about.push(text(fileLine(card.file)))
  const page: MenuAction = { do: 'open', path: printerPath(printerId) }
  const acts: MenuEntry[] = [choice(words.open, page)]
  // Its answers stand beside its picture: what they do should be seen before they are pressed.
  if (openQuestion(card) !== null) acts.unshift(choice(words.answer, page))
  if (card.can.acknowledge) acts.push(acknowledging(printerId, words))
  if (card.can.pause) acts.push(choice(words.pausePrint, { do: 'pause-print', printerId, jobKey: card.jobKey }))
  if (card.can.resume) acts.push(choice(words.resumePrint, { do: 'resume-print', printerId, jobKey: card.jobKey }))
  if (card.can.snapshot) acts.push(choice(words.takePicture, { do: 'take-picture', printerId }))
  const muting: MenuEntry[] = card.muted === null
    ? [choice(words.mute, { do: 'mute', printerId, seconds: MUTE_SECONDS })]
    : [text(mutedLine(card.muted, at)), choice(words.unmute, { do: 'unmute', printerId })]
  const following: MenuEntry[] = card.following !== null ? [choice(words.unfollow, { do: 'unfollow', printerId })]
    : [choice(words.follow, { do: 'follow', printerId, jobKey: null, what: 'always' }), ...(card.jobKey === null ? [] : [choice(words.followPrint, { do: 'follow', printerId, jobKey: card.jobKey, what: 'print' })])]
  const ownPage: MenuEntry[] = card.hasWebPage ? [choice(words.openPage, { do: 'open-page', printerId })] : []
  return joined([about, acts, [...muting, ...following], ownPage])
}

function acknowledging(printerId: string, words: ReturnType<typeof wordsIn>): MenuEntry {
  const span = (label: string, of: AckSpan): MenuEntry => choice(label, { do: 'acknowledge', printerId, span: of })
  return { kind: 'submenu', label: words.acknowledge, entries: [span(words.forGood, 'good'), span(words.pauseHour, 'hour'), span(words.forHours, 'hours'), span(words.pauseTomorrow, 'tomorrow')] }
}

function notifications(status: Status, at: Now): MenuEntry[] {
  const words = wordsIn(at)
  if (status.paused !== null) return [text(pausedLine(status.paused, at)), choice(words.resumeAll, { do: 'resume-notifications' })]
  const pause = (label: string, span: PauseSpan): MenuEntry => choice(label, { do: 'pause-notifications', span })
  return [{ kind: 'submenu', label: words.pauseAll, entries: [pause(words.pauseHour, 'hour'), pause(words.pauseTomorrow, 'tomorrow'), pause(words.pauseLifted, 'lifted')] }]
}

/** A newer version that is ready, or waits until Printbell may end. */
function updating(update: UpdatesView['state'], words: ReturnType<typeof wordsIn>): MenuEntry[] {
  if (update.what === 'ready') return [choice(words.installUpdate(update.release.version), { do: 'install-update' })]
  return update.what === 'waiting' ? [text(words.updateWaits(update.release.version)), choice(words.cancelUpdate, { do: 'cancel-update' })] : []
}

/** The details page of a printer. */
export function printerPath(printerId: string): string {
  return `/printers/${encodeURIComponent(printerId)}`
}

/** Groups with a line between them; empty ones leave none. */
function joined(groups: readonly MenuEntry[][]): MenuEntry[] {
  return groups.filter((group) => group.length > 0).flatMap((group, index) => (index === 0 ? group : [SEPARATOR, ...group]))
}

/** When a pause of this span ends, epoch ms; null = when it is lifted. "Tomorrow" is seven in the morning, as in the window. */
export function pauseEnd(span: PauseSpan, now: number): number | null {
  if (span === 'lifted') return null
  if (span === 'hour') return now + 3_600_000
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  return day.setHours(7, 0, 0, 0)
}

const HOURS_MS = 4 * 3_600_000

/** When an acknowledgement of this span ends, epoch ms; null = never. */
export function ackEnd(span: AckSpan, now: number): number | null {
  if (span === 'good') return null
  return span === 'hours' ? now + HOURS_MS : pauseEnd(span, now)
}
