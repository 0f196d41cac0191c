/** One call of the Web API (https://docs.slack.dev/apis/web-api): always 200, with "ok" or a word for what went wrong. */
import { parseRetryAfter } from '../../delivery/retry.ts'
import type { Secret } from '../../settings/secret.ts'
import type { ChannelPorts, Exchange, Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { bodyLines } from '../kit/exchange.ts'
import { ask, type Answer } from '../kit/http.ts'
import { meaningOfWord, type Remedy } from './words.ts'

/** ms; three calls must fit into one try. */
const TIMEOUT_MS = 9_000
/** Numbers of channels, messages and files are nobody else's business. */
const HIDDEN = ['channel', 'channel_id', 'thread_ts', 'ts', 'id']

export interface Workspace {
  /** Without a slash at its end: "https://slack.com/api". */
  apiBase: string
  token: Secret
}

export type Reply =
  /** `result` is the whole answer; undefined = the rest of it broke off. */
  | { ok: true; result: Record<string, unknown> | undefined; exchange: Exchange }
  /** `word` is Slack's own; null = it said none, or nothing at all. */
  | { ok: false; word: string | null; verdict: Verdict; remedy: Remedy; exchange: Exchange }

/** @returns what is wrong with it, in words of cause and cure; null = it can be one */
export function problemOfToken(token: Secret): string | null {
  const text = token.reveal().trim()
  if (/^xapp-/.test(text)) return 'This is an app-level token. Copy the "Bot User OAuth Token", which begins with xoxb-.'
  return /^[\w.-]{5,500}$/.test(text) ? null : 'This is no token of Slack. Copy the "Bot User OAuth Token", which begins with xoxb-.'
}

/** Values that are not text are sent as JSON, as the Web API wants them in a form. */
export async function callSlack(workspace: Workspace, method: string, parameters: Readonly<Record<string, unknown>>, signals: readonly AbortSignal[], ports: Pick<ChannelPorts, 'clock' | 'net'>): Promise<Reply> {
  const data = new URLSearchParams(Object.entries(parameters).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)])).toString()
  const asking = await ask(ports, {
    method: 'POST', url: `${workspace.apiBase}/${method}`, data, timeoutMs: TIMEOUT_MS, signals,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', Authorization: `Bearer ${workspace.token.reveal().trim()}` },
  })
  const request = [`POST /api/${method}`, ...bodyLines(parameters, HIDDEN)]
  if (asking.answer === null) return { ok: false, word: null, verdict: asking.verdict, remedy: null, exchange: { request, answer: [] } }
  return understand(asking.answer, request, ports.clock.now())
}

function understand(answer: Answer, request: string[], now: number): Reply {
  const { status, json, text } = answer
  const body = isRecord(json) && typeof json.ok === 'boolean' ? json : null
  if (body?.ok === true) return { ok: true, result: body, exchange: { request, answer: [String(status), 'ok: true'] } }
  // What breaks off does not undo that it was taken.
  if (body === null && status === 200 && text.startsWith('{"ok":true')) return { ok: true, result: undefined, exchange: { request, answer: [String(status), 'ok: true'] } }
  const word = typeof body?.error === 'string' && /^[a-z_]{1,80}$/.test(body.error) ? body.error : null
  const exchange = { request, answer: [String(status), ...(word === null ? [] : [word])] }
  return { ok: false, word, exchange, ...meaningOf(answer, word, now) }
}

function meaningOf({ status, headers, json, text }: Answer, word: string | null, now: number): { verdict: Verdict; remedy: Remedy } {
  const needed = isRecord(json) && typeof json.needed === 'string' && /^[\w:,. ]{1,100}$/.test(json.needed) ? json.needed : null
  const known = word === null ? null : meaningOfWord(word, { needed, after: parseRetryAfter(headers['retry-after'], now) })
  if (known !== null) return known
  if (word !== null) return { verdict: { result: 'rejected', scope: 'message', why: `Slack refuses this message (${word}).` }, remedy: null }
  if (status < 200 || status >= 300) return { verdict: verdictOfStatus(status, headers['retry-after'], now), remedy: null }
  if (text === '') return { verdict: { result: 'retry', after: null, why: 'The answer broke off before it began.' }, remedy: null }
  return { verdict: { result: 'rejected', scope: 'destination', why: 'What answers there is not Slack. Check the address.' }, remedy: null }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
