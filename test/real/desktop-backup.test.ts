/** Backup and restore in the real app: through the window, over its restart, to the same settings, keys and history. */
import { existsSync } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callEngine } from '../../electron/engine/control/client.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { electronMissing, makeFolders, startDesktopApp, type AppFolders, type DesktopApp } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { tell } from '../support/tell-app.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())
const PASSPHRASE = 'correct horse battery staple'

describe.skipIf(missing !== null)(`backup and restore in the desktop app${missing ? ` (skipped: ${missing})` : ''}`, () => {
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

  it('made by keyboard and click, restored over what changed since; the app starts again by itself with it', async () => {
    folders = await makeFolders({
      version: 1, desktop: { firstRunDone: true, keepSecrets: 'anyway', theme: 'dark' },
      printers: [{ id: 'mk3', name: 'MK3 left', server: { kind: 'octoprint', url: 'http://127.0.0.1:9' } }],
      destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', config: { url: 'http://127.0.0.1:9/' } }],
    })
    app = await startDesktopApp(folders, desktop.env)
    const page = await app.window()
    const call = <T>(name: string, input: unknown): Promise<T> => page.evaluate(async ([what, given]) => {
      const answer = await (globalThis as unknown as { printbell: { call(name: unknown, input: unknown): Promise<{ value: unknown }> } }).printbell.call(what, given)
      return answer.value as T
    }, [name, input] as const)
    const file = join(folders.folder, 'backup.tar.gz')
    await tell(app.app, ({ dialog }, path) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath: path })
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] })
    }, file)
    expect(await call('settings.set-secret', { owner: 'server', id: 'mk3', field: 'apiKey', value: 'CANARY-key-of-mk3' })).toEqual({ ok: true })
    await app.ask({ call: 'send', destinationId: 'hook', printerId: 'mk3', type: 'job.done' })
    const before = await call<{ rows: { id: string }[] }>('history.page', { filter: {}, before: null, limit: 50 })
    expect(before.rows.length).toBeGreaterThan(0)

    await page.evaluate(() => Object.assign((globalThis as unknown as { location: object }).location, { hash: '/settings/storage' }))
    await page.getByRole('button', { name: 'Back up' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSPHRASE)
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSPHRASE)
    await page.keyboard.press('Enter')
    await page.getByText(`Backed up to ${file}.`).waitFor()
    await page.getByText('One key, under the passphrase.').waitFor()

    expect(await call('settings.change', { what: 'printer', id: 'mk3', patch: { name: 'Renamed since' } })).toEqual({ ok: true })
    await page.getByRole('button', { name: 'Choose a backup' }).click()
    await page.getByText('1 printer · 1 destination', { exact: false }).waitFor()
    await page.keyboard.type('wrong passphrase')
    await page.keyboard.press('Enter')
    await page.getByText('is not the one this backup was made with').waitFor()
    await page.getByLabel('Passphrase').fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await page.getByText('Everything is checked and ready.').waitFor()
    expect(JSON.parse(await readFile(join(folders.config, 'settings.json'), 'utf8'))).toMatchObject({ printers: [{ name: 'Renamed since' }] })

    // The driver's own arguments are no part of a real start.
    await tell(app.app, ({ app: electron }, [source, data, config]) => {
      const again = electron.relaunch.bind(electron)
      electron.relaunch = () => again({ args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', source, '--data', data, '--config', config] })
    }, [join(import.meta.dirname, '../..'), folders.data, folders.config] as const)
    const old = app.app.process()
    const ended = new Promise<void>((done) => old.once('exit', () => done()))
    await page.getByRole('button', { name: 'Restart and restore' }).click()
    await ended
    app = null
    const socket = placesIn(folders.data).controlSocket
    const answers = (): Promise<boolean> => callEngine(socket, { call: 'status' }).then(() => true, () => false)
    await untilTrue(answers, () => 'the app runs again')

    const settings = JSON.parse(await readFile(join(folders.config, 'settings.json'), 'utf8')) as { printers: { name: string }[]; servers: { apiKey: { store: string } }[] }
    expect(settings.printers).toMatchObject([{ name: 'MK3 left' }])
    expect(settings.servers[0]?.apiKey.store).toMatch(/^restored-\d{8}T\d{6}Z\/server\/mk3\/apiKey$/)
    const log = await readFile(placesIn(folders.data).log, 'utf8')
    expect(log).toContain('a restore was settled')
    for (const word of ['CANARY-key-of-mk3', PASSPHRASE]) expect(log).not.toContain(word)
    expect((await readdir(folders.data)).filter((name) => name.startsWith('before-restore'))).toHaveLength(1)
    await callEngine(socket, { call: 'stop' })
    await untilTrue(async () => !(await answers()), () => 'the app ended')

    app = await startDesktopApp(folders, desktop.env)
    const again = await app.window()
    const rows = await again.evaluate(async () => (await (globalThis as unknown as { printbell: { call(name: string, input: unknown): Promise<{ value: { rows: { id: string }[] } }> } }).printbell.call('history.page', { filter: {}, before: null, limit: 50 })).value.rows.map(({ id }) => id))
    expect(rows).toEqual(expect.arrayContaining(before.rows.map(({ id }) => id)))
  })

  it('settings that are damaged at the start are kept aside and told in the window', async () => {
    folders = await makeFolders(null)
    await writeFile(join(folders.config, 'settings.json'), '{ "version": 1, ')
    app = await startDesktopApp(folders, desktop.env)
    await (await app.window()).getByText('The settings file could not be used and was kept as', { exact: false }).waitFor()
    expect(existsSync(placesIn(folders.data).log)).toBe(true)
  })
})
