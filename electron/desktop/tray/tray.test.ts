import { beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { TrayHostState } from './host.ts'
import type { MenuAction } from './menu.ts'
import type { TrayTheme } from './painter.ts'
import { cardOf, FakeOverview } from './test-support.ts'
import { createTray, type TrayHandle, type TrayParts, type TrayWish } from './tray.ts'

let clock: TestClock
let overview: FakeOverview
/** What was drawn, in order: "open idle dark", "image printing 5", "tooltip", "title", "menu", "destroy". */
let drawn: string[]
let wishes: TrayWish[]
let facts: TrayHostState[]
let noHost: number
let theme: TrayTheme
let themeChanged: () => void
let hostClosed: boolean
let click: () => void
let choose: (action: MenuAction) => void
let hostSays: (state: TrayHostState) => void
const printing = (progress: number) => [cardOf({ state: 'printing', job: 'printing', jobKey: 'J1', progress })]

beforeEach(() => {
  clock = new TestClock()
  overview = new FakeOverview()
  drawn = []
  wishes = []
  facts = []
  noHost = 0
  theme = 'dark'
  hostClosed = false
})

function start(withHost = false): TrayHandle {
  const watchHost: TrayParts['watchHost'] = (onState) => {
    hostSays = onState
    return { close: () => (hostClosed = true) }
  }
  return createTray({
    overview, clock, log: memoryLog(), timeZone: 'UTC',
    theme: { current: () => theme, onChanged: (listener) => {
      themeChanged = listener
      return () => (themeChanged = () => undefined)
    } },
    open: (first, on) => {
      drawn.push(`open ${first.icon.state} ${first.theme}`)
      click = on.click
      choose = on.choice
      return {
        image: (icon, shown) => drawn.push(`image ${icon.state} ${icon.percent} ${shown}`), tooltip: () => drawn.push('tooltip'), title: (text) => drawn.push(`title ${text}`),
        menu: () => drawn.push('menu'), destroy: () => drawn.push('destroy'),
      }
    },
    watchHost: withHost ? watchHost : null,
    act: (wish) => wishes.push(wish), onFacts: (state) => facts.push(state), onNoHost: () => (noHost += 1),
  })
}
const since = (): string[] => drawn.splice(0)

describe('drawing', () => {
  it('begins with the picture of now, and redraws only what changed', async () => {
    start()
    expect(since()).toEqual(['open idle dark', 'tooltip', 'menu'])
    await clock.advance(5_000)
    overview.set(printing(0.1))
    expect(since()).toEqual(['image printing 10 dark', 'tooltip', 'title 10\u202f%', 'menu'])
    await clock.advance(1_000)
    overview.set(printing(0.1))
    expect(since()).toEqual([])
    await clock.advance(1_000)
    // The ring moves in steps of 5, text by each percent.
    overview.set(printing(0.11))
    expect(since()).toEqual(['tooltip', 'title 11\u202f%'])
  })

  it('gives a menu that differs only in numbers at most every ten seconds, and one with other words at once', async () => {
    start()
    await clock.advance(5_000)
    overview.set(printing(0.1))
    since()
    await clock.advance(2_000)
    overview.set(printing(0.11))
    expect(since()).not.toContain('menu')
    await clock.advance(7_999)
    expect(since()).toEqual([])
    await clock.advance(1)
    expect(since()).toEqual(['menu'])
    await clock.advance(2_000)
    const paused = (jobKey: string) => [cardOf({ state: 'printing', job: 'paused', jobKey, progress: 0.11, can: { ...cardOf().can, resume: true } })]
    overview.set(paused('J1'))
    expect(since()).toContain('menu')
    // The next print has another key: a choice must not carry the old one.
    await clock.advance(2_000)
    overview.set(paused('J2'))
    expect(since()).toEqual(['menu'])
    expect(clock.pending).toBe(0)
  })

  it('happens at most once a second, and the last state is never lost', async () => {
    start()
    await clock.advance(5_000)
    since()
    for (const progress of [0.05, 0.1, 0.15, 0.2]) {
      overview.set(printing(progress))
      await clock.advance(250)
    }
    overview.set(printing(0.25))
    expect(since().filter((each) => each.startsWith('image'))).toEqual(['image printing 5 dark', 'image printing 20 dark'])
    await clock.advance(999)
    expect(since()).toEqual([])
    await clock.advance(1)
    expect(since().filter((each) => each.startsWith('image'))).toEqual(['image printing 25 dark'])
  })

  it('follows the panel\'s theme', async () => {
    start()
    since()
    await clock.advance(5_000)
    theme = 'light'
    themeChanged()
    expect(since()).toEqual(['image idle 0 light'])
  })
})

describe('choices', () => {
  it('a click opens the window, a choice is passed on', () => {
    start()
    click()
    choose({ do: 'pause-print', printerId: 'mk4', jobKey: 'J1' })
    expect(wishes).toEqual([{ do: 'open', path: null }, { do: 'pause-print', printerId: 'mk4', jobKey: 'J1' }])
  })

  it('a pause or an acknowledgement for an hour counts from the choice, not from when the menu was made', async () => {
    start()
    await clock.advance(600_000)
    choose({ do: 'pause-notifications', span: 'hour' })
    choose({ do: 'pause-notifications', span: 'lifted' })
    choose({ do: 'acknowledge', printerId: 'mk4', span: 'hours' })
    expect(wishes).toEqual([{ do: 'pause-notifications', until: Date.UTC(2026, 0, 15, 13, 10) }, { do: 'pause-notifications', until: null }, { do: 'acknowledge', printerId: 'mk4', until: Date.UTC(2026, 0, 15, 16, 10) }])
  })
})

describe('the tray host', () => {
  it('is taken for granted where the system always has one', () => {
    expect(start().facts()).toBe('shown')
    expect(facts).toEqual(['shown'])
  })

  it('is waited for before the icon is made, so that it is made once', () => {
    const tray = start(true)
    overview.set(printing(0.1))
    expect(since()).toEqual([])
    hostSays('shown')
    expect(since()[0]).toBe('open printing dark')
    expect(tray.facts()).toBe('shown')
  })

  it('that comes later gets a new icon', async () => {
    start(true)
    hostSays('no_host')
    expect(since()[0]).toBe('open idle dark')
    await clock.advance(4_000)
    hostSays('shown')
    expect(since()).toEqual(['destroy', 'open idle dark', 'tooltip', 'menu'])
    await clock.advance(60_000)
    expect(noHost).toBe(0)
    expect(facts).toEqual(['no_host', 'shown'])
  })

  it('that comes back finds the icon by itself: it registered once and registers again', () => {
    start(true)
    hostSays('shown')
    hostSays('no_host')
    since()
    hostSays('shown')
    expect(since()).toEqual([])
  })

  it('that never comes is told once, after the panel had time to start', async () => {
    start(true)
    hostSays('no_host')
    await clock.advance(14_999)
    expect(noHost).toBe(0)
    await clock.advance(1)
    expect(noHost).toBe(1)
    hostSays('unknown')
    hostSays('no_host')
    await clock.advance(60_000)
    expect(noHost).toBe(1)
  })

  it('that nobody can be asked about is no reason to complain', async () => {
    start(true)
    hostSays('unknown')
    expect(since()[0]).toBe('open idle dark')
    await clock.advance(60_000)
    expect(noHost).toBe(0)
  })
})

it('closing ends everything', async () => {
  const tray = start(true)
  hostSays('no_host')
  overview.set(printing(0.1))
  since()
  tray.close()
  expect(since()).toEqual(['destroy'])
  await clock.advance(60_000)
  expect(since()).toEqual([])
  expect({ hostClosed, noHost, listening: overview.listening, timers: clock.pending }).toEqual({ hostClosed: true, noHost: 0, listening: 0, timers: 0 })
})

describe('who waits for the icon', () => {
  it('waits until the host is known and it was made', async () => {
    const tray = start(true)
    let made = false
    void tray.made().then(() => (made = true))
    await clock.advance(200)
    expect([made, since()]).toEqual([false, []])
    hostSays('shown')
    await clock.advance(0)
    expect([made, since()[0], clock.pending]).toEqual([true, 'open idle dark', 0])
  })
  it('waits no longer than a quarter of a second for a bus that does not answer', async () => {
    const tray = start(true)
    let made = false
    void tray.made().then(() => (made = true))
    await clock.advance(249)
    expect(made).toBe(false)
    await clock.advance(1)
    expect(made).toBe(true)
  })
  it('does not wait where it stands already, nor after its end', async () => {
    await start().made()
    const tray = start(true)
    const made = tray.made()
    tray.close()
    await made
    expect(clock.pending).toBe(0)
  })
})
