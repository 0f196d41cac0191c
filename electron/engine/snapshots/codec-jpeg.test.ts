import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Orientation } from '../ports.ts'
import { encodeJpeg } from '../simulator/jpeg.ts'
import { transform } from './codec-jpeg.ts'
import { decodePng } from './codec-png.ts'

type Rgb = readonly [number, number, number]
const RED: Rgb = [220, 30, 30]
const GREEN: Rgb = [30, 200, 30]
const BLUE: Rgb = [30, 30, 220]
const WHITE: Rgb = [240, 240, 240]
const LETTERS: Readonly<Record<string, Rgb>> = { R: RED, G: GREEN, B: BLUE, W: WHITE }

/** 64x32: red and green above, blue and white below. */
function quarters(width = 64, height = 32): Uint8Array {
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set((y < height / 2 ? (x < width / 2 ? RED : GREEN) : x < width / 2 ? BLUE : WHITE), (y * width + x) * 3)
  return encodeJpeg({ width, height, rgb }, 95)
}

/** The corners' colours as letters, top left, top right, bottom left, bottom right. */
async function corners(jpeg: Uint8Array): Promise<string> {
  const { default: decode } = await import('@jsquash/jpeg/decode.js')
  const picture = (await decode(Uint8Array.from(jpeg).buffer)) as { width: number; height: number; data: Uint8ClampedArray }
  const at = (x: number, y: number): string => {
    const i = (y * picture.width + x) * 4
    const near = Object.entries(LETTERS).find(([, colour]) => colour.every((value, channel) => Math.abs(value - (picture.data[i + channel] ?? 0)) < 25))
    return near?.[0] ?? `(${picture.data.slice(i, i + 3).join()})`
  }
  const { width, height } = picture
  return at(2, 2) + at(width - 3, 2) + at(2, height - 3) + at(width - 3, height - 3)
}

/** flipH, flipV, clockwise degrees, corners afterwards, size afterwards. */
const ALL: readonly (readonly [boolean, boolean, Orientation['rotate'], string, string])[] = [
  [false, false, 0, 'RGBW', '64x32'],
  [false, false, 90, 'BRWG', '32x64'],
  [false, false, 180, 'WBGR', '64x32'],
  [false, false, 270, 'GWRB', '32x64'],
  [true, false, 0, 'GRWB', '64x32'],
  [true, false, 90, 'WGBR', '32x64'],
  [true, false, 180, 'BWRG', '64x32'],
  [true, false, 270, 'RBGW', '32x64'],
  [false, true, 0, 'BWRG', '64x32'],
  [false, true, 90, 'RBGW', '32x64'],
  [false, true, 180, 'GRWB', '64x32'],
  [false, true, 270, 'WGBR', '32x64'],
  [true, true, 0, 'WBGR', '64x32'],
  [true, true, 90, 'GWRB', '32x64'],
  [true, true, 180, 'RGBW', '64x32'],
  [true, true, 270, 'BRWG', '32x64'],
]

describe('R20: the codec orients and reduces', () => {
  it.each(ALL)('R20: flipH %s, flipV %s, then %i degrees clockwise makes the corners %s in %s', async (flipH, flipV, rotate, expected, size) => {
    const turned = await transform(quarters(), { flipH, flipV, rotate })
    expect(await corners(turned.jpeg)).toBe(expected)
    expect(`${turned.width}x${turned.height}`).toBe(size)
  })

  it('R20: reduces 1600x900 turned by 90 degrees into 540x960, the right corners up', async () => {
    const turned = await transform(quarters(1600, 900), { flipH: false, flipV: false, rotate: 90 })
    expect({ width: turned.width, height: turned.height, corners: await corners(turned.jpeg) }).toEqual({ width: 540, height: 960, corners: 'BRWG' })
  })

  it('R20: EXIF does not turn the picture and is gone afterwards', async () => {
    const plain = quarters()
    const exif = Buffer.from('ffe1002245786966000049492a000800000001001201030001000000060000000000 0000'.replace(' ', ''), 'hex')
    const turned = await transform(new Uint8Array(Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)])), { flipH: true, flipV: false, rotate: 0 })
    expect(await corners(turned.jpeg)).toBe('GRWB')
    expect(Buffer.from(turned.jpeg).includes('Exif')).toBe(false)
  })

  it('makes a JPEG of a PNG', async () => {
    const turned = await transform(png(2, 16, 16, (x, y) => [...(y < 8 ? (x < 8 ? RED : GREEN) : x < 8 ? BLUE : WHITE)]), { flipH: false, flipV: false, rotate: 90 })
    expect(Buffer.from(turned.jpeg.subarray(0, 3)).toString('hex')).toBe('ffd8ff')
    expect(await corners(turned.jpeg)).toBe('BRWG')
  })

  it('names a JPEG of a kind that cannot be decoded', async () => {
    const lossless = Buffer.from(quarters())
    lossless[lossless.indexOf('ffc0', 0, 'hex') + 1] = 0xc3
    await expect(transform(new Uint8Array(lossless), { flipH: true, flipV: false, rotate: 0 })).rejects.toThrow('the JPEG cannot be decoded')
  })
})

/** Builds a PNG with filter 0 on every line. */
function png(colour: number, width: number, height: number, pixel: (x: number, y: number) => number[], extra: { depth?: number; interlaced?: boolean; palette?: number[] } = {}): Uint8Array {
  const lines: number[] = []
  for (let y = 0; y < height; y++) {
    lines.push(0)
    for (let x = 0; x < width; x++) lines.push(...pixel(x, y))
  }
  return assemble(colour, width, height, Uint8Array.from(lines), extra)
}

function assemble(colour: number, width: number, height: number, lines: Uint8Array, extra: { depth?: number; interlaced?: boolean; palette?: number[] } = {}): Uint8Array {
  const chunk = (kind: string, body: Uint8Array): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(body.length)
    head.write(kind, 4, 'latin1')
    return Buffer.concat([head, body, Buffer.alloc(4)])
  }
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width)
  size.writeUInt32BE(height, 4)
  size.set([extra.depth ?? 8, colour, 0, 0, extra.interlaced ? 1 : 0], 8)
  const palette = extra.palette ? [chunk('PLTE', Uint8Array.from(extra.palette))] : []
  return new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', size), ...palette, chunk('IDAT', deflateSync(lines)), chunk('IEND', new Uint8Array(0))]))
}

describe('PNG', () => {
  it('reads grey, grey with alpha, RGBA, palette and 16 bits', () => {
    expect([...decodePng(png(0, 1, 1, () => [77])).data]).toEqual([77, 77, 77, 255])
    expect([...decodePng(png(4, 1, 1, () => [0, 0])).data]).toEqual([255, 255, 255, 255])
    expect([...decodePng(png(6, 1, 1, () => [10, 20, 30, 255])).data]).toEqual([10, 20, 30, 255])
    expect([...decodePng(png(3, 1, 1, () => [1], { palette: [0, 0, 0, 9, 8, 7] })).data]).toEqual([9, 8, 7, 255])
    expect([...decodePng(png(2, 1, 1, () => [1, 255, 2, 255, 3, 255], { depth: 16 })).data]).toEqual([1, 2, 3, 255])
  })

  it('reads grey and palette of less than eight bits', () => {
    expect([...decodePng(assemble(0, 4, 1, Uint8Array.from([0, 0b00_01_10_11]), { depth: 2 })).data].filter((_, i) => i % 4 === 0)).toEqual([0, 85, 170, 255])
    expect([...decodePng(assemble(3, 2, 1, Uint8Array.from([0, 0b01000000]), { depth: 1, palette: [5, 5, 5, 6, 6, 6] })).data].filter((_, i) => i % 4 === 0)).toEqual([5, 6])
  })

  it('undoes every filter', () => {
    // Two grey pixels a line, 10 and 30 in the first; each later line is written so that it becomes 20 and 50.
    const lines = [[1, 10, 20], [2, 10, 20], [3, 10, 15], [4, 0, 0], [0, 20, 50]]
    const { data } = decodePng(assemble(0, 2, 5, Uint8Array.from(lines.flat())))
    expect([...data].filter((_, i) => i % 4 === 0)).toEqual([10, 30, 20, 50, 20, 50, 20, 50, 20, 50])
  })

  it('names what is wrong with a damaged one', () => {
    expect(() => decodePng(png(2, 1, 1, () => [1, 2, 3], { interlaced: true }))).toThrow('the PNG is interlaced, which is not supported')
    expect(() => decodePng(assemble(2, 4, 4, Uint8Array.from([0, 1])))).toThrow('the PNG is cut off before its end')
    expect(() => decodePng(assemble(2, 1, 1, Uint8Array.from([9, 1, 2, 3])))).toThrow('the PNG is corrupt: filter 9')
    expect(() => decodePng(assemble(2, 1, 1, new Uint8Array(5_000_000)))).toThrow('the PNG is corrupt')
  })
})
