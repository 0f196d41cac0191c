/**
 * A small baseline JPEG encoder (ITU T.81, 4:4:4, the standard's own tables). The simulator draws its webcam pictures with
 * it, so that a demo needs no codec and a benchmark does not load one.
 */
import { AC_CHROMA, AC_LUMA, CHROMA, DC_CHROMA, DC_LUMA, LUMA, ZIGZAG, type HuffmanTable } from './jpeg-tables.ts'

export interface Pixels {
  width: number
  height: number
  /** RGB, three bytes a pixel, row by row. */
  rgb: Uint8Array
}

interface Code {
  bits: number
  length: number
}

/** @param quality 1..100, as libjpeg scales its tables */
export function encodeJpeg(picture: Pixels, quality = 80): Uint8Array {
  const luma = scaled(LUMA, quality)
  const chroma = scaled(CHROMA, quality)
  const out = new Writer(picture.width * picture.height)
  out.bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
  for (const [id, table] of [[0, luma], [1, chroma]] as const) out.bytes([0xff, 0xdb, 0, 67, id, ...ZIGZAG.map((at) => table[at] ?? 1)])
  const { width, height } = picture
  out.bytes([0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1])
  for (const [id, table] of [[0x00, DC_LUMA], [0x10, AC_LUMA], [0x01, DC_CHROMA], [0x11, AC_CHROMA]] as const) {
    const length = 19 + table.values.length
    out.bytes([0xff, 0xc4, length >> 8, length & 255, id, ...table.counts, ...table.values])
  }
  out.bytes([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0])
  scan(picture, out, luma, chroma)
  out.flush()
  out.bytes([0xff, 0xd9])
  return out.done()
}

function scan(picture: Pixels, out: Writer, luma: readonly number[], chroma: readonly number[]): void {
  const { width, height, rgb } = picture
  const planes = [new Float32Array(64), new Float32Array(64), new Float32Array(64)] as const
  const coders = [coder(luma, DC_LUMA, AC_LUMA), coder(chroma, DC_CHROMA, AC_CHROMA), coder(chroma, DC_CHROMA, AC_CHROMA)] as const
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const at = (Math.min(height - 1, top + (i >> 3)) * width + Math.min(width - 1, left + (i & 7))) * 3
        const r = rgb[at] ?? 0
        const g = rgb[at + 1] ?? 0
        const b = rgb[at + 2] ?? 0
        planes[0][i] = 0.299 * r + 0.587 * g + 0.114 * b - 128
        planes[1][i] = -0.168736 * r - 0.331264 * g + 0.5 * b
        planes[2][i] = 0.5 * r - 0.418688 * g - 0.081312 * b
      }
      coders[0](planes[0], out)
      coders[1](planes[1], out)
      coders[2](planes[2], out)
    }
  }
}

/** One component's block coder; it remembers the last DC value. */
function coder(quant: readonly number[], dcTable: HuffmanTable, acTable: HuffmanTable): (block: Float32Array, out: Writer) => void {
  const dc = codes(dcTable)
  const ac = codes(acTable)
  const values = new Int32Array(64)
  let last = 0
  return (block, out) => {
    transform(block)
    let end = 0
    for (let i = 0; i < 64; i++) {
      const at = ZIGZAG[i] ?? 0
      values[i] = Math.round((block[at] ?? 0) / (quant[at] ?? 1))
      if (values[i] !== 0) end = i
    }
    const difference = (values[0] ?? 0) - last
    last = values[0] ?? 0
    number(out, dc, 0, difference)
    let zeros = 0
    for (let i = 1; i <= end; i++) {
      const value = values[i] ?? 0
      if (value === 0) {
        zeros++
        continue
      }
      for (; zeros > 15; zeros -= 16) out.code(ac[0xf0])
      number(out, ac, zeros << 4, value)
      zeros = 0
    }
    if (end < 63) out.code(ac[0])
  }
}

function number(out: Writer, table: readonly (Code | undefined)[], high: number, value: number): void {
  const size = 32 - Math.clz32(Math.abs(value))
  out.code(table[high | size])
  if (size > 0) out.bits(value < 0 ? value + (1 << size) - 1 : value, size)
}

function codes(table: HuffmanTable): (Code | undefined)[] {
  const result: (Code | undefined)[] = []
  let bits = 0
  let at = 0
  table.counts.forEach((count, index) => {
    for (let i = 0; i < count; i++) result[table.values[at++] ?? 0] = { bits: bits++, length: index + 1 }
    bits <<= 1
  })
  return result
}

const COS = Float32Array.from({ length: 64 }, (_, i) => ((i >> 3) === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos((((i & 7) * 2 + 1) * (i >> 3) * Math.PI) / 16))
const half = new Float32Array(64)

/** The two-dimensional DCT of T.81 A.3.3, as two passes of eight one-dimensional ones. */
function transform(block: Float32Array): void {
  pass(block, half)
  pass(half, block)
}

/** Rows to transformed columns, so that two passes end where they began. */
function pass(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 8; row++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0
      for (let x = 0; x < 8; x++) sum += (from[row * 8 + x] ?? 0) * (COS[u * 8 + x] ?? 0)
      to[u * 8 + row] = sum
    }
  }
}

function scaled(table: readonly number[], quality: number): number[] {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
  return table.map((value) => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))))
}

class Writer {
  #buffer: Uint8Array
  #at = 0
  #held = 0
  #count = 0
  constructor(size: number) {
    this.#buffer = new Uint8Array(Math.max(1024, size))
  }
  bytes(values: readonly number[]): void {
    for (const value of values) this.#byte(value)
  }
  code(code: Code | undefined): void {
    if (code) this.bits(code.bits, code.length)
  }
  bits(value: number, length: number): void {
    this.#held = (this.#held << length) | value
    this.#count += length
    while (this.#count >= 8) {
      this.#count -= 8
      const byte = (this.#held >> this.#count) & 255
      this.#byte(byte)
      if (byte === 255) this.#byte(0)
    }
    this.#held &= (1 << this.#count) - 1
  }
  /** Fills the last byte with ones, as the standard wants. */
  flush(): void {
    if (this.#count > 0) this.bits((1 << (8 - this.#count)) - 1, 8 - this.#count)
  }
  done(): Uint8Array {
    return this.#buffer.slice(0, this.#at)
  }
  #byte(value: number): void {
    if (this.#at === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2)
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    this.#buffer[this.#at++] = value
  }
}
