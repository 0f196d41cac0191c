/** The port of snapshots/: from "this event wants a picture" to a bounded, oriented JPEG on disk, or "none, because ...". */
import type { Picture } from '../delivery/message.ts'
import type { RawPicture } from '../printers/adapter.ts'

export interface SnapshotRequest {
  eventId: string
  printerId: string
  /** Fetches the raw still; throws NoPicture. */
  fetch(signal: AbortSignal): Promise<RawPicture>
  /** ms until the request is given up. */
  deadlineMs: number
  /** Light on before, off after; null = none. */
  light: { on(signal: AbortSignal): Promise<void>; off(signal: AbortSignal): Promise<void>; waitMs: number } | null
}

export type SnapshotResult = { picture: Picture } | { picture: null; cause: string; why: string }

export interface Snapshots {
  /** Never throws and never takes longer than the deadline plus 100 ms. Requests of one printer within 1 s share one fetch. */
  take(request: SnapshotRequest): Promise<SnapshotResult>
  /** The stored picture of an event; null when there is none (any more). */
  load(file: string): Promise<Picture | null>
  /** A smaller copy, not stored; null = it can't be made. `longestEdge` in px. */
  shrink(picture: Picture, longestEdge: number): Promise<Picture | null>
  /** Deletes files; what is already gone counts as deleted. */
  remove(files: string[]): Promise<void>
}
