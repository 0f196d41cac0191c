/** The files of one plugin: read whole, named by one hash, and copied to where they run. */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface PluginFile {
  /** Within the folder, with slashes. */
  path: string
  bytes: Uint8Array
}

export interface PluginFiles {
  /** By their paths. */
  files: readonly PluginFile[]
  /** SHA-256 over all paths and contents, in hex. */
  hash: string
}

/** What a plugin may bring: it is looked through at each message, and a person is to be able to read it. */
const MOST_FILES = 200
const MOST_BYTES = 2 * 1024 * 1024

/**
 * @param folder absolute
 * @throws Error in words of cause and cure: too many, too large, links among them, not readable
 */
export function readFiles(folder: string): PluginFiles {
  const files: PluginFile[] = []
  let bytes = 0
  const walk = (inside: string): void => {
    for (const name of readdirSync(join(folder, inside)).sort()) {
      const path = inside === '' ? name : `${inside}/${name}`
      const found = lstatSync(join(folder, path))
      if (found.isDirectory()) walk(path)
      else if (!found.isFile()) throw new Error(`${path} is no ordinary file. A plugin has files and folders only: put the file itself there.`)
      else {
        bytes += found.size
        if (files.length >= MOST_FILES || bytes > MOST_BYTES) throw new Error(`It has more than ${MOST_FILES} files or 2 MB. Take away what it does not need to run.`)
        files.push({ path, bytes: readFileSync(join(folder, path)) })
      }
    }
  }
  try {
    walk('')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === undefined ? error : new Error(`Its files can't be read (${code}).`, { cause: error })
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { files, hash: hashOf(files) }
}

/** Writes them below `target`, which only this user may read. */
export function writeFiles(files: readonly PluginFile[], target: string): void {
  for (const { path, bytes } of files) {
    const file = join(target, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, bytes, { mode: 0o600 })
  }
}

/** Each length stands before what it measures, so that no two sets of files read the same. */
function hashOf(files: readonly PluginFile[]): string {
  const hash = createHash('sha256')
  for (const { path, bytes } of files) hash.update(`${Buffer.byteLength(path)}:${path}:${bytes.length}:`).update(bytes)
  return hash.digest('hex')
}
