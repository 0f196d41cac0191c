/** From what a person typed to FTS5 queries that can't be a syntax error. */
import type { EventType } from '../events/model.ts'

const MAX_TERMS = 16
const MAX_TERM = 100
/** What the tokenizer keeps (unicode61: letters, numbers, private use; marks are folded). A term without any finds nothing. */
const HAS_TOKEN = /[\p{L}\p{N}\p{Co}]/u

/** The words of a search that hold something to look for. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .replaceAll('\0', ' ')
    .split(/\s+/u)
    .filter((term) => HAS_TOKEN.test(term))
    .slice(0, MAX_TERMS)
}

/** Quoted, so that nothing in it is an operator; found as the beginning of a word. */
function expressionOf(word: string): string {
  return `"${[...word].slice(0, MAX_TERM).join('').replaceAll('"', '""')}"*`
}

/**
 * Every word must occur, each as the beginning of a word: `bench 0.2` finds "benchy_0.2mm.gcode".
 * @returns an FTS5 expression; null when the text holds no word to look for
 */
export function searchExpression(text: string): string | null {
  const words = wordsOf(text)
  return words.length === 0 ? null : words.map(expressionOf).join(' AND ')
}

/** The tokenizer drops the marks of Latin letters, and of no others. */
const MARKS = /([A-Za-z])\p{M}+/gu
const NO_TOKEN = /[^\p{L}\p{N}\p{Co}]+/u

/** The tokens of a text as FTS5's unicode61 with remove_diacritics 2 makes them. */
function tokensOf(text: string): string[] {
  return text.normalize('NFD').replaceAll(MARKS, '$1').normalize('NFC').toLowerCase().split(NO_TOKEN).filter((token) => token !== '')
}

/**
 * Says without FTS5 whether texts hold a word as an expression of ours finds it: for a few texts that is a hundred times
 * quicker than asking for all. @param word as typed
 */
export function finderOf(word: string): (columns: readonly (string | null)[]) => boolean {
  const wanted = tokensOf([...word].slice(0, MAX_TERM).join(''))
  const last = wanted.length - 1
  const startsAt = (tokens: readonly string[], at: number): boolean =>
    wanted.every((token, n) => (n === last ? tokens[at + n]?.startsWith(token) ?? false : tokens[at + n] === token))
  return (columns) => columns.some((column) => {
    if (column === null) return false
    const tokens = tokensOf(column)
    return tokens.some((_, at) => startsAt(tokens, at))
  })
}

/** What to look for: words that only the texts can hold, and words that also tell the kind of an event. */
export interface Search {
  /** All of these, as one FTS5 expression; null = there are none. */
  expression: string | null
  /** Each of these: in the texts, or by being of one of the types. */
  either: { expression: string; types: readonly EventType[] }[]
  /** The same for one event that lies before us. */
  fits(type: EventType, columns: readonly (string | null)[]): boolean
}

/**
 * @param typesTelling which types people call by a word ("filament" names two of them); absent = none
 * @returns null when the text holds no word to look for
 */
export function searchOf(text: string, typesTelling: (word: string) => readonly EventType[] = () => []): Search | null {
  const words = wordsOf(text).map((word) => ({ expression: expressionOf(word), types: typesTelling(word), isIn: finderOf(word) }))
  if (words.length === 0) return null
  const plain = words.filter(({ types }) => types.length === 0)
  return {
    expression: plain.length === 0 ? null : plain.map(({ expression }) => expression).join(' AND '),
    either: words.filter(({ types }) => types.length > 0),
    fits: (type, columns) => words.every(({ types, isIn }) => types.includes(type) || isIn(columns)),
  }
}
