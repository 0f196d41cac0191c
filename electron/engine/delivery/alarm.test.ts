import { expect, test } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { createAlarm } from './alarm.ts'

function setUp() {
  const clock = new TestClock(0)
  const rung: [number, string[]][] = []
  const alarm = createAlarm(clock, (keys) => void rung.push([clock.now(), keys]))
  return { clock, rung, alarm }
}

test('rings each key at its time by one timer, and is quiet then', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.set('b', 2_000)
  alarm.set('a', 1_000)
  alarm.set('c', 2_000)
  expect(clock.pending).toBe(1)
  await clock.advance(10_000)
  expect(rung).toEqual([[1_000, ['a']], [2_000, ['b', 'c']]])
  expect(clock.pending).toBe(0)
})

test('a new time takes the place of the old one, earlier or later, or takes it away', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.set('a', 1_000)
  alarm.set('a', 3_000)
  alarm.set('b', 3_000)
  alarm.set('b', 2_000)
  alarm.set('c', 500)
  alarm.set('c', null)
  await clock.advance(10_000)
  expect(rung).toEqual([[2_000, ['b']], [3_000, ['a']]])
})

test('at the latest never makes it later', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.atLatest('a', 2_000)
  alarm.atLatest('a', 3_000)
  alarm.atLatest('b', 3_000)
  alarm.atLatest('b', 1_000)
  await clock.advance(10_000)
  expect(rung).toEqual([[1_000, ['b']], [2_000, ['a']]])
})

test('whoever asks for the past is rung for soon, not in a circle', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.set('a', -5_000)
  await clock.advance(19)
  expect(rung).toEqual([])
  await clock.advance(1)
  expect(rung).toEqual([[20, ['a']]])
})

test('a wall clock that jumps ahead is noticed within 15 minutes', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.set('a', 24 * 3_600_000)
  clock.jump(30 * 3_600_000)
  await clock.advance(15 * 60_000)
  expect(rung).toHaveLength(1)
})

test('stopped, it rings no more', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.set('a', 1_000)
  alarm.stop()
  expect(clock.pending).toBe(0)
  await clock.advance(10_000)
  expect(rung).toEqual([])
})

test('who tells it of the jump is rung for at the right time', async () => {
  const { clock, rung, alarm } = setUp()
  alarm.set('a', 30 * 60_000)
  clock.jump(20 * 60_000)
  alarm.jumped()
  await clock.advance(10 * 60_000)
  expect(rung).toEqual([[30 * 60_000, ['a']]])
})
