import { describe, expect, it } from 'vitest'
import { circle, cover, filled, readPath, ringArc, stroked } from './raster.ts'

const total = (covered: Float32Array): number => covered.reduce((sum, value) => sum + value, 0)
/** Area of a quarter turn and more, in px of a 16 px picture. */
const ringArea = Math.PI * (7.875 ** 2 - 6.125 ** 2)

describe('the path reader', () => {
  it('reads absolute and relative lines, and numbers that touch', () => {
    expect(readPath('M1 2h3v-1.5l.5-.5L0 0z')).toEqual([{ points: [1, 2, 4, 2, 4, 0.5, 4.5, 0, 0, 0], closed: true }])
  })

  it('goes on with lines after a move, and starts again where a path was closed', () => {
    expect(readPath('M1.500 2.500 14 15')).toEqual([{ points: [1.5, 2.5, 14, 15], closed: false }])
    expect(readPath('M1 1H2zm3 0H6').map((path) => path.points)).toEqual([[1, 1, 2, 1], [4, 1, 6, 1]])
  })

  it('ends a curve and an arc where they say', () => {
    const [path] = readPath('M8 4c1 0 2 1 2 2a2 1 0 0 1-4 0')
    const points = path?.points ?? []
    expect(points.slice(24, 26)).toEqual([10, 6])
    expect(points.at(-2)).toBeCloseTo(6, 9)
    expect(points.at(-1)).toBeCloseTo(6, 9)
  })

  it('bends a half ellipse downwards by its smaller radius', () => {
    const ys = (readPath('M6.250 12.750h3.500a1.750 1.500 0 0 1-3.500 0z')[0]?.points ?? []).filter((_, index) => index % 2 === 1)
    expect(Math.max(...ys)).toBeCloseTo(14.25, 5)
    expect(Math.min(...ys)).toBeCloseTo(12.75, 5)
  })

  it.each(['M0 0q1 1 2 2', 'M0 0a1 1 45 0 1 2 2', 'M0'])('refuses what it can\'t read: %s', (data) => {
    expect(() => readPath(data)).toThrow(/path/)
  })
})

describe('coverage', () => {
  it('is exact for a rectangle between the pixels', () => {
    const covered = cover([[1.25, 1, 3.5, 1, 3.5, 2.5, 1.25, 2.5]], 16)
    expect(Array.from(covered.slice(16, 21))).toEqual([0, 0.75, 1, 0.5, 0])
    expect(Array.from(covered.slice(32, 37))).toEqual([0, 0.375, 0.5, 0.25, 0])
    expect(total(covered)).toBeCloseTo(2.25 * 1.5, 5)
  })

  it('of outlines that overlap is their union', () => {
    expect(total(cover([[2, 2, 6, 2, 6, 6, 2, 6], [4, 2, 8, 2, 8, 6, 4, 6]], 16))).toBeCloseTo(24, 5)
  })

  it('of a circle is its area at every size', () => {
    // Its 48 pieces leave out a third of a percent.
    for (const size of [16, 22, 48]) expect(total(cover([circle(8, 8, 5)], size)) / (Math.PI * 25 * (size / 16) ** 2)).toBeCloseTo(0.997, 3)
  })

  it('of a ring grows with the fraction, and a full one has a hole', () => {
    expect(total(cover(ringArc(8, 8, 7, 1.75, 0), 16))).toBe(0)
    expect(total(cover(ringArc(8, 8, 7, 1.75, 0.25), 16))).toBeCloseTo(ringArea / 4, 0)
    const full = cover(ringArc(8, 8, 7, 1.75, 1), 16)
    expect(total(full)).toBeCloseTo(ringArea, 0)
    expect(full[8 * 16 + 8]).toBe(0)
  })

  it('of a stroke has the stroke\'s width and, when asked, round ends', () => {
    expect(total(cover(stroked('M4 8H12', 2), 16))).toBeCloseTo(16, 5)
    expect(total(cover(stroked('M4 8H12', 2, 'round'), 16))).toBeCloseTo(16 + Math.PI, 1)
  })

  it('of what lies outside is nothing, and what sticks out is cut', () => {
    expect(total(cover([[-4, -4, 2, -4, 2, 2, -4, 2], [20, 0, 24, 0, 24, 4]], 16))).toBeCloseTo(4, 5)
  })

  it('does not depend on which way round an outline is drawn', () => {
    expect(total(cover([...filled('M2 2h4v4h-4z'), ...filled('M4 2v4h4v-4z')], 16))).toBeCloseTo(24, 5)
  })
})
