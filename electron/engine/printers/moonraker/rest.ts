/** HTTP towards one Moonraker: only what the websocket is not for. What its answers mean, and whether they are its own. */
import { z } from 'zod'
import type { AdapterPorts } from '../adapter.ts'
import { createRest as createPlainRest, type Rest } from '../kit/rest.ts'
import { quoted, ServerError, tidy, whereTo } from '../kit/server-error.ts'
import { parseJson, type HttpAnswer } from '../net.ts'
import type { Credentials } from './auth.ts'

export const accessInfo = z.object({
  default_source: z.string().max(40).nullish().catch(null),
  login_required: z.boolean().nullish().catch(null),
  trusted: z.boolean().nullish().catch(null),
})
export type AccessInfo = z.output<typeof accessInfo>

const accessAnswer = z.object({ result: z.object({ trusted: z.boolean(), login_required: z.boolean() }) })
const infoAnswer = z.object({ result: z.object({ klippy_state: z.string() }) })
const errorAnswer = z.object({ error: z.object({ code: z.number(), message: z.string().catch('') }) })

export function createRest(parts: { base: string; pin: string | null; ports: Pick<AdapterPorts, 'clock' | 'net'>; credentials: Pick<Credentials, 'headers' | 'proxyHeaders'> }): Rest {
  const { base, pin, ports, credentials } = parts
  return createPlainRest({
    base, pin, ports, judge,
    speaks: 'Moonraker',
    headers: ({ anonymous }) => ({ Accept: 'application/json', ...(anonymous ? credentials.proxyHeaders() : credentials.headers()) }),
  })
}

/** Moonraker's own error (`{"error": {"code", "message"}}`): its words, one line, bounded; null = the answer is not Moonraker's. */
export function errorText(answer: HttpAnswer): string | null {
  const parsed = errorAnswer.safeParse(parseJson(answer.body))
  return parsed.success ? tidy(parsed.data.error.message).trim() : null
}

/** What an answer's status means; null for 2xx. Source: 0.11.0, recorded. */
export function judge(answer: HttpAnswer, host: string): ServerError | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  const said = errorText(answer)
  if (status >= 300 && status < 400) return new ServerError('wrong_prefix', `${host} sends this address on to ${whereTo(answer.headers['location'], host)}. Use that address.`, status)
  if (status === 401 && said !== null) return new ServerError('key_invalid', `Moonraker on ${host} wants other credentials.`, status)
  if (status === 401 && /digest|apikey/i.test(answer.headers['www-authenticate'] ?? '')) return foreign(host, 'PrusaLink. Add it as a PrusaLink server')
  if (status === 401) return proxyAuth(host, status)
  if ((status === 502 || status === 503 || status === 504) && said === null) return notRunning(host, status)
  if (status === 404 && said === null) return new ServerError('wrong_prefix', `${host} answers, but there is no Moonraker at this path.`, status)
  return new ServerError('server_error', `${host} answered with status ${status}${quoted(said)}`, status)
}

export function proxyAuth(host: string, status: number | null = null): ServerError {
  return new ServerError('proxy_auth', `A proxy in front of ${host} asks for a user name and password. Fill in the two proxy fields.`, status)
}

/** Another program, by its name. */
export function foreign(host: string, name: string): ServerError {
  return new ServerError('not_this_server', `This is not Moonraker: ${host} is ${name}.`)
}

/** The web server is there and Moonraker behind it is not. */
export function notRunning(host: string, status: number | null = null): ServerError {
  return new ServerError('booting', `The web server on ${host} answers, but Moonraker behind it does not. It may still be starting; else look at its log.`, status)
}

/** Asks whether a Moonraker answers here, without credentials: this may be anybody. @throws ServerError when nothing answers, or a proxy stands in between */
export async function isMoonraker(rest: Rest, signal: AbortSignal): Promise<boolean> {
  const options = { signal, anonymous: true, maxBytes: 500_000, deadlineMs: 5_000 }
  const access = await rest.call('GET', '/access/info', options)
  if (accessAnswer.safeParse(parseJson(access.body)).success) return true
  const wrong = judge(access, rest.host)
  if (wrong && (wrong.cause_ === 'proxy_auth' || wrong.cause_ === 'booting' || wrong.cause_ === 'not_this_server')) throw wrong
  // Without its component for logins Moonraker has no such path; before 0.8 neither.
  const info = await rest.call('GET', '/server/info', options)
  return infoAnswer.safeParse(parseJson(info.body)).success || (info.status === 401 && errorText(info) !== null)
}
