import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'

describe("the system's clock", () => {
  it('does what is due now without the millisecond that a timer takes, but not within the call', async () => {
    const clock = systemClock()
    const done: string[] = []
    await new Promise<void>((end) => {
      clock.after(1, () => done.push('in 1 ms'))
      clock.after(0, () => done.push('now'))
      clock.after(20, end)
      done.push('the call')
    })
    expect(done).toEqual(['the call', 'now', 'in 1 ms'])
  })

  it('does it although nothing else happens', async () => {
    const clock = systemClock()
    const began = performance.now()
    // The loop may sleep until then.
    const cancel = clock.after(60_000, () => undefined)
    await new Promise<void>((end) => { clock.after(0, end) })
    cancel()
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('drops what was cancelled, due now or later', async () => {
    const clock = systemClock()
    const done: string[] = []
    await new Promise<void>((end) => {
      clock.after(0, () => done.push('now'))()
      clock.after(1, () => done.push('later'))()
      clock.after(20, end)
    })
    expect(done).toEqual([])
  })
})
