import { describe, expect, it } from 'vitest'
import { inWords, scaleFor, shown, sizeInWords, stored, type Unit } from './units.ts'

describe('a number as a person thinks of it', () => {
  it.each<[number, Unit, string]>([
    [5, 'seconds', '5\u202fs'],
    [60, 'seconds', '60\u202fs'],
    [90, 'seconds', '90\u202fs'],
    [120, 'seconds', '2\u202fmin'],
    [300, 'seconds', '5\u202fmin'],
    [1800, 'seconds', '30\u202fmin'],
    [3600, 'seconds', '1\u202fh'],
    [5400, 'seconds', '90\u202fmin'],
    [86_400, 'seconds', '24\u202fh'],
    [172_800, 'seconds', '2\u202fdays'],
    [0, 'seconds', '0\u202fs'],
    [0.25, 'fraction', '25\u202f%'],
    [0.07, 'fraction', '7\u202f%'],
    [10_000, 'milliseconds', '10\u202fs'],
    [1_500, 'milliseconds', '1.5\u202fs'],
    [500, 'milliseconds', '500\u202fms'],
    [2_000_000_000, 'bytes', '2\u202fGB'],
    [2_500_000_000, 'bytes', '2.5\u202fGB'],
    [412_000_000, 'bytes', '412\u202fMB'],
    [40, 'celsius', '40\u202f°C'],
    [6, 'none', '6'],
  ])('%s in %s is "%s"', (value, unit, words) => {
    expect(inWords(value, unit)).toBe(words)
  })

  it('takes points, commas and spaces', () => {
    const percent = scaleFor('fraction', 0.25)
    expect(stored('12,5', percent)).toBe(0.125)
    expect(stored(' 12.5 ', percent)).toBe(0.125)
    expect(stored('1\u202f000', scaleFor('none', 0))).toBe(1_000)
  })

  it.each(['', 'abc', '1.2.3', '5 min', '1e3', '-'])('"%s" is no number', (text) => {
    expect(stored(text, scaleFor('none', 0))).toBeNull()
  })

  it('gives back what was stored, without the noise of fractions', () => {
    const percent = scaleFor('fraction', 0)
    for (const value of [0.07, 0.29, 0.57, 0.1]) expect(stored(shown(value, percent), percent)).toBe(value)
  })

  it.each([[0, '0\u202fMB'], [42_340_000, '42.3\u202fMB'], [999_960_000, '1\u202fGB'], [2_140_000_000, '2.1\u202fGB']])('%i bytes are %s', (bytes, words) => {
    expect(sizeInWords(bytes)).toBe(words)
  })

  it('calls a little at least what is asked for', () => {
    expect(sizeInWords(12_000, 1e5)).toBe('0.1\u202fMB')
  })
})
