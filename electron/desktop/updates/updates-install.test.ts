import { describe, expect, it } from 'vitest'
import { settle } from '../../../test/support/clock.ts'
import { UpdateError } from './updater.ts'
import { DAY, found, HOUR, MINUTE, ready, release } from './updates.support.ts'

describe('installing', () => {
  it('prepares, ends, takes the place and starts anew', async () => {
    const world = await ready()
    const { updates } = world
    updates.install()
    await settle()
    expect(updates.view().state).toEqual({ what: 'installing', release })
    expect(world.done.at(-1)).toBe('prepare')
    await world.asked.answer()
    expect(world.done.at(-1)).toBe('end')
    await updates.ending()?.()
    expect(world.done.at(-1)).toBe('finish again')
  })

  it('waits for what must not be cut short, says for what, and goes on by itself', async () => {
    const world = await ready()
    const { updates } = world
    world.business = ['MK4 needs you.', 'A message is being sent.']
    updates.install()
    expect(updates.view().state).toEqual({ what: 'waiting', release, waitsFor: ['MK4 needs you.', 'A message is being sent.'] })
    const before = world.pushed.length
    await world.clock.advance(10_000)
    expect(world.pushed).toHaveLength(before)
    world.business = ['MK4 needs you.']
    await world.clock.advance(2_000)
    expect(updates.view().state).toEqual({ what: 'waiting', release, waitsFor: ['MK4 needs you.'] })
    world.business = []
    await world.clock.advance(2_000)
    await world.asked.answer()
    expect(world.done.slice(-2)).toEqual(['prepare', 'end'])
  })

  it('waits on when something begins while it is prepared', async () => {
    const world = await ready()
    const { updates } = world
    updates.install()
    await settle()
    world.business = ['A message is being sent.']
    await world.asked.answer()
    expect(updates.view().state).toMatchObject({ what: 'waiting' })
    expect(world.done).not.toContain('end')
    world.business = []
    await world.clock.advance(2_000)
    await world.asked.answer()
    expect(world.done.at(-1)).toBe('end')
  })

  it('is taken back while it waits', async () => {
    const world = await ready()
    const { updates } = world
    world.business = ['MK4 needs you.']
    updates.install()
    updates.cancel()
    expect(updates.view().state).toEqual({ what: 'ready', release })
    world.business = []
    await world.clock.advance(HOUR)
    expect(world.done).not.toContain('prepare')
    updates.install()
    await settle()
    expect(world.done.at(-1)).toBe('prepare')
  })

  it('is taken back while it is prepared', async () => {
    const world = await ready()
    const { updates } = world
    updates.install()
    await settle()
    updates.cancel()
    await world.asked.answer()
    expect(updates.view().state).toEqual({ what: 'ready', release })
    expect(world.done).not.toContain('end')
  })

  it('looks for nothing while it waits, and does so again afterwards', async () => {
    const world = await ready()
    const { updates } = world
    world.business = ['MK4 needs you.']
    updates.install()
    await world.clock.advance(3 * DAY)
    expect(world.asked.waits).toEqual([])
    updates.cancel()
    await world.clock.advance(DAY)
    expect(world.asked.waits).toEqual(['check'])
  })

  it('gives up a look in the quiet that is under way', async () => {
    const world = await ready()
    const { updates } = world
    updates.check()
    await settle()
    updates.install()
    await settle()
    expect(world.asked.signals.at(-2)?.aborted).toBe(true)
    await world.asked.answer(null)
    expect(updates.view().state).toEqual({ what: 'installing', release })
  })

  it('that waits is not taken away by a look in the quiet either', async () => {
    const world = await ready({ business: ['MK4 needs you.'] })
    world.updates.check()
    await settle()
    world.updates.install()
    await world.asked.answer(null)
    expect(world.updates.view().state).toMatchObject({ what: 'waiting', release })
  })

  it('that can\'t be prepared says why, and all goes on', async () => {
    const world = await ready()
    const { updates } = world
    updates.install()
    await settle()
    await world.asked.answer(new UpdateError('The new version can\'t be written into /opt. Move it.'))
    expect(updates.view().state).toEqual({ what: 'failed', release, text: 'The new version can\'t be written into /opt. Move it.', nextAt: world.clock.now() + 15 * MINUTE })
    expect(world.done).not.toContain('end')
    expect(updates.ending()).toBeNull()
  })

  it('that fails at the very end starts the old version again', async () => {
    const world = await ready()
    const { updates } = world
    updates.install()
    await settle()
    await world.asked.answer()
    world.asked.finishFails = new Error('no')
    await updates.ending()?.()
    expect(world.done.slice(-2)).toEqual(['finish again', 'again'])
    expect(world.log.lines.at(-1)).toMatchObject({ level: 'error' })
  })

  it('of nothing does nothing', async () => {
    const world = await found({}, null)
    const { updates } = world
    updates.install()
    updates.cancel()
    await settle()
    expect(updates.view().state).toEqual({ what: 'current' })
  })
})

describe('the end by a person', () => {
  it('installs what is ready, and starts nothing', async () => {
    const world = await ready()
    const { updates } = world
    const renew = updates.ending()
    expect(world.clock.pending).toBe(0)
    const finished = renew?.()
    await settle()
    await world.asked.answer()
    await finished
    expect(world.done.slice(-2)).toEqual(['prepare', 'finish'])
  })

  it('installs nothing while something stands in the way', async () => {
    const world = await ready()
    const { updates } = world
    world.business = ['MK4 needs you.']
    expect(updates.ending()).toBeNull()
  })

  it('that can\'t install only logs it', async () => {
    const world = await ready()
    const { updates } = world
    const finished = updates.ending()?.()
    await settle()
    await world.asked.answer(new Error('no'))
    await finished
    expect(world.done).not.toContain('again')
    expect(world.log.lines.at(-1)).toMatchObject({ level: 'error' })
  })

  it('gives up what is under way', async () => {
    const world = await found()
    const { updates } = world
    expect(updates.ending()).toBeNull()
    expect(world.asked.signals.at(-1)?.aborted).toBe(true)
    expect(world.clock.pending).toBe(0)
    updates.check()
    updates.install()
    await settle()
    expect(world.asked.waits).toEqual(['download'])
  })
})
