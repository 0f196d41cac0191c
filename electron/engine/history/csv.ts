/** Events as a table for spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula. */
import { happening } from '../delivery/body.ts'
import type { StoredEvent } from './history.ts'

/** Tells spreadsheets that it is UTF-8. */
export const CSV_MARK = '\ufeff'
const END = '\r\n'

/** What a spreadsheet takes for a formula begins so (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/
const TO_QUOTE = /[",\r\n]/

type Cell = string | number | boolean | null | undefined

/** One cell. Words of others can't become a formula: an apostrophe stands before them. */
function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
  const harmless = FORMULA.test(value) ? `'${value}` : value
  return TO_QUOTE.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** A table has room for what a toast has none for. */
const WHAT_LIMIT = 200

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const COLUMNS: readonly [string, (event: StoredEvent) => Cell][] = [
  ['time', (event) => iso(event.occurredAt)],
  ['printer', (event) => event.printerName],
  ['what happened', (event) => happening(event, WHAT_LIMIT)],
  ['severity', (event) => event.severity],
  ['file', (event) => event.job?.file.name],
  ['progress in percent', (event) => (event.progress == null ? null : Math.floor(event.progress * 100 + 1e-9))],
  ['words of the printer', (event) => event.text],
  ['reason', (event) => event.reason],
  ['found out', (event) => iso(event.observedAt)],
  ['late', (event) => event.late],
  ['seen', (event) => iso(event.seenAt)],
  ['acknowledged', (event) => iso(event.acknowledgedAt)],
  ['acknowledged until', (event) => iso(event.acknowledgement?.until ?? null)],
  ['note', (event) => event.acknowledgement?.note],
  ['type', (event) => event.type],
  ['printer id', (event) => event.printerId],
  ['print', (event) => event.job?.key],
  ['event id', (event) => event.id],
]

/** The first line, with the mark of UTF-8. */
export const CSV_HEAD = `${CSV_MARK}${COLUMNS.map(([name]) => cell(name)).join(',')}${END}`

/** One event as one line, its end included. */
export function csvLine(event: StoredEvent): string {
  return `${COLUMNS.map(([, value]) => cell(value(event))).join(',')}${END}`
}
