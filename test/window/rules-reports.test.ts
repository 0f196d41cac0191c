/** Preview, trial, noise and counts in the real window: by keyboard, accessible, and drawn under the page's own CSP. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { go, keyboardOf, resize, setTheme, settled, wrongIn } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('reports beside the rules', (openWindow) => {
  let harness: Harness
  const errors: string[] = []
  beforeAll(async () => {
    harness = await openWindow({ state: 'four' })
    harness.page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
  })
  afterAll(async () => {
    await harness?.close()
  })
  const { press, tabTo } = keyboardOf(() => harness, 160)
  const summary = (): Promise<string> => harness.page.locator('.preview p').first().innerText()

  it('R50: a change is tried by keyboard, changes what would have been told, and leaves the rules as they are', async () => {
    await go(harness, '/rules/profiles/night')
    await harness.page.getByText('would have been told').waitFor()
    const before = await summary()
    await tabTo('Try before saving')
    await press('Space')
    await harness.page.getByText('Nothing is changed yet.').waitFor()
    await harness.page.locator('[aria-label="Do not use Critical"]').focus()
    await press('Enter')
    await harness.page.locator('[aria-label="Do not use Needs me"]').focus()
    await press('Enter')
    await harness.page.waitForFunction((old) => document.querySelector('.preview')?.getAttribute('aria-busy') === 'false' && document.querySelector<HTMLElement>('.preview p')?.innerText !== old, before)
    expect(await harness.page.locator('.profile.chosen').innerText()).toContain('Only “Critical” and “Needs me”')
    await tabTo('Show')
    await press('Enter')
    await harness.page.getByText('Taken for granted:').waitFor()
    expect(await harness.page.locator('.event').count()).toBe(20)
    expect(await wrongIn(harness)).toEqual([])
    await tabTo('Discard')
    await press('Enter')
    await harness.page.waitForFunction((old) => document.querySelector<HTMLElement>('.preview p')?.innerText === old, before)
  })

  it('leads from what rings the most to the tick that ends it, with the keyboard on it', async () => {
    await go(harness, '/rules')
    await harness.page.locator('.noise').scrollIntoViewIfNeeded()
    await harness.page.getByText('Progress made').waitFor()
    await harness.page.locator('.noise .act').first().press('Enter')
    await harness.page.waitForSelector('.kind.pointed')
    expect(await harness.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain('Progress')
  })

  it.each(['light', 'dark'] as const)('draws the events of 30 days in the %s theme, day by day by keyboard, under the page\'s CSP', async (theme) => {
    await setTheme(harness, theme)
    await go(harness, '/printers')
    await go(harness, '/rules')
    const plot = harness.page.locator('.counts .plot')
    await harness.page.locator('.counts').scrollIntoViewIfNeeded()
    await plot.waitFor()
    await settled(harness)
    const coloured = await plot.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() }
      const seen = new Set<string>()
      for (let at = 0; at < data.length; at += 4) if ((data[at + 3] ?? 0) === 255) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`)
      return ['--done-solid', '--needs-solid', '--idle-solid'].map((token) => {
        const hex = getComputedStyle(document.documentElement).getPropertyValue(token).trim().slice(1)
        return seen.has([0, 2, 4].map((from) => parseInt(hex.slice(from, from + 2), 16)).join(','))
      })
    })
    expect(coloured).toEqual([true, true, true])
    const day = (): Promise<string> => harness.page.locator('.counts .day .strong').innerText()
    const today = await day()
    await plot.focus()
    await press('ArrowLeft')
    expect(await day()).not.toBe(today)
    await press('End')
    expect(await day()).toBe(today)
    expect(await wrongIn(harness)).toEqual([])
    await harness.page.locator('.counts').getByText('Table').click()
    expect(await harness.page.locator('.counts tbody tr').count()).toBe(30)
  })

  it('is whole at 720x480', async () => {
    await resize(harness, 720, 480)
    await go(harness, '/rules/profiles/night')
    await harness.page.getByText('would have been told').waitFor()
    expect(await harness.page.evaluate(() => { const main = document.querySelector('main .scroll'); return main === null ? 1 : main.scrollWidth - main.clientWidth })).toBe(0)
    expect(errors).toEqual([])
  })
})
