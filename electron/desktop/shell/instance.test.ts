import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { HistoryError } from '../../engine/history/history.ts'
import { openAlone, type Instance } from './instance.ts'

const LOCKED = new HistoryError('locked', 'Another Printbell engine (process 7) already works on the data in /data.')
const locked = (): never => {
  throw LOCKED
}

/** Asks an app that answers like this, one answer a question, the last one for ever. */
function asking(...answers: Instance[]): { ask(): Promise<Instance>; asked(): number } {
  let asked = 0
  return { ask: async () => answers[Math.min(asked++, answers.length - 1)] as Instance, asked: () => asked }
}

describe('what one app at a time may have', () => {
  it('is opened, and nobody is asked', async () => {
    const other = asking({ what: 'first' })
    expect(await openAlone(() => 'opened', other.ask, new TestClock())).toBe('opened')
    expect(other.asked()).toBe(0)
  })

  it('is left to one that was started in the same moment, as soon as that opens its window', async () => {
    const clock = new TestClock()
    const other = asking({ what: 'first' }, { what: 'first' }, { what: 'shown' })
    const opened = openAlone(locked, other.ask, clock)
    await clock.advance(1_000)
    expect(await opened).toBeNull()
    expect(other.asked()).toBe(3)
  })

  it('is refused where whoever has it opens none, or never answers', async () => {
    await expect(openAlone(locked, asking({ what: 'taken', why: 'this Printbell runs without a window' }).ask, new TestClock())).rejects.toBe(LOCKED)
    const clock = new TestClock()
    const silent = openAlone(locked, asking({ what: 'first' }).ask, clock).catch((error: unknown) => error)
    await clock.advance(11_000)
    expect(await silent).toBe(LOCKED)
  })

  it('tells any other trouble at once', async () => {
    const full = new HistoryError('full', 'The disk is full.')
    const other = asking({ what: 'shown' })
    await expect(openAlone(() => {
      throw full
    }, other.ask, new TestClock())).rejects.toBe(full)
    expect(other.asked()).toBe(0)
  })
})
