/** What the first bytes of a picture tell, without decoding it. */

export interface PictureHeader {
  kind: 'jpeg' | 'png'
  width: number
  height: number
  /** Where EXIF blocks lie that turn the picture in viewers, [start, end) in bytes. We orient by settings only. */
  turning: readonly (readonly [number, number])[]
}

/** The bytes are no picture that can be used. The message is for people and names what they are instead. */
export class NotAPicture extends Error {
  override readonly name = 'NotAPicture'
}

/** Above this a few kilobytes could unfold into gigabytes of pixels. */
export const MAX_PIXELS = 50_000_000

const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/**
 * Reads size and kind of a JPEG (ITU T.81, Exif 2.3) or PNG.
 * @throws NotAPicture for anything else: empty, HTML, truncated, too many pixels
 */
export function readHeader(bytes: Uint8Array): PictureHeader {
  if (bytes.length === 0) throw new NotAPicture('the camera answered nothing (0 bytes)')
  const header = startsWith(bytes, [0xff, 0xd8, 0xff]) ? readJpeg(bytes) : startsWith(bytes, PNG_MAGIC) ? readPng(bytes) : null
  if (!header) throw new NotAPicture(`the camera answered ${guess(bytes)} instead of a picture`)
  const { width, height } = header
  if (width === 0 || height === 0) throw new NotAPicture(`the picture says it is ${width}x${height} pixels`)
  if (width * height > MAX_PIXELS) throw new NotAPicture(`the picture says it is ${width}x${height} pixels, more than ${MAX_PIXELS / 1e6} million`)
  return header
}

/** The JPEG without the blocks named in `turning`; everything else stays byte for byte. */
export function withoutTurning(bytes: Uint8Array, header: PictureHeader): Uint8Array {
  if (header.turning.length === 0) return bytes
  const parts: Uint8Array[] = []
  let from = 0
  for (const [start, end] of header.turning) {
    parts.push(bytes.subarray(from, start))
    from = end
  }
  parts.push(bytes.subarray(from))
  return new Uint8Array(Buffer.concat(parts))
}

function readJpeg(bytes: Uint8Array): PictureHeader {
  const turning: [number, number][] = []
  let size: { width: number; height: number } | null = null
  let at = 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new NotAPicture(`the JPEG is corrupt: no marker at byte ${at}`)
    const marker = bytes[at + 1] ?? 0
    // Any number of fill bytes may stand before a marker; the others here have no length.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (marker === 0xd9) break
    const length = word(bytes, at + 2)
    const end = at + 2 + length
    if (length < 2) throw new NotAPicture(`the JPEG is corrupt: a block of ${length} bytes at byte ${at}`)
    if (marker === 0xe1 && turns(bytes.subarray(at + 4, end))) turning.push([at, end])
    if (isFrame(marker)) {
      if (length < 8 || end > bytes.length) throw cut()
      size = { height: word(bytes, at + 5), width: word(bytes, at + 7) }
    }
    if (marker === 0xda) {
      if (!size) throw new NotAPicture('the JPEG is corrupt: its pixels come before its size')
      if (!ends(bytes, end)) throw cut()
      return { kind: 'jpeg', ...size, turning }
    }
    at = end
  }
  throw cut()
}

function cut(): NotAPicture {
  return new NotAPicture('the JPEG is cut off before its end')
}

/** Whether the end marker follows; some cameras append their own data behind it. */
function ends(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.length - 2; at >= from; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true
  return false
}

/** Start of frame 0 to 15, which three other markers interrupt. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** Whether an APP1 block is EXIF with an orientation other than upright. */
function turns(block: Uint8Array): boolean {
  if (!startsWith(block, [0x45, 0x78, 0x69, 0x66, 0, 0])) return false
  const tiff = block.subarray(6)
  const little = tiff[0] === 0x49
  const short = (at: number): number => (little ? (tiff[at] ?? 0) | ((tiff[at + 1] ?? 0) << 8) : word(tiff, at))
  const long = (at: number): number => (little ? short(at) + short(at + 2) * 65_536 : short(at) * 65_536 + short(at + 2))
  const directory = long(4)
  const entries = short(directory)
  for (let i = 0; i < entries && directory + 2 + i * 12 + 12 <= tiff.length; i++) {
    const entry = directory + 2 + i * 12
    if (short(entry) === 0x0112) return short(entry + 8) !== 1
  }
  return false
}

function readPng(bytes: Uint8Array): PictureHeader {
  if (bytes.length < 33) throw new NotAPicture('the PNG is cut off before its end')
  const long = (at: number): number => word(bytes, at) * 65_536 + word(bytes, at + 2)
  return { kind: 'png', width: long(16), height: long(20), turning: [] }
}

/** What the bytes seem to be, in a few words that a person can act on. */
function guess(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 256)).toString('latin1').trimStart().toLowerCase()
  if (/^(<!doctype html|<html|<head|<body|<\?xml|<!--)/.test(text)) return 'a web page (HTML; a login page or a wrong address?)'
  if (text.startsWith('--') || text.includes('content-type: image')) return 'a video stream'
  if (text.startsWith('{') || text.startsWith('[')) return 'JSON'
  if (text.startsWith('gif8')) return 'a GIF'
  if (text.startsWith('riff')) return 'a WebP or AVI file'
  return `${bytes.length} bytes that are neither JPEG nor PNG`
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
