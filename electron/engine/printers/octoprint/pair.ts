/** Getting a key without copy and paste (OctoPrint's Application Keys), and giving it back. */
import { hostname } from 'node:os'
import { z } from 'zod'
import { once } from '../../once.ts'
import { Secret } from '../../settings/secret.ts'
import type { AdapterPorts, PairStep, ServerConfig } from '../adapter.ts'
import type { Rest } from '../kit/rest.ts'
import { ServerError } from '../kit/server-error.ts'
import { wait } from '../kit/wait.ts'
import { createRest, errorText, parseJsonBody } from './rest.ts'
import type { OctoPrintSettings } from './settings.ts'

/** A request dies 5 s after the last poll, so the poll must not wait for anything else (1.11.8, seen). */
const POLL_MS = 1_000
const POLL_DEADLINE_MS = 4_000
/** The server's own limit, whatever is polled. */
const WHOLE_MS = 10 * 60_000
/** Polls that may fail in a row before the server counts as gone: the request is dead by then. */
const LOST_AFTER = 5

const requested = once(() => z.object({ app_token: z.string().min(1).max(200) }))
const granted = once(() => z.object({ api_key: z.string().min(1) }))

type Failed = Extract<PairStep, { step: 'failed' }>['cause']

/**
 * The name shown in OctoPrint. It names this computer: OctoPrint gives the same key for the same name, and giving it back
 * on one desk must not cut off another.
 */
export function appName(computer: string = hostname()): string {
  return `Printbell (${computer.slice(0, 60)})`
}

/** Asks for a key and waits while the person confirms in OctoPrint. Ends with `done` or `failed`; never throws. */
export async function* pair(server: ServerConfig<OctoPrintSettings>, ports: AdapterPorts, signal: AbortSignal, computer?: string): AsyncIterable<PairStep> {
  const rest = createRest(server, ports)
  // The caller may stop reading at any step: then nobody may go on polling.
  const left = new AbortController()
  const onAbort = () => left.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const probe = await rest.call('GET', '/plugin/appkeys/probe', { signal, anonymous: true })
    if (probe.status !== 204) {
      yield unsupported(rest, probe.status)
      return
    }
    const request = await rest.call('POST', '/plugin/appkeys/request', { body: { app: appName(computer) }, signal, anonymous: true })
    if (request.status === 429) {
      yield failed('rate_limited', 'OctoPrint allows only three requests a minute and ten an hour. Wait a little and try again.')
      return
    }
    const token = requested().safeParse(parseJsonBody(request))
    if (!token.success) {
      yield failed('unsupported', `OctoPrint did not accept the request: ${errorText(request) ?? `status ${request.status}`}. Enter an API key instead.`)
      return
    }
    // Built here: the server's own idea of its address is wrong behind some proxies.
    const dialog = `${rest.base}/plugin/appkeys/auth/${encodeURIComponent(token.data.app_token)}`
    // Polling starts before the person is asked: a caller that is busy with its dialog must not let the request die.
    const deciding = decision(rest, ports, token.data.app_token, left.signal)
    deciding.catch(() => undefined)
    yield { step: 'confirm', url: dialog, text: `Confirm the request of "${appName(computer)}" in OctoPrint: a pop-up shows in every open OctoPrint page, or open the address.`, endsAt: ports.clock.now() + WHOLE_MS }
    yield await deciding
  } catch (error) {
    if (signal.aborted) {
      yield failed('cancelled', 'Stopped.')
      return
    }
    if (!(error instanceof ServerError)) throw error
    yield failed('unreachable', error.message)
  } finally {
    left.abort()
    signal.removeEventListener('abort', onAbort)
  }
}

async function decision(rest: Rest, ports: AdapterPorts, token: string, signal: AbortSignal): Promise<PairStep> {
  const { clock } = ports
  const began = clock.monotonic()
  let answered = began
  let lost = 0
  for (;;) {
    let status: number | null = null
    try {
      const answer = await rest.call('GET', `/plugin/appkeys/request/${encodeURIComponent(token)}`, { signal, anonymous: true, deadlineMs: POLL_DEADLINE_MS })
      status = answer.status
      // One-shot: the second fetch would be 404.
      const key = granted().safeParse(parseJsonBody(answer))
      if (status === 200 && key.success) return { step: 'done', secrets: { apiKey: new Secret(key.data.api_key) }, text: 'OctoPrint has granted access.' }
    } catch (error) {
      if (signal.aborted) return failed('cancelled', 'Stopped.')
      if (!(error instanceof ServerError)) throw error
      if (++lost >= LOST_AFTER) return failed('unreachable', error.message)
    }
    const now = clock.monotonic()
    if (status === 202) {
      answered = now
      lost = 0
    }
    // 404 means denied, or that the request died because nobody polled it or its ten minutes were over.
    if (status === 404) {
      const died = now - answered > 4_500 || now - began > WHOLE_MS - 2 * POLL_MS
      return died ? failed('timed_out', 'Nobody confirmed in time. Start again.') : failed('denied', 'The request was denied in OctoPrint.')
    }
    if (now - began > WHOLE_MS) return failed('timed_out', 'Nobody confirmed within ten minutes. Start again.')
    await wait(clock, POLL_MS, signal).over
    if (signal.aborted) return failed('cancelled', 'Stopped.')
  }
}

/** Revokes the key that `pair` got, by its own right. A key that was pasted in belongs to somebody and stays. */
export async function unpair(server: ServerConfig<OctoPrintSettings>, ports: AdapterPorts, signal: AbortSignal, computer?: string): Promise<{ revoked: boolean; detail: string }> {
  const rest = createRest(server, ports)
  try {
    const own = z.object({ keys: z.array(z.object({ app_id: z.string() })).catch([]) })
    const listed = await rest.json('GET', '/api/plugin/appkeys', own, { signal })
    if (!listed.keys.some((key) => key.app_id.toLowerCase() === appName(computer).toLowerCase())) {
      return { revoked: false, detail: 'The key was not made by Printbell, so it stays valid in OctoPrint.' }
    }
    const answer = await rest.call('POST', '/api/plugin/appkeys', { body: { command: 'revoke', app: appName(computer) }, signal })
    if (answer.status >= 200 && answer.status < 300) return { revoked: true, detail: 'The key was revoked in OctoPrint.' }
    return { revoked: false, detail: `OctoPrint did not revoke the key: ${errorText(answer) ?? `status ${answer.status}`}. Remove it there under "Application Keys".` }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return { revoked: false, detail: `The key could not be revoked: ${error.message} Remove it in OctoPrint under "Application Keys".` }
  }
}

function unsupported(rest: Rest, status: number): PairStep {
  if (status === 403) return failed('unsupported', `OctoPrint on ${rest.host} has not been set up yet. Finish its first-run wizard in the browser.`)
  if (status === 401) return failed('unsupported', `A proxy in front of ${rest.host} asks for a user name and password. Fill in the two proxy fields.`)
  return failed('unsupported', `OctoPrint on ${rest.host} does not offer application keys (its plugin is off, or it is older than 1.3.10). Enter an API key instead.`)
}

function failed(cause: Failed, text: string): PairStep {
  return { step: 'failed', cause, text }
}
