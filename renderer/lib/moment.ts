/** A point in time as a datetime-local field writes it, in this computer's zone. Pure. */

const two = (n: number): string => String(n).padStart(2, '0')

/** "2026-01-15T14:30". */
export function localMinute(at: number): string {
  const date = new Date(at)
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Epoch ms; null = it is no time. */
export function momentOf(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return null
  const at = new Date(text).getTime()
  return Number.isNaN(at) ? null : at
}
