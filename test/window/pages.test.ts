/** Every page in every state and both themes: no violation that axe finds, no error told in the console. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronMissing } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'
import { go, judged, PAGES, setTheme } from './driving.ts'
import type { FixtureState } from './fixtures/index.ts'
import { openHarness, type Harness } from './harness.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())

const STATES: readonly FixtureState[] = ['four', 'empty', 'long', 'trouble', 'two-hundred', 'loading', 'broken']

describe.skipIf(missing !== null)(`pages of the window${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'none' })
  })
  afterAll(async () => {
    await desktop?.stop()
  })

  describe.each(STATES)('in state %s', (state) => {
    let harness: Harness
    const errors: string[] = []
    beforeAll(async () => {
      harness = await openHarness({ state }, desktop.env)
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
