/** A command line as words, without any shell: quotes hold words together, and that is all. Nothing is expanded but a leading `~/`. */
import { fill, piecesOf, PlaceholderProblem, type Piece, type Values } from './placeholders.ts'

/** A word of a command: placeholders are filled in after the words were told apart, so that a value never is more than a part of one. */
export type Word = readonly Piece[]

/** @throws PlaceholderProblem in words of cause and cure */
export function wordsOf(command: string): Word[] {
  return rawWords(command).map(piecesOf)
}

function rawWords(command: string): string[] {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let at = 0; at < command.length; at += 1) {
    const character = command.charAt(at)
    const next = command.charAt(at + 1)
    if (character === '\\' && next !== '' && (quote === '"' ? next === '"' : quote === '' && /["'\s]/.test(next))) {
      // Elsewhere a backslash is itself: C:\Tools\ring.exe.
      word = (word ?? '') + next
      at += 1
    } else if (quote !== '') {
      if (character === quote) quote = ''
      else word = (word ?? '') + character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw new PlaceholderProblem(`A quotation mark (${quote}) is not closed. Close it.`)
  if (word !== null) words.push(word)
  return words
}

/** The line that `wordsOf` reads as these words. */
export function lineOf(argv: readonly string[]): string {
  return argv.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`)).join(' ')
}

/** Programs that run what an argument says, and the option before it. */
const INTERPRETERS: readonly (readonly [program: RegExp, option: RegExp])[] = [
  [/^(ba|da|z|k|fi|a|c|tc)?sh$|^busybox$/, /^-[a-z]*c$/], [/^(python|pypy)[\d.]*w?$/, /^-[a-zA-Z]*c$/], [/^(node|bun|deno|ruby|lua|luajit|osascript|Rscript)[\d.]*$/, /^(-e|-p|-pe|--eval|--print|eval)$/],
  [/^perl[\d.]*$/, /^-[a-zA-Z]*[eE]$/], [/^php[\d.]*$/, /^-[rBRE]$/], [/^cmd$/i, /^\/[ckr]$/i], [/^(powershell|pwsh)$/i, /^[-/](c|co|com|comm|comma|comman|command|e|ec|enc|encodedcommand)$/i], [/^(su|script|watch|flock)$/, /^(-c|--command)$/],
]
/** Everything behind it is put together and read by a shell. */
const REMOTE = /^(ssh|eval|watch|parallel)$/
/** What starts the program that is named behind it. */
const STARTERS = /^(sudo|doas|pkexec|env|nice|ionice|nohup|timeout|setsid|stdbuf|time|chrt|taskset|xargs|systemd-run|flatpak-spawn|wsl)$/

/**
 * Where a value would be read as program text; null = nowhere.
 * @returns a sentence of cause and cure
 */
export function interpretedIn(words: readonly Word[]): string | null {
  const texts = words.map((word) => word.map((piece) => ('text' in piece ? piece.text : '')).join(''))
  for (const [index, text] of texts.entries()) {
    const program = nameOf(text)
    const behind = words.slice(index + 1)
    const begins = index === 0 || STARTERS.test(nameOf(texts[0] ?? ''))
    if (begins && REMOTE.test(program) && behind.some(hasPlaceholder)) return wouldRun(program)
    if (begins && /^([gmn]?awk|sed)$/.test(program) && inProgramText(behind, texts.slice(index + 1))) return wouldRun(program)
    const option = INTERPRETERS.find(([known]) => known.test(program))?.[1]
    const where = option === undefined ? -1 : texts.findIndex((candidate, at) => at > index && option.test(candidate))
    const rest = /^(cmd|powershell|pwsh)$/i.test(program) ? words.slice(where + 1) : words.slice(where + 1, where + 2)
    if (where >= 0 && rest.some(hasPlaceholder)) return wouldRun(program)
  }
  return null
}

/** awk and sed take their program as a plain word: the first one, and whatever looks like it. */
function inProgramText(words: readonly Word[], texts: readonly string[]): boolean {
  const first = texts.findIndex((text) => !text.startsWith('-'))
  return words.some((word, at) => hasPlaceholder(word) && (at === first || (/[{'"/]/.test(texts[at] ?? '') && !/^\/\w/.test(texts[at] ?? ''))))
}

function nameOf(program: string): string {
  return (program.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '')
}

function wouldRun(program: string): string {
  return `A value in there would be run by ${program} as if you had written it. Take the placeholder out, and let the program read the environment: PRINTBELL_FILE, PRINTBELL_JSON and the others.`
}

export function hasPlaceholder(word: Word): boolean {
  return word.some((piece) => 'name' in piece)
}

/**
 * @param home for a leading `~/` of what the person wrote
 * @throws PlaceholderProblem where a value would be taken for an option
 */
export function argvOf(words: readonly Word[], values: Values, home: string | undefined): string[] {
  let optionsOver = false
  return words.map((word) => {
    const [first] = word
    const filled = fill(first && 'text' in first && first.text.startsWith('~/') && home !== undefined ? [{ text: home + first.text.slice(1) }, ...word.slice(1)] : word, values)
    if (!optionsOver && first && 'name' in first && looksLikeOption(filled)) throw anOption(first.name)
    optionsOver ||= filled === '--'
    return filled
  })
}

/** A number below zero is none. */
export function looksLikeOption(value: string): boolean {
  return value.startsWith('-') && !/^-\d+(\.\d+)?$/.test(value) && value !== '-'
}

export function anOption(name: string): PlaceholderProblem {
  return new PlaceholderProblem(`The value of {${name}} begins with a dash, and the program would take it for an option. Put -- before it in the command, if the program knows that, or something else in front of it.`)
}
