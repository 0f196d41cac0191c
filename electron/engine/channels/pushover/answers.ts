/**
 * What Pushover's answer means: {"status":1,...} is taken, else {"status":0,"errors":["..."],...} with one more key for each
 * field that is wrong ({"user":"invalid"}). pushover.net/api "Response Format" and "Being Friendly to our API".
 */
import { parseReset, parseRetryAfter } from '../../delivery/retry.ts'
import type { Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import type { Answer } from '../kit/http.ts'

/** After a failure of its own Pushover wants to be left alone for so long. ms */
const AFTER_FAILURE_MS = 5_000

export interface Judged {
  verdict: Verdict
  /** The picture, and only the picture, was not taken. */
  pictureRefused: boolean
  /** Of an emergency: the name under which to ask whether somebody has acknowledged. */
  receipt: string | null
}

/** @param now epoch ms */
export function judge(answer: Answer, now: number): Judged {
  const { status, json, headers } = answer
  if (status >= 200 && status < 300 && !refuses(json)) return accepted(status, json)
  if (status === 429) return plain({ result: 'retry', after: parseReset(headers['x-limit-app-reset'], now) ?? parseRetryAfter(headers['retry-after'], now), why: 'The messages of this application for the month are used up (429). Pushover counts anew at the first of the month.' })
  if (status >= 500) {
    return plain({ result: 'retry', after: Math.max(AFTER_FAILURE_MS, parseRetryAfter(headers['retry-after'], now) ?? 0), why: `Pushover has a problem of its own (${status}).` })
  }
  const wrong = wrongOf(json)
  if (wrong === null) return plain(verdictOfStatus(status, headers['retry-after'], now), status === 413)
  return plain(wrong.verdict, wrong.pictureRefused)
}

function accepted(status: number, json: unknown): Judged {
  const answer = record(json)
  // Taken, and nobody will see it.
  if (typeof answer?.info === 'string' && /no active devices/i.test(answer.info)) return plain(destination('The account has no device that is active. Open the Pushover app on the phone, and check its licence.'))
  const receipt = answer?.receipt
  return {
    verdict: { result: 'delivered', detail: `Pushover answered ${status}.` },
    pictureRefused: false,
    receipt: typeof receipt === 'string' && /^[A-Za-z0-9]{1,64}$/.test(receipt) ? receipt : null,
  }
}

function plain(verdict: Verdict, pictureRefused = false): Judged {
  return { verdict, pictureRefused, receipt: null }
}

function refuses(json: unknown): boolean {
  const answer = record(json)
  return answer !== null && 'status' in answer && answer.status !== 1
}

/** By the first field that is wrong; its own words are neither shown nor stored. Null = the answer is not Pushover's. */
function wrongOf(json: unknown): { verdict: Verdict; pictureRefused: boolean } | null {
  const answer = record(json)
  if (answer === null || !refuses(answer)) return null
  const errors = Array.isArray(answer.errors) ? answer.errors.map(String).join('\n') : ''
  const says = (field: string, words: RegExp): boolean => field in answer || words.test(errors)
  if (says('token', /application token/i)) return told('Pushover does not know this application token. Enter the one of your application, 30 characters.')
  if (/no active devices/i.test(errors)) return told('The account has no device that is active. Open the Pushover app on the phone, and check its licence.')
  if (says('user', /user (key|identifier)|not a valid user/i)) return told('Pushover does not know this user key. Enter the one on your dashboard, or the key of a group.')
  if (says('device', /device name/i)) return told('The account has no device of this name. Enter its name as the app shows it, or leave it empty.')
  if (says('sound', /\bsound\b/i)) return told('Pushover does not know this sound. Enter its name as Pushover lists it, or leave it empty.')
  if (says('url', /\burl\b/i)) return told('Pushover does not take this link. Enter a shorter one, or leave it empty.')
  if (says('attachment', /\battachment\b/i)) return { verdict: { result: 'rejected', scope: 'message', why: 'Pushover does not take this picture.' }, pictureRefused: true }
  return { verdict: { result: 'rejected', scope: 'message', why: 'Pushover refuses this message.' }, pictureRefused: false }
}

function told(why: string): { verdict: Verdict; pictureRefused: false } {
  return { verdict: destination(why), pictureRefused: false }
}

function destination(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why }
}

export function record(json: unknown): Record<string, unknown> | null {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json as Record<string, unknown> : null
}
