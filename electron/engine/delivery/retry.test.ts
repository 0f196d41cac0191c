import { expect, test } from 'vitest'
import { backOff, nextDelay, parseReset, parseRetryAfter } from './retry.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

test.each([
  [1, 2_000], [2, 4_000], [3, 8_000], [9, 512_000], [10, 900_000], [50, 900_000], [5_000, 900_000],
])('after attempt %d the longest wait is %d ms', (attempt, ms) => {
  expect(backOff(attempt, () => 0.999_999_9)).toBe(ms)
})
test('jitter is full: half the chance is half the wait, and the least is half a second', () => {
  expect(backOff(3, () => 0.5)).toBe(4_000)
  expect(backOff(3, () => 0)).toBe(500)
})
test('the far side may ask for longer, not for less, and not for ever', () => {
  expect(nextDelay(1, 60_000, () => 0.5)).toBe(60_000)
  expect(nextDelay(1, 0, () => 0.5)).toBe(1_000)
  expect(nextDelay(1, null, () => 0.5)).toBe(1_000)
  expect(nextDelay(1, 1e12, () => 0.5)).toBe(86_400_000)
})
test.each<[unknown, number | null]>([
  ['7', 7_000], [' 120 ', 120_000], ['0', 0], ['Thu, 15 Jan 2026 12:00:30 GMT', 30_000], ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
  ['9999999999', 86_400_000], ['-5', null], ['1.5', null], ['soon', null], ['', null], [undefined, null], [7, null],
])('Retry-After %j is %s ms', (value, ms) => {
  expect(parseRetryAfter(value, NOW)).toBe(ms)
})

// 2026-01-15 12:00:00 UTC is 1768478400 s
test.each<[unknown, number | null]>([['1768478490', 90_000], ['1768478400', 0], ['1768478399', 0], ['soon', null], ['90', null], ['', null], [undefined, null], [1_768_478_490, null], ['-1768478490', null], ['1768478490.5', null]])(
  'a limit that is counted anew at %j waits %s ms', (value, ms) => {
    expect(parseReset(value, NOW)).toBe(ms)
  },
)
