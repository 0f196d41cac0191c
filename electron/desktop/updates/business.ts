/** What must not be cut short by a restart. Pure. */
import type { PrinterCard } from '../../bridge/views/printers.ts'
import { clean } from '../../engine/delivery/text.ts'
import type { DesktopLanguage } from '../languages/index.ts'

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
export function businessOf({ cards, sending, backup }: Business, { words, messages: { formats } }: Pick<DesktopLanguage, 'words' | 'messages'>): string[] {
  const said = words.updates
  const needing = cards.filter(({ state }) => state === 'needs').map(({ name }) => clean(name))
  const more = needing.length - MOST_NAMES
  return [
    ...needing.slice(0, MOST_NAMES).map((name) => said.needsYou(name)),
    ...(more > 0 ? [said.moreNeedYou(formats.count(more))] : []),
    ...(sending > 0 ? [said.sending(formats.count(sending))] : []),
    ...(backup ? [said.backup] : []),
  ]
}
