/**
 * Printbell renews itself, on real parts: an AppImage of an older version, as it is given to people, and a server in a process of its own that has the newer one
 * and every mistake. What it does is seen from outside: the server's receipts, the files, the bus, the log.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, existsSync } from 'node:fs'
import { chmod, copyFile, cp, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import axios from 'axios'
import { chromium, type Page } from 'playwright-core'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { UpdatesView } from '../../electron/bridge/views/updates.ts'
import { callEngine } from '../../electron/engine/control/client.ts'
import type { ControlRequest } from '../../electron/engine/control/contract.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { SCRIPTS } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { toolsMissing } from '../../scripts/lib/packaging-tools.mjs'
import { signUpdates } from '../../scripts/sign-updates.mjs'
import { electronMissing, makeFolders, type AppFolders } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { listenToNotify, type NotifyLog } from '../support/notify-log.ts'
import { OLDER, packagesForTests, type Packages } from '../support/packages.ts'

const missing = missingForDesktop('dunst') ?? toolsMissing() ?? (await electronMissing())
/** Once it is started it prints for ten hours, and asks for another filament early on, until somebody answers. */
const ASKING = { ...SCRIPTS.steady, startsAfterMs: null, heatMs: 500, steps: [{ at: 0.00005, does: 'filament_change', question: 'Filament changed?', choice: 'Resume', resolvesAfterMs: null }] } as const
const FORGER = generateKeyPairSync('ed25519').privateKey

describe.skipIf(missing !== null)(`an installed app that renews itself${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let packages: Packages
  let desktop: Desktop
  let rung: NotifyLog
  let served: string
  let server: ChildProcess
  let origin: string
  let sums: { older: string; now: string }
  let home: string
  /** As a person keeps it: renamed, in a folder of their own. */
  let image: string
  let folders: AppFolders
  let child: ChildProcess | null = null
  let simulator: Simulator | null = null

  beforeAll(async () => {
    packages = await packagesForTests()
    served = await mkdtemp(join(tmpdir(), 'printbell-served-'))
    await publish()
    server = spawn(process.execPath, [join(import.meta.dirname, '../support/update-server.mjs'), served], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [port] = await once(server.stdout as NodeJS.ReadableStream, 'data') as [Buffer]
    origin = `http://127.0.0.1:${port.toString().trim()}`
    sums = { older: await sumOf(packages.older.file('.AppImage')), now: await sumOf(packages.now.file('.AppImage')) }
    desktop = await startDesktop({ daemon: 'dunst' })
    rung = await listenToNotify(desktop.env)
  }, 900_000)
  afterAll(async () => {
    rung?.stop()
    await desktop?.stop()
    server?.kill()
    if (served) await rm(served, { recursive: true, force: true })
  })
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'printbell-home-'))
    image = join(home, 'My Printbell 0.0.9.AppImage')
    await copyFile(packages.older.file('.AppImage'), image)
    await chmod(image, 0o750)
  })
  afterEach(async () => {
    await ask({ call: 'stop' }).catch(() => undefined)
    await untilTrue(() => ask({ call: 'status' }).then(() => false, () => true), () => 'it has ended')
    if (child !== null && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    child = null
    await simulator?.stop()
    simulator = null
    await folders?.remove()
    await rm(home, { recursive: true, force: true })
  })

  /** Folders with the newer version: as it should be, and with one mistake each. */
  async function publish(): Promise<void> {
    const file = packages.now.file('.AppImage')
    const put = async (name: string, key = packages.key, version = packages.now.version): Promise<void> => {
      const folder = join(served, name)
      await mkdir(folder)
      await link(file, join(folder, basename(file))).catch(() => copyFile(file, join(folder, basename(file))))
      await signUpdates(folder, { version: packages.now.version, key, now: new Date(Date.UTC(2026, 0, 14)), notes: '- A **newer** bell.\n' })
      if (version === packages.now.version) return
      const list = join(folder, 'latest-linux.yml')
      await rm(join(folder, basename(file)))
      await writeFile(list, (await readFile(list, 'utf8')).replaceAll(`"version": "${packages.now.version}"`, `"version": "${version}"`))
      await signUpdates(folder, { version, key, now: new Date() })
    }
    await put('good')
    for (const name of ['cut', 'bytes', 'slow', 'unsigned']) await cp(join(served, 'good'), join(served, name), { recursive: true })
    await rm(join(served, 'unsigned', 'latest-linux.yml.sig'))
    await put('forged', FORGER)
    await put('far', packages.key, '9.9.9')
  }

  const settings = (updates: object, server: object = { kind: 'octoprint', url: 'http://127.0.0.1:9', apiKey: { env: 'SIM_KEY' } }): Record<string, unknown> => ({
    version: 1, desktop: { firstRunDone: true, updates },
    printers: [{ id: 'mk4', name: 'MK4', server }],
    destinations: [
      { id: 'desk', label: 'This computer', channel: 'desktop', events: ['job.done', 'app.update_available'] },
      { id: 'hook', label: 'Slow hook', channel: 'webhook', config: { url: `${origin}/hook` }, events: ['device.shutdown'] },
    ],
  })
  const ask = (request: ControlRequest): Promise<unknown> => callEngine(placesIn(folders.data).controlSocket, request)

  async function start(program: string, how: { updates: object; server?: object; args?: readonly string[]; key?: string }): Promise<void> {
    folders = await makeFolders(settings(how.updates, how.server))
    // Chromium writes its debugging port in there from a thread of its own, and not at all where the folder is not made yet.
    await mkdir(join(folders.data, 'window'), { recursive: true })
    const args = ['--no-sandbox', '--disable-gpu', '--hidden', '--data', folders.data, '--config', folders.config, ...(how.args ?? [])]
    child = spawn(program, args, { env: { ...desktop.env, SIM_KEY: how.key ?? 'none', PRINTBELL_LOG: 'debug' }, stdio: 'ignore' })
    await untilTrue(() => ask({ call: 'status' }).then(() => true, () => child?.exitCode !== null), () => `${program} answers`, 60_000)
    expect(child.exitCode).toBeNull()
  }
  /** As a person who edits the file: it is taken over at once. */
  async function change(updates: object, server?: object): Promise<void> {
    await writeFile(join(folders.config, 'settings.new'), JSON.stringify(settings(updates, server)))
    await rename(join(folders.config, 'settings.new'), join(folders.config, 'settings.json'))
  }
  const lines = async (): Promise<Record<string, unknown>[]> => (await readFile(placesIn(folders.data).log, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  const logged = async (text: string): Promise<boolean> => (await readFile(placesIn(folders.data).log, 'utf8')).includes(text)
  const hears = (text: string, ms = 40_000): Promise<void> => untilTrue(() => logged(text), () => `the log says "${text}"`, ms)
  const asked = async (prefix: string): Promise<{ path: string; ended: string | null }[]> => (await axios.get<{ path: string; ended: string | null }[]>(`${origin}/receipts`)).data.filter(({ path }) => path.startsWith(prefix))
  async function rings(): Promise<string> {
    const before = rung.notified.length
    const { eventId } = await ask({ call: 'send', destinationId: 'desk', printerId: 'mk4', type: 'job.done' }) as { eventId: string }
    await untilTrue(() => rung.notified.slice(before).some(({ title }) => title === 'MK4: print done'), () => `it rings; heard: ${JSON.stringify(rung.notified)}`)
    return eventId
  }
  const versions = async (): Promise<unknown[]> => (await lines()).filter(({ msg }) => msg === 'starting').map(({ version }) => version)

  /** What the window would ask, through the window's own bridge. */
  async function withWindow<T>(work: (call: <A = UpdatesView>(name: string) => Promise<A>) => Promise<T>): Promise<T> {
    await ask({ call: 'show', path: '/' })
    const said = join(folders.data, 'window', 'DevToolsActivePort')
    await untilTrue(() => existsSync(said), () => 'Chromium has said its port')
    const port = (await readFile(said, 'utf8')).split('\n')[0]
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    try {
      let page: Page | undefined
      await untilTrue(async () => (page = browser.contexts().flatMap((context) => context.pages())[0]) !== undefined, () => 'the window is there')
      await page?.waitForSelector('main > *')
      return await work(async <A>(name: string) => {
        const answer = await page?.evaluate(`window.printbell.call(${JSON.stringify(name)}, null)`) as { ok: boolean; value: A }
        expect(answer).toMatchObject({ ok: true })
        return answer.value
      })
    } finally {
      await browser.close()
    }
  }

  it('asks nobody while it is off; takes nothing that is forged, unsigned or broken, and goes on ringing', async () => {
    await start(image, { updates: { check: false, address: `${origin}/good` } })
    await rings()
    await change({ check: false, address: `${origin}/bytes` })
    await rings()
    expect(await asked('/')).toEqual([])

    await change({ check: true, address: `${origin}/unsigned` })
    await hears(`is not signed, so nothing of it is taken`)
    await change({ check: true, address: `${origin}/forged` })
    await hears(`is not signed by the makers of Printbell`)
    expect((await asked('/')).filter(({ path }) => path.endsWith('.AppImage'))).toEqual([])

    await change({ check: true, address: `${origin}/bytes` })
    await hears('is not the one that the makers of Printbell signed, so it was thrown away')
    await change({ check: true, address: `${origin}/cut` })
    await untilTrue(async () => (await lines()).filter(({ msg }) => msg === 'a newer version could not be had').length === 4, () => 'the cut download fails')
    expect(await asked('/cut/Printbell')).toEqual([{ path: `/cut/${basename(packages.now.file('.AppImage'))}`, ended: 'cut' }])

    await change({ check: true, address: `${origin}/slow` })
    await untilTrue(async () => (await asked('/slow/Printbell')).length === 1, () => 'the slow download has begun')
    await change({ check: false, address: `${origin}/slow` })
    await untilTrue(async () => (await asked('/slow/Printbell'))[0]?.ended === 'cut', () => 'switched off, it ends in the middle')

    await rings()
    expect(await sumOf(image)).toBe(sums.older)
    expect(await readdir(home)).toEqual([basename(image)])
    // One event for the version, though it was found three times.
    expect(rung.notified.filter(({ title }) => title === 'Printbell: update available').map(({ body }) => body)).toEqual([`${packages.now.version}.`])
  })

  it('waits for a printer that needs you and for a message on its way, then comes back as the newer version with its data', async () => {
    simulator = await startSimulator({ script: ASKING, names: ['MK4'] })
    const sim = { kind: 'octoprint', url: simulator.url, apiKey: { env: 'SIM_KEY' } }
    await start(image, { updates: { check: false }, server: sim, key: simulator.apiKey, args: ['--remote-debugging-port=0'] })
    const before = await rings()
    await change({ check: true, address: `${origin}/good` }, sim)
    await hears('a newer version is ready', 60_000)
    expect(await sumOf(image)).toBe(sums.older)

    await withWindow(async (call) => {
      simulator?.control.wish({ do: 'start', user: 'somebody' })
      await untilTrue(async () => (await call<{ state: string }[]>('printers.list'))[0]?.state === 'needs', () => 'the printer needs somebody')
      const sent = ask({ call: 'send', destinationId: 'hook', printerId: 'mk4', type: 'device.shutdown' })
      await untilTrue(async () => (await asked('/hook')).length === 1, () => 'the message is on its way')
      expect(await call('updates.install')).toMatchObject({ state: { what: 'waiting', waitsFor: ['MK4 needs you.', 'A message is being sent.'] } })
      expect((await call('updates.cancel')).state.what).toBe('ready')
      await call('updates.install')
      await axios.get(`${origin}/release`)
      await sent
      await untilTrue(async () => JSON.stringify((await call('updates.get')).state).includes('["MK4 needs you."]'), () => 'only the printer is waited for')
      expect(await versions()).toEqual([OLDER])
      simulator?.control.wish({ do: 'answer', choice: 0 })
    })

    await untilTrue(async () => (await versions()).length === 2, () => 'the newer version starts', 60_000)
    expect(await versions()).toEqual([OLDER, packages.now.version])
    expect(await sumOf(image)).toBe(sums.now)
    expect(await readdir(home)).toEqual([basename(image)])
    expect((await stat(image)).mode & 0o777).toBe(0o750)
    await untilTrue(() => ask({ call: 'status' }).then(() => true, () => false), () => 'it answers', 40_000)
    const after = await rings()
    expect(await logged('the end was not clean')).toBe(false)
    expect(await logged('deliveries that an earlier run left half done')).toBe(false)
    const database = new DatabaseSync(placesIn(folders.data).database, { readOnly: true })
    const ids = database.prepare('SELECT id FROM events ORDER BY seq').all().map(({ id }) => id)
    database.close()
    expect(ids).toEqual(expect.arrayContaining([before, after]))
  })

  it('takes the newer version when a person ends it', async () => {
    await start(image, { updates: { check: false } })
    await change({ check: true, address: `${origin}/good` })
    await hears('a newer version is ready', 60_000)
    await ask({ call: 'stop' })
    await once(child as ChildProcess, 'exit')
    expect(await sumOf(image)).toBe(sums.now)
    expect(await versions()).toEqual([OLDER])
  })

  it('only tells of it where it was not started from an AppImage', async () => {
    const heard = rung.notified.length
    await start(join(packages.now.out, 'linux-unpacked', 'printbell'), { updates: { check: false } })
    await change({ check: true, address: `${origin}/far` })
    await hears('there is a newer version')
    await untilTrue(() => rung.notified.slice(heard).some(({ title, body }) => title === 'Printbell: update available' && body === '9.9.9.'), () => 'it is told')
    expect((await asked('/far')).map(({ path }) => path)).toEqual(['/far/latest-linux.yml', '/far/latest-linux.yml.sig'])
  })
})

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(part as Buffer)
  return hash.digest('hex')
}
