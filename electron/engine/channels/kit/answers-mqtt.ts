/** What a broker's reason code means (MQTT 5.0, 2.4; MQTT 3.1.1, 3.2.2.3 for its answers to a connect). */
import type { Verdict } from '../channel.ts'

/** To which of our packets the code answers; `disconnect` = the broker ends the connection by itself. */
export type MqttStage = 'connect' | 'publish' | 'disconnect'

/** A broker names no time. Sooner than this a limit is hardly over; ms. */
const LIMIT_MS = 10_000
const QUOTA_MS = 60_000

type Row = readonly ['delivered' | 'retry' | 'message' | 'destination', string, number?]

/** The answers of MQTT 3.1.1 to a connect; version 5 has no such codes there. */
const OLD_CONNECT: Readonly<Record<number, Row>> = {
  0x01: ['destination', 'The broker does not speak this version of MQTT. Choose another version.'],
  0x02: ['destination', 'The broker does not take this client name. Choose another one.'],
  0x03: ['retry', 'The broker is not available for now'],
  0x04: ['destination', 'The broker refuses user or password. Check both.'],
  0x05: ['destination', 'The broker does not allow this. Check user, password and its access rules.'],
}

const ROWS: Readonly<Record<number, Row>> = {
  0x00: ['delivered', 'Taken by the broker.'],
  0x01: ['delivered', 'Taken by the broker.'],
  0x02: ['delivered', 'Taken by the broker.'],
  0x04: ['retry', 'The broker ended the connection'],
  0x10: ['delivered', 'Taken by the broker; nobody listens to this topic.'],
  0x11: ['delivered', 'Taken by the broker.'],
  0x18: ['retry', 'The broker is not done with the login'],
  0x19: ['retry', 'The broker wants a new login'],
  0x80: ['retry', 'The broker names no cause'],
  0x81: ['message', 'The broker can not read the message.'],
  0x82: ['message', 'The broker does not understand the message.'],
  0x83: ['retry', 'The broker has a cause of its own'],
  0x84: ['destination', 'The broker does not speak this version of MQTT. Choose another version.'],
  0x85: ['destination', 'The broker does not take this client name. Choose another one.'],
  0x86: ['destination', 'The broker refuses user or password. Check both.'],
  0x87: ['destination', 'The broker does not allow this. Check the access rules for user and topic.'],
  0x88: ['retry', 'The broker is not available for now'],
  0x89: ['retry', 'The broker is busy'],
  0x8a: ['destination', 'The broker has banned this client. Ask who runs it.'],
  0x8b: ['retry', 'The broker is shutting down'],
  0x8c: ['destination', 'The broker does not take this way to log in. Check its login settings.'],
  0x8d: ['retry', 'The broker heard nothing for too long'],
  0x8e: ['destination', 'Another program came with the same client name. Give each its own.'],
  0x8f: ['destination', 'The broker does not take this topic. Check the topic.'],
  0x90: ['destination', 'The broker does not take this topic. Check the topic.'],
  0x91: ['retry', 'The broker still works on an earlier message'],
  0x92: ['retry', 'The broker no longer knows the message'],
  0x93: ['retry', 'The broker got too many messages at once'],
  0x94: ['retry', 'The broker lost track of the topic'],
  0x95: ['message', 'The message is too large for the broker.'],
  0x96: ['retry', 'The broker takes no more messages for now', LIMIT_MS],
  0x97: ['retry', 'A limit of the broker is reached', QUOTA_MS],
  0x98: ['retry', 'The broker was told to end the connection'],
  0x99: ['message', "The broker does not take the message's form."],
  0x9a: ['destination', 'The broker keeps no messages. Switch retained messages off.'],
  0x9b: ['destination', 'The broker does not know this quality of service. Choose a lower one.'],
  0x9c: ['destination', 'The broker wants us at another server for now. Enter its address.'],
  0x9d: ['destination', 'The broker moved to another server. Enter its address.'],
  0x9e: ['destination', 'The broker knows no shared subscriptions.'],
  0x9f: ['retry', 'The broker was connected to too often', QUOTA_MS],
  0xa0: ['retry', 'The broker ends every connection after a while'],
  0xa1: ['destination', 'The broker knows no subscription identifiers.'],
  0xa2: ['destination', 'The broker takes no topics with wildcards.'],
}

/** @param reason 0..255 */
export function verdictOfMqtt(reason: number, stage: MqttStage): Verdict {
  const row = (stage === 'connect' ? OLD_CONNECT[reason] : undefined) ?? ROWS[reason]
  if (row === undefined) return { result: 'retry', after: null, why: `The broker gave an unexpected answer (${hex(reason)}).` }
  const [what, words, after = null] = row
  if (what === 'delivered') return { result: 'delivered', detail: words }
  if (what === 'retry') return { result: 'retry', after, why: `${words} (${hex(reason)}).` }
  // What is wrong before any message was sent is wrong for all of them.
  const scope = stage === 'connect' ? 'destination' : what
  return { result: 'rejected', scope, why: words.replace('.', ` (${hex(reason)}).`) }
}

const hex = (reason: number): string => `0x${reason.toString(16).padStart(2, '0')}`
