/** What the window says of a printer in the words of its messages: English, until the window speaks other languages too. */
import type { AttentionKind } from '../events/model.ts'
import { english, type CauseAndCure } from './languages/english.ts'

/** The entry of a table whose keys are machine words; null = there is none. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | null {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] ?? null : null
}

export const WORDS = {
  attentionCure: (kind: AttentionKind): string => english.attentionCure[kind],
  failedBecause: (reason: string | undefined): CauseAndCure | null => entryOf(english.failedBecause, reason),
  linkAuthFailedCure: english.linkAuthFailedCure,
  linkRefusedCure: english.linkRefusedCure,
}
