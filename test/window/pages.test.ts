/** Every page in every state and both themes: accessible by axe, nothing sticks out, no error on the page. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronMissing } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'
import type { FixtureState } from './fixtures/index.ts'
import { openHarness, type Harness } from './harness.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[]
}
declare const axe: { run(context: unknown, options: unknown): Promise<AxeResult> }

const PAGES = [
  '/welcome', '/printers', '/printers/add', '/printers/mk4', '/printers/mk4/settings', '/history', '/destinations', '/destinations/desk',
  '/settings/general', '/settings/notifications', '/settings/appearance', '/settings/storage', '/settings/privacy', '/settings/about',
] as const
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
    describe.each(['light', 'dark'] as const)('%s', (theme) => {
      let harness: Harness
      const errors: string[] = []
      beforeAll(async () => {
        harness = await openHarness({ state, theme }, desktop.env)
        harness.page.on('console', (message) => {
          if (message.type() === 'error') errors.push(message.text())
        })
        harness.page.on('pageerror', (error) => errors.push(error.message))
        await harness.page.evaluate(AXE)
      })
      afterAll(async () => {
        await harness?.close()
      })

      it.each(PAGES)('%s is accessible and free of errors', async (path) => {
        await go(harness, path)
        const found = await harness.page.evaluate(async () => await axe.run(document, { resultTypes: ['violations'] }))
        expect(found.violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`).join('\n')}`)).toEqual([])
        expect(errors.splice(0)).toEqual([])
      })

      it.each([[720, 480, 1], [1120, 740, 2], [1440, 900, 1], [3840, 2160, 1]])('nothing sticks out at %ix%i, zoom %i', async (width, height, zoom) => {
        await harness.app.evaluate(({ BrowserWindow }, look) => {
          const window = BrowserWindow.getAllWindows()[0]
          window?.setMinimumSize(1, 1)
          window?.setContentSize(look.width, look.height)
          window?.webContents.setZoomFactor(look.zoom)
        }, { width, height, zoom })
        await harness.page.waitForFunction(([wide, by]) => Math.abs(window.innerWidth - wide / by) <= 1, [width, zoom] as const)
        const out: string[] = []
        for (const path of PAGES) {
          await go(harness, path)
          out.push(...(await harness.page.evaluate(sticksOut)).map((what) => `${path}: ${what}`))
        }
        expect(out).toEqual([])
      })
    })
  })
})

async function go(harness: Harness, path: string): Promise<void> {
  await harness.page.evaluate((to) => {
    window.location.hash = to
  }, path)
  await harness.page.waitForFunction((to) => document.querySelector('main')?.children.length !== 0 && window.location.hash.endsWith(to), path)
  // Two frames: what the page asked for is answered and drawn.
  await harness.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))))
}

/** What reaches beyond the window's right edge, and texts that are wider than their box without being cut on purpose. */
function sticksOut(): string[] {
  const found: string[] = []
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide in ${window.innerWidth}`)
  for (const element of document.querySelectorAll<HTMLElement>('main *')) {
    const box = element.getBoundingClientRect()
    if (box.width === 0 || box.height === 0 || element.closest('svg, .said, [data-may-scroll]')) continue
    if (box.right > window.innerWidth + 1 && !element.closest('[data-may-scroll]')) found.push(`<${element.tagName.toLowerCase()} class="${element.className}"> ends at ${Math.round(box.right)}`)
    const style = getComputedStyle(element)
    const isCut = style.overflowX !== 'visible' || style.overflowY !== 'visible'
    if (!isCut && element.children.length === 0 && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline') found.push(`<${element.tagName.toLowerCase()} class="${element.className}"> "${(element.textContent ?? '').slice(0, 40)}" is wider than its box`)
  }
  return [...new Set(found)].slice(0, 10)
}
