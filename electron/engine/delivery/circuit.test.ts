import { describe, expect, test } from 'vitest'
import type { Verdict } from '../channels/channel.ts'
import { HEALTHY, isWary, onChange, onHurry, onNoWord, onTry, onVerdict, permit, type Circuit, type CircuitNews } from './circuit.ts'

const T0 = 1_768_478_400_000
const OK: Verdict = { result: 'delivered', detail: 'ok' }
const DOWN: Verdict = { result: 'retry', after: null, why: 'no answer' }
const REFUSED: Verdict = { result: 'rejected', scope: 'destination', why: 'wrong key' }
const TOO_LONG: Verdict = { result: 'rejected', scope: 'message', why: 'too long' }
const GONE: Verdict = { result: 'gone', why: 'closed' }
const quiet = (after: number): Verdict => ({ result: 'retry', after, why: 'slow down' })

/** Plays verdicts at seconds since T0, as tries that were allowed; chance is always in the middle. */
function play(steps: readonly (readonly [number, Verdict])[], from: Circuit = HEALTHY, random = (): number => 0.5) {
  const news: [number, CircuitNews][] = []
  let circuit = from
  for (const [second, verdict] of steps) {
    const heard = onVerdict(onTry(circuit), verdict, T0 + second * 1_000, random)
    circuit = heard.circuit
    if (heard.news !== null) news.push([second, heard.news])
  }
  return { circuit, news }
}
const at = (second: number): number => T0 + second * 1_000
const every = (verdict: Verdict, ...seconds: number[]): (readonly [number, Verdict])[] => seconds.map((second) => [second, verdict] as const)

describe('what passes by itself', () => {
  test('four failures hold nothing back', () => {
    const { circuit, news } = play(every(DOWN, 0, 1, 2, 3))
    expect([circuit.state, isWary(circuit), permit(circuit, at(3)), news]).toEqual(['closed', false, { may: 'any' }, []])
  })

  test('five within seconds make it wary: one at a time, on back-off, and nobody is told', () => {
    const { circuit, news } = play(every(DOWN, 0, 0, 0, 0, 0))
    expect([circuit.state, isWary(circuit), news]).toEqual(['closed', true, []])
    expect(permit(circuit, at(0))).toEqual({ may: 'none', until: at(1) })
    expect(permit(circuit, at(1))).toEqual({ may: 'one' })
  })

  test('the waits of a wary one double: 2 s, 4 s, 8 s, half of each by this chance', () => {
    const steps = every(DOWN, 0, 0, 0, 0, 0, 1, 3)
    expect([5, 6, 7].map((count) => play(steps.slice(0, count)).circuit.nextTryAt)).toEqual([at(1), at(3), at(7)])
  })

  test('it opens with the first failure that comes two minutes after the first of at least five, and that is told once', () => {
    expect(play(every(DOWN, 0, 1, 2, 3, 119.999)).news).toEqual([])
    const { circuit, news } = play(every(DOWN, 0, 1, 2, 3, 120))
    expect(news).toEqual([[120, 'failing']])
    expect(circuit).toMatchObject({ state: 'open', since: at(0), why: 'no answer', nextTryAt: at(127.5) })
    expect(play(every(DOWN, 0, 1, 2, 3, 120, 130, 160, 200)).news).toEqual([[120, 'failing']])
  })

  test('four failures never open it, however long they take', () => {
    expect(play(every(DOWN, 0, 3_600, 7_200, 10_800)).circuit.state).toBe('closed')
  })

  test('a delivery in between begins the count anew', () => {
    const { circuit, news } = play([...every(DOWN, 0, 1, 2, 3), [60, OK], ...every(DOWN, 120, 121, 122, 123)])
    expect([circuit.state, circuit.failures, circuit.since, news]).toEqual(['closed', 4, at(120), []])
  })

  test('while it is open it is probed after 15 s, doubling up to 15 min', () => {
    let { circuit } = play(every(DOWN, 0, 1, 2, 3, 120), HEALTHY, () => 0.999_999)
    const waits = [Math.round(((circuit.nextTryAt ?? 0) - at(120)) / 1_000)]
    for (let probe = 0; probe < 8; probe += 1) {
      const now = circuit.nextTryAt ?? 0
      circuit = onVerdict(onTry(circuit), DOWN, now, () => 0.999_999).circuit
      waits.push(Math.round(((circuit.nextTryAt ?? 0) - now) / 1_000))
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900])
  })

  test('full jitter never means at once: 5 s at least', () => {
    expect(play(every(DOWN, 0, 1, 2, 3, 120), HEALTHY, () => 0).circuit.nextTryAt).toBe(at(125))
  })
})

describe('what somebody must mend', () => {
  test('two refusals hold nothing back, three make it wary', () => {
    expect(permit(play(every(REFUSED, 0, 0)).circuit, at(0))).toEqual({ may: 'any' })
    expect(permit(play(every(REFUSED, 0, 0, 0)).circuit, at(0))).toEqual({ may: 'none', until: at(15) })
  })

  test('three refusals over two minutes open it; it is asked after 5 min, doubling up to an hour', () => {
    expect(play(every(REFUSED, 0, 60, 119)).news).toEqual([])
    const { circuit: opened, news } = play(every(REFUSED, 0, 60, 120), HEALTHY, () => 0.999_999)
    let circuit = opened
    expect([news, circuit.since]).toEqual([[[120, 'failing']], at(0)])
    const waits = [Math.round(((circuit.nextTryAt ?? 0) - at(120)) / 60_000)]
    for (let probe = 0; probe < 5; probe += 1) {
      const now = circuit.nextTryAt ?? 0
      circuit = onVerdict(onTry(circuit), REFUSED, now, () => 0.999_999).circuit
      waits.push(Math.round(((circuit.nextTryAt ?? 0) - now) / 60_000))
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60])
  })

  test('both kinds count together towards the five', () => {
    expect(play([[0, DOWN], [1, REFUSED], [2, DOWN], [3, REFUSED], [120, DOWN]]).news).toEqual([[120, 'failing']])
  })
})

describe('what is no failure of the destination', () => {
  test('a refused message never opens it, however many there are', () => {
    const { circuit, news } = play(Array.from({ length: 100 }, (_, minute) => [minute * 60, TOO_LONG] as const))
    expect([circuit, news]).toEqual([HEALTHY, []])
  })

  test('a wish for quiet is followed, but not counted', () => {
    const { circuit, news } = play(Array.from({ length: 20 }, (_, minute) => [minute * 60, quiet(30_000)] as const))
    expect([circuit.state, circuit.failures, news]).toEqual(['closed', 0, []])
    expect(permit(circuit, at(19 * 60))).toEqual({ may: 'none', until: at(19 * 60 + 30) })
    expect(permit(circuit, at(19 * 60 + 30))).toEqual({ may: 'any' })
  })

  test('429 without a time is none either; it is left alone for a second', () => {
    const busy: Verdict = { result: 'retry', after: null, why: 'too many', busy: true }
    const { circuit, news } = play(every(busy, 0, 60, 120, 180, 240, 300, 360))
    expect([circuit.state, circuit.failures, news, permit(circuit, at(360)), permit(circuit, at(361))]).toEqual(['closed', 0, [], { may: 'none', until: at(361) }, { may: 'any' }])
  })

  test('a delivery that was under way meanwhile does not end the quiet', () => {
    expect(permit(play([[0, quiet(30_000)], [1, OK]]).circuit, at(1))).toEqual({ may: 'none', until: at(30) })
  })

  test('one message that is to come tomorrow holds the others up for 15 min at most', () => {
    expect(permit(play([[0, quiet(86_400_000)]]).circuit, at(0))).toEqual({ may: 'none', until: at(900) })
  })

  test('"again, at once" is a failure like any other', () => {
    expect(isWary(play(every(quiet(0), 0, 0, 0, 0, 0)).circuit)).toBe(true)
  })
})

describe('an open one', () => {
  const { circuit: open } = play(every(DOWN, 0, 1, 2, 3, 120))

  test('allows one try when it is time, and nothing more while that is under way', () => {
    expect(permit(open, at(127))).toEqual({ may: 'none', until: at(127.5) })
    expect(permit(open, at(127.5))).toEqual({ may: 'one' })
    const probing = onTry(open)
    expect([probing.state, permit(probing, at(127.5))]).toEqual(['half_open', { may: 'none', until: null }])
  })

  test('closes with the first delivery, which is told once', () => {
    const { circuit, news } = play([[130, OK], [131, OK]], open)
    expect([circuit, news]).toEqual([HEALTHY, [[130, 'recovered']]])
  })

  test('closes also with a delivery that was under way when it opened', () => {
    expect(onVerdict(open, OK, at(121), () => 0.5)).toEqual({ circuit: HEALTHY, news: 'recovered' })
  })

  test('is not disturbed by a failure that was under way when it opened', () => {
    expect(onVerdict(open, DOWN, at(121), () => 0.5)).toEqual({ circuit: open, news: null })
  })

  test('whose probe was refused for itself, or was not sent at all, probes the next one at once', () => {
    expect(permit(play([[130, TOO_LONG]], open).circuit, at(130))).toEqual({ may: 'one' })
    expect(permit(onNoWord(onTry(open)), at(130))).toEqual({ may: 'one' })
    expect(play([[130, TOO_LONG]], open).circuit).toMatchObject({ state: 'open', since: at(0), probes: 0 })
  })

  test('whose probe is asked to be quiet waits for that', () => {
    const { circuit, news } = play([[130, quiet(60_000)]], open)
    expect([circuit.state, permit(circuit, at(130)), permit(circuit, at(190)), news]).toEqual(['open', { may: 'none', until: at(190) }, { may: 'one' }, []])
  })

  test('is probed at once when the computer woke or somebody wants it', () => {
    expect(permit(onHurry(open, 'computer'), at(121))).toEqual({ may: 'one' })
    expect(permit(onHurry(open, 'person'), at(121))).toEqual({ may: 'one' })
  })

  test('that was changed is tried afresh, and the next word of it is told', () => {
    const changed = onChange(open)
    expect([changed.state, permit(changed, at(121))]).toEqual(['closed', { may: 'any' }])
    expect(play([[121, OK]], changed).news).toEqual([[121, 'recovered']])
    const again = play([[121, DOWN]], changed)
    expect([again.news, again.circuit.state, again.circuit.since]).toEqual([[[121, 'failing']], 'open', at(121)])
  })

  test('is not left waiting for days when the clock is turned back', () => {
    expect(permit(open, at(-86_400))).toEqual({ may: 'one' })
  })
})

describe('one that is gone', () => {
  test('takes nothing more from the first word on, which is told once', () => {
    const { circuit, news } = play([[0, GONE], [1, GONE]])
    expect([circuit, news]).toMatchObject([{ state: 'gone', since: at(0), why: 'closed' }, [[0, 'gone']]])
    expect(permit(circuit, at(86_400 * 365))).toEqual({ may: 'none', until: null })
  })

  test('waits for a person: a wake changes nothing, a wish asks once more without telling again', () => {
    const { circuit: gone } = play([[0, GONE]])
    expect(onHurry(gone, 'computer')).toEqual(gone)
    const asked = onHurry(gone, 'person')
    expect(permit(asked, at(60))).toEqual({ may: 'one' })
    expect(play([[60, GONE]], asked)).toMatchObject({ circuit: { state: 'gone', since: at(0) }, news: [] })
    expect(play([[60, OK]], asked).news).toEqual([[60, 'recovered']])
    expect(play([[60, DOWN]], asked)).toMatchObject({ circuit: { state: 'gone', since: at(0), why: 'no answer' }, news: [] })
  })

  test('is told also of one that failed before', () => {
    expect(play([...every(DOWN, 0, 1, 2, 3, 120), [130, GONE]]).news).toEqual([[120, 'failing'], [130, 'gone']])
  })

  test('that was changed is tried afresh', () => {
    const changed = onChange(play([[0, GONE]]).circuit)
    expect(permit(changed, at(60))).toEqual({ may: 'any' })
    expect(play([[60, GONE]], changed).news).toEqual([[60, 'gone']])
  })
})

test('a healthy one that is changed stays healthy and has nothing to tell', () => {
  expect(onChange(HEALTHY)).toEqual(HEALTHY)
  expect(play([[0, OK]], onChange(HEALTHY)).news).toEqual([])
})
