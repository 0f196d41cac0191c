/** Keeps the computer awake while a print runs, when the person wants it. What asks the system is a port. */
import type { PrinterCard } from '../../bridge/views/printers.ts'
import type { Cancel, Clock, Log } from '../../engine/ports.ts'
import type { Overview, Stop } from '../ports.ts'

/** Electron's powerSaveBlocker, as far as it is used. */
export interface SleepBlocker {
  start(type: 'prevent-app-suspension'): number
  stop(id: number): unknown
}

export interface KeepAwakeParts {
  overview: Pick<Overview, 'cards' | 'onChanged'>
  clock: Clock
  log: Log
  blocker: SleepBlocker
  /** The setting desktop.keepAwake, as it is now. */
  wanted(): boolean
  /** Calls back when it changes. */
  onSettings(listener: () => void): Stop
}

const RUNNING: ReadonlySet<PrinterCard['job']> = new Set(['preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling'])
/** ms that a printer may be out of reach in a print before it keeps nobody awake any more: it may have been switched off. */
const OFFLINE_GRACE = 600_000

/**
 * Whether a card's print is reason to stay awake: a paused one is, as its printer may need somebody.
 * @returns epoch ms until when, Infinity while it lasts; null = no reason
 */
export function awakeUntil(card: PrinterCard, now: number): number | null {
  if (!RUNNING.has(card.job)) return null
  if (card.state !== 'offline') return Infinity
  const end = (card.since ?? now) + OFFLINE_GRACE
  return end > now ? end : null
}

/** Starts at once. The system's block is released as soon as nothing prints or the setting is off. */
export function keepAwake({ overview, clock, log, blocker, wanted, onSettings }: KeepAwakeParts): { close(): void } {
  let block: number | null = null
  let cancel: Cancel = () => undefined

  function judge(): void {
    cancel()
    const now = clock.now()
    const until = wanted() ? overview.cards().reduce((latest, card) => Math.max(latest, awakeUntil(card, now) ?? 0), 0) : 0
    if (until > now) hold()
    else release()
    if (until > now && until !== Infinity) cancel = clock.after(until - now, judge)
  }

  function hold(): void {
    if (block !== null) return
    block = blocker.start('prevent-app-suspension')
    log.info('this computer is kept awake while a print runs')
  }

  function release(): void {
    if (block === null) return
    blocker.stop(block)
    block = null
    log.info('this computer may sleep again')
  }

  const stops = [overview.onChanged(judge), onSettings(judge)]
  judge()
  return {
    close() {
      for (const stop of stops) stop()
      cancel()
      release()
    },
  }
}
