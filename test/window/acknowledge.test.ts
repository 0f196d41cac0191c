/** Acknowledging for a while, and telling others something, by keyboard only. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronMissing } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'
import { go, keyboardOf, settled } from './driving.ts'
import { openHarness, type Harness } from './harness.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())

describe.skipIf(missing !== null)(`what a person says${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let desktop: Desktop
  let harness: Harness
  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'none' })
    harness = await openHarness({ state: 'four' }, desktop.env)
  })
  afterAll(async () => {
    await harness?.close()
    await desktop?.stop()
  })
  const { press, tabTo, focus } = keyboardOf(() => harness, 120)
  const type = (text: string): Promise<void> => harness.page.keyboard.type(text)
  const panel = (): Promise<string> => harness.page.locator('aside').innerText()

  it('R53: an event is acknowledged for four hours with a note, and says so', async () => {
    await go(harness, '/history/newest')
    await tabTo('Acknowledge for a while')
    await press('Enter')
    await harness.page.waitForSelector('[role=menuitem]')
    await press('End')
    await press('Enter')
    await harness.page.waitForSelector('[role=dialog]')
    expect(await harness.page.locator('[role=dialog]').innerText()).toContain('MK4 left bench: Filament ran out')
    // The focus begins on "For how long".
    await type('For 4')
    await harness.page.getByText('If it is still open then, you are told once more.').waitFor()
    await press('Tab')
    await type('Ann is on it')
    await harness.page.getByText('The note goes to the other destinations.').waitFor()
    await press('Tab')
    expect(await focus()).toBe('Don’t notify others')
    await press('Space')
    await harness.page.getByText('Nobody is told. It is in the history.').waitFor()
    await tabTo('Acknowledge')
    await press('Enter')
    await harness.page.waitForSelector('[role=dialog]', { state: 'detached' })
    await settled(harness)
    const said = await panel()
    expect(said).toContain('Ann is on it')
    expect(said).toMatch(/Until .*\d\d:\d\d/)
    expect(await harness.page.getByLabel('Acknowledge for a while').count()).toBe(0)
  })

  it('a time that is over is told at its field, and nothing is sent', async () => {
    await go(harness, '/printers')
    await tabTo('More about Ender in the cellar')
    await press('Enter')
    await harness.page.waitForSelector('[role=menuitem]')
    await harness.page.getByRole('menuitem', { name: 'Acknowledge for a while…' }).focus()
    await press('Enter')
    await harness.page.waitForSelector('[role=dialog]')
    await type('Until a')
    await harness.page.locator('[role=dialog] input').fill('2020-01-01T00:00')
    await tabTo('Acknowledge')
    await press('Enter')
    await harness.page.getByText('This is no time that is still to come.').waitFor()
    await press('Escape')
    await harness.page.waitForSelector('[role=dialog]', { state: 'detached' })
  })

  it('R70: a message goes to the chosen destinations, with what came of each', async () => {
    await go(harness, '/destinations')
    await tabTo('Send a message')
    await press('Enter')
    await harness.page.waitForSelector('[role=dialog]')
    await tabTo('Send')
    await press('Enter')
    await harness.page.getByText('Write a message first.').waitFor()
    await harness.page.getByLabel('Message', { exact: true }).focus()
    await type('The workshop closes at six')
    await tabTo('All that are on')
    await press('Space')
    await tabTo('Workshop mail')
    await press('Space')
    await tabTo('Toast')
    await press('Space')
    await tabTo('Send')
    await press('Enter')
    await harness.page.getByText('What came of it:').waitFor()
    const lines = await harness.page.locator('[role=dialog] li').allInnerTexts()
    expect(lines.map((line) => line.split('\n')[0])).toEqual(['Toast', 'Workshop mail'])
    expect(lines[1]).toContain('It is tried again.')
    expect(await harness.page.locator('[role=dialog]').innerText()).toContain('The workshop closes at six')
    expect(await focus()).toBe('Close')
    await press('Enter')
    await harness.page.waitForSelector('[role=dialog]', { state: 'detached' })
  })
})
