/** The picture port of the desktop: Electron's own codec, so that no second one is loaded. */
import type { NativeImage } from 'electron'
import type { Orientation, Pictures } from '../engine/ports.ts'
import { NotAPicture, readHeader, withoutTurning } from '../engine/snapshots/header.ts'
import { orient } from '../engine/snapshots/pixels.ts'
import { plan } from '../engine/snapshots/plan.ts'

/** Electron's `nativeImage`, as far as it is used. */
export interface ImageCodec {
  createFromBuffer(buffer: Buffer): Pick<NativeImage, 'isEmpty' | 'getSize' | 'resize' | 'toBitmap' | 'toJPEG'>
  createFromBitmap(buffer: Buffer, options: { width: number; height: number }): Pick<NativeImage, 'toJPEG'>
}

const QUALITY = 85

/** @param defer lets the event loop turn between two pictures: decoding blocks the main process, a few must not block it in a row */
export function nativePictures(codec: ImageCodec, defer: () => Promise<void>): Pictures {
  let turn: Promise<unknown> = Promise.resolve()

  function transform(bytes: Uint8Array, orientation: Orientation, width: number, height: number): { jpeg: Uint8Array; width: number; height: number } {
    const decoded = codec.createFromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    if (decoded.isEmpty()) throw new NotAPicture('the picture cannot be decoded: its structure is damaged or of an unknown kind')
    const quarter = orientation.rotate === 90 || orientation.rotate === 270
    const upright = { width: quarter ? height : width, height: quarter ? width : height }
    const size = decoded.getSize()
    // Reduced before it is turned: fewer pixels to move.
    const small = size.width === upright.width && size.height === upright.height ? decoded : decoded.resize({ ...upright, quality: 'better' })
    if (!orientation.flipH && !orientation.flipV && orientation.rotate === 0) return { jpeg: new Uint8Array(small.toJPEG(QUALITY)), width, height }
    // Copied: orient() reads whole pixels, which must lie at a multiple of four bytes. BGRA or RGBA is all the same to it.
    const turned = orient({ ...upright, data: new Uint8ClampedArray(small.toBitmap()) }, orientation)
    const bitmap = Buffer.from(turned.data.buffer, turned.data.byteOffset, turned.data.byteLength)
    return { jpeg: new Uint8Array(codec.createFromBitmap(bitmap, { width, height }).toJPEG(QUALITY)), width, height }
  }

  return {
    async prepare(bytes, orientation, longestEdge) {
      // Bounds first: a few kilobytes could unfold into gigabytes of pixels.
      const header = readHeader(bytes)
      const { decode, width, height } = plan(header, bytes.length, orientation, longestEdge)
      if (!decode) return { jpeg: withoutTurning(bytes, header), width, height }
      const mine = turn.then(defer).then(() => transform(withoutTurning(bytes, header), orientation, width, height))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}
