import { describe, expect, test } from 'vitest'
import { channel, hanging, numbered, OK, PICTURE, RETRY, setUp } from '../../../test/support/delivery.ts'
import { LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { Sending, Verdict } from '../channels/channel.ts'
import type { PrinterEvent } from '../events/model.ts'

describe('the pace that a channel declares', () => {
  test('a burst goes at once, then one each interval, the most important first', async () => {
    const hook = channel(OK)
    const { clock, history, worker } = setUp({ hook }, { capabilities: { rate: { burst: 3, everyMs: 5_000 } } })
    for (let n = 1; n <= 6; n += 1) history.put(numbered(n), [{ priority: n === 6 ? 0 : 3 }])
    worker.start()
    await clock.advance(0)
    expect(hook.got.map(({ deliveryKey }) => deliveryKey)).toEqual(['E6.hook', 'E1.hook', 'E2.hook'])
    await clock.advance(4_999)
    expect(hook.got).toHaveLength(3)
    await clock.advance(1)
    expect(hook.got).toHaveLength(4)
    await clock.advance(5_000)
    expect(hook.got).toHaveLength(5)
    await clock.advance(3_600_000)
    expect(hook.got).toHaveLength(6)
    expect(clock.pending).toBe(0)
  })

  test('what is not sent after all costs nothing of it', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state } = setUp({ hook }, {
      capabilities: { rate: { burst: 1, everyMs: 60_000 } },
      judge: (row) => (row.eventId === 'E9' ? { send: true } : { send: false, stage: 'relevant', reason: 'job_ended' }),
    })
    for (let n = 1; n <= 9; n += 1) history.put(numbered(n), [{ createdAt: NOON - 40_000 }])
    worker.start()
    for (let second = 0; second < 5; second += 1) await clock.advance(1_000)
    expect(state('E9.hook')).toBe('delivered')
    expect(hook.got).toHaveLength(1)
  })

  test('a change of a message waits for its turn too', async () => {
    const times: number[] = []
    const rig = setUp({ hook: channel((_sending) => {
      times.push(rig.clock.now() - NOON)
      return OK
    }) }, { pictures: { whenReady: async () => ({ picture: PICTURE }) }, capabilities: { canUpdate: true, rate: { burst: 1, everyMs: 4_000 } } })
    rig.history.put(numbered(1, { snapshot: 'final' }), [{}])
    rig.worker.start()
    await rig.clock.advance(0)
    rig.history.put(numbered(2), [{}])
    rig.worker.kick('hook')
    await rig.clock.advance(60_000)
    expect(times).toEqual([0, 4_000, 8_000])
  })

  test.each([[1, 1], [2, 2], [9, 9], [undefined, 4]])('parallel %s: so many at once', async (parallel, expected) => {
    const slow = channel(hanging)
    const { clock, history, worker } = setUp({ slow }, { capabilities: parallel === undefined ? {} : { parallel } })
    for (let n = 1; n <= 12; n += 1) history.put(numbered(n), [{ destinationId: 'slow' }])
    worker.start()
    await clock.advance(0)
    expect(slow.got).toHaveLength(expected)
  })

  test('one at a time keeps the order, and the more important overtakes what only waits', async () => {
    const hook = channel(async () => OK)
    const { clock, history, worker } = setUp({ hook }, { capabilities: { parallel: 1 } })
    for (let n = 1; n <= 4; n += 1) history.put(numbered(n), [{}])
    worker.start()
    history.put(numbered(5), [{ priority: 0 }])
    await clock.advance(0)
    await clock.advance(0)
    expect(hook.got.map(({ deliveryKey }) => deliveryKey)).toEqual(['E1.hook', 'E5.hook', 'E2.hook', 'E3.hook', 'E4.hook'])
  })

  test('deadlineMs: a try may take so long', async () => {
    const slow = channel(hanging)
    const { clock, history, worker, tried } = setUp({ slow }, { capabilities: { deadlineMs: 60_000 } })
    history.put(numbered(1), [{ destinationId: 'slow' }])
    worker.start()
    await clock.advance(59_999)
    expect(tried()).toEqual([])
    await clock.advance(1)
    expect(tried()).toEqual(['slow 1 retry: No answer within 60 s.'])
  })
})

describe('without a network of its own', () => {
  const rig = (needsNetwork = true, answers: (() => Verdict)[] = []) => {
    const net = { online: false as boolean | null }
    const hook = channel(...answers, OK)
    return { net, hook, ...setUp({ hook }, { online: () => net.online, needsNetwork }) }
  }

  test('nothing is sent and no try is stored, and within 15 s of its return everything goes', async () => {
    const { net, hook, clock, history, worker, tried } = rig()
    for (let n = 1; n <= 3; n += 1) history.put(numbered(n), [{ expiresAt: NOON + 86_400_000 }])
    worker.start()
    await clock.advance(12 * 3_600_000 - 1)
    expect([hook.got.length, tried(), history.rows.map(({ attempts }) => attempts)]).toEqual([0, [], [0, 0, 0]])
    net.online = true
    await clock.advance(15_000)
    expect(tried()).toEqual(['hook 1 delivered: ok', 'hook 1 delivered: ok', 'hook 1 delivered: ok'])
    expect(clock.pending).toBe(0)
  })

  test('its return is not waited for when somebody tells of it', async () => {
    const { net, hook, clock, history, worker } = rig()
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(1_000)
    net.online = true
    worker.wake()
    await clock.advance(0)
    expect(hook.got).toHaveLength(1)
  })

  test('a try that fails while the network goes away costs nothing', async () => {
    const { net, hook, clock, history, worker, tried } = rig(true, [() => {
      net.online = false
      return RETRY
    }])
    net.online = true
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(60_000)
    expect([hook.got.length, tried(), history.rows[0]?.attempts, history.rows[0]?.state]).toEqual([1, [], 0, 'waiting'])
    net.online = true
    await clock.advance(15_000)
    expect(tried()).toEqual(['hook 1 delivered: ok'])
    expect(hook.got[1]).toMatchObject({ attempt: 1, deliveryKey: 'E1.hook' })
  })

  test('what was delivered all the same is delivered', async () => {
    const { net, clock, history, worker, tried } = rig(true, [() => {
      net.online = false
      return OK
    }])
    net.online = true
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(tried()).toEqual(['hook 1 delivered: ok'])
  })

  test('what expires meanwhile ends at its time', async () => {
    const { clock, history, worker, tried } = rig()
    history.put(numbered(1), [{ expiresAt: NOON + 100_000 }])
    worker.start()
    await clock.advance(100_000)
    expect(tried()).toEqual(['hook 1 expired: Not sent in time.'])
  })

  test('this desk, and what is on this computer, get everything', async () => {
    const { hook, clock, history, worker } = rig(false)
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(hook.got).toHaveLength(1)
  })

  test('where that can not be told, everything is tried', async () => {
    const { net, hook, clock, history, worker } = rig()
    net.online = null
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(hook.got).toHaveLength(1)
  })
})

describe('newer progress', () => {
  const of = (n: number, type: PrinterEvent['type'] = 'job.progress', over: Partial<PrinterEvent> = {}): PrinterEvent => numbered(n, { type, job: LAMP, ...over })
  const setUpBusy = () => {
    const rig = setUp({ hook: channel(hanging), phone: channel(OK) }, { capabilities: { parallel: 1 } })
    const commit = (event: PrinterEvent, ...destinationIds: string[]): void => {
      rig.history.put(event, destinationIds.map((destinationId) => ({ destinationId })))
      rig.worker.enqueued({ events: [event], outbox: rig.history.outbox({ eventId: event.id }) })
    }
    rig.worker.start()
    commit(numbered(100, { printerId: 'other' }), 'hook')
    return { ...rig, commit }
  }

  test('takes the place of older progress of the same print that still waits, with a decision that says so', async () => {
    const { history, commit, state, tried, clock } = setUpBusy()
    commit(of(1), 'hook')
    commit(of(2, 'job.milestone_time'), 'hook')
    commit(of(3, 'job.finishing_soon'), 'hook')
    await clock.advance(0)
    expect([1, 2, 3].map((n) => state(`E${n}.hook`))).toEqual(['cancelled', 'cancelled', 'waiting'])
    expect(tried()).toEqual(['hook 1 cancelled: No longer to be sent: newer_progress', 'hook 1 cancelled: No longer to be sent: newer_progress'])
    expect(history.decisions('E1')).toMatchObject([{ destinationId: 'hook', seq: 2, decision: 'drop', stage: 'superseded', reason: 'newer_progress', at: NOON }])
  })

  test('leaves alone what is being sent, what is no progress, and another print', async () => {
    const { commit, state, clock } = setUpBusy()
    commit(of(1, 'job.paused'), 'hook')
    commit(of(2, 'job.progress', { job: { ...LAMP, key: 'another' } }), 'hook')
    commit(of(3), 'hook')
    commit(of(4, 'job.done'), 'hook')
    await clock.advance(0)
    expect([1, 2, 3, 4, 100].map((n) => state(`E${n}.hook`))).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'leased'])
  })

  test('is a matter of each destination: where it was sent already nothing ends', async () => {
    const { commit, state, clock } = setUpBusy()
    commit(of(1), 'hook', 'phone')
    await clock.advance(0)
    commit(of(2), 'hook', 'phone')
    await clock.advance(0)
    expect(['E1.hook', 'E2.hook', 'E1.phone', 'E2.phone'].map(state)).toEqual(['cancelled', 'waiting', 'delivered', 'delivered'])
  })
})

describe('what comes late', () => {
  const told = (sending: Sending | undefined): unknown => sending && [sending.message.late, sending.message.body]

  test('says when it happened, from half a minute on', async () => {
    const hook = channel(RETRY, OK)
    const { clock, history, worker } = setUp({ hook }, { random: () => 0 })
    history.put(numbered(1, { job: LAMP }), [{ nextAttemptAt: NOON + 29_500 }])
    worker.start()
    await clock.advance(31_000)
    expect(hook.got.map(told)).toEqual([[false, 'lamp-vase'], [false, 'lamp-vase']])
    history.put(numbered(2, { job: { ...LAMP, key: 'another' } }), [{ nextAttemptAt: NOON + 120_000 }])
    worker.kick('hook')
    await clock.advance(120_000)
    expect(told(hook.got[2])).toEqual([true, 'At 12:00: lamp-vase'])
  })

  test('that is sent again by hand says so as well, and so does its picture', async () => {
    const hook = channel(OK)
    const { clock, history, worker } = setUp({ hook }, { pictures: { whenReady: async () => ({ picture: PICTURE }) }, capabilities: { canUpdate: true } })
    history.put(numbered(1, { snapshot: 'final' }), [{}])
    worker.start()
    await clock.advance(7_200_000)
    expect(hook.got.map(told)).toEqual([[false, ''], [false, '']])
    worker.sendAgain('E1', 'hook')
    await clock.advance(0)
    expect(hook.got.slice(2).map(told)).toEqual([[true, 'At 12:00.'], [true, 'At 12:00.']])
    expect(hook.got.map(({ update }) => update)).toEqual([false, true, false, true])
  })

  test('a picture that comes after half a minute does not make the text late', async () => {
    const hook = channel(OK)
    let come = (): void => undefined
    const ready = new Promise<void>((done) => { come = done })
    const { clock, history, worker } = setUp({ hook }, { pictures: { whenReady: () => ready.then(() => ({ picture: PICTURE })) }, capabilities: { canUpdate: true } })
    history.put(numbered(1, { snapshot: 'final' }), [{}])
    worker.start()
    await clock.advance(40_000)
    come()
    await clock.advance(0)
    expect(hook.got.map(told)).toEqual([[false, ''], [false, '']])
  })
})

test.each<[string, Verdict]>([
  ['is refused', { result: 'rejected', scope: 'message', why: 'no such message' }], ['is refused with its destination', { result: 'rejected', scope: 'destination', why: 'no' }],
  ['fails', RETRY], ['meets a destination that is gone', { result: 'gone', why: 'closed' }],
])('a change of a message that %s neither sends the text again nor speaks of the destination', async (_what, answer) => {
  const hook = channel(OK, answer)
  const { clock, history, worker, state, tried, news } = setUp({ hook }, { pictures: { whenReady: async () => ({ picture: PICTURE }) }, capabilities: { canUpdate: true } })
  history.put(numbered(1, { snapshot: 'final' }), [{}])
  worker.start()
  await clock.advance(3_600_000)
  expect([hook.got.map(({ update }) => update), state('E1.hook'), tried(), news, worker.troubled()]).toEqual([[false, true], 'delivered', ['hook 1 delivered: ok'], [], []])
})

describe('dead letters', () => {
  async function withDead() {
    const hook = channel(...Array.from({ length: 3 }, (): Verdict => ({ result: 'rejected', scope: 'message', why: 'too long' })), OK)
    const rig = setUp({ hook }, { capabilities: { parallel: 1 } })
    for (let n = 1; n <= 3; n += 1) rig.history.put(numbered(n), [{}])
    rig.worker.start()
    await rig.clock.advance(0)
    return { ...rig, hook }
  }

  test('all of a destination go again, oldest first, each with its key', async () => {
    const { clock, hook, worker, history } = await withDead()
    expect(worker.sendAllAgain('hook')).toBe(3)
    await clock.advance(0)
    expect(hook.got.slice(3).map(({ deliveryKey }) => deliveryKey)).toEqual(['E1.hook', 'E2.hook', 'E3.hook'])
    expect(history.rows.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(worker.sendAllAgain('hook')).toBe(0)
  })

  test('one is discarded, or all of them, and the history says so', async () => {
    const { worker, history, tried } = await withDead()
    expect(worker.discard('E2', 'hook')).toBe(true)
    expect(worker.discard('E2', 'hook')).toBe(false)
    expect(worker.discard('E2', 'elsewhere')).toBe(false)
    expect(worker.discardAll('hook')).toBe(2)
    expect(history.rows.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(history.decisions('E2')).toMatchObject([{ decision: 'drop', stage: 'discarded', reason: 'discarded' }])
    expect(tried().at(-1)).toBe('hook 2 cancelled: No longer to be sent: discarded')
  })
})
