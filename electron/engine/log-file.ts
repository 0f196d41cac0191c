import { renameSync, statSync } from 'node:fs'
import { pino, type DestinationStream } from 'pino'

/** So much of the log waits in memory while its disk takes nothing; what comes beyond is dropped. */
const WAITING_BYTES = 1_000_000

/** The log and the one before it (`.1`) together stay below twice that. bytes */
const LARGEST_FILE = 5_000_000

/**
 * The log's file, set aside as `.1` before it grows above 5 MB. The log is a help, the notices are the promise: a disk that is full or broken stops no engine, and is told once.
 * @throws Error in words for people when the file can't be opened
 */
export function logFile(file: string, onTrouble: (text: string) => void): DestinationStream {
  let told = false
  const tell = (text: string): void => {
    if (!told) onTrouble(text)
    told = true
  }
  const setAside = (): boolean => {
    try {
      renameSync(file, `${file}.1`)
      return true
    } catch (error) {
      tell(`The log can't be set aside as ${file}.1 (${codeOf(error)}), so it grows on. Make its folder writable for this user, or choose another with --data.`)
      return false
    }
  }
  let size: number
  let to: ReturnType<typeof pino.destination>
  try {
    size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size > LARGEST_FILE && setAside()) size = 0
    to = pino.destination({ dest: file, mkdir: true, sync: true, mode: 0o600, maxLength: WAITING_BYTES })
  } catch (error) {
    throw new Error(`The log can't be opened: ${file} (${codeOf(error)}). Make its folder writable for this user, or choose another with --data.`, { cause: error })
  }
  to.on('error', (error: unknown) => tell(`The log can't be written: ${file} (${codeOf(error)}). Free some space on that disk; everything else goes on.`))
  return {
    write(line) {
      const more = Buffer.byteLength(line)
      if (size > 0 && size + more > LARGEST_FILE) {
        if (setAside()) to.reopen()
        // Where that failed it is tried again after as much more, not with every line.
        size = 0
      }
      size += more
      to.write(line)
    },
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message
}
