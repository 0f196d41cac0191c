/**
 * Lines of G-code with values in them. A value comes from whoever named a file: it never is a line, a command, a comment or a further
 * parameter of its own.
 */
import { fill, piecesOf, PlaceholderProblem, type Values } from '../system-hook/placeholders.ts'

/** What stands behind these is text up to the end of the line, as Marlin, RepRapFirmware and Klipper read it. */
const TEXT_COMMANDS = new Set(['M0', 'M1', 'M23', 'M28', 'M30', 'M32', 'M33', 'M117', 'M118', 'M928'])
const LONGEST_LINE = 200

/** A sentence of cause and cure; null = it can be sent. */
export function problemOfLine(line: string): string | null {
  try {
    const [first] = piecesOf(line)
    // Up to the first blank it is what is done; that is the person's to say, never a value's.
    if (first === undefined || !('text' in first) || !/^\S/.test(first.text)) return 'A line begins with its command, and a value can not be one. Write the command first, as in M117 {name}.'
    const command = first.text.split(/\s/)[0] ?? ''
    if (command === first.text && first.text !== line && !/^[A-Z]\d+$/i.test(command)) return 'A value can not be a part of the command. Put a blank between them, as in M117 {name}.'
    return null
  } catch (error) {
    if (error instanceof PlaceholderProblem) return error.message
    throw error
  }
}

/** @throws PlaceholderProblem where a value does not fit its place */
export function filledLine(line: string, values: Values): string {
  const pieces = piecesOf(line)
  const command = (line.split(/[\s{]/)[0] ?? '').toUpperCase()
  let before = ''
  for (const piece of pieces) {
    if ('text' in piece) {
      before += piece.text
      continue
    }
    const value = harmless(values(piece.name))
    if (!TEXT_COMMANDS.has(command) && !insideQuotes(before)) fits(value, piece.name, command)
    before += fill([{ text: value }], values)
  }
  return Array.from(before.trimEnd()).slice(0, LONGEST_LINE).join('')
}

function fits(value: string, name: string, command: string): void {
  if (/^[GMT]\d/.test(command)) {
    if (!/^-?\d+(\.\d+)?$/.test(value)) throw new PlaceholderProblem(`The value of {${name}} is no number, and ${command} takes numbers. Nothing was sent.`)
  } else if (!/^[^\s=]+$/.test(value)) throw new PlaceholderProblem(`The value of {${name}} is not one word, and could be a parameter of its own. Put it in double quotes in the line. Nothing was sent.`)
}

/** On one line, without the beginning of a comment, and without what ends a quoted text. */
function harmless(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll(';', ',').replaceAll('"', "'").replaceAll('\\', '/')
}

function insideQuotes(before: string): boolean {
  return before.split('"').length % 2 === 0
}
