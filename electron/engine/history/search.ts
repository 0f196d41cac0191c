/** From what a person typed to an FTS5 query that can't be a syntax error. */

const MAX_TERMS = 16
const MAX_TERM = 100
/** What the tokenizer keeps (unicode61: letters, numbers, private use; marks are folded). A term without any finds nothing. */
const HAS_TOKEN = /[\p{L}\p{N}\p{Co}]/u

/**
 * Every word must occur, each as the beginning of a word: `bench 0.2` finds "benchy_0.2mm.gcode".
 * @returns an FTS5 expression; null when the text holds no word to look for
 */
export function searchExpression(text: string): string | null {
  const terms = text
    .normalize('NFC')
    .replaceAll('\0', ' ')
    .split(/\s+/u)
    .filter((term) => HAS_TOKEN.test(term))
    .slice(0, MAX_TERMS)
  if (terms.length === 0) return null
  return terms.map((term) => `"${[...term].slice(0, MAX_TERM).join('').replaceAll('"', '""')}"*`).join(' AND ')
}
