/** A connection to the session bus that opens when first needed, has a limit on every call and survives the bus. */
import type { Message, MessageBus } from 'dbus-native'
import type { Clock, Log } from '../../ports.ts'
import { ToastError } from './port.ts'
import type { ToastTrouble } from './port.ts'

/**
 * Why the desktop could not be reached.
 * - `bad_address`: the bus address is none; it stays so until Printbell is started anew.
 * - `no_bus`: nobody listens there. `no_service`: the bus is there, a notification service is not.
 * - `silent`: no answer in time. `lost`: the bus went away during the call. `refused`: the far side answered with an error.
 * - `stopped`: the caller gave up.
 */
export type DesktopFault = 'bad_address' | 'no_bus' | 'no_service' | 'silent' | 'lost' | 'refused' | 'stopped'

/** A bus that goes in the middle of a call may have carried it. */
const TROUBLE: Readonly<Record<DesktopFault, ToastTrouble>> = {
  bad_address: 'never', no_bus: 'absent', no_service: 'absent', refused: 'absent', silent: 'unsure', lost: 'unsure', stopped: 'stopped',
}

export class DesktopError extends ToastError {
  override readonly name = 'DesktopError'
  /** @param message cause and cure for people, without addresses */
  constructor(readonly fault: DesktopFault, message: string, options?: ErrorOptions) {
    super(TROUBLE[fault], message, options)
  }
}

/** ms within which the bus and the notification service have to answer. */
export const CALL_LIMIT = 5000
/** ms after which an answer is not waited for any more, even by those who only want to know what became of a late one. */
const FORGET_AFTER = 120_000

/** What the bus answers in place of a service that is not there, or died before it answered (NoReply). */
const NOBODY_THERE: ReadonlySet<string> = new Set(['ServiceUnknown', 'NameHasNoOwner', 'NoReply', 'Disconnected'].map((name) => `org.freedesktop.DBus.Error.${name}`))

export interface CallOptions {
  signal: AbortSignal | null
  /** Gets the answer of a call that was given up for being late. */
  onLate?: (answer: unknown) => void
}

export interface SessionBusOptions {
  address: string
  clock: Clock
  log: Log
  /** Match rules that are put in place with every connection. */
  rules: readonly string[]
  /** Everything that arrives, answers to our own calls included. */
  onMessage(message: Message): void
  /** The connection ended without our doing. */
  onLost(): void
}

export class SessionBus {
  readonly #options: SessionBusOptions
  #bus: MessageBus | null = null
  #ready: Promise<MessageBus> | null = null
  /** Grows whenever a connection is let go of. */
  #turn = 0

  constructor(options: SessionBusOptions) {
    this.#options = options
  }

  /** Connects if need be and calls. @throws DesktopError */
  async call(message: Message, options: CallOptions): Promise<unknown> {
    const bus = await this.#connected(options.signal)
    return await this.#limited(bus, message, options)
  }

  /** Lets go of the connection; what was written already still goes out. */
  close(): void {
    const bus = this.#bus
    this.#forget()
    if (!bus) return
    const { stream } = bus.connection
    // A bus that never closes its half must not keep the process alive.
    stream.once('finish', () => stream.destroy())
    bus.connection.end()
  }

  async #connected(signal: AbortSignal | null): Promise<MessageBus> {
    this.#ready ??= this.#connect()
    // Nobody's abort may break a connection that others wait for as well, so only the wait is given up.
    return await untilAborted(this.#ready, signal)
  }

  async #connect(): Promise<MessageBus> {
    const turn = this.#turn
    // With its introspection and XML it is the largest library here, and a start does not wait for it (docs/performance.md).
    const { createClient } = await import('dbus-native')
    // Closed meanwhile: nobody would let go of what is opened now.
    if (turn !== this.#turn) throw new DesktopError('stopped', 'closed before the desktop was asked')
    let bus: MessageBus
    try {
      // timeout 0: the limit is ours, on our clock. The library's own would also hit its hidden Hello, whose failure it
      // throws out of a timer, which ends the process (dbus-native 0.16.1, read).
      bus = createClient({ busAddress: this.#options.address, timeout: 0 })
    } catch (error) {
      this.#ready = null
      throw new DesktopError('bad_address', 'DBUS_SESSION_BUS_ADDRESS is not an address of a message bus; start Printbell inside your desktop session, or correct the variable', { cause: error })
    }
    this.#bus = bus
    this.#listen(bus)
    try {
      for (const rule of this.#options.rules) {
        await this.#limited(bus, { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', member: 'AddMatch', signature: 's', body: [rule] }, { signal: null })
      }
      return bus
    } catch (error) {
      this.#drop(bus)
      if (error instanceof DesktopError && error.fault === 'silent') throw new DesktopError('silent', 'the message bus of this desktop does not answer; log in to the desktop again', { cause: error })
      throw new DesktopError('no_bus', 'the message bus of this desktop can\'t be reached; Printbell shows toasts once somebody is logged in to the desktop', { cause: error })
    }
  }

  #listen(bus: MessageBus): void {
    const { log } = this.#options
    bus.connection.on('message', (message) => {
      if (bus === this.#bus) this.#options.onMessage(message)
    })
    // Without this listener a missing socket is an uncaught exception. A failed handshake leaves the socket open, so end it.
    bus.connection.on('error', (error) => {
      log.debug('session bus error', { error: error.message })
      bus.connection.stream.destroy()
    })
    bus.connection.on('handlerError', (error) => {
      log.warn('a message from the session bus could not be handled', { error: error.message })
    })
    bus.connection.on('close', () => {
      if (bus === this.#bus) this.#drop(bus)
    })
  }

  #drop(bus: MessageBus): void {
    if (bus !== this.#bus) return
    this.#forget()
    bus.connection.stream.destroy()
    this.#options.onLost()
  }

  #forget(): void {
    this.#bus = null
    this.#ready = null
    this.#turn += 1
  }

  async #limited(bus: MessageBus, message: Message, { signal, onLate }: CallOptions): Promise<unknown> {
    let late = false
    const answer = bus.invoke<unknown>(message, { timeout: FORGET_AFTER }).then(
      (value) => {
        if (late) onLate?.(value)
        return value
      },
      (error: Error) => {
        if ('code' in error && error.code === 'ECONNCLOSED') throw new DesktopError('lost', 'the message bus of this desktop went away', { cause: error })
        const name = 'dbusName' in error && typeof error.dbusName === 'string' ? error.dbusName : null
        if (name !== null && NOBODY_THERE.has(name)) throw new DesktopError('no_service', 'nobody has that name on the message bus', { cause: error })
        throw new DesktopError('refused', `the desktop answered with an error: ${name ?? error.message}`, { cause: error })
      },
    )
    // Once we stopped waiting, its failure is nobody's news.
    answer.catch(() => undefined)
    let cancel = () => undefined as void
    const limit = new Promise<never>((_, reject) => {
      cancel = this.#options.clock.after(CALL_LIMIT, () => {
        late = true
        reject(new DesktopError('silent', `no answer within ${CALL_LIMIT / 1000} s`))
      })
    })
    try {
      return await untilAborted(Promise.race([answer, limit]), signal)
    } catch (error) {
      late = true
      throw error
    } finally {
      cancel()
    }
  }
}

/** Waits for `promise`, but no longer than until `signal` aborts. @throws DesktopError 'stopped' then */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (!signal) return await promise
  let onAbort = () => undefined as void
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new DesktopError('stopped', 'given up before the desktop answered'))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    promise.catch(() => undefined)
  }
}
