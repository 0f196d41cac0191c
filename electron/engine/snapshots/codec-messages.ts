import type { Orientation } from '../ports.ts'
import type { Prepared } from './codec-jpeg.ts'

/** What passes between the engine and the codec's process. Both ends are ours and of one build, so nothing is parsed. */
export interface CodecRequest {
  id: number
  bytes: Uint8Array
  orientation: Orientation
  /** px; null = the usual bounds. */
  longestEdge: number | null
}

export type CodecAnswer = { id: number; prepared: Prepared } | { id: number; error: string }
