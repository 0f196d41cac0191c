import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { soonOf } from './soon.ts'

describe('what is told soon', () => {
  it('is told once for many reasons, and again for later ones', async () => {
    const clock = new TestClock()
    let done = 0
    const soon = soonOf({ clock, log: memoryLog(), heard: () => true }, () => { done += 1 })
    soon()
    soon()
    await clock.advance(199)
    expect(done).toBe(0)
    await clock.advance(1)
    expect(done).toBe(1)
    soon()
    await clock.advance(200)
    expect(done).toBe(2)
  })
  it('is not told after the end', async () => {
    const clock = new TestClock()
    let done = 0
    const soon = soonOf({ clock, log: memoryLog(), heard: () => true }, () => { done += 1 })
    soon()
    soon.stop()
    await clock.advance(1_000)
    expect([done, clock.pending]).toEqual([0, 0])
  })
  it('is not even made ready while nobody listens', async () => {
    const clock = new TestClock()
    let open = false
    let done = 0
    const soon = soonOf({ clock, log: memoryLog(), heard: () => open }, () => { done += 1 })
    soon()
    await clock.advance(200)
    expect(done).toBe(0)
    open = true
    soon()
    await clock.advance(200)
    expect(done).toBe(1)
  })
  it('that fails is logged and tried again for the next reason', async () => {
    const clock = new TestClock()
    const log = memoryLog()
    let done = 0
    const soon = soonOf({ clock, log, heard: () => true }, async () => {
      done += 1
      if (done === 1) throw new Error('no')
    })
    soon()
    await clock.advance(200)
    soon()
    await clock.advance(200)
    expect([done, log.lines.length]).toEqual([2, 1])
  })
})
