import { pino, type DestinationStream } from 'pino'
import { UserError } from './errors.ts'

/** So much of the log waits in memory while its disk takes nothing; what comes beyond is dropped. */
const WAITING_BYTES = 1_000_000

/**
 * The log's file. The log is a help, the notices are the promise: a disk that is full or broken stops no engine, and is told once.
 * @throws UserError when the file can't be opened
 */
export function logFile(file: string, onTrouble: (text: string) => void): DestinationStream {
  let to: ReturnType<typeof pino.destination>
  try {
    to = pino.destination({ dest: file, mkdir: true, sync: true, mode: 0o600, maxLength: WAITING_BYTES })
  } catch (error) {
    throw new UserError(`The log can't be opened: ${file} (${codeOf(error)}). Make its folder writable for this user, or choose another with --data.`)
  }
  let told = false
  to.on('error', (error: unknown) => {
    if (told) return
    told = true
    onTrouble(`The log can't be written: ${file} (${codeOf(error)}). Free some space on that disk; everything else goes on.`)
  })
  return to
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message
}
