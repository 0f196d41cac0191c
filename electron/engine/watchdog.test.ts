import { describe, expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { startWatchdog } from './watchdog.ts'

function setUp() {
  const clock = new TestClock(1_000_000)
  const gaps: { from: number; at: number; why: string }[] = []
  const network: boolean[] = []
  const world = { online: true as boolean | null, up: false }
  const stop = startWatchdog({
    clock,
    online: () => world.online,
    anyServerUp: () => world.up,
    onGap: (gap) => gaps.push(gap),
    onNetwork: (online) => network.push(online),
  })
  return { clock, gaps, network, world, stop }
}

describe('the watchdog', () => {
  it('says nothing while time and network are well', async () => {
    const { clock, gaps, network } = setUp()
    await clock.advance(120_000)
    expect(gaps).toEqual([])
    expect(network).toEqual([])
  })

  it('calls a wall clock that ran ahead of the monotonic one a sleep', async () => {
    const { clock, gaps } = setUp()
    await clock.advance(5_000)
    clock.jump(3_600_000)
    await clock.advance(5_000)
    expect(gaps).toEqual([{ from: 1_005_000, at: 4_610_000, why: 'sleep' }])
  })

  it('calls a wall clock set back a clock jump', async () => {
    const { clock, gaps } = setUp()
    await clock.advance(5_000)
    clock.jump(-600_000)
    await clock.advance(5_000)
    expect(gaps).toEqual([{ from: 1_005_000, at: 410_000, why: 'clock' }])
  })

  it('tells a lost network once, and its return once', async () => {
    const { clock, network, gaps, world } = setUp()
    await clock.advance(10_000)
    world.online = false
    await clock.advance(60_000)
    expect(network).toEqual([false])
    world.online = true
    await clock.advance(10_000)
    expect(network).toEqual([false, true])
    expect(gaps.every((gap) => gap.why === 'own_network')).toBe(true)
    expect(gaps.at(-1)).toEqual({ from: 1_015_000, at: 1_075_000, why: 'own_network' })
  })

  it('does not blame the network while a server answers, or when there never was one', async () => {
    const first = setUp()
    await first.clock.advance(10_000)
    first.world.online = false
    first.world.up = true
    await first.clock.advance(60_000)
    expect(first.network).toEqual([])
    const second = setUp()
    second.world.online = false
    await second.clock.advance(60_000)
    expect(second.network).toEqual([])
    expect(second.gaps).toEqual([])
  })

  it('leaves no timer behind when stopped', async () => {
    const { clock, stop } = setUp()
    await clock.advance(20_000)
    stop()
    expect(clock.pending).toBe(0)
  })
})
