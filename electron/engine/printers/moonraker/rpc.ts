/** JSON-RPC 2.0 over Moonraker's websocket: calls with a deadline, answers by their number, notifications as they come. */
import type { z } from 'zod'
import type { Clock } from '../../ports.ts'
import { asServerError, ServerError, tidy } from '../kit/server-error.ts'
import { openSocket, UpgradeRefused, type LiveSocket } from '../kit/socket.ts'
import { agentFor, hostOf, netError } from '../net.ts'

/** The largest answers are lists (objects with their fields, a page of the history): below 1 MB. This bound only stops a hostile server. */
const MAX_FRAME_BYTES = 8_000_000
/** A subscription answers after up to 0.25 s, everything else but G-code at once (0.11.0, seen). */
const DEADLINE_MS = 10_000
/** Calls that may wait for their answers; more are asked by a mistake of ours only. */
const MOST_WAITING = 64

/**
 * What the server answered to one call instead of a result. Over the websocket its 401 comes as -32602 (which bad parameters have,
 * too) and its 404 as -32601; 400, 500 and 503 stay as they are (0.11.0, seen).
 */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  /** The server's own words: their first line (Klipper adds what to do about it in general), bounded, without secrets. */
  readonly said: string
  constructor(readonly method: string, readonly code: number, said: string) {
    const short = tidy(said.trim().split('\n')[0] ?? '').trim()
    super(`${method}: ${short} (${code})`)
    this.said = short
  }
  /** The credentials are missing or not accepted. Every method says so to a socket without rights; ours has no bad parameters there. */
  get unauthorized(): boolean {
    return this.code === 401 || (this.code === -32602 && /unauthori[sz]ed|api key|jwt|token|password|login/i.test(this.said))
  }
  /** This Moonraker does not have the method: a component is missing, or Klippy was never there. */
  get noMethod(): boolean {
    return this.code === -32601 || this.code === 404
  }
  /** Klippy is not connected to Moonraker. */
  get noKlippy(): boolean {
    return this.code === 503
  }
}

export interface CallOptions<T = unknown> {
  /** Hears the result in the order of the frames, before any later notification; the promise comes a little after. */
  atOnce?(result: T): void
  deadlineMs?: number
  signal?: AbortSignal | undefined
}

export interface RpcHandlers {
  notification(method: string, params: unknown): void
  /** A sign of life that is no notification: an answer, or what our ping brought back. */
  alive(): void
  junk(what: string): void
  /** Once, however it ended. `code` 1001 = Moonraker is being stopped. */
  closed(why: ServerError, code: number | null): void
}

export interface Rpc {
  readonly host: string
  /** When the upgrade was answered, by the server's clock, epoch ms; null = it did not tell. */
  readonly serverTime: number | null
  /**
   * Calls a method. @throws RpcError when the server says no; ServerError when the line is lost, the deadline passes, the signal
   * aborts, or the answer is none that a Moonraker would give
   */
  call<T>(method: string, schema: z.ZodType<T>, params?: Record<string, unknown>, options?: CallOptions<T>): Promise<T>
  probe(): void
  close(why: ServerError): void
}

export interface RpcOptions {
  /** http(s) base address of the server, with its prefix. */
  base: string
  headers: Record<string, string>
  pin: string | null
  clock: Clock
  signal: AbortSignal
}

interface Waiting {
  method: string
  settle(answer: { result: unknown } | { error: Error }): void
}

/** Opens the socket. @throws UpgradeRefused (403: a foreign Origin, or a proxy), ServerError for everything else */
export async function openRpc(options: RpcOptions, handlers: RpcHandlers): Promise<Rpc> {
  const { clock, base } = options
  const host = hostOf(base)
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: ServerError | null = null

  const network = (cause: 'aborted' | 'timeout'): ServerError => asServerError(netError(cause, host), host)

  function frame(raw: unknown): void {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return handlers.junk('frame that is no JSON-RPC')
    if ('method' in raw && typeof raw.method === 'string') return handlers.notification(raw.method, 'params' in raw ? raw.params : undefined)
    if (!('id' in raw) || typeof raw.id !== 'number' || !('result' in raw || 'error' in raw)) return handlers.junk('frame that is no JSON-RPC')
    handlers.alive()
    const call = waiting.get(raw.id)
    // The answer to a call that was given up.
    if (!call) return
    waiting.delete(raw.id)
    call.settle('error' in raw && raw.error !== undefined ? { error: errorOf(call.method, raw.error) } : { result: 'result' in raw ? raw.result : undefined })
  }

  function closed(error: Error, code: number | null): void {
    const why = asServerError(error, host)
    ended = why
    for (const call of waiting.values()) call.settle({ error: why })
    waiting.clear()
    handlers.closed(why, code)
  }

  const socket: LiveSocket = await openSocket(
    {
      url: `${base.replace(/^http/, 'ws')}/websocket`,
      agent: agentFor(base, options.pin),
      headers: options.headers,
      maxFrameBytes: MAX_FRAME_BYTES,
      clock,
      signal: options.signal,
    },
    { frame, closed, alive: () => handlers.alive(), junk: (what) => handlers.junk(what) },
  ).catch((error: unknown) => {
    throw error instanceof UpgradeRefused ? error : asServerError(error, host)
  })

  function call<T>(method: string, schema: z.ZodType<T>, params?: Record<string, unknown>, { deadlineMs = DEADLINE_MS, signal, atOnce }: CallOptions<T> = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      if (signal?.aborted) return reject(network('aborted'))
      if (waiting.size >= MOST_WAITING) return reject(new ServerError('timeout', `${host} does not answer what it was asked.`))
      const id = ++lastId
      const onAbort = (): void => giveUp(network('aborted'))
      const cancel = clock.after(deadlineMs, () => giveUp(network('timeout')))
      const giveUp = (why: ServerError): void => {
        waiting.delete(id)
        settle({ error: why })
      }
      function settle(answer: { result: unknown } | { error: Error }): void {
        cancel()
        signal?.removeEventListener('abort', onAbort)
        if ('error' in answer) return reject(answer.error)
        const parsed = schema.safeParse(answer.result)
        if (!parsed.success) return reject(new ServerError('not_this_server', `${host} answered ${method} with something Moonraker would not say.`))
        atOnce?.(parsed.data)
        resolve(parsed.data)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      waiting.set(id, { method, settle })
      socket.send({ jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }), id })
    })
  }

  const date = Date.parse(String(socket.headers['date'] ?? ''))
  return {
    host,
    // The header cuts the milliseconds off: half a second is the best guess.
    serverTime: Number.isFinite(date) ? date + 500 : null,
    call,
    probe: () => socket.probe(),
    close: (why) => socket.close(why),
  }
}

function errorOf(method: string, error: unknown): RpcError {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number' ? error.code : 500
  const said = typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string' ? error.message : 'no reason given'
  return new RpcError(method, code, said)
}
