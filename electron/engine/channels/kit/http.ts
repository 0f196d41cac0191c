/** One request of a channel: bounded in time and in what it reads, no redirects, and no failure that tells an address. */
import type { AxiosResponse } from 'axios'
import type { Readable } from 'node:stream'
import { endingWith } from '../../ending-with.ts'
import type { ChannelPorts, Verdict } from '../channel.ts'
import { verdictOfFailure } from './answers.ts'

/** Of an answer's body so much is read; a service's own errors are far shorter. Bytes. */
const READ_AT_MOST = 64 * 1024

export interface Asked {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  data?: string | Uint8Array | FormData | URLSearchParams
  /** From the first byte to the end of the answer. ms */
  timeoutMs: number
  /** Any of these ends it at once: the sending's own, and the channel's closing. */
  signals: readonly AbortSignal[]
}

/** An answer, whatever its status. */
export interface Answer {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** The body as UTF-8; cut when it is longer than 64 kB. */
  text: string
  /** The body as JSON; undefined = it is none. */
  json: unknown
}

export type Asking = { answer: Answer } | { answer: null; timedOut: boolean; verdict: Verdict }

/** Asks once. Never throws: what got no answer is a verdict to be tried again, unless the channel knows better (`timedOut`). */
export async function ask(ports: Pick<ChannelPorts, 'clock' | 'net'>, asked: Asked): Promise<Asking> {
  const late = new AbortController()
  const cancel = ports.clock.after(asked.timeoutMs, () => late.abort())
  try {
    return { answer: await endingWith([...asked.signals, late.signal], (signal) => request(ports, asked, signal)) }
  } catch (error) {
    return { answer: null, timedOut: late.signal.aborted, verdict: verdictOfFailure(error, late.signal.aborted) }
  } finally {
    cancel()
  }
}

/** @throws Error of the request, in axios's words */
async function request(ports: Pick<ChannelPorts, 'net'>, asked: Asked, signal: AbortSignal): Promise<Answer> {
  const response = await ports.net.http.request<Readable>({
    method: asked.method,
    url: asked.url,
    data: asked.data,
    headers: { 'User-Agent': 'Printbell', ...asked.headers },
    signal,
    // Not followed: the message and its token would go to where nobody entered them.
    maxRedirects: 0,
    maxBodyLength: Number.POSITIVE_INFINITY,
    responseType: 'stream',
    validateStatus: () => true,
  })
  const text = await read(response, signal)
  return { status: response.status, headers: headersOf(response), text, json: jsonOf(text) }
}

/** To its end, within bounds. What breaks off or takes too long counts as far as it came: the status is known already. */
async function read(response: AxiosResponse<Readable>, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise<void>((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end)
      response.data.destroy()
      resolve()
    }
    response.data.on('data', (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, READ_AT_MOST - bytes))
      bytes += chunk.length
      if (bytes >= READ_AT_MOST) end()
    })
    response.data.once('end', end)
    response.data.once('close', end)
    response.data.on('error', end)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
  return Buffer.concat(chunks).toString('utf8')
}

function headersOf(response: AxiosResponse): Record<string, string> {
  return Object.fromEntries(Object.entries(response.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : [])))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
