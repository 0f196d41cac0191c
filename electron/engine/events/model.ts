/**
 * The vocabulary: what adapters observe, what a printer's state is, what an event is.
 * Units everywhere: degrees Celsius, seconds for durations of the print, mm, fraction 0..1, bytes, epoch milliseconds
 * for points in time. `null` means not known, never 0.
 */

// ---------------------------------------------------------------------------------------------- state of a printer

export type Link = 'connecting' | 'up' | 'stale' | 'down' | 'auth_failed' | 'refused'
export type Device = 'unknown' | 'starting' | 'ready' | 'error' | 'shutdown' | 'off'
export type JobPhase =
  | 'none' | 'preparing' | 'printing' | 'pausing' | 'paused' | 'resuming' | 'finishing' | 'cancelling'
  | 'done' | 'cancelled' | 'failed' | 'unknown'

const ACTIVE: ReadonlySet<JobPhase> = new Set(['preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling'])
/** Whether a job is on: it has begun and has not ended. */
export const isActivePhase = (phase: JobPhase): boolean => ACTIVE.has(phase)

/** Which file, as the server knows it. Never an identity by itself: the same file prints many times. */
export interface JobFile {
  /** What a person calls it. */
  name: string
  /** The server's path, unique within `origin`. */
  path: string
  /** The server's storage name ("local", "sdcard", ...). */
  origin: string
  size: number | null
}

/** One run of one file. `key` is the identity (DESIGN section 4), made by the reducer unless the server has ids. */
export interface Job {
  key: string
  file: JobFile
  /** When the run began, as far as we know; our clock. */
  startedAt: number | null
  endedAt: number | null
  /** Who started it, in the server's words. */
  user: string | null
}

export interface Heater {
  actual: number | null
  target: number | null
}

export type AttentionKind = 'filament_runout' | 'filament_change' | 'user_input' | 'door' | 'plate'
export interface Attention {
  /** Names the occurrence within its printer ("prompt", "pause", "m600"); opening the same key again is the same occurrence. */
  key: string
  kind: AttentionKind
  text: string | null
  /** Choices the printer offers, in its order; empty when it offers none. */
  choices: string[]
  since: number
}

export interface Camera {
  id: string
  name: string
  canSnapshot: boolean
}

/** What a printer's server lets us do with it, as it told; drives which buttons are shown. */
export interface PrinterCapabilities {
  pause: boolean
  resume: boolean
  cancel: boolean
  gcode: boolean
  answer: boolean
  snapshot: boolean
  /** The controller can be stopped at once; absent = not. */
  emergency_stop?: boolean
}

export interface PrinterState {
  link: Link
  /** Why the link is not up, in one named cause ("refused", "auth", "timeout", ...); null when up. */
  linkCause: string | null
  device: Device
  job: JobPhase
  jobRef: Job | null
  progress: number | null
  /** How the server computes progress ("file", "time", "slicer"); null when not told. */
  progressSource: string | null
  elapsed: number | null
  printTime: number | null
  remaining: number | null
  eta: number | null
  layer: number | null
  layers: number | null
  z: number | null
  heaters: Record<string, Heater>
  attentions: Attention[]
  faults: { text: string; code: string | null }[]
  message: string | null
  /** The failure alert of the print that is on, as long as nobody has answered it; absent or null = none. */
  failure?: { since: number; sure: boolean; paused: boolean } | null
  capabilities: PrinterCapabilities | null
  cameras: Camera[]
}

// ------------------------------------------------------------------------------------------------- observations

/** A server's own event, kept beside what it means so that nothing OctoPrint users had is lost. */
export interface Native {
  name: string
  payload: unknown
  /** True when the push channel never carries it and we derived it (OctoPrint's Startup, Shutdown). */
  synthesised?: true
}

/** What a frame or poll said about the state. Absent = not said; `null` = said to be unknown. */
export interface StateReport {
  device?: Device
  job?: JobPhase
  /** The file that is selected or printing; null when the server has none. */
  file?: JobFile | null
  /** The server's own job id, where it has one. */
  jobId?: string | null
  user?: string | null
  progress?: number | null
  progressSource?: string | null
  /** Seconds since the run began, pauses included where the server counts them. */
  elapsed?: number | null
  /** Seconds it printed, without pauses, where the server tells that apart from `elapsed`. */
  printTime?: number | null
  remaining?: number | null
  layer?: number | null
  layers?: number | null
  z?: number | null
  heaters?: Record<string, Heater>
  /** The device's error text while it has one; null when it says it has none. */
  error?: string | null
  /** Why the device is off or in error, where the protocol tells; names the reason of a job that goes down with it. */
  deviceCause?: FailReason | null
  /** The error is of a heater that may burn. */
  thermal?: true
  /** What stands on the printer's display; null when it was cleared. */
  message?: string | null
  capabilities?: PrinterCapabilities
  cameras?: Camera[]
  /** For servers that list open attentions as state; events-only servers use signals instead. */
  attentions?: Omit<Attention, 'since'>[]
}

/** Why a job failed, as far as an adapter can tell; the reducer adds reasons of its own (server_restarted, ...). */
export type FailReason = 'firmware' | 'connection_lost' | 'printer_reset' | 'emergency_stop' | 'disconnected_by_user' | 'unknown'

export type Signal =
  | { type: 'job_started'; file: JobFile; jobId?: string; user?: string | null }
  | { type: 'job_done'; file?: JobFile; printTime?: number | null }
  /** `cause` 'cancelled' is a server that reports a cancel as a failure too (OctoPrint's third event of a cancel). */
  | { type: 'job_failed'; file?: JobFile; cause: 'error' | 'cancelled' | 'unknown'; reason?: FailReason; user?: string | null; text?: string | null; progress?: number | null; printTime?: number | null }
  /** `error` set = the firmware, not a person, makes it stop. `user` null or absent = nobody named. */
  | { type: 'job_cancelling'; file?: JobFile; user?: string | null; error?: string | null }
  | { type: 'job_cancelled'; file?: JobFile; user?: string | null; reason?: string | null; progress?: number | null; printTime?: number | null }
  | { type: 'job_paused'; file?: JobFile; user?: string | null; progress?: number | null }
  | { type: 'job_resumed'; file?: JobFile; user?: string | null }
  | { type: 'attention'; key: string; kind: AttentionKind; text?: string | null; choices?: string[] }
  | { type: 'attention_cleared'; key: string }
  | { type: 'device_error'; text: string; code?: string | null; severity?: 'error' | 'critical'; thermal?: boolean }
  /** Something that needs a look and stops nothing: a command that failed, a host short of power, a service that died. `code`: a short word of the adapter's. */
  | { type: 'device_fault'; text: string; code?: string | null }
  /** The controller restarted by itself. */
  | { type: 'device_reset' }
  | { type: 'message'; text: string; for: 'display' | 'user' }
  | { type: 'layer'; layer: number; layers?: number | null }
  /**
   * What the server's own records say of a job that is no longer there, found after a gap. `success` null = no record at all.
   * `restarted` = the server itself was restarted meanwhile, and such a server cannot keep a streamed job alive. `reason` = why a failed
   * one failed, where the records tell; without it only "no success" is known.
   */
  | { type: 'outcome'; file: JobFile; jobId?: string; success: boolean | null; cancelled?: boolean; reason?: FailReason; endedAt: number | null; printTime: number | null; restarted: boolean; text?: string | null }
  /** A server's event with no normalised meaning; passed on only when something subscribes to it. */
  | { type: 'native_only' }
  /**
   * A failure detector looked at the print that is on. `score`: how sure it is, 0..1. `paused`: it paused the print for that. `picture`: names
   * the picture it judged, for `Connection.evidence`.
   */
  | { type: 'failure_suspected' | 'failure_detected'; paused: boolean; score?: number | null; text?: string | null; picture?: string | null }
  /** A camera stopped or started answering. */
  | { type: 'camera'; camera: string; up: boolean; cause?: string | null }

/**
 * One thing an adapter saw of one printer. `sourceId` is the server's id of it.
 * - `state`: `full` means that what is absent is unknown now (a first or resync report); partial means unchanged.
 * - `foreign`: from a server that speaks in finished events (Obico's list, webhook in, another Printbell).
 */
export type Observation =
  | { kind: 'state'; sourceId: string; at: number; full: boolean; state: StateReport }
  | { kind: 'signal'; sourceId: string; at: number; signal: Signal; native?: Native }
  | { kind: 'foreign'; sourceId: string; at: number; event: { id: string; occurredAt: number; type: EventType; text?: string | null; file?: JobFile; jobId?: string }; native?: Native }

/** A server's link, shared by all its printers. */
export interface LinkObservation {
  kind: 'link'
  at: number
  link: Link
  /** Named cause when not up; one of LinkCause or the server's own short word. */
  cause: string | null
  /** A sentence for people: cause and cure. */
  detail: string | null
}

// -------------------------------------------------------------------------------------------------------- events

export const EVENT_TYPES = [
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon',
  'job.eta_slipped', 'job.stalled', 'job.paused', 'job.resumed', 'job.done', 'job.cancelled', 'job.failed',
  'job.result_unknown',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door',
  'attention.plate', 'attention.cleared', 'attention.reminder',
  'failure.warning', 'failure.detected',
  'heater.target_reached', 'heater.cooled', 'heater.left_on', 'heater.runaway',
  'device.ready', 'device.error', 'device.shutdown', 'device.fault',
  'link.up', 'link.lost', 'link.auth_failed', 'link.refused', 'camera.lost', 'camera.up',
  'message.display', 'message.user',
  'command.succeeded', 'command.failed', 'command.acknowledged',
  'app.delivery_failing', 'app.delivery_recovered', 'app.offline', 'app.update_available', 'app.test', 'app.broadcast', 'app.changed', 'app.silence_over',
  'server.event',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

export type Severity = 'info' | 'success' | 'warning' | 'error' | 'critical'

/** Order for comparisons: info = success < warning < error < critical (DESIGN section 4). */
export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { info: 0, success: 0, warning: 1, error: 2, critical: 3 }

/** Whom a person means it for, where a person says so. Ids of destinations. */
export interface Audience {
  /** These, whatever they subscribed to, and no others. */
  only?: readonly string[]
  /** The history alone. */
  nobody?: true
  /** Not these: they know it. */
  except?: readonly string[]
}

/** What the reducer makes: an event without the identity that only the commit can give. */
export interface EventDraft {
  /** Deterministic: printer | job key | type | step. UNIQUE in the database. */
  dedupeKey: string
  occurredAt: number
  observedAt: number
  /** True when it happened while we could not look and was rebuilt. */
  late: boolean
  type: EventType
  severity: Severity
  printerId: string
  printerName: string
  serverKind: string
  job?: Job
  progress?: number | null
  remaining?: number | null
  printTime?: number | null
  layer?: number | null
  heater?: { name: string } & Heater
  /** A machine word ("server_restarted", "cancelled_or_failed", "user", "firmware", ...). */
  reason?: string
  /** The server's or printer's own words. Untrusted: render, never interpret. */
  text?: string
  code?: string
  attention?: Attention
  /** Caused by a command sent from Printbell. */
  byUs: boolean
  /** The event it speaks of: what was acknowledged, or what is open again. */
  about?: { eventId: string; type: EventType }
  audience?: Audience
  native?: Native
  /** Frozen server state for destinations that declared to need it. */
  context?: Record<string, unknown>
  snapshot: 'none' | 'now' | 'final'
}

/** One entry of the vocabulary; immutable once committed. */
export interface PrinterEvent extends EventDraft {
  /** ULID; kept across federation. */
  id: string
  /** Position in this engine's history, 1, 2, 3 ... */
  seq: number
}

export type SuppressReason =
  | 'baseline' | 'short_pause' | 'repeated_error' | 'collapsed_progress' | 'already_heard' | 'duplicate' | 'cap'
  | 'idle_link' | 'not_subscribed' | 'by_restart' | 'own_network_down' | 'same_job'
  | 'no_job' | 'failure_too_soon' | 'failure_unanswered' | 'failure_answered'

/** Something the reducer (or the commit) swallowed, kept so that "why did I not hear" has an answer. */
export interface Suppressed {
  at: number
  printerId: string
  type: EventType
  reason: SuppressReason
  /** What was swallowed, for people ("pause of 2.1 s"). */
  detail: string
  dedupeKey: string | null
}

/** Where a terminal edge of a job leaves no doubt that it is over. */
export const TERMINAL_TYPES: readonly EventType[] = ['job.done', 'job.cancelled', 'job.failed', 'job.result_unknown']
