/** How tests drive the window: to a page, a size, a theme; and what axe finds there. Each step waits until it is seen, never for a time that might do. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { PushName } from '../../electron/bridge/contract.ts'
import type { Harness } from './harness.ts'

/** Every page of the window, with what the fixtures have: the printer, the destinations and the event of the look. */
export const PAGES = [
  '/welcome', '/printers', '/printers/add', '/printers/mk4', '/printers/mk4/settings', '/history', '/history/newest', '/history/~why', '/destinations', '/destinations/desk', '/destinations/log', '/destinations/~', '/destinations/~import', '/destinations/~plugins', '/destinations/~webhook', '/destinations/~telegram',
  '/rules', '/rules/profiles/night', '/rules/timeslots', '/rules/timeslots/night', '/rules/filters', '/rules/filters/shelf', '/rules/silences', '/rules/silences/nozzles', '/rules/silences/~',
  '/settings/general', '/settings/notifications', '/settings/appearance', '/settings/storage', '/settings/privacy', '/settings/about',
] as const

/** How long nothing may be added or taken away for the page to count as done; ms. */
const QUIET_MS = 60
/** A page that moves for longer has something to be looked at; ms. */
const RESTLESS_MS = 5_000

/**
 * Goes to a page and waits until it stands still. "/history/newest" is the newest event that the fixtures have.
 * @throws Error when the page never comes to rest
 */
export async function go(harness: Harness, path: (typeof PAGES)[number] | (string & {})): Promise<void> {
  const to = path === '/history/newest' ? await newestEvent(harness) : path
  await harness.page.evaluate((hash) => {
    window.location.hash = hash
  }, to)
  await harness.page.waitForSelector(`main[data-path="${to}"]`)
  await settled(harness)
}

/** Resolves when nothing was added to the page or taken from it for a moment. */
export async function settled({ page }: Harness): Promise<void> {
  await page.evaluate(({ quiet, most }) => new Promise<void>((done, fail) => {
    const begun = performance.now()
    let last = begun
    const observer = new MutationObserver(() => {
      last = performance.now()
    })
    observer.observe(document.body, { childList: true, subtree: true })
    function look(): void {
      const now = performance.now()
      if (now - last < quiet && now - begun < most) return void requestAnimationFrame(look)
      observer.disconnect()
      if (now - last >= quiet) done()
      else fail(new Error(`the page has not come to rest in ${most} ms`))
    }
    requestAnimationFrame(look)
  }), { quiet: QUIET_MS, most: RESTLESS_MS })
}

async function newestEvent({ page }: Harness): Promise<string> {
  return await page.evaluate(async () => {
    const answer = (await Promise.race([window.printbell.call('history.page', { filter: {}, before: null, limit: 1 }), new Promise((done) => setTimeout(done, 500))])) as { value?: { rows: { id: string }[] } } | undefined
    return `/history/${answer?.value?.rows[0]?.id ?? 'none'}`
  })
}

/** The window's inner size, in pixels of the screen, and how far it is zoomed in. */
export async function resize(harness: Harness, width: number, height: number, zoom = 1): Promise<void> {
  await harness.main(({ BrowserWindow }, look) => {
    const window = BrowserWindow.getAllWindows()[0]
    window?.setMinimumSize(1, 1)
    window?.setContentSize(look.width, look.height)
    window?.webContents.setZoomFactor(look.zoom)
  }, { width, height, zoom })
  await harness.page.waitForFunction(([wide, by]) => Math.abs(window.innerWidth - wide / by) <= 1, [width, zoom] as const)
}

export async function setTheme(harness: Harness, theme: 'light' | 'dark'): Promise<void> {
  await harness.main(({ nativeTheme }, source) => {
    nativeTheme.themeSource = source
  }, theme)
  await harness.page.waitForFunction((wanted) => window.matchMedia(`(prefers-color-scheme: ${wanted})`).matches, theme)
}

/** The main process tells the window. */
export async function push(harness: Harness, name: PushName, payload: unknown): Promise<void> {
  await harness.main((_electron, told) => (globalThis as unknown as { printbellPush(name: string, payload: unknown): void }).printbellPush(told.name, told.payload), { name, payload })
}

/** A person who has a keyboard only. */
export interface Keyboard {
  press(key: string): Promise<void>
  /** What has the focus, as a person would call it; "nothing" when it is lost. */
  focus(): Promise<string>
  /** @throws Error naming what was passed on the way */
  tabTo(name: string): Promise<void>
}

/** @param harness asked for at each step, as tests open it anew */
export function keyboardOf(harness: () => Harness, mostTabs = 90): Keyboard {
  const press = (key: string): Promise<void> => harness().page.keyboard.press(key)
  const focus = (): Promise<string> => harness().page.evaluate(() => {
    const at = document.activeElement
    if (at === null || at === document.body) return 'nothing'
    const words = document.createTreeWalker(at, NodeFilter.SHOW_TEXT)
    const said: string[] = []
    for (let node = words.nextNode(); node; node = words.nextNode()) if (node.textContent?.trim()) said.push(node.textContent.trim())
    return at.getAttribute('aria-label') ?? said[0] ?? ''
  })
  async function tabTo(name: string): Promise<void> {
    const passed: string[] = []
    for (let presses = 0; presses < mostTabs; presses++) {
      await press('Tab')
      const at = await focus()
      if (at === name) return
      passed.push(at)
    }
    throw new Error(`"${name}" is not reached by Tab; passed: ${passed.join(', ')}`)
  }
  return { press, focus, tabTo }
}

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[]
  passes: { id: string }[]
}
declare const axe: { run(context: unknown, options: unknown): Promise<AxeResult> }

let source: string | null = null

/** @returns a line for each rule that is broken, and the rules that were judged and kept: a page that nobody could judge would break none */
export async function judged({ page }: Harness): Promise<{ wrong: string[]; kept: string[] }> {
  source ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Once a window: pages change inside of it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  const { violations, passes } = await page.evaluate(async () => await axe.run(document, { resultTypes: ['violations'], preload: false }))
  return {
    wrong: violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`).join('\n')}`),
    kept: passes.map(({ id }) => id),
  }
}

export async function wrongIn(harness: Harness): Promise<string[]> {
  return (await judged(harness)).wrong
}

/** In light and in dark. */
export async function wrongInBothThemes(harness: Harness): Promise<string[]> {
  const wrong: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(harness, theme)
    // Colours on their way from one theme to the other are nobody's.
    await harness.page.evaluate(async () => void (await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))))
    wrong.push(...(await wrongIn(harness)).map((what) => `${theme}: ${what}`))
  }
  return wrong
}

/** Runs in the page. What reaches beyond the window's right edge, and texts that are wider than their box without being cut on purpose. */
export function sticksOut(): string[] {
  const found: string[] = []
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide in ${window.innerWidth}`)
  for (const element of document.querySelectorAll<HTMLElement>('main *')) {
    const box = element.getBoundingClientRect()
    if (box.width === 0 || box.height === 0 || element.closest('svg, .said, [data-may-scroll]')) continue
    if (box.right > window.innerWidth + 1) found.push(`<${element.tagName.toLowerCase()} class="${element.className}"> ends at ${Math.round(box.right)}`)
    const style = getComputedStyle(element)
    const isCut = style.overflowX !== 'visible' || style.overflowY !== 'visible'
    if (!isCut && element.children.length === 0 && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline') found.push(`<${element.tagName.toLowerCase()} class="${element.className}"> "${(element.textContent ?? '').slice(0, 40)}" is wider than its box`)
  }
  return [...new Set(found)].slice(0, 10)
}
