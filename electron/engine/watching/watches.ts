/** What is followed beside the settings: one print until it ends, or a printer until somebody lets go of it. Kept in the history, so it survives a restart. */
import { z } from 'zod'
import { isActivePhase, type PrinterState } from '../events/model.ts'
import type { History } from '../history/history.ts'
import type { Clock, Log } from '../ports.ts'
import type { Outcome } from '../commands/wish.ts'
import type { EngineSettings } from '../settings/expand.ts'

/** 'print' = what it prints now; 'always' = every print; null = let go of it. */
export type Following = 'print' | 'always'

export interface Kept {
  printerId: string
  jobKey: string | null
  /** When the print was seen to be over, epoch ms; null = it is not. What was decided while it was on may still be under way, and is judged again by this. */
  overSince: number | null
}

export interface WatchesParts {
  history: Pick<History, 'getFact' | 'setFact'>
  clock: Pick<Clock, 'now'>
  log: Log
  /** How long a message may be under way, ms. */
  underWayMs(): number
  /** How it stands; null = it is not watched. */
  state(printerId: string): PrinterState | null
  name(printerId: string): string
  /** Whether the settings follow it. */
  inSettings(printerId: string): boolean
  onChanged(printerId: string): void
}

export interface Watches {
  kept(): readonly Kept[]
  of(printerId: string): Following | null
  follow(printerId: string, what: Following | null): Outcome
  /** How a printer stands, each time it was looked at: what is followed of it may be over. Not before its first sight, which knows of no print. */
  seen(printerId: string, state: Pick<PrinterState, 'job' | 'jobRef'>): void
  /** Only these printers are left. */
  keepOnly(printerIds: readonly string[]): void
}

const FACT = 'watches'
/** The end of a print may be known later than that it is over, and a person may send it again. */
const KNOWN_LATE_MS = 24 * 3_600_000
const stored = z.array(z.strictObject({ printerId: z.string(), jobKey: z.string().nullable(), overSince: z.number().nullable().default(null) }))

/** How long a message may be under way, ms: gathered behind others, then tried until it is not worth sending. */
export const longestWayMs = ({ expiry, grouping }: Pick<EngineSettings, 'expiry' | 'grouping'>): number => (grouping.burst + Math.max(...Object.values(expiry))) * 1_000

/** What was followed when the history was last open. */
function readWatches(history: Pick<History, 'getFact'>, log: Log): Kept[] {
  const text = history.getFact(FACT)
  if (text === null || text === '') return []
  try {
    return stored.parse(JSON.parse(text))
  } catch (error) {
    log.warn('what was followed could not be read; nothing is followed but what the settings say', { error })
    return []
  }
}

/** Nothing is followed any more but what the settings say; for a history that no engine has open. */
export function forgetWatches(history: Pick<History, 'setFact'>): void {
  history.setFact(FACT, '[]')
}

export function createWatches(parts: WatchesParts): Watches {
  const { history, clock, log } = parts
  let kept = readWatches(history, log)

  const isWanted = ({ overSince }: Kept): boolean => overSince === null || clock.now() - overSince <= parts.underWayMs() + KNOWN_LATE_MS

  /** Holds at once, whatever the disk says: who asks for it, or what follows from it, must not hang on that. */
  function become(next: readonly Kept[], changed?: string): void {
    kept = next.filter(isWanted)
    try {
      history.setFact(FACT, JSON.stringify(kept))
    } catch (error) {
      log.error('what is followed could not be written; it is tried again at the next change', { error: error instanceof Error ? error.message : String(error) })
    }
    if (changed !== undefined) parts.onChanged(changed)
  }

  const of = (printerId: string): Following | null => {
    if (parts.inSettings(printerId)) return 'always'
    const mine = kept.filter((one) => one.printerId === printerId && one.overSince === null)
    if (mine.some(({ jobKey }) => jobKey === null)) return 'always'
    return mine.length > 0 ? 'print' : null
  }

  return {
    kept: () => kept,
    of,
    follow(printerId, what) {
      const state = parts.state(printerId)
      if (state === null) return { result: 'stale', detail: 'There is no such printer any more.' }
      const others = kept.filter((one) => one.printerId !== printerId)
      // What is over does not end with what is followed next: its messages may be under way.
      const over = kept.filter((one) => one.printerId === printerId && one.overSince !== null)
      const name = parts.name(printerId)
      if (what === null) {
        if (parts.inSettings(printerId)) return { result: 'refused', detail: `${name} is followed by its settings. Let go of it there.` }
        become(others, printerId)
        return { result: 'done', detail: `${name} is not followed any more.` }
      }
      if (what === 'always') {
        become([...others, ...over, { printerId, jobKey: null, overSince: null }], printerId)
        return { result: 'done', detail: `${name} is followed.` }
      }
      const key = state.jobRef?.key
      if (key === undefined || !isRunning(state.job)) return { result: 'stale', detail: `${name} prints nothing now. Follow the printer instead.` }
      become([...others, ...over, { printerId, jobKey: key, overSince: null }], printerId)
      return { result: 'done', detail: `${name} is followed until this print ends.` }
    },
    seen(printerId, { job, jobRef }) {
      // A print is on of which it is not known yet which one.
      if (jobRef === null && isRunning(job)) return
      const on = jobRef?.endedAt === null ? jobRef.key : null
      const over = kept.filter((one) => one.printerId === printerId && one.jobKey !== null && one.overSince === null && one.jobKey !== on)
      if (over.length > 0) become(kept.map((one) => (over.includes(one) ? { ...one, overSince: clock.now() } : one)), printerId)
    },
    keepOnly(printerIds) {
      const left = kept.filter(({ printerId }) => printerIds.includes(printerId))
      if (left.length < kept.length) become(left)
    },
  }
}

/** What can still be heard of: a print that is being cancelled is as good as over. */
const isRunning = (phase: PrinterState['job']): boolean => isActivePhase(phase) && phase !== 'cancelling'
