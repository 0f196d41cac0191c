import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { startCleanUp } from './clean-up.ts'

const RETENTION = { eventDays: 365, pictureDays: 90, pictureBytes: 2_000_000_000, keepUnseen: true }

function setUp(answers: ({ events: number; files: string[]; more: boolean } | Error)[], whilePruning = (): void => undefined) {
  const clock = new TestClock()
  const pruned: number[] = []
  const removed: string[] = []
  const log = memoryLog()
  const stop = startCleanUp({
    clock,
    log,
    retention: RETENTION,
    history: {
      prune: () => {
        pruned.push(clock.monotonic())
        whilePruning()
        const answer = answers.shift() ?? { events: 0, files: [], more: false }
        if (answer instanceof Error) throw answer
        return answer
      },
    },
    snapshots: { remove: async (files) => void removed.push(...files) },
  })
  return { clock, pruned, removed, log, stop }
}

describe('the clean-up', () => {
  it('goes on chunk by chunk while there is more, then rests for hours', async () => {
    const { clock, pruned, removed } = setUp([{ events: 100, files: ['/s/a.jpg'], more: true }, { events: 5, files: ['/s/b.jpg'], more: false }])
    await clock.advance(10 * 60_000)
    expect(pruned).toEqual([300_000, 300_200])
    expect(removed).toEqual(['/s/a.jpg', '/s/b.jpg'])
    await clock.advance(6 * 3_600_000)
    expect(pruned).toHaveLength(3)
  })

  it('tells in the log what went, one line for each round with the sums of its chunks, also when there was nothing', async () => {
    const { clock, log } = setUp([{ events: 100, files: ['/s/a.jpg'], more: true }, { events: 5, files: ['/s/b.jpg', '/s/c.jpg'], more: false }])
    await clock.advance(24 * 3_600_000)
    expect(log.lines).toEqual([
      { level: 'info', message: 'old history was cleaned up', fields: { events: 105, pictures: 3, keepsDays: 365 } },
      ...[1, 2, 3].map(() => ({ level: 'info', message: 'the history was looked through, nothing was old enough to go', fields: { events: 0, pictures: 0, keepsDays: 365 } })),
    ])
  })

  it('tells what went before the disk refused', async () => {
    const { clock, log } = setUp([{ events: 100, files: [], more: true }, new Error('disk full')])
    await clock.advance(10 * 60_000)
    expect(log.lines.map(({ level, message, fields }) => [level, message, fields.events])).toEqual([
      ['info', 'old history was cleaned up', 100], ['error', 'old history could not be cleaned up; it is tried again later', undefined],
    ])
  })

  it('survives a disk that refuses, says so, and tries again later', async () => {
    const { clock, pruned, log } = setUp([new Error('disk full')])
    await clock.advance(7 * 3_600_000)
    expect(pruned).toHaveLength(2)
    expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(1)
  })

  it('leaves no timer behind when it is stopped in the middle of a chunk', async () => {
    let stop = (): void => undefined
    const { clock, stop: end } = setUp([{ events: 1, files: ['/s/a.jpg'], more: true }], () => stop())
    stop = end
    await clock.advance(20 * 60_000)
    expect(clock.pending).toBe(0)
  })

  it('leaves no timer behind when stopped', async () => {
    const { clock, stop } = setUp([])
    await clock.advance(10 * 60_000)
    stop()
    expect(clock.pending).toBe(0)
  })
})
