/** Every page in every state and both themes: no violation that axe finds, no error told in the console. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronMissing } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'
import { go, PAGES, setTheme } from './driving.ts'
import type { FixtureState } from './fixtures/index.ts'
import { openHarness, type Harness } from './harness.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[]
  passes: { id: string }[]
}
declare const axe: { run(context: unknown, options: unknown): Promise<AxeResult> }

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
      await harness.page.evaluate(AXE)
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
        const found = await harness.page.evaluate(async () => await axe.run(document, { resultTypes: ['violations'], preload: false }))
        expect(found.violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`).join('\n')}`)).toEqual([])
        // A page whose contrast nobody could judge would pass as well.
        expect(found.passes.map(({ id }) => id)).toContain('color-contrast')
        expect(errors.splice(0)).toEqual([])
      })
    })
  })
})
