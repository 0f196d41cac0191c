/** The port of snapshots/: from "this event wants a picture" to a bounded, oriented JPEG on disk, or "none, because ...". */
import type { Picture } from '../delivery/message.ts'
import type { RawPicture } from '../printers/adapter.ts'

/** Switches a printer's light: on before a still, off after it. */
export interface Light {
  on(signal: AbortSignal): Promise<void>
  off(signal: AbortSignal): Promise<void>
  /** ms between the light and the still. */
  waitMs: number
}

export interface StillRequest {
  printerId: string
  /** Fetches the raw still; throws NoPicture. */
  fetch(signal: AbortSignal): Promise<RawPicture>
  /** ms until the request is given up. */
  deadlineMs: number
  /** Null = none. */
  light: Light | null
}

export interface SnapshotRequest extends StillRequest {
  eventId: string
}

/** A picture that is looked at, or kept in memory, and not stored. */
export type Still = Omit<Picture, 'file'>

export type LookResult = { still: Still } | { still: null; cause: string; why: string }

export type SnapshotResult = { picture: Picture } | { picture: null; cause: string; why: string }

export interface Snapshots {
  /** Never throws and never takes longer than the deadline plus 100 ms. Requests of one printer within 1 s share one fetch. */
  take(request: SnapshotRequest): Promise<SnapshotResult>
  /** The same without storing it. Shares its fetch with take(). */
  look(request: StillRequest): Promise<LookResult>
  /** Stores what was looked at as the picture of an event. Never throws. */
  keep(eventId: string, printerId: string, still: Still): Promise<SnapshotResult>
  /**
   * Switches a printer's light on and leaves it on until it is let go of, however many pictures are taken meanwhile. Never throws: a light
   * that can't be switched is logged, and a dark picture is better than none.
   * @returns lets go of it; the last who does switches it off
   */
  holdLight(printerId: string, light: Light, signal: AbortSignal): Promise<() => void>
  /** The stored picture of an event; null when there is none (any more). */
  load(file: string): Promise<Picture | null>
  /** A smaller copy, not stored; null = it can't be made. `longestEdge` in px. */
  shrink(picture: Picture, longestEdge: number): Promise<Picture | null>
  /** Deletes files; what is already gone counts as deleted. */
  remove(files: string[]): Promise<void>
}
