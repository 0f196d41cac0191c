/** REST towards one OctoPrint: bounded, with a deadline, the key only ever to the configured host, every failure named. */
import type { z } from 'zod'
import { scrub, Secret } from '../../settings/secret.ts'
import type { AdapterPorts, ServerConfig } from '../adapter.ts'
import { type agentFor, hostOf, NetError, openRequest, parseJson, request, type HttpAnswer, type NetCause } from '../net.ts'
import { baseUrl, type OctoPrintSettings } from './settings.ts'

export type RestCause = NetCause | 'booting' | 'proxy_auth' | 'key_invalid' | 'permission_missing' | 'not_this_server' | 'wrong_prefix' | 'setup_unfinished' | 'too_old' | 'server_error'

/** What a server may say in our texts, and what a whole text may hold. */
const LONGEST_SAID = 200
const LONGEST_MESSAGE = 1_000

/** A call that brought nothing usable. The message is for people: cause and cure, no secret, one line of bounded length. */
export class RestError extends Error {
  override readonly name = 'RestError'
  constructor(readonly cause_: RestCause, detail: string, readonly status: number | null = null) {
    super(tidy(detail, LONGEST_MESSAGE))
  }
}

export interface CallOptions {
  body?: unknown
  signal?: AbortSignal | undefined
  maxBytes?: number
  deadlineMs?: number
  /** Without the key: what OctoPrint's own client does before it has one. */
  anonymous?: boolean
}

export interface Rest {
  readonly base: string
  readonly host: string
  readonly hasKey: boolean
  readonly pin: string | null
  /** Takes other secrets from the next request on. */
  useSecrets(secrets: Readonly<Record<string, Secret>>): void
  /** Headers for this host and no other. */
  headers(anonymous?: boolean): Record<string, string>
  /** Any answer. @throws RestError when there is none that is HTTP. */
  call(method: 'GET' | 'POST', path: string, options?: CallOptions): Promise<HttpAnswer>
  /** The JSON body of a 2xx answer, parsed. @throws RestError */
  json<T>(method: 'GET' | 'POST', path: string, schema: z.ZodType<T>, options?: CallOptions): Promise<T>
  /** An answer to be read piece by piece (MJPEG). @throws RestError */
  open(url: string, options: { headers: Record<string, string>; deadlineMs: number; signal: AbortSignal }): ReturnType<typeof openRequest>
}

const DEADLINE_MS = 10_000
/** Settings of a server with many plugins stay below 1 MB; a list of 5000 files is about 8 MB. */
const MAX_BYTES = 2_000_000

export function createRest(server: ServerConfig<OctoPrintSettings>, ports: Pick<AdapterPorts, 'clock' | 'net'>, base = baseUrl(server.settings.url), agent?: ReturnType<typeof agentFor>): Rest {
  const { settings } = server
  let { secrets } = server
  const host = hostOf(base)
  const pin = settings.pin ?? null
  // A secret of its own: a server that echoes it shows neither user nor password in a form that could be recognised.
  const basicOf = () => (settings.basicUser === undefined ? null : new Secret(Buffer.from(`${settings.basicUser}:${secrets['basicPassword']?.reveal() ?? ''}`).toString('base64')))
  let basic = basicOf()

  function headers(anonymous = false): Record<string, string> {
    const made: Record<string, string> = { Accept: 'application/json' }
    const key = secrets['apiKey']
    if (key && !anonymous) made['X-Api-Key'] = key.reveal()
    if (basic) made['Authorization'] = `Basic ${basic.reveal()}`
    return made
  }

  async function call(method: 'GET' | 'POST', path: string, options: CallOptions = {}): Promise<HttpAnswer> {
    try {
      return await request(ports.net, ports.clock, {
        method,
        url: base + path,
        headers: { ...headers(options.anonymous), ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        maxBytes: options.maxBytes ?? MAX_BYTES,
        deadlineMs: options.deadlineMs ?? DEADLINE_MS,
        signal: options.signal,
        pin,
        // What changes something is never sent twice, so it gets a connection that is surely alive.
        agent: method === 'GET' ? agent : undefined,
      })
    } catch (error) {
      throw asRestError(error, host)
    }
  }

  return {
    base,
    host,
    get hasKey() {
      return secrets['apiKey'] !== undefined
    },
    pin,
    useSecrets(fresh) {
      secrets = fresh
      basic = basicOf()
    },
    headers,
    call,
    async json(method, path, schema, options) {
      const answer = await call(method, path, options)
      const wrong = judge(answer, host)
      if (wrong) throw wrong
      const parsed = schema.safeParse(parseJson(answer.body))
      if (!parsed.success) throw new RestError('not_this_server', `${host} answered ${path} with something OctoPrint would not say.`, answer.status)
      return parsed.data
    },
    open: (url, options) => openRequest(ports.net, ports.clock, { method: 'GET', url, maxBytes: 0, pin: hostOf(url) === host ? pin : null, ...options }),
  }
}

/** Names what a failed request means for an OctoPrint. Bytes that are no HTTP are its boot server's (1.11.8, seen). */
export function asRestError(error: unknown, host: string): RestError {
  if (error instanceof RestError) return error
  if (error instanceof NetError) {
    if (error.cause_ === 'not_http' && error.code === 'HPE_INVALID_CONSTANT') return booting(host)
    return new RestError(error.cause_, error.message)
  }
  return new RestError('server_error', `The request to ${host} failed: ${error instanceof Error ? error.message : 'no reason given'}.`)
}

export function booting(host: string, status: number | null = null): RestError {
  return new RestError('booting', `OctoPrint on ${host} is still starting. This takes up to a minute.`, status)
}

/** What an answer's status means; null for 2xx. Sources: octoprint.org's API pages and OctoPrint 1.11.8, seen. */
export function judge(answer: HttpAnswer, host: string): RestError | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  const said = errorText(answer)
  if (status >= 300 && status < 400) {
    return new RestError('wrong_prefix', `${host} sends this address on to ${where(answer.headers['location'], host)}. Use that address.`, status)
  }
  // OctoPrint itself never answers 401: this is a proxy in front of it.
  if (status === 401) return new RestError('proxy_auth', `A proxy in front of ${host} asks for a user name and password. Fill in the two proxy fields.`, status)
  // From 1.11.2 on a POST with a wrong key fails at the browser protection, before the key is judged.
  if (status === 400 && said !== null && /csrf/i.test(said)) return keyInvalid(host, status)
  if (status === 403) return new RestError('permission_missing', `${host} forbids this${quoted(said)}`, status)
  if (status === 501 || status === 502 || status === 503 || status === 504) return booting(host, status)
  if (status === 404 && said === null) return new RestError('wrong_prefix', `${host} answers, but there is no OctoPrint at this path.`, status)
  return new RestError('server_error', `${host} answered with status ${status}${quoted(said)}`, status)
}

export function keyInvalid(host: string, status: number | null = null): RestError {
  return new RestError('key_invalid', `OctoPrint on ${host} does not accept the API key. Connect again, or enter a new application key.`, status)
}

/** OctoPrint's own error text (`{"error": "..."}`): one line, bounded, without secrets; null when there is none. */
export function errorText(answer: HttpAnswer): string | null {
  const body = parseJson(answer.body)
  if (typeof body !== 'object' || body === null || !('error' in body) || typeof body.error !== 'string') return null
  return tidy(body.error, LONGEST_SAID).trim() || null
}

function quoted(said: string | null): string {
  return said === null ? '.' : `: "${said}"`
}

/** Scrubbed before it is cut, so that no half of a secret is left at the end. */
function tidy(text: string, longest: number): string {
  return scrub(text.slice(0, 20 * longest)).replace(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu, ' ').slice(0, longest)
}

/** A redirect's target without query and fragment. */
function where(location: string | undefined, host: string): string {
  try {
    const target = new URL(location ?? '', `http://${host}`)
    return tidy(`${target.protocol}//${target.host}${target.pathname}`, LONGEST_SAID)
  } catch {
    return 'another address'
  }
}

/** The answer's JSON; undefined when it is none. */
export function parseJsonBody(answer: HttpAnswer): unknown {
  return parseJson(answer.body)
}

/** Where a file's record is; names may hold anything. */
export function filePath(origin: string, path: string): string {
  return `/api/files/${encodeURIComponent(origin)}/${path.split('/').map(encodeURIComponent).join('/')}`
}
