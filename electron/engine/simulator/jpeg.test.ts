import { describe, expect, it } from 'vitest'
import { encodeJpeg } from './jpeg.ts'
import { paint, type Scene } from './painter.ts'

interface Decoded {
  width: number
  height: number
  data: Uint8ClampedArray
}

/** By another program's decoder (mozjpeg), so that our encoder is not judged by itself. */
async function decode(jpeg: Uint8Array): Promise<Decoded> {
  const { default: decoder } = await import('@jsquash/jpeg/decode.js')
  const { readFile } = await import('node:fs/promises')
  const { createRequire } = await import('node:module')
  const { init } = await import('@jsquash/jpeg/decode.js')
  const wasmBinary = await readFile(createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  await (init as (overrides: { wasmBinary: Uint8Array }) => Promise<void>)({ wasmBinary })
  return (await decoder(Uint8Array.from(jpeg).buffer)) as Decoded
}

const pixel = (picture: Decoded, x: number, y: number): number[] => [...picture.data.slice((y * picture.width + x) * 4, (y * picture.width + x) * 4 + 3)]

describe('the encoder', () => {
  it('writes pictures that another decoder reads back, whatever their size', async () => {
    const width = 37
    const height = 21
    const rgb = new Uint8Array(width * height * 3)
    for (let i = 0; i < width * height; i++) rgb.set([(i % width) * 6, Math.floor(i / width) * 12, 128], i * 3)
    const read = await decode(encodeJpeg({ width, height, rgb }, 95))
    expect([read.width, read.height]).toEqual([37, 21])
    for (const [x, y] of [[0, 0], [36, 0], [0, 20], [36, 20], [18, 10]] as const) {
      pixel(read, x, y).forEach((value, channel) => expect(Math.abs(value - ([x * 6, y * 12, 128][channel] ?? 0))).toBeLessThan(14))
    }
  })

  it('survives the hardest picture, noise at full contrast', async () => {
    let seed = 1
    const rgb = Uint8Array.from({ length: 64 * 64 * 3 }, () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16) & 255)
    const read = await decode(encodeJpeg({ width: 64, height: 64, rgb }, 100))
    let worst = 0
    for (let i = 0; i < 64 * 64; i++) for (let channel = 0; channel < 3; channel++) worst = Math.max(worst, Math.abs((read.data[i * 4 + channel] ?? 0) - (rgb[i * 3 + channel] ?? 0)))
    expect(worst).toBeLessThan(12)
  })
})

describe('the painter', () => {
  const scene: Scene = { width: 640, height: 360, progress: 0, nozzle: 0.5, parked: true, heat: 1, hue: 20 }
  const orange = (rgb: Uint8Array): number => {
    let count = 0
    for (let i = 0; i < rgb.length; i += 3) if ((rgb[i] ?? 0) > 150 && (rgb[i + 2] ?? 0) < 80) count++
    return count
  }

  it('lets the object grow with the progress', () => {
    const sizes = [0, 0.25, 0.5, 0.75, 1].map((progress) => orange(paint({ ...scene, heat: 0, progress }).rgb))
    expect(sizes[0]).toBe(0)
    for (let i = 1; i < sizes.length; i++) expect(sizes[i] ?? 0).toBeGreaterThan(sizes[i - 1] ?? 0)
    expect(sizes[4]).toBeGreaterThan(10_000)
  })

  it('gives printers different colours', () => {
    expect(orange(paint({ ...scene, progress: 1, hue: 200 }).rgb)).toBeLessThan(100)
  })
})
