import type { LinkObservation, PrinterEvent, Suppressed } from './events/model.ts'
import type { Attempt, Decision } from './history/history.ts'

/** What the engine tells whoever listens (the CLI's lines, the window later), in the order in which it happened. */
export type News =
  | { line: 'event'; event: PrinterEvent }
  | ({ line: 'suppressed' } & Suppressed)
  | ({ line: 'decision' } & Decision)
  | { line: 'attempt'; eventId: string; destinationId: string; result: Attempt['result']; detail: string; ms: number; number: number }
  | { line: 'link'; serverId: string; link: LinkObservation['link']; cause: string | null; detail: string | null }
  /** For people only (stderr or the live view): something the engine can't do and what would help. */
  | { line: 'notice'; level: 'info' | 'warn' | 'error'; text: string }
