import { describe, expect, it } from 'vitest'
import { nextOf } from './keys.ts'
import { placeLabels, seriesName } from './plot.ts'

describe('labels of the plot', () => {
  it('stay where they belong when there is room', () => {
    expect(placeLabels([30, 120], 34, 0, 200)).toEqual([30, 120])
  })
  it('move apart, in their order, whichever comes first', () => {
    expect(placeLabels([105, 100], 34, 0, 200)).toEqual([134, 100])
  })
  it('stay inside at both ends', () => {
    expect(placeLabels([0, 2], 34, 0, 200)).toEqual([17, 51])
    expect(placeLabels([199, 200], 34, 0, 200)).toEqual([149, 183])
  })
  it('are named by role, numbered where there are several', () => {
    const t = (key: string) => ({ 'printers.nozzle': 'Nozzle', 'printers.bed': 'Bed' })[key] ?? key
    const all = [{ id: 'tool0', role: 'nozzle' as const, points: [] }, { id: 'tool1', role: 'nozzle' as const, points: [] }, { id: 'bed', role: 'bed' as const, points: [] }, { id: 'psu', role: 'other' as const, points: [] }]
    expect(all.map((one) => seriesName(one, all, t))).toEqual(['Nozzle 1', 'Nozzle 2', 'Bed', 'psu'])
  })
})

describe('keys in cards and rows', () => {
  it('j and k step one by one, arrows by place', () => {
    expect([nextOf('j', 0, 10, 3), nextOf('k', 1, 10, 3), nextOf('ArrowDown', 1, 10, 3), nextOf('ArrowUp', 4, 10, 3), nextOf('ArrowRight', 4, 10, 3), nextOf('ArrowLeft', 4, 10, 3)]).toEqual([1, 0, 4, 1, 5, 3])
  })
  it('the first press goes to the first or the last', () => {
    expect([nextOf('j', -1, 10, 1), nextOf('ArrowUp', -1, 10, 1)]).toEqual([0, 9])
  })
  it('stay at the ends, and reach a last row that is not full', () => {
    expect([nextOf('k', 0, 10, 3), nextOf('j', 9, 10, 3), nextOf('ArrowDown', 8, 10, 3), nextOf('ArrowDown', 9, 10, 3)]).toEqual([0, 9, 9, 9])
  })
  it('Home and End where one has the focus; other keys mean nothing', () => {
    expect([nextOf('Home', 5, 10, 1), nextOf('End', 5, 10, 1), nextOf('Home', -1, 10, 1), nextOf('x', 5, 10, 1), nextOf('ArrowLeft', 5, 10, 1), nextOf('j', -1, 0, 1)]).toEqual([0, 9, null, null, null, null])
  })
})
