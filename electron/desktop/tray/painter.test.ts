import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Bitmap } from './canvas.ts'
import { paint, PATHS, type TrayIcon } from './painter.ts'

const at = (bitmap: Bitmap, x: number, y: number): number[] => Array.from(bitmap.rgba.slice((y * bitmap.size + x) * 4, (y * bitmap.size + x) * 4 + 4))
const icon = (given: Partial<TrayIcon>): TrayIcon => ({ state: 'idle', percent: 0, unseen: false, ...given })
const printing = (percent: number, unseen = false): TrayIcon => icon({ state: 'printing', percent, unseen })

const INK = [0x1a, 0x1a, 0x18]
const BLUE = [0x1a, 0x57, 0xc4]
/** 28 % of 255. */
const TRACK = [...INK, 71]

describe('the ring at 16 px', () => {
  // Twelve o'clock is between the pixels 7 and 8 of the top row; the ring's stroke covers rows 0.125 to 1.875.
  it('is only the track at 0 %', () => {
    expect(at(paint(printing(0), 'light', 32), 16, 2)).toEqual(TRACK)
    expect(at(paint(printing(0), 'light', 32), 15, 2)).toEqual(TRACK)
  })

  it('is coloured right of twelve o\'clock at 5 %, not left of it', () => {
    expect(at(paint(printing(5), 'light', 32), 16, 2)).toEqual([...BLUE, 255])
    expect(at(paint(printing(5), 'light', 32), 15, 2)).toEqual(TRACK)
    expect(at(paint(printing(5), 'dark', 32), 16, 2)).toEqual([0x7f, 0xb0, 0xff, 255])
  })

  it('reaches three, six, nine and twelve o\'clock at 25, 50, 75 and 100 %', () => {
    // Just before and just behind the end, on the middle of the stroke of a 64 px picture.
    const ends = [{ percent: 25, before: [59, 30], behind: [59, 33] }, { percent: 50, before: [33, 59], behind: [30, 59] }, { percent: 75, before: [4, 33], behind: [4, 30] }] as const
    for (const { percent, before, behind } of ends) {
      const bitmap = paint(printing(percent), 'light', 64)
      expect(at(bitmap, before[0], before[1])).toEqual([...BLUE, 255])
      expect(at(bitmap, behind[0], behind[1])).toEqual(TRACK)
    }
    const full = paint(printing(100), 'light', 64)
    for (const [x, y] of [[31, 4], [32, 4], [59, 32], [32, 59], [4, 32]] as const) expect(at(full, x, y)).toEqual([...BLUE, 255])
  })

  it('differs at each step of 5', () => {
    const all = Array.from({ length: 21 }, (_, step) => Buffer.from(paint(printing(step * 5), 'dark', 16).rgba).toString('hex'))
    expect(new Set(all).size).toBe(21)
  })
})

describe('the marks', () => {
  it('idle is an outline: ink on the bell\'s edge, nothing within', () => {
    const bitmap = paint(icon({}), 'light', 32)
    expect(at(bitmap, 16, 4)).toEqual([...INK, 255])
    expect(at(bitmap, 16, 14)).toEqual([0, 0, 0, 0])
    expect(at(bitmap, 28, 6)).toEqual([0, 0, 0, 0])
  })

  it('idle with something unseen has a dot, set off by a gap', () => {
    const bitmap = paint(icon({ unseen: true }), 'light', 32)
    expect(at(bitmap, 26, 6)).toEqual([...BLUE, 255])
    // The bell's shoulder, right of its middle, is cut away where the gap is: 13 - 3.9 = 9.1.
    expect(at(paint(icon({}), 'light', 32), 20, 6)[3]).toBeGreaterThan(200)
    expect(at(bitmap, 20, 6)[3]).toBe(0)
  })

  it('printing with something unseen has its dot over the ring', () => {
    expect(at(paint(printing(0, true), 'light', 32), 26, 5)).toEqual([...BLUE, 255])
  })

  it('needs you is a full bell with a hole for its call', () => {
    const bitmap = paint(icon({ state: 'needs' }), 'light', 32)
    expect(at(bitmap, 11, 16)).toEqual([0xb0, 0x6a, 0x00, 255])
    expect(at(bitmap, 16, 14)[3]).toBe(0)
    expect(at(bitmap, 16, 21)[3]).toBeLessThan(30)
    expect(at(paint(icon({ state: 'needs' }), 'dark', 32), 11, 16)).toEqual([0xff, 0xc0, 0x4d, 255])
  })

  it('error has a red triangle with a white mark', () => {
    const bitmap = paint(icon({ state: 'error' }), 'light', 64)
    expect(at(bitmap, 40, 57)).toEqual([0xc2, 0x2f, 0x25, 255])
    expect(at(bitmap, 48, 44)).toEqual([0xff, 0xff, 0xff, 255])
  })

  it('offline is faint and struck through', () => {
    const bitmap = paint(icon({ state: 'offline' }), 'light', 64)
    // On the stroke: (8, 8.5) of the grid; 85 % of 255.
    expect(at(bitmap, 32, 34)).toEqual([...INK, 217])
    // On the bell's brim, left: 60 % of 255.
    expect(at(bitmap, 14, 44)).toEqual([...INK, 153])
  })

  it.each(['needs', 'error', 'offline'] as const)('%s has no dot for what is unseen', (state) => {
    expect(paint(icon({ state, unseen: true }), 'dark', 16)).toEqual(paint(icon({ state }), 'dark', 16))
  })
})

describe('the rim for panels whose colour is guessed', () => {
  const plain = paint(icon({}), 'dark', 48)
  const rimmed = paint(icon({}), 'dark', 48, true)

  it('is dark around the light drawing, and nowhere else', () => {
    // Across the middle of the bell's top: its stroke reaches from y = 4.5 to 9; the rim is 2.7 px wide.
    expect(at(plain, 24, 3)[3]).toBe(0)
    expect(at(rimmed, 24, 3)).toEqual([...INK, 217])
    expect(at(rimmed, 24, 10)).toEqual([...INK, 217])
    expect(at(rimmed, 24, 0)[3]).toBe(0)
    expect(at(rimmed, 24, 20)[3]).toBe(0)
    expect(at(paint(icon({}), 'light', 48, true), 24, 3).slice(0, 3)).toEqual([0xf4, 0xf4, 0xf0])
  })

  it('lies under the drawing and leaves it as it is', () => {
    expect(at(plain, 24, 6)).toEqual([0xf4, 0xf4, 0xf0, 255])
    expect(at(rimmed, 24, 6)).toEqual([0xf4, 0xf4, 0xf0, 255])
  })
})

it('a template is black and alpha only, in every state', () => {
  const states: TrayIcon[] = [icon({}), icon({ unseen: true }), printing(35), printing(35, true), icon({ state: 'needs' }), icon({ state: 'error' }), icon({ state: 'offline' })]
  for (const state of states) {
    const { rgba } = paint(state, 'template', 32)
    expect(rgba.filter((value, index) => index % 4 !== 3 && value !== 0)).toHaveLength(0)
    expect(rgba.filter((value, index) => index % 4 === 3 && value > 0).length).toBeGreaterThan(100)
  }
  // Its mark is a hole, for lack of a second colour.
  expect(at(paint(icon({ state: 'error' }), 'template', 64), 48, 44)[3]).toBe(0)
})

it('the shapes tell the states apart without colour', () => {
  const states = [icon({}), printing(0), icon({ state: 'needs' }), icon({ state: 'error' }), icon({ state: 'offline' })]
  const shapes = states.map((state) => paint(state, 'template', 16).rgba.filter((_, index) => index % 4 === 3))
  for (const [index, shape] of shapes.entries()) {
    for (const other of shapes.slice(index + 1)) expect(shape.filter((alpha, pixel) => Math.abs(alpha - (other[pixel] ?? 0)) > 100).length).toBeGreaterThan(8)
  }
})

it('paints what the drawings hold: every path stands in one of them', () => {
  const folder = join(import.meta.dirname, '../../../resources/icons')
  const drawings = readdirSync(folder).filter((name) => name.startsWith('tray-')).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  for (const path of Object.values(PATHS)) expect(drawings).toContain(`d="${path}"`)
  for (const detail of ['stroke-width="1.750"', 'stroke-width="1.500"', 'stroke-width="1.800"', 'stroke-width="2.400"', 'stroke-width="3.600"', 'cx="13.200" cy="2.800" r="2.500"', 'cx="13" cy="3" r="3.900"']) expect(drawings).toContain(detail)
})
