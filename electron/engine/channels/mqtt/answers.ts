/** What came of one packet of ours, and what that means for a delivery. Reason codes: kit/answers-mqtt.ts. */
import type { Verdict } from '../channel.ts'
import { verdictOfMqtt, type MqttStage } from '../kit/answers-mqtt.ts'
import { verdictOfFailure } from '../kit/answers.ts'

/** The far side spoke, or it did not. */
export type Answer =
  | { said: number; stage: MqttStage }
  /** `broke`: the connection broke while it was under way. Otherwise we ended it, or never sent it. */
  | { said: null; broke: boolean; verdict: Verdict }

const PACKET_TOO_LARGE = 0x95
/** By its manual mosquitto answers so to a message beyond its `message_size_limit`; 2.0.11 says 0x95. */
const OWN_CAUSE = 0x83
const UNKNOWN_PACKET = 0x92

const again = (why: string): Verdict => ({ result: 'retry', after: null, why })

export const ENDED: Verdict = again('Ended before an answer came.')
export const SILENT: Verdict = again('The broker does not answer (timeout).')
export const FLOOD: Verdict = again('The broker sends far more than it was asked for. Check what listens there.')
export const BROKE: Verdict = again('The broker broke the connection.')
const BROKE_EARLY: Verdict = again('The broker broke the connection before it answered. Check the port, and whether it wants TLS (mqtts://).')
const NO_BROKER: Verdict = again('What answers there is no MQTT broker. Check the port.')
const NO_TLS: Verdict = again('The broker does not speak TLS there. Try mqtt:// or another port.')

/** Of Node and OpenSSL, where something else than TLS answers. */
const NO_TLS_CODES: ReadonlySet<unknown> = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])

/** @param cause what the socket or the client gave as the reason; null = none */
export function verdictOfBreak(cause: unknown, connected: boolean): Verdict {
  if (cause === null) return connected ? BROKE : BROKE_EARLY
  const code: unknown = typeof cause === 'object' && 'code' in cause ? cause.code : null
  if (NO_TLS_CODES.has(code)) return NO_TLS
  if (code === 'ECONNRESET' || code === 'EPIPE') return connected ? BROKE : BROKE_EARLY
  if (typeof code === 'string') return verdictOfFailure(cause, false)
  const status = cause instanceof Error ? /^Unexpected server response: (\d{3})$/.exec(cause.message)?.[1] : undefined
  if (status !== undefined) return verdictOfUpgrade(Number(status))
  if (cause instanceof Error && cause.message === 'Keepalive timeout') return SILENT
  return connected ? BROKE : NO_BROKER
}

/** A web server that does not become a WebSocket. */
function verdictOfUpgrade(status: number): Verdict {
  if (status === 429 || status >= 500) return again(`The server has a problem of its own (${status}).`)
  return { result: 'rejected', scope: 'destination', why: `No broker listens at this address (${status}). Check port and path.` }
}

export function verdictOf(answer: Answer): Verdict {
  return answer.said === null ? answer.verdict : verdictOfMqtt(answer.said, answer.stage)
}

/**
 * What to do about a picture that was published. `smaller`: this one was too much, so far as that can be known: brokers of version 3.1.1,
 * and some of 5, just break the connection. `without`: no picture will do.
 */
export function afterPicture(answer: Answer): 'taken' | 'smaller' | 'without' | 'again' {
  if (answer.said === null) return answer.broke ? 'smaller' : 'again'
  if (answer.said === PACKET_TOO_LARGE || (answer.said === OWN_CAUSE && answer.stage === 'publish')) return 'smaller'
  const { result } = verdictOfMqtt(answer.said, answer.stage)
  if (result === 'delivered') return 'taken'
  return result === 'retry' ? 'again' : 'without'
}

/** The answer as a line for whoever looks at a test. */
export function answerLine(answer: Answer, qos: number): string {
  if (answer.said === null) return 'No answer.'
  const code = hex(answer.said)
  if (answer.stage === 'disconnect') return `DISCONNECT ${code}`
  if (qos === 0) return 'Nothing: QoS 0 has no receipt.'
  // With QoS 2 the first of two receipts tells what is wrong, but for a packet that is no longer known (MQTT 5.0, 3.5 and 3.7).
  return `${qos === 1 ? 'PUBACK' : answer.said === 0 || answer.said === UNKNOWN_PACKET ? 'PUBCOMP' : 'PUBREC'} ${code}`
}

export const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`
