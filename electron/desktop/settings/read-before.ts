/**
 * What the schema made of the settings file at the last start. A build of Printbell makes the same of the same text each time, so the next
 * start need neither make the schema's hundreds of parts nor ask them: 6 to 7 ms of the main thread (docs/performance.md).
 */
import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Log } from '../../engine/ports.ts'
import type { ReadBefore } from '../../engine/settings/load.ts'
import type { Settings } from '../../engine/settings/schema.ts'
import { replaceFile } from '../shell/replace-file.ts'

/** A hash of all that the build was made of; put in by the bundler. Not there in tests and with hot reload. */
declare const __BUILD__: string | undefined

/** The build that runs, on what it runs; null = nobody knows, so nothing is kept. */
export function thisBuild(): string | null {
  return typeof __BUILD__ === 'undefined' ? null : `${__BUILD__} ${process.versions.electron ?? process.version}`
}

/** ReadBefore, and its end. */
export interface KeptReadings extends ReadBefore {
  /** Writes down what was read, unless it was known. What can't be written is told to the log: the next start reads all anew. */
  keep(): void
}

type Reading = readonly [text: string, settings: Settings]

/** @param parts `file`: absolute; `build`: another one's readings are passed over, null = nothing is looked up or kept */
export function keptReadings({ file, build, log }: { file: string; build: string | null; log: Log }): KeptReadings {
  const known = new Map(build === null ? [] : readingsIn(file, build))
  const read = new Map<string, Settings>()
  let isKept = true
  return {
    of(text) {
      const settings = known.get(text)
      // Whoever has it may change it: the next one gets it as it was.
      return settings === undefined ? null : structuredClone(settings)
    },
    read(text, settings) {
      if (!known.has(text)) isKept = false
      read.set(text, settings)
    },
    keep() {
      if (build === null || isKept) return
      try {
        write(file, build, [...read])
        isKept = true
      } catch (error) {
        log.warn('what the settings say could not be kept for the next start, which reads them anew', { error })
      }
    },
  }
}

/** None = nothing is kept, or it is another build's, or damaged. */
function readingsIn(file: string, build: string): readonly Reading[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // Not there yet, or not to be read: then it is as if there were none, and the next keeping tells.
    return []
  }
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  return end !== -1 && text.slice(0, end) === headOf(build, body) ? (JSON.parse(body) as Reading[]) : []
}

/** The build, and a checksum of what follows. */
function headOf(build: string, body: string): string {
  return `${build} ${crc32(body).toString(16)}`
}

function write(file: string, build: string, readings: readonly Reading[]): void {
  const body = JSON.stringify(readings)
  replaceFile(file, `${headOf(build, body)}\n${body}`)
}
