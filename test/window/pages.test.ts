/** Every page in every state and both themes: no violation that axe finds, no error told in the console. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { go, judged, PAGES, setTheme } from './driving.ts'
import type { FixtureState } from './fixtures/index.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

const STATES: readonly FixtureState[] = ['four', 'empty', 'long', 'trouble', 'two-hundred', 'loading', 'broken']

onDesktop('pages of the window', (openWindow) => {
  describe.each(STATES)('in state %s', (state) => {
    let harness: Harness
    const errors: string[] = []
    beforeAll(async () => {
      harness = await openWindow({ state })
      harness.page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      harness.page.on('pageerror', (error) => errors.push(error.message))
    })
    afterAll(async () => {
      await harness?.close()
    })

    describe.each(['light', 'dark'] as const)('%s', (theme) => {
      beforeAll(async () => {
        await setTheme(harness, theme)
      })

      it.each(PAGES)('%s is accessible and free of errors', async (path) => {
        await go(harness, path)
        const { wrong, kept } = await judged(harness)
        expect(wrong).toEqual([])
        // A page whose contrast nobody could judge would pass as well.
        expect(kept).toContain('color-contrast')
        expect(errors.splice(0)).toEqual([])
      })
    })
  })
})
