/** Cutting and joining text so that it fits and stays plain. Lengths are code points. */

/** Control characters, line breaks and the marks that turn writing direction round: untrusted text must not carry them on. */
const UNWANTED = /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu
const FILE_ENDING = /(\.gcode\.3mf|\.gcode|\.bgcode|\.gco|\.gc|\.g|\.3mf|\.ufp)$/i

/** Somebody else's words on one line of plain text. */
export function clean(text: string): string {
  return text.replace(UNWANTED, ' ').replace(/\s+/g, ' ').trim()
}

export function lengthOf(text: string): number {
  return Array.from(text).length
}

/** Cut at the end, with an ellipsis inside the limit. */
export function cutEnd(text: string, limit: number): string {
  const characters = Array.from(text)
  if (characters.length <= limit) return text
  return limit < 1 ? '' : `${characters.slice(0, limit - 1).join('').trimEnd()}…`
}

/** Cut in the middle: both ends of a file name tell. */
export function cutMiddle(text: string, limit: number): string {
  const characters = Array.from(text)
  if (characters.length <= limit) return text
  if (limit < 1) return ''
  const tail = Math.floor((limit - 1) / 2)
  return `${characters.slice(0, limit - 1 - tail).join('')}…${tail === 0 ? '' : characters.slice(-tail).join('')}`
}

/** A file's name as people say it: without folders of the name and without its ending. */
export function fileTitle(name: string): string {
  const cleaned = clean(name)
  return cleaned.replace(FILE_ENDING, '') || cleaned
}

/** A sentence ends with a mark. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** "45 s", "36 min", "3 h 36 min"; `seconds` >= 0. */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** "62 %"; never 100 before it is whole. */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-9)} %`
}

/** "14:31", with the day in front when it was not today. `at`, `now` epoch ms; no zone = the computer's. */
export function clockTime(at: number, now: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone }
  const day = (time: number): string => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...zone }).format(time)
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...zone }).format(at)
  return day(at) === day(now) ? clock : `${day(at)} ${clock}`
}
