/**
 * What ntfy's answer means. Its errors are JSON, {"code":42901,"http":429,"error":"..."}: the code tells more than the status
 * (binwiederhier/ntfy, server/errors.go). Where it is no JSON, something in front of ntfy has answered.
 */
import { parseRetryAfter } from '../../delivery/retry.ts'
import type { Verdict } from '../channel.ts'
import { refused, verdictOfStatus } from '../kit/answers.ts'
import type { Answer } from '../kit/http.ts'

/** One request each five seconds is what a server allows in the long run, docs.ntfy.sh/publish "Limitations". ms */
const NEXT_REQUEST_MS = 5_000
const DAY_MS = 24 * 3_600_000

export type Judged = Verdict & {
  /** 'smaller': it may take a smaller one; 'none': it takes no picture at all, with the reason in words. */
  picture?: { take: 'smaller' } | { take: 'none'; because: string }
}

/** @param now epoch ms */
export function judge(answer: Answer, now: number): Judged {
  const { status, headers } = answer
  if (status >= 200 && status < 300) return accepted(answer)
  const after = parseRetryAfter(headers['retry-after'], now)
  const code = codeOf(answer.json)
  const known = code === null ? null : judgeCode(code, after, now)
  if (known !== null) return known
  // ntfy itself never says so about a topic: what stands there is another server.
  if (status === 404) return refused('destination', 'There is no ntfy server at this address (404). Check the server.')
  if (status === 413) return { ...refused('message', 'The picture is too large for the server (413).'), picture: { take: 'smaller' } }
  return verdictOfStatus(status, headers['retry-after'], now)
}

function accepted({ status, json, headers }: Answer): Judged {
  if (json === undefined && headers['content-type']?.startsWith('text/html') === true) {
    return refused('destination', `A web page answers there, not ntfy (${status}). Check the server's address.`)
  }
  // A body that broke off is no JSON and proves nothing; any other one of ntfy's has the id of the message.
  if (json !== undefined && keptTogether(json) === null) return refused('destination', `What answers there is not ntfy (${status}). Check the server's address.`)
  return { result: 'delivered', detail: `ntfy answered ${status}.` }
}

function judgeCode(code: number, after: number | null, now: number): Judged | null {
  switch (code) {
    case 40009: return refused('destination', 'The server does not take this topic (40009). Letters, digits, dashes and underscores can be used.')
    case 40010: return refused('destination', 'The server keeps this topic for itself (40010). Choose another one.')
    case 40101: return refused('destination', 'The server wants another access token, or another user and password (40101). Enter the right one.')
    case 40301: return refused('destination', 'Writing to this topic is not allowed (40301). Enter an access token that may, or choose another topic.')
    case 40401: return refused('destination', 'There is no such page on the server (40401). Check its address.')
    case 40014: return noPicture(refused('message', 'The server takes no attachments (40014).'), 'the server takes no attachments')
    case 40015: return noPicture(refused('message', 'The server would delete the picture before it is delivered (40015).'), 'the server would delete it too early')
    case 41301: return { ...refused('message', 'The picture is too large for the server, or its room for pictures is used up (41301).'), picture: { take: 'smaller' } }
    case 41303: return refused('message', 'The message is too large for the server (41303).')
    case 42901: return again(Math.max(NEXT_REQUEST_MS, after ?? 0), 'The server takes no more requests for now (42901).')
    case 42904: return again(after, 'The server has no room for one more topic (42904). Ask who runs it.')
    case 42905: return noPicture(again(after ?? untilMidnight(now), 'The traffic that the server allows in a day is used up (42905).'), "the day's traffic is used up")
    case 42908: return again(after ?? untilMidnight(now), 'The messages that the server allows in a day are used up (42908). It counts anew at midnight UTC.')
    case 42909: return again(after, 'The server heard too many wrong logins from here (42909). Check the access token.')
    case 50701: return again(after, 'Nobody has subscribed to this topic yet, and the server stores nothing for it (50701). Subscribe to it in the app.')
    default: return null
  }
}

/** The daily counts begin anew at midnight UTC unless the server is told otherwise. ms from now */
function untilMidnight(now: number): number {
  return DAY_MS - (now % DAY_MS)
}

function again(after: number | null, why: string): Verdict {
  return { result: 'retry', after, why }
}

function noPicture(verdict: Verdict, because: string): Judged {
  return { ...verdict, picture: { take: 'none', because } }
}

function codeOf(json: unknown): number | null {
  const code: unknown = typeof json === 'object' && json !== null && 'code' in json ? json.code : null
  return typeof code === 'number' ? code : null
}

/** Whether the server knows sequences: it repeats the name, which one older than 2.16 does not know. Null = the answer does not tell. */
export function keptTogether(json: unknown): boolean | null {
  if (typeof json !== 'object' || json === null || !('id' in json)) return null
  return 'sequence_id' in json
}
