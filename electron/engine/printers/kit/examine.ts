/** The parts of a connection test that are the same for every kind: TLS, strange bytes, deadlines, the camera. */
import { NoPicture, type RawPicture, type TestCause, type TestResult } from '../adapter.ts'
import type { Clock } from '../../ports.ts'
import { peerFingerprint } from '../net.ts'
import type { Rest } from './rest.ts'
import type { ServerError } from './server-error.ts'

const CAMERA_MS = 8_000
const FINGERPRINT_MS = 5_000

/** A result that is only a cause and a sentence. */
export function testResult(cause: TestCause, detail: string): TestResult {
  return { cause, detail, version: null, permissions: null, fingerprint: null, sources: [], camera: null }
}

export interface ExplainParts {
  rest: Pick<Rest, 'base' | 'host'>
  clock: Clock
  signal: AbortSignal
  /** What the kind knows better: a boot server, say. Asked first for whatever may be one; null = nothing. */
  strange?(error: ServerError): Promise<TestResult | null>
  /** "OctoPrint usually has 80 or 5000": the end of a sentence for whoever took the wrong port. */
  usualPorts: string
}

/** What a failed test means, with what the kind can't know: certificates, TLS on a plain port, bytes that are no HTTP. */
export async function explainTest(error: ServerError, parts: ExplainParts): Promise<TestResult> {
  const { cause_: cause, message } = error
  const { rest, clock, signal } = parts
  switch (cause) {
    case 'tls_self_signed':
    case 'tls_untrusted':
    case 'tls_name':
    case 'tls_expired':
    case 'tls_pin_mismatch':
      return { ...testResult(cause, message), fingerprint: await peerFingerprint(rest.base, clock, FINGERPRINT_MS, signal) }
    case 'booting':
    case 'not_http':
    case 'reset':
      return await parts.strange?.(error) ?? await strangeBytes(error, parts)
    case 'aborted':
      return testResult('timeout', 'The test was stopped before the server answered.')
    case 'too_large':
      return testResult('not_this_server', message)
    default:
      return testResult(cause, message)
  }
}

/** TLS on a plain address, a line that was cut, or another protocol. */
async function strangeBytes(error: ServerError, { rest, clock, signal, usualPorts }: ExplainParts): Promise<TestResult> {
  if (error.cause_ === 'booting' && error.status !== null) return testResult('booting', `${error.message} Try again in a minute.`)
  const { protocol, hostname, port } = new URL(rest.base)
  if (protocol === 'http:' && await peerFingerprint(`https://${hostname}:${port === '' ? '80' : port}`, clock, FINGERPRINT_MS, signal) !== null) {
    return testResult('bad_address', `${rest.host} speaks TLS on this port. Write https:// instead of http://.`)
  }
  if (error.cause_ === 'reset') return testResult('server_error', `${error.message} It may be restarting; try again in a minute.`)
  return testResult('not_this_server', `${rest.host} answers, but not with HTTP. Check the port; ${usualPorts}.`)
}

/** Whether the camera sends a picture, within 8 s. @throws what is no NoPicture */
export async function cameraCheck(clock: Clock, signal: AbortSignal, take: (signal: AbortSignal) => Promise<RawPicture>): Promise<{ ok: boolean; detail: string }> {
  const stop = new AbortController()
  const onAbort = () => stop.abort()
  const cancel = clock.after(CAMERA_MS, onAbort)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const picture = await take(stop.signal)
    return { ok: true, detail: `The webcam sent a picture of ${Math.ceil(picture.bytes.length / 1000)} kB.` }
  } catch (error) {
    if (!(error instanceof NoPicture)) throw error
    return { ok: false, detail: error.message }
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
