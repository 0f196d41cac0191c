import { describe, expect, it } from 'vitest'
import { nextToEnd, trayView, worstState } from './model.ts'
import { cardOf, statusOf } from './test-support.ts'
import type { Now } from './words.ts'

const at: Now = { now: Date.UTC(2026, 0, 15, 12), timeZone: 'UTC' }
const HOUR = 3_600_000
const printing = (given: Parameters<typeof cardOf>[0] = {}) => cardOf({ state: 'printing', job: 'printing', jobKey: 'J1', ...given })
const view = (cards: ReturnType<typeof cardOf>[], status: Parameters<typeof statusOf>[1] = {}, before: Parameters<typeof trayView>[2] = null) => trayView(statusOf(cards, status), cards, before, at)

it('the worst state wins: needs you, error, printing, offline, idle', () => {
  const order = ['needs', 'error', 'printing', 'offline', 'idle'] as const
  for (const [index, state] of order.entries()) {
    const cards = order.slice(index).map((each) => cardOf({ state: each }))
    expect(worstState(statusOf(cards))).toBe(state)
  }
  expect(worstState(statusOf([]))).toBe('idle')
})

describe('the print whose progress the ring shows', () => {
  it('is the one that ends first, by its end or by what remains', () => {
    const later = printing({ id: 'a', eta: at.now + 2 * HOUR })
    const sooner = printing({ id: 'b', remaining: 3000 })
    const unknown = printing({ id: 'c', progress: 0.9 })
    expect(nextToEnd([later, unknown, sooner], at.now)?.id).toBe('b')
    expect(nextToEnd([unknown, later], at.now)?.id).toBe('a')
  })

  it('is the furthest when nobody knows an end, and never one that waits for you', () => {
    expect(nextToEnd([printing({ id: 'a', progress: 0.2 }), printing({ id: 'b', progress: 0.5 }), printing({ id: 'c' })], at.now)?.id).toBe('b')
    expect(nextToEnd([cardOf({ state: 'needs', job: 'paused', progress: 0.9, eta: at.now })], at.now)).toBe(null)
  })
})

describe('the ring', () => {
  it.each([[0, 0], [0.049, 0], [0.05, 5], [0.15, 15], [0.29, 25], [0.35, 35], [0.999, 95], [1, 100], [null, 0]])('at %s stands at %d', (progress, percent) => {
    expect(view([printing({ progress })]).icon).toEqual({ state: 'printing', percent, unseen: false })
  })

  it('never runs backwards in one print, and starts anew with the next', () => {
    const before = view([printing({ progress: 0.52 })]).ring
    expect(before).toEqual({ printerId: 'mk4', jobKey: 'J1', percent: 50 })
    expect(view([printing({ progress: 0.41 })], {}, before).icon.percent).toBe(50)
    expect(view([printing({ progress: 0.61 })], {}, before).icon.percent).toBe(60)
    expect(view([printing({ progress: 0.02, jobKey: 'J2' })], {}, before).icon.percent).toBe(0)
    expect(view([printing({ progress: 0.02, id: 'other' })], {}, before).icon.percent).toBe(0)
  })

  it('is not drawn while something worse is shown', () => {
    expect(view([cardOf({ state: 'error' }), printing({ progress: 0.5 })]).icon).toEqual({ state: 'error', percent: 0, unseen: false })
  })
})

it('R62: the dot of what is unseen is drawn on idle and printing only', () => {
  const unseen = (state: Parameters<typeof cardOf>[0]) => view([cardOf(state)], { unseen: 3 }).icon.unseen
  expect([unseen({}), unseen({ state: 'printing' }), unseen({ state: 'needs' }), unseen({ state: 'error' }), unseen({ state: 'offline' })]).toEqual([true, true, false, false, false])
  expect(view([cardOf()]).icon.unseen).toBe(false)
})

it('the title is the percentage while printing is the news, else nothing', () => {
  expect(view([printing({ progress: 0.62 })]).title).toBe('62\u202f%')
  expect(view([printing()]).title).toBe('')
  expect(view([cardOf({ state: 'needs' }), printing({ progress: 0.62 })]).title).toBe('')
})
