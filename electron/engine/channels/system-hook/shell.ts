/**
 * A command for `/bin/sh`, with placeholders as references to environment variables: the shell expands them and never reads what they
 * hold. Where the text is inside quotes decides how the reference is quoted.
 */
import { fill, piecesOf, type Values } from './placeholders.ts'
import { anOption, looksLikeOption } from './words.ts'

/** What a shell starts, and what its placeholders hold. */
export interface ShellCommand {
  script: string
  env: Record<string, string>
}

/** Where a command begins: at a line's start, behind what parts commands, behind what starts others. */
const BEGIN = String.raw`(^|[|;&(\n{]|\b(sudo|doas|nohup|env|exec|time|then|do|else|command|timeout\s+\S+)\s)\s*(\S*/)?`
/** Options, each with at most one word of its own. */
const OPTIONS = String.raw`(\s+[-+]\S+(\s+[^-\s]\S*)?)*?\s+`

/** What would read a value once more. */
const READS_AGAIN: readonly (readonly [what: RegExp, name: string])[] = [
  [/\$\(\(|\(\(|\$\[/, 'an arithmetic expression'], [/\[\[/, '[[ ]]'], [/<</, 'a here document'], [/`/, 'backquotes'],
  [new RegExp(String.raw`${BEGIN}(eval|let|declare|typeset|export|local|readonly|trap|alias|source|printf\s+-v|test\s+-v)\b`), 'such a command of the shell'],
  [new RegExp(String.raw`${BEGIN}(ssh|watch|parallel|at|batch)\b`), 'another shell'],
  [new RegExp(String.raw`\b((ba|da|z|k|fi|a|c|tc)?sh|su|script|flock)${OPTIONS}-{1,2}[a-z]*c\b`), 'another shell'], [/\|\s*(sudo\s+)?(\S*\/)?((ba|da|z|k|fi)?sh|xargs\b.*\bsh)\b/, 'another shell'],
  [new RegExp(String.raw`\b(python|pypy)[\d.]*${OPTIONS}-[a-zA-Z]*c\b`), 'Python'],
  [new RegExp(String.raw`\b(node|bun|deno|ruby|perl|lua|php|osascript)[\d.]*${OPTIONS}(-\w*[eEpr]|--eval|--print|eval)\b`), 'the program'],
  [/\b[gmn]?awk\b[^|;&\n]*\{\{/, 'awk'], [/\bsed\b[^|;&\n]*["'][^"']*\{(?!\{)/, 'sed'],
]

/** A sentence of cause and cure; null = it can be run. */
export function problemOfShell(command: string): string | null {
  if (/\$\{(?!\{)/.test(command)) return 'Braces of the shell are doubled here: write ${{HOME}}, since {HOME} is a placeholder.'
  const pieces = piecesOf(command)
  if (!pieces.some((piece) => 'name' in piece)) return null
  const again = READS_AGAIN.find(([what]) => what.test(command))
  if (again !== undefined) return `In this command ${again[1]} would read a value once more, as if you had written it. Take the placeholders out, and use the environment: "$PRINTBELL_FILE", "$PRINTBELL_JSON" and the others.`
  return null
}

/** @throws PlaceholderProblem where a value would be taken for an option */
export function shellCommand(command: string, values: Values): ShellCommand {
  const env: Record<string, string> = {}
  let script = ''
  let quote = ''
  for (const piece of piecesOf(command)) {
    if ('text' in piece) {
      quote = quoteAfter(piece.text, quote)
      script += piece.text
      continue
    }
    const variable = `PRINTBELL_VALUE_${Object.keys(env).length + 1}`
    const value = fill([piece], values)
    if (/(^|\s)["']?$/.test(script) && !/\s--\s/.test(script) && looksLikeOption(value)) throw anOption(piece.name)
    env[variable] = value
    script += quote === '"' ? `\${${variable}}` : quote === "'" ? `'"\${${variable}}"'` : `"\${${variable}}"`
  }
  return { script, env }
}

/** Which quotation mark is open behind `text`; empty = none. */
function quoteAfter(text: string, before: string): string {
  let quote = before
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '\\' && quote !== "'") at += 1
    else if (quote === '') quote = character === '"' || character === "'" ? character : ''
    else if (character === quote) quote = ''
  }
  return quote
}

