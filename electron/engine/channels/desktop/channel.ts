/** One desktop as a destination: one live toast per job, changed in place, and what the person does with it. */
import type { ActionId, Message } from '../../delivery/message.ts'
import { SEVERITY_RANK, TERMINAL_TYPES } from '../../events/model.ts'
import type { Cancel } from '../../ports.ts'
import type { Channel, ChannelPorts, Sending, Verdict } from '../channel.ts'
import { needsNothing } from '../kit/in-place.ts'
import { ToastError } from './port.ts'
import type { CloseReason, OpenToasts, ToastFacts, ToastId, ToastPort } from './port.ts'
import { isAttention, keysOf, questionThread, threadOf, toToast } from './toast.ts'

/** ms that close() spends on taking toasts down. */
const FAREWELL_LIMIT = 900
/** Jobs remembered for the sake of "dismissed stays dismissed"; the ones not heard of longest are forgotten first. */
const THREADS_KEPT = 500

/** What is known of the toasts of one thread. */
interface Thread {
  /** The port's id of the newest toast; null = what gave it is gone. */
  id: ToastId | null
  shown: boolean
  /** Severity rank of what the person dismissed; null = not dismissed. */
  dismissed: number | null
  /** The newest message that was shown. */
  deliveryKey: string
  eventId: string | null
  rank: number
  test: boolean
  /** Every key that stood on this id: a press may cross with a change of the buttons. */
  keys: Map<string, ActionId>
  /** Stops the end of its lifetime. */
  keep: Cancel
}

export interface DesktopOptions {
  destinationId: string
  open: OpenToasts
  /** Whether toasts that need a person stay; read for each of them. */
  staysUntilActedOn(): boolean
}

export class DesktopChannel implements Channel {
  readonly #options: DesktopOptions
  readonly #ports: ChannelPorts
  readonly #toasts: ToastPort
  readonly #threads = new Map<string, Thread>()
  /** The end of each thread's queue: two sends of one job must not both think they are the first. */
  readonly #tails = new Map<string, Promise<unknown>>()
  #closing = false

  constructor(options: DesktopOptions, ports: ChannelPorts) {
    this.#options = options
    this.#ports = ports
    this.#toasts = options.open({
      destinationId: options.destinationId,
      clock: ports.clock,
      log: ports.log,
      events: {
        pressed: (id, key) => this.#pressed(id, key),
        closed: (id, reason) => this.#closed(id, reason),
        failed: (id, why) => this.#failed(id, why),
        gone: (owns) => this.#gone(owns),
        // The outbox tries again by itself.
        appeared: () => undefined,
      },
    })
  }

  sendPrinterNotification(sending: Sending): Promise<Verdict> {
    return this.#send(sending)
  }

  sendFailureAlert(sending: Sending): Promise<Verdict> {
    return this.#send(sending)
  }

  sendTestMessage(sending: Sending): Promise<Verdict> {
    return this.#send(sending)
  }

  async close(): Promise<void> {
    this.#closing = true
    let cancel = () => undefined as void
    const limit = new Promise<void>((resolve) => {
      cancel = this.#ports.clock.after(FAREWELL_LIMIT, resolve)
    })
    await Promise.race([this.#farewell(), limit])
    cancel()
    this.#toasts.end()
  }

  async #farewell(): Promise<void> {
    await this.#takeDownAll()
    // What was on its way when the end came must not stay behind either.
    await Promise.allSettled(this.#tails.values())
    await this.#takeDownAll()
  }

  /** A test's toast goes by itself, and its sender is often done at once: taking it down would hide what was to be seen. */
  async #takeDownAll(): Promise<void> {
    await Promise.all([...this.#threads.values()].filter((thread) => thread.shown && !thread.test).map((thread) => this.#takeDown(thread)))
  }

  async #send(sending: Sending): Promise<Verdict> {
    const key = threadOf(sending.message)
    const before = this.#tails.get(key) ?? Promise.resolve()
    const turn = before.then(() => this.#sendInTurn(key, sending))
    this.#tails.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#tails.get(key) === turn) this.#tails.delete(key)
    }
  }

  async #sendInTurn(key: string, sending: Sending): Promise<Verdict> {
    if (this.#closing) return { result: 'retry', after: null, why: 'Printbell is being closed' }
    try {
      const facts = await this.#toasts.ready(sending.signal)
      const needless = this.#whyNot(key, sending, facts)
      if (needless !== null) return needsNothing(sending, needless)
      return await this.#show(key, sending)
    } catch (error) {
      if (!(error instanceof ToastError)) throw error
      return error.trouble === 'never'
        ? { result: 'rejected', scope: 'destination', why: error.message }
        : { result: 'retry', after: null, why: error.message }
    }
  }

  /** Why nothing needs to be shown for this sending; null = show it. */
  #whyNot(key: string, { message, update, deliveryKey, attempt }: Sending, facts: ToastFacts): string | null {
    const thread = this.#threads.get(key)
    if (update) {
      if (!thread) return 'the toast belongs to an earlier run, its picture was left out'
      if (thread.deliveryKey !== deliveryKey) return 'newer news of the same job stands in the toast, the picture was left out'
      if (thread.id !== null && !thread.shown) return 'the toast is no longer shown, its picture was left out'
      return facts.updates ? null : `${facts.name} can't change a toast that is shown, so its picture was left out`
    }
    // The first try timed out, but its toast came up and is gone again: seen is seen.
    if (attempt > 1 && thread?.deliveryKey === deliveryKey && thread.id !== null && !thread.shown) return 'was shown by an earlier try'
    if (thread?.dismissed != null && !breaksThrough(message, thread.dismissed)) return 'not shown: the toast of this job was dismissed, and this is nothing worse'
    return null
  }

  async #show(key: string, { message, picture, update, deliveryKey, signal }: Sending): Promise<Verdict> {
    const made = toToast(message, picture, update)
    const toast = this.#options.staysUntilActedOn() ? made : { ...made, sticky: false }
    const old = this.#threads.get(key)
    const replaced = old?.shown ? old : null
    const adopt = (id: ToastId) => {
      const keys = new Map([...(replaced?.id === id ? replaced.keys : []), ...keysOf(toast)])
      this.#threads.get(key)?.keep()
      this.#threads.delete(key)
      const thread: Thread = { id, shown: true, dismissed: null, deliveryKey, eventId: message.event?.id ?? null, rank: SEVERITY_RANK[message.severity], test: message.kind === 'test', keys, keep: () => undefined }
      // Not every service heeds the time it is told (GNOME Shell has its own), so ours ends as well.
      if (toast.lifetime !== null) thread.keep = this.#ports.clock.after(toast.lifetime, () => this.#withdraw(thread))
      this.#threads.set(key, thread)
      this.#forgetOldest()
    }
    const shown = await this.#toasts.show({ toast, eventId: message.event?.id ?? null, replaces: replaced?.id ?? null, signal, onLate: (late) => this.#late(key, old, late, adopt) })
    adopt(shown.id)
    if (message.kind === 'event' && TERMINAL_TYPES.includes(message.type)) this.#withdraw(this.#threads.get(questionThread(message.threadKey)))
    return { result: 'delivered', detail: `${replaced?.id === shown.id ? 'changed in place' : 'shown'} by ${shown.by}` }
  }

  /**
   * The service answered after we gave up, so the toast is on the screen. It becomes the thread's, for the repeat to change
   * in place; unless the thread has another one by now.
   */
  #late(key: string, old: Thread | undefined, id: ToastId, adopt: (id: ToastId) => void): void {
    if (this.#threads.get(key) === old && !this.#closing) return adopt(id)
    if (this.#threads.get(key)?.id !== id) this.#closeQuietly(id)
  }

  /** Takes a toast down whose time is over. */
  #withdraw(thread: Thread | undefined): void {
    if (!thread?.shown) return
    thread.keep()
    thread.shown = false
    this.#closeQuietly(thread.id)
  }

  #pressed(id: ToastId, key: string): void {
    const thread = this.#byId(id)
    const action = thread?.keys.get(key)
    if (!thread || !action) {
      this.#ports.log.debug('a press on no toast or button of ours was ignored', { id })
      return
    }
    // Pressing is no dismissal, even where the service says "dismissed" right before or after it.
    thread.keep()
    thread.shown = false
    thread.dismissed = null
    this.#closeQuietly(id)
    this.#ports.pressed({ eventId: thread.eventId, action, destinationId: this.#options.destinationId })
  }

  #closed(id: ToastId, reason: CloseReason): void {
    const thread = this.#byId(id)
    if (!thread?.shown) return
    thread.keep()
    thread.shown = false
    if (reason === 'dismissed') thread.dismissed = thread.rank
  }

  /** Told as delivered already: all that is left is to say so, and not to take it for shown. */
  #failed(id: ToastId, why: string): void {
    this.#closed(id, 'unknown')
    this.#ports.log.warn('a toast that was taken for shown is not', { why })
  }

  #gone(owns: (id: ToastId) => boolean): void {
    for (const thread of this.#threads.values()) {
      if (thread.id === null || !owns(thread.id)) continue
      thread.keep()
      thread.id = null
      thread.shown = false
    }
  }

  #byId(id: ToastId): Thread | undefined {
    // From the newest: a service may give the id of a toast long gone anew.
    return [...this.#threads.values()].reverse().find((thread) => thread.id === id)
  }

  #forgetOldest(): void {
    for (const [key, thread] of this.#threads) {
      if (this.#threads.size <= THREADS_KEPT) return
      if (!thread.shown) this.#threads.delete(key)
    }
  }

  async #takeDown(thread: Thread): Promise<void> {
    thread.keep()
    thread.shown = false
    try {
      if (thread.id !== null) await this.#toasts.close(thread.id)
    } catch (error) {
      this.#logFailedClose(error)
    }
  }

  #closeQuietly(id: ToastId | null): void {
    if (id === null) return
    this.#toasts.close(id).catch((error: unknown) => this.#logFailedClose(error))
  }

  /** Most services answer an error for a toast that closed by itself in the meantime. */
  #logFailedClose(error: unknown): void {
    this.#ports.log.debug('a toast could not be taken down', { error: error instanceof Error ? error.message : String(error) })
  }
}

/** What is shown although the person dismissed the job's toast: something more severe, the end, or a call for help. */
function breaksThrough(message: Message, dismissed: number): boolean {
  return message.kind !== 'event' || SEVERITY_RANK[message.severity] > dismissed || TERMINAL_TYPES.includes(message.type) || isAttention(message.type)
}
