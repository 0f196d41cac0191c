import { describe, expect, it } from 'vitest'
import { itemsOf, visible } from './items.ts'
import { rowAt } from './row.support.ts'

const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime()
const told = (...rows: ReturnType<typeof rowAt>[]) => itemsOf(rows).items.map((item) => (item.what === 'day' ? `-- ${new Date(item.day).getDate()}` : item.row.id))

describe('rows under their days', () => {
  it('begin a day where it changes', () => {
    expect(told(rowAt(4, { at: at(24, 9) }), rowAt(3, { at: at(24, 1) }), rowAt(2, { at: at(23, 23) }), rowAt(1, { at: at(20, 1) }))).toEqual(['-- 24', 'E4', 'E3', '-- 23', 'E2', '-- 20', 'E1'])
  })

  it('found out late stand under their own day at its edge, and never tear another apart', () => {
    expect(told(rowAt(3, { at: at(24, 9) }), rowAt(2, { at: at(23, 22), late: true }), rowAt(1, { at: at(23, 20) }))).toEqual(['-- 24', 'E3', '-- 23', 'E2', 'E1'])
    expect(told(rowAt(3, { at: at(24, 9) }), rowAt(2, { at: at(20, 22), late: true }), rowAt(1, { at: at(24, 8) }))).toEqual(['-- 24', 'E3', 'E2', 'E1'])
  })

  it('have places that follow from their heights', () => {
    const { items, height } = itemsOf([rowAt(2, { at: at(24, 9) }), rowAt(1, { at: at(23, 9) })])
    expect(items.map(({ top }) => top)).toEqual([0, 32, 76, 108])
    expect(height).toBe(152)
    expect(itemsOf([])).toEqual({ items: [], height: 0 })
  })

  it('only those in sight are drawn', () => {
    const { items } = itemsOf(Array.from({ length: 500 }, (_, n) => rowAt(500 - n)))
    const drawn = visible(items, 4_400, 4_800)
    expect(drawn[0]?.top).toBeLessThanOrEqual(4_400)
    expect(drawn.at(-1)?.top).toBeGreaterThan(4_800 - 44)
    expect(drawn.length).toBeLessThan(13)
    expect(visible(items, -100, 50)[0]?.top).toBe(0)
  })
})
