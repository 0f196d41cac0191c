/** What an event hook of OctoPrint's does, in the words of the channels here: old placeholders renamed, and a shell only where it needs one. */
import { piecesOf, PlaceholderProblem, type Piece } from '../channels/system-hook/placeholders.ts'

export interface ReadCommands {
  commands: string[]
  shell: boolean
  notes: string[]
}

/** What a shell does something with. Our own words know quotes and a leading `~/`, no more. */
const FOR_A_SHELL = /[|&;<>$`*?()#\n[\]!^\\%]|(^|\s)~(?!\/)/
const BUILT_IN = /^\s*(\w+=|(cd|export|source|\.|exit|set|unset|umask|ulimit|alias|exec|eval|if|for|while|until|case|trap|type|command|read|wait)(\s|$))/

/** @returns or why they can't be taken over, in a sentence */
export function commandsOf(given: readonly string[], events: readonly string[], shell: boolean): ReadCommands | string {
  const renamed = rename(given.map((command) => command.trim()), events)
  if (typeof renamed === 'string') return renamed
  const { texts, notes } = renamed
  const needed = texts.some((text) => FOR_A_SHELL.test(withoutPlaceholders(text)) || BUILT_IN.test(text))
  if (!shell && texts.some((text) => /\s/.test(text))) notes.push('It was to run without a shell, where OctoPrint takes the whole command for the name of a program. Here it is told apart into words.')
  return { commands: texts, shell: shell && needed, notes }
}

/** @returns or why they can't be taken over, in a sentence */
export function linesOf(given: readonly string[], events: readonly string[]): { lines: string[]; notes: string[] } | string {
  const renamed = rename(given.flatMap((command) => command.split('\n')).map((line) => line.trim()).filter((line) => line !== ''), events)
  return typeof renamed === 'string' ? renamed : { lines: renamed.texts, notes: renamed.notes }
}

/** Those of OctoPrint before 1.3, which are no keys of its payloads any more. Captures of a timelapse have kept `file`. */
const OLD: Readonly<Record<string, string>> = { file: 'path', filename: 'name' }
const KEPT_FILE = /^Capture/

function rename(given: readonly string[], events: readonly string[]): { texts: string[]; notes: string[] } | string {
  const found = new Set<string>()
  const keeps = events.every((event) => KEPT_FILE.test(event))
  try {
    const texts = given.map((text) => piecesOf(text).map((piece) => written(piece, (name) => {
      const now = keeps && name === 'file' ? undefined : Object.hasOwn(OLD, name) ? OLD[name] : undefined
      if (now !== undefined) found.add(name)
      return now ?? name
    })).join(''))
    const notes = [...found].map((name) => (name === 'file'
      ? '{file} became {path}: it was the whole path on the disk of OctoPrint, and is the path within its storage now.'
      : `{${name}} became {${OLD[name]}}, as OctoPrint calls it today.`))
    return { texts, notes }
  } catch (error) {
    if (error instanceof PlaceholderProblem) return error.message
    throw error
  }
}

function written(piece: Piece, today: (name: string) => string): string {
  return 'text' in piece ? piece.text.replaceAll('{', '{{').replaceAll('}', '}}') : `{${today(piece.name)}}`
}

function withoutPlaceholders(text: string): string {
  return text.replaceAll(/\{[A-Za-z_][\w-]*\}/g, '')
}
