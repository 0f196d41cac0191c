/** What both sides make of printers' cards. Without a schema: the tray wants it at the start, before there is a window (docs/performance.md). */
import type { DisplayState } from './common.ts'
import type { PrinterCard } from './printers.ts'

/** What the printer asks and a person may answer from here: the first attention with choices; null = nothing, or answers are switched off. */
export function openQuestion({ can, attentions }: Pick<PrinterCard, 'can' | 'attentions'>): PrinterCard['attentions'][number] | null {
  return can.answer ? attentions.find(({ choices }) => choices.length > 0) ?? null : null
}

/** The five states, the most urgent first. */
export const BY_URGENCY = ['needs', 'error', 'printing', 'idle', 'offline'] as const satisfies readonly DisplayState[]

/**
 * The order of cards, in lists as in the tray: needs you and error by how long already, printing by its end, idle and offline by name.
 * @param locale whose alphabet it is (BCP 47); absent = the computer's
 */
export function cardOrder(locale?: string): (a: PrinterCard, b: PrinterCard) => number {
  // Made when two names are compared for the first time: it takes some ms, which a start has not.
  let collator: Intl.Collator | null = null
  const compare = (a: string, b: string): number => (collator ??= new Intl.Collator(locale, { numeric: true })).compare(a, b)
  return (a, b) => BY_URGENCY.indexOf(a.state) - BY_URGENCY.indexOf(b.state) || timeOf(a) - timeOf(b) || compare(a.name, b.name) || (a.id < b.id ? -1 : 1)
}

/** In the computer's own alphabet. */
export const compareCards = cardOrder()

function timeOf(card: PrinterCard): number {
  if (card.state === 'printing') return card.eta ?? Number.MAX_SAFE_INTEGER
  return card.state === 'needs' || card.state === 'error' ? card.since ?? Number.MAX_SAFE_INTEGER : 0
}

export type StateCounts = Record<DisplayState, number>

/** How many printers are in each state. */
export function countStates(cards: Iterable<PrinterCard>): StateCounts {
  const counts: StateCounts = { needs: 0, error: 0, printing: 0, idle: 0, offline: 0 }
  for (const card of cards) counts[card.state] += 1
  return counts
}
