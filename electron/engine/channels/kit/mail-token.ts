/** Access tokens for XOAUTH2: taken as entered, or made from a refresh token (RFC 6749, 6) and kept in memory until shortly before they end. */
import { parseRetryAfter } from '../../delivery/retry.ts'
import { Secret } from '../../settings/secret.ts'
import type { ChannelPorts, Verdict } from '../channel.ts'
import { ask } from './http.ts'
import { tokenAddressOf, type MailServerConfig } from './mail-config.ts'

/** So long before its end a token counts as ended; ms. */
const EARLY_MS = 60_000
/** What a token lasts whose service does not say; ms. */
const USUAL_MS = 50 * 60_000
const ASK_MS = 15_000

export interface Tokens {
  /** A token that should still hold. @param anew the last one was refused: make another if that is possible */
  get(anew: boolean, signal: AbortSignal): Promise<{ token: Secret } | { verdict: Verdict }>
  /** Whether another one can be made after a refusal. */
  renewable: boolean
}

type TokenConfig = Pick<MailServerConfig, 'clientId' | 'tokenAddress' | 'server'>

export function createTokens(config: TokenConfig, secrets: Readonly<Record<string, Secret>>, ports: Pick<ChannelPorts, 'clock' | 'net'>): Tokens {
  const url = tokenAddressOf(config)
  const renewable = secrets.refreshToken !== undefined && config.clientId !== '' && url !== null
  let refreshToken = secrets.refreshToken
  let current: { token: Secret; until: number } | null = !renewable && secrets.accessToken ? { token: secrets.accessToken, until: Number.POSITIVE_INFINITY } : null
  /** Under way; those who come meanwhile wait for the same. */
  let making: Promise<{ token: Secret } | { verdict: Verdict }> | null = null

  async function make(signal: AbortSignal): Promise<{ token: Secret } | { verdict: Verdict }> {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken?.reveal() ?? '', client_id: config.clientId })
    if (secrets.clientSecret) form.set('client_secret', secrets.clientSecret.reveal())
    const asking = await ask(ports, { method: 'POST', url: url ?? '', data: form, headers: { Accept: 'application/json' }, timeoutMs: ASK_MS, signals: [signal] })
    if (asking.answer === null) return { verdict: { result: 'retry', after: null, why: `No new token: ${'why' in asking.verdict ? asking.verdict.why : 'no answer.'}` } }
    const { status, json, headers } = asking.answer
    const { access_token: token, expires_in: lasts, refresh_token: next, error } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
    if (status >= 200 && status < 300 && typeof token === 'string' && token !== '') {
      // Microsoft hands out another refresh token each time; the first one goes on until its own end.
      if (typeof next === 'string' && next !== '') refreshToken = Secret.passing(next)
      const seconds = Number(lasts)
      current = { token: Secret.passing(token), until: ports.clock.now() + (seconds > 0 ? seconds * 1_000 - EARLY_MS : USUAL_MS) }
      return { token: current.token }
    }
    return { verdict: verdictOfTokenAnswer(status, error, parseRetryAfter(headers['retry-after'], ports.clock.now())) }
  }

  return {
    renewable,
    async get(anew, signal) {
      if (current !== null && !(anew && renewable) && ports.clock.now() < current.until) return { token: current.token }
      if (!renewable) return { verdict: refused('There is no token to log in with. Enter an access token, or client ID and refresh token.') }
      making ??= make(signal).finally(() => {
        making = null
      })
      return await making
    },
  }
}

/** @param error the service's own word (RFC 6749, 5.2) @param after what it asked for, ms */
export function verdictOfTokenAnswer(status: number, error: unknown, after: number | null): Verdict {
  if (error === 'invalid_grant') return refused(`The refresh token is no longer taken (${status}, invalid_grant). It ended or was withdrawn: make a new one.`)
  if (error === 'invalid_client' || error === 'unauthorized_client') return refused(`Client ID or client secret is not taken (${status}, ${error}). Check both, and that the app may use refresh tokens.`)
  if (error === 'temporarily_unavailable' || error === 'server_error' || status === 408 || status === 425 || status === 429 || status >= 500) return { result: 'retry', after, why: `No new token: the service that makes them is busy (${status}).` }
  if (status >= 300 && status < 500) return refused(`No new token: the token address refuses to make one (${status}). Check token address, client ID and refresh token.`)
  return { result: 'retry', after: null, why: `No new token: the token address gave an answer that can not be read (${status}).` }
}

function refused(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why }
}
