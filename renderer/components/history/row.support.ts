/** Rows for tests of the history's pages. */
import type { HistoryRow } from '../../../electron/bridge/views/history.ts'

export function rowAt(seq: number, over: Partial<HistoryRow> = {}): HistoryRow {
  return {
    id: `E${seq}`, seq, type: 'job.done', severity: 'success', printerId: 'mk4', printerName: 'MK4', title: 'Print done', file: null, at: new Date(2026, 10, 24, 12).getTime() + seq * 1_000, late: false,
    seen: true, acknowledged: false, picture: null, ...over,
  }
}
