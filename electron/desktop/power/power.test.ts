import { beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { parseSettings } from './test-settings.support.ts'
import { cardOf, FakeOverview } from '../tray/test-support.ts'
import { awakeUntil, keepAwake } from './keep-awake.ts'
import { sleepFacts, sleepWarning } from './sleep-warning.ts'
import { watchSleep, type PowerEvents } from './sleep.ts'

let clock: TestClock
let overview: FakeOverview
let wanted: boolean
let settingsChanged: () => void
/** "start 1", "stop 1" ... */
let blocks: string[]
const printing = cardOf({ state: 'printing', job: 'printing' })

beforeEach(() => {
  clock = new TestClock()
  overview = new FakeOverview()
  wanted = true
  blocks = []
})

function start() {
  let next = 0
  return keepAwake({
    overview, clock, log: memoryLog(), wanted: () => wanted,
    onSettings: (listener) => {
      settingsChanged = listener
      return () => (settingsChanged = () => undefined)
    },
    blocker: {
      start: (type) => {
        blocks.push(`start ${++next} ${type}`)
        return next
      },
      stop: (id) => blocks.push(`stop ${id}`),
    },
  })
}

describe('keep awake', () => {
  it('holds while any print runs and lets go at once', () => {
    start()
    expect(blocks).toEqual([])
    overview.set([printing, cardOf()])
    overview.set([printing, printing])
    expect(blocks).toEqual(['start 1 prevent-app-suspension'])
    overview.set([cardOf({ job: 'done' }), cardOf()])
    expect(blocks).toEqual(['start 1 prevent-app-suspension', 'stop 1'])
    overview.set([printing])
    expect(blocks.at(-1)).toBe('start 2 prevent-app-suspension')
  })

  it('does so from its start, and follows the setting', () => {
    overview.set([printing])
    wanted = false
    start()
    expect(blocks).toEqual([])
    wanted = true
    settingsChanged()
    expect(blocks).toHaveLength(1)
    wanted = false
    settingsChanged()
    expect(blocks.at(-1)).toBe('stop 1')
  })

  it('lets go of a printer that has been out of reach for ten minutes', async () => {
    start()
    overview.set([cardOf({ state: 'offline', job: 'printing', since: clock.now() })])
    expect(blocks).toHaveLength(1)
    await clock.advance(599_999)
    expect(blocks).toHaveLength(1)
    await clock.advance(1)
    expect(blocks.at(-1)).toBe('stop 1')
  })

  it.each([
    ['preparing', true], ['printing', true], ['pausing', true], ['paused', true], ['resuming', true], ['finishing', true], ['cancelling', true],
    ['none', false], ['done', false], ['cancelled', false], ['failed', false], ['unknown', false],
  ] as const)('a job that is %s: %s', (job, awake) => {
    expect(awakeUntil(cardOf({ job }), 0)).toBe(awake ? Infinity : null)
  })

  it('releases everything when closed', () => {
    overview.set([printing])
    start().close()
    expect(blocks.at(-1)).toBe('stop 1')
    expect({ listening: overview.listening, timers: clock.pending }).toEqual({ listening: 0, timers: 0 })
  })
})

describe('the warning of sleep', () => {
  it('names who hears nothing, and the cure', () => {
    expect(sleepWarning({ keepAwake: false, printers: 1, remote: ['Phone'] })).toBe('When this computer sleeps during a print, "Phone" hears nothing until it wakes. Turn on "Keep this computer awake while a print runs".')
    expect(sleepWarning({ keepAwake: false, printers: 2, remote: ['Phone', 'Mail', 'Chat'] })).toBe('When this computer sleeps during a print, "Phone" and 2 more hear nothing until it wakes. Turn on "Keep this computer awake while a print runs".')
  })

  it('is not needed when kept awake, without printers, or without anybody elsewhere', () => {
    expect(sleepWarning({ keepAwake: true, printers: 1, remote: ['Phone'] })).toBe(null)
    expect(sleepWarning({ keepAwake: false, printers: 0, remote: ['Phone'] })).toBe(null)
    expect(sleepWarning({ keepAwake: false, printers: 1, remote: [] })).toBe(null)
  })

  it('counts the enabled destinations that are not this desktop', () => {
    const settings = parseSettings([{ id: 'd', label: 'Desk', channel: 'desktop' }, { id: 'p', label: 'Phone', channel: 'webhook' }, { id: 'q', label: 'Old', channel: 'webhook', enabled: false }])
    expect(sleepFacts(settings, (channel) => channel === 'desktop')).toEqual({ keepAwake: false, printers: 0, remote: ['Phone'] })
  })
})

describe('sleep', () => {
  const listeners = new Map<string, () => void>()
  const monitor: PowerEvents = { on: (event, listener) => listeners.set(event, listener), off: (event) => listeners.delete(event) }
  const fire = (event: string) => listeners.get(event)?.()

  it('ends with one look at every connection, though resume and unlock both come', async () => {
    let rechecks = 0
    const log = memoryLog()
    const watching = watchSleep({ monitor, clock, log, recheck: () => (rechecks += 1) })
    fire('suspend')
    expect(rechecks).toBe(0)
    clock.jump(3_600_000)
    fire('resume')
    await clock.advance(2_000)
    fire('unlock-screen')
    expect(rechecks).toBe(1)
    expect(log.lines.at(-1)).toMatchObject({ message: 'this computer woke', fields: { sleptSeconds: 3_600 } })
    await clock.advance(60_000)
    fire('unlock-screen')
    expect(rechecks).toBe(2)
    watching.close()
    expect(listeners.size).toBe(0)
  })
})
