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
let hostWatched: boolean
/** What the panel answers when it is asked for our icon. */
let hasOurs: boolean | null
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
  hostWatched = false
  hasOurs = true
})

/** The icon stands there; what follows a moment later has not come yet. */
function begin(withHost = false): TrayHandle {
  const watchHost: TrayParts['watchHost'] = (onState) => {
    hostWatched = true
    hostSays = onState
    return { hasOurs: async () => hasOurs, close: () => (hostClosed = true) }
  }
  return createTray({
    overview, clock, log: memoryLog(), timeZone: 'UTC', first: { state: 'offline', percent: 0, unseen: false },
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
/** Its first drawing is over too. */
async function start(withHost = false): Promise<TrayHandle> {
  const tray = begin(withHost)
  await clock.advance(250)
  return tray
}
const since = (): string[] => drawn.splice(0)

describe('drawing', () => {
  it('begins with an icon at once, and draws the rest when the first printers have had time to answer', async () => {
    begin(true)
    overview.set(printing(0.1))
    expect([since(), hostWatched]).toEqual([['open offline dark'], false])
    await clock.advance(249)
    expect(since()).toEqual([])
    await clock.advance(1)
    expect([since(), hostWatched]).toEqual([['image printing 10 dark', 'tooltip', 'title 10\u202f%', 'menu'], true])
  })

  it('redraws only what changed', async () => {
    await start()
    expect(since()).toEqual(['open offline dark', 'image idle 0 dark', 'tooltip', 'menu'])
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
    await start()
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
    await start()
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
    await start()
    since()
    await clock.advance(5_000)
    theme = 'light'
    themeChanged()
    expect(since()).toEqual(['image idle 0 light'])
  })
})

describe('choices', () => {
  it('a click opens the window, a choice is passed on', async () => {
    await start()
    click()
    choose({ do: 'pause-print', printerId: 'mk4', jobKey: 'J1' })
    expect(wishes).toEqual([{ do: 'open', path: null }, { do: 'pause-print', printerId: 'mk4', jobKey: 'J1' }])
  })

  it('a pause or an acknowledgement for an hour counts from the choice, not from when the menu was made', async () => {
    await start()
    await clock.advance(600_000)
    choose({ do: 'pause-notifications', span: 'hour' })
    choose({ do: 'pause-notifications', span: 'lifted' })
    choose({ do: 'acknowledge', printerId: 'mk4', span: 'hours' })
    expect(wishes).toEqual([{ do: 'pause-notifications', until: Date.UTC(2026, 0, 15, 13, 10, 0, 250) }, { do: 'pause-notifications', until: null }, { do: 'acknowledge', printerId: 'mk4', until: Date.UTC(2026, 0, 15, 16, 10, 0, 250) }])
  })
})

describe('the tray host', () => {
  it('is taken for granted where the system always has one', async () => {
    expect((await start()).facts()).toBe('shown')
    expect(facts).toEqual(['shown'])
  })

  it('that was there has the icon, which stays', async () => {
    const tray = await start(true)
    since()
    hostSays('shown')
    await clock.advance(0)
    expect([since(), tray.facts()]).toEqual([[], 'shown'])
  })

  it.each([[false, ['destroy', 'open idle dark', 'tooltip', 'menu']], [null, []]])('that came between icon and question is asked for it: %s', async (answer, expected) => {
    await start(true)
    since()
    hasOurs = answer
    hostSays('shown')
    await clock.advance(0)
    expect(since()).toEqual(expected)
    // It is there now, so nothing is to be made again.
    hostSays('no_host')
    hostSays('shown')
    await clock.advance(0)
    expect(since()).toEqual([])
  })

  it('that comes later gets a new icon', async () => {
    await start(true)
    since()
    hostSays('no_host')
    expect(since()).toEqual([])
    await clock.advance(4_000)
    hostSays('shown')
    expect(since()).toEqual(['destroy', 'open idle dark', 'tooltip', 'menu'])
    await clock.advance(60_000)
    expect(noHost).toBe(0)
    expect(facts).toEqual(['no_host', 'shown'])
  })

  it('that comes back finds the icon by itself: it registered once and registers again', async () => {
    await start(true)
    hostSays('shown')
    hostSays('no_host')
    since()
    hostSays('shown')
    expect(since()).toEqual([])
  })

  it('that never comes is told once, after the panel had time to start', async () => {
    await start(true)
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
    await start(true)
    hostSays('unknown')
    expect(since()[0]).toBe('open offline dark')
    await clock.advance(60_000)
    expect(noHost).toBe(0)
  })
})

it('closing ends everything', async () => {
  const tray = await start(true)
  hostSays('no_host')
  await clock.advance(1_000)
  overview.set(printing(0.1))
  since()
  tray.close()
  expect(since()).toEqual(['destroy'])
  await clock.advance(60_000)
  expect(since()).toEqual([])
  expect({ hostClosed, noHost, listening: overview.listening, timers: clock.pending }).toEqual({ hostClosed: true, noHost: 0, listening: 0, timers: 0 })
})

it('closing right after the start leaves nothing behind', async () => {
  begin(true).close()
  await clock.advance(60_000)
  expect([since(), hostWatched, clock.pending]).toEqual([['open offline dark', 'destroy'], false, 0])
})
