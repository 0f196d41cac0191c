/** Writes the container: entries one after the other, each hashed as it passes, the checksums last. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Header, Pack, ReadEntry } from 'tar'
import { SUMS } from './format.ts'

export interface NewEntry {
  name: string
  /** Of exactly so many bytes. */
  size: number
  /** Epoch ms. */
  at: number
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/**
 * The file exists whole or not at all; one that is there is replaced.
 * @param onBytes told how many bytes went in, before they were packed
 * @returns its size in bytes
 * @throws Error of the file system, or what `entries` throws
 */
export async function writeArchive(target: string, entries: AsyncIterable<NewEntry>, at: number, onBytes: (bytes: number) => void): Promise<number> {
  const partial = `${target}.part`
  // Made anew: a leftover could be open to others.
  await rm(partial, { force: true })
  const pack = new Pack({ gzip: true, portable: true })
  try {
    const out = createWriteStream(partial, { flags: 'wx', mode: 0o600 })
    const written = pipeline(pack as unknown as NodeJS.ReadableStream, out)
    // Whichever fails first is told; the other must not stay unheard.
    written.catch(() => undefined)
    await Promise.race([fill(pack, entries, at, onBytes), written.then(() => Promise.reject(new Error('the archive ended early')))])
    pack.end()
    await written
    const handle = await open(partial, 'r+')
    try {
      await handle.sync()
      const { size } = await handle.stat()
      await rename(partial, target)
      return size
    } finally {
      await handle.close()
    }
  } catch (error) {
    pack.destroy()
    await rm(partial, { force: true })
    throw error
  }
}

async function fill(pack: Pack, entries: AsyncIterable<NewEntry>, at: number, onBytes: (bytes: number) => void): Promise<void> {
  const sums: string[] = []
  for await (const entry of entries) {
    const hash = createHash('sha256')
    await add(pack, entry, (bytes) => {
      hash.update(bytes)
      onBytes(bytes.length)
    })
    sums.push(`${hash.digest('hex')}  ${entry.name}\n`)
  }
  const text = Buffer.from(sums.join(''))
  await add(pack, { name: SUMS, size: text.length, at, bytes: [text] }, () => undefined)
}

async function add(pack: Pack, { name, size, at, bytes }: NewEntry, onBytes: (bytes: Uint8Array) => void): Promise<void> {
  const entry = new ReadEntry(new Header({ path: name, size, mode: 0o600, mtime: new Date(at), type: 'File' }))
  const ended = once(entry, 'end')
  ended.catch(() => undefined)
  pack.add(entry)
  for await (const chunk of bytes) {
    onBytes(chunk)
    if (!entry.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) await once(entry, 'drain')
  }
  entry.end()
  await ended
}
