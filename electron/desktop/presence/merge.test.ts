import { describe, expect, it } from 'vitest'
import { nextLook, NO_READINGS, presenceOf, type Readings } from './merge.ts'

const MINUTE = 60_000
const now = Date.UTC(2026, 0, 15, 12)
const of = (given: Partial<Readings>) => presenceOf({ ...NO_READINGS, ...given }, 10 * MINUTE, now)

describe('presence', () => {
  it.each([
    ['unknown when nobody says anything', {}, 'unknown'],
    ['unknown when all that is known is an open lock', { locked: false }, 'unknown'],
    ['locked, whatever else is said', { locked: true, idleMs: 0, idleHint: { on: false, since: null } }, 'locked'],
    ['present a moment before the time is up', { idleMs: 10 * MINUTE - 1 }, 'present'],
    ['idle when the time is up', { idleMs: 10 * MINUTE }, 'idle'],
    ['present by the measured time against a hint', { idleMs: 0, idleHint: { on: true, since: 0 }, screenSaver: true }, 'present'],
    ['idle by a hint that has stood long enough', { idleHint: { on: true, since: now - 10 * MINUTE } }, 'idle'],
    ['present by a hint that is fresh', { idleHint: { on: true, since: now - 9 * MINUTE } }, 'present'],
    ['idle by a hint whose time is not told', { idleHint: { on: true, since: null } }, 'idle'],
    ['present by a hint that is off', { idleHint: { on: false, since: now } }, 'present'],
    ['idle by a screen saver against a hint that is off', { idleHint: { on: false, since: now }, screenSaver: true }, 'idle'],
    ['idle by a screen saver alone', { screenSaver: true }, 'idle'],
    ['present by a screen saver that is off', { screenSaver: false }, 'present'],
  ] as const)('is %s', (_name, readings, state) => {
    expect(of(readings)).toBe(state)
  })
})

describe('the next look', () => {
  it('comes when the time could be up, at least every minute', () => {
    expect(nextLook('present', { ...NO_READINGS, idleMs: 0 }, 10 * MINUTE)).toBe(MINUTE)
    expect(nextLook('present', { ...NO_READINGS, idleMs: 10 * MINUTE - 20_000 }, 10 * MINUTE)).toBe(20_000)
    expect(nextLook('present', { ...NO_READINGS, idleMs: 10 * MINUTE - 10 }, 10 * MINUTE)).toBe(5_000)
    expect(nextLook('present', NO_READINGS, 10 * MINUTE)).toBe(MINUTE)
  })

  it('comes soon while somebody is away', () => {
    expect(nextLook('idle', { ...NO_READINGS, idleMs: 30 * MINUTE }, 10 * MINUTE)).toBe(5_000)
    expect(nextLook('locked', { ...NO_READINGS, locked: true }, 10 * MINUTE)).toBe(5_000)
  })
})
