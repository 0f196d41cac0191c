/** What must be done to a picture; pure arithmetic, so that it can be decided without a codec. */
import type { Orientation } from '../ports.ts'
import type { PictureHeader } from './header.ts'

/** Above this on the longer side a picture is reduced (R20). */
export const LONGEST_KEPT = 1296
const FITS = { width: 1280, height: 960 }
/** A small picture in a large file carries something else; decoding it once leaves that behind. */
const LARGEST_KEPT = 3_000_000

export interface Plan {
  /** False when the bytes can go on as they are, but for EXIF's own orientation. */
  decode: boolean
  /** Size after orientation and reduction. */
  width: number
  height: number
}

/**
 * Reduction is measured after orientation, so that an upright picture fits 1280x960 as well as a lying one.
 * @param longestEdge px; absent = above 1296 into 1280x960
 */
export function plan(header: PictureHeader, bytes: number, orientation: Orientation, longestEdge?: number): Plan {
  const quarter = orientation.rotate === 90 || orientation.rotate === 270
  const width = quarter ? header.height : header.width
  const height = quarter ? header.width : header.height
  const turned = orientation.flipH || orientation.flipV || orientation.rotate !== 0
  if (Math.max(width, height) <= (longestEdge ?? LONGEST_KEPT)) return { decode: turned || header.kind !== 'jpeg' || bytes > LARGEST_KEPT, width, height }
  const by = longestEdge === undefined ? Math.min(FITS.width / width, FITS.height / height) : longestEdge / Math.max(width, height)
  return { decode: true, width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) }
}
