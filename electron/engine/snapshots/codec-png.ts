/** Decodes the PNG (W3C, third edition) of the odd camera that has one. Loaded only in the codec's process. */
import { inflateSync } from 'node:zlib'
import { NotAPicture } from './header.ts'
import type { Rgba } from './pixels.ts'

/** Samples per pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

interface Chunks {
  width: number
  height: number
  depth: number
  colour: number
  palette: Uint8Array
  pixels: Uint8Array
}

/**
 * Transparent parts become white. Checksums are not verified: a flipped bit must not cost the picture.
 * @throws NotAPicture for interlaced and damaged files
 */
export function decodePng(bytes: Uint8Array): Rgba {
  const png = chunks(bytes)
  const samples = SAMPLES[png.colour]
  if (samples === undefined) throw new NotAPicture(`the PNG is corrupt: colour type ${png.colour}`)
  const stride = Math.ceil((png.width * samples * png.depth) / 8)
  const lines = inflate(png.pixels, (stride + 1) * png.height)
  unfilter(lines, stride, png.height, Math.max(1, (samples * png.depth) >> 3))
  const data = new Uint8ClampedArray(png.width * png.height * 4)
  // Grey of few bits is spread to 0..255; a palette's index is not.
  const scale = png.depth >= 8 || png.colour === 3 ? 1 : 255 / (2 ** png.depth - 1)
  for (let y = 0; y < png.height; y++) {
    const line = lines.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1))
    for (let x = 0; x < png.width; x++) {
      const first = sample(line, x * samples, png.depth) * scale
      const at = (y * png.width + x) * 4
      const grey = png.colour === 0 || png.colour === 4
      const next = (i: number): number => sample(line, x * samples + i, png.depth)
      const [red, green, blue] = png.colour === 3 ? entry(png.palette, first) : grey ? [first, first, first] : [first, next(1), next(2)]
      const alpha = png.colour === 4 ? next(1) / 255 : png.colour === 6 ? next(3) / 255 : 1
      data[at] = red * alpha + 255 * (1 - alpha)
      data[at + 1] = green * alpha + 255 * (1 - alpha)
      data[at + 2] = blue * alpha + 255 * (1 - alpha)
      data[at + 3] = 255
    }
  }
  return { width: png.width, height: png.height, data }
}

function chunks(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 33) throw new NotAPicture('the PNG is cut off before its end')
  if (view.getUint8(28) !== 0) throw new NotAPicture('the PNG is interlaced, which is not supported')
  const parts: Uint8Array[] = []
  let palette = new Uint8Array(0)
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const kind = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1')
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (kind === 'IDAT') parts.push(body)
    if (kind === 'PLTE') palette = Uint8Array.from(body)
    if (kind === 'IEND') break
    at += 12 + length
  }
  return { width: view.getUint32(16), height: view.getUint32(20), depth: view.getUint8(24), colour: view.getUint8(25), palette, pixels: Buffer.concat(parts) }
}

function inflate(pixels: Uint8Array, size: number): Uint8Array {
  let lines: Uint8Array
  try {
    lines = inflateSync(pixels, { maxOutputLength: size + 64 })
  } catch (error) {
    throw new NotAPicture(`the PNG is corrupt: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (lines.length < size) throw new NotAPicture('the PNG is cut off before its end')
  return lines
}

/** Undoes the five filters of section 9.2, in place. */
function unfilter(lines: Uint8Array, stride: number, height: number, pixel: number): void {
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1
    const filter = lines[start - 1] ?? 0
    if (filter > 4) throw new NotAPicture(`the PNG is corrupt: filter ${filter}`)
    for (let i = 0; i < stride; i++) {
      const at = start + i
      const left = i >= pixel ? (lines[at - pixel] ?? 0) : 0
      const above = y > 0 ? (lines[at - stride - 1] ?? 0) : 0
      const corner = i >= pixel && y > 0 ? (lines[at - stride - 1 - pixel] ?? 0) : 0
      const add = filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? above : filter === 3 ? (left + above) >> 1 : paeth(left, above, corner)
      lines[at] = (lines[at] ?? 0) + add
    }
  }
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner
  const toLeft = Math.abs(guess - left)
  const toAbove = Math.abs(guess - above)
  const toCorner = Math.abs(guess - corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

/** The n-th sample of a line; of 16 bits the upper 8. */
function sample(line: Uint8Array, n: number, depth: number): number {
  if (depth === 8) return line[n] ?? 0
  if (depth === 16) return line[n * 2] ?? 0
  const bit = n * depth
  return ((line[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
}

function entry(palette: Uint8Array, index: number): [number, number, number] {
  return [palette[index * 3] ?? 0, palette[index * 3 + 1] ?? 0, palette[index * 3 + 2] ?? 0]
}
