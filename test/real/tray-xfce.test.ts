import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildElectronMain } from '../../scripts/lib/window-harness.mjs'
import { cardOf } from '../../electron/desktop/tray/test-support.ts'
import { findColour, missingForPanel, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { openPanelSide, startTray, type TrayPanel, type TrayUnderTest } from '../support/tray-desk.ts'

const missing = missingForPanel()
const because = missing === null ? '' : ` (skipped: ${missing})`
const RESULTS = join(import.meta.dirname, '../../test-results')
const N = '\u202f'
const CAN = { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }
/** The right end of the panel, where its tray is. */
const CORNER = { x: 1180, y: 0, width: 100, height: 36 }
const EVERYTHING = { x: 0, y: 0, width: 1280, height: 36 }
const PRINTING_ON_DARK = [0x7f, 0xb0, 0xff] as const
const NEEDS_ON_DARK = [0xff, 0xc0, 0x4d] as const

const printing = cardOf({
  id: 'mk4', name: 'R&D <MK4>_left', state: 'printing', job: 'printing', jobKey: 'J1', file: 'lamp-vase.gcode', progress: 0.62, eta: Date.UTC(2030, 0, 15, 16, 42), can: { ...CAN, pause: true, snapshot: true }, hasWebPage: true,
})
const waiting = cardOf({ id: 'voron', name: 'Voron 2.4', state: 'needs', job: 'paused', jobKey: 'J2', cause: 'Filament ran out. Load new filament, then resume.', progress: 0.3, can: { ...CAN, resume: true }, muted: { until: null } })

describe.skipIf(missing !== null)(`the tray on a real panel${because}`, () => {
  let electron: string
  const folder = mkdtempSync(join(tmpdir(), 'printbell-tray-main-'))
  let desktop: Desktop | null = null
  let tray: TrayUnderTest | null = null
  let panel: TrayPanel | null = null

  beforeAll(async () => {
    electron = execFileSync('node', ['scripts/lib/electron-runtime.mjs'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    await buildElectronMain({ tray: 'test/support/tray-main.ts' }, folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(async () => {
    await panel?.close()
    await tray?.quit()
    await desktop?.stop()
    expect(desktop?.strays()).toEqual([])
    desktop = tray = panel = null
  })

  async function start(with_: Parameters<typeof startDesktop>[0]): Promise<{ desktop: Desktop; tray: TrayUnderTest }> {
    desktop = await startDesktop(with_)
    tray = startTray(electron, join(folder, 'tray.mjs'), desktop.env)
    return { desktop, tray }
  }
  const side = async (on: Desktop): Promise<TrayPanel> => (panel = await openPanelSide(on.busAddress))
  const wishes = (of: TrayUnderTest): unknown[] => of.said.flatMap((each) => ('wish' in each ? [each.wish] : []))
  const facts = (of: TrayUnderTest): string[] => of.said.flatMap((each) => ('facts' in each ? [each.facts] : []))
  const seen = async (on: Desktop, colour: readonly [number, number, number], area = CORNER): Promise<number> => findColour(await on.pixels(), area, colour, 12).count

  it('shows the state in the panel, and changes with it', async () => {
    const { desktop: on, tray: of } = await start({ daemon: 'none', panel: 'dark' })
    const item = await (await side(on)).item()
    of.tell({ cards: [printing], status: {} })
    await untilTrue(async () => (await seen(on, PRINTING_ON_DARK)) > 15, () => 'the ring is seen')
    expect(await seen(on, NEEDS_ON_DARK)).toBe(0)
    await on.screenshot(join(RESULTS, 'tray-printing-dark.png'))
    expect(await item.property('ToolTip')).toEqual(expect.arrayContaining([expect.stringContaining(`62${N}%`)]))
    of.tell({ cards: [waiting, printing], status: {} })
    await untilTrue(async () => (await seen(on, NEEDS_ON_DARK)) > 40, () => 'the amber bell is seen')
    expect(await seen(on, PRINTING_ON_DARK)).toBe(0)
    await on.screenshot(join(RESULTS, 'tray-needs-dark.png'))
    expect(facts(of)).toEqual(['shown'])
  })

  it('opens the window by a click, and its menu pauses the print', async () => {
    const { desktop: on, tray: of } = await start({ daemon: 'none', panel: 'dark' })
    of.tell({ cards: [waiting, printing], status: { failing: [{ id: 'phone', label: 'Phone', since: Date.UTC(2030, 0, 15, 14, 31), why: 'no answer' }] } })
    const item = await (await side(on)).item()
    await untilTrue(async () => (await item.menu()).length > 8, () => 'the menu has its lines')
    const menu = await item.menu()
    // As the bus carries them: "_" marks a key there, so one that is meant is doubled.
    expect(menu.map((node) => (node.separator ? '-' : node.label))).toEqual([
      `Voron 2.4: needs you at 30${N}%, muted`, `R&D <MK4>__left: printing 62${N}%, ends Tue 16:42`, '-', 'Phone: fails since Tue 14:31', 'Pause notifications', '-', 'Open Printbell', 'Settings', '-', 'Quit Printbell',
    ])
    expect(menu[0]?.children.map((node) => [node.separator ? '-' : node.label, node.enabled])).toEqual([
      ['Filament ran out. Load new filament, then resume.', false], ['-', true], ['Open', true], ['Resume print', true], ['-', true], ['Muted', false], ['Unmute', true], ['Follow', true], ['Follow this print', true],
    ])
    await item.activate()
    await untilTrue(() => wishes(of).length === 1, () => 'the click is told')
    await item.choose(`R&D <MK4>__left: printing 62${N}%, ends Tue 16:42`, 'Pause print')
    await item.choose('Phone: fails since Tue 14:31')
    await item.choose('Pause notifications', 'Until I say')
    await untilTrue(() => wishes(of).length === 4, () => 'three choices are told')
    expect(wishes(of)).toEqual([
      { do: 'open', path: null }, { do: 'pause-print', printerId: 'mk4', jobKey: 'J1' }, { do: 'open', path: '/destinations/phone' }, { do: 'pause-notifications', until: null },
    ])
  })

  it.each(['dark', 'light'] as const)('opens its menu under the pointer on a %s panel', async (theme) => {
    const { desktop: on, tray: of } = await start({ daemon: 'none', panel: theme })
    const others = (['error', 'idle', 'offline'] as const).map((state) => cardOf({ id: state, name: `Ender ${state}`, state }))
    of.tell({ cards: [waiting, printing, ...others], status: {} })
    await (await side(on)).item()
    await untilTrue(async () => (await seen(on, NEEDS_ON_DARK, EVERYTHING)) > 40, () => 'the bell is seen')
    const bell = findColour(await on.pixels(), EVERYTHING, NEEDS_ON_DARK, 12)
    const before = await on.pixels()
    await on.click(Math.round(bell.x), Math.round(bell.y), 3)
    await untilTrue(async () => {
      const now = await on.pixels()
      const changed = Array.from({ length: 200 }, (_, y) => now.at(1100, 40 + y).join() !== before.at(1100, 40 + y).join()).filter(Boolean)
      return changed.length > 100
    }, () => 'a menu is open below the bell')
    await on.screenshot(join(RESULTS, `tray-menu-${theme}.png`))
    await on.click(Math.round(bell.x), Math.round(bell.y), 1)
  })

  it('can be made out on a light panel that tells nobody that it is light', async () => {
    const { desktop: on, tray: of } = await start({ daemon: 'none', panel: 'light' })
    of.tell({ cards: [cardOf()], status: {} })
    await (await side(on)).item()
    // Without its rim the bell would be white on white.
    await untilTrue(async () => {
      const screen = await on.pixels()
      const dark = Array.from({ length: CORNER.width * 32 }, (_, index) => screen.at(CORNER.x + (index % CORNER.width), Math.floor(index / CORNER.width))).filter((pixel) => pixel.every((value) => value < 150))
      return dark.length > 30
    }, () => 'the outline of the bell is seen')
    await on.screenshot(join(RESULTS, 'tray-idle-light.png'))
  })

  it('says that nothing shows it, and shows itself once a panel comes', async () => {
    const { desktop: on, tray: of } = await start({ daemon: 'none' })
    of.tell({ cards: [waiting], status: {} })
    await untilTrue(() => facts(of).length === 1, () => 'the facts are told')
    expect(facts(of)).toEqual(['no_host'])
    await untilTrue(() => of.said.some((each) => 'noHost' in each), () => 'the lack is told', 25_000)
    await on.panel('start-dark')
    await untilTrue(() => facts(of).includes('shown'), () => 'the host is noticed')
    await (await side(on)).item()
    await untilTrue(async () => (await seen(on, NEEDS_ON_DARK)) > 40, () => 'the bell is seen')
    expect(of.said.filter((each) => 'noHost' in each)).toHaveLength(1)
  })

  it('is there again after the panel was started anew', async () => {
    const { desktop: on } = await start({ daemon: 'none', panel: 'dark' })
    await (await side(on)).item()
    await on.panel('stop')
    await on.panel('start-dark')
    const again = await panel?.item()
    expect(await again?.property('Status')).toBe('Active')
  })
})
