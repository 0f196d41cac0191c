/**
 * What the gateway's answer means (caronc/apprise-api, api/views.py). It sends to many services within one request, so an answer that
 * leaves open who got the message is never a reason to send it again: whoever has it would get it twice.
 */
import type { Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import type { Answer } from '../kit/http.ts'

export const MAY_HAVE_ARRIVED = 'It may have arrived all the same, so it is not sent again by itself. Look at the phone; it can be sent again from here.'
/** The form of the gateway takes no more. Characters. */
const URLS_LIMIT = 1_024

export interface Judged {
  verdict: Verdict
  /** Nothing was sent, because of the picture. */
  pictureRefused: boolean
}

/**
 * @param asked what the destination is set to: the key, the tags, and how long the addresses are (characters)
 * @param now epoch ms
 */
export function judge(answer: Answer, asked: { key: string; tags: string; urlsLength: number }, now: number): Judged {
  const { status } = answer
  const said = errorOf(answer.json)
  const plain = (verdict: Verdict): Judged => ({ verdict, pictureRefused: false })
  switch (status) {
    case 200: return plain(acceptedBy(answer))
    case 204: return plain(asked.key === '' ? destination('The gateway has no address to send to (204). Enter addresses, or a key under which it keeps some.')
      : destination('The gateway keeps nothing under this key (204). Check the key, and what is saved there.'))
    case 400: return badRequest(said, asked)
    case 401: return plain(destination('The gateway wants a login, or another one (401). Enter user and password.'))
    case 403: return plain(destination(asked.key === '' ? 'The gateway does not take addresses, only keys (403). Save them there under a key.' : 'The gateway does not allow this (403). Check its settings.'))
    case 404: return plain(destination('There is no Apprise gateway at this address (404). Check it.'))
    case 406: return plain(destination('The gateway was reached by way of itself too often (406). Take its own address out of its services.'))
    case 413: return { verdict: message('The message is too large for the gateway (413).'), pictureRefused: true }
    case 424: return plain(failedThere(answer.json, asked.tags))
    case 431: return { verdict: message('The message is too large for the gateway (431).'), pictureRefused: true }
    // The gateway's web server, or a proxy, gave up on it; it may still be sending.
    case 504: return plain(message(`The gateway took too long (504). ${MAY_HAVE_ARRIVED}`))
    default: return plain(verdictOfStatus(status, answer.headers['retry-after'], now))
  }
}

function acceptedBy({ headers, json }: Answer): Verdict {
  if (json === undefined && headers['content-type']?.startsWith('text/html') === true) return destination("A web page answers there, not the gateway (200). Check the gateway's address.")
  return { result: 'delivered', detail: 'The gateway answered 200.' }
}

/** Everything of this kind is found before anything is sent. */
function badRequest(said: string, { key, urlsLength }: { key: string; urlsLength: number }): Judged {
  if (/bad attachment/i.test(said)) return { verdict: message('The gateway takes no attachment (400).'), pictureRefused: true }
  if (/specific tag/i.test(said)) return { verdict: destination('The gateway wants a tag with this key (400). Enter one.'), pictureRefused: false }
  if (/tag definition/i.test(said)) return { verdict: destination('The gateway does not take these tags (400). Check them.'), pictureRefused: false }
  if (key === '' && urlsLength > URLS_LIMIT) return { verdict: destination(`The gateway takes ${URLS_LIMIT} characters of addresses at most (400). Save them there under a key.`), pictureRefused: false }
  return { verdict: message('The gateway refuses this message (400).'), pictureRefused: false }
}

/**
 * 424: not all services took it, or there was none. Its log, which comes with the answer, tells which; a line "Sent ..." is written for
 * each that did, unless whoever runs it made it log less.
 */
function failedThere(json: unknown, tags: string): Verdict {
  const lines = logOf(json)
  if (lines === null) return message(`Not every service behind the gateway took it (424). Those that did have it; its log says which. It can be sent again from here.`)
  if (lines.some((line) => /^Sent\b/.test(line))) return { result: 'delivered', detail: "Delivered in part: at least one service behind the gateway did not take it (424). The gateway's log says which." }
  if (lines.length === 0 && tags !== '') return destination('No service at the gateway has these tags (424). Check them.')
  if (lines.length === 0 || lines.some((line) => /no service\(s\) to notify/i.test(line))) return destination('The gateway knows no service that it can send to (424). Check what is saved there.')
  return message("No service behind the gateway is known to have taken it (424). The gateway's log says why. It can be sent again from here.")
}

/** The messages of the log lines, [[level, time, message], ...]; null = none came with it. */
function logOf(json: unknown): string[] | null {
  const details: unknown = typeof json === 'object' && json !== null && 'details' in json ? json.details : null
  if (!Array.isArray(details)) return null
  return details.map((line: unknown) => (Array.isArray(line) ? String(line[2]) : ''))
}

function errorOf(json: unknown): string {
  const error: unknown = typeof json === 'object' && json !== null && 'error' in json ? json.error : ''
  return typeof error === 'string' ? error : ''
}

function destination(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why }
}

function message(why: string): Verdict {
  return { result: 'rejected', scope: 'message', why }
}
