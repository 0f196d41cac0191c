/**
 * Who we are to Moonraker: nobody (an address it trusts), an API key, or a user with a token that is renewed. Exactly one of them is ever
 * shown: a wrong key or an old token is refused even where none is needed (0.11.0, seen).
 */
import { z } from 'zod'
import { Secret } from '../../settings/secret.ts'
import type { Clock } from '../../ports.ts'
import type { ServerConfig } from '../adapter.ts'
import { keyAndProxy } from '../kit/rest.ts'
import { ServerError } from '../kit/server-error.ts'
import { accessInfo, type AccessInfo } from './rest.ts'
import { RpcError, type Rpc } from './rpc.ts'
import type { MoonrakerSettings } from './settings.ts'

/** Moonraker's tokens live for an hour; ours is renewed when so much of its life is over. */
const LIFE_S = 3_600
const RENEW_AT = 0.8
/** The same refused password is tried again only after so long: `max_login_attempts` shuts the door for the whole computer. */
const WRONG_PASSWORD_MS = 30 * 60_000
/** Hashing a password takes a Raspberry Pi a while. */
const LOGIN_MS = 20_000

const loggedIn = z.object({ token: z.string().min(1), refresh_token: z.string().min(1) })
const renewed = z.object({ token: z.string().min(1) })

/** As `server.connection.identify` wants it. `url` is demanded and only shown in Moonraker's list of connections. */
const CLIENT = { client_name: 'Printbell', version: '1', type: 'desktop', url: 'https://printbell.invalid' } as const

interface Token {
  value: Secret
  /** Monotonic, ms. */
  renewAt: number
  endsAt: number
}

export interface Credentials {
  /** For HTTP to this server: key or token, and what a proxy in front wants. */
  headers(): Record<string, string>
  /** For the upgrade to a websocket, which shows no token: an old one would only take rights away. */
  upgradeHeaders(): Record<string, string>
  /** Only what a proxy in front wants. */
  proxyHeaders(): Record<string, string>
  /** Takes other secrets from the next `open` on. */
  use(secrets: Readonly<Record<string, Secret>>): void
  /**
   * Makes this socket one that may ask and is told: identifies it, logging in before where there is a user.
   * @throws ServerError key_missing or key_invalid with cause and cure; whatever the line was lost with
   */
  open(rpc: Rpc, signal: AbortSignal): Promise<void>
  /** ms until the token should be renewed; null = there is none. */
  renewInMs(): number | null
  /** A new token for the next connection and for HTTP. @throws ServerError */
  renew(rpc: Rpc, signal: AbortSignal): Promise<void>
  /** The server has ended our login. */
  forget(): void
}

export function credentialsOf(server: Pick<ServerConfig<MoonrakerSettings>, 'settings' | 'secrets'>, clock: Clock): Credentials {
  const { user, basicUser } = server.settings
  const proxy = keyAndProxy(server.secrets, basicUser)
  let { secrets } = server
  let token: Token | null = null
  let refresh: Secret | null = null
  let refused: { password: string; at: number; why: ServerError } | null = null

  const key = (): Secret | undefined => secrets['apiKey']

  function keep(value: string): void {
    const life = lifeOf(value) * 1_000
    token = { value: Secret.passing(value), renewAt: clock.monotonic() + life * RENEW_AT, endsAt: clock.monotonic() + life }
  }

  const good = (): Token | null => (token !== null && clock.monotonic() < token.endsAt ? token : null)

  function proxyHeaders(): Record<string, string> {
    const { Authorization: basic } = proxy.headers(true)
    return basic === undefined ? {} : { Authorization: basic }
  }

  function upgradeHeaders(): Record<string, string> {
    const own = key()
    return { ...proxyHeaders(), ...(own ? { 'X-Api-Key': own.reveal() } : {}) }
  }

  async function identify(rpc: Rpc, signal: AbortSignal, shown: Record<string, string>): Promise<void> {
    try {
      await rpc.call('server.connection.identify', z.unknown(), { ...CLIENT, ...shown }, { signal })
    } catch (error) {
      // Versions before 0.7.1 have no such method and want none; a second identify is harmless.
      if (error instanceof RpcError && (error.noMethod || (error.code === 400 && /already identified/i.test(error.said)))) return
      throw error
    }
  }

  /** Identifies with a token. False = the server does not accept it. */
  async function withToken(rpc: Rpc, signal: AbortSignal): Promise<boolean> {
    const now = good()
    if (!now) return false
    try {
      await identify(rpc, signal, { access_token: now.value.reveal() })
      return true
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      token = null
      return false
    }
  }

  /** False = there is nothing to renew with, or the server does not accept it any more. */
  async function refreshed(rpc: Rpc, signal: AbortSignal): Promise<boolean> {
    if (refresh === null) return false
    try {
      keep((await rpc.call('access.refresh_jwt', renewed, { refresh_token: refresh.reveal() }, { signal })).token)
      return true
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      refresh = null
      return false
    }
  }

  async function login(rpc: Rpc, name: string, signal: AbortSignal): Promise<void> {
    const password = secrets['password']
    if (!password) throw new ServerError('key_missing', `There is no password for the user "${name}" of ${rpc.host}. Enter it, or an API key instead.`)
    const plain = password.reveal()
    if (refused?.password === plain && clock.monotonic() - refused.at < WRONG_PASSWORD_MS) throw refused.why
    const source = (await accessOf(rpc, signal))?.default_source
    try {
      const answer = await rpc.call('access.login', loggedIn, { username: name, password: plain, ...(source ? { source } : {}) }, { signal, deadlineMs: LOGIN_MS })
      keep(answer.token)
      refresh = Secret.passing(answer.refresh_token)
      refused = null
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      const why = new ServerError('key_invalid', loginRefused(error, rpc.host, name), error.code)
      if (error.code < 500) refused = { password: plain, at: clock.monotonic(), why }
      throw why
    }
  }

  async function openAs(rpc: Rpc, name: string, signal: AbortSignal): Promise<void> {
    if (await withToken(rpc, signal)) return
    if (await refreshed(rpc, signal) && await withToken(rpc, signal)) return
    await login(rpc, name, signal)
    if (!(await withToken(rpc, signal))) throw new ServerError('server_error', `Moonraker on ${rpc.host} logs "${name}" in, but does not accept the token that it gave.`)
  }

  async function openWith(rpc: Rpc, shown: Record<string, string>, signal: AbortSignal): Promise<void> {
    try {
      await identify(rpc, signal, shown)
      // Where identify does not exist, this is the first call that needs rights.
      await rpc.call('server.info', z.unknown(), undefined, { signal })
    } catch (error) {
      if (!(error instanceof RpcError) || !(error.unauthorized || error.code === -32602)) throw error
      throw key() ? keyRefused(rpc.host, await accessOf(rpc, signal), error.code) : keyNeeded(rpc.host, await accessOf(rpc, signal), error.code)
    }
  }

  return {
    headers() {
      const now = good()
      const made = upgradeHeaders()
      // A proxy's header has that place already; Moonraker then takes only its key or a one-shot token.
      if (now && !key() && made['Authorization'] === undefined) made['Authorization'] = `Bearer ${now.value.reveal()}`
      return made
    },
    upgradeHeaders,
    proxyHeaders,
    use(fresh) {
      secrets = fresh
      proxy.use(fresh)
      token = null
      refresh = null
    },
    async open(rpc, signal) {
      const own = key()
      if (!own && user !== undefined) await openAs(rpc, user, signal)
      else await openWith(rpc, own ? { api_key: own.reveal() } : {}, signal)
    },
    renewInMs: () => (token === null ? null : Math.max(0, token.renewAt - clock.monotonic())),
    async renew(rpc, signal) {
      if (user === undefined || await refreshed(rpc, signal)) return
      await login(rpc, user, signal)
    },
    forget() {
      token = null
      refresh = null
    },
  }
}

/** What Moonraker says of its door, to anybody; null = this one does not tell. */
async function accessOf(rpc: Rpc, signal: AbortSignal): Promise<AccessInfo | null> {
  try {
    return await rpc.call('access.info', accessInfo, undefined, { signal })
  } catch (error) {
    if (error instanceof RpcError) return null
    throw error
  }
}

/** Nothing was shown, and that does not do here. */
export function keyNeeded(host: string, access: AccessInfo | null, status: number | null = null): ServerError {
  return new ServerError('key_missing', access?.login_required === true
    ? `Moonraker on ${host} wants a login from everybody (force_logins). Enter a user name with its password, or an API key.`
    : `Moonraker on ${host} does not trust this computer. Enter an API key or a user name with its password, or add this computer to trusted_clients in moonraker.conf.`, status)
}

export function keyRefused(host: string, access: AccessInfo | null, status: number | null = null): ServerError {
  const unneeded = access?.trusted === true && access.login_required !== true
  return new ServerError('key_invalid', `Moonraker on ${host} does not accept the API key. ${unneeded ? 'It trusts this computer and needs none: take the key out, or enter the right one.' : 'Enter the one that its web interface shows.'}`, status)
}

function loginRefused(error: RpcError, host: string, name: string): string {
  if (error.unauthorized && error.code !== 400) return `Moonraker on ${host} takes no login from this computer: there were too many wrong passwords (max_login_attempts). Restart Moonraker, or enter an API key.`
  return `Moonraker on ${host} does not log "${name}" in${error.said === '' ? '.' : `: "${error.said}".`} Check user name and password.`
}

/** How long a token lives in seconds, by its own dates: their difference needs no clock. An hour where it does not tell. */
function lifeOf(value: string): number {
  const claims = z.object({ iat: z.number(), exp: z.number() })
  try {
    const parsed = claims.safeParse(JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString()))
    const life = parsed.success ? parsed.data.exp - parsed.data.iat : LIFE_S
    return life > 0 && life < 365 * 86_400 ? life : LIFE_S
  } catch {
    return LIFE_S
  }
}
