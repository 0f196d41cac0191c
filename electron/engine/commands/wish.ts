/** A person's wish from toast, tray, window, chat or CLI, and what came of it. */
import type { PrinterCommand } from '../printers/adapter.ts'

export type WishAction =
  | PrinterCommand
  | {
    name: 'acknowledge'
    /** Epoch ms; then what is still open is told again. Absent or null = for good. */
    until?: number | null
    /** Told to the others. */
    note?: string
    /** The note is for the history alone. */
    quiet?: boolean
  }
  | { name: 'mute'; seconds: number }
  | { name: 'open' }

export interface Wish {
  printerId: string
  /** The job the button stood for; null = whatever job runs (only from a place that shows the present state, like the CLI). */
  jobKey: string | null
  action: WishAction
  /** `hook`: no person, but a destination that sends G-code at an event. */
  from: 'toast' | 'tray' | 'window' | 'chat' | 'cli' | 'hook'
  /** When the person was shown the button; epoch ms. */
  madeAt: number
  /** Epoch ms after which it does nothing. */
  expiresAt: number
  /** A cancel that was asked back and confirmed. */
  confirmed: boolean
  eventId: string | null
  /** Once it is done, no more failure alerts of this print. */
  thenMute?: true
  /** Where a button was pressed; absent = elsewhere. */
  destinationId?: string
}

export interface Outcome {
  result: 'done' | 'needs_confirmation' | 'stale' | 'expired' | 'refused' | 'forbidden' | 'unsupported' | 'unreachable' | 'timed_out'
  /** A sentence for people ("Nothing to cancel, the print is done."). */
  detail: string
}
