/**
 * What the engine takes from outside. Everything that is impure (time, chance, network, secrets, presence, pictures)
 * comes in through one of these, so that tests move time instead of sleeping and the desktop can bring its own parts.
 */
import type { AxiosInstance } from 'axios'
import type { DestinationNetwork } from './settings/schema.ts'
import type { Secret } from './settings/secret.ts'

/** Cancels a timer; harmless when called twice or after the timer fired. */
export type Cancel = () => void

export interface Clock {
  /** Wall clock, epoch milliseconds. It may jump (NTP, sleep, user). */
  now(): number
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds (at least 0, at most 2^31-1; longer waits are cut and must be re-armed). */
  after(ms: number, fn: () => void): Cancel
}

/** A number in [0, 1). */
export type Random = () => number

/** Structured log. `fields` may hold Secret values: they print as "[secret]". */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
  /** A log that adds `fields` to every line. */
  child(fields: Record<string, unknown>): Log
}

/** What talks to the network. Adapters and channels never import axios or ws's defaults themselves. */
export interface Net {
  /** Bare axios instance: no retries, no default timeout (each caller gives its own), proxies left to the caller. */
  http: AxiosInstance
  /** Whether this computer has any usable network interface; `null` when that can't be told. */
  online(): boolean | null
  /**
   * What a connection that is not `http`'s (mail, a broker) trusts: all authorities as PEM, the system's too, ready for Node's `ca`.
   * Absent = the system's alone, so nothing need be said.
   */
  tls?: { ca: string | string[] }
  /**
   * The same network by the way that one destination wants: its proxy, its certificate authority.
   * Absent = there is only one way (tests).
   * @throws Error in words of cause and cure, when its certificate authority can't be read
   */
  through?(network: DestinationNetwork): Promise<Pick<Net, 'http' | 'tls'>>
}

export interface SecretStore {
  /**
   * Resolves a reference to its value.
   * @throws Error naming the reference and the cure ("environment variable OCTO_KEY is not set"), never the value.
   */
  resolve(ref: SecretRef): Promise<Secret>
}

/** Where a secret lies. `store` is a key of the system's key store (desktop only). */
export type SecretRef = { env: string } | { file: string } | { store: string }

/** Turns picture bytes into what the toast and the destinations want. See snapshots/. */
export interface Pictures {
  /**
   * Orients (flips first, then clockwise degrees) and, above 1296 px on the longer side, reduces into 1280x960.
   * Bytes that need neither come back unchanged. Output is always JPEG.
   * @param longestEdge px; a picture that is larger is reduced to it instead
   * @throws Error when the bytes are no picture that can be decoded, or larger than the codec's bounds.
   */
  prepare(jpeg: Uint8Array, orientation: Orientation, longestEdge?: number): Promise<{ jpeg: Uint8Array; width: number; height: number }>
}

export interface Orientation {
  flipH: boolean
  flipV: boolean
  /** Clockwise degrees, applied after the flips. */
  rotate: 0 | 90 | 180 | 270
}

export type PresenceState = 'present' | 'idle' | 'locked' | 'unknown'
export interface Presence {
  current(): PresenceState
}

/** Where things lie on disk. All absolute. */
export interface Places {
  data: string
  database: string
  snapshots: string
  controlSocket: string
  log: string
}
