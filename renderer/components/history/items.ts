/** Rows under their days, with the place of each: what the list draws. Pure. */
import type { HistoryRow } from '../../../electron/bridge/views/history.ts'

/** Heights of the look, px. They are fixed, so that the place of any row is known without drawing it. */
export const ROW_HEIGHT = 44
export const DAY_HEIGHT = 32

export type Item = { what: 'day'; key: string; day: number; top: number } | { what: 'row'; key: string; row: HistoryRow; index: number; top: number }

const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/**
 * Newest first. What was found out late keeps its place in the order, and stands under its own day where that does not tear
 * another day apart.
 * @returns the items and the height of all
 */
export function itemsOf(rows: readonly HistoryRow[]): { items: Item[]; height: number } {
  const items: Item[] = []
  let day = Number.POSITIVE_INFINITY
  let top = 0
  for (const [index, row] of rows.entries()) {
    const own = row.late ? between(dayOf(row.at), nextDay(rows, index), day) : dayOf(row.at)
    if (own !== day) {
      items.push({ what: 'day', key: `day ${own} ${row.id}`, day: own, top })
      top += DAY_HEIGHT
      day = own
    }
    items.push({ what: 'row', key: row.id, row, index, top })
    top += ROW_HEIGHT
  }
  return { items, height: top }
}

function nextDay(rows: readonly HistoryRow[], index: number): number {
  for (let at = index + 1; at < rows.length; at++) {
    const row = rows[at]
    if (row && !row.late) return dayOf(row.at)
  }
  return Number.NEGATIVE_INFINITY
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}

/** Which items lie between `from` and `to` px; items are in their order. */
export function visible(items: readonly Item[], from: number, to: number): Item[] {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((items[middle]?.top ?? 0) + ROW_HEIGHT < from) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < items.length && (items[end]?.top ?? 0) <= to) end++
  return items.slice(low, end)
}

