import { describe, expect, test } from 'vitest'
import { channel, hanging, numbered, OK, RETRY, setUp } from '../../../test/support/delivery.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { Channel, Sending, Verdict } from '../channels/channel.ts'

const REFUSED: Verdict = { result: 'rejected', scope: 'destination', why: 'wrong key' }
const MINUTE = 60_000
const HOUR = 3_600_000
const LONG = { expiresAt: NOON + 48 * HOUR }

/** A far side that is switched between answers, with the time of each try in seconds since the start. */
function farSide(first: Verdict) {
  const far = { answer: first as Verdict | (() => Promise<Verdict>) }
  const tries: number[] = []
  let now = (): number => NOON
  const hook = channel((_sending: Sending) => {
    tries.push((now() - NOON) / 1_000)
    return typeof far.answer === 'function' ? far.answer() : far.answer
  })
  return { far, hook, tries, watch: (clock: { now(): number }) => { now = () => clock.now() } }
}

function desk(first: Verdict, over: Parameters<typeof setUp>[1] = {}, others: Record<string, Channel> = {}) {
  const side = farSide(first)
  const rig = setUp({ hook: side.hook, ...others }, over)
  side.watch(rig.clock)
  return { ...rig, ...side }
}
type Desk = ReturnType<typeof desk>

const put = ({ history }: Desk, ...ns: number[]): void => ns.forEach((n) => history.put(numbered(n), [LONG]))
const attemptsOf = ({ history }: Desk): (string | number)[] => history.rows.map((row) => `${row.eventId} ${row.state} ${row.attempts}`)

describe('a destination that does not answer', () => {
  test('is tried less and less, is told once after two minutes, and recovers by one probe that lets everything go', async () => {
    const it = desk(RETRY)
    put(it, 1)
    it.worker.start()
    // 1, 2, 4, 8 s: half of each doubled ceiling. From the fifth failure on it is wary: 1, 2, 4, ... once more.
    await it.clock.advance(119_999)
    expect(it.tries).toEqual([0, 1, 3, 7, 15, 16, 18, 22, 30, 46, 78])
    expect(it.news).toEqual([])
    put(it, 2, 3)
    it.worker.kick()
    await it.clock.advance(22_001)
    expect(it.tries.slice(11)).toEqual([142])
    expect(it.news).toEqual([{ destinationId: 'hook', state: 'failing', why: 'busy' }])
    const before = attemptsOf(it)
    it.far.answer = OK
    await it.clock.advance(7_499)
    expect([it.tries.length, attemptsOf(it)]).toEqual([12, before])
    await it.clock.advance(1)
    expect(it.tries.slice(12)).toEqual([149.5, 149.5, 149.5])
    expect(it.news.slice(1)).toEqual([{ destinationId: 'hook', state: 'recovered', why: 'ok' }])
    expect(it.history.rows.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(it.clock.pending).toBe(0)
  })

  test('burns no tries of what waits: 48 h later only probes were made, one at a time', async () => {
    const it = desk(RETRY)
    put(it, ...Array.from({ length: 30 }, (_, n) => n + 1))
    it.worker.start()
    await it.clock.advance(10 * MINUTE)
    expect(it.worker.troubled()).toMatchObject([{ destinationId: 'hook', circuit: { state: 'open', since: NOON } }])
    const tries = it.tries.length
    await it.clock.advance(6 * HOUR)
    // Up to 15 min by half chance: 8 tries an hour.
    expect(it.tries.length - tries).toBeLessThan(60)
    expect(it.history.rows.every(({ state, attempts }) => state === 'waiting' && attempts < 10)).toBe(true)
    expect(it.news).toHaveLength(1)
  })

  test('probes with the most important message', async () => {
    const it = desk(RETRY)
    put(it, 1)
    it.worker.start()
    await it.clock.advance(3 * MINUTE)
    it.history.put(numbered(2), [{ ...LONG, priority: 0 }])
    it.worker.kick()
    const got = it.hook.got.length
    await it.clock.advance(MINUTE)
    expect(it.hook.got[got]?.deliveryKey).toBe('E2.hook')
  })

  test('a probe that hangs is the only one, and the next waits for its end', async () => {
    const it = desk(RETRY)
    put(it, 1, 2, 3)
    it.worker.start()
    await it.clock.advance(3 * MINUTE)
    it.far.answer = hanging
    const before = it.tries.length
    await it.clock.advance(HOUR)
    const probes = it.tries.slice(before)
    expect(probes.length).toBeGreaterThan(3)
    // Given up after 30 s, then the wait.
    expect(probes.slice(1).every((second, n) => second - (probes[n] ?? 0) >= 35)).toBe(true)
  })

  test('ends what expires meanwhile, in time and without a try', async () => {
    const it = desk(RETRY)
    put(it, 1)
    it.worker.start()
    await it.clock.advance(30 * MINUTE)
    it.history.put(numbered(2), [{ expiresAt: it.clock.now() + 1_000, createdAt: it.clock.now() }])
    it.worker.enqueued({ events: [], outbox: it.history.outbox({ eventId: 'E2' }) })
    await it.clock.advance(999)
    expect(it.state('E2.hook')).toBe('waiting')
    await it.clock.advance(1)
    expect(it.state('E2.hook')).toBe('expired')
    expect(it.tried().at(-1)).toBe('hook 1 expired: Not sent in time.')
  })

  test('delays no other', async () => {
    const good = channel(OK)
    const it = desk(RETRY, {}, { good })
    for (let n = 1; n <= 20; n += 1) it.history.put(numbered(n), [{ ...LONG }, { ...LONG, destinationId: 'good' }])
    it.worker.start()
    await it.clock.advance(0)
    expect(good.got).toHaveLength(20)
  })

  test('is tried at once when the computer wakes or somebody sends a message again', async () => {
    const it = desk(RETRY)
    put(it, 1)
    it.worker.start()
    await it.clock.advance(HOUR)
    const tries = it.tries.length
    it.worker.wake()
    await it.clock.advance(0)
    expect(it.tries.length).toBe(tries + 1)
    it.far.answer = OK
    expect(it.worker.sendAgain('E1', 'hook')).toBe(true)
    await it.clock.advance(0)
    expect(it.news.at(-1)).toMatchObject({ state: 'recovered' })
  })

  test('a test that is delivered tells that it works, and lets go what waits', async () => {
    const it = desk(RETRY)
    put(it, 1)
    it.worker.start()
    await it.clock.advance(HOUR)
    it.far.answer = OK
    it.worker.works('hook', 'tested')
    await it.clock.advance(0)
    expect([it.state('E1.hook'), it.worker.troubled(), it.news.at(-1)]).toEqual(['delivered', [], { destinationId: 'hook', state: 'recovered', why: 'tested' }])
    it.worker.works('hook', 'tested')
    expect(it.news).toHaveLength(2)
  })
})

describe('a destination that refuses everything', () => {
  test('keeps its messages, is asked a few times, then seldom, and is told once', async () => {
    const it = desk(REFUSED)
    put(it, 1)
    it.worker.start()
    // 30 s, 60 s by half chance; then wary from the third on: 15, 30, 60 s.
    await it.clock.advance(119_999)
    expect(it.tries).toEqual([0, 15, 45, 60, 90])
    expect(it.news).toEqual([])
    await it.clock.advance(30_001)
    expect(it.tries.slice(5)).toEqual([150])
    expect(it.news).toEqual([{ destinationId: 'hook', state: 'failing', why: 'wrong key' }])
    await it.clock.advance(2 * HOUR)
    // 5, 10, 20, 40 min by half chance, then each 30 min.
    expect(it.tries.slice(6)).toEqual([300, 600, 1_200, 2_400, 4_200, 6_000])
    expect(it.news).toHaveLength(1)
    expect(it.state('E1.hook')).toBe('waiting')
    it.far.answer = OK
    await it.clock.advance(30 * MINUTE)
    expect([it.state('E1.hook'), it.news[1]]).toEqual(['delivered', { destinationId: 'hook', state: 'recovered', why: 'ok' }])
  })

  test('for a minute only, as while its service is updated, is no news to anybody', async () => {
    const it = desk(REFUSED)
    put(it, 1, 2, 3, 4, 5)
    it.worker.start()
    await it.clock.advance(MINUTE)
    it.far.answer = OK
    await it.clock.advance(2 * MINUTE)
    expect([it.history.rows.every(({ state }) => state === 'delivered'), it.news, it.worker.troubled()]).toEqual([true, [], []])
  })
})

describe('what is no failure of the destination', () => {
  test.each([400, 413, 422])('%i refuses one message after the other, and the circuit stays closed', async (status) => {
    const it = desk({ result: 'rejected', scope: 'message', why: `${status}` })
    put(it, ...Array.from({ length: 50 }, (_, n) => n + 1))
    it.worker.start()
    for (let minute = 0; minute < 60; minute += 1) await it.clock.advance(MINUTE)
    expect([it.tries.length, it.worker.troubled(), it.news]).toEqual([50, [], []])
    expect(it.history.rows.every(({ state }) => state === 'dead')).toBe(true)
  })

  test('429: nothing more is sent until the far side wants it, to whichever message it said so', async () => {
    const it = desk({ result: 'retry', after: 20_000, why: 'too many' }, { capabilities: { parallel: 1 } })
    put(it, 1, 2, 3)
    it.worker.start()
    await it.clock.advance(19_999)
    expect(it.tries).toEqual([0])
    it.far.answer = OK
    await it.clock.advance(1)
    expect(it.tries).toEqual([0, 20, 20, 20])
    expect(it.news).toEqual([])
  })

  test('429 for an hour is no failure either', async () => {
    const it = desk({ result: 'retry', after: 20_000, why: 'too many' })
    put(it, 1)
    it.worker.start()
    await it.clock.advance(HOUR)
    expect([it.tries.length, it.worker.troubled(), it.news]).toEqual([expect.any(Number), [], []])
    expect(it.tries.length).toBeGreaterThan(4)
  })
})

describe('a destination that is gone', () => {
  test('takes nothing more: what waits becomes dead letters, and so does what comes', async () => {
    const it = desk({ result: 'gone', why: 'closed' }, { capabilities: { parallel: 1 } })
    put(it, ...Array.from({ length: 50 }, (_, n) => n + 1))
    it.worker.start()
    await it.clock.advance(1_000)
    expect(it.tries).toEqual([0])
    expect(it.history.rows.map(({ state, lastResult }) => `${state} ${lastResult}`)).toEqual(Array.from({ length: 50 }, () => 'dead closed'))
    expect(it.attempts.map(({ eventId, result }) => `${eventId} ${result}`).sort()).toEqual(Array.from({ length: 50 }, (_, n) => `E${n + 1} gone`).sort())
    expect(it.news).toEqual([{ destinationId: 'hook', state: 'gone', why: 'closed' }])
    put(it, 51)
    it.worker.enqueued({ events: [], outbox: it.history.outbox({ eventId: 'E51' }) })
    await it.clock.advance(0)
    expect([it.state('E51.hook'), it.tries.length, it.news.length]).toEqual(['dead', 1, 1])
  })

  test('is asked once more when somebody sends a message again', async () => {
    const it = desk({ result: 'gone', why: 'closed' })
    put(it, 1, 2)
    it.worker.start()
    await it.clock.advance(1_000)
    expect(it.worker.sendAgain('E1', 'hook')).toBe(true)
    await it.clock.advance(1_000)
    expect([it.state('E1.hook'), it.news.length]).toEqual(['dead', 1])
    it.far.answer = OK
    expect(it.worker.sendAllAgain('hook')).toBe(2)
    await it.clock.advance(1_000)
    expect([it.state('E1.hook'), it.state('E2.hook')]).toEqual(['delivered', 'delivered'])
    expect(it.news.map(({ state }) => state)).toEqual(['gone', 'recovered'])
  })

  test('is tried afresh when its settings change', async () => {
    const it = desk({ result: 'gone', why: 'closed' })
    put(it, 1)
    it.worker.start()
    await it.clock.advance(1_000)
    await it.worker.hold('hook', 1_000)
    it.far.answer = OK
    it.worker.release('hook')
    expect(it.worker.troubled()).toEqual([])
    put(it, 2)
    it.worker.kick('hook')
    await it.clock.advance(0)
    expect([it.state('E1.hook'), it.state('E2.hook'), it.news.map(({ state }) => state)]).toEqual(['dead', 'delivered', ['gone', 'recovered']])
  })
})

describe('a restart', () => {
  /** The same outbox under another engine, as after a crash. */
  const restart = (it: Desk, hook: Channel, fingerprint = 'hook') => setUp({ hook }, { history: it.history, clock: it.clock, fingerprint: () => fingerprint })

  async function failing(): Promise<Desk> {
    const it = desk(REFUSED)
    put(it, 1, 2)
    it.worker.start()
    await it.clock.advance(2 * HOUR)
    expect(it.news).toHaveLength(1)
    await it.worker.stop()
    return it
  }

  test('neither announces anew nor asks in haste, and the recovery is told', async () => {
    const it = await failing()
    const hook = channel(REFUSED, OK)
    const next = restart(it, hook)
    next.worker.start()
    expect(next.worker.troubled()).toMatchObject([{ destinationId: 'hook', circuit: { state: 'open', since: NOON, why: 'wrong key' } }])
    await it.clock.advance(59_999)
    expect(hook.got).toHaveLength(0)
    await it.clock.advance(1)
    expect([hook.got.length, next.news]).toEqual([1, []])
    await it.clock.advance(HOUR)
    expect(next.news).toEqual([{ destinationId: 'hook', state: 'recovered', why: 'ok' }])
    expect(it.history.rows.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  })

  test('with other settings is a fresh try at once', async () => {
    const it = await failing()
    const hook = channel(OK)
    const next = restart(it, hook, 'another address')
    next.worker.start()
    await it.clock.advance(0)
    expect([next.news.map(({ state }) => state), hook.got.length]).toEqual([['recovered'], 2])
  })

  test('a destination that is gone stays gone', async () => {
    const it = desk({ result: 'gone', why: 'closed' })
    put(it, 1)
    it.worker.start()
    await it.clock.advance(1_000)
    await it.worker.stop()
    put(it, 2)
    const hook = channel(OK)
    const next = restart(it, hook)
    next.worker.start()
    await it.clock.advance(1_000)
    expect([it.state('E2.hook'), hook.got.length, next.news]).toEqual(['dead', 0, []])
  })

  test('that finds nonsense where it was kept tries each afresh', async () => {
    const it = await failing()
    it.history.setFact('circuits', '{"hook": 7')
    const hook = channel(OK)
    const next = restart(it, hook)
    next.worker.start()
    await it.clock.advance(0)
    expect(hook.got).toHaveLength(1)
    await it.clock.advance(HOUR)
    expect(hook.got).toHaveLength(2)
    expect(next.log.lines).toMatchObject([{ level: 'warn' }])
  })
})
