import { describe, expect, it } from 'vitest'
import { encodeJpeg } from '../engine/simulator/jpeg.ts'
import { paint } from '../engine/simulator/painter.ts'
import { nativePictures, type ImageCodec } from './pictures.ts'

const UPRIGHT = { flipH: false, flipV: false, rotate: 0 } as const
const jpegOf = (width: number, height: number): Uint8Array => encodeJpeg(paint({ width, height, progress: 0.5, nozzle: 0.5, parked: false, heat: 0.5, hue: 20 }), 80)

/** Two pixels side by side, blue and red in BGRA; says what it was asked for. */
function rig(size: { width: number; height: number }, bitmap: number[] = []) {
  const calls: string[] = []
  const image = (now: { width: number; height: number }): ReturnType<ImageCodec['createFromBuffer']> => ({
    isEmpty: () => now.width === 0,
    getSize: () => now,
    resize: ({ width = 0, height = 0 }) => {
      calls.push(`resize ${width}x${height}`)
      return image({ width, height }) as never
    },
    toBitmap: () => Buffer.from(bitmap),
    toJPEG: (quality) => Buffer.from(`jpeg ${quality}`),
  })
  const codec: ImageCodec = {
    createFromBuffer: () => {
      calls.push('decode')
      return image(size)
    },
    createFromBitmap: (buffer, { width, height }) => {
      calls.push(`bitmap ${width}x${height} ${[...buffer].join(',')}`)
      return { toJPEG: (quality) => Buffer.from(`jpeg ${quality}`) }
    },
  }
  return { calls, pictures: nativePictures(codec, () => Promise.resolve()) }
}

describe('the picture port of the desktop', () => {
  it('gives a picture that needs nothing back unchanged, without decoding it', async () => {
    const { calls, pictures } = rig({ width: 640, height: 360 })
    const jpeg = jpegOf(640, 360)
    expect(await pictures.prepare(jpeg, UPRIGHT)).toEqual({ jpeg, width: 640, height: 360 })
    expect(calls).toEqual([])
  })

  it('reduces what is longer than 1296 px into 1280x960', async () => {
    const { calls, pictures } = rig({ width: 1920, height: 1080 })
    expect(await pictures.prepare(jpegOf(1920, 1080), UPRIGHT)).toMatchObject({ width: 1280, height: 720 })
    expect(calls).toEqual(['decode', 'resize 1280x720'])
  })

  it('measures the reduction of a turned picture as it will stand', async () => {
    const { calls, pictures } = rig({ width: 1920, height: 1080 }, Array<number>(960 * 540 * 4).fill(0))
    expect(await pictures.prepare(jpegOf(1920, 1080), { flipH: false, flipV: false, rotate: 90 })).toMatchObject({ width: 540, height: 960 })
    expect(calls.map((call) => call.slice(0, 15))).toEqual(['decode', 'resize 960x540', 'bitmap 540x960 '])
  })

  it.each([
    ['flipped', { flipH: true, flipV: false, rotate: 0 }, 'bitmap 2x1 0,0,255,255,255,0,0,255'],
    ['flipped upside down', { flipH: false, flipV: true, rotate: 0 }, 'bitmap 2x1 255,0,0,255,0,0,255,255'],
    ['turned clockwise: left comes up', { flipH: false, flipV: false, rotate: 90 }, 'bitmap 1x2 255,0,0,255,0,0,255,255'],
    ['flipped, then turned: right comes up', { flipH: true, flipV: false, rotate: 90 }, 'bitmap 1x2 0,0,255,255,255,0,0,255'],
  ] as const)('%s', async (_name, orientation, expected) => {
    const { calls, pictures } = rig({ width: 2, height: 1 }, [255, 0, 0, 255, 0, 0, 255, 255])
    await pictures.prepare(jpegOf(2, 1), orientation)
    expect(calls).toEqual(['decode', expected])
  })

  it('says what is no picture, and what a broken decoder gave', async () => {
    const { pictures } = rig({ width: 0, height: 0 })
    await expect(pictures.prepare(new TextEncoder().encode('<html>login'), UPRIGHT)).rejects.toThrow('the camera answered a web page')
    await expect(pictures.prepare(jpegOf(1920, 1080), UPRIGHT)).rejects.toThrow('the picture cannot be decoded')
    // The next one is not held up by it.
    expect(await pictures.prepare(jpegOf(64, 48), UPRIGHT)).toMatchObject({ width: 64 })
  })
})
