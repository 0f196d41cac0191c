/**
 * The whole way of a user, on real parts: a real panel and notification daemon, a real OctoPrint, the real app. First run by
 * pairing, window closed, print, toast, click, tray menu, history.
 */
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { callEngine } from '../../electron/engine/control/client.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { electronRuntime } from '../../scripts/lib/electron-runtime.mjs'
import { electronMissing, makeFolders, runApp, startDesktopApp, type AppFolders, type DesktopApp } from '../support/desktop-app.ts'
import { tell } from '../support/tell-app.ts'
import { missingForDesktop, missingForPanel, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { listenToNotify, type NotifyLog } from '../support/notify-log.ts'
import { gcodeOf, octoprintMissing, startOctoPrint, type OctoPrintServer } from '../support/octoprint-server.ts'
import { openPanelSide, type TrayPanel } from '../support/tray-desk.ts'

const missing = octoprintMissing() ?? missingForDesktop('dunst') ?? missingForPanel() ?? (await electronMissing())
const run = promisify(execFile)
const RESULTS = join(import.meta.dirname, '../../test-results')

describe.skipIf(missing !== null)(`the desktop app with a real OctoPrint, panel and dunst${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let octo: OctoPrintServer
  let desktop: Desktop
  let toasts: NotifyLog
  let panel: TrayPanel
  let folders: AppFolders
  let app: DesktopApp | null = null

  beforeAll(async () => {
    mkdirSync(RESULTS, { recursive: true })
    desktop = await startDesktop({ daemon: 'dunst', panel: 'dark' })
    octo = await startOctoPrint({ camera: true })
    toasts = await listenToNotify(desktop.env)
    panel = await openPanelSide(desktop.busAddress)
  })
  afterEach(async () => {
    await app?.quit()
    app = null
    await folders?.remove()
    await octo.api('POST', '/api/job', { command: 'cancel' })
    await octo.waitFor('Operational')
  })
  afterAll(async () => {
    toasts?.stop()
    await panel?.close()
    await octo?.close()
    await desktop?.stop()
    expect(desktop?.strays()).toEqual([])
  })

  /** Presses "Allow" as an administrator does in OctoPrint. */
  async function allow(): Promise<void> {
    let token = ''
    await untilTrue(async () => {
      const { body } = await octo.api('GET', '/api/plugin/appkeys')
      token = Object.keys((body as { pending: Record<string, unknown> }).pending)[0] ?? ''
      return token !== ''
    }, () => 'OctoPrint was asked for a key')
    expect(await octo.api('POST', `/plugin/appkeys/decision/${token}`, { decision: true })).toMatchObject({ status: 204 })
  }

  it('rings from the first run on: paired, window closed, printed, clicked, paused from the tray', async () => {
    folders = await makeFolders(null)
    app = await startDesktopApp(folders, desktop.env)
    const page = await app.window()

    // First run: the address by hand, the key by pairing.
    await page.getByRole('heading', { name: 'Welcome to Printbell' }).waitFor()
    await page.getByRole('textbox').first().fill(octo.url)
    await page.getByRole('button', { name: 'Check' }).click()
    // Other servers of this network may be listed above it.
    await page.getByRole('button', { name: 'Connect OctoPrint 127.0.0.1' }).click()
    await page.getByText('Allow').first().waitFor()
    await page.screenshot({ path: join(RESULTS, 'app-pairing.png') })
    await allow()
    await page.getByText(/^Connected/).first().waitFor()
    // The test toast that the first run sends by itself.
    await toasts.wait('the test toast', ({ title }) => /test/i.test(title))
    await page.getByRole('button', { name: 'Finish' }).click()
    await page.locator('article').first().waitFor()
    expect(await page.locator('article').count()).toBe(1)
    await page.screenshot({ path: join(RESULTS, 'app-printers.png') })

    // Closed, it goes on in the tray.
    await app.closeWindow()
    expect(app.windows()).toBe(0)
    const item = await panel.item()
    await octo.print('lamp foot.gcode', gcodeOf(45))
    await untilTrue(async () => (await item.menu()).some(({ label }) => label.includes('printing')), () => 'the tray says that it prints')
    await desktop.screenshot(join(RESULTS, 'app-tray-printing.png'))

    // The tray's menu pauses; the pause by our own hand rings nobody.
    const [line] = (await item.menu()).filter(({ label }) => label.includes('printing'))
    if (!line) throw new Error('no line for the printer')
    await item.choose(line.label, 'Pause print')
    await octo.waitFor('Paused', 15_000)
    await untilTrue(async () => (await item.menu()).some(({ label }) => label.includes('paused')), () => 'the tray says that it is paused')
    const [paused] = (await item.menu()).filter(({ label }) => label.includes('paused'))
    if (!paused) throw new Error('no line for the paused printer')
    await item.choose(paused.label, 'Resume print')
    await octo.waitFor('Printing', 15_000)

    // The end rings with the picture; a click on the toast opens what it is about.
    const done = await toasts.wait('the end', ({ title, image }) => title.endsWith(': print done') && image !== null, 90_000)
    expect(done.body).toContain('lamp foot')
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    await desktop.screenshot(join(RESULTS, 'app-toast-done.png'))
    await desktop.click(toast.x + Math.round(toast.width / 2), toast.y + Math.round(toast.height / 2))
    const opened = await app.window()
    await opened.getByRole('heading', { name: 'Print done' }).waitFor()
    expect(new URL(opened.url()).hash).toMatch(/^#\/history\/[0-9A-Z]{26}$/)
    await opened.getByText(/This computer/).first().waitFor()
    await opened.screenshot({ path: join(RESULTS, 'app-history-done.png') })
    // Everything that the window can ask for, asked as an injected script would.
    const answers = await opened.evaluate(askAll)
    expect(answers).toHaveLength(10)
    for (const answer of answers) expect(answer).toMatchObject({ ok: true })
    expect(await titles(opened)).toEqual(expect.arrayContaining(['Print done', 'Resumed as asked', 'Paused as asked', 'Print started']))
    await app.closeWindow()

    // Nothing of the key is in the settings, the log, the history or the window's answers.
    const settings = JSON.parse(await readFile(join(folders.config, 'settings.json'), 'utf8')) as { servers: { apiKey: unknown }[] }
    expect(settings.servers[0]?.apiKey).toEqual({ store: expect.stringMatching(/^server\//) as string })
    const { keys } = (await octo.api('GET', '/api/plugin/appkeys')).body as { keys: { api_key: string; app_id: string }[] }
    const given = keys.filter(({ app_id: appId }) => /printbell/i.test(appId)).map(({ api_key: key }) => key)
    expect(given.length).toBeGreaterThan(0)
    for (const file of [join(folders.config, 'settings.json'), join(folders.data, 'printbell.log'), join(folders.data, 'printbell.db'), join(folders.data, 'printbell.db-wal')]) {
      const text = await readFile(file, 'latin1')
      for (const key of given) expect(text.includes(key), `the key stands in ${file}`).toBe(false)
    }
    const told = JSON.stringify(answers)
    expect(told).toContain('OctoPrint')
    for (const key of given) expect(told.includes(key), 'the key was told to the window').toBe(false)
  })

  it('is one app: a second start opens the window of the first and ends', async () => {
    folders = await makeFolders({ version: 1, desktop: { firstRunDone: true }, destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop' }] })
    app = await startDesktopApp(folders, desktop.env, ['--hidden'])
    await panel.item()
    expect(app.windows()).toBe(0)
    expect(await runApp(folders, desktop.env)).toBe(0)
    await untilTrue(() => app?.windows() === 1, () => 'the first one opened its window')
  })

  it('is one app: of two starts in one moment one ends in peace, and the other has its window open', async () => {
    folders = await makeFolders({ version: 1, desktop: { firstRunDone: true }, destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop' }] })
    // Neither finds anybody yet.
    const binary = await electronRuntime()
    const starts = [0, 1].map(() => runApp(folders, desktop.env, ['--hidden'], binary))
    const first = await Promise.race(starts.map(async (code, at) => ({ code: await code, other: starts[1 - at] })))
    try {
      expect(first.code).toBe(0)
      await untilTrue(async () => (await run('wmctrl', ['-l'], { env: desktop.env })).stdout.includes('Printbell'), () => 'the window of the one that runs')
    } finally {
      await callEngine(placesIn(folders.data).controlSocket, { call: 'stop' })
    }
    expect(await first.other).toBe(0)
  })

  it('survives the death of its window', async () => {
    folders = await makeFolders({ version: 1, desktop: { firstRunDone: true } })
    app = await startDesktopApp(folders, desktop.env)
    const page = await app.window()
    const gone = page.waitForEvent('crash')
    await tell(app.app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
    await gone
    const running = app
    await untilTrue(async () => (await running.log()).includes('the window broke') && running.windows() === 1, () => 'a window is there again')
    expect(await app.ask({ call: 'status' })).toMatchObject({ printers: [] })
  })

  it('ends within seconds although a destination hangs, and delivers at the next start', async () => {
    const hook = await startHangingHook()
    try {
      folders = await makeFolders({
        version: 1,
        desktop: { firstRunDone: true },
        printers: [{ id: 'mk3', name: 'MK3 left', server: { kind: 'octoprint', url: octo.url, apiKey: { env: 'OCTO_KEY' } } }],
        destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: hook.url } }],
      })
      const env = { ...desktop.env, OCTO_KEY: octo.adminKey }
      app = await startDesktopApp(folders, env, ['--hidden'])
      // Nobody waits for its answer: it hangs as long as the destination does.
      app.ask({ call: 'send', destinationId: 'hook', printerId: 'mk3', type: 'job.done' }).catch(() => undefined)
      await untilTrue(() => hook.heard.length === 1, () => 'the hook was asked')
      const began = performance.now()
      await app.quit()
      expect(performance.now() - began).toBeLessThan(7_000)
      hook.answer()
      app = await startDesktopApp(folders, env, ['--hidden'])
      await untilTrue(() => hook.answered.length === 1, () => `it was delivered after the start; heard ${hook.heard.length}`, 90_000)
      // The same message: the key that far sides tell repeats by is the same.
      expect(hook.answered[0]).toBe(hook.heard[0])
    } finally {
      await hook.close()
    }
  })
})

/** Runs in the page. */
async function askAll(): Promise<unknown[]> {
  const { printbell } = globalThis as unknown as { printbell: { call(name: string, input: unknown): Promise<{ value: { id: string }[] & { rows: { id: string }[] } }> } }
  const ask = async (name: string, input: unknown = null): Promise<{ value: { id: string }[] & { rows: { id: string }[] } }> => await printbell.call(name, input)
  const printers = await ask('printers.list')
  const page = await ask('history.page', { filter: {}, before: null, limit: 500 })
  const id = printers.value[0]?.id
  const rest = ['settings.get', 'settings.forms', 'system.facts', 'status.get'].map((name) => ask(name))
  return [printers, page, ...(await Promise.all([...rest, ask('printers.details', id), ask('printers.temperatures', id), ask('history.event', page.value.rows[0]?.id), ask('setup.discover', { on: false })]))]
}

async function titles(page: Page): Promise<string[]> {
  return page.locator('main').getByText(/^(Print done|Print started|Paused as asked|Resumed as asked)$/).allTextContents()
}

/** A webhook that takes every message and says nothing, until it is told to answer. Keeps the idempotency key of each. */
async function startHangingHook(): Promise<{ url: string; heard: string[]; answered: string[]; answer(): void; close(): Promise<void> }> {
  const heard: string[] = []
  const answered: string[] = []
  let answers = false
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key'] ?? '')
    heard.push(key)
    request.resume()
    if (!answers) return
    answered.push(key)
    response.writeHead(204).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard, answered,
    answer: () => {
      answers = true
    },
    close: () => new Promise<void>((done) => {
      server.closeAllConnections()
      server.close(() => done())
    }),
  }
}
