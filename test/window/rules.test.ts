/** The page of the rules in the real window: accessible and whole in every state, and quiet hours by keyboard only. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { go, keyboardOf, settled, wrongIn } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('the page of the rules', (openWindow) => {
  let harness: Harness
  const { press, tabTo } = keyboardOf(() => harness, 120)
  const said = (): Promise<string> => harness.page.locator('main').innerText()
  async function typeOver(text: string): Promise<void> {
    await press('Control+a')
    await harness.page.keyboard.type(text)
    await press('Tab')
    await settled(harness)
  }

  describe('of somebody with one printer', () => {
    beforeAll(async () => {
      harness = await openWindow({ state: 'one' })
    })
    afterAll(async () => {
      await harness?.close()
    })

    it('makes quiet hours by keyboard only, tells what is wrong at its field, and takes them back', async () => {
      await go(harness, '/printers')
      await tabTo('Rules')
      await press('Enter')
      await harness.page.waitForSelector('main[data-path="/rules"]')
      await tabTo('Quiet hours')
      await press('Space')
      await harness.page.getByText('At 07:00 one message tells it').waitFor()
      await harness.page.getByLabel('From', { exact: true }).waitFor()
      await press('Tab')
      await typeOver('nine')
      await harness.page.getByText('Not a time. Write hours and minutes, like 07:30.').waitFor()
      await press('Shift+Tab')
      await typeOver('21:30')
      await harness.page.getByText('every day, 07:00 to 21:30').last().waitFor()
      expect(await said()).not.toContain('Not a time')
      expect(await wrongIn(harness)).toEqual([])
      await tabTo('Undo')
      await press('Enter')
      await harness.page.getByText('every day, 07:00 to 22:00').last().waitFor()
    })
  })

  describe('of somebody with several profiles', () => {
    beforeAll(async () => {
      harness = await openWindow({ state: 'four' })
    })
    afterAll(async () => {
      await harness?.close()
    })

    it('refuses to remove what is used, with who uses it, and removes what is not', async () => {
      await go(harness, '/rules/filters/needs-me')
      await tabTo('Remove')
      await press('Enter')
      await harness.page.getByText('This is used by the profiles "Evening" and "Night". Take it out of them first, on the page "Rules".').waitFor()
      await go(harness, '/rules/filters/shelf')
      await tabTo('Remove')
      await press('Enter')
      await harness.page.waitForSelector('main[data-path="/rules/filters"]')
      expect(await said()).not.toContain('Long prints of the shelf\nLooks')
      await tabTo('Undo')
      await press('Enter')
      await harness.page.getByText('Long prints of the shelf').first().waitFor()
    })

    it('R43: a destination that a profile names stays, and says so at once', async () => {
      await go(harness, '/destinations/family')
      await tabTo('More')
      await press('Enter')
      await harness.page.waitForSelector('[role=menuitem]')
      await press('End')
      await press('Enter')
      await harness.page.getByText('"Family" is used by the profile "Night".').waitFor()
      expect(harness.page.url()).toMatch(/#\/destinations\/family$/)
    })

    it('a new profile says that it reaches nobody, and that no filter means everything', async () => {
      await go(harness, '/rules')
      await tabTo('Add profile')
      await press('Enter')
      await harness.page.waitForSelector('main[data-path="/rules/profiles/new-profile"]')
      const words = await harness.page.locator('aside').innerText()
      expect(words).toContain('No filter: everything.')
      expect(words).toContain('No destination: it reaches nobody.')
    })
  })
})
