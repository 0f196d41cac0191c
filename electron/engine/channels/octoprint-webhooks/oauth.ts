/** The OAuth login that may come before a request: its answer's fields become parameters. Kept in memory until it expires, never stored. */
import type { ChannelPorts, DestinationConfig, Verdict } from '../channel.ts'
import { Secret } from '../../settings/secret.ts'
import { refused, verdictOfLogin } from './answers.ts'
import type { OctoPrintWebhooksConfig } from './config.ts'
import { askFollowing } from './follow.ts'
import { fillUrl, plainRequest, wire } from './request.ts'
import { missingSecrets, objectOf, secretValues } from './secrets.ts'
import { shownAnswer } from './shown.ts'

/** A token is renewed so long before its end, ms: it must outlive the request. */
const BEFORE_ITS_END_MS = 30_000
/** Whatever a server promises. ms */
const LONGEST_MS = 24 * 3_600_000

export type Login = { ok: true; fields: Readonly<Record<string, unknown>> } | { ok: false; verdict: Verdict; answer: readonly string[] }

export interface OAuth {
  /** The answer of the login; asks for it when there is none that still holds. */
  login(): Promise<Login>
  /** It was not taken: the next login asks anew. @param refusedOne the answer that was used */
  forget(refusedOne: Readonly<Record<string, unknown>>): void
}

/** @param closing ends a login that is under way */
export function createOAuth({ config, secrets }: DestinationConfig<OctoPrintWebhooksConfig>, ports: ChannelPorts, closing: AbortSignal): OAuth {
  let kept: { fields: Readonly<Record<string, unknown>>; until: number } | null = null
  let running: Promise<Login> | null = null

  async function ask(): Promise<Login> {
    const known = secretValues(secrets) ?? { apiSecret: '', secrets: {} }
    const [missing] = missingSecrets(config.oauthUrl, known)
    if (missing !== undefined) return failed(`${missing} is not set. Add it to "Other secrets".`)
    const url = fillUrl(config.oauthUrl, { secrets: known.secrets })
    const headers = secrets.oauthHeaders === undefined ? {} : objectOf(secrets.oauthHeaders.reveal())
    if (headers === null) return failed('"OAuth headers" is no JSON object. Enter it like {"name": "value"}.')
    const data = secrets.oauthData === undefined ? {} : objectOf(secrets.oauthData.reveal())
    if (data === null) return failed('"OAuth data" is no JSON object. Enter it like {"client_id": "value"}.')
    const template = {
      url, method: config.oauthMethod, contentType: config.oauthContentType, data,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    }
    const { asking, stop, secure } = await askFollowing(ports, { ...wire(plainRequest(template), null), timeoutMs: config.timeoutMs, signals: [closing] })
    if (asking.answer === null) return { ok: false, answer: [], verdict: asking.verdict.result === 'retry' ? { ...asking.verdict, why: `At the OAuth address: ${asking.verdict.why}` } : asking.verdict }
    const { status, text } = asking.answer
    const fields = stop === null && status >= 200 && status < 400 ? objectOf(text) : null
    if (fields === null) return { ok: false, answer: shownAnswer(asking.answer, url), verdict: verdictOfLogin({ answer: asking.answer, stop, secure }, ports.clock.now()) }
    guard(fields)
    const holds = lifetimeOf(fields)
    kept = holds > 0 ? { fields, until: ports.clock.monotonic() + holds } : null
    return { ok: true, fields }
  }

  return {
    async login() {
      if (kept !== null && ports.clock.monotonic() < kept.until) return { ok: true, fields: kept.fields }
      running ??= ask().finally(() => {
        running = null
      })
      return running
    },
    forget(refusedOne) {
      if (kept?.fields === refusedOne) kept = null
    },
  }
}

function failed(why: string): Login {
  return { ok: false, answer: [], verdict: refused(why) }
}

/** How long the token holds, ms; 0 = the server does not say, then it is asked each time, as the plugin does. */
function lifetimeOf(fields: Readonly<Record<string, unknown>>): number {
  const seconds = Number(fields.expires_in)
  return Number.isFinite(seconds) && fields.expires_in !== null ? Math.min(LONGEST_MS, Math.max(0, seconds * 1000 - BEFORE_ITS_END_MS)) : 0
}

/** Every text of the answer counts as a secret: none of it comes into a log or an error. */
function guard(value: unknown): void {
  if (typeof value === 'string') Secret.passing(value)
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) guard(inner)
}
