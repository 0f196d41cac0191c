/** Pictures on disk: one folder per printer, one file per event, readable by their owner only. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { Picture } from '../delivery/message.ts'
import { readHeader } from './header.ts'

/** A larger file was not written by us. */
const MAX_FILE = 20_000_000
const PARTIAL = '.part'

export class PictureStore {
  #counter = 0
  /** Folders whose leftovers of a killed run were removed. */
  #swept = new Set<string>()

  constructor(readonly dir: string) {}

  /**
   * Writes <printer>/<event>.jpg so that it exists whole or not at all.
   * @returns its absolute path
   * @throws Error of the file system (ENOSPC, EACCES, ...)
   */
  async write(printerId: string, eventId: string, jpeg: Uint8Array, takenAt: number): Promise<string> {
    const folder = join(this.dir, safeName(printerId))
    await mkdir(this.dir, { recursive: true, mode: 0o700 })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await this.#sweep(folder)
    const file = join(folder, `${safeName(eventId)}.jpg`)
    const partial = `${file}.${process.pid}-${++this.#counter}${PARTIAL}`
    try {
      const handle = await open(partial, 'wx', 0o600)
      try {
        await handle.writeFile(jpeg)
      } finally {
        await handle.close()
      }
      // The file's own time tells later when the picture was taken.
      await utimes(partial, takenAt / 1000, takenAt / 1000)
      await rename(partial, file)
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
    return file
  }

  /** The picture in a file of ours; null when it is gone, damaged, or lies elsewhere. */
  async load(file: string): Promise<Picture | null> {
    const path = this.#inside(file)
    if (path === null) return null
    try {
      const { size, mtimeMs } = await stat(path)
      if (size > MAX_FILE) return null
      const jpeg = new Uint8Array(await readFile(path))
      const { width, height } = readHeader(jpeg)
      return { jpeg, file: path, width, height, takenAt: Math.round(mtimeMs) }
    } catch {
      // Deleted by retention or by hand, or damaged: there is no picture any more, which the caller tells.
      return null
    }
  }

  /** @throws Error of the file system for anything but a file that is gone already */
  async remove(file: string): Promise<void> {
    const path = this.#inside(file)
    if (path !== null) await rm(path, { force: true })
  }

  /** Absolute path of a file within our folder; null for any other, so that a wrong row can never delete or show it. */
  #inside(file: string): string | null {
    const path = resolve(this.dir, file)
    const below = relative(resolve(this.dir), path)
    // On another drive of Windows the relative path is absolute.
    return below.startsWith('..') || isAbsolute(below) || !below.endsWith('.jpg') ? null : path
  }

  async #sweep(folder: string): Promise<void> {
    if (this.#swept.has(folder)) return
    this.#swept.add(folder)
    // mkdir leaves the mode of a folder that exists already.
    await chmod(folder, 0o700)
    const own = `.${process.pid}-`
    for (const name of await readdir(folder)) if (name.endsWith(PARTIAL) && !name.includes(own)) await rm(join(folder, name), { force: true })
  }
}

/**
 * A file name from an id: other characters than A-Z a-z 0-9 _ - become _, and a short hash then keeps "a/b" and "a_b" apart.
 * Names that Windows reserves (CON, NUL ...) get the hash, too.
 */
export function safeName(id: string): string {
  const plain = id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 80)
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain)
  if (plain === id && plain !== '' && !reserved) return plain
  return `${plain}_${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
}
