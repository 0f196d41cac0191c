/**
 * Toasts by Electron's Notification: the way of Windows and macOS, and a poor second one on Linux. What the running Electron can
 * do is found out here once (versions 33 to 45 differ); nothing else branches on it. Gets the class as an argument: no Electron is
 * imported, so that plain Node tests it.
 */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { escapeMarkup } from '../../engine/channels/desktop/linux.ts'
import { renderMacNotification } from '../../engine/channels/desktop/macos.ts'
import { ToastError } from '../../engine/channels/desktop/port.ts'
import type { CloseReason, OpenToasts, Showing, Shown, ToastFacts, ToastGiven, ToastId, ToastPort } from '../../engine/channels/desktop/port.ts'
import { bodyWithChoices, DEFAULT_KEY, jobThreadOf, titleWithPercent } from '../../engine/channels/desktop/toast.ts'
import type { Toast } from '../../engine/channels/desktop/toast.ts'
import { harmless, parseActivation, renderWindowsToast } from '../../engine/channels/desktop/windows.ts'
import type { Log } from '../../engine/ports.ts'

/** One notification, as far as it is used here. Electron's own class fits. */
export interface NativeNotification {
  /** Electron 33 knows none. */
  readonly id?: string
  show(): void
  close(): void
  on(event: string, listener: (...args: unknown[]) => void): unknown
}

export interface NotificationClass {
  new (options: Record<string, unknown>): NativeNotification
  isSupported(): boolean
  /** Windows, Electron 43 and later: every press, also one that started the program. */
  handleActivation?(listener: (details: { arguments: string }) => void): void
  /** macOS, Electron 44 and later. */
  remove?(id: string): void
}

/** A press on a toast that this run did not show: only looking is left of it. */
export interface ColdPress {
  eventId: string | null
  action: 'open' | 'open_history'
}

export interface ElectronToastsParts {
  Notification: NotificationClass
  platform: NodeJS.Platform
  /** Made up for this run, letters and digits: knows our own presses from those of an earlier run or of anybody. */
  run: string
  log: Log
  onColdPress(press: ColdPress): void
}

/** ms within which the system has to say "shown" or "failed". */
const ANSWER_LIMIT = 5_000
/** Toasts that are kept alive; the oldest goes first. On macOS a notification whose object is collected vanishes. */
const KEPT = 200

interface Live {
  id: ToastId
  toast: Toast
  /** The newest one. Those it replaced share its name: were they collected, the system would take the newest down. */
  notification: NativeNotification
  replaced: NativeNotification[]
  given: ToastGiven
  /** We are taking it down ourselves. */
  closing: boolean
}

export class ElectronToasts {
  readonly #parts: ElectronToastsParts
  readonly #live = new Map<ToastId, Live>()
  /** Presses come through handleActivation, by their arguments; those of the single notifications would come twice. */
  readonly #central: boolean
  #count = 0

  constructor(parts: ElectronToastsParts) {
    this.#parts = parts
    const { Notification, platform, log } = parts
    this.#central = platform === 'win32' && typeof Notification.handleActivation === 'function'
    log.info('Electron\'s notifications', { platform, handleActivation: this.#central, remove: typeof Notification.remove === 'function' })
    if (this.#central) Notification.handleActivation?.((details) => this.#activated(details.arguments))
  }

  /** Why this way can't work on this computer; null = it may. */
  impossible(): string | null {
    return this.#parts.Notification.isSupported() ? null : 'Electron finds no notifications on this computer; on Linux install libnotify'
  }

  readonly open: OpenToasts = (given) => this.#open(given)

  #facts(): ToastFacts {
    const { platform, Notification } = this.#parts
    if (platform === 'win32') return { path: 'windows', name: 'Windows notifications', pictures: true, buttons: this.#central, updates: true, why: null }
    if (platform === 'darwin') return { path: 'macos', name: 'macOS Notification Center', pictures: true, buttons: true, updates: typeof Notification.remove === 'function', why: null }
    return { path: 'electron', name: 'Electron', pictures: true, buttons: false, updates: false, why: null }
  }

  #open(given: ToastGiven): ToastPort {
    return {
      ready: async () => {
        const why = this.impossible()
        if (why !== null) throw new ToastError('absent', why)
        return this.#facts()
      },
      show: async (showing) => await this.#show(given, showing),
      close: async (id) => this.#close(id),
      end: () => {
        // The objects stay, and with them what is shown; nobody is told of it any more.
        for (const live of this.#live.values()) if (live.given === given) live.given = { ...given, events: DEAF }
      },
    }
  }

  async #show(given: ToastGiven, { toast, eventId, replaces, signal, onLate }: Showing): Promise<Shown> {
    const name = nameOf(given.destinationId, toast.threadKey)
    const notification = this.#make(toast, name, given.destinationId, eventId)
    // Where the system knows no names a toast can't be replaced: each gets an id of its own, and the old one is taken down.
    const id = notification.id === name ? name : `${name}.${++this.#count}`
    const before = this.#live.get(id)
    const live: Live = { id, toast, notification, replaced: before ? [...before.replaced, before.notification] : [], given, closing: false }
    const keep = (): void => {
      this.#live.delete(id)
      this.#live.set(id, live)
      if (replaces !== null && replaces !== id) this.#close(replaces)
      this.#dropOldest()
    }
    // From the first moment: the system may answer within the call, and a press may come right after.
    this.#live.set(id, live)
    try {
      await this.#shown(live, signal, () => {
        keep()
        onLate(id)
      })
    } catch (error) {
      if (this.#live.get(id) === live) {
        if (before) this.#live.set(id, before)
        else this.#live.delete(id)
      }
      throw error
    }
    keep()
    return { id, by: this.#facts().name }
  }

  #make(toast: Toast, name: string, destinationId: string, eventId: string | null): NativeNotification {
    const { Notification, platform, run } = this.#parts
    if (platform === 'win32') return new Notification({ id: name, toastXml: renderWindowsToast(toast, { tag: name, eventId, run }) })
    if (platform === 'darwin') return new Notification({ ...renderMacNotification(toast, { id: name, group: nameOf(destinationId, jobThreadOf(toast.threadKey)) }) })
    return new Notification({
      id: name,
      title: titleWithPercent(toast),
      // Electron hands the body on as it is, and most services read it as markup.
      body: escapeMarkup(bodyWithChoices(toast)),
      urgency: toast.urgency,
      timeoutType: toast.sticky ? 'never' : 'default',
      silent: toast.quiet,
      ...(toast.picture === null ? {} : { icon: fileURLToPath(toast.picture.url) }),
    })
  }

  /** Shows and waits for the system's word. @throws ToastError */
  async #shown(live: Live, signal: AbortSignal | null, onLate: () => void): Promise<void> {
    const { notification, given } = live
    await new Promise<void>((resolve, reject) => {
      let waiting = true
      /** We did not wait for its word, so a word that comes later is news. */
      let gaveUp = false
      const giveUp = (error: ToastError): void => settle(() => {
        gaveUp = true
        reject(error)
      })
      const settle = (then: () => void): void => {
        if (!waiting) return
        waiting = false
        cancel()
        signal?.removeEventListener('abort', stopped)
        then()
      }
      const stopped = (): void => giveUp(new ToastError('stopped', 'given up before the desktop answered'))
      const cancel = given.clock.after(ANSWER_LIMIT, () => giveUp(new ToastError('unsure', `the system did not say within ${ANSWER_LIMIT / 1000} s that it shows the notification`)))
      notification.on('show', () => {
        settle(resolve)
        if (!gaveUp) return
        gaveUp = false
        onLate()
      })
      notification.on('failed', (_event, words) => {
        const error = failure(words)
        if (waiting) settle(() => reject(error))
        else if (this.#isNewest(live)) {
          this.#live.delete(live.id)
          live.given.events.failed(live.id, error.message)
        }
      })
      this.#listen(live)
      if (signal?.aborted) return stopped()
      signal?.addEventListener('abort', stopped, { once: true })
      try {
        notification.show()
      } catch (error) {
        settle(() => reject(failure(error instanceof Error ? error.message : String(error))))
      }
    })
  }

  #listen(live: Live): void {
    const { notification, toast } = live
    const pressed = (key: string): void => {
      if (this.#isNewest(live)) live.given.events.pressed(live.id, key)
    }
    if (!this.#central) {
      notification.on('click', () => pressed(DEFAULT_KEY))
      notification.on('action', (details, index) => {
        // Electron 45 tells it in the details, 33 as an argument.
        const chosen = numberIn(details, 'actionIndex') ?? index
        const action = typeof chosen === 'number' ? toast.actions[chosen] : undefined
        if (action) pressed(action.id)
        else this.#parts.log.warn('a press on no button of ours was ignored', { index: String(chosen) })
      })
    }
    notification.on('close', (details) => this.#closed(live, textIn(details, 'reason')))
  }

  #closed(live: Live, words: string | null): void {
    if (!this.#isNewest(live)) return
    const reason: CloseReason = live.closing ? 'called' : words !== null ? REASONS[words] ?? 'unknown' : this.#parts.platform === 'darwin' ? 'dismissed' : 'unknown'
    // On Windows it lies in the notification centre now, where its buttons still work.
    if (reason !== 'expired') this.#live.delete(live.id)
    live.given.events.closed(live.id, reason)
  }

  #isNewest(live: Live): boolean {
    return this.#live.get(live.id) === live
  }

  #close(id: ToastId): void {
    const live = this.#live.get(id)
    if (!live) {
      if (this.#parts.platform === 'darwin') this.#parts.Notification.remove?.(id)
      return
    }
    live.closing = true
    this.#live.delete(id)
    live.notification.close()
  }

  #dropOldest(): void {
    for (const id of this.#live.keys()) {
      if (this.#live.size <= KEPT) return
      this.#live.delete(id)
    }
  }

  /** Anybody can bring these arguments: only a toast that this run shows is acted on, anything else at most opens the window. */
  #activated(text: string): void {
    const { log, run, onColdPress } = this.#parts
    const activation = parseActivation(text)
    if (activation === null) {
      log.warn('a press with arguments that are not ours was ignored', { length: text.length })
      return
    }
    const live = activation.run === run ? this.#live.get(activation.tag) : undefined
    if (live) live.given.events.pressed(live.id, activation.key)
    else onColdPress({ eventId: activation.eventId, action: harmless(activation) })
  }
}

/** In letters and digits, at most 16, as the oldest Windows wants its tags; the same for the same thread in every run. */
function nameOf(destinationId: string, threadKey: string): string {
  return `t${createHash('sha256').update(`${destinationId}\n${threadKey}`).digest('hex').slice(0, 15)}`
}

/** Windows' words. */
const REASONS: Readonly<Record<string, CloseReason>> = { userCanceled: 'dismissed', applicationHidden: 'called', timedOut: 'expired' }

/** What the person switched off in the system is no fault to be gone round by another program. */
function failure(words: unknown): ToastError {
  const text = typeof words === 'string' ? words.trim() : ''
  if (/settings prevent/i.test(text)) return new ToastError('forbidden', 'notifications of Printbell are switched off in the system\'s settings; switch them on there')
  return new ToastError('absent', text === '' ? 'the system refused the notification without a reason' : `the system refused the notification: ${text}`)
}

function numberIn(details: unknown, name: string): number | null {
  const value: unknown = typeof details === 'object' && details !== null ? (details as Record<string, unknown>)[name] : undefined
  return typeof value === 'number' ? value : null
}

function textIn(details: unknown, name: string): string | null {
  const value: unknown = typeof details === 'object' && details !== null ? (details as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : null
}

const nothing = (): void => undefined
const DEAF: ToastGiven['events'] = { pressed: nothing, closed: nothing, failed: nothing, gone: nothing, appeared: nothing }
