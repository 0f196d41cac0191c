import { describe, expect, it } from 'vitest'
import type { HistoryRow } from '../../../electron/bridge/views/history.ts'
import { newerThan } from './newer.ts'
import { rowAt } from './row.support.ts'

/** A history that holds these numbers, and how often it was asked. */
function history(seqs: readonly number[]) {
  const sorted = [...seqs].sort((a, b) => b - a)
  let asked = 0
  const page = async (before: number | null, limit: number): Promise<HistoryRow[]> => {
    asked += 1
    return sorted.filter((seq) => before === null || seq < before).slice(0, limit).map((seq) => rowAt(seq))
  }
  return { page, asked: () => asked }
}
const range = (from: number, to: number, step = 1): number[] => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step)
const seqs = async (after: number, limit: number, held: ReturnType<typeof history>) => (await newerThan(after, limit, held.page)).map((row) => row.seq)

describe('paging towards the newest', () => {
  it('takes one question where every event fits', async () => {
    const held = history(range(1, 1_000))
    expect(await seqs(500, 10, held)).toEqual(range(501, 510).reverse())
    expect(held.asked()).toBe(1)
  })

  it.each([
    ['every 7th fits', range(7, 7_000, 7), 700, 10],
    ['a far gap', [...range(1, 100), ...range(900_000, 900_030)], 100, 10],
    ['a far gap, then many', [...range(1, 100), ...range(900_000, 950_000, 3)], 100, 50],
    ['one far away', [1, 2, 3, 1_000_000], 3, 100],
    ['a gap between two heaps', [...range(1, 50), ...range(1_000, 1_010), ...range(5_000, 9_000)], 50, 8],
  ])('leaves nothing out: %s', async (_name, all, after, limit) => {
    const held = history(all)
    const found = await seqs(after, limit, held)
    const expected = all.filter((seq) => seq > after).sort((a, b) => a - b)
    expect(found.length).toBeGreaterThan(0)
    expect([...found].reverse()).toEqual(expected.slice(0, found.length))
    expect(held.asked()).toBeLessThan(45)
  })

  it('ends where nothing newer fits', async () => {
    expect(await seqs(1_000, 10, history(range(1, 1_000)))).toEqual([])
  })
})
