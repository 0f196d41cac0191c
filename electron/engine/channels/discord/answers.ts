/** What Discord's answers mean: its own codes first (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json), then the status. */
import type { Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { sayable } from '../kit/exchange.ts'
import type { Answer } from '../kit/http.ts'

/** `picture`: smaller, or without it. `anew`: the message can't be changed (any more), so a new one is sent. */
export type Remedy = 'picture' | 'anew' | null

export interface Meaning {
  verdict: Verdict
  remedy: Remedy
}

type Row = readonly [result: 'message' | 'destination' | 'retry' | 'gone', why: string, remedy?: Remedy]

const NO_RIGHTS = 'The webhook may not write there. Check its channel and the rights of that channel.'
const FORUM = 'The channel of this webhook is a forum. Enter the number of a post as the thread.'
const BUSY = 'Discord takes no more messages for now.'

const CODES: Readonly<Record<number, Row>> = {
  10003: ['destination', 'The thread or channel is no longer there. Choose another one.'],
  10004: ['destination', 'The Discord server is no longer there. Make a webhook on another one.'],
  10008: ['message', 'The message that was to change is no longer there.', 'anew'],
  10015: ['gone', 'The webhook was deleted. Make a new one in the settings of the channel.'],
  10016: ['gone', 'The webhook was deleted. Make a new one in the settings of the channel.'],
  20016: ['retry', BUSY],
  20022: ['message', 'This message was changed too often.', 'anew'],
  20028: ['retry', BUSY],
  20029: ['retry', BUSY],
  30046: ['message', 'This message was changed too often.', 'anew'],
  40004: ['retry', 'Discord has switched sending off for now.'],
  40005: ['message', 'The message is too large for Discord.', 'picture'],
  40006: ['retry', 'Discord has switched this off for now.'],
  40058: ['destination', FORUM],
  40062: ['retry', BUSY],
  40067: ['destination', 'This forum wants a tag for each post. Enter the number of a post as the thread.'],
  40333: ['retry', 'Something on the way blocks the request (40333).'],
  50001: ['destination', NO_RIGHTS],
  50005: ['message', 'The message that was to change is not of this webhook.', 'anew'],
  50006: ['message', 'The message is empty for Discord.'],
  50008: ['destination', 'Nothing can be written in a channel of this kind. Make a webhook in a text channel.'],
  50013: ['destination', NO_RIGHTS],
  50024: ['destination', 'Nothing can be written in a channel of this kind. Make a webhook in a text channel.'],
  50027: ['destination', 'The address of the webhook is not right. Copy it again from the settings of the channel.'],
  50035: ['message', 'Discord does not understand this message.'],
  50045: ['message', 'The picture is too large for Discord.', 'picture'],
  50046: ['message', 'Discord does not take this picture.', 'picture'],
  50083: ['message', 'The thread is in the archive, so its messages can not change.', 'anew'],
  50109: ['message', 'Discord does not understand this message.'],
  50110: ['message', 'Discord does not take this picture.', 'picture'],
  50123: ['message', 'Discord does not take this picture.', 'picture'],
  50146: ['message', 'The picture got lost on the way.', 'picture'],
  130000: ['retry', 'Discord is overloaded for now.'],
  160005: ['destination', 'The thread is locked. Choose another one.'],
  200000: ['message', 'A rule of the Discord server blocks this message.'],
  200001: ['message', 'A rule of the Discord server blocks this message.'],
  220001: ['destination', FORUM],
  220002: ['destination', FORUM],
  220003: ['destination', FORUM],
  220004: ['destination', 'This webhook can not write in a forum. Make one in a text channel.'],
  240000: ['message', 'Discord takes a link in this message for harmful.'],
  400001: ['message', 'No files can be sent on this Discord server.', 'picture'],
}

/** @param now epoch ms, for a Retry-After that is a date */
export function meaningOf(answer: Answer, now: number): Meaning {
  const { status } = answer
  if (status >= 200 && status < 300) return { verdict: accepted(answer), remedy: null }
  const { code, retryAfter } = detailsOf(answer.json)
  if (status === 429) {
    const verdict = verdictOfStatus(429, answer.headers['retry-after'], now)
    const after = retryAfter ?? (verdict.result === 'retry' ? verdict.after : null)
    return { verdict: { result: 'retry', after, why: 'Discord takes no more messages for now (429).', busy: true }, remedy: null }
  }
  const row = code === null || !Object.hasOwn(CODES, code) ? undefined : CODES[code]
  if (row === undefined) return { verdict: verdictOfStatus(status, answer.headers['retry-after'], now), remedy: status === 413 ? 'picture' : null }
  const [result, why, remedy = null] = row
  if (result === 'gone') return { verdict: { result, why }, remedy }
  if (result === 'retry') return { verdict: { result, after: retryAfter, why }, remedy }
  return { verdict: { result: 'rejected', scope: result, why }, remedy }
}

/** With `wait` Discord answers with the message itself. */
function accepted({ status, json, text }: Answer): Verdict {
  // What breaks off does not undo that it was taken.
  if (typeof json === 'object' || text.startsWith('{') || status === 204) return { result: 'delivered', detail: 'Discord took it.' }
  if (text === '') return { result: 'retry', after: null, why: 'The answer broke off before it began.' }
  return { result: 'rejected', scope: 'destination', why: 'What answers there is not Discord. Check the address.' }
}

/** What was answered, fit to be shown. */
export function shownAnswer({ status, json }: Answer): string[] {
  const { code, message } = detailsOf(json)
  return [String(status), ...(code === null || code === 0 ? [] : [`code ${code}`]), ...(message === null ? [] : [sayable(message)])]
}

interface Details {
  code: number | null
  message: string | null
  /** ms */
  retryAfter: number | null
}

function detailsOf(json: unknown): Details {
  const { code, message, retry_after: seconds } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  return {
    code: typeof code === 'number' ? code : null,
    message: typeof message === 'string' ? message : null,
    retryAfter: typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : null,
  }
}
