/**
 * What every adapter needs of the network and none should write twice: bounded requests with a deadline, pinned TLS,
 * and one name per way a connection can fail. Nothing here knows a kind of printer server.
 */
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import tls from 'node:tls'
import type { Readable } from 'node:stream'
import type { AxiosResponse } from 'axios'
import type { Clock, Net } from '../ports.ts'
import { hostLookup } from './mdns.ts'

/** Why bytes did not get through. The first twelve are `TestCause`s too. */
export type NetCause =
  | 'name_not_found' | 'refused' | 'timeout' | 'unreachable' | 'tls_self_signed' | 'tls_expired' | 'tls_name' | 'tls_untrusted'
  | 'tls_not_tls' | 'tls_pin_mismatch' | 'reset' | 'not_http' | 'too_large' | 'aborted'

/** A request that brought no whole answer. The message is a sentence for people and holds no secret. */
export class NetError extends Error {
  override readonly name = 'NetError'
  constructor(readonly cause_: NetCause, detail: string, readonly code: string | null = null) {
    super(detail)
  }
}

export interface HttpAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface HttpRequest {
  method: HttpMethod
  url: string
  headers?: Readonly<Record<string, string>>
  /** Sent as it is. */
  body?: string
  /** The answer's body may have at most this many bytes. */
  maxBytes: number
  /** ms from the call to the last byte. */
  deadlineMs: number
  signal?: AbortSignal | undefined
  /** SHA-256 fingerprint the server's certificate must have; null = the system's authorities decide. */
  pin: string | null
  /** A keep-alive agent of the caller's, made by `agentFor` for this host and pin; absent = a connection for this request alone. */
  agent?: http.Agent | https.Agent | undefined
}

const SENTENCES: Readonly<Record<NetCause, string>> = {
  name_not_found: 'The name {host} was not found. Check the spelling, or use the IP address; a name ending in .local is only known while its computer is on and in this network.',
  refused: 'Nothing answers on {host}. Check the port, and that the server is running.',
  timeout: '{host} did not answer in time. It may be switched off, or a firewall drops the packets.',
  unreachable: 'There is no way to {host} from this network. Check that this computer is in the same network as the printer.',
  tls_self_signed: 'The certificate of {host} is self-signed. Compare its fingerprint with the server and pin it.',
  tls_expired: 'The certificate of {host} has expired or is not valid yet. Renew it, or check the clock of this computer.',
  tls_name: 'The certificate of {host} belongs to another name. Use the name in the certificate, or pin its fingerprint.',
  tls_untrusted: 'The certificate of {host} was signed by an authority this computer does not know. Install that authority, or pin the fingerprint.',
  tls_not_tls: '{host} does not speak TLS on this port. Use http:// instead of https://, or the TLS port.',
  tls_pin_mismatch: 'The certificate of {host} is not the pinned one. If it was renewed, pin the new fingerprint; else somebody may be in between.',
  reset: '{host} closed the connection without an answer.',
  not_http: '{host} answered with something that is no HTTP.',
  too_large: '{host} sent more than was asked for, so the answer was dropped.',
  aborted: 'Stopped.',
}

const BY_CODE: Readonly<Record<string, NetCause>> = {
  ENOTFOUND: 'name_not_found', EAI_AGAIN: 'name_not_found', EAI_NONAME: 'name_not_found', EAI_NODATA: 'name_not_found',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout', ESOCKETTIMEDOUT: 'timeout', UND_ERR_CONNECT_TIMEOUT: 'timeout',
  EHOSTUNREACH: 'unreachable', ENETUNREACH: 'unreachable', EADDRNOTAVAIL: 'unreachable', EHOSTDOWN: 'unreachable', ENETDOWN: 'unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_self_signed', SELF_SIGNED_CERT_IN_CHAIN: 'tls_self_signed',
  CERT_HAS_EXPIRED: 'tls_expired', CERT_NOT_YET_VALID: 'tls_expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_untrusted', UNABLE_TO_GET_ISSUER_CERT: 'tls_untrusted', UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_untrusted',
  CERT_UNTRUSTED: 'tls_untrusted', CERT_REJECTED: 'tls_untrusted', CERT_SIGNATURE_FAILURE: 'tls_untrusted', INVALID_CA: 'tls_untrusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls_not_tls', ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls_not_tls', ERR_SSL_HTTP_REQUEST: 'tls_not_tls', EPROTO: 'tls_not_tls',
  ECONNRESET: 'reset', EPIPE: 'reset', ECONNABORTED: 'reset', ERR_STREAM_PREMATURE_CLOSE: 'reset',
}

/** Gives any error of a connection its name. `host` is shown to people: host and port, never a path or user. */
export function nameCause(error: unknown, host: string): NetError {
  if (error instanceof NetError) return error
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof NetError) return at
    const code = 'code' in at && typeof at.code === 'string' ? at.code : null
    if (code === null) continue
    if (code.startsWith('HPE_')) return netError('not_http', host, code)
    const cause = BY_CODE[code]
    if (cause) return netError(cause, host, code)
  }
  // "socket hang up" carries ECONNRESET; what is left is a dialect of a broken connection.
  return netError('reset', host, null)
}

export function netError(cause: NetCause, host: string, code: string | null = null): NetError {
  return new NetError(cause, SENTENCES[cause].replaceAll('{host}', host), code)
}

/** "host:port" of a URL, for error texts. */
export function hostOf(url: string): string {
  return new URL(url).host
}

/** Upper-case hex without separators, so that "ab:cd" and "ABCD" compare equal. */
export function plainFingerprint(fingerprint: string): string {
  return fingerprint.replace(/[^0-9a-fA-F]/g, '').toUpperCase()
}

/**
 * An agent that accepts exactly the certificate with this SHA-256 fingerprint, whoever signed it, and hands the socket
 * over only after it was compared: no byte of a request reaches another server.
 */
export function pinnedAgent(pin: string, keepAlive = false, lookup: LookupFunction = hostLookup): https.Agent {
  const wanted = plainFingerprint(pin)
  const agent = new https.Agent({ ...pooling(keepAlive), lookup })
  // Node's agent takes an asynchronous createConnection that returns nothing and calls back later.
  agent.createConnection = ((options: tls.ConnectionOptions, done: (error: Error | null, socket?: tls.TLSSocket) => void) => {
    const socket = tls.connect({ ...options, rejectUnauthorized: false })
    const fail = (error: Error) => done(error)
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      socket.removeListener('error', fail)
      const shown = socket.getPeerCertificate().fingerprint256
      if (typeof shown === 'string' && plainFingerprint(shown) === wanted) return done(null, socket)
      socket.on('error', () => undefined)
      socket.destroy()
      done(netError('tls_pin_mismatch', options.host ?? 'The server'))
    })
    return undefined
  }) as unknown as typeof agent.createConnection
  return agent
}

/** An idle connection is kept for at most 15 s: longer ones are often dead without saying so (sleep, proxies). */
function pooling(keepAlive: boolean): http.AgentOptions {
  return keepAlive ? { keepAlive, maxFreeSockets: 1, timeout: 15_000 } : { keepAlive }
}

/**
 * The agent for one URL: the pinned one where a pin is set. One that keeps connections alive must be destroyed at the end.
 * Names ending in .local are also asked for by mDNS (`hostLookup`).
 */
export function agentFor(url: string, pin: string | null, keepAlive = false, lookup: LookupFunction = hostLookup): http.Agent | https.Agent {
  if (!url.startsWith('https:') && !url.startsWith('wss:')) return new http.Agent({ ...pooling(keepAlive), lookup })
  return pin === null ? new https.Agent({ ...pooling(keepAlive), lookup }) : pinnedAgent(pin, keepAlive, lookup)
}

/** The far side closed an idle connection just as it was used again: nothing was answered, so a GET may be sent anew. */
function wasStale(error: unknown): boolean {
  return error instanceof Error && 'request' in error && error.request instanceof http.ClientRequest && error.request.reusedSocket && nameCause(error, '').cause_ === 'reset'
}

/**
 * One request whose answer is still to be read; redirects are answers, never followed, so that no key travels elsewhere.
 * The signal given back aborts when the deadline passes or the caller's signal aborts; `done` must be called.
 * @throws NetError
 */
export async function openRequest(net: Net, clock: Clock, request: HttpRequest): Promise<{ status: number; headers: Record<string, string>; stream: Readable; signal: AbortSignal; why: () => NetError | null; done: () => void }> {
  const host = hostOf(request.url)
  const stop = new AbortController()
  let why: NetError | null = null
  const end = (cause: 'timeout' | 'aborted') => {
    why ??= netError(cause, host)
    stop.abort()
  }
  const cancel = clock.after(request.deadlineMs, () => end('timeout'))
  const onAbort = () => end('aborted')
  request.signal?.addEventListener('abort', onAbort, { once: true })
  const done = () => {
    cancel()
    request.signal?.removeEventListener('abort', onAbort)
  }
  try {
    if (request.signal?.aborted) throw netError('aborted', host)
    const send = (agent: http.Agent | https.Agent): Promise<AxiosResponse<Readable>> => net.http.request<Readable>({
      method: request.method,
      url: request.url,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { data: request.body }),
      responseType: 'stream',
      maxRedirects: 0,
      timeout: 0,
      proxy: false,
      validateStatus: () => true,
      httpAgent: agent,
      httpsAgent: agent,
      signal: stop.signal,
      // The body is a string made by the caller: no guessing of its type.
      transformRequest: [(data: unknown) => data],
    })
    const answer = await send(request.agent ?? agentFor(request.url, request.pin)).catch((error: unknown) => {
      if (request.method !== 'GET' || stop.signal.aborted || !wasStale(error)) throw error
      return send(agentFor(request.url, request.pin))
    })
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined && value !== null) headers[name.toLowerCase()] = String(value)
    return { status: answer.status, headers, stream: answer.data, signal: stop.signal, why: () => why, done }
  } catch (error) {
    done()
    throw why ?? nameCause(error, host)
  }
}

/**
 * One request with its whole, bounded answer.
 * @throws NetError, also for an answer that is too large or drips past the deadline.
 */
export async function request(net: Net, clock: Clock, wish: HttpRequest): Promise<HttpAnswer> {
  const opened = await openRequest(net, clock, wish)
  try {
    const body = await readBounded(opened.stream, wish.maxBytes, opened.signal, hostOf(wish.url))
    return { status: opened.status, headers: opened.headers, body }
  } catch (error) {
    throw opened.why() ?? nameCause(error, hostOf(wish.url))
  } finally {
    opened.done()
    opened.stream.destroy()
  }
}

/** Reads a stream to its end, at most `maxBytes`. @throws NetError('too_large'), or the stream's own error. */
export function readBounded(stream: Readable, maxBytes: number, signal: AbortSignal, host: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const onAbort = () => stream.destroy(netError('aborted', host))
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (finish: () => void) => {
      signal.removeEventListener('abort', onAbort)
      finish()
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) stream.destroy(netError('too_large', host))
      else chunks.push(chunk)
    })
    stream.once('end', () => settle(() => resolve(Buffer.concat(chunks))))
    stream.once('error', (error) => settle(() => reject(error)))
    stream.once('close', () => settle(() => reject(netError('reset', host))))
    if (signal.aborted) onAbort()
  })
}

/** The SHA-256 fingerprint of the certificate a server shows, trusted or not; null when there is none. Never throws. */
export function peerFingerprint(url: string, clock: Clock, deadlineMs: number, signal: AbortSignal): Promise<string | null> {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const socket = tls.connect({ host, port: port === '' ? 443 : Number(port), lookup: hostLookup, rejectUnauthorized: false, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }) })
    const finish = (fingerprint: string | null) => {
      cancel()
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(fingerprint)
    }
    const onAbort = () => finish(null)
    const cancel = clock.after(deadlineMs, () => finish(null))
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('error', () => finish(null))
    socket.once('secureConnect', () => {
      const shown = socket.getPeerCertificate().fingerprint256
      finish(typeof shown === 'string' ? shown : null)
    })
  })
}

/** Turns a body into JSON; undefined when it is none. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8').decode(body)) as unknown
  } catch {
    return undefined
  }
}
