/** A plugin of the user's in the real app: announced, looked at, allowed, tested with a chosen event, changed, forbidden. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { electronMissing, makeFolders, startDesktopApp, type AppFolders, type DesktopApp } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())
const MANIFEST = { kind: 'bell', displayName: 'Bell', version: '1.0.0', configSchema: { type: 'object', properties: { room: { type: 'string', title: 'Room', default: 'attic' } } }, features: ['job.done', 'job.failed'] }
const code = (word: string): string => `export function sendPrinterNotification({ message, config }) {
  return { result: 'delivered', detail: 'Rang once.', exchange: { request: ['${word} ' + message.type + ' in the ' + config.room + ': ' + message.title], answer: ['heard'] } }
}
`

describe.skipIf(missing !== null)(`a plugin in the desktop app${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let desktop: Desktop
  let folders: AppFolders
  let app: DesktopApp | null = null

  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'none' })
  })
  afterEach(async () => {
    await app?.quit()
    app = null
    await folders?.remove()
  })
  afterAll(async () => {
    await desktop?.stop()
    expect(desktop?.strays()).toEqual([])
  })

  it('runs once it was allowed, and no longer than that', async () => {
    folders = await makeFolders({
      version: 1, desktop: { firstRunDone: true },
      printers: [{ id: 'mk3', name: 'MK3 left', server: { kind: 'octoprint', url: 'http://127.0.0.1:9' } }],
      destinations: [{ id: 'attic', label: 'Attic bell', channel: 'plugin:bell', config: {} }],
    })
    const plugin = join(folders.data, 'channels', 'bell')
    await mkdir(plugin, { recursive: true })
    await writeFile(join(plugin, 'channel.json'), JSON.stringify(MANIFEST))
    await writeFile(join(plugin, 'channel.mjs'), code('ding'))
    app = await startDesktopApp(folders, desktop.env)
    const page = await app.window()
    const go = (hash: string): Promise<void> => page.evaluate((to) => {
      Object.assign((globalThis as unknown as { location: object }).location, { hash: to })
    }, hash)

    await page.getByText('The plugin "Bell" was found.').waitFor()
    await go('/destinations/~plugins')
    await page.getByText('Used by Attic bell').waitFor()
    await page.getByText('Says that it sends 2 kinds of events, without pictures, and asks for no key.').waitFor()
    await page.getByRole('button', { name: 'Allow: Bell' }).click()
    await page.getByText('There is no fence around it.').waitFor()
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.getByRole('button', { name: 'Forbid: Bell' }).waitFor()
    const allowed = JSON.parse(await readFile(join(folders.data, 'channels', 'allowed.json'), 'utf8')) as Record<string, string>
    expect(allowed['plugin:bell']).toMatch(/^[0-9a-f]{64}$/)

    // Its destination was opened by that: it sends what was chosen, as it was shown before.
    await go('/destinations/attic')
    await page.getByLabel('Message to test with').selectOption('job.failed')
    await page.locator('figure').getByText('MK3 left: print failed').waitFor()
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('ding job.failed in the attic: MK3 left: print failed').waitFor()
    // Nothing of a test is history.
    expect(await page.evaluate(async () => (await (globalThis as unknown as { printbell: { call(name: string, input: unknown): Promise<{ value: { rows: { type: string }[] } }> } }).printbell.call('history.page', { filter: {}, before: null, limit: 50 })).value.rows.map(({ type }) => type))).not.toContain('job.failed')

    await writeFile(join(plugin, 'channel.mjs'), code('dong'))
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('Changed since you allowed it. Look at its files, then allow it again.').first().waitFor()
    await go('/destinations/~plugins')
    await page.getByRole('button', { name: 'Allow: Bell' }).click()
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.getByRole('button', { name: 'Forbid: Bell' }).click()
    await page.getByText('Waits for you').waitFor()
    expect(JSON.parse(await readFile(join(folders.data, 'channels', 'allowed.json'), 'utf8'))).toEqual({})
    await go('/destinations/attic')
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('This plugin was not allowed yet.').first().waitFor()
  })
})
