/** Codes: MQTT 5.0, tables 3-1 (connect), 3-4 (publish), 3-13 (disconnect); MQTT 3.1.1, table 3.1. What they mean: kit/answers-mqtt.test.ts. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Channel, ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { mqttChannel } from '../../../electron/engine/channels/mqtt/index.ts'
import { passingMemory } from '../../../electron/engine/channels/memory.ts'
import type { EventType } from '../../../electron/engine/events/model.ts'
import { renderNotice } from '../../../electron/engine/delivery/render.ts'
import { channelPorts, eventOf, JPEG, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { startScriptedBroker, type BrokerReceipt, type BrokerRules, type ConnectReceipt, type PublishReceipt, type ScriptedBroker } from '../../support/mqtt-broker.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, short, type ChannelRig, type Received } from './every-channel.ts'

interface Rig extends ChannelRig { broker: ScriptedBroker }

async function start(over: Record<string, unknown> = {}): Promise<Rig> {
  const broker = await startScriptedBroker()
  return {
    broker,
    config: () => ({ url: `mqtt://127.0.0.1:${broker.port}`, user: 'printbell', timeoutMs: 2_000, ...over }),
    accept: () => broker.play(),
    received: async () => readAsSubscribersDo(await broker.published()),
    close: () => broker.close(),
  }
}

function readAsSubscribersDo(came: PublishReceipt[]): Received[] {
  return came.map((receipt) => {
    const raw = `${receipt.topic}\n${JSON.stringify(receipt.properties)}\n${receipt.payload.toString('latin1')}`
    if (receipt.topic.endsWith('/picture')) return { text: '', pictures: [new Uint8Array(receipt.payload)], raw }
    const { message } = jsonOf(receipt) as { message: { title: string; body: string } }
    return { text: `${message.title}\n${message.body}`, pictures: [], raw }
  })
}

const jsonOf = ({ payload }: PublishReceipt): unknown => JSON.parse(payload.toString('utf8'))
const plays = (rules: BrokerRules) => (rig: Rig) => rig.broker.play(rules)
const event = (ack: NonNullable<BrokerRules['publish']>[number]['ack']): BrokerRules => ({ publish: [{ topic: '/event$', ack }] })
const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`

const CONNECT: readonly (readonly [code: number, name: string, expected: string])[] = [
  [0x80, 'unspecified error', 'retry'], [0x81, 'malformed packet', 'rejected destination'], [0x82, 'protocol error', 'rejected destination'], [0x83, 'implementation specific error', 'retry'],
  [0x84, 'unsupported protocol version', 'rejected destination'], [0x85, 'client identifier not valid', 'rejected destination'], [0x86, 'bad user name or password', 'rejected destination'],
  [0x87, 'not authorized', 'rejected destination'], [0x88, 'server unavailable', 'retry'], [0x89, 'server busy', 'retry'], [0x8a, 'banned', 'rejected destination'], [0x8c, 'bad authentication method', 'rejected destination'],
  [0x90, 'topic name invalid', 'rejected destination'], [0x95, 'packet too large', 'rejected destination'], [0x97, 'quota exceeded', 'retry 60000'], [0x99, 'payload format invalid', 'rejected destination'],
  [0x9a, 'retain not supported', 'rejected destination'], [0x9b, 'QoS not supported', 'rejected destination'], [0x9c, 'use another server', 'rejected destination'], [0x9d, 'server moved', 'rejected destination'],
  [0x9f, 'connection rate exceeded', 'retry 60000'],
]

const PUBLISH: readonly (readonly [code: number, name: string, expected: string])[] = [
  [0x00, 'success', 'delivered'], [0x10, 'no matching subscribers', 'delivered'], [0x80, 'unspecified error', 'retry'], [0x83, 'implementation specific error', 'retry'], [0x87, 'not authorized', 'rejected destination'],
  [0x90, 'topic name invalid', 'rejected destination'], [0x91, 'packet identifier in use', 'retry'], [0x97, 'quota exceeded', 'retry 60000'], [0x99, 'payload format invalid', 'rejected message'],
  // Not in the table, but mosquitto says it.
  [0x95, 'packet too large', 'rejected message'], [0x8a, 'a code that no receipt has', 'rejected destination'],
]

const DISCONNECT: readonly (readonly [code: number, name: string, expected: string])[] = [
  [0x00, 'normal disconnection, which is no receipt', 'retry'], [0x04, 'disconnect with will message, which is no receipt', 'retry'],
  [0x80, 'unspecified error', 'retry'], [0x81, 'malformed packet', 'rejected message'], [0x82, 'protocol error', 'rejected message'], [0x83, 'implementation specific error', 'retry'], [0x87, 'not authorized', 'rejected destination'],
  [0x89, 'server busy', 'retry'], [0x8b, 'server shutting down', 'retry'], [0x8d, 'keep alive timeout', 'retry'], [0x8e, 'session taken over', 'rejected destination'], [0x8f, 'topic filter invalid', 'rejected destination'],
  [0x90, 'topic name invalid', 'rejected destination'], [0x93, 'receive maximum exceeded', 'retry'], [0x94, 'topic alias invalid', 'retry'], [0x95, 'packet too large', 'rejected message'], [0x96, 'message rate too high', 'retry 10000'],
  [0x97, 'quota exceeded', 'retry 60000'], [0x98, 'administrative action', 'retry'], [0x99, 'payload format invalid', 'rejected message'], [0x9a, 'retain not supported', 'rejected destination'], [0x9b, 'QoS not supported', 'rejected destination'],
  [0x9c, 'use another server', 'rejected destination'], [0x9d, 'server moved', 'rejected destination'], [0x9e, 'shared subscriptions not supported', 'rejected destination'], [0x9f, 'connection rate exceeded', 'retry 60000'],
  [0xa0, 'maximum connect time', 'retry'], [0xa1, 'subscription identifiers not supported', 'rejected destination'], [0xa2, 'wildcard subscriptions not supported', 'rejected destination'],
]

type Rows = readonly (readonly [what: string, play: (rig: Rig) => Promise<void>, expected: string])[]

channelSuite('mqtt', {
  start,
  answers: [
    ...CONNECT.map(([code, name, expected]) => [`a connect answered by ${hex(code)}, ${name}: ${expected}`, plays({ connack: code }), expected] as const),
    ...PUBLISH.map(([code, name, expected]) => [`an event answered by ${hex(code)}, ${name}: ${expected}`, plays(event(code)), expected] as const),
    ...DISCONNECT.map(([code, name, expected]) => [`an event that ends the connection with ${hex(code)}, ${name}: ${expected}`, plays(event({ disconnect: code })), expected] as const),
    ['a code that version 5 has no name for is tried again', plays({ connack: 0x1f }), 'retry'],
    ['an old broker that answers in its own version refuses the destination', plays({ connack: 'old' }), 'rejected destination'],
    ['a broker that can keep nothing refuses the destination', plays({ properties: { retainAvailable: false } }), 'rejected destination'],
    ['a broker that knows no QoS 1 refuses the destination', plays({ properties: { maximumQoS: 0 } }), 'rejected destination'],
    ['a message beyond the size that the broker named is not even sent', plays({ properties: { maximumPacketSize: 200 } }), 'rejected message'],
    ['a connection that breaks before the answer is tried again', plays({ connack: 'reset' }), 'retry'],
    ['a connection that ends before the answer is tried again', plays({ connack: 'close' }), 'retry'],
    ['an answer that breaks off is tried again', plays({ connack: 'half' }), 'retry'],
    ['what is no broker is tried again', plays({ connack: 'garbage' }), 'retry'],
    ['a broker that never answers is tried again', plays({ connack: 'none' }), 'retry'],
    ['a connection that breaks before the receipt is tried again', plays(event('reset')), 'retry'],
    ['a receipt that breaks off is tried again', plays(event('half')), 'retry'],
    ['a receipt that never comes is tried again', plays(event('none')), 'retry'],
    ['a broker that floods is left', plays(event('flood')), 'retry'],
  ] satisfies Rows,
  wrong: [
    ['no address', { url: 'broker' }, 'url'], ['an address of the web', { url: 'http://broker.lan' }, 'url'], ['credentials in the address', { url: 'mqtt://me:pw@broker.lan' }, 'url'], ['a path without WebSocket', { url: 'mqtt://broker.lan/prints' }, 'url'],
    ['an address of cloud credentials', { url: 'mqtt://169.254.169.254' }, 'url'], ['the same as a number', { url: 'wss://2852039166/mqtt' }, 'url'],
    ['no prefix', { prefix: '' }, 'prefix'], ['a wildcard in the prefix', { prefix: 'farm/+' }, 'prefix'], ['a slash at its end', { prefix: 'farm/' }, 'prefix'], ["the broker's own topics", { prefix: '$SYS' }, 'prefix'],
    ['QoS 3', { qos: 3 }, 'qos'], ['a wildcard in the topics of Home Assistant', { homeAssistantPrefix: '#' }, 'homeAssistantPrefix'],
    ['Home Assistant without the state', { homeAssistant: true, state: false }, 'homeAssistant'], ['a client name with a blank', { clientName: 'my desk' }, 'clientName'],
  ],
  hang: plays({ publish: [{ topic: '.', ack: 'none' }] }),
})

describe('mqtt', () => {
  let rig: Rig
  const open: Channel[] = []
  beforeAll(async () => {
    rig = await start()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((channel) => channel.close()))
  })
  afterAll(() => rig.close())

  function channel(over: Record<string, unknown> = {}, ports: ChannelPorts = channelPorts()): Channel {
    const one = openChannel(mqttChannel, { ...rig, secrets: { password: 'canary-pw' } }, over, ports)
    open.push(one)
    return one
  }
  async function send(sending: Sending, over: Record<string, unknown> = {}): Promise<Verdict> {
    const one = channel(over)
    const verdict = await one.sendPrinterNotification(sending)
    await one.close()
    expectClean(verdict, { ...rig, secrets: { password: 'canary-pw' } })
    return verdict
  }
  const connects = (receipts: BrokerReceipt[]): ConnectReceipt[] => receipts.filter((receipt) => receipt.packet === 'connect')
  const topicsOf = async (): Promise<string[]> => (await rig.broker.published()).map(({ topic }) => topic)

  test('connects with a name of its own, user and password, no session that outlives it, and no will where it is only tested', async () => {
    await rig.broker.play()
    expect(short(await send(sendingOf()))).toBe('delivered')
    expect(connects(await rig.broker.receipts())).toEqual([{
      packet: 'connect', at: expect.any(Number) as number, protocol: 'MQTT', version: 5, clean: true, keepAlive: 30, properties: { sessionExpiry: 0, maximumPacketSize: 65_536 },
      clientId: 'printbell888888888888', will: null, user: 'printbell', password: 'canary-pw',
    }])
    await rig.broker.play()
    expect(short(await send(sendingOf(), { protocol: '3.1.1', clientName: 'desk-7', user: '' }))).toBe('delivered')
    expect(connects(await rig.broker.receipts())).toMatchObject([{ protocol: 'MQTT', version: 4, clean: true, keepAlive: 30, properties: {}, clientId: 'desk-7', will: null, user: null, password: null }])
  })

  test('R31: publishes a done print as one whole packet', async () => {
    await rig.broker.play()
    const verdict = await send(sendingOf())
    const [came, ...more] = await rig.broker.published()
    expect(more).toEqual([])
    expect({ ...came, id: null, at: 0, payload: null }).toEqual({
      packet: 'publish', at: 0, topic: 'printbell/mk4/event', qos: 1, retain: false, dup: false, id: null, payload: null,
      properties: {
        payloadFormat: 1, messageExpiry: 86_400, contentType: 'application/json',
        user: { version: '1', id: '01KF0000000000000000000001', type: 'job.done', severity: 'success', dedupeKey: 'mk4|x|job.done', printer: 'mk4' },
      },
    })
    expect(came && jsonOf(came)).toEqual({
      version: 1, id: '01KF0000000000000000000001', time: 1_768_478_400_000, type: 'job.done', severity: 'success', late: false,
      event: {
        id: '01KF0000000000000000000001', type: 'job.done', severity: 'success', occurredAt: 1_768_478_400_000, observedAt: 1_768_478_400_000, late: false, byUs: false,
        isWarning: false, isPaused: false, reason: null, text: null, code: null, progress: null, remaining: null, printTime: 12_960, layer: null, heater: null, attention: null,
      },
      message: { kind: 'event', title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min' },
      printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' },
      job: {
        key: 'local/lamp-vase.gcode@1', name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, user: null, startedAt: 1_768_474_800_000, endedAt: null, alertedAt: null,
      },
      native: null, context: null, dedupeKey: 'mk4|x|job.done', image: null,
    })
    expect(verdict).toMatchObject({ result: 'delivered', detail: 'Taken by the broker.' })
    expect(verdict.exchange?.request.slice(0, 4)).toEqual(['PUBLISH printbell/mk4/event, QoS 1', '{', '  "version": 1,', '  "id": "01KF0000000000000000000001",'])
    expect(verdict.exchange?.answer).toEqual(['PUBACK 0x00'])
  })

  // Seconds, of DESIGN's "expiry per event class": progress 10 min, done 24 h, failed 48 h, an hour for what has no class.
  const EXPIRY: Partial<Record<EventType, number>> = {
    'job.started': 600, 'job.first_layer_done': 600, 'job.layer': 600, 'job.progress': 600, 'job.milestone_time': 600, 'job.finishing_soon': 600, 'job.resumed': 600, 'heater.target_reached': 600, 'heater.cooled': 600,
    'message.display': 600, 'server.event': 600, 'job.done': 86_400, 'job.cancelled': 86_400, 'job.failed': 172_800, 'job.result_unknown': 172_800, 'failure.detected': 172_800, 'heater.runaway': 172_800,
  }
  test.each(GOLDEN_EVENTS)('publishes $type with its words, its weight and its time to live', async ({ type, severity, event: one, title, body }) => {
    await rig.broker.play()
    await send(sendingOf(one))
    const [came] = await rig.broker.published()
    expect(came).toMatchObject({ topic: type.startsWith('app.') ? 'printbell/app/event' : 'printbell/mk4/event', qos: 1, retain: false, properties: { contentType: 'application/json', messageExpiry: EXPIRY[type] ?? 3_600, user: { type, severity } } })
    expect(came && jsonOf(came)).toMatchObject({ version: 1, type, severity, message: { kind: type === 'app.test' ? 'test' : 'event', title, body }, event: { type, severity }, image: null })
  })

  test('publishes by version 3.1.1 without what that has no place for', async () => {
    await rig.broker.play()
    await send(sendingOf(), { protocol: '3.1.1', prefix: 'farm/rack 1' })
    expect(await rig.broker.published()).toMatchObject([{ topic: 'farm/rack 1/mk4/event', qos: 1, retain: false, properties: {} }])
  })

  test('what belongs to no printer goes to the topic of the app', async () => {
    await rig.broker.play()
    await send(sendingOf(eventOf('app.offline', { printerId: '', printerName: '', serverKind: 'app' })))
    await send({ ...sendingOf(), message: renderNotice(null, 'nothing to cancel', 'The print is done.', NOON), deliveryKey: 'K' })
    const came = await rig.broker.published()
    expect(came.map(({ topic, properties }) => [topic, properties.user])).toEqual([
      ['printbell/app/event', { version: '1', id: '01KF0000000000000000000001', type: 'app.offline', severity: 'info', dedupeKey: 'mk4|x|app.offline' }],
      ['printbell/app/event', { version: '1', id: 'K', type: 'command.failed', severity: 'info' }],
    ])
    expect(came.map(jsonOf)).toMatchObject([{ printer: null, job: null }, { id: 'K', printer: null, dedupeKey: null, message: { kind: 'notice', title: 'Printbell: nothing to cancel' } }])
  })

  test.each<[version: string, code: number, name: string, expected: string]>([
    ['3.1.1', 0x01, 'unacceptable protocol version', 'rejected destination'], ['3.1.1', 0x02, 'identifier rejected', 'rejected destination'], ['3.1.1', 0x03, 'server unavailable', 'retry'],
    ['3.1.1', 0x04, 'bad user name or password', 'rejected destination'], ['3.1.1', 0x05, 'not authorized', 'rejected destination'], ['3.1.1', 0x06, 'no code of it', 'retry'],
  ])('a connect of version %s answered by %i, %s: %s', async (protocol, code, _name, expected) => {
    await rig.broker.play({ connack: code })
    expect(short(await send(sendingOf(), { protocol }))).toBe(expected)
  })

  describe('with QoS 2', () => {
    test.each(PUBLISH)('an event answered by %i, %s: %s', async (code, _name, expected) => {
      await rig.broker.play(event(code))
      expect(short(await send(sendingOf(), { qos: 2 }))).toBe(expected)
    })
    test('is delivered only when the broker has completed it', async () => {
      await rig.broker.play(event({ pubcomp: 0x92 }))
      expect(short(await send(sendingOf(), { qos: 2 }))).toBe('retry')
      await rig.broker.play()
      expect((await send(sendingOf(), { qos: 2 })).exchange?.answer).toEqual(['PUBCOMP 0x00'])
    })
  })

  test.each([1, 2])('with QoS %i it says when nobody listens', async (qos) => {
    await rig.broker.play(event(0x10))
    expect(await send(sendingOf(), { qos })).toMatchObject({ result: 'delivered', detail: 'Taken by the broker; nobody listens to this topic.' })
  })

  test('with QoS 0 it says that there is no receipt', async () => {
    await rig.broker.play()
    expect(await send(sendingOf(), { qos: 0 })).toMatchObject({ result: 'delivered', detail: 'Sent without a receipt (quality of service 0).', exchange: { answer: ['Nothing: QoS 0 has no receipt.'] } })
    expect(await rig.broker.published()).toMatchObject([{ qos: 0, id: null }])
  })

  describe('a connection', () => {
    test('is shared by all that is sent, and made anew when it broke', async () => {
      await rig.broker.play({ publish: [{ topic: '/event$', times: 2, ack: 0 }, { topic: '/event$', times: 1, ack: 'reset' }] })
      const one = channel()
      const said: string[] = []
      for (let index = 0; index < 4; index += 1) said.push(short(await one.sendPrinterNotification(sendingOf())))
      expect(said).toEqual(['delivered', 'delivered', 'retry', 'delivered'])
      expect(connects(await rig.broker.receipts())).toHaveLength(2)
    })

    test('brings nothing later that was given up: it ends with the deadline, and the next one begins empty', async () => {
      await rig.broker.play({ publish: [{ topic: '/event$', times: 1, ack: 'none' }] })
      const one = channel({ timeoutMs: 1_000 })
      expect(await one.sendPrinterNotification(sendingOf(eventOf('job.started', { id: '01KF000000000000000000000A' })))).toMatchObject({ result: 'retry', why: 'The broker does not answer (timeout).' })
      await rig.broker.until('the end of the connection', (receipts) => receipts.some(({ packet }) => packet === 'closed'))
      expect(short(await one.sendPrinterNotification(sendingOf(eventOf('job.done', { id: '01KF000000000000000000000B' }))))).toBe('delivered')
      expect((await rig.broker.published()).map((receipt) => [(jsonOf(receipt) as { id: string }).id, receipt.dup])).toEqual([['01KF000000000000000000000A', false], ['01KF000000000000000000000B', false]])
    })

    test('is closed with a goodbye', async () => {
      await rig.broker.play()
      await send(sendingOf())
      const receipts = await rig.broker.until('the end', (all) => all.some(({ packet }) => packet === 'closed'))
      expect(receipts.slice(-2)).toMatchObject([{ packet: 'disconnect', code: 0 }, { packet: 'closed' }])
    })

    test('that the broker never answers is left when the try is ended, and the cause is told when it is not', async () => {
      await rig.broker.play({ connack: 'none' })
      const stop = new AbortController()
      const sending = channel().sendPrinterNotification(sendingOf(undefined, { signal: stop.signal }))
      await rig.broker.until('the connect', (receipts) => receipts.length > 0)
      stop.abort()
      expect(await sending).toMatchObject({ result: 'retry', why: 'Ended before an answer came.' })
    })

    test.each<[string, BrokerRules, Record<string, unknown>, string]>([
      ['nobody listens', {}, { url: 'mqtt://127.0.0.1:9' }, 'The server refuses the connection. Check the port, and that it runs.'],
      ['no TLS there', {}, { url: 'tls' }, 'The broker does not speak TLS there. Try mqtt:// or another port.'],
      ['no WebSocket there', {}, { url: 'ws' }, 'No broker listens at this address (400). Check port and path.'],
      ['no broker there', { connack: 'garbage' }, {}, 'What answers there is no MQTT broker. Check the port.'],
      ['the connection breaks at once', { connack: 'reset' }, {}, 'The broker broke the connection before it answered. Check the port, and whether it wants TLS (mqtts://).'],
      ['the password is wrong', { connack: 0x86 }, {}, 'The broker refuses user or password (0x86). Check both.'],
    ])('%s: the cause is named', async (_what, rules, over, why) => {
      await rig.broker.play(rules)
      const url = over.url === 'tls' ? `mqtts://127.0.0.1:${rig.broker.port}` : over.url === 'ws' ? `ws://127.0.0.1:${rig.broker.port}/mqtt` : over.url
      expect(await send(sendingOf(), url === undefined ? {} : { url })).toMatchObject({ why })
    })

    test('that was refused shows what was said and answered', async () => {
      await rig.broker.play({ connack: 0x86 })
      expect((await send(sendingOf())).exchange).toEqual({ request: ['CONNECT, MQTT 5, with user and password'], answer: ['CONNACK 0x86'] })
      await rig.broker.play({ connack: 'close' })
      expect((await send(sendingOf(), { user: '', protocol: '3.1.1' })).exchange).toEqual({ request: ['CONNECT, MQTT 3.1.1'], answer: ['No answer.'] })
    })

    test('over which far more comes than was asked for is ended, and that is told', async () => {
      await rig.broker.play(event('flood'))
      expect(await send(sendingOf(), { timeoutMs: 10_000 })).toMatchObject({ result: 'retry', why: 'The broker sends far more than it was asked for. Check what listens there.' })
    })
  })

  describe('a picture', () => {
    const withPicture = (): Sending => sendingOf(undefined, { picture: PICTURE })

    test('stands retained on its own topic before the event that tells of it', async () => {
      await rig.broker.play()
      const verdict = await send(withPicture())
      const [picture, told] = await rig.broker.published()
      expect(picture).toMatchObject({ topic: 'printbell/mk4/picture', qos: 1, retain: true, properties: { contentType: 'image/jpeg', user: { version: '1', id: '01KF0000000000000000000001', takenAt: '1768478400000' } } })
      expect(picture?.properties.payloadFormat).toBeUndefined()
      expect(picture?.payload.equals(Buffer.from(JPEG))).toBe(true)
      expect(told && jsonOf(told)).toMatchObject({ image: { topic: 'printbell/mk4/picture', type: 'image/jpeg', width: 1280, height: 960, bytes: 5006, takenAt: 1_768_478_400_000 } })
      expect(verdict.exchange?.request[0]).toBe('PUBLISH printbell/mk4/picture, QoS 1, retained: image/jpeg 6 kB')
    })

    test('is not sent when it is switched off, and not retained when nothing is', async () => {
      await rig.broker.play()
      await send(withPicture(), { includePicture: false })
      await send(withPicture(), { state: false })
      expect((await rig.broker.published()).map(({ topic, retain }) => [topic, retain])).toEqual([['printbell/mk4/event', false], ['printbell/mk4/picture', false], ['printbell/mk4/event', false]])
    })

    // The copies of this test have as many bytes as their longest edge has px.
    test.each<[string, BrokerRules, number[], string]>([
      ['that the broker named', { properties: { maximumPacketSize: 1_200 } }, [640], 'Taken by the broker. Its picture was made smaller.'],
      ['that the broker answers as mosquitto does (0x95)', { publish: [{ topic: 'picture$', times: 2, ack: 0x95 }] }, [5006, 640, 320], 'Taken by the broker. Its picture was made smaller.'],
      ['that the broker answers (0x83)', { publish: [{ topic: 'picture$', times: 1, ack: 0x83 }] }, [5006, 640], 'Taken by the broker. Its picture was made smaller.'],
      ['that the broker ends the connection for (0x95)', { publish: [{ topic: 'picture$', times: 2, ack: { disconnect: 0x95 } }] }, [5006, 640, 320], 'Taken by the broker. Its picture was made smaller.'],
      ['that the broker breaks the connection for without a word', { publish: [{ topic: 'picture$', times: 1, ack: 'reset' }] }, [5006, 640], 'Taken by the broker. Its picture was made smaller.'],
      ['of which no size will do', { publish: [{ topic: 'picture$', ack: 'reset' }] }, [5006, 640, 320], 'Taken by the broker. Without its picture: too large for it.'],
      ['whose topic is refused', { publish: [{ topic: 'picture$', ack: 0x87 }] }, [5006], 'Taken by the broker. Without its picture: the broker refuses its topic.'],
    ])('of a size %s: the event comes', async (_what, rules, sizes, detail) => {
      await rig.broker.play(rules)
      expect(await send(withPicture())).toMatchObject({ result: 'delivered', detail })
      const came = await rig.broker.published()
      expect(came.filter(({ topic }) => topic.endsWith('/picture')).map(({ payload }) => payload.byteLength)).toEqual(sizes)
      const told = came.filter(({ topic }) => topic.endsWith('/event')).map(jsonOf) as { image: { bytes: number } | null }[]
      expect(told).toHaveLength(1)
      expect(told[0]?.image?.bytes ?? null).toBe(detail.includes('Without') ? null : sizes.at(-1))
    })

    test('that takes too long is left out of the next try', async () => {
      await rig.broker.play({ publish: [{ topic: 'picture$', ack: 'none' }] })
      const one = channel({ timeoutMs: 1_000 })
      expect(short(await one.sendPrinterNotification(withPicture()))).toBe('retry')
      expect(await one.sendPrinterNotification({ ...withPicture(), attempt: 2 })).toMatchObject({ result: 'delivered', detail: 'Taken by the broker. Without its picture: it took too long.' })
      expect(await topicsOf()).toEqual(['printbell/mk4/picture', 'printbell/mk4/event'])
    })
  })

  test('a broker that can keep nothing is fine where nothing is to be kept', async () => {
    await rig.broker.play({ properties: { retainAvailable: false } })
    expect(await send(sendingOf())).toMatchObject({ result: 'rejected', why: 'The broker keeps no messages (0x9a). Switch retained messages off.' })
    expect(short(await send(sendingOf(undefined, { picture: PICTURE }), { state: false }))).toBe('delivered')
  })

  test('notes from an earlier run make no second name', async () => {
    const memory = passingMemory()
    await rig.broker.play()
    for (const random of [0.1, 0.9]) {
      const one = channel({}, channelPorts({ memory, random: () => random }))
      await one.sendPrinterNotification(sendingOf())
      await one.close()
    }
    expect(connects(await rig.broker.receipts()).map(({ clientId }) => clientId)).toEqual(['printbell111111111111', 'printbell111111111111'])
  })
})
