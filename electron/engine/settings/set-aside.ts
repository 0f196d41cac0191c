/** A damaged file is never overwritten: it is renamed, and a new one begun. */
import { existsSync, renameSync } from 'node:fs'

/**
 * Renames `file`, and what belongs to it, to a name with the time in it. Call it only when the person chose to.
 * @param now epoch ms
 * @param companions endings of files that go with it ("-wal")
 * @returns where the file lies now
 * @throws Error when it cannot be renamed
 */
export function setAside(file: string, now: number, companions: readonly string[] = []): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  let target = `${file}.damaged-${stamp}`
  for (let n = 2; existsSync(target); n++) target = `${file}.damaged-${stamp}-${n}`
  renameSync(file, target)
  for (const ending of companions) {
    if (existsSync(file + ending)) renameSync(file + ending, target + ending)
  }
  return target
}
