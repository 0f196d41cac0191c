import type { EventType, PrinterEvent, Severity } from '../events/model.ts'
import type { LanguageCode } from './languages/codes.ts'

export type ActionId = 'open' | 'pause' | 'resume' | 'resume_mute' | 'cancel' | 'cancel_confirm' | 'keep' | 'mute_1h' | 'acknowledge' | 'seen' | 'open_history' | 'seen_all' | `answer:${number}`

/** A button. What it does is decided by commands/ when it is pressed, not by the channel that drew it. */
export interface MessageAction {
  id: ActionId
  /** A verb, at most 16 characters. */
  label: string
}

/**
 * One event rendered for people: what every channel gets. Plain text everywhere; each channel escapes for itself.
 * Title: printer, colon, what happened, at most 40 characters (the printer's name is cut, never the event).
 * Body: cause and cure first, file and percent last.
 */
export interface Message {
  /** 'event' for one event; 'summary' for several; 'test' for a test message; 'question' asks for a confirmation. */
  kind: 'event' | 'summary' | 'test' | 'question' | 'notice'
  /** The event it tells; for a summary the newest. Null for a test and a notice. */
  event: PrinterEvent | null
  type: EventType
  severity: Severity
  title: string
  body: string
  /** What it is told in, for what a channel adds in our words; absent = English. */
  language?: LanguageCode
  /** Where the toasts of one job meet: the same key replaces in place. Printer and job key, or the event id. */
  threadKey: string
  printer: { id: string; name: string; serverKind: string } | null
  job: { key: string; name: string; startedAt: number | null; endedAt: number | null; alertedAt: number | null } | null
  isWarning: boolean
  isPaused: boolean
  progress: number | null
  remaining: number | null
  occurredAt: number
  late: boolean
  actions: MessageAction[]
}

/** A prepared picture. `file` lies in the snapshot store and outlives the send. */
export interface Picture {
  jpeg: Uint8Array
  file: string
  width: number
  height: number
  takenAt: number
}
