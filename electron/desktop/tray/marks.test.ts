import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Bitmap } from './canvas.ts'
import { paintMark } from './marks.ts'

const at = (bitmap: Bitmap, x: number, y: number): number[] => Array.from(bitmap.rgba.slice((y * bitmap.size + x) * 4, (y * bitmap.size + x) * 4 + 4))
const GREY = [0x80, 0x80, 0x79]

it('idle is an open circle, offline a dashed one that is struck', () => {
  const idle = paintMark('idle', 32)
  expect(at(idle, 16, 16)[3]).toBe(0)
  expect(at(idle, 16, 5)).toEqual([...GREY, 255])
  const offline = paintMark('offline', 32)
  expect(at(offline, 16, 16)).toEqual([...GREY, 255])
  // A dash begins at twelve o'clock, a gap lies before it.
  expect(at(offline, 17, 5)[3]).toBe(255)
  expect(at(offline, 14, 5)[3]).toBe(0)
})

it('printing is a ring that stands full to seven tenths', () => {
  const mark = paintMark('printing', 32)
  expect(at(mark, 26, 16)).toEqual([0x2f, 0x6f, 0xe4, 255])
  // Left of twelve o'clock is only the track: 30 % of 255.
  expect(at(mark, 14, 5)).toEqual([0x2f, 0x6f, 0xe4, 77])
})

it('needs you is a full amber bell, error a full red triangle with a hole for its mark', () => {
  expect(at(paintMark('needs', 32), 16, 14)).toEqual([0xb4, 0x6f, 0x00, 255])
  const error = paintMark('error', 32)
  expect(at(error, 10, 25)).toEqual([0xd1, 0x3a, 0x30, 255])
  expect(at(error, 16, 15)[3]).toBe(0)
})

it('each colour can be made out on a light and on a dark menu', () => {
  const luminance = (rgb: readonly number[]): number => rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)).reduce((sum, value, channel) => sum + value * ([0.2126, 0.7152, 0.0722][channel] ?? 0), 0)
  const contrast = (a: readonly number[], b: readonly number[]): number => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05)
  const points = { idle: [16, 5], printing: [26, 16], needs: [16, 14], error: [10, 25], offline: [16, 16] } as const
  for (const [state, [x, y]] of Object.entries(points)) {
    const colour = at(paintMark(state as keyof typeof points, 32), x, y).slice(0, 3)
    expect(contrast(colour, [0xff, 0xff, 0xff])).toBeGreaterThanOrEqual(3)
    expect(contrast(colour, [0x26, 0x26, 0x24])).toBeGreaterThanOrEqual(3)
  }
})

it('the drawings are those of the window', () => {
  const window = readFileSync(join(import.meta.dirname, '../../../renderer/lib/icons.ts'), 'utf8')
  const ours = readFileSync(join(import.meta.dirname, 'marks.ts'), 'utf8')
  for (const path of ['M8 2c-2.400 0-4 1.700-4 4.100v2.500l-1.300 2.800h10.600L12 8.600V6.100C12 3.700 10.400 2 8 2z', 'M7.100 2.300a1 1 0 0 1 1.800 0l5.400 9.900a1 1 0 0 1-.9 1.500H2.600a1 1 0 0 1-.9-1.500z', 'm3 13 10-10', 'M8 6v3']) {
    expect(window).toContain(path)
    expect(ours).toContain(path)
  }
})
