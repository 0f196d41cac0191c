/** Starts the harness (harness-main.ts) under Playwright and gives the page of the window. Needs a display. */
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import type { LanguageCode } from '../../electron/bridge/views/common.ts'
import { electronRuntime } from '../../scripts/lib/electron-runtime.mjs'
import type { FixtureState } from './fixtures/index.ts'
import { openLine, type Line } from './line.ts'

const root = join(import.meta.dirname, '..', '..')
export const HARNESS = join(root, '.cache', 'window-harness', 'harness.mjs')

export interface Look {
  state?: FixtureState
  path?: string
  theme?: 'light' | 'dark'
  language?: LanguageCode
  width?: number
  height?: number
  /** 2 = as a screen of double density. */
  scale?: number
  /** What the clocks of answers and page say, so that pictures are the same each day; absent = the real time. Epoch ms. */
  now?: number
}

export interface Harness {
  app: ElectronApplication
  page: Page
  /** Runs a script in the main process (line.ts). */
  main: Line['run']
  close(): Promise<void>
}

/**
 * @param env what the display needs; absent = this process's own environment. PRINTBELL_DIST in it names other bundles than dist/
 * @throws Error when there is no Electron or no window
 */
export async function openHarness(look: Look, env: Record<string, string> = definedEnv()): Promise<Harness> {
  const { scale = 1, ...asked } = look
  const line = await openLine()
  const app = await _electron.launch({
    executablePath: await electronRuntime(),
    args: ['--disable-gpu', `--force-device-scale-factor=${scale}`, HARNESS],
    cwd: root,
    env: { ...env, PRINTBELL_HARNESS: JSON.stringify({ ...asked, line: line.port }), PRINTBELL_DIST: env['PRINTBELL_DIST'] ?? join(root, 'dist'), FONTCONFIG_FILE: join(import.meta.dirname, 'fonts.conf'), LANG: 'en_GB.UTF-8', TZ: process.env.TZ ?? 'Europe/Berlin' },
    chromiumSandbox: false,
    // Else the driver shows every theme light.
    colorScheme: null,
  })
  const page = await app.firstWindow()
  if (look.now !== undefined) {
    // The page's timers run on; only what time it is stands still. A little later than the answers, which are made after that moment.
    await page.clock.setFixedTime(look.now + 5_000)
    await page.reload()
  }
  // The router hears of no other address until its first page is there: only then may a test go anywhere.
  await page.waitForSelector('#app main > *', { state: 'attached' })
  return {
    app,
    page,
    main: line.run,
    async close() {
      await app.close()
      line.close()
    },
  }
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
