import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../../test/support/clock.ts'
import { Beside, wait } from './wait.ts'

describe('waiting', () => {
  it('ends after its time, when hurried, and when the signal aborts, and leaves no timer', async () => {
    const clock = new TestClock()
    const over: string[] = []
    const stop = new AbortController()
    const begin = (name: string, ms: number) => {
      const one = wait(clock, ms, stop.signal)
      void one.over.then(() => over.push(name))
      return one
    }
    begin('time', 100)
    const hurried = begin('hurried', 5_000)
    begin('aborted', 5_000)
    await clock.advance(100)
    expect(over).toEqual(['time'])
    hurried.hurry()
    hurried.hurry()
    await clock.advance(0)
    expect(over).toEqual(['time', 'hurried'])
    stop.abort()
    await clock.advance(0)
    expect(over).toEqual(['time', 'hurried', 'aborted'])
    expect(clock.pending).toBe(0)
    await wait(clock, 1_000, stop.signal).over
    expect(clock.pending).toBe(0)
  })
})

describe('work beside a connection', () => {
  it('is waited for to its end', async () => {
    const beside = new Beside()
    let finish = () => undefined as void
    let settled = false
    beside.add(new Promise<void>((resolve) => (finish = resolve)))
    const all = beside.settled().then(() => (settled = true))
    await new TestClock().advance(0)
    expect(settled).toBe(false)
    finish()
    await all
    expect(settled).toBe(true)
  })
})
