/** The contract every kind of printer server fulfils. One folder per kind, one line in registry.ts. */
import type { z } from 'zod'
import type { PrinterContext } from '../events/context.ts'
import type { EventType, JobFile, LinkObservation, Observation } from '../events/model.ts'
import type { Clock, Log, Net, Orientation, Random } from '../ports.ts'
import type { Secret, SecretFields } from '../settings/secret.ts'

export interface AdapterPorts {
  clock: Clock
  random: Random
  net: Net
  log: Log
}

/** One configured server. `settings` was parsed by the adapter's own schema; secrets come resolved, by field name. */
export interface ServerConfig<S = unknown> {
  id: string
  kind: string
  settings: S
  secrets: Readonly<Record<string, Secret>>
}

/** What a connection tells the engine. Called in order; must not throw. */
export interface Sink {
  link(observation: LinkObservation): void
  observe(observation: Observation): void
  /** Junk that could not be parsed: counted per server, told once per kind of junk. */
  junk(what: string): void
  /** What the server says it runs ("OctoPrint 1.11.8"), told at each connection; a change of it is told to whoever wants to know. */
  runs?(version: string): void
}

/** What the engine remembers of the server's printers, for finding out what happened while nobody looked. */
export interface Remembered {
  /** Last time the source was seen with the link up; null = never, then nothing is old enough to rebuild. */
  lastSeenAt(sourceId: string): number | null
  /** The job that was active when last seen. */
  activeJob(sourceId: string): { file: JobFile; startedAt: number | null; jobId: string | null } | null
}

/** What is subscribed, so that an adapter asks its server for no more. Read at connect and when `changed` is called. */
export interface Wanted {
  /** Event types that some destination may get. */
  types: ReadonlySet<EventType>
  /** Names of the server's own events that something subscribes to; '*' = all. */
  natives: ReadonlySet<string>
  layers: boolean
  messages: boolean
  /** Some destination needs the context of events (`Connection.context`); absent = none does. */
  context?: true
}

export interface ConnectOptions {
  remembered: Remembered
  wanted: Wanted
  /**
   * The server's secrets as they are now: asked for before each new login after the server refused the former ones, so that
   * a renewed key needs no restart. Rejects with an Error that names the reference, never the value.
   */
  refreshSecrets?(): Promise<Readonly<Record<string, Secret>>>
}

/** A raw still as the camera gave it; not yet oriented. */
export interface RawPicture {
  bytes: Uint8Array
  orientation: Orientation
  takenAt: number
}

/** Why there is no picture. `cause` is a short word for logs and decisions, `detail` a sentence for people. */
export class NoPicture extends Error {
  override readonly name = 'NoPicture'
  constructor(readonly cause_: 'no_camera' | 'not_permitted' | 'timeout' | 'too_large' | 'not_a_picture' | 'server_error' | 'unreachable', detail: string) {
    super(detail)
  }
}

export type PrinterCommand =
  | { name: 'pause' }
  | { name: 'resume' }
  | { name: 'cancel' }
  | { name: 'gcode'; lines: string[] }
  /** Answer a prompt by the index of its choice. */
  | { name: 'answer'; choice: number }
  /** Everything off at once, whatever is under way: heaters and motors are without power, and the board must be restarted. */
  | { name: 'emergency_stop' }

/**
 * What the server said to a command. `accepted` is not success: the engine waits for the state to show it.
 * `forbidden` names the missing permission in `detail`.
 */
export interface CommandAnswer {
  result: 'accepted' | 'refused' | 'forbidden' | 'unsupported' | 'unreachable'
  detail: string
}

export interface Connection {
  /** Ends when the signal of connect() was aborted and every socket and timer is gone. */
  readonly closed: Promise<void>
  /** @throws NoPicture */
  snapshot(sourceId: string, cameraId: string | null, signal: AbortSignal): Promise<RawPicture>
  /**
   * The picture that a failure detector judged, by the name it came with (`failure_suspected`, `failure_detected`); absent = such names mean
   * nothing to this kind. @throws NoPicture
   */
  evidence?(sourceId: string, picture: string, signal: AbortSignal): Promise<RawPicture>
  command(sourceId: string, command: PrinterCommand, signal: AbortSignal): Promise<CommandAnswer>
  /**
   * How things stand with a printer now, in the words of its server, out of what it told last: asked at once when an event is made, so it
   * never waits. Only kept while `Wanted.context` is set. Null = nothing is known; absent = the engine makes it of the printer's state.
   */
  context?(sourceId: string): PrinterContext | null
  /** The subscriptions changed: ask for what is wanted now. */
  want(wanted: Wanted): void
  /** Look again now: after sleep or a network change. */
  recheck(): void
}

/** Named causes of a connection test. */
export type TestCause =
  | 'ok' | 'name_not_found' | 'refused' | 'timeout' | 'unreachable' | 'tls_self_signed' | 'tls_expired' | 'tls_name' | 'tls_untrusted'
  | 'tls_not_tls' | 'tls_pin_mismatch' | 'key_missing' | 'key_invalid' | 'permission_missing' | 'proxy_auth' | 'not_this_server' | 'wrong_prefix'
  | 'too_old' | 'booting' | 'setup_unfinished' | 'bad_address' | 'server_error'

export interface TestResult {
  cause: TestCause
  /** Cause and cure in a sentence or two, for people; never a secret. */
  detail: string
  /** The server's version text where it told. */
  version: string | null
  /** What the server lets this key do; null when not found out. */
  permissions: string[] | null
  /** The SHA-256 fingerprint to show and pin, for tls_self_signed and tls_pin_mismatch. */
  fingerprint: string | null
  /** The printers it speaks for. */
  sources: { sourceId: string; name: string }[]
  /** Camera check, made only when all else is ok. */
  camera: { ok: boolean; detail: string } | null
}

export interface Discovered {
  kind: string
  /** Stable over rounds, for de-duplication. */
  id: string
  name: string
  url: string
  version: string | null
}

export type PairStep =
  /** The person must confirm; `url` may be opened. Comes once. `endsAt`: when the server stops waiting, epoch ms; null = not known. */
  | { step: 'confirm'; url: string | null; text: string; endsAt: number | null }
  | { step: 'done'; secrets: Record<string, Secret>; text: string }
  | { step: 'failed'; cause: 'denied' | 'timed_out' | 'unsupported' | 'rate_limited' | 'unreachable' | 'cancelled'; text: string }

export interface AdapterCapabilities {
  push: boolean
  discover: boolean
  pair: boolean
  snapshot: boolean
  commands: readonly PrinterCommand['name'][]
  /** Which event types this kind can ever tell; others show no toggle. */
  events: ReadonlySet<EventType>
  /** False when a job ends with the server process (it streams the file itself). */
  jobSurvivesServer: boolean
  /** One server may speak for several printers (an account, a farm); absent = each speaks for one. */
  manyPrinters?: boolean
}

export interface PrinterAdapter<S = unknown> {
  readonly kind: string
  readonly displayName: string
  /**
   * Connection settings without secrets; forms are drawn from its JSON Schema. A server's address is called `url` in every kind,
   * and where a self-signed certificate can be pinned, its SHA-256 fingerprint is called `pin`.
   */
  readonly settingsSchema: z.ZodType<S>
  /** Names of the settings that are secrets ("apiKey"), with what they are for. */
  readonly secretFields: SecretFields
  readonly capabilities: AdapterCapabilities
  /** The server's web page for "open in browser". */
  webUrl(settings: S): string | null
  discover?(ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered>
  test(server: ServerConfig<S>, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult>
  pair?(server: ServerConfig<S>, ports: AdapterPorts, signal: AbortSignal): AsyncIterable<PairStep>
  /** Gives the credential back to the server when it is removed here. */
  unpair?(server: ServerConfig<S>, ports: AdapterPorts, signal: AbortSignal): Promise<{ revoked: boolean; detail: string }>
  /** Once per server. Reconnects for ever with back-off until `signal` aborts. */
  connect(server: ServerConfig<S>, sink: Sink, signal: AbortSignal, ports: AdapterPorts, options: ConnectOptions): Connection
}
