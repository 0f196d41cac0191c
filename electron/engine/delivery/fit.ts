import { cutEnd, cutMiddle, lengthOf } from './text.ts'

/** A file name cut shorter than this tells nothing. */
const SHORTEST_FILE = 10

/**
 * Puts a body together within `limit` characters. `lead`: sentences, most important first; those that don't fit are left
 * out from the end, the first one is cut. Then the file's name and its `details` ("62 %"), as far as there is room: the name
 * is cut in the middle, then left out. `last` is a sentence that ends the body where a lead would begin it.
 */
export function fit(lead: readonly string[], file: string | null, details: readonly (string | null)[], limit: number, last?: string): string {
  let text = ''
  for (const sentence of lead.filter((part) => part !== '')) {
    const longer = text === '' ? cutEnd(sentence, limit) : `${text} ${sentence}`
    if (lengthOf(longer) <= limit) text = longer
  }
  const end = last === undefined ? '' : ` ${last}`
  const told = details.filter((detail) => detail !== null)
  const stop = text === '' && last === undefined ? '' : '.'
  const room = limit - lengthOf(text) - (text === '' ? 0 : 1) - lengthOf(stop) - lengthOf(end)
  const tail = tailWithin(file, told, room)
  return `${text}${tail === '' ? '' : `${text === '' ? '' : ' '}${tail}${stop}`}${end}`.trim()
}

function tailWithin(file: string | null, details: readonly string[], room: number): string {
  const told = details.join(', ')
  if (file === null || file === '') return lengthOf(told) <= room ? told : ''
  const forFile = room - (told === '' ? 0 : lengthOf(told) + 2)
  if (forFile >= Math.min(SHORTEST_FILE, lengthOf(file))) return [cutMiddle(file, forFile), told].filter((part) => part !== '').join(', ')
  return lengthOf(told) <= room ? told : ''
}
