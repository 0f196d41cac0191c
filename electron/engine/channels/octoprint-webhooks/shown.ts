/** Request and answer for whoever looks at a test: no address, no secret, nobody's number. */
import type { Picture } from '../../delivery/message.ts'
import { scrub } from '../../settings/secret.ts'
import { sayable } from '../kit/exchange.ts'
import type { Answer } from '../kit/http.ts'
import type { Variables } from './params.ts'
import { PICTURE_NAME, type Built } from './request.ts'
import type { SecretValues } from './secrets.ts'

export const HIDDEN = '(hidden)'
const LINES = 120
const ANSWER_LINES = 12

/** The same names with nothing to read behind them. */
export function hiddenSecrets({ secrets }: SecretValues): SecretValues {
  return { apiSecret: HIDDEN, secrets: Object.fromEntries(Object.keys(secrets).map((name) => [name, HIDDEN])) }
}

/** An OAuth answer with all of it hidden that may be a token. */
export function hiddenLogin(fields: Variables | null): Variables | null {
  return fields && Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, name === 'expires_in' || typeof value === 'boolean' || value === null ? value : HIDDEN]))
}

/** @param built with hidden secrets in it */
export function shownRequest({ method, headers, body }: Built, picture: Picture | null): string[] {
  const said = { query: 'with these parameters', json: 'with JSON', form: 'with a form', parts: 'with parts' }[body.as]
  const lines = [
    `${method} ${said}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body.as === 'json' ? JSON.stringify(body.value, null, 2).split('\n') : body.pairs.map(([name, value]) => `${name} = ${value}`)),
    ...(body.as === 'parts' ? [picture === null ? `${body.file}: left out, there is no picture` : `${body.file}: ${PICTURE_NAME}, image/jpeg, ${Math.ceil(picture.jpeg.byteLength / 1000)} kB`] : []),
  ]
  return bounded(lines.map(discreet), LINES)
}

/** @param url what was called: an answer likes to name it */
export function shownAnswer({ status, headers, text }: Answer, url: string): string[] {
  const host = URL.canParse(url) ? new URL(url).host : ''
  const type = headers['content-type']
  const said = (words: string): string => sayable(discreet(host === '' ? words : words.replaceAll(host, HIDDEN)))
  return bounded([type === undefined ? String(status) : `${status}, ${said(type)}`, ...text.split('\n').filter((line) => line.trim() !== '').map(said)], ANSWER_LINES)
}

function bounded(lines: string[], most: number): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), '…']
}

/** Addresses of the web, of computers, of mail, and a text that is nothing but a phone number. */
const ADDRESSES = [/\w+:\/\/[^\s"',]+/g, /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, /[\w.+-]+@[\w-]+\.[\w.-]+/g, /(?<=")\+?\d{7,15}(?=")/g, /(?<== )(?:\+\d{7,15}|\d{11,15})$/g]

function discreet(line: string): string {
  return ADDRESSES.reduce((told, pattern) => told.replace(pattern, HIDDEN), scrub(line))
}
