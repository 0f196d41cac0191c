/** The push side of the simulated OctoPrint: what one socket is told, following the real server's rules (1.11.8, seen). */
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { connectedFrame, currentFrame, historyFrame } from './frames.ts'
import type { Said } from './job.ts'
import type { SimulatedPrinter } from './printer.ts'
import type { User, Users } from './users.ts'

/** What a socket that lost its login keeps for the next good one. */
const BACKLOG = 100
/** OctoPrint's own rate limit of `current`, times the throttle. */
export const CURRENT_EVERY_MS = 500
const MAX_BUFFERED = 4_000_000

const filterSchema = z.union([z.boolean(), z.string()])
const namesSchema = z.union([z.boolean(), z.array(z.string())])
const subscribeSchema = z.object({
  state: z.union([z.boolean(), z.object({ logs: filterSchema.optional(), messages: filterSchema.optional() })]).optional(),
  plugins: namesSchema.optional(),
  events: namesSchema.optional(),
})

type Names = boolean | Set<string>

interface Subscription {
  state: boolean
  logs: boolean | RegExp
  plugins: Names
  events: Names
}

const EVERYTHING: Subscription = { state: true, logs: true, plugins: true, events: true }
const NOTHING: Subscription = { state: false, logs: false, plugins: false, events: false }

export interface PushOptions {
  /** Frames per second of `current`, whatever the client's throttle; null = OctoPrint's own rule. */
  fps: number | null
  /** Adds `sentAt` (epoch ms) to every event's payload, for benchmarks that measure across processes. */
  stamp: boolean
}

export class PushSocket {
  #user: User | null = null
  /** Set by the first good login; until then only plugin messages are kept. */
  #registered = false
  #subscription = EVERYTHING
  #filtering = false
  #throttle = 1
  #backlog: Record<string, unknown>[] = []
  #logs: string[] = []
  #lastCurrent = -Infinity

  constructor(readonly socket: WebSocket, readonly printer: SimulatedPrinter, readonly users: Users, readonly options: PushOptions) {
    this.#write(connectedFrame())
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#read(data.toString('utf8'))
    })
  }

  said(said: Said): void {
    if ('log' in said) {
      if (this.#user) this.#logs.push(said.log)
      return
    }
    if ('plugin' in said) {
      if (admits(this.#subscription.plugins, said.plugin.plugin)) this.#tell({ plugin: said.plugin }, true)
      return
    }
    const { type, payload } = said.event
    const stamped = this.options.stamp ? { ...payload, sentAt: this.printer.clock.now() } : payload
    if (admits(this.#subscription.events, type)) this.#tell({ event: { type, payload: stamped } }, false)
    if (type === 'PrinterStateChanged' && this.options.fps === null) this.tick()
  }

  /** Sends `current` when it is due. */
  tick(): void {
    if (!this.#user || !this.#subscription.state || this.socket.bufferedAmount > MAX_BUFFERED) return
    const now = this.printer.clock.monotonic()
    // A few ms of grace: a timer that fires a little early must not skip a whole round.
    if (this.options.fps === null && now - this.#lastCurrent < CURRENT_EVERY_MS * this.#throttle - 20) return
    this.#lastCurrent = now
    this.#write(currentFrame(this.printer.told(), this.#wantedLogs()))
  }

  /** OctoPrint says this when the login behind the socket is gone. */
  expire(reason: 'logout' | 'stale' | 'removed' | 'modified'): void {
    if (reason !== 'modified') this.#user = null
    this.#write({ reauthRequired: { reason } })
  }

  #read(text: string): void {
    const message = parse(text)
    if (message === null) return
    // One command per message: the first of these wins.
    if ('auth' in message) this.#auth(message.auth)
    else if ('throttle' in message) this.#setThrottle(message.throttle)
    else if ('subscribe' in message) this.#subscribe(message.subscribe)
  }

  #auth(value: unknown): void {
    // The real server's handler fails on anything but a string and takes the socket with it.
    if (typeof value !== 'string') return this.socket.terminate()
    const parts = value.split(':')
    const [name, session] = parts
    if (parts.length !== 2 || name === undefined || session === undefined) return
    const user = this.users.bySession(name, session)
    if (!user) return this.expire('stale')
    this.#user = user
    if (!this.#registered) {
      this.#registered = true
      if (this.#subscription.state) this.#write(historyFrame(this.printer.told(), this.#wantedLogs()))
      this.#write({ timelapse: null })
    }
    for (const frame of this.#backlog.splice(0)) this.#write(frame)
    this.tick()
  }

  #setThrottle(value: unknown): void {
    const parsed = z.int().min(1).safeParse(value)
    if (parsed.success) this.#throttle = parsed.data
  }

  /** An invalid first subscription leaves the socket deaf; a later one changes nothing. */
  #subscribe(value: unknown): void {
    const wanted = readSubscription(value)
    if (!wanted) {
      if (!this.#filtering) this.#subscription = NOTHING
      this.#filtering = true
      return
    }
    const hadState = this.#subscription.state
    this.#filtering = true
    this.#subscription = wanted
    if (this.#user && wanted.state && !hadState) this.#write(historyFrame(this.printer.told(), this.#wantedLogs()))
  }

  #wantedLogs(): string[] {
    const { logs } = this.#subscription
    const lines = this.#logs.splice(0)
    if (logs === false) return []
    return logs === true ? lines : lines.filter((line) => logs.test(line))
  }

  #tell(frame: Record<string, unknown>, plugin: boolean): void {
    if (this.#user) this.#write(frame)
    else if ((plugin || this.#registered) && this.#backlog.length < BACKLOG) this.#backlog.push(frame)
  }

  #write(frame: Record<string, unknown>): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(frame))
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).nullable().catch(null).parse(JSON.parse(text))
  } catch {
    // Not JSON: the real server ignores it, too.
    return null
  }
}

function readSubscription(value: unknown): Subscription | null {
  const parsed = subscribeSchema.safeParse(value)
  if (!parsed.success) return null
  const { state, plugins, events } = parsed.data
  try {
    // `true` means logs without messages; in an object what is left out is off (code, not the docs).
    const logs = typeof state === 'object' ? (state.logs ?? false) : state === true
    return { state: state !== undefined && state !== false, logs: typeof logs === 'string' ? new RegExp(logs) : logs, plugins: names(plugins), events: names(events) }
  } catch {
    // A filter that is no regular expression makes the whole subscription invalid.
    return null
  }
}

function names(value: boolean | string[] | undefined): Names {
  return Array.isArray(value) ? new Set(value) : (value ?? false)
}

function admits(names: Names, name: string): boolean {
  return typeof names === 'boolean' ? names : names.has(name)
}
