import { describe, expect, it } from 'vitest'
import { recordingSink } from '../../../../test/support/adapter-kit.ts'
import { TestClock } from '../../../../test/support/clock.ts'
import { backOff, linkOf, linkTeller } from './link.ts'

describe('the back-off', () => {
  it.each([[0, 0, 500], [0, 1, 1_000], [1, 1, 2_000], [3, 0.5, 6_000], [6, 1, 60_000], [100, 1, 60_000], [100, 0, 30_000]])('waits before try %i with chance %d for %i ms', (attempt, random, ms) => {
    expect(backOff(attempt, random)).toBe(ms)
  })

  it.each([['key_invalid', 'auth_failed'], ['key_missing', 'auth_failed'], ['permission_missing', 'refused'], ['tls_pin_mismatch', 'refused'], ['too_old', 'refused'], ['booting', 'down'], ['refused', 'down'], ['timeout', 'down'], ['reset', 'down']] as const)('%s makes the link %s', (cause, link) => {
    expect(linkOf(cause)).toBe(link)
  })
})

describe('telling the link', () => {
  it('repeats only that it is up', () => {
    const sink = recordingSink()
    const link = linkTeller(sink, new TestClock())
    link.tell('down', 'timeout', 'a')
    link.tell('down', 'timeout', 'b')
    link.tell('down', 'refused', 'c')
    link.tell('up', null, null)
    link.tell('up', null, null)
    expect(sink.order).toEqual(['link down', 'link down', 'link up', 'link up'])
    expect(link.up).toBe(true)
  })

  it('passes a sign of life on when the engine has heard nothing for a second, and only while it is up', async () => {
    const sink = recordingSink()
    const clock = new TestClock()
    const link = linkTeller(sink, clock)
    link.tell('connecting', null, null)
    await clock.advance(5_000)
    link.alive()
    expect(sink.order).toEqual(['link connecting'])
    link.tell('up', null, null)
    await clock.advance(999)
    link.alive()
    expect(sink.order).toEqual(['link connecting', 'link up'])
    await clock.advance(1)
    link.alive()
    expect(sink.order).toEqual(['link connecting', 'link up', 'link up'])
    await clock.advance(900)
    link.heard()
    await clock.advance(900)
    link.alive()
    expect(sink.order).toHaveLength(3)
  })
})
