/** Backing up and restoring by keyboard, in every state that the pages' own test does not open: accessible, and nothing lost at the edges. */
import { afterEach, expect, it } from 'vitest'
import { go, wrongInBothThemes } from './driving.ts'
import type { FixtureState } from './fixtures/index.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('backup in the window', (openWindow) => {
  let harness: Harness
  afterEach(async () => {
    await harness?.close()
  })

  async function open(state: FixtureState): Promise<Harness['page']> {
    harness = await openWindow({ state })
    await go(harness, '/settings/storage')
    return harness.page
  }
  async function isAccessible(): Promise<void> {
    expect(await wrongInBothThemes(harness)).toEqual([])
  }
  const focused = (page: Harness['page']): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')

  it('is made by keyboard alone; what is wrong stands at its field, and focus comes back to where it began', async () => {
    const page = await open('four')
    await page.getByRole('button', { name: 'Back up' }).focus()
    for (const key of ['Enter', 'Tab', 'Space', 'Tab', 'a', 'Enter']) await page.keyboard.press(key)
    await page.getByText('Passphrase is too short. Use at least 8 characters.').waitFor()
    await page.getByText('Passphrase again is not the same. Type both anew.').waitFor()
    await isAccessible()
    await page.keyboard.type('bcdefghi')
    await page.keyboard.press('Tab')
    await page.keyboard.type('abcdefghi')
    await page.keyboard.press('Enter')
    await page.getByText('Backed up to /home/marta/Downloads/printbell-backup-2026-11-24.tar.gz.').waitFor()
    await page.getByText('5 keys, under the passphrase.').waitFor()
    expect(await focused(page)).toBe('Back up')
    await isAccessible()
  })

  it('Escape closes the panel and forgets what was typed', async () => {
    const page = await open('four')
    await page.getByRole('button', { name: 'Back up' }).focus()
    for (const key of ['Enter', 'Tab', 'Space', 'Tab', 'a', 'Escape']) await page.keyboard.press(key)
    expect(await focused(page)).toBe('Back up')
    await page.keyboard.press('Enter')
    expect(await page.locator('.backup input').first().inputValue()).toBe('')
  })

  it('tells how far it is, and is cancelled', async () => {
    const page = await open('two-hundred')
    await page.getByRole('button', { name: 'Back up' }).click()
    await page.getByRole('button', { name: 'Choose where to' }).click()
    await page.getByText('40 %').waitFor()
    await isAccessible()
    await page.locator('.backup-progress').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Choose where to' }).waitFor()
  })

  it('is restored by keyboard alone: looked into, a wrong passphrase, prepared, and asked once more before the restart', async () => {
    const page = await open('four')
    await page.getByRole('button', { name: 'Choose a backup' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('4 printers · 3 destinations · 1 251 events · 212 pictures').waitFor()
    await isAccessible()
    await page.keyboard.type('wrong passphrase')
    await page.keyboard.press('Enter')
    await page.getByText('Passphrase is not the one this backup was made with. Try again, or leave it empty to restore without the keys.').waitFor()
    await page.locator('.backup input').fill('correct horse')
    await page.keyboard.press('Enter')
    await page.getByText('5 keys come along.').waitFor()
    await page.getByText('Destination "light" runs programs on this computer and arrived switched off.').waitFor()
    expect(await focused(page)).toBe('Restart and restore')
    await isAccessible()
    await page.keyboard.press('Enter')
    await page.getByText('Printbell ends and starts again with the backup.').waitFor()
  })

  it('says why a backup can\'t be made or restored', async () => {
    const page = await open('trouble')
    await page.getByRole('button', { name: 'Back up' }).click()
    await page.getByRole('button', { name: 'Choose where to' }).click()
    await page.getByText('There is not enough room in /media/stick for the backup.').waitFor()
    await page.getByRole('button', { name: 'Choose a backup' }).click()
    await page.getByText('The backup was made by a newer Printbell (0.9.0)').waitFor()
    await isAccessible()
  })
})
