/** What a webhook's answer, or its silence, means. No address and no secret ever stands in `why`. */
import { parseRetryAfter } from '../../delivery/retry.ts'
import type { Verdict } from '../channel.ts'

/** @param retryAfter the header's value; @param now epoch ms, for a Retry-After that is a date */
export function verdictOfStatus(status: number, retryAfter: unknown, now: number): Verdict {
  if (status >= 200 && status < 300) return { result: 'delivered', detail: `Answered ${status}.` }
  // Not followed: the event and its token would go to where nobody entered them.
  if (status >= 300 && status < 400) return refused('destination', `The server sends us on to another address (${status}). Enter the address it leads to.`)
  switch (status) {
    case 401: return refused('destination', 'The server wants another token (401). Enter the right one.')
    case 403: return refused('destination', 'The token may not do this (403). Check its rights.')
    case 404: return refused('destination', 'There is nothing at this address (404). Check its path.')
    case 405: return refused('destination', 'The server takes no POST (405). Check the address.')
    case 407: return refused('destination', 'A proxy wants a login (407). Check the proxy settings of this computer.')
    case 410: return { result: 'gone', why: 'The server says that this address is gone for good (410).' }
    case 408: return again(status, 'The server gave up waiting', retryAfter, now)
    case 409: return again(status, 'The server is busy with the same message', retryAfter, now)
    case 425: return again(status, 'The server asks for a later try', retryAfter, now)
    case 429: return again(status, 'The server takes no more messages for now', retryAfter, now)
    case 413: return refused('message', 'The message is too large for the server (413).')
    default: break
  }
  if (status >= 500) return again(status, 'The server has a problem of its own', retryAfter, now)
  if (status >= 400) return refused('message', `The server refuses this message (${status}).`)
  return again(status, 'The server gave an unexpected answer', retryAfter, now)
}

function refused(scope: 'message' | 'destination', why: string): Verdict {
  return { result: 'rejected', scope, why }
}

function again(status: number, what: string, retryAfter: unknown, now: number): Verdict {
  return { result: 'retry', after: parseRetryAfter(retryAfter, now), why: `${what} (${status}).` }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name of the server is not found (DNS). Check the address and the network.',
  EAI_AGAIN: 'The name server does not answer (DNS). Check the network.',
  ECONNREFUSED: 'The server refuses the connection. Check the port, and that it runs.',
  ECONNRESET: 'The server broke the connection.',
  EPIPE: 'The server broke the connection.',
  ETIMEDOUT: 'The server does not answer (timeout).',
  ECONNABORTED: 'The server does not answer (timeout).',
  EHOSTUNREACH: 'There is no way to the server. Check the network.',
  ENETUNREACH: 'There is no way to the server. Check the network.',
  CERT_HAS_EXPIRED: "The server's certificate has expired (TLS).",
  CERT_NOT_YET_VALID: "The server's certificate is not valid yet (TLS). Check the clock of this computer.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The server's certificate is self-signed (TLS).",
  SELF_SIGNED_CERT_IN_CHAIN: "The server's certificate comes from an unknown issuer (TLS).",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The server's certificate comes from an unknown issuer (TLS).",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The server's certificate comes from an unknown issuer (TLS).",
  ERR_TLS_CERT_ALTNAME_INVALID: "The server's certificate is for another name (TLS).",
  EPROTO: 'The server does not speak TLS there. Try http:// or another port.',
  HPE_INVALID_CONSTANT: 'What answers there is no web server.',
}

/** A request that got no answer. Everything here may pass, so it is tried again. */
export function verdictOfFailure(error: unknown, timedOut: boolean): Verdict {
  if (timedOut) return { result: 'retry', after: null, why: CAUSES.ETIMEDOUT ?? '' }
  const code = codeOf(error)
  const known = code === null ? undefined : CAUSES[code]
  if (known !== undefined) return { result: 'retry', after: null, why: known }
  if (code?.startsWith('HPE_')) return { result: 'retry', after: null, why: CAUSES.HPE_INVALID_CONSTANT ?? '' }
  if (code?.startsWith('ERR_SSL') || code?.startsWith('ERR_TLS')) return { result: 'retry', after: null, why: `The secure connection failed (TLS, ${code}).` }
  return { result: 'retry', after: null, why: code === null ? 'The connection failed.' : `The connection failed (${code}).` }
}

/** The system's or TLS's own code: a short machine word, never an address. */
function codeOf(error: unknown): string | null {
  for (let cause: unknown = error, depth = 0; depth < 5 && typeof cause === 'object' && cause !== null; depth++) {
    const code: unknown = 'code' in cause ? cause.code : null
    // axios wraps some failures in its own words; the cause underneath says more.
    const inner: unknown = 'cause' in cause ? cause.cause : null
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) && (code !== 'ERR_NETWORK' && code !== 'ERR_BAD_REQUEST' || inner === undefined)) return code
    cause = inner
  }
  return null
}
