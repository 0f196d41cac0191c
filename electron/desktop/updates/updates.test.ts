import { describe, expect, it } from 'vitest'
import { settle } from '../../../test/support/clock.ts'
import type { Release } from '../../bridge/views/updates.ts'
import { desktopLanguage } from '../languages/index.ts'
import { UpdateError } from './updater.ts'
import { DAY, found, HOUR, makeWorld, MINUTE, ready, release, START } from './updates.support.ts'

const newer: Release = { version: '1.3.0', releasedAt: null, notes: '' }
const whats = (world: { pushed: { state: { what: string } }[] }): string[] => world.pushed.map(({ state }) => state.what)

describe('while the switch is off', () => {
  it('nothing is opened and nobody is asked, whatever is pressed and however long it runs', async () => {
    const world = makeWorld()
    const { updates } = world
    world.wanted = { check: false }
    updates.start()
    updates.check()
    updates.install()
    updates.cancel()
    updates.woke()
    await world.clock.advance(10 * DAY)
    expect(world.done).toEqual([])
    expect(world.pushed).toEqual([])
    expect(world.clock.pending).toBe(0)
    expect(updates.view()).toEqual({ on: false, way: 'itself', why: null, asks: 'updates.example.org', lastAt: null, state: { what: 'idle' } })
    expect(updates.ending()).toBeNull()
  })

  it('of a build that knows no key nobody is asked either, with the switch on', async () => {
    const world = makeWorld()
    const { updates } = world
    world.build = { way: 'never', why: 'no_key', url: null, key: null, publisher: null }
    updates.start()
    updates.check()
    await world.clock.advance(10 * DAY)
    expect(world.done).toEqual([])
    expect(updates.view()).toEqual({ on: true, way: 'never', why: 'This build of Printbell can\'t tell who made a newer version, so it does not look for one. Look where you got it from.', asks: null, lastAt: null, state: { what: 'idle' } })
  })

  it('of a build that knows no address the one of the settings is asked', async () => {
    const world = makeWorld()
    const { updates } = world
    world.build = { ...world.build, url: null }
    updates.start()
    await world.clock.advance(DAY)
    expect(world.done).toEqual([])
    world.wanted = { check: true, address: 'http://mirror.lan:8080/bell' }
    updates.settingsChanged()
    await world.clock.advance(0)
    expect(world.done).toEqual(['open http://mirror.lan:8080/bell', 'check'])
    expect(updates.view().asks).toBe('mirror.lan:8080')
  })
})

describe('looking', () => {
  it('comes at once where the settings were changed since the start', async () => {
    const world = makeWorld()
    world.updates.start(true)
    await world.clock.advance(0)
    expect(world.done).toContain('check')
  })

  it('comes a minute after the start, then each day', async () => {
    const world = makeWorld()
    const { updates } = world
    updates.start()
    await world.clock.advance(MINUTE - 1)
    expect(world.done).toEqual([])
    await world.clock.advance(1)
    expect(world.done).toEqual(['open https://updates.example.org/printbell', 'check'])
    expect(updates.view().state).toEqual({ what: 'checking' })
    await world.asked.answer(null)
    expect(updates.view()).toMatchObject({ lastAt: START + MINUTE, state: { what: 'current' } })
    await world.clock.advance(DAY - 1)
    expect(world.asked.waits).toEqual([])
    await world.clock.advance(1)
    expect(world.asked.waits).toEqual(['check'])
    expect(world.done).toEqual(['open https://updates.example.org/printbell', 'check', 'check'])
  })

  it('is made up for after a sleep, a minute after the waking', async () => {
    const world = await found({}, null)
    const { updates } = world
    world.clock.jump(3 * DAY)
    updates.woke()
    await world.clock.advance(MINUTE)
    expect(world.asked.waits).toEqual(['check'])
  })

  it('after a short sleep comes at its time', async () => {
    const world = await found({}, null)
    const { updates } = world
    world.clock.jump(HOUR)
    updates.woke()
    await world.clock.advance(DAY - HOUR - 1)
    expect(world.asked.waits).toEqual([])
    await world.clock.advance(1)
    expect(world.asked.waits).toEqual(['check'])
  })

  it('happens once, also for somebody who presses often', async () => {
    const world = await found({}, null)
    const { updates } = world
    updates.check()
    updates.check()
    await settle()
    expect(world.asked.waits).toEqual(['check'])
  })

  it('is tried again after 15 min, 1 h, 4 h and then each day, and says when', async () => {
    const world = makeWorld()
    const { updates } = world
    updates.start()
    await world.clock.advance(MINUTE)
    let at = START + MINUTE
    for (const pause of [15 * MINUTE, HOUR, 4 * HOUR, DAY, DAY]) {
      await world.asked.answer(new UpdateError('No. Do this.'))
      expect(updates.view().state).toEqual({ what: 'failed', release: null, text: 'No. Do this.', nextAt: at + pause })
      at += pause
      await world.clock.advance(pause)
      expect(world.asked.waits).toEqual(['check'])
    }
    expect(updates.view().lastAt).toBeNull()
    await world.asked.answer(null)
    await world.clock.advance(DAY)
    await world.asked.answer(new UpdateError('No.'))
    expect(updates.view().state).toMatchObject({ what: 'failed', nextAt: world.clock.now() + 15 * MINUTE })
  })

  it('opens anew what could not be opened', async () => {
    const world = makeWorld()
    const { updates } = world
    world.openFails = new Error('no module')
    updates.start()
    await world.clock.advance(MINUTE)
    expect(updates.view().state).toMatchObject({ what: 'failed', text: 'The newer version could not be had; the log says why. Printbell tries again.' })
    world.openFails = null
    await world.clock.advance(15 * MINUTE)
    expect(world.asked.waits).toEqual(['check'])
  })
})

describe('a newer version', () => {
  it('is told, downloaded, and ready; the download is told four times a second', async () => {
    const world = await found()
    const { updates } = world
    expect(world.done.slice(1)).toEqual(['check', 'tell 1.2.3', 'download'])
    for (const bytes of [10, 20, 30]) world.asked.onBytes(bytes, 100)
    await world.clock.advance(250)
    world.asked.onBytes(40, 100)
    world.asked.onBytes(100, 100)
    await world.asked.answer()
    expect(whats(world)).toEqual(['checking', 'downloading', 'downloading', 'downloading', 'downloading', 'ready'])
    expect(world.pushed.flatMap(({ state }) => (state.what === 'downloading' ? [[state.bytes, state.of]] : []))).toEqual([[0, 0], [10, 100], [40, 100], [100, 100]])
    expect(updates.view().state).toEqual({ what: 'ready', release })
  })

  it('is only told where somebody else installs it, and told on each look', async () => {
    const world = await found({ build: { way: 'told', why: 'folder', url: 'https://updates.example.org/printbell', key: null, publisher: null } })
    const { updates } = world
    expect(updates.view()).toMatchObject({ way: 'told', why: 'Started from an unpacked folder. Unpack the new version in its place.', state: { what: 'available', release } })
    updates.install()
    await settle()
    expect(updates.view().state).toEqual({ what: 'available', release })
    expect(world.done.slice(1)).toEqual(['check', 'tell 1.2.3'])
    await world.clock.advance(DAY)
    await world.asked.answer(release)
    expect(world.done.slice(1)).toEqual(['check', 'tell 1.2.3', 'check', 'tell 1.2.3'])
    expect(updates.ending()).toBeNull()
  })

  it('that can\'t be downloaded says which, and is asked for again', async () => {
    const world = await found()
    const { updates } = world
    await world.asked.answer(Object.assign(new Error('x'), { code: 'ENOSPC' }))
    expect(updates.view().state).toEqual({ what: 'failed', release, text: 'There is no space left for the download. Make room on the disk.', nextAt: START + 16 * MINUTE })
    expect(world.log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { version: '1.2.3' } })
    await world.clock.advance(15 * MINUTE)
    await world.asked.answer(release)
    await world.asked.answer()
    expect(updates.view().state).toEqual({ what: 'ready', release })
  })

  it('stays ready while it is looked again, also when that fails', async () => {
    const world = await ready()
    const { updates } = world
    await world.clock.advance(DAY)
    expect(world.asked.waits).toEqual(['check'])
    expect(updates.view().state).toEqual({ what: 'ready', release })
    await world.asked.answer(new UpdateError('No.'))
    expect(updates.view().state).toEqual({ what: 'ready', release })
    await world.clock.advance(15 * MINUTE)
    await world.asked.answer(release)
    expect(updates.view().state).toEqual({ what: 'ready', release })
    expect(world.done.filter((one) => one === 'download')).toEqual(['download'])
  })

  it('gives way to one that is newer still', async () => {
    const world = await ready()
    const { updates } = world
    await world.clock.advance(DAY)
    await world.asked.answer(newer)
    expect(updates.view().state).toMatchObject({ what: 'downloading', release: newer })
    await world.asked.answer()
    expect(updates.view().state).toEqual({ what: 'ready', release: newer })
  })

  it('that was withdrawn is not installed any more', async () => {
    const world = await ready()
    const { updates } = world
    await world.clock.advance(DAY)
    await world.asked.answer(null)
    expect(updates.view().state).toEqual({ what: 'current' })
    expect(updates.ending()).toBeNull()
  })

  it('is not downloaded on when somebody gives it up, until they want it or the next day', async () => {
    const world = await found()
    const { updates } = world
    updates.cancel()
    expect(world.asked.signals.at(-1)?.aborted).toBe(true)
    await world.asked.answer(new Error('aborted'))
    expect(updates.view().state).toEqual({ what: 'available', release })
    updates.install()
    await settle()
    await world.asked.answer(release)
    expect(updates.view().state).toMatchObject({ what: 'downloading' })
  })
})

describe('another language', () => {
  it('is spoken from then on, of what it waits for too', async () => {
    const world = await ready({ business: ['MK4 needs you.'] })
    world.updates.install()
    world.build = { ...world.build, way: 'told', why: 'deb' }
    world.words = desktopLanguage({ code: 'de', locale: 'de' }).words.updates
    world.business = ['MK4 braucht Sie.']
    world.updates.languageChanged()
    expect(world.pushed.at(-1)).toMatchObject({ why: 'Als Debian-Paket installiert. Installieren Sie das neue .deb darüber, oder überlassen Sie es der Paketverwaltung.', state: { what: 'waiting', waitsFor: ['MK4 braucht Sie.'] } })
  })
})

describe('the switch and the address', () => {
  it('turned off in the middle of a download, that ends at once and leaves nothing', async () => {
    const world = await found()
    const { updates } = world
    world.wanted = { check: false }
    updates.settingsChanged()
    expect(world.asked.signals.at(-1)?.aborted).toBe(true)
    expect(updates.view()).toMatchObject({ on: false, lastAt: null, state: { what: 'idle' } })
    world.asked.onBytes(50, 100)
    await world.asked.answer()
    expect(updates.view().state).toEqual({ what: 'idle' })
    expect(world.clock.pending).toBe(0)
    await world.clock.advance(10 * DAY)
    expect(world.asked.waits).toEqual([])
    // And nothing of it is kept in memory for later.
    world.wanted = { check: true }
    updates.settingsChanged()
    await world.clock.advance(0)
    expect(world.done.filter((one) => one.startsWith('open'))).toHaveLength(2)
  })

  it('turned on, it is looked at once', async () => {
    const world = makeWorld()
    const { updates } = world
    world.wanted = { check: false }
    updates.start()
    world.wanted = { check: true }
    updates.settingsChanged()
    await world.clock.advance(0)
    expect(world.asked.waits).toEqual(['check'])
  })

  it('changed, the new address is asked and what came of the old one is forgotten', async () => {
    const world = await ready()
    const { updates } = world
    world.wanted = { check: true, address: 'https://mirror.example.org' }
    updates.settingsChanged()
    expect(updates.view()).toMatchObject({ asks: 'mirror.example.org', state: { what: 'idle' } })
    await world.clock.advance(0)
    expect(world.done.slice(-2)).toEqual(['open https://mirror.example.org', 'check'])
  })

  it('changed in other settings, nothing happens', async () => {
    const world = await ready()
    const { updates } = world
    const before = world.pushed.length
    world.wanted = { check: true }
    updates.settingsChanged()
    expect(world.pushed).toHaveLength(before)
    expect(updates.view().state).toEqual({ what: 'ready', release })
  })

  it('turned off while it waits, nothing is installed', async () => {
    const world = await ready()
    const { updates } = world
    world.business = ['MK4 needs you.']
    updates.install()
    world.wanted = { check: false }
    updates.settingsChanged()
    world.business = []
    await world.clock.advance(HOUR)
    expect(world.done).not.toContain('prepare')
  })

  it('turned off while it is prepared, it does not end', async () => {
    const world = await ready()
    const { updates } = world
    updates.install()
    await settle()
    world.wanted = { check: false }
    updates.settingsChanged()
    await world.asked.answer()
    expect(world.done).not.toContain('end')
    expect(updates.view().state).toEqual({ what: 'idle' })
  })
})
