/** What one connection knows and shares between push, polling, commands and camera; and how it speaks to the engine. */
import { z } from 'zod'
import type { PrinterContext } from '../../events/context.ts'
import type { Observation, PrinterCapabilities } from '../../events/model.ts'
import type { AdapterPorts, Remembered, Sink, Wanted } from '../adapter.ts'
import { linkTeller, type LinkTeller } from '../kit/link.ts'
import { ServerError } from '../kit/server-error.ts'
import { Beside } from '../kit/wait.ts'
import { keepContext, type KeptContext } from './context.ts'
import type { Interpreter } from './interpret.ts'
import type { Held } from './reconcile.ts'
import { filePath, keyInvalid, type OctoPrintRest } from './rest.ts'
import { SOURCE_ID, type OctoPrintSettings } from './settings.ts'
import { camerasOf, readWebcams, type Webcams } from './webcams.ts'

const currentUser = z.object({ name: z.string().nullish(), permissions: z.array(z.string()).catch([]) })
const fileRecord = z.record(z.string(), z.unknown())
/** Metadata that is stored with an event is far smaller (events/context.ts). */
const LARGEST_FILE_RECORD = 512 * 1024
const login = z.object({ name: z.string().min(1), session: z.string().min(1) })

/** A session may be known to the server for 15 min without a socket; a stale one within this time means a restart. */
const SESSION_MS = 14 * 60_000

export interface Session {
  name: string
  session: string
  /** Our clock, last time it was in use; epoch ms. */
  usedAt: number
}

/** What `connected` says of the server; a part is null where it says nothing. */
export interface Greeting {
  version: string | null
  /** Hash of the installed plugins. */
  plugins: string | null
  /** Hash of the settings. */
  settings: string | null
}

export class Contact {
  permissions: readonly string[] = []
  webcams: Webcams | null = null
  session: Session | null = null
  /** Whether the server is still the process it was when the link was last up; null = nothing tells. */
  process: 'same' | 'other' | null = null
  /** What the server's memory held, as far as the push channel showed it. */
  held: Held | null = null
  #greeting: Greeting | null = null
  readonly sourceId = SOURCE_ID
  readonly link: LinkTeller
  readonly #background = new Beside()
  readonly #context: KeptContext

  constructor(
    readonly rest: OctoPrintRest,
    readonly settings: OctoPrintSettings,
    readonly interpreter: Interpreter,
    readonly ports: AdapterPorts,
    readonly sink: Sink,
    readonly remembered: Remembered,
    public wanted: Wanted,
    readonly signal: AbortSignal,
  ) {
    this.link = linkTeller(sink, ports.clock)
    this.#context = keepContext({
      readFile: ({ origin, path }) => this.rest.json('GET', filePath(origin, path), fileRecord, { signal: this.signal, maxBytes: LARGEST_FILE_RECORD }),
      beside: (work) => this.beside(work),
      stopped: () => this.signal.aborted,
      log: this.ports.log,
    })
  }

  get up(): boolean {
    return this.link.up
  }

  /** The server gave a sign of life: tells the engine when it has heard nothing for a while. */
  alive(): void {
    if (this.session) this.session.usedAt = this.ports.clock.now()
    this.link.alive()
  }

  /** Passes observations on; full states also say what the key may do and which cameras there are. */
  observe(observations: readonly Observation[]): void {
    for (const observation of observations) {
      this.link.heard()
      this.sink.observe(observation.kind === 'state' && observation.full ? { ...observation, state: { ...observation.state, ...this.#known() } } : observation)
    }
  }

  /** Asks who the key belongs to. @throws ServerError: key_invalid, permission_missing (without STATUS nothing can be watched), ... */
  async identify(): Promise<void> {
    if (!this.rest.hasKey) throw new ServerError('key_invalid', `There is no API key for ${this.rest.host}. Connect it, or enter an application key.`)
    const user = await this.rest.json('GET', '/api/currentuser', currentUser, { signal: this.signal }).catch((error: unknown) => {
      // Up to 1.10 a wrong key gets 403 even here.
      throw error instanceof ServerError && error.status === 403 ? keyInvalid(this.rest.host, 403) : error
    })
    // From 1.11 on a wrong key is a guest.
    if (!user.name) throw keyInvalid(this.rest.host)
    this.permissions = user.permissions
    if (!this.may('STATUS')) throw new ServerError('permission_missing', `The API key of "${user.name}" lacks the permission STATUS, so ${this.rest.host} shows nothing. Give the user the group "Read-only Access" or more.`)
  }

  /** Passive login: a session for the socket. The answer holds secrets and is never logged. @throws ServerError */
  async login(): Promise<Session> {
    const answer = await this.rest.json('POST', '/api/login', login, { body: { passive: true }, signal: this.signal }).catch((error: unknown) => {
      throw error instanceof ServerError && error.status === 403 ? keyInvalid(this.rest.host, 403) : error
    })
    this.session = { ...answer, usedAt: this.ports.clock.now() }
    return this.session
  }

  /** A former session that the server still knows, unless it was restarted meanwhile. */
  recentSession(): Session | null {
    return this.session && this.ports.clock.now() - this.session.usedAt < SESSION_MS ? this.session : null
  }

  may(permission: string): boolean {
    return this.permissions.includes('ADMIN') || this.permissions.includes(permission)
  }

  /**
   * The server's first words on a new connection. Settings and cameras are read when another version, other plugins or
   * other settings are there than last time, or when nothing is known.
   */
  greeted(greeting: Greeting): void {
    const before = this.#greeting
    this.#greeting = greeting
    const parts = ['version', 'plugins', 'settings'] as const
    const changed = before === null ? [] : parts.filter((part) => before[part] !== greeting[part])
    if (changed.length > 0) this.ports.log.info('OctoPrint has changed since the last connection', { changed, before: before?.version, version: greeting.version })
    if (changed.length > 0 || greeting.settings === null || this.webcams === null) this.refreshSettings()
  }

  /** Reads the cameras beside everything else; `settled` waits for it. */
  refreshSettings(): void {
    this.beside(this.readSettings())
  }

  /** Keeps OctoPrint's own words of a frame, where a destination needs them. */
  keepFrame(frame: unknown): void {
    if (this.wanted.context === true) this.#context.frame(frame)
  }

  /** The same for the two answers of a round by REST; `printer` null = it answered 409. */
  keepRest(job: unknown, printer: unknown): void {
    if (this.wanted.context === true) this.#context.rest(job, printer)
  }

  /** Null = nothing is known, or nobody needed it so far. */
  context(): PrinterContext | null {
    return this.wanted.context === true ? this.#context.now() : null
  }

  /** Keeps track of work that nobody waits for and that never throws. */
  beside(work: Promise<void>): void {
    this.#background.add(work)
  }

  /** Ends when nothing that was begun beside the connection still runs. */
  async settled(): Promise<void> {
    await this.#background.settled()
  }

  /** Reads the cameras; a key without SETTINGS_READ keeps what a snapshot may still find. Never throws. */
  async readSettings(): Promise<void> {
    try {
      this.webcams = await readWebcams(this.rest, this.signal)
    } catch (error) {
      if (this.signal.aborted) return
      this.ports.log.info('the settings cannot be read, so only the default camera is known', { error: error instanceof Error ? error.message : String(error) })
      this.webcams ??= null
    }
    if (this.up) this.observe([{ kind: 'state', sourceId: this.sourceId, at: this.ports.clock.now(), full: false, state: this.#known() }])
  }

  #known(): { capabilities: PrinterCapabilities; cameras?: ReturnType<typeof camerasOf> } {
    const print = this.may('PRINT')
    const cameras = this.webcams && camerasOf(this.webcams)
    return {
      capabilities: {
        pause: print, resume: print, cancel: print,
        gcode: this.may('CONTROL'),
        answer: this.may('PLUGIN_ACTION_COMMAND_PROMPT_INTERACT'),
        snapshot: this.settings.snapshotUrl !== undefined || (this.may('WEBCAM') && (cameras === null || cameras.some((camera) => camera.canSnapshot))),
      },
      ...(cameras ? { cameras } : {}),
    }
  }
}
