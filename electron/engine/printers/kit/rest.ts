/** REST towards one server: bounded, with a deadline, the credentials only ever to the configured host, every failure named. */
import type { z } from 'zod'
import { Secret } from '../../settings/secret.ts'
import type { AdapterPorts } from '../adapter.ts'
import { type agentFor, hostOf, openRequest, parseJson, request, type HttpAnswer, type HttpMethod } from '../net.ts'
import { asServerError, ServerError } from './server-error.ts'

const DEADLINE_MS = 10_000
/** Settings of a server with many plugins stay below 1 MB; a list of 5000 files is about 8 MB. */
const MAX_BYTES = 2_000_000

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown
  signal?: AbortSignal | undefined
  maxBytes?: number
  deadlineMs?: number
  /** Without credentials of the server's: this may be anybody. */
  anonymous?: boolean
  /** Added to the usual ones. */
  headers?: Readonly<Record<string, string>>
}

/** A request as it is about to leave, for whoever signs it. */
export interface Leaving {
  method: HttpMethod
  /** Path and query as they are sent. */
  target: string
  anonymous: boolean
}

export interface Rest {
  readonly base: string
  readonly host: string
  readonly pin: string | null
  /** Any answer. @throws ServerError when there is none that is HTTP. */
  call(method: HttpMethod, path: string, options?: CallOptions): Promise<HttpAnswer>
  /** The JSON body of a 2xx answer, parsed. @throws ServerError */
  json<T>(method: HttpMethod, path: string, schema: z.ZodType<T>, options?: CallOptions): Promise<T>
  /** An answer to be read piece by piece (MJPEG), with the given headers and no others. @throws ServerError */
  open(url: string, options: { headers: Record<string, string>; deadlineMs: number; signal: AbortSignal }): ReturnType<typeof openRequest>
}

export interface RestParts {
  /** As `baseAddress` makes it: without a closing slash. */
  base: string
  pin: string | null
  ports: Pick<AdapterPorts, 'clock' | 'net'>
  /** "OctoPrint": whose words are not understood. */
  speaks: string
  /** Headers for this server and no other: asked before each request. */
  headers(leaving: Leaving): Record<string, string>
  /** What an answer's status means; null for one that is to be read. */
  judge(answer: HttpAnswer, host: string): ServerError | null
  /** The name of a failed request; absent = `asServerError`. */
  name?(error: unknown, host: string): ServerError
  /**
   * Looks at an answer that may ask for other credentials (a new challenge, a token that ran out). True = it has got them, and the request
   * is sent once more; that answer stands, whatever it is.
   */
  challenged?(answer: HttpAnswer, leaving: Leaving): boolean | Promise<boolean>
  /** For servers with few sockets: a request waits until the one before it has its whole answer. `open` does not wait. */
  oneAtATime?: boolean
  /** A keep-alive agent for GET requests; the caller destroys it. */
  agent?: ReturnType<typeof agentFor> | undefined
}

export function createRest(parts: RestParts): Rest {
  const { base, pin, ports } = parts
  const host = hostOf(base)
  const prefix = new URL(base).pathname.replace(/\/+$/, '')
  const name = parts.name ?? asServerError
  const turns = parts.oneAtATime === true ? oneAfterTheOther() : null

  async function send(leaving: Leaving, path: string, options: CallOptions): Promise<HttpAnswer> {
    try {
      return await request(ports.net, ports.clock, {
        method: leaving.method,
        url: base + path,
        headers: { ...parts.headers(leaving), ...options.headers, ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        maxBytes: options.maxBytes ?? MAX_BYTES,
        deadlineMs: options.deadlineMs ?? DEADLINE_MS,
        signal: options.signal,
        pin,
        // What changes something is never sent twice, so it gets a connection that is surely alive.
        agent: leaving.method === 'GET' ? parts.agent : undefined,
      })
    } catch (error) {
      throw name(error, host)
    }
  }

  async function call(method: HttpMethod, path: string, options: CallOptions = {}): Promise<HttpAnswer> {
    if (turns === null) return await ask(method, path, options)
    const end = await turns(options.signal)
    try {
      return await ask(method, path, options)
    } finally {
      end()
    }
  }

  async function ask(method: HttpMethod, path: string, options: CallOptions): Promise<HttpAnswer> {
    const leaving: Leaving = { method, target: prefix + path, anonymous: options.anonymous ?? false }
    const answer = await send(leaving, path, options)
    return await parts.challenged?.(answer, leaving) === true ? await send(leaving, path, options) : answer
  }

  return {
    base,
    host,
    pin,
    call,
    async json(method, path, schema, options) {
      const answer = await call(method, path, options)
      const wrong = parts.judge(answer, host)
      if (wrong) throw wrong
      const parsed = schema.safeParse(parseJson(answer.body))
      if (!parsed.success) throw new ServerError('not_this_server', `${host} answered ${path} with something ${parts.speaks} would not say.`, answer.status)
      return parsed.data
    },
    open: (url, options) => openRequest(ports.net, ports.clock, { method: 'GET', url, maxBytes: 0, pin: hostOf(url) === host ? pin : null, ...options }),
  }
}

/** Gives out turns in the order they were asked for. Whoever stops waiting (its signal aborts) gets its turn at once, for a request that fails at once. */
function oneAfterTheOther(): (signal: AbortSignal | undefined) => Promise<() => void> {
  let last: Promise<void> = Promise.resolve()
  return async (signal) => {
    const before = last
    let end = () => undefined as void
    const mine = new Promise<void>((resolve) => (end = resolve))
    last = Promise.all([before, mine]).then(() => undefined)
    let onAbort = () => undefined as void
    const aborted = new Promise<void>((resolve) => (onAbort = resolve))
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted !== true) await Promise.race([before, aborted])
    signal?.removeEventListener('abort', onAbort)
    return end
  }
}

export interface KeyAndProxy {
  /** Whether there is a key. */
  readonly hasKey: boolean
  /** Takes other secrets from the next request on. */
  use(secrets: Readonly<Record<string, Secret>>): void
  /** `X-Api-Key` unless anonymous, and `Authorization` for a proxy in front (basic). */
  headers(anonymous?: boolean): Record<string, string>
}

/** The credentials most servers take: a key in `X-Api-Key` (secret `apiKey`), and a proxy's user with the secret `basicPassword`. */
export function keyAndProxy(given: Readonly<Record<string, Secret>>, basicUser: string | undefined): KeyAndProxy {
  let secrets = given
  // A secret of its own: a server that echoes it shows neither user nor password in a form that could be recognised.
  const basicOf = () => (basicUser === undefined ? null : new Secret(Buffer.from(`${basicUser}:${secrets['basicPassword']?.reveal() ?? ''}`).toString('base64')))
  let basic = basicOf()
  return {
    get hasKey() {
      return secrets['apiKey'] !== undefined
    },
    use(fresh) {
      secrets = fresh
      basic = basicOf()
    },
    headers(anonymous = false) {
      const made: Record<string, string> = { Accept: 'application/json' }
      const key = secrets['apiKey']
      if (key && !anonymous) made['X-Api-Key'] = key.reveal()
      if (basic) made['Authorization'] = `Basic ${basic.reveal()}`
      return made
    },
  }
}
