/** Local days by their date. */

/** The local day of an instant (epoch ms), "2026-01-15". */
export function dayIn(zone: string): (at: number) => string {
  // Swedes write dates so.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (at) => format.format(at)
}

/** @param last "2026-03-01" @returns so many days up to `last`, the oldest first; by the calendar, whatever the clocks do */
export function daysUntil(last: string, count: number): string[] {
  const [year = 0, month = 1, day = 1] = last.split('-').map(Number)
  return Array.from({ length: count }, (_, index) => new Date(Date.UTC(year, month - 1, day - (count - 1 - index))).toISOString().slice(0, 10))
}
