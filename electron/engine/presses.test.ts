import { describe, expect, it } from 'vitest'
import { settle, TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { anEvent, LAMP, NOON } from '../../test/support/rule-fixtures.ts'
import type { Outcome, Wish } from './commands/wish.ts'
import type { ActionId, Message } from './delivery/message.ts'
import type { PrinterEvent } from './events/model.ts'
import { memory } from './history/test-support.ts'
import { createPresses, type PressParts } from './presses.ts'

const DAY = 86_400_000
const PAUSED = anEvent('job.paused', { job: LAMP, severity: 'warning', progress: 0.4 })
const STORED = { ...PAUSED, seenAt: null, acknowledgedAt: null, snapshotFile: null }
const DONE: Outcome = { result: 'done', detail: 'Paused.' }

/** Everything a press can set off, in the order in which it happened. */
function setUp(outcome: Outcome | Error = DONE, over: Partial<PressParts> = {}) {
  const clock = new TestClock(NOON + 60_000)
  const log = memoryLog()
  const calls: [string, ...unknown[]][] = []
  const told: { destinationId: string; message: Message; key: string }[] = []
  const presses = createPresses({
    clock,
    log,
    history: {
      event: (id) => (id === PAUSED.id ? STORED : null),
      markSeen(filter, at) {
        calls.push(['markSeen', filter, at])
        return 1
      },
      newestSeq: () => 9,
      markNextSeen(which, at) {
        calls.push(['markNextSeen', which, at])
        return [4, 5, 8]
      },
      markUnseen: () => 0,
    },
    commands: {
      async handle(wish: Wish) {
        calls.push(['handle', wish])
        if (outcome instanceof Error) throw outcome
        return outcome
      },
    },
    destinations: {
      async tell(destinationId, message, key) {
        calls.push(['tell', destinationId])
        told.push({ destinationId, message, key })
        return { result: 'delivered', detail: '' }
      },
    },
    state: () => ({ ...memory().state, progress: 0.42 }),
    onOpen: (event: PrinterEvent | null) => void calls.push(['open', event]),
    ...over,
  })
  async function press(action: ActionId, eventId: string | null = PAUSED.id): Promise<void> {
    presses.pressed({ eventId, action, destinationId: 'desk' })
    await settle()
  }
  return { calls, told, log, press }
}

const NO_MARKS = { markSeen: () => 0, newestSeq: () => 0, markNextSeen: () => [], markUnseen: () => 0 }
const SEEN = ['markSeen', { eventIds: ['01KF0000000000000000000001'] }, NOON + 60_000]
const WISH = { printerId: 'mk4', jobKey: 'local/lamp-vase.gcode@1', from: 'toast', madeAt: NOON, expiresAt: NOON + DAY, confirmed: false, eventId: '01KF0000000000000000000001', destinationId: 'desk' }

describe('what a person looks at', () => {
  it('R67: clicking a toast opens the item it is about', async () => {
    const { calls, told, press } = setUp()
    await press('open')
    expect(calls).toEqual([SEEN, ['open', STORED]])
    expect(told).toEqual([])
  })

  it('the history opens without an item', async () => {
    const { calls, press } = setUp()
    await press('open_history', null)
    await press('open_history')
    expect(calls).toEqual([['open', null], ['open', null]])
  })

  it('"seen" marks the event of the button and does nothing else', async () => {
    const { calls, press } = setUp()
    await press('seen')
    expect(calls).toEqual([SEEN])
  })

  it('"mark all seen" of a summary marks all', async () => {
    const { calls, press } = setUp()
    await press('seen_all', null)
    expect(calls).toEqual([['markNextSeen', { upTo: 9, limit: 1_000 }, NOON + 60_000]])
  })

  it('"keep printing" does nothing at all', async () => {
    const { calls, press, log } = setUp()
    await press('keep')
    expect(calls).toEqual([])
    expect(log.lines).toEqual([])
  })
})

describe('what a person wishes', () => {
  it.each<[ActionId, Wish['action']]>([
    ['pause', { name: 'pause' }],
    ['resume', { name: 'resume' }],
    ['acknowledge', { name: 'acknowledge' }],
    ['mute_1h', { name: 'mute', seconds: 3_600 }],
    ['answer:1', { name: 'answer', choice: 1 }],
  ])('%s becomes a wish for that print only, and its event is seen', async (id, action) => {
    const { calls, told, press } = setUp()
    await press(id)
    expect(calls).toEqual([SEEN, ['handle', { ...WISH, action }]])
    expect(told).toEqual([])
  })

  it('cancel asks back at the destination where it was pressed', async () => {
    const { calls, told, press } = setUp({ result: 'needs_confirmation', detail: 'Cancel this print?' })
    await press('cancel')
    expect(calls).toEqual([SEEN, ['handle', { ...WISH, action: { name: 'cancel' } }], ['tell', 'desk']])
    expect(told).toHaveLength(1)
    expect(told[0]?.key).toBe(`question-01KF0000000000000000000001-${NOON + 60_000}`)
    expect(told[0]?.message).toMatchObject({
      kind: 'question',
      event: { id: '01KF0000000000000000000001' },
      title: 'MK4 left bench: cancel this print?',
      progress: 0.42,
      actions: [{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }],
    })
  })

  it('a confirmed cancel is a confirmed wish, made when it was confirmed', async () => {
    const { calls, told, press } = setUp({ result: 'done', detail: 'Cancelled.' })
    await press('cancel_confirm')
    expect(calls).toEqual([SEEN, ['handle', { ...WISH, action: { name: 'cancel' }, madeAt: NOON + 60_000, confirmed: true }]])
    expect(told).toEqual([])
  })

  it.each<[Outcome['result'], string]>([
    ['stale', 'Nothing to pause, the print is done.'],
    ['expired', 'This button is too old. Nothing was done.'],
  ])('%s is said where it was pressed, because nothing else would', async (result, detail) => {
    const { told, press } = setUp({ result, detail })
    await press('pause')
    expect(told.map(({ destinationId, key }) => [destinationId, key])).toEqual([['desk', `notice-01KF0000000000000000000001-${NOON + 60_000}`]])
    expect(told[0]?.message).toMatchObject({ kind: 'notice', event: null, title: 'MK4 left bench: nothing done', body: detail, actions: [] })
  })

  it.each<Outcome['result']>(['forbidden', 'unsupported', 'unreachable', 'timed_out', 'refused'])('%s is an event of its own and not said twice', async (result) => {
    const { told, press } = setUp({ result, detail: 'no' })
    await press('pause')
    expect(told).toEqual([])
  })
})

describe('a press that can not be carried out', () => {
  it('on a message whose event is gone is only logged', async () => {
    const { calls, log, press } = setUp()
    await press('pause', '01KF0000000000000000000099')
    await press('open', null)
    expect(calls).toEqual([])
    expect(log.lines).toEqual([
      { level: 'warn', message: 'a button was pressed on a message whose event is gone', fields: { action: 'pause' } },
      { level: 'warn', message: 'a button was pressed on a message whose event is gone', fields: { action: 'open' } },
    ])
  })

  it('for a print that the event does not know commands nothing', async () => {
    const { job: _job, ...jobless } = STORED
    const { calls, press } = setUp(DONE, { history: { ...NO_MARKS, event: () => jobless } })
    await press('cancel')
    expect(calls).toEqual([])
  })

  it('breaks nothing, whatever throws', async () => {
    const broken = new Error('broke')
    for (const rig of [
      setUp(broken),
      setUp(DONE, { history: { ...NO_MARKS, event: () => { throw broken } } }),
      setUp({ result: 'stale', detail: 'no' }, { destinations: { tell: () => Promise.reject(broken) } }),
    ]) {
      await rig.press('pause')
      expect(rig.log.lines).toEqual([{ level: 'error', message: 'a press on a button could not be carried out', fields: { error: broken, action: 'pause' } }])
    }
  })
})
