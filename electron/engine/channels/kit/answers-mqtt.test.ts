/** Typed from MQTT 5.0 section 2.4 (reason codes) and MQTT 3.1.1 table 3.1 (connect return codes). */
import { expect, test } from 'vitest'
import type { Verdict } from '../channel.ts'
import { verdictOfMqtt, type MqttStage } from './answers-mqtt.ts'

const short = (verdict: Verdict): string => (verdict.result === 'rejected' ? verdict.scope : verdict.result === 'retry' && verdict.after !== null ? `retry after ${verdict.after}` : verdict.result)

test.each<[number, string, MqttStage, string]>([
  [0x00, 'success', 'publish', 'delivered'], [0x00, 'success', 'connect', 'delivered'], [0x01, 'granted QoS 1', 'publish', 'delivered'], [0x02, 'granted QoS 2', 'publish', 'delivered'],
  [0x04, 'disconnect with will message', 'disconnect', 'retry'], [0x10, 'no matching subscribers', 'publish', 'delivered'], [0x11, 'no subscription existed', 'publish', 'delivered'],
  [0x18, 'continue authentication', 'connect', 'retry'], [0x19, 're-authenticate', 'disconnect', 'retry'],
  [0x80, 'unspecified error', 'publish', 'retry'], [0x80, 'unspecified error', 'connect', 'retry'],
  [0x81, 'malformed packet', 'publish', 'message'], [0x81, 'malformed packet', 'connect', 'destination'], [0x82, 'protocol error', 'publish', 'message'], [0x82, 'protocol error', 'connect', 'destination'],
  [0x83, 'implementation specific error', 'publish', 'retry'], [0x84, 'unsupported protocol version', 'connect', 'destination'], [0x85, 'client identifier not valid', 'connect', 'destination'],
  [0x86, 'bad user name or password', 'connect', 'destination'], [0x87, 'not authorized', 'connect', 'destination'], [0x87, 'not authorized', 'publish', 'destination'],
  [0x88, 'server unavailable', 'connect', 'retry'], [0x89, 'server busy', 'connect', 'retry'], [0x8a, 'banned', 'connect', 'destination'], [0x8b, 'server shutting down', 'disconnect', 'retry'],
  [0x8c, 'bad authentication method', 'connect', 'destination'], [0x8d, 'keep alive timeout', 'disconnect', 'retry'], [0x8e, 'session taken over', 'disconnect', 'destination'],
  [0x8f, 'topic filter invalid', 'publish', 'destination'], [0x90, 'topic name invalid', 'publish', 'destination'], [0x91, 'packet identifier in use', 'publish', 'retry'],
  [0x92, 'packet identifier not found', 'publish', 'retry'], [0x93, 'receive maximum exceeded', 'disconnect', 'retry'], [0x94, 'topic alias invalid', 'disconnect', 'retry'],
  [0x95, 'packet too large', 'publish', 'message'], [0x95, 'packet too large', 'disconnect', 'message'], [0x96, 'message rate too high', 'disconnect', 'retry after 10000'],
  [0x97, 'quota exceeded', 'publish', 'retry after 60000'], [0x98, 'administrative action', 'disconnect', 'retry'], [0x99, 'payload format invalid', 'publish', 'message'],
  [0x9a, 'retain not supported', 'publish', 'destination'], [0x9b, 'QoS not supported', 'publish', 'destination'], [0x9c, 'use another server', 'connect', 'destination'], [0x9d, 'server moved', 'connect', 'destination'],
  [0x9e, 'shared subscriptions not supported', 'disconnect', 'destination'], [0x9f, 'connection rate exceeded', 'connect', 'retry after 60000'], [0xa0, 'maximum connect time', 'disconnect', 'retry'],
  [0xa1, 'subscription identifiers not supported', 'disconnect', 'destination'], [0xa2, 'wildcard subscriptions not supported', 'disconnect', 'destination'],
  [0x01, '3.1.1: unacceptable protocol version', 'connect', 'destination'], [0x02, '3.1.1: identifier rejected', 'connect', 'destination'], [0x03, '3.1.1: server unavailable', 'connect', 'retry'],
  [0x04, '3.1.1: bad user name or password', 'connect', 'destination'], [0x05, '3.1.1: not authorized', 'connect', 'destination'],
  [0x03, 'no code of version 5', 'publish', 'retry'], [0xff, 'no code at all', 'publish', 'retry'],
])('%i (%s) to a %s: %s', (reason, _name, stage, expected) => {
  expect(short(verdictOfMqtt(reason, stage))).toBe(expected)
})

test.each<[number, MqttStage, string]>([
  [0x86, 'connect', 'The broker refuses user or password (0x86). Check both.'],
  [0x87, 'publish', 'The broker does not allow this (0x87). Check the access rules for user and topic.'],
  [0x95, 'publish', 'The message is too large for the broker (0x95).'],
  [0x89, 'connect', 'The broker is busy (0x89).'],
  [0xff, 'publish', 'The broker gave an unexpected answer (0xff).'],
])('%i to a %s is told as: %s', (reason, stage, why) => {
  expect(verdictOfMqtt(reason, stage)).toMatchObject({ why })
})
