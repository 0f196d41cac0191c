import { describe, expect, it } from 'vitest'
import { heightsSeen, noHeights, type Heights } from './parked.ts'

/** What is known after heights were told so many ms apart, from 0 on. */
const after = (heights: readonly (number | null)[], apart = 1000): Omit<Heights, 'above'> => {
  const { printing, printedAt, parked } = heights.reduce<Heights>((known, z, index) => heightsSeen(known, z, index * apart), noHeights())
  return { printing, printedAt, parked }
}

describe('whether the head has parked', () => {
  it.each<[string, (number | null)[], Omit<Heights, 'above'>]>([
    ['is not known where no height is told', [null, null], { printing: null, printedAt: null, parked: false }],
    ['is no while layers grow', [20, 20.2, 20.4], { printing: 20.4, printedAt: 2000, parked: false }],
    ['is no within a hop', [20, 20.6], { printing: 20.6, printedAt: 1000, parked: false }],
    ['is yes once it rose by more than any layer', [20, 20, 30], { printing: 20, printedAt: 1000, parked: true }],
    ['stays yes while it rises on, or nothing is told', [20, 30, 200, null], { printing: 20, printedAt: 0, parked: true }],
    ['is taken back where it comes back: that was a high hop', [20, 22, 20], { printing: 20, printedAt: 2000, parked: false }],
    ['is no where it goes down to the next of several objects', [20, 0.2], { printing: 0.2, printedAt: 1000, parked: false }],
    ['is taken back where it goes on in layers: some were missed', [20, 24, 24, 24.2, 24.4], { printing: 24.4, printedAt: 4000, parked: false }],
    ['is not taken back by one small step', [20, 24, 24, 24.2, 24.2, 24.2], { printing: 20, printedAt: 0, parked: true }],
  ])('%s', (_name, heights, known) => {
    expect(after(heights)).toEqual(known)
  })

  it('is yes on the way up too, told in small steps', () => {
    expect(after([20, 20, 21.2, 22, 22.9, 23.6, 24], 250)).toEqual({ printing: 20, printedAt: 250, parked: true })
  })
})
