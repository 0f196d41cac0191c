import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { faultTaker } from './faults.ts'

describe('an error nobody caught', () => {
  it('is logged each time and told once in ten minutes', async () => {
    const clock = new TestClock()
    const log = memoryLog()
    const told: string[] = []
    const take = faultTaker({ clock, log, tell: (text) => told.push(text) })
    take(new Error('first'), 'exception')
    take('second', 'rejection')
    await clock.advance(599_999)
    take(new Error('third'), 'exception')
    expect(told).toHaveLength(1)
    await clock.advance(1)
    take(new Error('fourth'), 'exception')
    expect(told).toHaveLength(2)
    expect(log.lines.map(({ level, fields }) => [level, fields.where])).toEqual([['error', 'exception'], ['error', 'rejection'], ['error', 'exception'], ['error', 'exception']])
  })
})
