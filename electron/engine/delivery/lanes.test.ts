import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { createLanes } from './lanes.ts'

function setUp() {
  const clock = new TestClock()
  const freed = { times: 0 }
  const lanes = createLanes(clock, () => { freed.times += 1 })
  const ends: (() => void)[] = []
  /** Work that ends when it is told to, or, where it listens, when it is aborted. */
  const enter = (destinationId: string, listens = true): void => lanes.enter(destinationId, () => new Promise((done) => {
    ends.push(done)
    if (listens) lanes.signal(destinationId).addEventListener('abort', () => done())
  }))
  return { clock, lanes, freed, ends, enter }
}

describe('lanes', () => {
  it('four at once at one destination, and one more when one ends', async () => {
    const { clock, lanes, freed, ends, enter } = setUp()
    for (let row = 0; row < 4; row += 1) enter('hook')
    expect([lanes.free('hook'), lanes.free('phone'), lanes.free('hook', 6), lanes.free('hook', 1)]).toEqual([0, 4, 2, 0])
    ends[0]?.()
    await clock.advance(0)
    expect([lanes.free('hook'), freed.times]).toEqual([1, 1])
  })

  it('twenty at once at one destination are not taken for a leak', async () => {
    const warnings: string[] = []
    const onWarning = ({ name }: Error): void => void warnings.push(name)
    process.on('warning', onWarning)
    const { enter } = setUp()
    for (let row = 0; row < 20; row += 1) enter('desk')
    await new Promise((done) => setImmediate(done))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('a destination that is held takes no more, and is quiet once all has ended', async () => {
    const { clock, lanes, ends, enter } = setUp()
    enter('hook')
    let quiet = false
    void lanes.hold('hook', 5_000).then(() => { quiet = true })
    expect([lanes.free('hook'), lanes.free('phone')]).toEqual([0, 4])
    await clock.advance(1_000)
    expect(quiet).toBe(false)
    ends[0]?.()
    await clock.advance(0)
    expect([quiet, lanes.free('hook')]).toEqual([true, 0])
    lanes.release('hook')
    expect(lanes.free('hook')).toBe(4)
    expect(clock.pending).toBe(0)
  })

  it('what hangs is aborted at the deadline, and what heeds nothing is not waited for', async () => {
    const { clock, lanes, enter } = setUp()
    enter('hook')
    enter('hook', false)
    const signal = lanes.signal('hook')
    const others = lanes.signal('phone')
    let quiet = false
    void lanes.hold('hook', 5_000).then(() => { quiet = true })
    await clock.advance(4_999)
    expect(signal.aborted).toBe(false)
    await clock.advance(1)
    expect([signal.aborted, others.aborted, quiet]).toEqual([true, false, false])
    await clock.advance(100)
    expect(quiet).toBe(true)
    // What begins after that has not been aborted.
    expect(lanes.signal('hook').aborted).toBe(false)
  })

  it('one with nothing under way is quiet at once', async () => {
    const { clock, lanes } = setUp()
    await lanes.hold('hook', 5_000)
    expect([lanes.free('hook'), clock.pending]).toEqual([0, 0])
  })
})
