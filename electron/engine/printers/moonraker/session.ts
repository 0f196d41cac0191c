/** One period on the websocket: open, get in, see how Klippy is, subscribe, find out what was missed, then pass on what comes. */
import { z } from 'zod'
import type { Observation } from '../../events/model.ts'
import type { Cancel } from '../../ports.ts'
import { quoted, ServerError } from '../kit/server-error.ts'
import { wait } from '../kit/wait.ts'
import type { Contact } from './contact.ts'
import { readPast, type Past } from './history.ts'
import { outcomes, presentJob } from './reconcile.ts'
import { openRpc, RpcError, type Rpc } from './rpc.ts'

/** Nothing is pushed about a Klippy that is not ready (0.11.0, seen), so it is asked ... */
const NOT_READY_MS = 2_000
/** ... and a ready one now and then: a socket that lost its rights stays open and silent. */
const READY_MS = 30_000
/** After a start Moonraker needs 0.8 s to find Klippy; what became of a job is judged only then, or after so long. */
const KLIPPY_MS = 15_000
const KLIPPY_EVERY_MS = 500
const KEPT_NOTIFICATIONS = 2_000
/** Klipper answers a subscription within 0.25 s; one that works at something long keeps it waiting. */
const SUBSCRIBE_MS = 20_000
/** More logins than this within a minute help nobody. */
const LOGINS_PER_MINUTE = 4

const serverInfo = z.object({ klippy_state: z.string().max(40), moonraker_version: z.string().max(200).nullish().catch(null) })
const printerInfo = z.object({ state: z.string().max(40), state_message: z.string().nullish().catch(null) })
const objectList = z.object({ objects: z.array(z.string().max(200)).max(5_000) })
const subscribed = z.object({ status: z.unknown(), eventtime: z.number() })

export interface SessionControl {
  /** Ask the server now whether it is still there. */
  probe(): void
}

/** Runs until the socket is lost. `onUp` says when the first full state was observed. @returns why it ended @throws UpgradeRefused, ServerError why it never came up */
export async function runSession(contact: Contact, onControl: (control: SessionControl | null) => void, onUp: () => void): Promise<ServerError> {
  const session = new Session(contact)
  try {
    await session.open()
    await session.begin()
    onUp()
    onControl({ probe: () => session.probe() })
    return await session.ended
  } finally {
    onControl(null)
    session.close()
  }
}

/** How Klippy is, as far as Moonraker knows it. */
export interface Klippy {
  state: string
  message: string | null
  version: string | null
}

/** Asks both who may know: `printer.info` has the reason, and knows of an error 0.4 s earlier. @throws RpcError, ServerError */
export async function lookAtKlippy(rpc: Rpc, signal: AbortSignal): Promise<Klippy> {
  const { klippy_state: state, moonraker_version: version = null } = await rpc.call('server.info', serverInfo, undefined, { signal })
  if (state === 'ready') return { state, message: null, version }
  try {
    const own = await rpc.call('printer.info', printerInfo, undefined, { signal })
    const sooner = state === 'startup' && (own.state === 'error' || own.state === 'shutdown')
    return { state: sooner ? own.state : state, message: own.state_message?.slice(0, 2_000) ?? null, version }
  } catch (error) {
    // Before the first contact with Klippy the method is not there; after a loss it is 503.
    if (error instanceof RpcError && (error.noMethod || error.noKlippy)) return { state, message: null, version }
    throw error
  }
}

/** What an answer of the server's means for the connection. */
export function asMoonrakerError(error: unknown, host: string): ServerError {
  if (error instanceof ServerError) return error
  if (error instanceof RpcError) {
    if (error.unauthorized) return new ServerError('key_invalid', `Moonraker on ${host} has taken our rights away${quoted(error.said || null)}`, error.code)
    return new ServerError('server_error', `Moonraker on ${host} refused ${error.method}${quoted(error.said || null)}`, error.code)
  }
  throw error
}

class Session {
  readonly ended: Promise<ServerError>
  readonly #contact: Contact
  #end: (why: ServerError) => void = () => undefined
  #why: ServerError | null = null
  #rpc: Rpc | null = null
  /** Notifications that came before the first full state was observed; null = it was. */
  #held: { method: string; params: unknown }[] | null = []
  /** The first answer to the subscription, until it is observed. */
  #first: z.output<typeof subscribed> | null = null
  #klippy = ''
  #subscribed = false
  #asking = false
  /** Something changed while it was being looked at. */
  #lookOnceMore = false
  #wantedMetadata: string | null = null
  #cancelLook: Cancel = () => undefined
  #cancelRenew: Cancel = () => undefined
  readonly #logins: number[] = []

  constructor(contact: Contact) {
    this.#contact = contact
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  get #now(): number {
    return this.#contact.ports.clock.now()
  }

  /** @throws UpgradeRefused, ServerError */
  async open(): Promise<void> {
    const { rest, credentials, settings, ports, signal } = this.#contact
    const rpc = await openRpc(
      { base: rest.base, headers: credentials.upgradeHeaders(), pin: settings.pin ?? null, clock: ports.clock, signal },
      {
        notification: (method, params) => this.#notification(method, params),
        alive: () => this.#alive(),
        junk: (what) => this.#contact.sink.junk(what),
        closed: (why, code) => this.#fail(code === 1001 ? new ServerError('booting', `Moonraker on ${rest.host} is being stopped or restarted.`, code) : why),
      },
    )
    this.#rpc = rpc
    this.#contact.rpc = rpc
    if (this.#why) rpc.close(this.#why)
  }

  /** From the open socket to the first full state. @throws ServerError */
  async begin(): Promise<void> {
    const rpc = this.#open()
    const contact = this.#contact
    const offset = rpc.serverTime === null ? null : rpc.serverTime - this.#now
    try {
      await contact.credentials.open(rpc, contact.signal)
      const told = await this.#klippyToBeJudged(rpc)
      if (this.#klippy === 'ready') await this.#subscribe(rpc)
      const past = await readPast(contact, rpc, offset, this.#first?.status ?? null)
      if (this.#why) throw this.#why
      this.#observeFirst(told, past)
    } catch (error) {
      throw this.#why ?? asMoonrakerError(error, rpc.host)
    }
    const waiting = this.#held ?? []
    this.#held = null
    for (const { method, params } of waiting) this.#understand(method, params)
    contact.beside(contact.refreshWebcams(rpc))
    this.#askMetadata()
    this.#lookAgain()
    this.#renewInTime()
  }

  probe(): void {
    this.#rpc?.probe()
    this.#look()
  }

  close(): void {
    this.#cancelLook()
    this.#cancelRenew()
    this.#contact.rpc = null
    this.#rpc?.close(new ServerError('aborted', 'Stopped.'))
  }

  #open(): Rpc {
    if (this.#why) throw this.#why
    if (!this.#rpc) throw new ServerError('reset', 'The connection was lost.')
    return this.#rpc
  }

  #fail(why: ServerError): void {
    this.#why ??= why
    this.#rpc?.close(why)
    this.#end(this.#why)
  }

  /** Waits for a Klippy that Moonraker has still to find, where a job is remembered: it may print on all the while. @returns what was told of it */
  async #klippyToBeJudged(rpc: Rpc): Promise<Observation[]> {
    const { ports, signal, remembered, sourceId, interpreter } = this.#contact
    const until = ports.clock.monotonic() + KLIPPY_MS
    const told: Observation[] = []
    for (;;) {
      const klippy = await lookAtKlippy(rpc, signal)
      if (klippy.version !== null) this.#contact.sink.runs?.(`Moonraker ${klippy.version}`)
      this.#klippy = klippy.state
      told.push(...interpreter.klippy(klippy, this.#now))
      const open = klippy.state === 'disconnected' || klippy.state === 'startup'
      if (!open || remembered.activeJob(sourceId) === null || ports.clock.monotonic() >= until) return told
      await wait(ports.clock, KLIPPY_EVERY_MS, signal).over
      if (this.#why) throw this.#why
    }
  }

  /** What was missed, the link, and how things stand now: in this order. */
  #observeFirst(told: readonly Observation[], { rows, store, offset }: Past): void {
    const contact = this.#contact
    const { interpreter, remembered, sourceId, link } = contact
    const first = this.#first
    const present = presentJob(first?.status ?? null, rows, offset, this.#now)
    const lastSeenAt = remembered.lastSeenAt(sourceId)
    // Never seen: nothing is old enough to rebuild.
    if (lastSeenAt !== null) contact.observe(outcomes(sourceId, remembered.activeJob(sourceId), rows, present, offset, this.#now, lastSeenAt))
    contact.observe(interpreter.console(store, this.#now))
    link.tell('up', null, null)
    // What a Klippy that is ready said of itself before is over.
    contact.observe(first === null ? this.#withoutKlippy(told) : interpreter.full({ ...first, jobId: present.jobId }, this.#now))
  }

  /** Where Klippy is not ready, what was told of it is the whole state: what is absent is unknown. */
  #withoutKlippy(told: readonly Observation[]): Observation[] {
    const { sourceId, device } = this.#contact
    const last = told.findLastIndex((one) => one.kind === 'state')
    if (last >= 0) return told.map((one, index): Observation => (index === last && one.kind === 'state' ? { ...one, full: true } : one))
    // Nothing is new of it, or Moonraker has been looking for it for a moment only.
    return [...told, { kind: 'state', sourceId, at: this.#now, full: true, state: { device: device === 'ready' || device === 'unknown' ? 'starting' : device } }]
  }

  #alive(): void {
    this.#contact.link.alive()
    // Without a notification a second passes all the same.
    if (this.#held === null) this.#contact.observe(this.#contact.interpreter.tick(this.#now))
  }

  /** Subscribes to everything that is of use; its answer is understood before the notifications behind it. @throws RpcError, ServerError */
  async #subscribe(rpc: Rpc): Promise<void> {
    const { interpreter, signal } = this.#contact
    const { objects } = await rpc.call('printer.objects.list', objectList, undefined, { signal, deadlineMs: SUBSCRIBE_MS })
    await rpc.call('printer.objects.subscribe', subscribed, { objects: interpreter.objects(objects) }, {
      signal,
      deadlineMs: SUBSCRIBE_MS,
      atOnce: ({ status, eventtime }) => {
        this.#subscribed = true
        if (this.#held === null) return this.#contact.observe(interpreter.full({ status, eventtime }, this.#now))
        this.#first = { status, eventtime }
        // What was pushed before this answer is in it.
        this.#held = this.#held.filter(({ method }) => method !== 'notify_status_update')
      },
    })
  }

  #notification(method: string, params: unknown): void {
    if (this.#held === null) return this.#understand(method, params)
    if (this.#held.length < KEPT_NOTIFICATIONS) this.#held.push({ method, params })
    else this.#fail(new ServerError('server_error', `${this.#contact.rest.host} sends faster than it can be read.`))
  }

  #understand(method: string, params: unknown): void {
    const { interpreter, link } = this.#contact
    link.alive()
    this.#contact.observe(interpreter.notification(method, params, this.#now))
    switch (method) {
      case 'notify_klippy_ready':
        // Klippy's loss has cleared all subscriptions.
        this.#subscribed = false
        this.#look()
        break
      case 'notify_klippy_disconnected':
        this.#subscribed = false
        this.#look()
        break
      case 'notify_klippy_shutdown':
        this.#look()
        break
      case 'notify_webcams_changed':
        this.#webcamsChanged()
        break
      case 'notify_user_logged_out':
        this.#loggedOut()
        break
      default:
    }
    this.#askMetadata()
  }

  #webcamsChanged(): void {
    const rpc = this.#rpc
    if (rpc) this.#contact.beside(this.#contact.refreshWebcams(rpc))
  }

  /** Looks at Klippy now, and subscribes when that is due. */
  #look(): void {
    this.#lookOnceMore = this.#asking
    if (this.#asking || this.#held !== null || this.#why) return
    this.#asking = true
    this.#cancelLook()
    this.#contact.beside(this.#lookNow())
  }

  async #lookNow(): Promise<void> {
    const rpc = this.#rpc
    try {
      if (!rpc || this.#why) return
      const klippy = await lookAtKlippy(rpc, this.#contact.signal)
      this.#klippy = klippy.state
      this.#contact.observe(this.#contact.interpreter.klippy(klippy, this.#now))
      if (klippy.state !== 'ready') this.#subscribed = false
      else if (!this.#subscribed) await this.#subscribe(rpc)
    } catch (error) {
      this.#lookFailed(error, rpc)
    } finally {
      this.#asking = false
      if (this.#lookOnceMore) this.#look()
      else this.#lookAgain()
    }
  }

  #lookFailed(error: unknown, rpc: Rpc | null): void {
    if (this.#why || !rpc) return
    if (error instanceof RpcError && error.unauthorized) return this.#loggedOut()
    // Klippy was lost again between the question and the subscription: it is asked anew.
    if (error instanceof RpcError && (error.noKlippy || error.noMethod || error.code === 400)) return
    // What is wrong with the line shows by itself; a server that leaves a question open does not.
    this.#fail(asMoonrakerError(error, rpc.host))
  }

  #lookAgain(): void {
    this.#cancelLook()
    if (this.#why) return
    const settled = this.#klippy === 'ready' && this.#subscribed
    this.#cancelLook = this.#contact.ports.clock.after(settled ? READY_MS : NOT_READY_MS, () => this.#look())
  }

  /** The socket stays open after a logout, without rights: gets in again on it, or says why not. */
  #loggedOut(): void {
    const { ports, credentials, rest } = this.#contact
    const now = ports.clock.monotonic()
    while (this.#logins[0] !== undefined && now - this.#logins[0] > 60_000) this.#logins.shift()
    if (this.#logins.length >= LOGINS_PER_MINUTE) return this.#fail(new ServerError('server_error', `${rest.host} keeps asking for a new login.`))
    this.#logins.push(now)
    credentials.forget()
    this.#contact.beside(this.#getIn())
  }

  async #getIn(): Promise<void> {
    const rpc = this.#rpc
    if (!rpc || this.#why) return
    try {
      await this.#contact.credentials.open(rpc, this.#contact.signal)
      // What was pushed meanwhile never came.
      this.#subscribed = false
      this.#renewInTime()
      this.#look()
    } catch (error) {
      this.#fail(asMoonrakerError(error, rpc.host))
    }
  }

  #renewInTime(): void {
    this.#cancelRenew()
    const inMs = this.#contact.credentials.renewInMs()
    if (inMs === null || this.#why) return
    this.#cancelRenew = this.#contact.ports.clock.after(Math.max(1_000, inMs), () => this.#contact.beside(this.#renew()))
  }

  async #renew(): Promise<void> {
    const rpc = this.#rpc
    if (!rpc || this.#why) return
    try {
      await this.#contact.credentials.renew(rpc, this.#contact.signal)
      this.#renewInTime()
    } catch (error) {
      if (!this.#why) this.#fail(asMoonrakerError(error, rpc.host))
    }
  }

  /** Asks for the metadata of the file that the interpreter wants to know more of, one at a time. */
  #askMetadata(): void {
    const path = this.#held === null ? this.#contact.interpreter.wantsMetadata() : null
    if (path === null || this.#wantedMetadata !== null || !this.#rpc || this.#why) return
    this.#wantedMetadata = path
    this.#contact.beside(this.#readMetadata(this.#rpc, path))
  }

  async #readMetadata(rpc: Rpc, path: string): Promise<void> {
    const { interpreter, signal, ports } = this.#contact
    let body: unknown = null
    try {
      body = await rpc.call('server.files.metadata', z.unknown(), { filename: path }, { signal })
    } catch (error) {
      // Right after an upload the file is still being read (404): the interpreter asks again.
      if (!(error instanceof RpcError)) {
        if (!signal.aborted && !this.#why) ports.log.info('the metadata of a file cannot be read', { error: error instanceof Error ? error.message : String(error) })
        if (this.#why || signal.aborted) return
      }
    } finally {
      this.#wantedMetadata = null
    }
    this.#contact.observe(interpreter.metadata(path, body, this.#now))
  }
}
