import { expect, test } from 'vitest'
import { localMinute, momentOf } from './moment.ts'

test('a moment goes into a field and comes back, to the minute', () => {
  const at = new Date(2026, 0, 5, 4, 3, 21).getTime()
  expect(localMinute(at)).toBe('2026-01-05T04:03')
  expect(momentOf('2026-01-05T04:03')).toBe(new Date(2026, 0, 5, 4, 3).getTime())
})

test.each(['', '2026-01-05', '2026-13-05T04:03', 'now'])('"%s" is no moment', (text) => expect(momentOf(text)).toBeNull())
