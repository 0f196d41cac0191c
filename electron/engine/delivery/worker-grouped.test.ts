import { describe, expect, test } from 'vitest'
import { channel, numbered, OK, PICTURE, RETRY, setUp } from '../../../test/support/delivery.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { EventType, PrinterEvent } from '../events/model.ts'
import type { Verdict } from '../channels/channel.ts'
import { memoryHistory, type MemoryHistory } from '../../../test/support/memory-history.ts'

const END = NOON + 10_000

/** E1 goes at once, the others wait for the end of its window. */
function burst(history: MemoryHistory, type: EventType, count: number, over: Partial<PrinterEvent> = {}, reason = 'burst:E1'): void {
  for (let n = 1; n <= count; n += 1) {
    const waits = n > 1 || reason.startsWith('host:')
    history.put(numbered(n, { type, printerId: `p${n}`, printerName: `P${n}`, occurredAt: NOON + n, ...over }), [{ destinationId: 'phone', ...(waits ? { state: 'held', releaseAt: END, nextAttemptAt: END } : {}) }])
    history.addDecision({ eventId: `E${n}`, destinationId: 'phone', seq: 1, decision: waits ? 'hold' : 'deliver', stage: waits ? 'grouped' : 'deliver', reason: waits ? reason : 'subscribed', profileId: null, until: waits ? END : null, at: NOON })
  }
}

const told = (phone: ReturnType<typeof channel>): string[] => phone.got.map(({ message, deliveryKey, update }) => `${message.title} [${deliveryKey}]${update ? ' changed' : ''}`)
const states = ({ rows }: MemoryHistory): string[] => rows.map(({ eventId, state }) => `${eventId} ${state}`)

describe('a burst', () => {
  test('is the first at once and one message for the others', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    burst(history, 'job.done', 4)
    worker.start()
    await clock.advance(9_999)
    expect(told(phone)).toEqual(['P1: print done [E1.phone]'])
    await clock.advance(1)
    expect(told(phone)).toEqual(['P1: print done [E1.phone]', '3 printers: print done [E2.phone]'])
    expect(phone.got[1]?.message).toMatchObject({ kind: 'summary', type: 'job.done', body: 'P2, P3, P4.', threadKey: 'burst|E1|E2', late: false, printer: null, job: null, event: { id: 'E4' } })
    expect(states(history)).toEqual(['E1 delivered', 'E2 delivered', 'E3 delivered', 'E4 delivered'])
  })

  test('of two keeps the words of the second', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    burst(history, 'job.done', 2)
    worker.start()
    await clock.advance(20_000)
    expect(told(phone)).toEqual(['P1: print done [E1.phone]', 'P2: print done [E2.phone]'])
  })

  test('of another kind that ends at the same moment is another message, and so is what waited for a timeslot', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    burst(history, 'job.done', 3)
    for (const [n, type, stage, reason] of [[11, 'job.failed', 'grouped', 'burst:E10'], [12, 'job.failed', 'grouped', 'burst:E10'], [13, 'job.cancelled', 'timeslot', 'timeslot_closed'], [14, 'job.cancelled', 'timeslot', 'timeslot_closed']] as const) {
      history.put(numbered(n, { type, printerId: `p${n}`, printerName: `P${n}` }), [{ destinationId: 'phone', state: 'held', releaseAt: END, nextAttemptAt: END }])
      history.addDecision({ eventId: `E${n}`, destinationId: 'phone', seq: 1, decision: 'hold', stage, reason, profileId: null, until: END, at: NOON })
    }
    worker.start()
    await clock.advance(20_000)
    expect(told(phone).map((line) => line.replace(/ \[.*/, '')).sort()).toEqual(['2 events while you were away', '2 printers: print done', '2 printers: print failed', 'P1: print done'])
    expect(states(history).filter((line) => !line.endsWith('delivered'))).toEqual([])
  })

  test('changes the first message where that can be done, and keeps its picture', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history, capabilities: { canUpdate: true }, pictures: { whenReady: async () => ({ picture: PICTURE, cause: null, why: null }) as never } })
    burst(history, 'job.done', 3, { snapshot: 'now' })
    worker.start()
    await clock.advance(20_000)
    expect(told(phone)).toEqual(['P1: print done [E1.phone]', 'P1: print done [E1.phone] changed', '3 printers: print done [E1.phone] changed'])
    expect(phone.got[2]).toMatchObject({ picture: PICTURE, message: { threadKey: phone.got[0]?.message.threadKey, body: 'P1, P2, P3.' } })
    expect(states(history)).toEqual(['E1 delivered', 'E2 delivered', 'E3 delivered'])
  })

  test.each<[string, Verdict]>([['left it as it was', { result: 'delivered', detail: 'the toast was dismissed', unchanged: true }], ['refused the change', { result: 'rejected', scope: 'message', why: 'message to edit not found' }]])(
    'is a message of its own where the channel %s', async (_what, verdict) => {
      const history = memoryHistory()
      const phone = channel(({ update }) => (update ? verdict : OK))
      const { clock, worker } = setUp({ phone }, { history, capabilities: { canUpdate: true } })
      burst(history, 'job.done', 3)
      worker.start()
      await clock.advance(20_000)
      expect(told(phone)).toEqual(['P1: print done [E1.phone]', '3 printers: print done [E1.phone] changed', '2 printers: print done [E2.phone]'])
      expect(states(history)).toEqual(['E1 delivered', 'E2 delivered', 'E3 delivered'])
    })

  test('tries the change again where the channel is busy', async () => {
    const history = memoryHistory()
    let busy = true
    const phone = channel(({ update }) => (update && busy ? RETRY : OK))
    const { clock, worker } = setUp({ phone }, { history, capabilities: { canUpdate: true } })
    burst(history, 'job.done', 3)
    worker.start()
    await clock.advance(10_500)
    busy = false
    await clock.advance(20_000)
    expect(told(phone).at(-1)).toBe('3 printers: print done [E1.phone] changed')
    expect(states(history)).toEqual(['E1 delivered', 'E2 delivered', 'E3 delivered'])
  })

  test.each<[string, EventType]>([['an attention', 'attention.filament_runout'], ['a failed print', 'job.failed'], ['a failure that is suspected', 'failure.warning']])('never takes the buttons of %s away', async (_what, type) => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history, capabilities: { canUpdate: true } })
    burst(history, type, 3)
    worker.start()
    await clock.advance(20_000)
    expect(phone.got.map(({ update }) => update)).toEqual([false, false])
    expect(phone.got[1]?.message.kind).toBe('summary')
  })

  test('never takes the place of what the first printer told since', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history, capabilities: { canUpdate: true } })
    const job = { key: 'j', file: { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 1 }, startedAt: NOON, endedAt: null, user: null }
    burst(history, 'job.started', 3, { job })
    worker.start()
    await clock.advance(2_000)
    history.put(numbered(9, { type: 'job.progress', printerId: 'p1', printerName: 'P1', job, progress: 0.25 }), [{ destinationId: 'phone' }])
    worker.kick()
    await clock.advance(20_000)
    expect(told(phone).map((line) => line.replace(/ \[.*?\]/, ''))).toEqual(['P1: print started', 'P1: 25 % printed', '2 printers: print started'])
  })

  test('of prints that ended while nobody looked is told so', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    burst(history, 'job.done', 4, { late: true })
    worker.start()
    await clock.advance(20_000)
    expect(phone.got.map(({ message: { title, body } }) => `${title} / ${body}`)).toEqual(['P1: print done / Ended 12:00, while Printbell was away.', '3 events while you were away / Done: P2, P3, P4.'])
  })

  test('that could not be sent for long is told as what happened meanwhile', async () => {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    burst(history, 'job.done', 3)
    await clock.advance(120_000)
    worker.start()
    await clock.advance(10_000)
    expect(told(phone).map((line) => line.replace(/ \[.*/, ''))).toEqual(['P1: print done', '2 events while you were away'])
  })
})

test('a server with its printers is told by its name, and one printer of it by its own', async () => {
  for (const [count, expected] of [[3, 'workshop: does not answer'], [1, 'P1: does not answer']] as const) {
    const history = memoryHistory()
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history, capabilities: { canUpdate: true } })
    burst(history, 'link.lost', count, {}, 'host:workshop')
    worker.start()
    await clock.advance(20_000)
    expect(told(phone).map((line) => line.replace(/ \[.*?\]/, ''))).toEqual([expected])
  }
})
