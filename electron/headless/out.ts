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

/** The process's own stdout and stderr. A reader that went away (`| head`) is no error. */
export function processOut(): Out {
  const tty = process.stdout.isTTY === true
  let foot = ''
  const clear = (): void => {
    if (foot) process.stdout.write('\r\u001b[2K')
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.kill(process.pid, 'SIGTERM')
  })
  return {
    columns: tty ? (process.stdout.columns ?? 80) : null,
    colour: tty && process.env.NO_COLOR === undefined,
    line(text) {
      clear()
      process.stdout.write(`${scrub(text)}\n`)
      if (foot) process.stdout.write(foot)
    },
    note(text) {
      clear()
      process.stderr.write(`${scrub(text)}\n`)
      if (foot) process.stdout.write(foot)
    },
    foot(text) {
      if (!tty) return
      clear()
      foot = scrub(text)
      process.stdout.write(foot)
    },
  }
}
