/** What is followed beside the settings: one print until it ends, or a printer until somebody lets go of it. Kept in the history, so it survives a restart. */
import { z } from 'zod'
import { TERMINAL_TYPES, type EventDraft, type PrinterState } from '../events/model.ts'
import type { History } from '../history/history.ts'
import type { Log } from '../ports.ts'
import type { Outcome } from '../commands/wish.ts'

/** 'print' = what it prints now; 'always' = every print; null = let go of it. */
export type Following = 'print' | 'always'

export interface Kept {
  printerId: string
  jobKey: string | null
}

export interface WatchesParts {
  history: Pick<History, 'getFact' | 'setFact'>
  log: Log
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
  /** What was committed may have ended a print. */
  ended(events: readonly Pick<EventDraft, 'type' | 'printerId' | 'job'>[]): void
  /** Only these printers are left. */
  keepOnly(printerIds: readonly string[]): void
}

const FACT = 'watches'
const stored = z.array(z.strictObject({ printerId: z.string(), jobKey: z.string().nullable() }))

/** What was followed when the history was last open. */
export function readWatches(history: Pick<History, 'getFact'>, log: Log): Kept[] {
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
  const { history } = parts
  let kept = readWatches(history, parts.log)

  function become(next: Kept[], changed: Iterable<string>): void {
    kept = next
    history.setFact(FACT, JSON.stringify(kept))
    for (const printerId of new Set(changed)) parts.onChanged(printerId)
  }

  const of = (printerId: string): Following | null => {
    if (parts.inSettings(printerId)) return 'always'
    const mine = kept.filter((one) => one.printerId === printerId)
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
      const name = parts.name(printerId)
      if (what === null) {
        if (parts.inSettings(printerId)) return { result: 'refused', detail: `${name} is followed by its settings. Let go of it there.` }
        become(others, [printerId])
        return { result: 'done', detail: `${name} is not followed any more.` }
      }
      if (what === 'always') {
        become([...others, { printerId, jobKey: null }], [printerId])
        return { result: 'done', detail: `${name} is followed.` }
      }
      const key = state.jobRef?.key
      if (key === undefined || !RUNNING.has(state.job)) return { result: 'stale', detail: `${name} prints nothing now. Follow the printer instead.` }
      become([...others, { printerId, jobKey: key }], [printerId])
      return { result: 'done', detail: `${name} is followed until this print ends.` }
    },
    ended(events) {
      const over = events.filter(({ type, job }) => job !== undefined && TERMINAL_TYPES.includes(type))
      const gone = kept.filter((one) => over.some(({ printerId, job }) => printerId === one.printerId && job?.key === one.jobKey))
      if (gone.length > 0) become(kept.filter((one) => !gone.includes(one)), gone.map(({ printerId }) => printerId))
    },
    keepOnly(printerIds) {
      const left = kept.filter(({ printerId }) => printerIds.includes(printerId))
      if (left.length < kept.length) become(left, [])
    },
  }
}

const RUNNING: ReadonlySet<PrinterState['job']> = new Set<PrinterState['job']>(['preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing'])
