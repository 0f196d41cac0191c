/** Cutting and joining text so that it fits and stays plain. Lengths are code points. */
import { ENGLISH } from './languages/language.ts'

/** Control characters, line breaks and the marks that turn writing direction round: untrusted text must not carry them on. */
const UNWANTED = /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu
const FILE_ENDING = /(\.gcode\.3mf|\.gcode|\.bgcode|\.gco|\.gc|\.g|\.3mf|\.ufp)$/i

/** Runs of spaces; a single one that never breaks stays, because our own words have it. */
const SPACES = /[^\S\u00a0\u202f]\s*|[\u00a0\u202f]\s+/g

/** Somebody else's words on one line of plain text. */
export function clean(text: string): string {
  return text.replace(UNWANTED, ' ').replace(SPACES, ' ').trim()
}

/** Half of a character that takes two places. */
const HALF = /[\ud800-\udfff]/

export function lengthOf(text: string): number {
  return HALF.test(text) ? Array.from(text).length : text.length
}

/** Cut at the end, with an ellipsis inside the limit. */
export function cutEnd(text: string, limit: number): string {
  if (text.length <= limit) return text
  const characters = Array.from(text)
  if (characters.length <= limit) return text
  return limit < 1 ? '' : `${characters.slice(0, limit - 1).join('').trimEnd()}…`
}

/** Cut in the middle: both ends of a file name tell. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text
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

/** "45 s", "36 min", "3 h 36 min"; `seconds` >= 0. In English, as the two below. */
export const duration = (seconds: number): string => ENGLISH.formats.duration(seconds)

/** "62 %"; never 100 before it is whole. */
export const percent = (fraction: number): string => ENGLISH.formats.percent(fraction)

/** "14:31", with the day in front when it was not today. `at`, `now` epoch ms; no zone = the computer's. */
export function clockTime(at: number, now: number, timeZone?: string): string {
  const { day, clock } = ENGLISH.formats.when(at, now, timeZone)
  return day === null ? clock : `${day} ${clock}`
}
