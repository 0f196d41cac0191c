/**
 * The pictures of the README: the real app on a real desktop, with the house of house.mjs. A person's way: first run by pairing, the
 * window closed, prints that begin, a toast, time that passes, then each page and the tray's menu.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openHouse } from './house.mjs'
import { settle } from './take-states.mjs'

const run = promisify(execFile)
const THEMES = ['light', 'dark']
/** What lies behind panel and toasts. */
const WALL = '#7d8791'
/** Of the window's content; four cards are whole in it. */
const SIZE = [1120, 772]
const MENU = { width: 820, height: 300 }

/**
 * @param {{ load: (path: string) => Promise<any>, startDesktop: typeof import('../../../test/support/desktop.ts').startDesktop, source: string, fonts: string, folder: string, minutes: number, say: (text: string) => void }} parts
 *   `source` = the built app; `minutes` = for how long prints and temperatures run
 */
export async function takeReadme({ load, startDesktop, source, fonts, folder, minutes, say }) {
  mkdirSync(folder, { recursive: true })
  const { untilTrue } = await load('test/support/desktop.ts')
  const { makeFolders, startDesktopApp } = await load('test/support/desktop-app.ts')
  const { startSimulator } = await load('electron/engine/simulator/simulator.ts')
  const files = []
  const desktop = await startDesktop({ daemon: 'dunst', panel: 'light' })
  const env = { ...desktop.env, FONTCONFIG_FILE: fonts, TZ: afternoon(new Date()) }
  const house = await openHouse(startSimulator, minutes * 60_000)
  const folders = await makeFolders(null)
  let app = null
  try {
    await paintWall(desktop)
    app = await startDesktopApp(folders, env, [], source)
    const taken = { app, desktop, folder, files, untilTrue, say }
    await firstRun(taken, house)
    await addHooks(await app.window(), house)
    await letThemPrint(taken, house, minutes)
    await pages(taken)
    await app.closeWindow()
    for (const theme of THEMES) await trayMenu(taken, theme)
    await app.quit()
    app = null
  } finally {
    await app?.quit()
    await house.close()
    await folders.remove()
    await desktop.stop()
  }
  return files
}

/** A time zone in which it is between two and three in the afternoon: at midnight every time would carry its day. @param {Date} now */
function afternoon(now) {
  const ahead = (((14 - now.getUTCHours()) % 24) + 24) % 24
  // POSIX counts westwards.
  return ahead <= 12 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`
}

const pathOf = ({ folder, files }, name) => {
  const file = join(folder, `${name}.png`)
  files.push(file)
  return file
}

/** Asks the main process as the page does. */
const call = (page, name, input = null) => page.evaluate(([what, given]) => globalThis.printbell.call(what, given), [name, input])

async function inTheme(page, theme) {
  await call(page, 'settings.change', { what: 'desktop', patch: { theme } })
  await page.waitForFunction((dark) => globalThis.matchMedia('(prefers-color-scheme: dark)').matches === dark, theme === 'dark')
}

async function shoot(taken, page, name) {
  await page.mouse.move(0, 0)
  for (const theme of THEMES) {
    await inTheme(page, theme)
    await settle(page)
    await page.screenshot({ path: pathOf(taken, `${name}-${theme}`) })
  }
}

async function firstRun(taken, { printers }) {
  const { app, desktop, say } = taken
  const page = await app.window()
  // Playwright would choose a theme of its own.
  await page.emulateMedia({ colorScheme: null })
  const [first] = printers
  for (const { name } of printers) await page.getByText(name, { exact: true }).first().waitFor({ timeout: 20_000 })
  say('four printers found')
  await page.getByRole('button', { name: `Connect ${first.name}` }).click()
  await page.getByText('Press “Allow”').first().waitFor()
  await shoot(taken, page, 'first-run')
  first.control.decideKeys(true)
  await page.getByText('Did it appear?', { exact: true }).waitFor()
  await shoot(taken, page, 'first-run-connected')
  await desktop.settled(1)
  for (const { name, control } of printers.slice(1)) {
    await page.getByRole('button', { name: `Connect ${name}` }).click()
    await page.getByText('Press “Allow”').first().waitFor()
    control.decideKeys(true)
    await page.getByText('Press “Allow”').first().waitFor({ state: 'detached' })
  }
  await page.getByRole('button', { name: 'Yes' }).click()
  await run('dunstctl', ['close-all'], { env: desktop.env })
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.locator('article').nth(printers.length - 1).waitFor()
  say('all connected')
}

async function addHooks(page, { hooks }) {
  for (const [label, url] of [['Workshop log', hooks.well], ['Display in the hall', hooks.down]]) {
    const answer = await call(page, 'settings.change', { what: 'add-destination', channel: 'webhook', label, config: { url }, secrets: {} })
    if (!answer.ok || !answer.value.ok) throw new Error(`${label} could not be added: ${JSON.stringify(answer)}`)
  }
}

/** Closes the window, starts the prints and lets the time pass, as a user does; the toasts are taken once the filament's is there. */
async function letThemPrint(taken, house, minutes) {
  const { app, untilTrue, say } = taken
  await app.closeWindow()
  for (const printer of house.printers) {
    if (!printer.begin()) throw new Error(`${printer.name} did not begin`)
  }
  say(`prints run for ${minutes} min`)
  const end = Date.now() + minutes * 60_000
  const waiting = house.byName('MK4 left bench')
  await untilTrue(() => waiting.control.state().prompt !== null, () => 'the filament is asked for', minutes * 60_000)
  await toast(taken)
  await untilTrue(() => Date.now() >= end, () => 'the time is over', minutes * 60_000 + 5_000)
  await app.ask({ call: 'show', path: null })
}

async function toast(taken) {
  const { desktop, untilTrue } = taken
  // Text first, picture at most 3 s later: once it has stood still for that long, it is whole.
  let last = ''
  let since = Date.now()
  await untilTrue(async () => {
    const now = JSON.stringify(await desktop.toasts())
    if (now !== last) since = Date.now()
    last = now
    return Date.now() - since > 3_500
  }, () => 'the toast is whole')
  const all = await desktop.toasts()
  if (all.length === 0) throw new Error('there is no toast')
  const left = Math.min(...all.map(({ x }) => x)) - 16
  const bottom = Math.max(...all.map(({ y, height }) => y + height)) + 16
  await cropped(taken, 'toast', { x: left, y: 0, width: 1280 - left, height: bottom })
  await run('dunstctl', ['close-all'], { env: desktop.env })
}

async function pages(taken) {
  const page = await taken.app.window()
  await page.emulateMedia({ colorScheme: null })
  // Larger than this small screen lets a new window be: all four cards are whole in it.
  await taken.app.app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size), SIZE)
  await page.waitForFunction(([width, height]) => globalThis.innerWidth === width && globalThis.innerHeight === height, SIZE)
  const go = async (path) => {
    await page.evaluate((to) => { globalThis.location.hash = to }, path)
    await page.waitForFunction((to) => globalThis.location.hash.endsWith(to), path)
  }
  await go('/printers')
  await page.locator('article img').nth(2).waitFor()
  await shoot(taken, page, 'printers')
  await page.getByRole('article', { name: 'Voron 350' }).getByRole('link').first().click()
  await page.locator('canvas').waitFor()
  await shoot(taken, page, 'details')
  await go('/history')
  await page.getByRole('option').filter({ hasText: /filament/i }).first().click()
  await page.getByText('Deliveries').first().waitFor()
  await page.getByRole('button', { name: /Workshop log/ }).first().click()
  await shoot(taken, page, 'history')
  await go('/destinations')
  await page.getByText('Workshop log').first().waitFor()
  await shoot(taken, page, 'destinations')
  await go('/settings/notifications')
  await page.getByText('What rings').first().waitFor()
  await shoot(taken, page, 'settings')
}

/** The menu that the panel opens, on a panel of this theme. */
async function trayMenu(taken, theme) {
  const { desktop, untilTrue } = taken
  // It began with the light one.
  if (theme === 'dark') await restartPanel(desktop, theme)
  const corner = { x: 1280 - 60, y: 0, width: 60, height: 36 }
  let bell = null
  await untilTrue(async () => {
    const screen = await desktop.pixels()
    const ground = screen.at(640, 10)
    const points = []
    for (let y = corner.y + 4; y < corner.height - 4; y++) for (let x = corner.x; x < 1280 - 2; x++) if (screen.at(x, y).some((value, channel) => Math.abs(value - ground[channel]) > 60)) points.push([x, y])
    bell = points.length > 40 ? points.reduce(([sumX, sumY], [x, y]) => [sumX + x / points.length, sumY + y / points.length], [0, 0]) : null
    return bell !== null
  }, () => 'the icon is in the panel')
  const before = await desktop.pixels()
  await desktop.click(Math.round(bell[0]), Math.round(bell[1]), 3)
  await untilTrue(async () => (await desktop.pixels()).at(1100, 80).join() !== before.at(1100, 80).join(), () => 'the menu is open')
  // Its first line is chosen, so that what can be done with a printer is seen too.
  await run('xdotool', ['key', 'Down', 'Right'], { env: desktop.env })
  await new Promise((done) => setTimeout(done, 600))
  await cropped(taken, `tray-${theme}`, { x: 1280 - MENU.width, y: 0, ...MENU })
  await run('xdotool', ['key', 'Escape', 'Escape'], { env: desktop.env })
}

/** On a busy machine a panel may not be there within its time. */
async function restartPanel(desktop, theme, tries = 3) {
  await desktop.panel('stop')
  try {
    await desktop.panel(`start-${theme}`)
  } catch (error) {
    if (tries <= 1) throw new Error(`${error.message}: ${readFileSync(join(desktop.home, 'panel.log'), 'utf8').slice(-500)}`, { cause: error })
    await restartPanel(desktop, theme, tries - 1)
  }
  await paintWall(desktop)
}

/** The program ends with 1 also when it has painted, so the screen is asked. */
async function paintWall(desktop) {
  await run('display', ['-window', 'root', '-size', '1280x800', `xc:${WALL}`], { env: desktop.env }).catch(() => undefined)
  const painted = (await desktop.pixels()).at(640, 600)
  if (`#${painted.map((value) => value.toString(16).padStart(2, '0')).join('')}` !== WALL) throw new Error(`The ground of the screen could not be painted: it is ${painted.join(', ')}.`)
}

async function cropped(taken, name, { x, y, width, height }) {
  const file = pathOf(taken, name)
  await taken.desktop.screenshot(file)
  await run('mogrify', ['-crop', `${Math.round(width)}x${Math.round(height)}+${Math.max(0, Math.round(x))}+${Math.max(0, Math.round(y))}`, '+repage', file])
}
