import { expect, test } from 'vitest'
import { settle, TestClock } from '../../../../test/support/clock.ts'
import type { Verdict } from '../channel.ts'
import { pause, trySome } from './wait.ts'

const OK: Verdict = { result: 'delivered', detail: 'ok' }
const busy = (after: number | null): Verdict => ({ result: 'retry', after, why: 'busy' })

/** Answers in order, the last for ever. */
function script(...answers: Verdict[]): { send: () => Promise<Verdict>; tries: () => number } {
  let tries = 0
  return { tries: () => tries, send: async () => answers[Math.min(tries++, answers.length - 1)] ?? OK }
}

test('a wait ends in time or at once when nobody wants it any more, and leaves no timer', async () => {
  const clock = new TestClock()
  const stop = new AbortController()
  let ended = 0
  void pause(clock, 1_000, stop.signal).then(() => ended++)
  void pause(clock, 5_000, stop.signal).then(() => ended++)
  await clock.advance(1_000)
  expect(ended).toBe(1)
  stop.abort()
  await settle()
  expect([ended, clock.pending]).toEqual([2, 0])
  await pause(clock, 5_000, stop.signal)
  expect(clock.pending).toBe(0)
})

test('a new message is tried once: the outbox tries it again', async () => {
  const { send, tries } = script(busy(10), OK)
  expect(await trySome({ clock: new TestClock() }, { update: false }, new AbortController().signal, send)).toEqual(busy(10))
  expect(tries()).toBe(1)
})

test('a change is tried again when the far side says', async () => {
  const clock = new TestClock()
  const { send, tries } = script(busy(3_000), busy(null), OK)
  const verdict = trySome({ clock }, { update: true }, new AbortController().signal, send)
  await clock.advance(2_999)
  expect(tries()).toBe(1)
  await clock.advance(1)
  expect(tries()).toBe(2)
  await clock.advance(2_000)
  expect(await verdict).toEqual(OK)
})

test.each<[string, Verdict, number]>([
  ['asks for too long a wait', busy(10_001), 1], ['refuses', { result: 'rejected', scope: 'message', why: 'no' }, 1], ['stays busy', busy(100), 3],
])('a change is given up when the far side %s', async (_what, answer, expected) => {
  const clock = new TestClock()
  const { send, tries } = script(answer)
  const verdict = trySome({ clock }, { update: true }, new AbortController().signal, send)
  await clock.advance(60_000)
  expect(await verdict).toEqual(answer)
  expect(tries()).toBe(expected)
})

test('closing ends the waiting', async () => {
  const clock = new TestClock()
  const stop = new AbortController()
  const { send, tries } = script(busy(9_000))
  const verdict = trySome({ clock }, { update: true }, stop.signal, send)
  await settle()
  stop.abort()
  expect(await verdict).toEqual(busy(9_000))
  expect([tries(), clock.pending]).toEqual([1, 0])
})
