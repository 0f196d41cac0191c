/** Reads a container that may come from anybody: only names we know, only plain files, nothing larger than it may be. Writes nothing. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Parser, type ReadEntry } from 'tar'
import { BackupError, damaged, DATABASE, MANIFEST, MOST_BYTES, notABackup, PICTURE_NAME, PICTURES, readManifest, SEALED, SETTINGS, SUMS, type Manifest } from './format.ts'

export type EntryName = typeof SEALED | typeof SETTINGS | typeof DATABASE | 'picture'

export interface Entry {
  what: EntryName
  /** Of a picture: its name below `pictures/`, known to be harmless. */
  name: string
  size: number
  /** Must be read to the end. */
  bytes: AsyncIterable<Uint8Array>
}

/** 'enough': the rest is not read, and not checked. */
export type Take = (entry: Entry, manifest: Manifest) => Promise<'enough' | void>

/**
 * Reads entry after entry. What the manifest does not allow for is refused before a byte of it is used; at the end every checksum is compared.
 * @param onManifest called first; what it throws ends the reading
 * @throws BackupError, what `take` or `onManifest` throws, or an Error of the file system
 */
export async function readArchive(file: string, onManifest: (manifest: Manifest) => Promise<void>, take: Take, signal?: AbortSignal): Promise<Manifest> {
  await mustBeGzip(file)
  const reader = new Reader(onManifest, take)
  // Parser tells everything that is wrong by 'error' when it is strict.
  const parser = new Parser({ strict: true, maxMetaEntrySize: MOST_BYTES.manifest, onReadEntry: (entry) => reader.next(entry) })
  parser.on('error', (error: unknown) => reader.broken(error))
  parser.on('ignoredEntry', () => reader.fail(damaged('it holds something that is no plain file')))
  let atEnd = false
  parser.on('end', () => {
    atEnd = true
  })
  const source = createReadStream(file)
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted()
      if (reader.over) break
      if (!parser.write(chunk as Buffer)) await reader.unlessOver((done) => parser.once('drain', done))
    }
    if (!reader.over) {
      parser.end()
      await reader.unlessOver((done) => (atEnd ? done() : void parser.once('end', done)))
    }
  } catch (error) {
    reader.fail(error)
  } finally {
    source.destroy()
  }
  return await reader.finish()
}

async function mustBeGzip(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    if (!(await handle.stat()).isFile()) throw notABackup()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    if (bytesRead < 2 || buffer[0] !== 0x1f || buffer[1] !== 0x8b) throw notABackup()
  } finally {
    await handle.close()
  }
}

class Reader {
  #work: Promise<void> = Promise.resolve()
  #failure: Error | null = null
  #enough = false
  #manifest: Manifest | null = null
  #found = new Map<string, string>()
  #sums: Map<string, string> | null = null
  #left = { count: 0, bytes: 0 }
  /** Who waits for something that may not come any more. */
  #waiting = new Set<() => void>()

  constructor(readonly onManifest: (manifest: Manifest) => Promise<void>, readonly take: Take) {}

  get over(): boolean {
    return this.#failure !== null || this.#enough
  }

  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error))
    this.#wake()
  }

  /** Waits until `begin` calls back, or nothing more is to be read. */
  async unlessOver(begin: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done)
        resolve()
      }
      this.#waiting.add(done)
      if (this.over) done()
      else begin(done)
    })
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }

  /** The container itself can't be read further. */
  broken(error: unknown): void {
    // What does not even unpack was once whole.
    const packed = error instanceof Error && String(Reflect.get(error, 'code')).startsWith('Z_')
    this.fail(error instanceof BackupError ? error : this.#manifest === null && !packed ? notABackup() : damaged('it is cut short or was changed', error))
  }

  next(entry: ReadEntry): void {
    this.#work = this.#work.then(async () => {
      if (this.over) return void entry.resume()
      try {
        await this.#one(entry)
      } catch (error) {
        this.fail(error)
        entry.resume()
      }
    })
  }

  async finish(): Promise<Manifest> {
    // Also after a failure: nobody may be writing any more when the caller cleans up.
    await this.#work
    if (this.#failure !== null) throw this.#failure
    if (this.#manifest === null) throw notABackup()
    if (!this.#enough) this.#compare()
    return this.#manifest
  }

  async #one(entry: ReadEntry): Promise<void> {
    if (this.#sums !== null) throw damaged('something stands behind its checksums')
    if (this.#manifest === null) {
      if (entry.path !== MANIFEST || !isPlain(entry)) throw notABackup()
      const manifest = readManifest(await this.#text(entry, MOST_BYTES.manifest))
      await this.onManifest(manifest)
      this.#left = { ...(manifest.pictures ?? { count: 0, bytes: 0 }) }
      this.#manifest = manifest
      return
    }
    if (!isPlain(entry)) throw damaged(`"${shown(entry.path)}" in it is no plain file`)
    if (entry.path === SUMS) {
      this.#sums = sumsOf(await this.#text(entry, MOST_BYTES.sums, false))
      return
    }
    const what = this.#allowed(entry, this.#manifest)
    if (this.#found.has(entry.path)) throw damaged(`"${shown(entry.path)}" stands in it twice`)
    const hash = createHash('sha256')
    let seen = 0
    const chunks = this.#chunksOf(entry)
    const bytes = (async function* () {
      for await (const chunk of chunks) {
        hash.update(chunk)
        seen += chunk.length
        yield chunk
      }
    })()
    const wish = await this.take({ what, name: what === 'picture' ? entry.path.slice(PICTURES.length) : entry.path, size: entry.size, bytes }, this.#manifest)
    if (wish === 'enough') {
      this.#enough = true
      entry.resume()
      return this.#wake()
    }
    if (seen !== entry.size) throw damaged(`"${shown(entry.path)}" in it is cut short`)
    this.#found.set(entry.path, hash.digest('hex'))
  }

  /** @throws what stopped the reading: an entry of a broken container has no end */
  async* #chunksOf(entry: ReadEntry): AsyncGenerator<Buffer> {
    const iterator = entry[Symbol.asyncIterator]()
    for (;;) {
      const step = { is: null as IteratorResult<Buffer, unknown> | null, error: null as unknown }
      await this.unlessOver((done) => void iterator.next().then((found) => {
        step.is = found
      }, (error: unknown) => {
        step.error = error
      }).then(done))
      if (step.error !== null) this.broken(step.error)
      if (this.#failure !== null) throw this.#failure
      if (step.is === null || step.is.done === true) return
      yield step.is.value
    }
  }

  /** @throws BackupError for what the manifest did not announce */
  #allowed({ path, size }: ReadEntry, manifest: Manifest): EntryName {
    if (path === SETTINGS && size <= MOST_BYTES.settings) return SETTINGS
    if (path === SEALED && manifest.sealed && size <= MOST_BYTES.sealed) return SEALED
    if (path === DATABASE && manifest.history !== null && size === manifest.history.bytes) return DATABASE
    if (path.startsWith(PICTURES) && PICTURE_NAME.test(path.slice(PICTURES.length)) && size <= MOST_BYTES.picture) {
      this.#left.count -= 1
      this.#left.bytes -= size
      if (this.#left.count >= 0 && this.#left.bytes >= 0) return 'picture'
    }
    throw damaged(`"${shown(path)}" (${size} bytes) does not belong into it`)
  }

  async #text(entry: ReadEntry, most: number, counts = true): Promise<string> {
    if (entry.size > most) throw damaged(`"${shown(entry.path)}" in it is too large`)
    const chunks: Buffer[] = []
    for await (const chunk of this.#chunksOf(entry)) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    if (bytes.length !== entry.size) throw damaged(`"${shown(entry.path)}" in it is cut short`)
    if (counts) this.#found.set(entry.path, createHash('sha256').update(bytes).digest('hex'))
    return bytes.toString('utf8')
  }

  #compare(): void {
    const sums = this.#sums
    if (sums === null) throw damaged('its end is missing')
    for (const [name, sum] of this.#found) {
      if (sums.get(name) !== sum) throw damaged(`"${shown(name)}" in it was changed`)
    }
    const missing = [...sums.keys()].find((name) => !this.#found.has(name))
    if (missing !== undefined) throw damaged(`"${shown(missing)}" is missing in it`)
    const manifest = this.#manifest
    const must = [SETTINGS, ...(manifest?.sealed ? [SEALED] : []), ...(manifest?.history ? [DATABASE] : [])]
    const absent = must.find((name) => !this.#found.has(name))
    if (absent !== undefined) throw damaged(`"${absent}" is missing in it`)
  }
}

const isPlain = (entry: ReadEntry): boolean => (entry.type === 'File' || entry.type === 'OldFile') && !entry.linkpath && Number.isSafeInteger(entry.size) && entry.size >= 0

/** As `sha256sum` writes it. */
function sumsOf(text: string): Map<string, string> {
  return new Map(text.split('\n').filter((line) => line !== '').map((line) => {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum === undefined || name === undefined) throw damaged('its checksums can\'t be read')
    return [name, sum]
  }))
}

/** A stranger's name in a text of ours. */
const shown = (name: string): string => name.replace(/[^\w./ -]/g, '?').slice(0, 120)
