/** Paging towards the newest, where the main process only pages towards the oldest. */
import type { HistoryRow } from '../../../electron/bridge/views/history.ts'

/** The newest `limit` rows before a number (exclusive); null = the newest of all. */
export type Page = (before: number | null, limit: number) => Promise<readonly HistoryRow[]>

/**
 * The rows that follow `seq` towards the newest, none left out in between: at least one where there is one, at most `limit`.
 * Numbers are dense and the filter is not: so it is felt for how far ahead the next rows lie, in doubling steps and then halving
 * ones. Without a filter that is one question.
 */
export async function newerThan(seq: number, limit: number, page: Page): Promise<HistoryRow[]> {
  let none = 0
  let tooMany: number | null = null
  for (let ahead = limit; ;) {
    const rows = await page(seq + ahead + 1, limit)
    const newer = rows.filter((row) => row.seq > seq)
    // A page that reaches back to `seq` leaves nothing out; neither do as many rows as there are numbers.
    if (newer.length > 0 && (newer.length < limit || ahead <= limit)) return newer
    if (newer.length === 0) {
      if (tooMany === null && (await page(null, 1)).every((row) => row.seq <= seq + ahead)) return []
      none = ahead
    } else tooMany = ahead
    ahead = tooMany === null ? ahead * 4 : Math.ceil((none + tooMany) / 2)
    // Nothing lies between: then all that were too many begin right there.
    if (ahead === tooMany) return newer
  }
}
