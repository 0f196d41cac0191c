/**
 * HTTP Digest as the two PrusaLinks ask for it: a Buddy board without qop and algorithm (RFC 2069), a Pi with MD5-sess, qop=auth and opaque
 * (RFC 2617; what it takes was tried with 0.8.1). docs/decisions/digest.md tells why this is no library.
 */
import { createHash } from 'node:crypto'

export interface Challenge {
  realm: string
  nonce: string
  /** As the server wrote it, to be echoed; null = it named none, which means MD5. */
  algorithm: string | null
  opaque: string | null
  /** Whether qop=auth is offered; false = the old form without qop. */
  qop: boolean
  /** Only the nonce was too old: the credentials may be right. */
  stale: boolean
}

export interface Signing {
  user: string
  password: string
  method: string
  /** Path and query exactly as they are sent: the server compares them. */
  uri: string
  cnonce: string
  /** How often this nonce was used, from 1. */
  count: number
}

const SESSION = /-sess$/i
const PARAMETER = /([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi
/** Real ones have some 300 characters. */
const LONGEST = 4_000

/**
 * The Digest challenge of a `WWW-Authenticate` header, which may hold others beside it. Null = there is none, or none that can be answered:
 * an algorithm that is neither MD5 nor MD5-sess, or a qop without "auth".
 */
export function readChallenge(header: string | undefined): Challenge | null {
  const at = /(?:^|,|\s)digest\s+/i.exec((header ?? '').slice(0, LONGEST))
  if (at === null || header === undefined) return null
  const found: Record<string, string> = {}
  for (const [, name, quoted, plain] of header.slice(at.index + at[0].length, LONGEST).matchAll(PARAMETER)) {
    // A second challenge in the same header begins with a realm of its own.
    if (name !== undefined) found[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''
  }
  const { realm, nonce, algorithm, opaque, qop, stale } = found
  if (realm === undefined || nonce === undefined || nonce === '') return null
  if (algorithm !== undefined && !/^md5(-sess)?$/i.test(algorithm)) return null
  const offers = qop?.split(',').map((one) => one.trim().toLowerCase())
  if (offers !== undefined && !offers.includes('auth')) return null
  return { realm, nonce, algorithm: algorithm ?? null, opaque: opaque ?? null, qop: offers !== undefined, stale: stale?.toLowerCase() === 'true' }
}

/** The `response` of RFC 2617, 3.2.2; without qop that of RFC 2069, 2.1.2. */
export function digestOf(challenge: Challenge, { user, password, method, uri, cnonce, count }: Signing): string {
  const { realm, nonce, algorithm, qop } = challenge
  const secret = md5(`${user}:${realm}:${password}`)
  const first = algorithm !== null && SESSION.test(algorithm) ? md5(`${secret}:${nonce}:${cnonce}`) : secret
  const second = md5(`${method}:${uri}`)
  return md5(qop ? `${first}:${nonce}:${countOf(count)}:${cnonce}:auth:${second}` : `${first}:${nonce}:${second}`)
}

/** The value of the `Authorization` header. Algorithm and opaque are echoed exactly where they were sent: the Pi refuses anything else. */
export function authorization(challenge: Challenge, signing: Signing): string {
  const { realm, nonce, algorithm, opaque, qop } = challenge
  const session = algorithm !== null && SESSION.test(algorithm)
  return `Digest ${[
    `username=${quote(signing.user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(signing.uri)}`,
    ...(algorithm === null ? [] : [`algorithm=${quote(algorithm)}`]),
    ...(qop ? ['qop=auth', `nc=${countOf(signing.count)}`] : []),
    ...(qop || session ? [`cnonce=${quote(signing.cnonce)}`] : []),
    `response="${digestOf(challenge, signing)}"`,
    ...(opaque === null ? [] : [`opaque=${quote(opaque)}`]),
  ].join(', ')}`
}

function countOf(count: number): string {
  return count.toString(16).padStart(8, '0')
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex')
}
