/** What a test shows of a request and its answer: no address, no token, no bytes of pictures, and not more than can be read. */
import { scrub } from '../../settings/secret.ts'
import type { Answer } from '../kit/http.ts'
import type { Payload } from './request.ts'

const MOST_LINES = 60
const LONGEST_LINE = 200
/** Of headers that a person added, the values are theirs to know. */
const SHOWN_HEADERS = new Set(['content-type', 'idempotency-key', 'webhook-id', 'webhook-timestamp', 'webhook-signature'])

export function requestLines(method: string, headers: Readonly<Record<string, string>>, { shown, bytes }: Payload): string[] {
  return bounded([
    method,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${SHOWN_HEADERS.has(name.toLowerCase()) ? withoutBoundary(value) : '(hidden)'}`),
    `${bytes.byteLength} bytes`,
    ...readable(shown).split('\n'),
  ])
}

export function answerLines({ status, text }: Answer): string[] {
  return bounded([String(status), ...(text.trim() === '' ? [] : withoutAddresses(text).split('\n'))])
}

/** JSON is easier to read over several lines; what is none stays as it is. */
function readable(text: string): string {
  try {
    return withoutAddresses(JSON.stringify(JSON.parse(text), null, 2))
  } catch (error) {
    if (error instanceof SyntaxError) return withoutAddresses(text)
    throw error
  }
}

function withoutAddresses(text: string): string {
  return scrub(text).replace(/\w+:\/\/[^\s"]+/g, '(hidden)')
}

function withoutBoundary(contentType: string): string {
  return contentType.replace(/; boundary=.*$/, '')
}

function bounded(lines: readonly string[]): string[] {
  const cut = lines.map((line) => (line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`))
  return cut.length <= MOST_LINES ? cut : [...cut.slice(0, MOST_LINES - 1), `… ${cut.length - MOST_LINES + 1} more lines`]
}
