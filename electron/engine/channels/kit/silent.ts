/** Which messages arrive without a sound, where the far side lets the sender say so. */
import { z } from 'zod'
import type { Severity } from '../../events/model.ts'

/** From the least to the worst: here a print that is done is more than passing news. */
const ORDER: readonly Severity[] = ['info', 'success', 'warning', 'error', 'critical']

export const silentUpTo = z.enum(['nothing', 'info', 'success', 'warning', 'error', 'everything']).default('info')
  .meta({ title: 'Without sound', description: 'Messages up to this severity arrive silently. Info: progress and the like. Success: also a print that is done' })

export function isSilent(severity: Severity, upTo: z.output<typeof silentUpTo>): boolean {
  if (upTo === 'nothing') return false
  return upTo === 'everything' || ORDER.indexOf(severity) <= ORDER.indexOf(upTo)
}
