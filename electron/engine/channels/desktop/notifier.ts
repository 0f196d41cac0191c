/** The client of org.freedesktop.Notifications: who serves it, what it can, and what it says about our toasts. */
import type { Message } from 'dbus-native'
import { z } from 'zod'
import { once } from '../../once.ts'
import type { Clock, Log } from '../../ports.ts'
import { DesktopError, SessionBus, untilAborted } from './dbus.ts'
import type { NotifyArguments, ServiceFacts } from './linux.ts'
import type { CloseReason } from './port.ts'

const NAME = 'org.freedesktop.Notifications'
const PATH = '/org/freedesktop/Notifications'
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' } as const
const SIGNAL = 4

export interface NotifierEvents {
  /** `token`: lets a window of ours come to the front under Wayland; null where the service sends none. */
  invoked(id: number, key: string, token: string | null): void
  closed(id: number, reason: CloseReason): void
  /** The service (or the bus) went: no id means anything any more. */
  gone(): void
  /** A service took the name, or another one did. */
  appeared?(): void
}

export interface NotifierOptions {
  address: string
  clock: Clock
  log: Log
  events: NotifierEvents
}

const uint32 = once(() => z.number().int().min(0).max(0xffff_ffff))
const ownerChange = once(() => z.tuple([z.literal(NAME), z.string(), z.string()]))
const closedBody = once(() => z.tuple([uint32(), uint32()]))
const pairBody = once(() => z.tuple([uint32(), z.string()]))
const information = once(() => z.array(z.string()).min(3))
const capabilityList = once(() => z.array(z.string()))
/** By the specification's numbers; 4 = not told. */
const REASONS: Readonly<Record<number, CloseReason>> = { 1: 'expired', 2: 'dismissed', 3: 'called' }

export class Notifier {
  readonly #options: NotifierOptions
  readonly #bus: SessionBus
  /** The unique name behind NAME; null = not known (yet) or nobody. Signals of anybody else are not ours. */
  #owner: string | null = null
  /** What the owner said of itself, or is saying; null = ask. */
  #facts: Promise<ServiceFacts> | null = null
  #token: { id: number; token: string } | null = null
  /** Signals that were ours in name but not in shape or sender. */
  #ignored = 0

  constructor(options: NotifierOptions) {
    this.#options = options
    this.#bus = new SessionBus({
      address: options.address,
      clock: options.clock,
      log: options.log,
      rules: [
        `type='signal',sender='${BUS.destination}',path='${BUS.path}',interface='${BUS.interface}',member='NameOwnerChanged',arg0='${NAME}'`,
        `type='signal',sender='${NAME}',path='${PATH}',interface='${NAME}'`,
      ],
      onMessage: (message) => this.#onMessage(message),
      onLost: () => this.#setOwner(null),
    })
  }

  /** How many signals were ignored for coming from a stranger or making no sense. */
  get ignored(): number {
    return this.#ignored
  }

  /**
   * Who serves notifications and what it can; read once per owner. Starts the service where the bus knows how.
   * @throws DesktopError
   */
  async service(signal: AbortSignal | null): Promise<ServiceFacts> {
    this.#facts ??= this.#readFacts()
    const asked = this.#facts
    try {
      return await untilAborted(asked, signal)
    } catch (error) {
      if (this.#facts === asked && !(error instanceof DesktopError && error.fault === 'stopped')) this.#facts = null
      throw error
    }
  }

  /**
   * Shows or, by `replacesId`, changes a toast. Ask `service` before.
   * @param onLate gets the id when the service answers after all, later than the limit
   * @returns the toast's id
   * @throws DesktopError
   */
  async notify(args: NotifyArguments, signal: AbortSignal | null, onLate: (id: number) => void): Promise<number> {
    const owner = this.#owner
    try {
      const answer = await this.#call('Notify', 'susssasa{sv}i', [args.appName, args.replacesId, args.appIcon, args.summary, args.body, args.actions, args.hints, args.expireTimeout], signal, (late) => {
        const id = uint32().safeParse(late)
        if (id.success && owner === this.#owner) onLate(id.data)
      })
      const id = uint32().safeParse(answer)
      if (!id.success) throw new DesktopError('refused', 'the notification service answered with no id')
      return id.data
    } catch (error) {
      // A service that hangs is asked for its facts first next time, so that no second toast is queued behind the first.
      if (error instanceof DesktopError && error.fault === 'silent') this.#facts = null
      throw error
    }
  }

  /** Takes a toast down; one that is gone already is fine. @throws DesktopError */
  async close(id: number): Promise<void> {
    if (this.#owner === null) return
    await this.#call('CloseNotification', 'u', [id], null)
  }

  /** Lets go of the bus; toasts stay. */
  end(): void {
    this.#bus.close()
    this.#owner = null
    this.#facts = null
  }

  async #readFacts(): Promise<ServiceFacts> {
    this.#owner = await this.#findOwner()
    const [name = '', , version = ''] = parsed(information(), await this.#call('GetServerInformation', null, null, null))
    const capabilities = parsed(capabilityList(), await this.#call('GetCapabilities', null, null, null))
    this.#options.log.info('notification service found', { name, version, capabilities: capabilities.join(' ') })
    return { name, version, capabilities: new Set(capabilities) }
  }

  async #findOwner(): Promise<string> {
    try {
      return await this.#askOwner()
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
    try {
      await this.#bus.call({ ...BUS, member: 'StartServiceByName', signature: 'su', body: [NAME, 0] }, { signal: null })
      return await this.#askOwner()
    } catch (error) {
      // ServiceUnknown, NameHasNoOwner, Spawn.*: by whatever name, there is none.
      if (isAbsent(error)) throw noService(error)
      throw error
    }
  }

  async #askOwner(): Promise<string> {
    return parsed(z.string().min(1), await this.#bus.call({ ...BUS, member: 'GetNameOwner', signature: 's', body: [NAME] }, { signal: null }))
  }

  async #call(member: string, signature: string | null, body: unknown[] | null, signal: AbortSignal | null, onLate?: (answer: unknown) => void): Promise<unknown> {
    const owner = this.#owner
    if (owner === null) throw noService()
    try {
      // To the owner itself, not the name: an id belongs to the one that gave it.
      return await this.#bus.call({ destination: owner, path: PATH, interface: NAME, member, ...(signature && body ? { signature, body } : {}) }, { signal, ...(onLate ? { onLate } : {}) })
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      if (error.fault === 'silent') throw new DesktopError('silent', `the notification service did not answer: ${error.message}`, { cause: error })
      if (error.fault === 'no_service') throw noService(error)
      throw error
    }
  }

  #onMessage(message: Message): void {
    if (message.type !== SIGNAL) return
    if (message.sender === BUS.destination && message.interface === BUS.interface && message.member === 'NameOwnerChanged') {
      const change = ownerChange().safeParse(message.body)
      if (!change.success) return
      const owner = change.data[2] || null
      const news = owner !== null && owner !== this.#owner
      this.#setOwner(owner)
      if (news) this.#options.events.appeared?.()
      return
    }
    if (message.interface !== NAME || message.path !== PATH) return
    // Any program of the session can send a signal of this name straight to us.
    if (this.#owner === null || message.sender !== this.#owner || !this.#onSignal(message)) this.#ignored++
  }

  /** @returns false for what makes no sense */
  #onSignal(message: Message): boolean {
    const { events } = this.#options
    if (message.member === 'NotificationClosed') {
      const body = closedBody().safeParse(message.body)
      if (body.success) events.closed(body.data[0], REASONS[body.data[1]] ?? 'unknown')
      return body.success
    }
    const body = pairBody().safeParse(message.body)
    if (!body.success) return false
    const [id, text] = body.data
    if (message.member === 'ActivationToken') {
      // It comes before the press that it belongs to.
      this.#token = { id, token: text }
      return true
    }
    if (message.member !== 'ActionInvoked') return false
    const token = this.#token?.id === id ? this.#token.token : null
    this.#token = null
    events.invoked(id, text, token)
    return true
  }

  #setOwner(owner: string | null): void {
    if (owner === this.#owner) return
    const had = this.#owner !== null
    this.#owner = owner
    this.#token = null
    if (!had) return
    // Facts that are being read for a first owner stay: the signal only says what the reading finds out as well.
    this.#facts = null
    this.#options.events.gone()
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof DesktopError && (error.fault === 'no_service' || error.fault === 'refused')
}

function noService(cause?: unknown): DesktopError {
  return new DesktopError('no_service', 'no notification service is running on this desktop', { cause })
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (!result.success) throw new DesktopError('refused', 'the notification service gave an answer that makes no sense')
  return result.data
}
