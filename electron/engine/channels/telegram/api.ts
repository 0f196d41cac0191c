/** One call of the Bot API (https://core.telegram.org/bots/api#making-requests): what was asked, and what came of it. */
import { randomUUID } from 'node:crypto'
import type { Picture } from '../../delivery/message.ts'
import type { Secret } from '../../settings/secret.ts'
import type { ChannelPorts, Exchange, Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { bodyLines, sayable } from '../kit/exchange.ts'
import { ask, type Answer } from '../kit/http.ts'

/** A bot at one Bot API server. */
export interface Bot {
  /** Without a slash at its end. */
  apiBase: string
  token: Secret
}

/** Why Telegram did not do it; the same whether it stands in a body of status 200 or another. */
export interface TelegramError {
  code: number
  /** In Telegram's own words: to be looked at, not to be shown. */
  description: string
  /** ms */
  retryAfter: number | null
  /** The group became a supergroup, which has this id from now on. */
  migratedTo: string | null
}

export type Reply =
  /** `result` undefined: the rest of the answer broke off, or was longer than what is read; `text` is what came. */
  | { kind: 'ok'; result: unknown; text: string; exchange: Exchange }
  | { kind: 'error'; error: TelegramError; exchange: Exchange }
  /** No answer of Telegram's: none at all (`status` null), or one of something in between. */
  | { kind: 'none'; status: number | null; verdict: Verdict; exchange: Exchange }

export type Parameters = Readonly<Record<string, unknown>>

export interface Call {
  method: string
  parameters: Parameters
  /** Sent beside the parameters as the file "photo". */
  photo?: Picture | null
  /** ms; 20 s unless told. */
  timeoutMs?: number
  signals: readonly AbortSignal[]
}

const TIMEOUT_MS = 20_000
const PICTURE_NAME = 'snapshot.jpg'
/** Numbers of chats, people and messages are nobody else's business. */
const HIDDEN = ['chat_id', 'message_id', 'message_thread_id', 'callback_query_id', 'callback_data']

/** Whether this can be a token at all; anything else would change the address that it becomes part of. */
export function isToken(token: Secret): boolean {
  return /^\d{1,20}:[\w-]{1,100}$/.test(token.reveal().trim())
}

/** The bot's own number, which is no secret: what was heard from one bot means nothing at another. */
export function botNumber(bot: Bot): string {
  return bot.token.reveal().trim().split(':')[0] ?? ''
}

export async function callTelegram(bot: Bot, call: Call, ports: Pick<ChannelPorts, 'clock' | 'net'>): Promise<Reply> {
  const photo = call.photo ?? null
  const request = [`POST /bot(token)/${call.method}`, ...bodyLines(call.parameters, HIDDEN), ...(photo === null ? [] : [`photo: ${PICTURE_NAME}, ${photo.jpeg.byteLength} bytes`])]
  if (!isToken(bot.token)) {
    const why = 'This is no bot token. Copy the whole token that @BotFather shows.'
    return { kind: 'none', status: null, verdict: { result: 'rejected', scope: 'destination', why }, exchange: { request: [], answer: [why] } }
  }
  const asking = await ask(ports, {
    method: 'POST',
    url: `${bot.apiBase}/bot${bot.token.reveal().trim()}/${call.method}`,
    ...payload(call.parameters, photo),
    timeoutMs: call.timeoutMs ?? TIMEOUT_MS,
    signals: call.signals,
  })
  if (asking.answer === null) return { kind: 'none', status: null, verdict: asking.verdict, exchange: { request, answer: [] } }
  return understand(asking.answer, request, ports.clock.now())
}

function payload(parameters: Parameters, photo: Picture | null): { data: string | Uint8Array; headers: Record<string, string> } {
  if (photo === null) return { data: JSON.stringify(parameters), headers: { 'Content-Type': 'application/json' } }
  const fields = Object.entries(parameters).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  const boundary = `printbell-${randomUUID()}`
  return { data: multipart(fields, photo, boundary), headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` } }
}

/** Written out here, because FormData changes the line breaks of a caption (https://html.spec.whatwg.org/#multipart-form-data). */
function multipart(fields: readonly [string, string][], photo: Picture, boundary: string): Uint8Array {
  const part = (disposition: string, more = ''): string => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n`
  return Buffer.concat([
    ...fields.map(([name, value]) => Buffer.from(`${part(`name="${name}"`)}${value}\r\n`)),
    Buffer.from(part(`name="photo"; filename="${PICTURE_NAME}"`, 'Content-Type: image/jpeg\r\n')), photo.jpeg, Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
}

function understand(answer: Answer, request: string[], now: number): Reply {
  const { status, json, text } = answer
  if (isRecord(json) && json.ok === true) return { kind: 'ok', result: json.result, text, exchange: { request, answer: [`${status}`, 'ok: true'] } }
  if (isRecord(json) && json.ok === false) {
    const error = errorOf(json, status, answer.headers['retry-after'])
    return { kind: 'error', error, exchange: { request, answer: [`${status}`, sayable(error.description)] } }
  }
  const exchange = { request, answer: [`${status}`, 'Not an answer of the Bot API.'] }
  if (status < 200 || status >= 300) return { kind: 'none', status, verdict: inBetween(status, answer, now), exchange }
  // The rest of it broke off, which does not undo that it was taken.
  if (text.startsWith('{"ok":true')) return { kind: 'ok', result: undefined, text, exchange }
  if (text === '') return { kind: 'none', status, verdict: { result: 'retry', after: null, why: 'The answer broke off before it began.' }, exchange }
  return { kind: 'none', status, verdict: { result: 'rejected', scope: 'destination', why: 'What answers there is no Bot API server. Check its address.' }, exchange }
}

/** A proxy or gateway answered in Telegram's place. */
function inBetween(status: number, answer: Answer, now: number): Verdict {
  if (status === 404) return { result: 'rejected', scope: 'destination', why: 'There is no Bot API at this address (404). Check the address of the server.' }
  return verdictOfStatus(status, answer.headers['retry-after'], now)
}

function errorOf(json: Record<string, unknown>, status: number, retryAfter: string | undefined): TelegramError {
  const parameters = isRecord(json.parameters) ? json.parameters : {}
  const code = typeof json.error_code === 'number' ? json.error_code : status
  const seconds = typeof parameters.retry_after === 'number' ? parameters.retry_after : Number(retryAfter ?? Number.NaN)
  const moved = parameters.migrate_to_chat_id
  return {
    code,
    description: typeof json.description === 'string' ? json.description : '',
    retryAfter: Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : null,
    migratedTo: typeof moved === 'number' || typeof moved === 'string' ? String(moved) : null,
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
