// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineComponent } from 'vue'
import type { HistoryFilter, HistoryRow } from '../../electron/bridge/views/history.ts'
import { asked, open, push, settled } from '../components/printers/window.support.ts'
import { rowAt } from '../components/history/row.support.ts'
import { MOST_ROWS, useHistory } from './history.ts'

/** A main process with so many events; more can come. */
let held: HistoryRow[]
let store: ReturnType<typeof useHistory>
const fits = (row: HistoryRow, filter: HistoryFilter): boolean => (!filter.unseen || !row.seen) && (filter.until === undefined || row.at <= filter.until)

beforeEach(async () => {
  held = Array.from({ length: 2_000 }, (_, n) => rowAt(2_000 - n))
  open(defineComponent({ setup: () => { store = useHistory() }, template: '<i />', render: () => null }), {}, {
    'history.page': (input) => {
      const { filter, before, limit } = input as { filter: HistoryFilter; before: number | null; limit: number }
      const rows = held.filter((row) => fits(row, filter) && (before === null || row.seq < before)).slice(0, limit)
      return { rows, next: rows.length < limit ? null : (rows.at(-1)?.seq ?? null) }
    },
    'history.count': () => ({ count: held.length, exact: true }),
    'history.mark': (input) => {
      const { seen, eventIds } = input as { seen: boolean; eventIds: string[] | null }
      held = held.map((row) => (eventIds === null || eventIds.includes(row.id) ? { ...row, seen } : row))
      return 1
    },
  })
  store.shown = 1
  await store.load()
})

/** The stores of earlier tests hear pushes too. */
afterEach(() => {
  store.shown = 0
})

const edges = (): [number, number, number] => [store.rows[0]?.seq ?? 0, store.rows.at(-1)?.seq ?? 0, store.rows.length]
const come = async (...rows: HistoryRow[]): Promise<void> => {
  held = [...rows.reverse(), ...held]
  push('history.changed', { rows, touched: false, more: false })
  for (let round = 0; round < 5; round++) await settled()
}

describe('the window on the history', () => {
  it('slides towards older and newer rows and never holds more than its bound', async () => {
    expect(edges()).toEqual([2_000, 1_901, 100])
    for (let step = 0; step < 12; step++) await store.older()
    expect(edges()).toEqual([1_300, 701, MOST_ROWS])
    expect(store.atNewest).toBe(false)
    for (let step = 0; step < 7; step++) await store.newer()
    expect(edges()).toEqual([2_000, 1_401, MOST_ROWS])
    await store.newer()
    expect(store.atNewest).toBe(true)
    expect(store.atOldest).toBe(false)
  })

  it('ends at the oldest', async () => {
    for (let step = 0; step < 30; step++) await store.older()
    expect(store.rows.at(-1)?.seq).toBe(1)
    expect(store.atOldest).toBe(true)
  })

  it('shows new rows at once to who looks at the top', async () => {
    store.lookedAtTop = true
    await come(rowAt(2_001), rowAt(2_002))
    expect(edges()).toEqual([2_002, 1_901, 102])
    expect(store.fresh).toBe(0)
  })

  it('counts new rows for who is elsewhere and moves nothing', async () => {
    store.lookedAtTop = false
    const before = store.rows
    await come(rowAt(2_001), rowAt(2_002), rowAt(2_003))
    expect(store.fresh).toBe(3)
    expect(store.rows.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    await store.load()
    expect([store.fresh, edges()[0]]).toEqual([0, 2_003])
  })

  it('begins at a day, from where it goes both ways', async () => {
    held = held.map((row) => ({ ...row, at: new Date(2026, 0, 1).getTime() + row.seq * 3_600_000 }))
    await store.jumpTo(new Date(2026, 1, 1, 15).getTime())
    // The last hour that belongs to 1 February: 31 days and 23 hours after the new year.
    expect(edges()[0]).toBe(31 * 24 + 23)
    expect(store.atNewest).toBe(false)
    await store.newer()
    expect(edges()).toEqual([867, 668, 200])
  })

  it('reads what changed elsewhere anew, and keeps what no longer fits where it is', async () => {
    held = held.map((row) => ({ ...row, seen: row.seq < 1_990 }))
    await store.choose({ unseen: true })
    expect(store.rows).toHaveLength(11)
    held = held.map((row) => ({ ...row, seen: true }))
    push('history.changed', { rows: [], touched: true, more: false })
    for (let round = 0; round < 5; round++) await settled()
    expect(store.rows.map(({ seen }) => seen)).toEqual(Array.from({ length: 11 }, () => true))
  })

  it('asks for nothing while no page shows it', async () => {
    store.shown = 0
    asked.length = 0
    await come(rowAt(2_001))
    expect(asked).toEqual([])
  })

  it('hears only the answer of the last filter', async () => {
    const first = store.choose({ text: 'a' })
    const second = store.choose({ text: 'ab' })
    await Promise.all([first, second])
    expect(store.chosen.text).toBe('ab')
    expect(store.current().text).toBe('ab')
    expect(store.changes).toBe(2)
  })
})
