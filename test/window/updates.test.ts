/** Newer versions of Printbell in the window: by keyboard alone, and accessible in the states that the pages' own test does not open. */
import { afterEach, expect, it } from 'vitest'
import type { UpdatesView } from '../../electron/bridge/views/updates.ts'
import { go, keyboardOf, push, resize, settled, sticksOut, wrongIn, wrongInBothThemes } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('updates in the window', (openWindow) => {
  let harness: Harness
  afterEach(async () => {
    await harness?.close()
  })
  const { press, focus, tabTo } = keyboardOf(() => harness)
  const shows = (text: string): Promise<void> => harness.page.getByText(text).first().waitFor()

  it('are off until the switch is pressed; then the host that is asked is named wherever it matters', async () => {
    harness = await openWindow({ state: 'four' })
    await go(harness, '/settings/privacy')
    expect(await harness.page.locator('main').innerText()).not.toContain('updates.example.org')
    await go(harness, '/settings/about')
    await tabTo('Look for new versions')
    await press('Space')
    await shows('This is the newest version')
    await tabTo('Look now')
    await press('Enter')
    await shows('Looking for a new version')
    await shows('This is the newest version')
    expect(await focus()).toBe('Look now')
    expect(await wrongInBothThemes(harness)).toEqual([])
    await go(harness, '/settings/privacy')
    await shows('updates.example.org')
    await go(harness, '/welcome')
    expect(await harness.page.getByRole('switch', { name: 'Look for new versions' }).getAttribute('aria-checked')).toBe('true')
  })

  it('are installed by keyboard, wait for what goes on, and can be put off', async () => {
    harness = await openWindow({ state: 'two-hundred' })
    await go(harness, '/settings/about')
    expect(await harness.page.locator('nav .place', { hasText: 'Settings' }).innerText()).toContain(', an update is ready')
    await tabTo('Restart to update')
    await press('Enter')
    await shows('Voron 2.4 needs you.')
    expect(await focus()).toBe('Not now')
    expect(await harness.page.locator('nav .place', { hasText: 'Settings' }).innerText()).not.toContain('ready')
    expect(await wrongIn(harness)).toEqual([])
    await press('Enter')
    await shows('Printbell 0.2.0 is ready')
    expect(await focus()).toBe('Restart to update')
    // Long notes are read without a mouse.
    await tabTo('Bambu printers in LAN mode tell filament runout by slot.')
  })

  it('fit at every size and are accessible while one is fetched, or told only', async () => {
    harness = await openWindow({ state: 'long' })
    await go(harness, '/settings/about')
    const base: UpdatesView = { on: true, way: 'itself', why: null, asks: `${'mirror.'.repeat(20)}example.org`, lastAt: null, state: { what: 'idle' } }
    const release = { version: `1.0.0-${'long.'.repeat(20)}1`, releasedAt: 0, notes: 'x'.repeat(400) }
    const why = 'Installed as a Debian package. Install the new .deb over it, or let the package manager do it.'
    const views: UpdatesView[] = [
      { ...base, state: { what: 'downloading', release, bytes: 42_300_000, of: 98_100_000 } }, { ...base, way: 'told', why, state: { what: 'available', release } }, { ...base, state: { what: 'available', release } }, { ...base, state: { what: 'installing', release } },
    ]
    for (const view of views) {
      await push(harness, 'updates.changed', view)
      await settled(harness)
      expect(await harness.page.locator('[role=status]').first().innerText()).toContain(release.version)
      expect(await wrongIn(harness)).toEqual([])
      for (const [width, height, zoom] of [[720, 480, 1], [1120, 740, 2], [1120, 740, 1]] as const) {
        await resize(harness, width, height, zoom)
        expect(await harness.page.evaluate(sticksOut)).toEqual([])
      }
    }
  })
})
