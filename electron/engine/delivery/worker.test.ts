import { describe, expect, test } from 'vitest'
import { channel, hanging, numbered, OK, RETRY, setUp, type Answer } from '../../../test/support/delivery.ts'
import { LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { Judgement } from '../rules/route.ts'

describe('sending', () => {
  test('what waited before the start is delivered and marked', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state, tried } = setUp({ hook })
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('delivered')
    expect(tried()).toEqual(['hook 1 delivered: ok'])
    expect(hook.got[0]).toMatchObject({ deliveryKey: 'E1.hook', attempt: 1, update: false, picture: null, message: { title: 'MK4 left bench: print done' } })
  })

  test('a kick finds what was committed since; without one nothing polls', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state } = setUp({ hook })
    worker.start()
    expect(clock.pending).toBe(0)
    history.put(numbered(1), [{}])
    worker.kick()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('delivered')
    expect(clock.pending).toBe(0)
  })

  test('a failure alert and a test message go to their own duties', async () => {
    const hook = channel(OK)
    const { clock, history, worker } = setUp({ hook })
    history.put(numbered(1, { type: 'failure.detected' }), [{}])
    history.put(numbered(2, { type: 'app.test' }), [{}])
    history.put(numbered(3), [{}])
    worker.start()
    await clock.advance(0)
    expect(hook.duties.sort()).toEqual(['alert', 'notification', 'test'])
  })

  test('a lease that an engine left behind is sent again at the start with the same key', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state } = setUp({ hook })
    history.put(numbered(1), [{ state: 'leased', leaseUntil: NOON + 600_000, deliveryKey: 'the-key' }])
    worker.start()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('delivered')
    expect(hook.got[0]?.deliveryKey).toBe('the-key')
  })

  test('a later message of the same print waits until the earlier one is through', async () => {
    const hook = channel(RETRY, OK)
    const { clock, history, worker } = setUp({ hook })
    history.put(numbered(1, { type: 'job.paused', job: LAMP }), [{}])
    history.put(numbered(2, { job: LAMP }), [{ priority: 0 }])
    worker.start()
    await clock.advance(0)
    expect(hook.got.map((sending) => sending.message.type)).toEqual(['job.paused'])
    await clock.advance(1_000)
    expect(hook.got.map((sending) => sending.message.type)).toEqual(['job.paused', 'job.paused', 'job.done'])
  })
})

describe('a channel that fails delays only itself', () => {
  test.each<[string, Answer, string]>([
    ['throws', () => { throw new TypeError('https://secret.example/token') }, 'bad 1 retry: The channel broke (TypeError).'],
    ['rejects', async () => { throw new Error('token abc') }, 'bad 1 retry: The channel broke (Error).'],
    ['answers nonsense', (() => undefined) as unknown as Answer, 'bad 1 retry: The channel gave no answer that can be understood.'],
  ])('one that %s: the other destination hears, the failure is recorded and nothing of its text is told', async (_what, answer, expected) => {
    const good = channel(OK)
    const { clock, history, worker, state, tried, log } = setUp({ bad: channel(answer), good })
    history.put(numbered(1), [{ destinationId: 'bad' }, { destinationId: 'good' }])
    worker.start()
    await clock.advance(0)
    expect(state('E1.good')).toBe('delivered')
    expect(state('E1.bad')).toBe('waiting')
    expect(tried()).toContain(expected)
    expect(JSON.stringify(log.lines)).not.toMatch(/secret|token/)
  })

  test('one that hangs is given up at the deadline and tried again, while the other goes on', async () => {
    let aborted = false
    const bad = channel((sending) => {
      sending.signal.addEventListener('abort', () => { aborted = true })
      return hanging()
    }, OK)
    const good = channel(OK)
    const { clock, history, worker, state, tried } = setUp({ bad, good })
    history.put(numbered(1), [{ destinationId: 'bad' }, { destinationId: 'good' }])
    worker.start()
    await clock.advance(29_999)
    expect([state('E1.bad'), state('E1.good'), aborted]).toEqual(['leased', 'delivered', false])
    await clock.advance(1)
    expect(aborted).toBe(true)
    expect(tried()).toContain('bad 1 retry: No answer within 30 s.')
    await clock.advance(1_000)
    expect(state('E1.bad')).toBe('delivered')
  })

  test('one that says "again, at once" for ever is not hammered', async () => {
    const flood = channel({ result: 'retry', after: 0, why: 'again' })
    const { clock, history, worker } = setUp({ flood }, { random: () => 0 })
    history.put(numbered(1), [{ destinationId: 'flood' }])
    worker.start()
    await clock.advance(10_000)
    expect(flood.got.length).toBe(21)
  })

  test('at most four tries are under way at one destination', async () => {
    const slow = channel(hanging)
    const { clock, history, worker } = setUp({ slow })
    for (let n = 1; n <= 9; n++) history.put(numbered(n), [{ destinationId: 'slow' }])
    worker.start()
    await clock.advance(0)
    expect(slow.got.length).toBe(4)
  })
})

describe('verdicts', () => {
  test('retry waits for the back-off, or for as long as the far side asks', async () => {
    const hook = channel(RETRY, { result: 'retry', after: 60_000, why: 'full' }, OK)
    const { clock, history, worker, state, tried } = setUp({ hook })
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(999)
    expect(hook.got.length).toBe(1)
    await clock.advance(1)
    expect(hook.got.length).toBe(2)
    await clock.advance(59_999)
    expect(hook.got.length).toBe(2)
    await clock.advance(1)
    expect(state('E1.hook')).toBe('delivered')
    expect(tried()).toEqual(['hook 1 retry: busy', 'hook 2 retry: full', 'hook 3 delivered: ok'])
  })

  test('a refused message is dead at once, and others still go', async () => {
    const hook = channel({ result: 'rejected', scope: 'message', why: 'too long' }, OK)
    const { clock, history, worker, state, news } = setUp({ hook })
    history.put(numbered(1), [{}])
    history.put(numbered(2), [{}])
    worker.start()
    await clock.advance(0)
    expect([state('E1.hook'), state('E2.hook')]).toEqual(['dead', 'delivered'])
    expect(news).toEqual([])
  })

  test('a destination that is gone is told with its reason, and the round continues elsewhere', async () => {
    const { clock, history, worker, state, news } = setUp({ bad: channel({ result: 'gone', why: 'closed' }), good: channel(OK) })
    history.put(numbered(1), [{ destinationId: 'bad' }, { destinationId: 'good' }])
    worker.start()
    await clock.advance(0)
    expect([state('E1.bad'), state('E1.good')]).toEqual(['dead', 'delivered'])
    expect(news).toEqual([{ destinationId: 'bad', state: 'gone', why: 'closed' }])
  })

  test('what is not through in time is expired, and says what came last', async () => {
    const hook = channel({ result: 'retry', after: 3_600_000, why: 'busy' })
    const { clock, history, worker, state, tried } = setUp({ hook })
    history.put(numbered(1), [{ expiresAt: NOON + 300_000 }])
    worker.start()
    await clock.advance(299_999)
    expect(state('E1.hook')).toBe('waiting')
    await clock.advance(1)
    expect(state('E1.hook')).toBe('expired')
    expect(tried()).toEqual(['hook 1 retry: busy', 'hook 2 expired: Not delivered in time. Last: busy'])
    expect(hook.got.length).toBe(1)
  })

  test('what is not through in time while the far side refused says so without a code', async () => {
    const hook = channel({ result: 'rejected', scope: 'destination', why: 'wrong key' })
    const { clock, history, worker, tried } = setUp({ hook })
    history.put(numbered(1), [{ expiresAt: NOON + 10_000 }])
    worker.start()
    await clock.advance(10_000)
    expect(tried()[1]).toBe('hook 2 expired: Not delivered in time. Last: wrong key')
  })

  test('a dead letter can be sent again with its key, a delivered one with a new key', async () => {
    const hook = channel({ result: 'rejected', scope: 'message', why: 'no' }, OK)
    const { clock, history, worker, state } = setUp({ hook })
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('dead')
    await clock.advance(7_200_000)
    expect(worker.sendAgain('E1', 'hook')).toBe(true)
    await clock.advance(0)
    expect(state('E1.hook')).toBe('delivered')
    expect(worker.sendAgain('E1', 'hook')).toBe(true)
    await clock.advance(0)
    expect(hook.got.map((sending) => sending.deliveryKey)).toEqual(['E1.hook', 'E1.hook', `E1.hook~${NOON + 7_200_000}`])
    expect(worker.sendAgain('E1', 'elsewhere')).toBe(false)
  })
})

describe('judging again', () => {
  const judge = (): Judgement => ({ send: false, stage: 'silenced', reason: 'silence:S1' })

  test('a first try at once is not judged again; a retry is, and may be dropped with a second decision', async () => {
    const hook = channel(RETRY, OK)
    const { clock, history, worker, state, tried } = setUp({ hook }, { judge })
    history.put(numbered(1), [{}])
    history.addDecision({ eventId: 'E1', destinationId: 'hook', seq: 1, decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: null, until: null, at: NOON })
    worker.start()
    await clock.advance(1_000)
    expect(hook.got.length).toBe(1)
    expect(state('E1.hook')).toBe('cancelled')
    expect(tried()[1]).toBe('hook 2 cancelled: No longer to be sent: silence:S1')
    expect(history.decisions('E1')[1]).toMatchObject({ seq: 2, decision: 'drop', stage: 'silenced', reason: 'silence:S1', at: NOON + 1_000 })
  })

  test('what lay on disk for long is judged before its first try', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state } = setUp({ hook }, { judge })
    history.put(numbered(1), [{ createdAt: NOON - 31_000 }])
    worker.start()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('cancelled')
    expect(hook.got).toEqual([])
  })

  test('a destination that is not open keeps its rows while the rules want them', async () => {
    const { clock, history, worker, state, tried } = setUp({})
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('waiting')
    expect(tried()).toEqual(['hook 1 retry: The destination is not open.'])
  })
})
