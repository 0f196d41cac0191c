/** What the tray shows of all printers: picture, tooltip, title and menu. Pure. */
import type { DisplayState } from '../../bridge/views/common.ts'
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import type { UpdatesView } from '../../bridge/views/updates.ts'
import { trayMenu, type MenuEntry } from './menu.ts'
import type { TrayIcon } from './painter.ts'
import { percent, tooltip, type Now } from './words.ts'

/** How far the ring of a print stood: it never runs backwards, so the next view is made with it. */
export interface Ring {
  printerId: string
  jobKey: string | null
  /** In steps of 5. */
  percent: number
}

export interface TrayView {
  icon: TrayIcon
  tooltip: string
  /** Beside the picture, where the system has a place for it; "" = nothing. */
  title: string
  menu: MenuEntry[]
  ring: Ring | null
}

const STEP = 5
/** Worst first: the tray shows one state for all. */
const WORST: readonly Exclude<DisplayState, 'idle'>[] = ['needs', 'error', 'printing', 'offline']

export function worstState(status: Status): DisplayState {
  return WORST.find((state) => status[state] > 0) ?? 'idle'
}

/** The print that ends first; those whose end nobody knows come last, the furthest of them first. */
export function nextToEnd(cards: readonly PrinterCard[], now: number): PrinterCard | null {
  const end = (card: PrinterCard): number => card.eta ?? (card.remaining === null ? Infinity : now + card.remaining * 1000)
  const earlier = (a: PrinterCard, b: PrinterCard): PrinterCard => {
    if (end(a) !== end(b)) return end(a) < end(b) ? a : b
    return (b.progress ?? -1) > (a.progress ?? -1) ? b : a
  }
  const printing = cards.filter((card) => card.state === 'printing')
  return printing.length === 0 ? null : printing.reduce(earlier)
}

function ringOf(card: PrinterCard, before: Ring | null): Ring {
  // The small term undoes 0.15 * 100 = 14.999...
  const now = card.progress === null ? 0 : Math.floor((Math.min(1, Math.max(0, card.progress)) * 100) / STEP + 1e-9) * STEP
  const same = before !== null && before.printerId === card.id && before.jobKey === card.jobKey
  return { printerId: card.id, jobKey: card.jobKey, percent: same ? Math.max(before.percent, now) : now }
}

/** @param before the ring of the last view; null = the first @param update how far a newer version of Printbell has come */
export function trayView(status: Status, cards: readonly PrinterCard[], before: Ring | null, at: Now, update?: UpdatesView['state']): TrayView {
  const state = worstState(status)
  const next = nextToEnd(cards, at.now)
  const ring = next === null ? null : ringOf(next, before)
  const marked = state === 'idle' || state === 'printing'
  return {
    icon: { state, percent: state === 'printing' ? ring?.percent ?? 0 : 0, unseen: marked && status.unseen > 0 },
    tooltip: tooltip(status, cards, next, at),
    title: state === 'printing' && next !== null && next.progress !== null ? percent(next.progress) : '',
    menu: trayMenu(status, cards, at, update),
    ring,
  }
}
