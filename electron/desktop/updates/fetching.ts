/** Small files and large ones from whoever has the newer version. Bounded in size and time; redirects are followed, but never from https to http. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { AxiosInstance, AxiosResponse, ResponseType } from 'axios'
import type { Clock } from '../../engine/ports.ts'
import { UpdateError } from './updater.ts'

const REDIRECTS = 5

export interface FetchParts {
  http: AxiosInstance
  clock: Clock
  /** How long nothing may come, ms. */
  stallMs: number
}

/** Aborts by itself when nothing comes for a while. */
interface Patience {
  signal: AbortSignal
  /** Something came. */
  heard(): void
  end(): void
}

function patience({ clock, stallMs }: FetchParts, signal: AbortSignal, host: string): Patience {
  const own = new AbortController()
  const tooLong = (): void => own.abort(new UpdateError(`${host} does not answer any more. Printbell tries again.`))
  let cancel = clock.after(stallMs, tooLong)
  return {
    signal: AbortSignal.any([signal, own.signal]),
    heard() {
      cancel()
      cancel = clock.after(stallMs, tooLong)
    },
    end: () => cancel(),
  }
}

/** The answer, or what redirects lead to. @throws what aborted it */
async function get(url: URL, responseType: ResponseType, limit: number, { http }: FetchParts, wait: Patience): Promise<AxiosResponse<unknown>> {
  let at = url
  for (let hops = 0; hops <= REDIRECTS; hops++) {
    let answer: AxiosResponse<unknown>
    try {
      answer = await http.get<unknown>(at.href, { responseType, signal: wait.signal, maxContentLength: limit, headers: { 'Cache-Control': 'no-cache', Accept: '*/*' } })
    } catch (error) {
      wait.signal.throwIfAborted()
      throw isTooLong(error) ? new UpdateError(`${at.host} sends more than it should, so nothing of it is taken. Check the address.`) : error
    }
    wait.heard()
    const next = redirectOf(answer, at)
    if (next === null) return answer
    if (responseType === 'stream') (answer.data as IncomingMessage).destroy()
    if (!/^https?:$/.test(next.protocol) || (at.protocol === 'https:' && next.protocol === 'http:')) throw new UpdateError(`${at.host} sends us on to an address that is not safe. Check the address.`)
    at = next
  }
  throw new UpdateError(`${url.host} sends us in circles. Check the address.`)
}

const isTooLong = (error: unknown): boolean => error instanceof Error && error.message.startsWith('maxContentLength')

function redirectOf({ status, headers }: AxiosResponse, from: URL): URL | null {
  const to: unknown = headers['location']
  return status >= 300 && status < 400 && typeof to === 'string' && URL.canParse(to, from.href) ? new URL(to, from.href) : null
}

/** @returns null when there is no such file (404, 410) @throws UpdateError, or what came between */
export async function fetchSmall(url: URL, limit: number, parts: FetchParts, signal: AbortSignal): Promise<Buffer | null> {
  const wait = patience(parts, signal, url.host)
  try {
    const { status, data } = await get(url, 'arraybuffer', limit, parts, wait)
    if (status === 404 || status === 410) return null
    if (status !== 200) throw new UpdateError(`${url.host} answers with status ${status}. Printbell tries again.`)
    return Buffer.from(data as ArrayBuffer)
  } finally {
    wait.end()
  }
}

export interface Expected {
  /** Base64. */
  sha512: string
  /** Bytes. */
  size: number
}

/**
 * Into a file, which is there whole and on the disk when this resolves. What was written of a download that failed is the caller's to remove.
 * @throws UpdateError, or what came between
 */
export async function fetchFile(url: URL, file: string, expected: Expected, parts: FetchParts, on: { bytes(so: number): void; signal: AbortSignal }): Promise<void> {
  const wait = patience(parts, on.signal, url.host)
  try {
    const { status, data } = await get(url, 'stream', Number.POSITIVE_INFINITY, parts, wait)
    const stream = data as IncomingMessage
    if (status !== 200) {
      stream.destroy()
      throw new UpdateError(status === 404 || status === 410 ? `${url.host} does not have the file of the newer version. Printbell tries again.` : `${url.host} answers with status ${status}. Printbell tries again.`)
    }
    await write(stream, file, expected, url.host, (so) => {
      wait.heard()
      on.bytes(so)
    })
  } catch (error) {
    wait.signal.throwIfAborted()
    throw error
  } finally {
    wait.end()
  }
}

async function write(stream: IncomingMessage, file: string, { sha512, size }: Expected, host: string, onBytes: (so: number) => void): Promise<void> {
  const hash = createHash('sha512')
  const to = await open(file, 'w', 0o600)
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > size) throw otherFile(host)
      hash.update(chunk)
      await to.writeFile(chunk)
      onBytes(bytes)
    }
    await to.sync()
  } finally {
    await to.close()
  }
  if (bytes !== size || hash.digest('base64') !== sha512) throw bytes < size ? new UpdateError(`The download from ${host} broke off. Printbell tries again.`) : otherFile(host)
}

function otherFile(host: string): UpdateError {
  return new UpdateError(`The file at ${host} is not the one that the makers of Printbell signed, so it was thrown away. Printbell tries again; if it stays so, somebody changed it there.`)
}
