/** A file of ours that is there whole or not at all: what is kept for the next start. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Readable for its owner only; its folder is made if need be. @throws Error of the file system; the file is as before then */
export function replaceFile(file: string, content: string | Buffer): void {
  const fresh = `${file}.new`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(fresh, content, { mode: 0o600 })
  try {
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}
