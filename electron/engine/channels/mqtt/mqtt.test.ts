import { describe, expect, test } from 'vitest'
import type { Verdict } from '../channel.ts'
import { afterPicture, verdictOfBreak, type Answer } from './answers.ts'
import { brokerAt } from './config.ts'
import { optionsOf } from './dial.ts'
import { mqttChannel } from './index.ts'
import { packetBytes, propertiesOf, retainedText, type Publication } from './publication.ts'
import { idPart, topicsOf } from './topics.ts'
import { channelPorts } from '../../../../test/support/channel-kit.ts'
import { Secret } from '../../settings/secret.ts'

describe('the config', () => {
  test('has defaults for all but the address, which is trimmed', () => {
    expect(mqttChannel.validateConfig({ url: ' mqtt://broker.lan ' })).toEqual({
      ok: true,
      config: {
        url: 'mqtt://broker.lan', user: '', prefix: 'printbell', protocol: '5', qos: 1, state: true, includePicture: true, homeAssistant: false, homeAssistantPrefix: 'homeassistant', clientName: '', timeoutMs: 10_000,
      },
    })
  })

  test.each<[string, ReturnType<typeof brokerAt>]>([
    ['mqtt://broker.lan', { protocol: 'mqtt', host: 'broker.lan', port: 1883, path: '/' }],
    ['mqtts://Broker.LAN', { protocol: 'mqtts', host: 'broker.lan', port: 8883, path: '/' }],
    ['mqtt://192.168.1.5:1884', { protocol: 'mqtt', host: '192.168.1.5', port: 1884, path: '/' }],
    ['mqtt://broker.lan:80', { protocol: 'mqtt', host: 'broker.lan', port: 80, path: '/' }],
    ['mqtts://[::1]:8884', { protocol: 'mqtts', host: '[::1]', port: 8884, path: '/' }],
    ['ws://broker.lan:9001/mqtt', { protocol: 'ws', host: 'broker.lan', port: 9001, path: '/mqtt' }],
    ['wss://broker.example/mqtt?room=1', { protocol: 'wss', host: 'broker.example', port: 443, path: '/mqtt?room=1' }],
    ['mqtt://münchen.lan', { protocol: 'mqtt', host: 'xn--mnchen-3ya.lan', port: 1883, path: '/' }],
  ])('%s is taken apart', (url, address) => {
    expect(mqttChannel.validateConfig({ url }).ok).toBe(true)
    expect(brokerAt(url)).toEqual(address)
  })

  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['no address', { url: '' }, 'url', /^Not the address of a broker\. Start with mqtt:/],
    ['a name alone', { url: 'broker.lan:1883' }, 'url', /^Not the address of a broker/],
    ['no computer', { url: 'mqtt://' }, 'url', /names no computer/],
    ['credentials of a cloud machine', { url: 'mqtt://[::ffff:169.254.169.254]' }, 'url', /credentials of cloud machines/],
    ['a user in the address', { url: 'mqtts://me@broker.lan' }, 'url', /^Take user and password out/],
    ['a path', { url: 'mqtt://broker.lan/a' }, 'url', /^A path belongs to ws:/],
    ['a slash at the start of the topics', { prefix: '/a' }, 'prefix', /before and behind each slash/],
    ['a level of nothing', { prefix: 'a//b' }, 'prefix', /before and behind each slash/],
    ['a line break', { prefix: 'a\u2028b' }, 'prefix', /one line/],
    ['a prefix that is too long', { prefix: 'x'.repeat(101) }, 'prefix', /At most 100/],
    ['a QoS in words', { qos: 'once' }, 'qos', /is 0, 1 or 2/],
    ['a field that there is not', { topic: 'x' }, '', /topic/],
  ])('%s is refused with its field', (_what, over, field, message) => {
    const checked = mqttChannel.validateConfig({ url: 'mqtt://broker.lan', ...over })
    expect(checked.ok ? [] : checked.errors.map((error) => error.field)).toEqual([field])
    expect(checked.ok ? '' : checked.errors[0]?.message).toMatch(message)
  })
})

describe('the topics', () => {
  test('are these', () => {
    const topics = topicsOf({ prefix: 'printbell', homeAssistantPrefix: 'homeassistant' })
    expect([topics.status, topics.event('mk4'), topics.event(null), topics.state('mk4'), topics.picture('mk4'), topics.discovery('mk4'), topics.device('mk4'), topics.births]).toEqual([
      'printbell/status', 'printbell/mk4/event', 'printbell/app/event', 'printbell/mk4/state', 'printbell/mk4/picture', 'homeassistant/device/printbell_mk4/config', 'printbell_mk4', ['homeassistant/status'],
    ])
  })

  test('keep printers of two engines apart in Home Assistant, and use only its signs', () => {
    const topics = topicsOf({ prefix: 'farm/rack 1', homeAssistantPrefix: 'ha' })
    expect([topics.event('mk4.left'), topics.discovery('mk4.left'), topics.births]).toEqual(['farm/rack 1/mk4.left/event', 'ha/device/farm_2f_rack_20_1_mk4_2e_left/config', ['homeassistant/status', 'ha/status']])
    expect(idPart('a.b')).not.toBe(idPart('a_b'))
  })
})

describe('how the client is told to connect', () => {
  const of = (config: Record<string, unknown>, ca?: string, will: Publication | null = null): Record<string, unknown> => {
    const checked = mqttChannel.validateConfig({ url: 'mqtt://broker.lan', ...config })
    if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
    const ports = channelPorts()
    const net = ca === undefined ? ports.net : { ...ports.net, tls: { ca } }
    const { log: _log, ...rest } = optionsOf({ destination: { destinationId: 'd', label: 'D', config: checked.config, secrets: { password: new Secret('canary-pw') } }, ports: { net }, clientName: 'printbell1', will })
    return { ...rest }
  }

  test('with a session that nothing outlives', () => {
    expect(of({ user: 'me' })).toEqual({
      protocol: 'mqtt', hostname: 'broker.lan', port: 1883, rejectUnauthorized: true, protocolVersion: 5, clientId: 'printbell1', username: 'me', password: 'canary-pw',
      clean: true, reconnectPeriod: 0, resubscribe: false, queueQoSZero: false, keepalive: 30, connectTimeout: 2_147_483_647, properties: { sessionExpiryInterval: 0, maximumPacketSize: 65_536 },
    })
  })

  test('with the issuers that the settings name, a bare IPv6 address, and the will in its version', () => {
    const will = retainedText('printbell/status', 'offline')
    expect(of({ url: 'mqtts://[::1]', protocol: '3.1.1', qos: 2 }, 'PEM', will)).toMatchObject({ protocol: 'mqtts', hostname: '::1', port: 8883, ca: 'PEM', protocolVersion: 4, will: { topic: 'printbell/status', qos: 2, retain: true } })
    expect(of({ url: 'wss://[::1]/mqtt' })).toMatchObject({ protocol: 'wss', hostname: '[::1]', port: 443, path: '/mqtt' })
    expect(of({ url: 'wss://[::1]/mqtt' })).not.toHaveProperty('ca')
    expect(of({}, undefined, will)).toMatchObject({ will: { properties: { payloadFormatIndicator: true, contentType: 'text/plain' } } })
  })

  // A version 3.1.1 packet has no place for a password alone.
  test('without a password where there is no user', () => {
    expect(of({})).not.toHaveProperty('password')
  })
})

describe('a packet', () => {
  const some: Publication = { topic: 'a/b', payload: Buffer.alloc(10), retain: true, contentType: 'application/json', text: true, expiry: 600, user: { id: 'K' } }
  test('is measured no smaller than it is, and hardly larger', () => {
    // 2 + (2 + 3) + 2 + 1 + 2 + (3 + 16) + 5 + (1 + 2 + 2 + 2 + 1) + 10
    expect(packetBytes(some)).toBeGreaterThanOrEqual(54)
    expect(packetBytes(some)).toBeLessThanOrEqual(64)
  })
  test('has the properties that it needs', () => {
    expect(propertiesOf(some)).toEqual({ payloadFormatIndicator: true, messageExpiryInterval: 600, contentType: 'application/json', userProperties: { id: 'K' } })
    expect(propertiesOf({ ...some, contentType: '', text: false, expiry: null, user: {} })).toEqual({})
  })
})

describe('a connection that breaks', () => {
  const error = (code: string | number | undefined, message = 'mqtt://secret.example'): Error => Object.assign(new Error(message), code === undefined ? {} : { code })
  test.each<[string, unknown, boolean, Partial<{ result: string; why: string }>]>([
    ['without a word', null, true, { result: 'retry', why: 'The broker broke the connection.' }],
    ['before the answer', null, false, { result: 'retry', why: 'The broker broke the connection before it answered. Check the port, and whether it wants TLS (mqtts://).' }],
    ['by a reset', error('ECONNRESET'), true, { why: 'The broker broke the connection.' }],
    ['by a reset before the answer', error('ECONNRESET'), false, { why: 'The broker broke the connection before it answered. Check the port, and whether it wants TLS (mqtts://).' }],
    ['for a name that is not found', error('ENOTFOUND'), false, { result: 'retry', why: 'The name of the server is not found (DNS). Check the address and the network.' }],
    ['for a certificate', error('DEPTH_ZERO_SELF_SIGNED_CERT'), false, { result: 'retry', why: "The server's certificate is self-signed (TLS)." }],
    ['for want of TLS', error('EPROTO'), false, { why: 'The broker does not speak TLS there. Try mqtt:// or another port.' }],
    ['because nothing comes any more', error(undefined, 'Keepalive timeout'), true, { result: 'retry', why: 'The broker does not answer (timeout).' }],
    ['over a packet that is none', error(130), false, { result: 'retry', why: 'What answers there is no MQTT broker. Check the port.' }],
    ['for a path without WebSocket', error(undefined, 'Unexpected server response: 404'), false, { result: 'rejected', why: 'No broker listens at this address (404). Check port and path.' }],
    ['for a proxy in trouble', error(undefined, 'Unexpected server response: 502'), false, { result: 'retry', why: 'The server has a problem of its own (502).' }],
  ])('%s is told so', (_how, cause, connected, told) => {
    const verdict = verdictOfBreak(cause, connected)
    expect(verdict).toMatchObject(told)
    expect(JSON.stringify(verdict)).not.toContain('secret')
  })
})

describe('after a picture', () => {
  const RETRY: Verdict = { result: 'retry', after: null, why: '' }
  test.each<[string, Answer, ReturnType<typeof afterPicture>]>([
    ['taken', { said: 0, stage: 'publish' }, 'taken'], ['taken, nobody listens', { said: 0x10, stage: 'publish' }, 'taken'], ['too large', { said: 0x95, stage: 'publish' }, 'smaller'],
    ['ended for its size', { said: 0x95, stage: 'disconnect' }, 'smaller'], ['a cause of its own', { said: 0x83, stage: 'publish' }, 'smaller'], ['ended for a cause of its own', { said: 0x83, stage: 'disconnect' }, 'again'],
    ['not allowed', { said: 0x87, stage: 'publish' }, 'without'], ['a wrong form', { said: 0x99, stage: 'publish' }, 'without'], ['a limit', { said: 0x97, stage: 'publish' }, 'again'],
    ['the connection broke', { said: null, broke: true, verdict: RETRY }, 'smaller'], ['the time was over', { said: null, broke: false, verdict: RETRY }, 'again'],
  ])('%s', (_what, answer, then) => {
    expect(afterPicture(answer)).toBe(then)
  })
})
