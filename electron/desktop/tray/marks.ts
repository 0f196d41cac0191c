/** The marks of the five states, as the window has them beside the word, for the lines of the menu. Pure. */
import type { DisplayState } from '../../bridge/views/common.ts'
import { Canvas, type Bitmap, type Colour } from './canvas.ts'
import { once } from '../../engine/once.ts'
import { circle, cover, filled, ringArc, stroked } from './raster.ts'

/** A menu's ground may be light or dark, and nobody says which: each colour keeps a contrast of 3 on both. */
const COLOURS: Readonly<Record<DisplayState, Colour>> = {
  idle: [0x80, 0x80, 0x79], printing: [0x2f, 0x6f, 0xe4], needs: [0xb4, 0x6f, 0x00], error: [0xd1, 0x3a, 0x30], offline: [0x80, 0x80, 0x79],
}
const LINE = 1.5
const HEAVY = 2
/** Of a circle of radius 5.5: drawn in eight dashes, a little longer than the gaps. */
const DASHES = 8
const DASH = 2.3 / 4.3 / DASHES

const BELL = 'M8 2c-2.400 0-4 1.700-4 4.100v2.500l-1.300 2.800h10.600L12 8.600V6.100C12 3.700 10.400 2 8 2z'
const TRIANGLE = 'M7.100 2.300a1 1 0 0 1 1.800 0l5.400 9.900a1 1 0 0 1-.9 1.500H2.600a1 1 0 0 1-.9-1.500z'
const MARKS = {
  bell: once(() => [...filled(BELL), ...stroked(BELL, LINE)]),
  clapper: once(() => stroked('M6.500 13.400c.3.600.8.900 1.500.9c.7 0 1.200-.3 1.500-.9', LINE, 'round')),
  triangle: once(() => [...filled(TRIANGLE), ...stroked(TRIANGLE, LINE)]),
  call: once(() => [...stroked('M8 6v3', 1.6, 'round'), circle(8, 11.3, 0.85)]),
  strike: once(() => stroked('m3 13 10-10', LINE, 'round')),
} as const

/** Paints the mark of one state. @param size px, at least 16 */
export function paintMark(state: DisplayState, size: number): Bitmap {
  const canvas = new Canvas(size)
  const colour = COLOURS[state]
  const ring = (width: number, fraction: number, from = 0) => cover(ringArc(8, 8, 5.5, width, fraction, from), size)
  switch (state) {
    case 'idle':
      canvas.draw(ring(LINE, 1), colour)
      break
    case 'printing':
      canvas.draw(ring(HEAVY, 1), colour, 0.3)
      canvas.draw(ring(HEAVY, 0.7), colour)
      break
    case 'needs':
      canvas.draw(cover([...MARKS.bell(), ...MARKS.clapper()], size), colour)
      break
    case 'error':
      canvas.draw(cover(MARKS.triangle(), size), colour)
      canvas.cut(cover(MARKS.call(), size))
      break
    case 'offline':
      for (let dash = 0; dash < DASHES; dash++) canvas.draw(ring(LINE, DASH, dash / DASHES), colour)
      canvas.draw(cover(MARKS.strike(), size), colour)
      break
  }
  return canvas.bitmap()
}
