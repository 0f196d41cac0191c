/** What must not be cut short by a restart. Pure. */
import type { PrinterCard } from '../../bridge/views/printers.ts'
import { clean } from '../../engine/delivery/text.ts'

export interface Business {
  cards: readonly Pick<PrinterCard, 'name' | 'state'>[]
  /** Messages that are being sent right now. */
  sending: number
  /** A backup or a restore is under way. */
  backup: boolean
}

/** Printers that are named; of more than these only how many they are. */
const MOST_NAMES = 5

/** In sentences; empty = Printbell may end. */
export function businessOf({ cards, sending, backup }: Business): string[] {
  const needing = cards.filter(({ state }) => state === 'needs').map(({ name }) => clean(name))
  const more = needing.length - MOST_NAMES
  return [
    ...needing.slice(0, MOST_NAMES).map((name) => `${name} needs you.`),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'printer needs' : 'printers need'} you.`] : []),
    ...(sending > 0 ? [sending === 1 ? 'A message is being sent.' : `${sending} messages are being sent.`] : []),
    ...(backup ? ['A backup or restore is under way.'] : []),
  ]
}
