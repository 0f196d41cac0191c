/**
 * What Pushbullet's answer means: 200 is taken, else {"error": {"code": "...", "type": "...", "message": "..."}} (docs.pushbullet.com,
 * "Errors", "Ratelimiting" and "Push limit"). That a free account is used up is told by the code alone, with a 400.
 */
import { z } from 'zod'
import { parseReset, parseRetryAfter } from '../../delivery/retry.ts'
import type { Verdict } from '../channel.ts'
import { refused, verdictOfStatus } from '../kit/answers.ts'
import type { Answer } from '../kit/http.ts'

/** Pushbullet tells nobody when the pushes of a month are counted anew. ms */
const MONTH_USED_UP_MS = 3_600_000

const word = z.string().catch('').default('')
const refusal = z.object({ error: z.object({ code: word, message: word, param: word }) })

/** @param now epoch ms */
export function judge({ status, json, headers }: Answer, now: number): Verdict {
  if (status >= 200 && status < 300) return { result: 'delivered', detail: `Pushbullet answered ${status}.` }
  const said = refusal.safeParse(json)
  const { code, message, param } = said.success ? said.data.error : { code: '', message: '', param: '' }
  if (code === 'pushbullet_pro_required') {
    return { result: 'retry', after: MONTH_USED_UP_MS, why: 'The free messages of this month are used up. Pushbullet counts anew next month; an account with Pushbullet Pro has no such limit.' }
  }
  if (status === 429) return { result: 'retry', after: parseReset(headers['x-ratelimit-reset'], now) ?? parseRetryAfter(headers['retry-after'], now), why: 'Pushbullet takes no more requests for now (429).', busy: true }
  if (status === 401 || status === 403 || code === 'invalid_access_token') {
    return refused('destination', 'Pushbullet does not know this access token. Create one in the settings of your account there, and enter it.')
  }
  if (status >= 400 && status < 500) {
    const about = `${param} ${message}`
    if (/device/i.test(about)) return refused('destination', 'The account has no device of this identifier. Copy it from the address of its page, or leave it empty.')
    if (/channel/i.test(about)) return refused('destination', 'There is no channel of this tag that you may send to. Enter the tag of a channel of yours, or leave it empty.')
    if (status === 400) return refused('message', 'Pushbullet refuses this message (400).')
  }
  return verdictOfStatus(status, headers['retry-after'], now)
}
