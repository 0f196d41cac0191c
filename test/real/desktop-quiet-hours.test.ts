/**
 * Quiet hours on the real app, by keyboard only: made in the window, a rehearsal is held, and when the night is over its summary arrives at
 * a webhook of this computer. Time is moved in the app's main process, as a laptop sees it that slept: the clock jumps, then it wakes.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { electronMissing, makeFolders, startDesktopApp, type AppFolders, type DesktopApp } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { startFarSide, type FarSide } from '../support/far-side.ts'
import { tell } from '../support/tell-app.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())
const HOUR = 3_600_000

describe.skipIf(missing !== null)(`quiet hours${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let desktop: Desktop
  let hook: FarSide
  let folders: AppFolders
  let app: DesktopApp | null = null

  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'none' })
    hook = await startFarSide()
  })
  afterEach(async () => {
    await app?.quit()
    app = null
    await folders?.remove()
  })
  afterAll(async () => {
    await hook?.close()
    await desktop?.stop()
  })

  async function started(): Promise<{ page: Page; running: DesktopApp }> {
    folders = await makeFolders({
      version: 1, desktop: { firstRunDone: true },
      printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'octoprint', url: 'http://127.0.0.1:9', apiKey: { env: 'NO_KEY' } } }],
      destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: `${hook.base}/hook` } }],
    })
    app = await startDesktopApp(folders, { ...desktop.env, NO_KEY: 'none' })
    return { page: await app.window(), running: app }
  }

  /** The full hour then, on the wall. */
  function inHours(hours: number): string {
    const time = new Date(Date.now() + hours * HOUR)
    return `${String(time.getHours()).padStart(2, '0')}:00`
  }

  /** Lets the app's clock go ahead, and wakes it as the system does after a sleep. */
  async function sleepFor(running: DesktopApp, hours: number): Promise<void> {
    await tell(running.app, ({ powerMonitor }, ahead) => {
      const real = Date.now.bind(Date)
      Date.now = () => real() + ahead
      powerMonitor.emit('resume')
    }, hours * HOUR)
  }

  async function tabTo(page: Page, name: string): Promise<void> {
    const passed: string[] = []
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(focused)
      if (at === name) return
      passed.push(at)
    }
    throw new Error(`"${name}" is not reached by Tab; passed: ${passed.join(', ')}`)
  }
  async function pressOn(page: Page, name: string, key = 'Enter'): Promise<void> {
    await tabTo(page, name)
    await page.keyboard.press(key)
  }
  /** Tab begins at the top of the page again. */
  async function fromTheTop(page: Page): Promise<void> {
    await page.locator(':focus').blur()
  }
  async function openRules(page: Page): Promise<void> {
    await pressOn(page, 'Rules')
    await page.waitForSelector('main[data-path="/rules"]')
  }
  /** What is left is Enter, on the button that holds one. */
  async function openRehearsal(page: Page): Promise<void> {
    await fromTheTop(page)
    await pressOn(page, 'Rehearse')
    await tabTo(page, 'Rehearse')
  }
  async function typeOver(page: Page, name: string, text: string): Promise<void> {
    await tabTo(page, name)
    await page.keyboard.press('Control+a')
    await page.keyboard.type(text)
  }

  it('hold a rehearsal made at night, say until when, and tell it in one message when they are over', async () => {
    await hook.play({ path: '.*', status: 204 })
    // Quiet since two hours ago, for three more.
    const [begin, end] = [inHours(-2), inHours(3)]
    const { page, running } = await started()

    // Quiet hours, with Tab, Space and the letters.
    await openRules(page)
    await pressOn(page, 'Quiet hours', 'Space')
    await page.getByText('Nothing rings then.').waitFor()
    await typeOver(page, 'From', begin)
    await typeOver(page, 'Until', end)
    await page.keyboard.press('Tab')
    await untilTrue(async () => (await rulesOf(page)).timeslots[0]?.ranges.some(({ from }) => from === end) === true, () => 'the times are kept')
    expect(await rulesOf(page)).toMatchObject({ timeslots: [{ id: 'quiet-hours' }], profiles: [{ id: 'default', timeslot: 'quiet-hours', outside: 'hold', criticalPasses: true }] })

    // Two rehearsals of something that is not critical.
    await openRehearsal(page)
    for (const count of [1, 2]) {
      await page.keyboard.press('Enter')
      await untilTrue(async () => (await held(page)) === count, () => `${count} wait`)
    }
    await page.getByText('Held until its timeslot opens').waitFor()
    expect(await hook.receipts()).toEqual([])

    // The history says until when.
    await pressOn(page, 'See what happened')
    await page.getByText(new RegExp(`held until.*${end}`, 'i')).first().waitFor()

    // The night is over.
    await sleepFor(running, 5)
    await untilTrue(async () => (await hook.receipts()).length > 0, () => 'the summary arrived', 30_000)
    const receipts = await hook.receipts()
    expect(receipts).toHaveLength(1)
    expect(receipts[0]?.text).toMatch(/2 events/)
    expect(await held(page)).toBe(0)
  })

  it('are a profile made here: holds a rehearsal, says why nobody heard, and tells it when its timeslot opens', async () => {
    await hook.play({ path: '.*', status: 204 })
    const before = (await hook.receipts()).length
    const told = async (): Promise<number> => (await hook.receipts()).length - before
    const [opens, closes] = [inHours(3), inHours(6)]
    const { page, running } = await started()
    await openRules(page)
    // The one that exists from the start hears all of it: it rests now.
    await pressOn(page, 'Everything chosen: on', 'Space')
    await untilTrue(async () => (await rulesOf(page)).profiles[0]?.active === false, () => 'the first profile is off')

    await fromTheTop(page)
    await pressOn(page, 'Add profile')
    await page.waitForSelector('main[data-path^="/rules/profiles/"]')
    await typeOver(page, 'Name', 'Day shift')
    await pressOn(page, 'New timeslot')
    await page.getByLabel('Time 1: All day').waitFor()
    await fromTheTop(page)
    await pressOn(page, 'Time 1: All day', 'Space')
    await page.getByLabel('Time 1: from').waitFor()
    await fromTheTop(page)
    await typeOver(page, 'Time 1: from', opens)
    await typeOver(page, 'Time 1: to', closes)
    await tabTo(page, 'Add a destination')
    // A list of choices: its letters choose.
    await page.keyboard.type('Hook')
    await page.keyboard.press('Tab')
    await untilTrue(async () => {
      const { profiles, timeslots } = await rulesOf(page)
      return profiles[1]?.destinations?.[0]?.destination === 'hook' && timeslots[0]?.ranges[0]?.from === opens
    }, () => 'profile and times are kept')

    await openRehearsal(page)
    await page.keyboard.press('Enter')
    await page.getByText('Held until its timeslot opens').waitFor()
    expect(await told()).toBe(0)

    // The count is told a quarter of a second later, and the keys are faster than that.
    await page.getByText(', 1 unseen').waitFor({ state: 'attached' })
    await fromTheTop(page)
    await pressOn(page, 'History1, 1 unseen')
    await pressOn(page, 'Why did I not hear?')
    await pressOn(page, 'Find out')
    await page.getByText(/Hook.*held until/i).first().waitFor()

    await sleepFor(running, 4)
    await untilTrue(async () => (await told()) === 1, () => 'it is told', 30_000)
    expect((await hook.receipts()).at(-1)?.text).toMatch(/job\.done/)
  })
})

interface FocusedElement { id: string; textContent: string | null; getAttribute(name: string): string | null }

/** Runs in the page: what has the focus, as a person would call it. */
function focused(): string {
  const { document } = globalThis as unknown as { document: { activeElement: FocusedElement | null; querySelector(selector: string): FocusedElement | null } }
  const element = document.activeElement
  const label = element?.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null
  return element?.getAttribute('aria-label') ?? label ?? element?.textContent?.trim() ?? ''
}

/** Runs in the page. */
async function settingsOf(): Promise<unknown> {
  const { printbell } = globalThis as unknown as { printbell: { call(name: string, input: unknown): Promise<unknown> } }
  return await printbell.call('settings.get', null)
}

interface Told {
  value: { destinations: { held: number }[]; rules: { timeslots: { id: string; ranges: { from?: string }[] }[]; profiles: { active?: boolean; destinations?: { destination: string }[] }[] } }
}

async function rulesOf(page: Page): Promise<Told['value']['rules']> {
  return ((await page.evaluate(settingsOf)) as Told).value.rules
}

/** How many messages are held for the only destination. */
async function held(page: Page): Promise<number> {
  return ((await page.evaluate(settingsOf)) as Told).value.destinations[0]?.held ?? -1
}
