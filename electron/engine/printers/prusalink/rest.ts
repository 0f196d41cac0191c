/** REST towards one PrusaLink: who we are, and what its answers mean. */
import type { Random } from '../../ports.ts'
import type { Secret } from '../../settings/secret.ts'
import type { AdapterPorts, ServerConfig } from '../adapter.ts'
import { createRest as createPlainRest, type Leaving, type Rest } from '../kit/rest.ts'
import { quoted, ServerError, tidy, whereTo } from '../kit/server-error.ts'
import { type agentFor, parseJson, type HttpAnswer } from '../net.ts'
import { authorization, readChallenge, type Challenge } from './digest.ts'
import { baseUrl, USUAL_USER, type PrusaLinkSettings } from './settings.ts'

/** The same in every request: a Pi binds its nonces to it (0.8.1, seen). */
const USER_AGENT = 'Printbell'
/** The longest answer of these calls has some 3 kB, with the metadata of a file 20 kB. */
const MAX_BYTES = 500_000
/** A printer that does not answer a poll within this is busy or away. */
export const DEADLINE_MS = 5_000

export interface PrusaLinkRest extends Rest {
  /** Whether there is anything to log in with. */
  readonly hasCredentials: boolean
  /** Takes other secrets from the next request on. */
  useSecrets(secrets: Readonly<Record<string, Secret>>): void
}

export function createRest(server: ServerConfig<PrusaLinkSettings>, ports: Pick<AdapterPorts, 'clock' | 'net' | 'random'>, base = baseUrl(server.settings.url), agent?: ReturnType<typeof agentFor>): PrusaLinkRest {
  const login = createLogin(server, ports.random)
  const rest = createPlainRest({
    base, ports, agent, judge,
    pin: server.settings.pin ?? null,
    speaks: 'PrusaLink',
    // The little web server of a board has few sockets, and its firmware counts failed logins.
    oneAtATime: true,
    headers: (leaving) => ({ Accept: 'application/json', 'User-Agent': USER_AGENT, ...login.headers(leaving) }),
    challenged: (answer, leaving) => login.challenged(answer, leaving),
  })
  const bounded = <T extends { maxBytes?: number; deadlineMs?: number }>(options: T | undefined) => ({ maxBytes: MAX_BYTES, deadlineMs: DEADLINE_MS, ...options })
  return {
    ...rest,
    call: (method, path, options) => rest.call(method, path, bounded(options)),
    json: (method, path, schema, options) => rest.json(method, path, schema, bounded(options)),
    get hasCredentials() {
      return login.hasCredentials()
    },
    useSecrets: (fresh) => login.use(fresh),
  }
}

/** X-Api-Key where there is one, because it costs one round trip; else Digest, signed in advance once there was a challenge. */
function createLogin(server: ServerConfig<PrusaLinkSettings>, random: Random) {
  const user = server.settings.user ?? USUAL_USER
  let { secrets } = server
  let challenge: Challenge | null = null
  let cnonce = ''
  let count = 0

  return {
    hasCredentials: () => secrets['apiKey'] !== undefined || secrets['password'] !== undefined,
    use(fresh: Readonly<Record<string, Secret>>) {
      secrets = fresh
      challenge = null
    },
    headers({ method, target, anonymous }: Leaving): Record<string, string> {
      if (anonymous) return {}
      const key = secrets['apiKey']
      if (key) return { 'X-Api-Key': key.reveal() }
      const password = secrets['password']
      if (!password || challenge === null) return {}
      count += 1
      return { Authorization: authorization(challenge, { user, password: password.reveal(), method, uri: target, cnonce, count }) }
    },
    /** True = there is a challenge that was not answered yet. The same one again, not stale, means that the password is wrong. */
    challenged(answer: HttpAnswer, { anonymous }: Leaving): boolean {
      if (answer.status !== 401 || anonymous || secrets['apiKey'] !== undefined || secrets['password'] === undefined) return false
      const fresh = readChallenge(answer.headers['www-authenticate'])
      const before = challenge
      challenge = fresh
      if (fresh === null || (before !== null && before.nonce === fresh.nonce && !fresh.stale)) return false
      cnonce = Math.floor(random() * 2 ** 32).toString(16).padStart(8, '0')
      count = 0
      return true
    },
  }
}

/** What an answer's status means; null for 2xx, 304 and for what depends on the question (404, 409). Sources: 0.8.1, read and seen; Buddy: documentation. */
export function judge(answer: HttpAnswer, host: string): ServerError | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  const said = errorText(answer)
  if (status >= 300 && status < 400) return new ServerError('wrong_prefix', `${host} sends this address on to ${whereTo(answer.headers['location'], host)}. Use that address.`, status)
  // A wrong key: 401 on a Buddy board, 403 on a Pi.
  if (status === 401 || status === 403) return refusedLogin(answer, host)
  // A Pi that has not found its printer since it was started.
  if (status === 503) return booting(host, status)
  if (status === 502 || status === 504) return new ServerError('server_error', `A proxy at ${host} does not reach PrusaLink (status ${status}).`, status)
  if (status === 404 && said === null) return new ServerError('wrong_prefix', `${host} answers, but there is no PrusaLink at this path.`, status)
  return new ServerError('server_error', `${host} answered with status ${status}${quoted(said)}`, status)
}

function refusedLogin(answer: HttpAnswer, host: string): ServerError {
  const { status } = answer
  const asked = answer.headers['www-authenticate'] ?? ''
  if (/^\s*basic\b/i.test(asked)) return new ServerError('proxy_auth', `A proxy in front of ${host} asks for a login of its own, which PrusaLink's own login leaves no room for. Use an address that leads past it.`, status)
  if (/^\s*digest\b/i.test(asked) && readChallenge(asked) === null) return new ServerError('server_error', `${host} asks for a login in a way that Printbell does not know. Use an API key.`, status)
  return keyInvalid(host, status)
}

export function keyInvalid(host: string, status: number | null = null): ServerError {
  return new ServerError('key_invalid', `PrusaLink on ${host} does not accept the API key or password. Compare it with the one under Settings, Network, PrusaLink on the printer, or in PrusaLink's own settings.`, status)
}

export function keyMissing(host: string): ServerError {
  return new ServerError('key_missing', `There is neither an API key nor a password for PrusaLink on ${host}. The printer shows it under Settings, Network, PrusaLink.`)
}

export function booting(host: string, status: number | null = null): ServerError {
  return new ServerError('booting', `PrusaLink on ${host} is starting, or has not found its printer yet. Check that the printer is on and its cable is plugged in.`, status)
}

/** PrusaLink's own error text, one line, bounded, without secrets: of its JSON, or the first line of its plain text. Null when there is none. */
export function errorText(answer: HttpAnswer): string | null {
  const body = parseJson(answer.body)
  if (typeof body === 'object' && body !== null) {
    for (const name of ['message', 'text', 'title']) {
      const said = (body as Record<string, unknown>)[name]
      if (typeof said === 'string' && said.trim() !== '') return tidy(said).trim()
    }
    return null
  }
  const text = new TextDecoder().decode(answer.body.subarray(0, 2_000))
  if (/^\s*</.test(text) || !(answer.headers['content-type'] ?? 'text/plain').startsWith('text/plain')) return null
  return tidy(text.split('\n')[0] ?? '').trim() || null
}
