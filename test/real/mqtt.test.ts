/** A broker and a reader that are not ours and not our library's: mosquitto and mosquitto_sub. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { Channel, ChannelPorts, PrinterNow, Verdict } from '../../electron/engine/channels/channel.ts'
import { channels } from '../../electron/engine/channels/registry.ts'
import { initialMemory } from '../../electron/engine/events/reduce.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { channelPorts, eventOf, JPEG, PICTURE, sendingOf } from '../support/channel-kit.ts'
import { eventOf as lineOf, makeDesk, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { brokenWords, linkIs, logOf, printer, shortPrint } from '../support/fault-kit.ts'
import { missingForMosquitto, startMosquitto, startReader, type Mosquitto, type Read, type Reader } from '../support/mosquitto.ts'

const missing = missingForMosquitto()
const because = missing === null ? '' : ` (skipped: ${missing})`
const PASSWORD = 'canary-broker-7f3a91'
const SALT = Buffer.from('twelve bytes')
/** As mosquitto_passwd writes it: SHA-512 over password and salt, which has 12 bytes. */
const login = (user: string, password: string): string => `${user}:$6$${SALT.toString('base64')}$${createHash('sha512').update(password).update(SALT).digest('base64')}`

interface Authority {
  ca: string
  cert: string
  key: string
}

/** The broker's certificate is for 127.0.0.1 only. */
async function makeAuthority(): Promise<Authority> {
  const authority = await generate([{ name: 'commonName', value: 'Workshop authority' }], { keySize: 2048, algorithm: 'sha256', extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true }] })
  const leaf = await generate([{ name: 'commonName', value: 'broker' }], {
    keySize: 2048, algorithm: 'sha256', ca: { key: authority.private, cert: authority.cert }, extensions: [{ name: 'basicConstraints', cA: false }, { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { ca: authority.cert, cert: leaf.cert, key: leaf.private }
}

const ACL = ['user printbell', 'topic deny printbell/mini/#', 'topic readwrite printbell/#', 'topic readwrite homeassistant/#', 'user reader', 'topic read #'].join('\n')

function startSafeBroker({ ca, cert, key }: Authority): Promise<Mosquitto> {
  return startMosquitto(
    ['certfile FOLDER/broker.crt', 'keyfile FOLDER/broker.key', 'allow_anonymous false', 'password_file FOLDER/passwd', 'acl_file FOLDER/acl'],
    { 'ca.crt': ca, 'broker.crt': cert, 'broker.key': key, passwd: `${login('printbell', PASSWORD)}\n${login('reader', 'reads')}\n`, acl: `${ACL}\n` },
  )
}
const asReader = (broker: Mosquitto): string[] => ['--cafile', join(broker.folder, 'ca.crt'), '-u', 'reader', '-P', 'reads']
const jsonOf = ({ payload }: Read): Record<string, unknown> => JSON.parse(payload.toString('utf8')) as Record<string, unknown>

describe.skipIf(missing !== null)(`MQTT with a real broker${because}`, () => {
  const open: Channel[] = []
  let reader: Reader | null = null
  afterEach(async () => {
    await Promise.all(open.splice(0).map((channel) => channel.close()))
    await reader?.end()
    reader = null
  })

  function channel(config: Record<string, unknown>, ports: ChannelPorts = channelPorts(), password = PASSWORD): Channel {
    const one = channels.get('mqtt')?.open({ destinationId: 'broker', label: 'Broker', config: { timeoutMs: 5_000, ...config }, secrets: { password: new Secret(password) } }, ports)
    if (one === undefined) throw new Error('no such channel')
    open.push(one)
    return one
  }

  describe('that speaks TLS and asks for a login', () => {
    let authority: Authority
    let broker: Mosquitto
    beforeAll(async () => {
      authority = await makeAuthority()
      broker = await startSafeBroker(authority)
    })
    afterAll(() => broker.close())
    const trusting = (): ChannelPorts => {
      const ports = channelPorts()
      return { ...ports, net: { ...ports.net, tls: { ca: authority.ca } } }
    }
    const config = (over: Record<string, unknown> = {}): Record<string, unknown> => ({ url: `mqtts://127.0.0.1:${broker.port}`, user: 'printbell', ...over })
    const send = (one: Channel): Promise<Verdict> => one.sendPrinterNotification(sendingOf())

    it('R31: an event arrives, with its properties', async () => {
      reader = await startReader(broker, ['printbell/#'], asReader(broker))
      expect(await send(channel(config(), trusting()))).toMatchObject({ result: 'delivered', detail: 'Taken by the broker.' })
      const read = await reader.wait('the event', ({ topic }) => topic === 'printbell/mk4/event')
      expect(read).toMatchObject({ qos: 1, retained: false, contentType: 'application/json', expiry: 86_400 })
      expect(read.user).toBe('version:1 id:01KF0000000000000000000001 type:job.done severity:success dedupeKey:mk4|x|job.done printer:mk4')
      expect(jsonOf(read)).toMatchObject({ version: 1, id: '01KF0000000000000000000001', type: 'job.done', dedupeKey: 'mk4|x|job.done', message: { title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min' }, image: null })
    })

    it.each(['5', '3.1.1'])('a picture arrives byte by byte before its event, by version %s and each quality of service', async (protocol) => {
      reader = await startReader(broker, ['printbell/#'], asReader(broker))
      for (const qos of [0, 1, 2]) {
        const came = reader.got.length
        const verdict = await channel(config({ protocol, qos }), trusting()).sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))
        expect(verdict.result).toBe('delivered')
        await reader.wait(`the event with QoS ${qos}`, ({ topic }) => topic === 'printbell/mk4/event' && (reader?.got.length ?? 0) > came + 1)
        const [picture, told] = reader.got.slice(came).filter(({ retained }) => !retained)
        expect([picture?.topic, told?.topic]).toEqual(['printbell/mk4/picture', 'printbell/mk4/event'])
        expect(picture?.payload.equals(Buffer.from(JPEG))).toBe(true)
        expect(told && jsonOf(told).image).toMatchObject({ topic: 'printbell/mk4/picture', bytes: 5006 })
      }
    })

    it.each<[string, () => Channel, string, RegExp]>([
      ['a certificate that nobody vouches for', () => channel(config()), 'retry', /^The server's certificate .+ \(TLS\)\.$/],
      ['a certificate for another name', () => channel(config({ url: `mqtts://localhost:${broker.port}` }), trusting()), 'retry', /^The server's certificate is for another name \(TLS\)\.$/],
      ['no TLS towards TLS', () => channel(config({ url: `mqtt://127.0.0.1:${broker.port}` }), trusting()), 'retry', /^The broker broke the connection before it answered\. Check the port, and whether it wants TLS/],
      ['a wrong password', () => channel(config(), trusting(), 'wrong-one'), 'rejected', /^The broker does not allow this \(0x87\)\.|^The broker refuses user or password \(0x86\)\./],
      ['a wrong password by version 3.1.1', () => channel(config({ protocol: '3.1.1' }), trusting(), 'wrong-one'), 'rejected', /^The broker does not allow this \(0x05\)\.|^The broker refuses user or password \(0x04\)\./],
      ['a topic that is not allowed', () => channel(config({ prefix: 'elsewhere' }), trusting()), 'rejected', /^The broker does not allow this \(0x87\)\. Check the access rules for user and topic\.$/],
    ])('%s is named', async (_what, make, result, why) => {
      const verdict = await send(make())
      expect(verdict.result).toBe(result)
      expect('why' in verdict ? verdict.why : '').toMatch(why)
      expect(JSON.stringify(verdict)).not.toMatch(/canary|wrong-one|127\.0\.0\.1|localhost/)
    })

    it('a topic that is denied for one printer costs the others nothing', async () => {
      reader = await startReader(broker, ['printbell/#'], asReader(broker))
      const one = channel(config(), trusting())
      const event = (printerId: string): Promise<Verdict> => one.sendPrinterNotification(sendingOf(eventOf('job.done', { printerId, printerName: printerId })))
      expect(await event('mini')).toMatchObject({ result: 'rejected', scope: 'destination' })
      expect(await event('mk3')).toMatchObject({ result: 'delivered' })
      await reader.wait('the other', ({ topic }) => topic === 'printbell/mk3/event')
      expect(reader.got.filter(({ topic }) => topic.includes('mini'))).toEqual([])
    })
  })

  it('takes events by WebSocket too', async () => {
    const broker = await startMosquitto(['allow_anonymous true', 'listener WEB 127.0.0.1', 'protocol websockets'])
    try {
      reader = await startReader(broker, ['printbell/#'])
      expect(await channel({ url: `ws://127.0.0.1:${broker.webPort}/mqtt` }).sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered' })
      expect((await reader.wait('the picture', ({ topic }) => topic === 'printbell/mk4/picture')).payload.equals(Buffer.from(JPEG))).toBe(true)
    } finally {
      await broker.close()
    }
  })

  // The copies of this test have as many bytes as their longest edge has px; an event has some 1 100.
  test.each<[string, string[], string, number | null]>([
    ['a packet, which it names', ['max_packet_size 2000'], '5', 640], ['a packet, which version 3.1.1 can not be told', ['max_packet_size 2000'], '3.1.1', 640], ['a message', ['message_size_limit 2000'], '5', 640],
  ])('whose limit of the size of %s is smaller than the picture gets a smaller one', async (_what, conf, protocol, bytes) => {
    const broker = await startMosquitto(['allow_anonymous true', ...conf])
    try {
      reader = await startReader(broker, ['printbell/#'])
      const verdict = await channel({ url: `mqtt://127.0.0.1:${broker.port}`, protocol }).sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))
      expect(verdict).toMatchObject({ result: 'delivered', detail: 'Taken by the broker. Its picture was made smaller.' })
      expect(jsonOf(await reader.wait('the event', ({ topic }) => topic === 'printbell/mk4/event')).image).toMatchObject({ bytes })
    } finally {
      await broker.close()
    }
  })

  test.each<[string, string[], Record<string, unknown>, string]>([
    ['that takes no QoS 2', ['max_qos 1'], { qos: 2 }, 'The broker does not know this quality of service (0x9b). Choose a lower one.'],
    ['that takes no such message', ['message_size_limit 500'], {}, 'The message is too large for the broker (0x95).'],
    ['that keeps nothing', ['retain_available false'], {}, 'The broker keeps no messages (0x9a). Switch retained messages off.'],
  ])('%s is told so', async (_what, conf, config, why) => {
    const broker = await startMosquitto(['allow_anonymous true', ...conf])
    try {
      const one = channel({ url: `mqtt://127.0.0.1:${broker.port}`, ...config })
      one.tellPrinters?.([])
      expect(await one.sendPrinterNotification(sendingOf())).toMatchObject({ result: 'rejected', why })
    } finally {
      await broker.close()
    }
  })

  it('that was restarted and forgot everything is told everything again', async () => {
    const broker = await startMosquitto()
    try {
      const one = channel({ url: `mqtt://127.0.0.1:${broker.port}` }, channelPorts({ random: () => 0 }))
      const mk4: PrinterNow = { id: 'mk4', name: 'MK4', serverKind: 'octoprint', state: { ...initialMemory('up').state, progress: 0.5 } }
      one.tellPrinters?.(['mk4'])
      one.tellState?.(mk4)
      reader = await startReader(broker, ['#'])
      await reader.wait('the state', ({ topic }) => topic === 'printbell/mk4/state')
      await reader.end()
      await broker.kill()
      await broker.start()
      reader = await startReader(broker, ['#'])
      expect(jsonOf(await reader.wait('the state again', ({ topic }) => topic === 'printbell/mk4/state'))).toMatchObject({ progress: 0.5 })
      await reader.wait('the status again', ({ topic, payload }) => topic === 'printbell/status' && payload.toString() === 'online')
    } finally {
      await broker.close()
    }
  })

  describe('and a headless engine', () => {
    let authority: Authority
    let broker: Mosquitto
    let simulator: Simulator
    let desk: Desk
    let env: Record<string, string>
    const engines: EngineProcess[] = []
    const readers: Reader[] = []
    const settings = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
      printers: [printer('p1', simulator.url)],
      destinations: [{ id: 'broker', label: 'Broker', channel: 'mqtt', events: ['job.*'], network: { ca: join(broker.folder, 'ca.crt') }, config: { url: `mqtts://127.0.0.1:${broker.port}`, user: 'printbell', password: { env: 'MQTT_PASSWORD' }, homeAssistant: true } }],
      ...over,
    })

    beforeAll(async () => {
      authority = await makeAuthority()
    })
    beforeEach(async () => {
      broker = await startSafeBroker(authority)
      simulator = await startSimulator({ script: shortPrint(1_500) })
      desk = await makeDesk(settings())
      env = { KEY_p1: simulator.apiKey, MQTT_PASSWORD: PASSWORD }
    })
    afterEach(async () => {
      for (const engine of engines.splice(0)) await engine.end('SIGKILL')
      for (const one of readers.splice(0)) await one.end()
      await simulator.stop()
      await broker.close()
      await desk.remove()
    })
    const start = async (): Promise<EngineProcess> => {
      const engine = startEngine(desk, env)
      engines.push(engine)
      await engine.wait('the link', linkIs('p1', 'up'))
      return engine
    }
    const listen = async (topics: string[], args: string[] = []): Promise<Reader> => {
      const one = await startReader(broker, topics, [...asReader(broker), ...args])
      readers.push(one)
      return one
    }
    const isStatus = (word: string) => ({ topic, payload }: Read): boolean => topic === 'printbell/status' && payload.toString() === word
    const isEvent = (type: string) => (read: Read): boolean => read.topic === 'printbell/p1/event' && jsonOf(read).type === type
    const isState = (jobState: string) => (read: Read): boolean => read.topic === 'printbell/p1/state' && read.payload.byteLength > 0 && jsonOf(read).jobState === jobState

    it('R31: tell a whole print, and who comes late sees how it ended', async () => {
      const first = await listen(['#'])
      const engine = await start()
      await first.wait('online', isStatus('online'))
      simulator.control.wish({ do: 'start', user: 'somebody' })
      const done = await first.wait('the end', isEvent('job.done'))
      expect(first.got.find(isEvent('job.started'))).toBeDefined()
      expect(first.got.find(isState('printing'))).toBeDefined()
      // The picture is the one of the end, and came right before it.
      const before = first.got.slice(0, first.got.indexOf(done)).findLast(({ topic }) => topic === 'printbell/p1/picture')
      expect(jsonOf(done).image).toMatchObject({ topic: 'printbell/p1/picture', bytes: before?.payload.byteLength })
      expect([...(before?.payload.subarray(0, 2) ?? [])]).toEqual([0xff, 0xd8])
      await first.wait('the last state', isState('done'))

      const late = await listen(['#'])
      for (const fits of [isStatus('online'), isState('done'), (read: Read) => read.topic === 'printbell/p1/picture', (read: Read) => read.topic === 'homeassistant/device/printbell_p1/config']) {
        expect((await late.wait('what is kept', fits)).retained).toBe(true)
      }
      expect(late.got.filter(({ topic }) => topic.endsWith('/event'))).toEqual([])
      expect(brokenWords(engine)).toEqual([])
      expect(JSON.stringify(logOf(desk.data))).not.toContain(PASSWORD)
    })

    it('that is killed is told offline by the broker, and online again when it is back', async () => {
      const reader1 = await listen(['printbell/#'])
      const engine = await start()
      await reader1.wait('online', isStatus('online'))
      await engine.end('SIGKILL')
      await reader1.wait('the last will', isStatus('offline'))
      expect((await (await listen(['printbell/status'])).wait('what is kept', isStatus('offline'))).retained).toBe(true)
      await start()
      await reader1.wait('online again', (read) => isStatus('online')(read) && reader1.got.indexOf(read) > reader1.got.findIndex(isStatus('offline')))
    })

    it('that ends says so itself', async () => {
      const reader1 = await listen(['printbell/#'])
      const engine = await start()
      await reader1.wait('online', isStatus('online'))
      expect((await engine.end('SIGTERM')).status).toBe(0)
      await reader1.wait('offline', isStatus('offline'))
      expect(broker.log()).toMatch(/Received DISCONNECT from printbell[0-9a-f]{12}/)
    })

    it('a desk that was away gets each event that it missed once', async () => {
      const args = ['-c', '-i', 'desk', '-x', '3600']
      const before = await listen(['printbell/+/event'], args)
      await before.end()
      const engine = await start()
      simulator.control.wish({ do: 'start', user: 'somebody' })
      await engine.wait('the end', lineOf('job.done'))
      await engine.wait('its delivery', (line) => line.line === 'attempt' && line.result === 'delivered' && line.eventId === (engine.events('job.done')[0] as { id: string }).id)
      const back = await listen(['printbell/+/event'], args)
      await back.wait('the end', isEvent('job.done'))
      const heard = back.got.filter(({ topic }) => topic.endsWith('/event')).map((read) => String(jsonOf(read).type))
      expect(heard.filter((type) => type === 'job.started' || type === 'job.done')).toEqual(['job.started', 'job.done'])
    })

    it('a broker that is away for a print gets its end when it is back, once', async () => {
      const engine = await start()
      await broker.kill()
      simulator.control.wish({ do: 'start', user: 'somebody' })
      await engine.wait('a try', (line) => line.line === 'attempt' && line.result === 'retry')
      await engine.wait('the end', lineOf('job.done'))
      await broker.start()
      const reader1 = await listen(['#'])
      await reader1.wait('the end', isEvent('job.done'))
      await reader1.wait('the state', isState('done'))
      expect(reader1.got.filter(isEvent('job.done'))).toHaveLength(1)
    })

    it('what stood there of a printer that was removed meanwhile is taken away', async () => {
      const engine = await start()
      const reader1 = await listen(['#'])
      await reader1.wait('the state', ({ topic }) => topic === 'printbell/p1/state')
      await reader1.wait('the device', ({ topic }) => topic === 'homeassistant/device/printbell_p1/config')
      await engine.end('SIGTERM')
      await writeFile(desk.settings, JSON.stringify({ version: 1, ...settings({ printers: [] }) }))
      const again = startEngine(desk, env)
      engines.push(again)
      await reader1.wait('no state', ({ topic, payload }) => topic === 'printbell/p1/state' && payload.byteLength === 0)
      await reader1.wait('no device', ({ topic, payload }) => topic === 'homeassistant/device/printbell_p1/config' && payload.byteLength === 0)
      const late = await listen(['#'])
      await late.wait('online', isStatus('online'))
      expect(late.got.map(({ topic }) => topic)).toEqual(['printbell/status'])
    })
  })
})
