/** A far side within the test: each request waits until the test answers it. For what moves a clock; far-side.ts is the real one. */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { Net } from '../../electron/engine/ports.ts'
import { vi } from 'vitest'

export interface AskedHere {
  method: string
  url: string
  /** The JSON body; undefined when it was none. */
  body: unknown
  /** The body as it was given to the network; empty for a form of its own kind. */
  text: string
  /** The other side gave up waiting. */
  aborted: boolean
  /** Resolves when the answer was read and taken in. */
  answer(status: number, body: unknown, headers?: Record<string, string>): Promise<void>
  /** No answer comes: a network failure of this code. */
  fail(code: string): void
}

interface Config { method: string; url: string; data?: unknown; signal: AbortSignal }

export interface ScriptedHttp {
  net: Net
  asked: AskedHere[]
  /** Resolves with the request of this number, counted from 0, once it came. */
  request(number: number): Promise<AskedHere>
}

export function scriptedHttp(): ScriptedHttp {
  const asked: AskedHere[] = []
  const request = (config: Config): Promise<unknown> => new Promise((resolve, reject) => {
    const text = typeof config.data === 'string' ? config.data : config.data instanceof Uint8Array ? Buffer.from(config.data).toString('latin1') : ''
    const one: AskedHere = {
      method: config.method, url: config.url, text, body: text.startsWith('{') ? JSON.parse(text) as unknown : undefined, aborted: false,
      async answer(status, body, headers = {}) {
        const data = Readable.from([Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))])
        const read = once(data, 'close')
        resolve({ status, headers, data })
        await read
        for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setImmediate(done))
      },
      fail: (code) => reject(Object.assign(new Error('failed'), { code })),
    }
    const abort = (): void => {
      one.aborted = true
      reject(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }))
    }
    config.signal.addEventListener('abort', abort, { once: true })
    if (config.signal.aborted) abort()
    asked.push(one)
  })
  return {
    net: { http: { request } as unknown as Net['http'], online: () => true },
    asked,
    request: (number) => vi.waitFor(() => {
      const one = asked[number]
      if (one === undefined) throw new Error(`only ${asked.length} requests came, not ${number + 1}`)
      return one
    }),
  }
}
