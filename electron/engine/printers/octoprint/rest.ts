/** REST towards one OctoPrint: what its answers mean. */
import type { Secret } from '../../settings/secret.ts'
import type { AdapterPorts, ServerConfig } from '../adapter.ts'
import { createRest as createPlainRest, keyAndProxy, type Rest } from '../kit/rest.ts'
import { asServerError, quoted, ServerError, tidy, whereTo } from '../kit/server-error.ts'
import { type agentFor, NetError, parseJson, type HttpAnswer } from '../net.ts'
import { baseUrl, type OctoPrintSettings } from './settings.ts'

export interface OctoPrintRest extends Rest {
  readonly hasKey: boolean
  /** Takes other secrets from the next request on. */
  useSecrets(secrets: Readonly<Record<string, Secret>>): void
  /** Headers for this host and no other. */
  headers(anonymous?: boolean): Record<string, string>
}

export function createRest(server: ServerConfig<OctoPrintSettings>, ports: Pick<AdapterPorts, 'clock' | 'net'>, base = baseUrl(server.settings.url), agent?: ReturnType<typeof agentFor>): OctoPrintRest {
  const credentials = keyAndProxy(server.secrets, server.settings.basicUser)
  const rest = createPlainRest({
    base, ports, agent, judge,
    pin: server.settings.pin ?? null,
    speaks: 'OctoPrint',
    name: asOctoPrintError,
    headers: (leaving) => credentials.headers(leaving.anonymous),
  })
  return {
    ...rest,
    get hasKey() {
      return credentials.hasKey
    },
    useSecrets: (fresh) => credentials.use(fresh),
    headers: (anonymous) => credentials.headers(anonymous),
  }
}

/** Names what a failed request means for an OctoPrint. Bytes that are no HTTP are its boot server's (1.11.8, seen). */
export function asOctoPrintError(error: unknown, host: string): ServerError {
  if (error instanceof NetError && error.cause_ === 'not_http' && error.code === 'HPE_INVALID_CONSTANT') return booting(host)
  return asServerError(error, host)
}

export function booting(host: string, status: number | null = null): ServerError {
  return new ServerError('booting', `OctoPrint on ${host} is still starting. This takes up to a minute.`, status)
}

/** What an answer's status means; null for 2xx. Sources: octoprint.org's API pages and OctoPrint 1.11.8, seen. */
export function judge(answer: HttpAnswer, host: string): ServerError | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  const said = errorText(answer)
  if (status >= 300 && status < 400) {
    return new ServerError('wrong_prefix', `${host} sends this address on to ${whereTo(answer.headers['location'], host)}. Use that address.`, status)
  }
  // OctoPrint itself never answers 401: this is a proxy in front of it.
  if (status === 401) return new ServerError('proxy_auth', `A proxy in front of ${host} asks for a user name and password. Fill in the two proxy fields.`, status)
  // From 1.11.2 on a POST with a wrong key fails at the browser protection, before the key is judged.
  if (status === 400 && said !== null && /csrf/i.test(said)) return keyInvalid(host, status)
  if (status === 403) return new ServerError('permission_missing', `${host} forbids this${quoted(said)}`, status)
  if (status === 501 || status === 502 || status === 503 || status === 504) return booting(host, status)
  if (status === 404 && said === null) return new ServerError('wrong_prefix', `${host} answers, but there is no OctoPrint at this path.`, status)
  return new ServerError('server_error', `${host} answered with status ${status}${quoted(said)}`, status)
}

export function keyInvalid(host: string, status: number | null = null): ServerError {
  return new ServerError('key_invalid', `OctoPrint on ${host} does not accept the API key. Connect again, or enter a new application key.`, status)
}

/** OctoPrint's own error text (`{"error": "..."}`): one line, bounded, without secrets; null when there is none. */
export function errorText(answer: HttpAnswer): string | null {
  const body = parseJson(answer.body)
  if (typeof body !== 'object' || body === null || !('error' in body) || typeof body.error !== 'string') return null
  return tidy(body.error).trim() || null
}

/** The answer's JSON; undefined when it is none. */
export function parseJsonBody(answer: HttpAnswer): unknown {
  return parseJson(answer.body)
}

/** Where a file's record is; names may hold anything. */
export function filePath(origin: string, path: string): string {
  return `/api/files/${encodeURIComponent(origin)}/${path.split('/').map(encodeURIComponent).join('/')}`
}
