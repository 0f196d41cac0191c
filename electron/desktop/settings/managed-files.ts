/** The administrator's files as they are now; looked at again every now and then, because nobody tells of a folder that appears. */
import { readFileSync } from 'node:fs'
import type { Kinds } from '../../engine/settings/kinds.ts'
import { readManaged, type ManagedDestination } from '../../engine/settings/managed.ts'
import type { Cancel, Clock } from '../../engine/ports.ts'
import type { Stop } from '../ports.ts'

const LOOK_EVERY_MS = 10_000

export interface ManagedFiles {
  destinations(): readonly ManagedDestination[]
  /** Whenever they are others. */
  watch(listener: () => void): Stop
}

export interface ManagedFilesParts {
  paths: readonly string[]
  kinds: Kinds
  clock: Clock
  /** What of them can't be used or lacks something, with its cure. */
  onTrouble(text: string): void
  /** Null = there is no such file. @throws Error of the file system. Absent = the real one */
  read?(path: string): string | null
}

export function openManagedFiles({ paths, kinds, clock, onTrouble, read = readOrNull }: ManagedFilesParts): ManagedFiles {
  let seen: string | null = null
  let destinations: readonly ManagedDestination[] = []
  const told = new Set<string>()

  function tell(text: string): void {
    if (told.has(text)) return
    told.add(text)
    onTrouble(text)
  }

  /** @returns whether they are others than before */
  function look(): boolean {
    const files = paths.flatMap((path) => {
      try {
        const text = read(path)
        return text === null ? [] : [{ path, text }]
      } catch (error) {
        tell(`The administrator's file ${path} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Let your user read it.`)
        return []
      }
    })
    const now = JSON.stringify(files)
    if (now === seen) return false
    seen = now
    const reading = readManaged(files, kinds)
    destinations = reading.destinations
    for (const text of [...reading.problems, ...reading.unset, ...reading.warnings]) tell(text)
    return true
  }

  look()
  return {
    destinations: () => destinations,
    watch(listener) {
      let cancel: Cancel = () => undefined
      const again = (): void => {
        cancel = clock.after(LOOK_EVERY_MS, () => {
          if (look()) listener()
          again()
        })
      }
      again()
      return () => cancel()
    },
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
