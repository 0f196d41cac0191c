/**
 * What a server's answer, or its silence, means: the one table for all that speak HTTP. No address and no secret ever stands in `why`.
 * A channel reads its service's own words first, and comes here with the rest. Mail: answers-smtp.ts, brokers: answers-mqtt.ts.
 */
import { parseRetryAfter } from '../../delivery/retry.ts'
import type { Verdict } from '../channel.ts'

/**
 * @param retryAfter the header's value
 * @param now epoch ms, for a Retry-After that is a date
 */
export function verdictOfStatus(status: number, retryAfter: unknown, now: number): Verdict {
  if (status >= 200 && status < 300) return { result: 'delivered', detail: `Answered ${status}.` }
  // Not followed: the event and its token would go to where nobody entered them.
  if (status >= 300 && status < 400) return refused('destination', `The server sends us on to another address (${status}). Enter the address it leads to.`)
  switch (status) {
    case 401: return refused('destination', 'The server wants another token (401). Enter the right one.')
    case 402: return refused('destination', 'The service wants to be paid (402). Check the account there.')
    case 403: return refused('destination', 'The token may not do this (403). Check its rights.')
    case 404: return refused('destination', 'There is nothing at this address (404). Check its path.')
    case 405: return refused('destination', 'The server takes no POST (405). Check the address.')
    case 407: return refused('destination', 'A proxy wants a login (407). Check the proxy settings of this computer.')
    case 410: return { result: 'gone', why: 'The server says that this address is gone for good (410).' }
    case 408: return again(status, 'The server gave up waiting', retryAfter, now)
    case 409: return again(status, 'The server is busy with the same message', retryAfter, now)
    case 421: return refused('destination', 'The server does not answer for this name (421). Check the address.')
    case 423: return again(status, 'The server has this locked for now', retryAfter, now)
    case 426: return refused('destination', 'The server wants another protocol (426). Try https://.')
    case 425: return again(status, 'The server asks for a later try', retryAfter, now)
    case 429: return { ...again(status, 'The server takes no more messages for now', retryAfter, now), busy: true }
    case 413: return refused('message', 'The message is too large for the server (413).')
    // Who sits in a hotel's network is answered by that network.
    case 511: return again(status, 'This network wants a login first', retryAfter, now, 'Open any web page in a browser.')
    default: break
  }
  if (status >= 500 && status < 600) return again(status, 'The server has a problem of its own', retryAfter, now)
  if (status >= 400 && status < 500) return refused('message', `The server refuses this message (${status}).`)
  return again(status, 'The server gave an unexpected answer', retryAfter, now)
}

/** What a person has to mend: of this one message, or of the whole destination. */
export function refused(scope: 'message' | 'destination', why: string): Verdict {
  return { result: 'rejected', scope, why }
}

function again(status: number, what: string, retryAfter: unknown, now: number, cure?: string): Extract<Verdict, { result: 'retry' }> {
  return { result: 'retry', after: parseRetryAfter(retryAfter, now), why: `${what} (${status}).${cure === undefined ? '' : ` ${cure}`}` }
}

const DNS = 'The name of the server is not found (DNS). Check the address and the network.'
const NAME_SERVER = 'The name server does not answer (DNS). Check the network.'
const BROKE = 'The server broke the connection.'
const SILENT = 'The server does not answer (timeout).'
const NO_WAY = 'There is no way to the server. Check the network.'
const BLOCKED = 'This computer does not let the connection out. Check its firewall.'
const FULL = 'This computer has too many connections open.'
const ENDED = 'Ended before an answer came.'
const NO_ADDRESS = 'The address can not be used. Check it.'
const NO_TLS = 'The server does not speak TLS there. Try http:// or another port.'
const NO_WEB = 'What answers there is no web server.'
const PROXY_SETTINGS = 'Check the proxy settings of the destination and of this computer.'
const ISSUER = "The server's certificate comes from an unknown issuer (TLS)."
const OTHER_NAME = "The server's certificate is for another name (TLS)."
const DAMAGED = "The server's certificate is damaged (TLS)."
const UNTRUSTED = "The server's certificate is not trusted (TLS)."

/** Codes of the system, of Node (name resolution, HTTP, TLS), of OpenSSL's verification, of undici and of axios. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: DNS, ENODATA: DNS, EAI_NONAME: DNS, EAI_NODATA: DNS,
  EAI_AGAIN: NAME_SERVER, EAI_FAIL: NAME_SERVER, ESERVFAIL: NAME_SERVER, EREFUSED: NAME_SERVER, ETIMEOUT: NAME_SERVER, EDNS: NAME_SERVER,
  ECONNREFUSED: 'The server refuses the connection. Check the port, and that it runs.',
  ECONNRESET: BROKE, EPIPE: BROKE, ENOTCONN: BROKE, ESHUTDOWN: BROKE, ENETRESET: BROKE, ERR_STREAM_PREMATURE_CLOSE: BROKE,
  UND_ERR_SOCKET: BROKE, UND_ERR_CLOSED: BROKE, UND_ERR_RES_CONTENT_LENGTH_MISMATCH: BROKE,
  ETIMEDOUT: SILENT, ESOCKETTIMEDOUT: SILENT, ECONNABORTED: SILENT, ERR_TLS_HANDSHAKE_TIMEOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: SILENT, UND_ERR_HEADERS_TIMEOUT: SILENT, UND_ERR_BODY_TIMEOUT: SILENT,
  EHOSTUNREACH: NO_WAY, ENETUNREACH: NO_WAY, EHOSTDOWN: NO_WAY, ENETDOWN: NO_WAY, EADDRNOTAVAIL: NO_WAY,
  EACCES: BLOCKED, EPERM: BLOCKED,
  EMFILE: FULL, ENFILE: FULL, ENOBUFS: FULL, EADDRINUSE: FULL,
  ERR_CANCELED: ENDED, ABORT_ERR: ENDED, UND_ERR_ABORTED: ENDED, UND_ERR_DESTROYED: ENDED, ECANCELED: ENDED,
  ERR_INVALID_URL: NO_ADDRESS, ERR_INVALID_PROTOCOL: NO_ADDRESS, UND_ERR_INVALID_ARG: NO_ADDRESS, ERR_SOCKET_BAD_PORT: NO_ADDRESS, ERR_UNESCAPED_CHARACTERS: NO_ADDRESS,
  ERR_FR_TOO_MANY_REDIRECTS: 'The server sends us on and on. Enter the address it leads to.',
  CERT_HAS_EXPIRED: "The server's certificate has expired (TLS).",
  CERT_NOT_YET_VALID: "The server's certificate is not valid yet (TLS). Check the clock of this computer.",
  CERT_REVOKED: "The server's certificate was revoked (TLS).",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The server's certificate is self-signed (TLS).",
  SELF_SIGNED_CERT_IN_CHAIN: ISSUER, UNABLE_TO_VERIFY_LEAF_SIGNATURE: ISSUER, UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ISSUER, UNABLE_TO_GET_ISSUER_CERT: ISSUER,
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_NAME, HOSTNAME_MISMATCH: OTHER_NAME,
  ERR_TLS_CERT_ALTNAME_FORMAT: DAMAGED, UNABLE_TO_DECRYPT_CERT_SIGNATURE: DAMAGED, UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: DAMAGED, CERT_SIGNATURE_FAILURE: DAMAGED,
  ERROR_IN_CERT_NOT_BEFORE_FIELD: DAMAGED, ERROR_IN_CERT_NOT_AFTER_FIELD: DAMAGED,
  INVALID_CA: UNTRUSTED, INVALID_PURPOSE: UNTRUSTED, CERT_UNTRUSTED: UNTRUSTED, CERT_REJECTED: UNTRUSTED, CERT_CHAIN_TOO_LONG: UNTRUSTED, PATH_LENGTH_EXCEEDED: UNTRUSTED,
  EPROTO: NO_TLS, ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  UND_ERR_HEADERS_OVERFLOW: NO_WEB,
  // proxy-agents.ts: what came between us and a proxy is no word of the server.
  EPROXYDOWN: `The proxy does not answer. ${PROXY_SETTINGS}`,
  EPROXYREFUSED: `The proxy does not let this through. ${PROXY_SETTINGS}`,
  EPROXYKIND: 'The proxy of this computer is none of HTTP. Name another one in the destination, or none.',
}

/** A request that got no answer. Everything here may pass, so it is tried again. */
export function verdictOfFailure(error: unknown, timedOut: boolean): Verdict {
  return { result: 'retry', after: null, why: timedOut ? SILENT : causeOf(error) }
}

function causeOf(error: unknown): string {
  const code = codeOf(error)
  if (code === null) return 'The connection failed.'
  if (Object.hasOwn(CAUSES, code)) return CAUSES[code] ?? ''
  if (code.startsWith('HPE_')) return NO_WEB
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') ? `The secure connection failed (TLS, ${code}).` : `The connection failed (${code}).`
}

/** Codes of libraries that only say that something else went wrong: the cause underneath says more. */
const WRAPPERS: ReadonlySet<string> = new Set(['ERR_NETWORK', 'ERR_BAD_REQUEST', 'ESOCKET', 'ECONNECTION'])

/** The system's or TLS's own code: a short machine word, never an address. */
function codeOf(error: unknown): string | null {
  let last: string | null = null
  for (let cause: unknown = error, depth = 0; depth < 5 && typeof cause === 'object' && cause !== null; depth++) {
    const code: unknown = 'code' in cause ? cause.code : null
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) {
      if (!WRAPPERS.has(code)) return code
      last ??= code
    }
    // All addresses of a name were tried, and each failed.
    cause = 'cause' in cause && cause.cause !== undefined ? cause.cause : cause instanceof AggregateError ? cause.errors[0] : null
  }
  return last
}
