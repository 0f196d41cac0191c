/** Silences in the real window: a maintenance window is made, changed, copied and ended by keyboard only. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { go, keyboardOf, settled, wrongIn } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('the page of silences', (openWindow) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await openWindow({ state: 'four' })
  })
  afterAll(async () => {
    await harness?.close()
  })
  const { press, tabTo } = keyboardOf(() => harness, 120)
  const text = (of: string): Promise<string> => harness.page.locator(of).innerText()
  const shows = (words: string): Promise<void> => harness.page.getByText(words).first().waitFor()
  /** By the label that stands beside it. */
  async function tabToField(label: string): Promise<void> {
    for (let presses = 0; presses < 80; presses++) {
      await press('Tab')
      const at = await harness.page.evaluate(() => (document.activeElement instanceof HTMLElement && 'labels' in document.activeElement ? (document.activeElement as HTMLInputElement).labels?.[0]?.textContent ?? '' : ''))
      if (at === label) return
    }
    throw new Error(`No field "${label}" is reached by Tab.`)
  }
  async function typeOver(words: string): Promise<void> {
    await press('Control+a')
    await harness.page.keyboard.type(words)
    await press('Tab')
    await settled(harness)
  }
  it('R52: a maintenance window is made, changed, copied and ended by keyboard only', async () => {
    await go(harness, '/rules')
    await harness.page.locator('[role=group] button, [role=radiogroup] button').first().waitFor()
    await tabTo('Week')
    await press('ArrowRight')
    await press('ArrowRight')
    await press('ArrowRight')
    await press('Enter')
    await harness.page.waitForSelector('main[data-path="/rules/silences"]')
    await tabTo('Add silence')
    await press('Enter')
    await harness.page.waitForSelector('main[data-path="/rules/silences/~"]')
    await shows('Mutes everything, from now until')
    expect(await text('aside')).toContain('all printers, all kinds of event, at all destinations. Critical events too.')
    expect(await wrongIn(harness)).toEqual([])

    await tabToField('Reason')
    await typeOver('New hotend')
    await tabTo('Voron 2.4')
    await press('Space')
    await shows('Mutes Voron 2.4, from now until')
    await tabToField('Ends')
    await press('ArrowDown')
    await shows('Mutes Voron 2.4, from now until it is ended. Critical events too.')
    await tabTo('Silence now')
    await press('Enter')
    await harness.page.waitForSelector('main[data-path="/rules/silences/silence-1"]')
    expect(await text('aside')).toMatch(/^New hotend\s+Set in the window\s+Mutes Voron 2\.4, from now until it is ended\. Critical events too\./)
    expect(await text('aside')).toMatch(/Began \d\d:\d\d; that stays\./)
    expect(await wrongIn(harness)).toEqual([])

    await tabToField('Reason')
    await typeOver('New hotend and nozzle')
    await shows('New hotend and nozzle')
    await tabTo('MK4 left bench')
    await press('Space')
    await shows('Mutes Voron 2.4 and MK4 left bench, from now until it is ended.')

    await tabTo('Copy')
    await press('Enter')
    await harness.page.waitForSelector('main[data-path="/rules/silences/~"]')
    await shows('Mutes Voron 2.4 and MK4 left bench, from now until it is ended.')
    await tabToField('Begins')
    await press('ArrowDown')
    await harness.page.getByLabel('Begins at').waitFor()
    await tabTo('Plan silence')
    await press('Enter')
    await harness.page.waitForSelector('main[data-path="/rules/silences/silence-2"]')
    await tabTo('Delete')
    await press('Enter')
    await harness.page.waitForSelector('main[data-path="/rules/silences"]')

    await tabTo('End New hotend and nozzle now')
    await press('Enter')
    await shows('Spring cleaning')
    await settled(harness)
    expect(await text('main')).toMatch(/Over, within 30 days\s+New hotend and nozzle\s+Voron 2\.4 and MK4 left bench\s+ended \d\d:\d\d/)
  })

  it('an end that is not after the start is told at its field, and what is refused is told before anything is muted', async () => {
    await go(harness, '/rules/silences/~')
    const ends = harness.page.getByLabel('Ends at')
    await ends.fill('2020-01-01T10:00')
    await press('Tab')
    await shows('Ends at is not after the start. Choose a later end, or leave it open.')
    await tabTo('Silence now')
    await press('Enter')
    await harness.page.getByText(/The end, .*, is not after the start, .*\. Choose a later end, or leave the end open\./).waitFor()
    expect(harness.page.url()).toMatch(/#\/rules\/silences\/~$/)
  })

  it('one that is over for more than 12 h is locked, and one of a print can not be copied', async () => {
    await go(harness, '/rules/silences/fair')
    expect(await text('aside')).toContain('It ended more than 12 h ago and is locked. Copy it to have it again.')
    expect(await harness.page.getByLabel('Reason').count()).toBe(0)
    await go(harness, '/rules/silences/cleaning')
    expect(await text('aside')).toContain('For 12 h it can be changed')
    await go(harness, '/rules/silences/this-print')
    expect(await harness.page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
    await go(harness, '/rules/silences/nothing')
    expect(await text('aside')).toContain('This silence is not there any more')
  })
})
