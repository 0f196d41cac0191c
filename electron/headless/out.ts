import { scrub } from '../engine/settings/secret.ts'

/** Where a command writes. Injected, so that tests read what a user would see. */
export interface Out {
  /** One line to stdout. */
  line(text: string): void
  /** One line to stderr: progress, warnings, hints. */
  note(text: string): void
  /** Width of the terminal in columns; null when stdout is no terminal. */
  readonly columns: number | null
  readonly colour: boolean
  /** Replaces the line at the foot of the terminal; nothing when stdout is no terminal. */
  foot(text: string): void
}

/** Control characters but newline and tab, and what turns a line's parts around. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u
/** The colours of the live view (live-view.ts). Texts from outside were cleaned before they were dyed. */
const OWN_COLOUR = /\p{Cc}\[(?:0|1;31|3[1236]|90)m/u
const FOREIGN = new RegExp(`${OWN_COLOUR.source}|${CONTROL.source}`, 'gu')

/**
 * Shows what would move the cursor, recolour or turn a line as "\u001b": JSON writes it so, too, and a line of JSON stays the
 * same JSON.
 */
export function cleanForTerminal(text: string, colour: boolean): string {
  return text.replace(FOREIGN, (found) => {
    if (/^[\n\t]/.test(found) || (colour && found.length > 1 && found.startsWith('\u001b'))) return found
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}${found.slice(1)}`
  })
}

/** The process's own stdout and stderr. A reader that went away (`| head`) is no error. */
export function processOut(): Out {
  const tty = process.stdout.isTTY === true
  const colour = tty && process.env.NO_COLOR === undefined
  const shown = (text: string): string => cleanForTerminal(scrub(text), colour)
  let foot = ''
  const clear = (): void => {
    if (foot) process.stdout.write('\r\u001b[2K')
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.kill(process.pid, 'SIGTERM')
  })
  return {
    columns: tty ? (process.stdout.columns ?? 80) : null,
    colour,
    line(text) {
      clear()
      process.stdout.write(`${shown(text)}\n`)
      if (foot) process.stdout.write(foot)
    },
    note(text) {
      clear()
      process.stderr.write(`${shown(text)}\n`)
      if (foot) process.stdout.write(foot)
    },
    foot(text) {
      if (!tty) return
      clear()
      foot = shown(text)
      process.stdout.write(foot)
    },
  }
}
