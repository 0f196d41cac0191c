/** The real desktop app under Playwright on a throw-away desktop: what a user starts, clicked and looked at from outside. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { electronRuntime } from '../../scripts/lib/electron-runtime.mjs'
import { callEngine, NoEngine } from '../../electron/engine/control/client.ts'
import type { ControlRequest } from '../../electron/engine/control/contract.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { untilTrue } from './desktop.ts'
import { tell } from './tell-app.ts'

const root = join(import.meta.dirname, '../..')

export interface AppFolders {
  folder: string
  data: string
  config: string
  remove(): Promise<void>
}

export interface DesktopApp {
  app: ElectronApplication
  folders: AppFolders
  /** The window that is open, or the next to open. */
  window(): Promise<Page>
  /** Closes the window as its close button does, and waits until it is gone. */
  closeWindow(): Promise<void>
  windows(): number
  /** Asks the running app as the command line does. */
  ask(request: ControlRequest): Promise<unknown>
  log(): Promise<string>
  /** Ends it by its own quit; resolves when the process is gone. */
  quit(): Promise<void>
}

/** @param settings what settings.json holds at the start; null = a first start */
export async function makeFolders(settings: Record<string, unknown> | null): Promise<AppFolders> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-app-'))
  if (settings) await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  return { folder, data: join(folder, 'data'), config: folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Why the app can't be started on this machine; null = it can. */
export async function electronMissing(): Promise<string | null> {
  try {
    await electronRuntime()
    return null
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'no Electron'
  }
}

/** @param source what Electron is given as the app: this checkout, or a copy that no build changes meanwhile */
export async function startDesktopApp(folders: AppFolders, env: Record<string, string>, args: readonly string[] = [], source: string = root): Promise<DesktopApp> {
  const app = await _electron.launch({
    executablePath: await electronRuntime(),
    args: ['--disable-gpu', source, '--data', folders.data, '--config', folders.config, ...args],
    cwd: root,
    env: { ...env, LANG: 'en_GB.UTF-8', PRINTBELL_LOG: 'debug' },
    chromiumSandbox: false,
    // Else the driver shows every theme light.
    colorScheme: null,
  })
  const window = async (): Promise<Page> => {
    const page = app.windows()[0] ?? (await app.waitForEvent('window'))
    await page.waitForSelector('main > *')
    return page
  }
  return {
    app,
    folders,
    window,
    async closeWindow() {
      const page = await window()
      const closed = page.waitForEvent('close')
      await tell(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
      await closed
    },
    windows: () => app.windows().length,
    async ask(request) {
      let answer: Promise<unknown> = Promise.resolve()
      // Listening is among the last things that a start does.
      await untilTrue(async () => {
        answer = callEngine(placesIn(folders.data).controlSocket, request)
        return await answer.then(() => true, (error: unknown) => !(error instanceof NoEngine))
      }, () => 'the app listens')
      return await answer
    },
    log: () => readFile(placesIn(folders.data).log, 'utf8'),
    async quit() {
      const ended = new Promise<void>((done) => app.process().once('exit', () => done()))
      await tell(app, ({ app: electron }) => electron.quit())
      await ended
    },
  }
}

/** Starts the app without a driver and waits for its end. @returns its exit status */
export async function runApp(folders: AppFolders, env: Record<string, string>, args: readonly string[] = [], binary?: string): Promise<number | null> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(binary ?? (await electronRuntime()), [...asRoot, '--disable-gpu', root, '--data', folders.data, '--config', folders.config, ...args], { cwd: root, env, stdio: 'ignore' })
  return await new Promise((done) => child.once('exit', done))
}
