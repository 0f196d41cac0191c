/** Takes the pictures of states.mjs: the real window over made-up answers, both themes, at one moment that never changes. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const THEMES = ['light', 'dark']
const USUAL = [1120, 740]
/** What a page may take to answer and to end its motions. ms */
const SETTLED_MS = 350

/**
 * @param {{ openHarness: typeof import('../../../test/window/harness.ts').openHarness, now: number, env: Record<string, string> }} parts
 * @param {import('./states.mjs').Shot[]} shots
 * @param {{ folder: string, onTaken: (file: string) => void, onTrouble: (text: string) => void }} to
 */
export async function takeStates(parts, shots, to) {
  mkdirSync(to.folder, { recursive: true })
  for (const theme of THEMES) {
    // One window for all that leave the state as it is; a new one for each that changes it.
    const quiet = shots.filter(({ alone }) => !alone)
    const groups = [...new Set(quiet.map(({ state }) => state))].map((state) => quiet.filter((shot) => shot.state === state)).concat(shots.filter(({ alone }) => alone).map((shot) => [shot]))
    for (const group of groups) await takeGroup(parts, group, theme, to)
  }
}

async function takeGroup(parts, group, theme, { folder, onTaken, onTrouble }) {
  const [{ state, path }] = group
  const harness = await parts.openHarness({ state, path, theme, now: parts.now }, parts.env)
  const { page } = harness
  page.setDefaultTimeout(8_000)
  page.on('console', (message) => { if (message.type() === 'error') onTrouble(`${state} ${theme}: console: ${message.text()}`) })
  page.on('pageerror', (error) => onTrouble(`${state} ${theme}: ${error.message}`))
  try {
    for (const shot of group) {
      const file = join(folder, `${shot.name}-${theme}.png`)
      try {
        await show(harness, shot)
        await page.screenshot({ path: file })
        onTaken(file)
      } catch (error) {
        onTrouble(`${shot.name}-${theme} could not be taken: ${error.message.split('\n').slice(0, 4).join(' ')}`)
      }
    }
  } finally {
    await harness.close()
  }
}

async function show({ main, page }, { path, size = USUAL, notice, act }) {
  await main(({ BrowserWindow }, [width, height]) => {
    const window = BrowserWindow.getAllWindows()[0]
    window?.setMinimumSize(1, 1)
    window?.setContentSize(width, height)
  }, size)
  await page.waitForFunction(([wide, high]) => Math.abs(globalThis.innerWidth - wide) <= 1 && Math.abs(globalThis.innerHeight - high) <= 1, size)
  await page.evaluate((to) => { globalThis.location.hash = to }, path)
  await page.waitForFunction((to) => globalThis.location.hash.endsWith(to) && (document.querySelector('main')?.children.length ?? 0) > 0, path)
  await settle(page)
  if (notice) await main((_electron, told) => globalThis.printbellPush('notice', told), notice)
  if (act) await act(page)
  // Nothing is hovered over on a picture.
  await page.mouse.move(0, 0)
  await settle(page)
}

/** Fonts and pictures are there, and what moves has arrived. */
export async function settle(page) {
  await page.evaluate(() => Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode().catch(() => undefined))]))
  await page.waitForTimeout(SETTLED_MS)
}
