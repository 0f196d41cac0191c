/**
 * One way to put toasts on a screen: the notification service of a Linux desktop, Electron's Notification, another program.
 * The channel decides what is shown, replaced and taken down; a port only does it, and tells what came of it.
 */
import type { Clock, Log } from '../../ports.ts'
import type { Toast } from './toast.ts'

/** By which way toasts go. 'electron' is Electron's Notification on Linux, where it can do little. */
export type ToastPath = 'dbus' | 'windows' | 'macos' | 'electron' | 'node-notifier' | 'none'

/** What is known of a way, for verdicts and the settings page. */
export interface ToastFacts {
  path: ToastPath
  /** What shows the toasts, for people ("dunst 1.9.0"). */
  name: string
  pictures: boolean
  buttons: boolean
  /** A shown toast can be changed in place, without being raised a second time. */
  updates: boolean
  /** Why not by a better way; null = there is none. */
  why: string | null
}

/** Names a toast on the screen, for as long as its port lives. Never empty. */
export type ToastId = string

/** Why a toast went: its time was over, a person put it away, we took it down, or the system did not say. */
export type CloseReason = 'expired' | 'dismissed' | 'called' | 'unknown'

export interface ToastEvents {
  /** `key` is DEFAULT_KEY for a click on the toast itself, else the id of a button. */
  pressed(id: ToastId, key: string): void
  closed(id: ToastId, reason: CloseReason): void
  /** It was taken for shown, and the system says now that it is not. */
  failed(id: ToastId, why: string): void
  /** What showed them went: these ids mean nothing any more. */
  gone(owns: (id: ToastId) => boolean): void
  /** What shows toasts came or came back: a try that failed may work now. */
  appeared(): void
}

export interface Showing {
  toast: Toast
  /** The event that it tells; null = none (a test, a notice). Needed where a press may find a later run of the program. */
  eventId: string | null
  /** The toast to change in place; null = a new one. */
  replaces: ToastId | null
  signal: AbortSignal | null
  /** Gets the id when the system answers later than the port waits: the toast is on the screen then. */
  onLate(id: ToastId): void
}

export interface Shown {
  id: ToastId
  /** What shows it, for the verdict ("dunst 1.9.0"). */
  by: string
}

export interface ToastPort {
  /**
   * Gets ready to show, and tells what can be shown now. Ask it before each `show`: what showed the last toast may be gone.
   * @throws ToastError
   */
  ready(signal: AbortSignal | null): Promise<ToastFacts>
  /** Shows a toast, or changes one. @throws ToastError */
  show(showing: Showing): Promise<Shown>
  /** Takes a toast down; one that is gone already is fine. @throws ToastError */
  close(id: ToastId): Promise<void>
  /** Lets go of everything; toasts stay. */
  end(): void
}

/** What a port gets from its user. */
export interface ToastGiven {
  /** Toasts of two destinations never replace each other. */
  destinationId: string
  clock: Clock
  log: Log
  events: ToastEvents
}
export type OpenToasts = (given: ToastGiven) => ToastPort

/**
 * Why a toast could not be shown.
 * - `never`: this way does not work until Printbell is started anew, or not on this computer at all.
 * - `absent`: what shows toasts is not there or refuses; another way may work.
 * - `forbidden`: the person switched it off in the system. No other program shall go round that.
 * - `unsure`: it may have been shown (no answer in time). Another way could show it twice.
 * - `stopped`: the caller gave up.
 */
export type ToastTrouble = 'never' | 'absent' | 'forbidden' | 'unsure' | 'stopped'

export class ToastError extends Error {
  override readonly name: string = 'ToastError'
  /** @param message cause and cure for people, without addresses */
  constructor(readonly trouble: ToastTrouble, message: string, options?: ErrorOptions) {
    super(message, options)
  }
}
