import { expect, test } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { createBucket } from './bucket.ts'

function setUp(burst: number, everyMs: number) {
  const clock = new TestClock()
  const bucket = createBucket({ burst, everyMs }, clock)
  const take = (count: number): number[] => Array.from({ length: count }, () => {
    const wait = bucket.wait()
    bucket.take()
    return wait
  })
  return { clock, bucket, take }
}

test('as many as the burst go at once, the next one waits for its turn', () => {
  const { bucket, take } = setUp(3, 1_000)
  expect(take(3)).toEqual([0, 0, 0])
  expect(bucket.wait()).toBe(1_000)
})

test('one more may go each interval, and a long rest fills it up to the burst again, not more', async () => {
  const { clock, bucket, take } = setUp(3, 1_000)
  take(3)
  await clock.advance(999)
  expect(bucket.wait()).toBe(1)
  await clock.advance(1)
  expect(take(1)).toEqual([0])
  expect(bucket.wait()).toBe(1_000)
  await clock.advance(3_600_000)
  expect(take(4)).toEqual([0, 0, 0, 1_000])
})

test('what goes out of turn is paid for by the next ones', () => {
  const { bucket, take } = setUp(1, 1_000)
  expect(take(3)).toEqual([0, 1_000, 2_000])
  expect(bucket.wait()).toBe(3_000)
})

test('what did not go after all is not counted', () => {
  const { bucket, take } = setUp(1, 1_000)
  take(1)
  bucket.giveBack()
  expect(bucket.wait()).toBe(0)
})

test('a jump of the wall clock changes nothing', async () => {
  const { clock, bucket, take } = setUp(1, 1_000)
  take(1)
  clock.jump(-86_400_000)
  expect(bucket.wait()).toBe(1_000)
  await clock.advance(1_000)
  expect(bucket.wait()).toBe(0)
})

test('it knows how many may go now', async () => {
  const { clock, bucket, take } = setUp(3, 1_000)
  expect(bucket.free()).toBe(3)
  take(2)
  expect(bucket.free()).toBe(1)
  take(2)
  expect([bucket.free(), bucket.wait()]).toEqual([0, 2_000])
  await clock.advance(1_999)
  expect(bucket.free()).toBe(0)
  await clock.advance(1)
  expect(bucket.free()).toBe(1)
  await clock.advance(60_000)
  expect(bucket.free()).toBe(3)
})

test('20 a minute is what a group takes of a bot: 20 at once, then one each 3 s', () => {
  const { take } = setUp(20, 3_000)
  expect(take(22).slice(19)).toEqual([0, 3_000, 6_000])
})
