import { describe, expect, it } from 'vitest'
import type { Orientation } from '../ports.ts'
import { plan } from './plan.ts'

const AS_IS: Orientation = { flipH: false, flipV: false, rotate: 0 }
const jpeg = (width: number, height: number) => ({ kind: 'jpeg', width, height, turning: [] }) as const

describe('R20: what is done to a snapshot', () => {
  it.each([
    [1296, 972, { decode: false, width: 1296, height: 972 }],
    [1297, 972, { decode: true, width: 1280, height: 959 }],
    [972, 1296, { decode: false, width: 972, height: 1296 }],
    [972, 1297, { decode: true, width: 719, height: 960 }],
    [1920, 1080, { decode: true, width: 1280, height: 720 }],
    [1600, 1200, { decode: true, width: 1280, height: 960 }],
    [3840, 2160, { decode: true, width: 1280, height: 720 }],
    [10_000, 20, { decode: true, width: 1280, height: 3 }],
    [640, 480, { decode: false, width: 640, height: 480 }],
  ])('R20: %ix%i that is not turned becomes what fits 1280x960 only above 1296', (width, height, expected) => {
    expect(plan(jpeg(width, height), 100_000, AS_IS)).toEqual(expected)
  })

  it('R20: a turned picture is measured after it was turned', () => {
    expect(plan(jpeg(1920, 1080), 100_000, { ...AS_IS, rotate: 90 })).toEqual({ decode: true, width: 540, height: 960 })
    expect(plan(jpeg(1080, 1920), 100_000, { ...AS_IS, rotate: 270 })).toEqual({ decode: true, width: 1280, height: 720 })
    expect(plan(jpeg(640, 360), 100_000, { ...AS_IS, rotate: 90 })).toEqual({ decode: true, width: 360, height: 640 })
    expect(plan(jpeg(640, 360), 100_000, { ...AS_IS, rotate: 180 })).toEqual({ decode: true, width: 640, height: 360 })
    expect(plan(jpeg(640, 360), 100_000, { ...AS_IS, flipH: true })).toEqual({ decode: true, width: 640, height: 360 })
  })

  it('decodes what is no JPEG, and a small picture in a huge file', () => {
    expect(plan({ ...jpeg(640, 360), kind: 'png' }, 100_000, AS_IS).decode).toBe(true)
    expect(plan(jpeg(640, 360), 3_000_000, AS_IS).decode).toBe(false)
    expect(plan(jpeg(640, 360), 3_000_001, AS_IS).decode).toBe(true)
  })
})
