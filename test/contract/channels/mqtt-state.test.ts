/** What the MQTT channel keeps at a broker beside the events. Events: mqtt.test.ts. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Channel, ChannelMemory, ChannelPorts, PrinterNow } from '../../../electron/engine/channels/channel.ts'
import { passingMemory } from '../../../electron/engine/channels/memory.ts'
import { mqttChannel } from '../../../electron/engine/channels/mqtt/index.ts'
import type { PrinterState } from '../../../electron/engine/events/model.ts'
import { channelPorts, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { startScriptedBroker, type BrokerReceipt, type ConnectReceipt, type PublishReceipt, type ScriptedBroker } from '../../support/mqtt-broker.ts'
import { LAMP, NOON } from '../../support/rule-fixtures.ts'
import { openChannel, short } from './every-channel.ts'

const IDLE: PrinterState = {
  link: 'up', linkCause: null, device: 'ready', job: 'none', jobRef: null, progress: null, progressSource: null, elapsed: null, printTime: null, remaining: null, eta: null, layer: null, layers: null, z: null,
  heaters: {}, attentions: [], faults: [], message: null, capabilities: null, cameras: [],
}
const mk4 = (over: Partial<PrinterState> = {}, name = 'MK4 left bench'): PrinterNow => ({ id: 'mk4', name, serverKind: 'octoprint', state: { ...IDLE, ...over } })
const mk3 = (over: Partial<PrinterState> = {}): PrinterNow => ({ id: 'mk3', name: 'MK3', serverKind: 'octoprint', state: { ...IDLE, ...over } })
const published = (receipts: BrokerReceipt[]): PublishReceipt[] => receipts.filter((receipt) => receipt.packet === 'publish')
const connects = (receipts: BrokerReceipt[]): ConnectReceipt[] => receipts.filter((receipt) => receipt.packet === 'connect')
const told = (receipts: BrokerReceipt[]): string[] => published(receipts).map(({ topic, retain, payload }) => `${topic}${retain ? ' retained' : ''} ${payload.byteLength === 0 ? '(cleared)' : topic.endsWith('status') ? payload.toString() : ''}`.trim())
const jsonOf = ({ payload }: PublishReceipt): Record<string, unknown> => JSON.parse(payload.toString('utf8')) as Record<string, unknown>

describe('the state that is kept at a broker', () => {
  let broker: ScriptedBroker
  let memory: ChannelMemory
  const open: Channel[] = []

  beforeAll(async () => {
    broker = await startScriptedBroker()
  })
  beforeEach(async () => {
    memory = passingMemory()
    await broker.play()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((channel) => channel.close()))
    await broker.play()
  })
  afterAll(() => broker.close())

  function channel(over: Record<string, unknown> = {}, ports: ChannelPorts = channelPorts({ memory })): Channel {
    const one = openChannel(mqttChannel, { config: () => ({ url: `mqtt://127.0.0.1:${broker.port}`, timeoutMs: 2_000 }), secrets: {}, accept: () => broker.play(), received: async () => [], close: async () => undefined }, over, ports)
    open.push(one)
    return one
  }
  const after = (count: number): Promise<BrokerReceipt[]> => broker.until(`${count} messages`, (receipts) => published(receipts).length >= count)
  /** All that was told, and nothing more: an event is published only after what waits, and each one after the other. */
  async function settled(one: Channel): Promise<BrokerReceipt[]> {
    const before = published(await broker.receipts()).filter(({ topic }) => topic.endsWith('/event')).length
    await one.sendPrinterNotification(sendingOf())
    return broker.until('the event', (receipts) => published(receipts).filter(({ topic }) => topic.endsWith('/event')).length > before)
  }

  test('begins with "online", and the broker holds the last will', async () => {
    const one = channel()
    one.tellPrinters?.(['mk4'])
    one.tellState?.(mk4())
    const receipts = await after(2)
    expect(connects(receipts)).toMatchObject([{ will: { topic: 'printbell/status', payload: 'offline', qos: 1, retain: true, properties: { payloadFormat: 1, contentType: 'text/plain' } } }])
    expect(told(receipts)).toEqual(['printbell/status retained online', 'printbell/mk4/state retained'])
  })

  test('R31: tells a printer whole, in round numbers, unknown as null', async () => {
    const one = channel()
    one.tellPrinters?.(['mk4'])
    one.tellState?.(mk4({
      job: 'printing', jobRef: { ...LAMP, user: 'ann' }, progress: 0.426_123_9, progressSource: 'file', elapsed: 3_600.4, remaining: 5_400.6, eta: NOON + 5_400_600, layer: 12, layers: 200, z: 2.4049,
      heaters: { tool0: { actual: 214.96, target: 215 }, bed: { actual: 60.04, target: null } },
      attentions: [{ key: 'm600', kind: 'filament_change', text: 'Change it', choices: ['Done'], since: NOON - 1_000 }], faults: [{ text: 'Fan slow', code: '05' }], message: 'Layer 12',
      capabilities: { pause: true, resume: true, cancel: false, gcode: false, answer: false, snapshot: true }, cameras: [{ id: 'cam', name: 'Bench', canSnapshot: true }],
    }))
    const [, state] = published(await after(2))
    expect(state).toMatchObject({ topic: 'printbell/mk4/state', qos: 1, retain: true, properties: { payloadFormat: 1, contentType: 'application/json', user: { version: '1' } } })
    expect(state && jsonOf(state)).toEqual({
      version: 1, time: 1_768_478_400_000, printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' }, link: 'up', linkCause: null, device: 'ready', jobState: 'printing',
      job: { key: 'local/lamp-vase.gcode@1', name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, user: 'ann', startedAt: 1_768_474_800_000, endedAt: null },
      progress: 0.4261, progressSource: 'file', elapsed: 3600, printTime: null, remaining: 5401, eta: 1_768_483_801_000, layer: 12, layers: 200, z: 2.4,
      heaters: { tool0: { actual: 215, target: 215 }, bed: { actual: 60, target: null } },
      needsAttention: true, attentions: [{ key: 'm600', kind: 'filament_change', text: 'Change it', choices: ['Done'], since: 1_768_478_399_000 }],
      problem: true, faults: [{ text: 'Fan slow', code: '05' }], message: 'Layer 12',
      capabilities: { pause: true, resume: true, cancel: false, gcode: false, answer: false, snapshot: true }, cameras: [{ id: 'cam', name: 'Bench', canSnapshot: true }],
    })
  })

  test('tells what changed only, and of many changes the newest', async () => {
    const one = channel()
    one.tellPrinters?.(['mk4'])
    one.tellState?.(mk4({ heaters: { bed: { actual: 60.01, target: 60 } } }))
    await after(2)
    one.tellState?.(mk4({ heaters: { bed: { actual: 60.03, target: 60 } } }))
    expect(told(await settled(one))).toEqual(['printbell/status retained online', 'printbell/mk4/state retained', 'printbell/mk4/event'])
    for (const progress of [0.1, 0.2, 0.3, 0.4]) one.tellState?.(mk4({ progress }))
    const states = published(await broker.until('the newest', (receipts) => published(receipts).some(({ payload }) => payload.toString().includes('"progress":0.4'))))
    expect(states.filter(({ topic }) => topic.endsWith('/state')).map((receipt) => jsonOf(receipt).progress)).toEqual([null, 0.1, 0.4])
  })

  test('is told anew with each connection: a broker may have forgotten', async () => {
    const one = channel()
    one.tellPrinters?.(['mk4', 'mk3'])
    one.tellState?.(mk4())
    one.tellState?.(mk3())
    await after(3)
    await broker.play({ publish: [{ topic: 'event$', times: 1, ack: 'reset' }] })
    expect(short(await one.sendPrinterNotification(sendingOf()))).toBe('retry')
    expect(short(await one.sendPrinterNotification(sendingOf()))).toBe('delivered')
    expect(told(await after(5))).toEqual(['printbell/mk4/event', 'printbell/mk4/event', 'printbell/status retained online', 'printbell/mk4/state retained', 'printbell/mk3/state retained'])
  })

  test('comes back by itself when the connection breaks', async () => {
    const one = channel({}, channelPorts({ memory, random: () => 0 }))
    one.tellPrinters?.(['mk4'])
    one.tellState?.(mk4())
    await after(2)
    await broker.play({ publish: [{ topic: 'state$', times: 1, ack: 'reset' }] })
    one.tellState?.(mk4({ progress: 0.5 }))
    expect(told(await after(3))).toEqual(['printbell/mk4/state retained', 'printbell/status retained online', 'printbell/mk4/state retained'])
  })

  test('is taken away when its printer is gone, in this run or before it, with its picture', async () => {
    const first = channel({ homeAssistant: true })
    first.tellPrinters?.(['mk4', 'mk3'])
    first.tellState?.(mk4())
    first.tellState?.(mk3())
    await first.sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))
    await after(7)
    await broker.play()
    first.tellPrinters?.(['mk4'])
    expect(told(await after(2)).sort()).toEqual(['homeassistant/device/printbell_mk3/config retained (cleared)', 'printbell/mk3/state retained (cleared)'])
    await first.close()
    await broker.play()
    const second = channel({ homeAssistant: true })
    second.tellPrinters?.([])
    expect(told(await after(4)).sort()).toEqual([
      'homeassistant/device/printbell_mk4/config retained (cleared)', 'printbell/mk4/picture retained (cleared)', 'printbell/mk4/state retained (cleared)', 'printbell/status retained online',
    ])
    await settled(second)
    expect(memory.keys('topic ')).toEqual(['topic printbell/status'])
    expect(memory.keys('heaters ')).toEqual([])
  })

  test('of another prefix, of Home Assistant or of all is taken away when it is no longer wanted', async () => {
    const before = channel({ homeAssistant: true })
    before.tellPrinters?.(['mk4'])
    before.tellState?.(mk4())
    await after(3)
    await before.close()
    await broker.play()
    const moved = channel({ prefix: 'farm' })
    moved.tellPrinters?.(['mk4'])
    moved.tellState?.(mk4())
    expect(told(await after(5)).sort()).toEqual([
      'farm/mk4/state retained', 'farm/status retained online', 'homeassistant/device/printbell_mk4/config retained (cleared)', 'printbell/mk4/state retained (cleared)', 'printbell/status retained (cleared)',
    ])
    await moved.close()
    await broker.play()
    const off = channel({ prefix: 'farm', state: false })
    off.tellPrinters?.(['mk4'])
    off.tellState?.(mk4())
    const receipts = await after(2)
    expect(told(receipts).sort()).toEqual(['farm/mk4/state retained (cleared)', 'farm/status retained (cleared)'])
    expect(connects(receipts)).toMatchObject([{ will: null }])
    await settled(off)
    expect(memory.keys('topic ')).toEqual([])
  })

  test('that is switched off needs no connection until an event comes', async () => {
    const one = channel({ state: false })
    one.tellPrinters?.(['mk4'])
    one.tellState?.(mk4())
    expect(await broker.receipts()).toEqual([])
    await one.sendPrinterNotification(sendingOf())
    expect(told(await broker.receipts())).toEqual(['printbell/mk4/event'])
  })

  test('ends with "offline" and a goodbye within a second', async () => {
    const one = channel()
    one.tellPrinters?.(['mk4'])
    await after(1)
    const began = performance.now()
    await one.close()
    expect(performance.now() - began).toBeLessThan(1_000)
    const receipts = await broker.until('the end', (all) => all.some(({ packet }) => packet === 'closed'))
    expect(told(receipts)).toEqual(['printbell/status retained online', 'printbell/status retained offline'])
    expect(receipts.slice(-2)).toMatchObject([{ packet: 'disconnect', code: 0 }, { packet: 'closed' }])
  })

  test('leaves the rest to the last will when the broker does not answer to it', async () => {
    const one = channel()
    one.tellPrinters?.(['mk4'])
    await after(1)
    await broker.play({ publish: [{ topic: '.', ack: 'none' }] })
    const began = performance.now()
    await one.close()
    expect(performance.now() - began).toBeLessThan(1_000)
    const receipts = await broker.until('the end', (all) => all.some(({ packet }) => packet === 'closed'))
    expect(receipts.map(({ packet }) => packet)).toEqual(['publish', 'closed'])
  })

  test('that the broker refuses is told in the log once, and the events come all the same', async () => {
    const ports = channelPorts({ memory })
    await broker.play({ publish: [{ topic: 'state$', ack: 0x87 }] })
    const one = channel({}, ports)
    one.tellPrinters?.(['mk4'])
    for (const progress of [0.1, 0.2]) {
      one.tellState?.(mk4({ progress }))
      await broker.until('the state', (receipts) => published(receipts).some(({ payload }) => payload.toString().includes(`"progress":${progress}`)))
    }
    expect(short(await one.sendPrinterNotification(sendingOf()))).toBe('delivered')
    expect(ports.log.lines.filter(({ level }) => level === 'warn')).toEqual([{ level: 'warn', message: 'the broker does not take the state of a printer', fields: { topic: 'printbell/mk4/state', reason: '0x87' } }])
  })

  test('that the broker ends the connection for keeps no event from coming', async () => {
    await broker.play({ publish: [{ topic: 'state$|status$', ack: { disconnect: 0x87 } }] })
    const one = channel()
    one.tellPrinters?.(['mk4'])
    one.tellState?.(mk4())
    await broker.until('the end', (receipts) => receipts.some(({ packet }) => packet === 'closed'))
    expect(short(await one.sendPrinterNotification(sendingOf()))).toBe('delivered')
  })

  test('waits for receipts as the broker wants it', async () => {
    await broker.play({ properties: { receiveMaximum: 2 }, publish: [{ topic: 'state$', ack: 'none' }] })
    const one = channel({ timeoutMs: 1_000 })
    const ids = Array.from({ length: 6 }, (_, index) => `p${index}`)
    one.tellPrinters?.(ids)
    for (const id of ids) one.tellState?.({ ...mk4(), id })
    await after(3)
    // Two wait for their receipts, so not even an event may be sent.
    expect(short(await one.sendPrinterNotification(sendingOf()))).toBe('retry')
    expect(told(await broker.receipts())).toEqual(['printbell/status retained online', 'printbell/p0/state retained', 'printbell/p1/state retained'])
  })

  describe('for Home Assistant', () => {
    test('describes each printer as a device, again when its name or heaters change, and keeps a heater that is not reported', async () => {
      const one = channel({ homeAssistant: true })
      one.tellPrinters?.(['mk4'])
      one.tellState?.(mk4({ heaters: { bed: { actual: 60, target: 60 } } }))
      one.tellState?.(mk4({ heaters: { bed: { actual: 61, target: 60 } } }))
      one.tellState?.(mk4({ heaters: { tool0: { actual: 20, target: 0 } } }))
      one.tellState?.(mk4({}, 'Left'))
      const configs = published(await broker.until('the new name', (receipts) => published(receipts).some(({ topic, payload }) => topic.endsWith('config') && payload.toString().includes('"name":"Left"')))).filter(({ topic }) => topic.endsWith('config'))
      expect(configs.at(-1)).toMatchObject({ topic: 'homeassistant/device/printbell_mk4/config', retain: true, qos: 1 })
      const last = configs.at(-1)
      expect(Object.keys((last && jsonOf(last).components) as object)).toEqual([
        'job', 'file', 'progress', 'remaining', 'eta', 'layer', 'heater_bed', 'target_bed', 'heater_tool0', 'target_tool0', 'connected', 'attention', 'problem', 'picture', 'event',
      ])
      await one.close()
      await broker.play()
      const later = channel({ homeAssistant: true })
      later.tellPrinters?.(['mk4'])
      later.tellState?.(mk4({ link: 'connecting' }, 'Left'))
      const again = published(await after(3)).find(({ topic }) => topic.endsWith('config'))
      expect(again?.payload.toString()).toBe(last?.payload.toString())
    })

    test('describes them once more when it starts', async () => {
      const one = channel({ homeAssistant: true })
      one.tellPrinters?.(['mk4'])
      one.tellState?.(mk4())
      expect((await after(3)).filter(({ packet }) => packet === 'subscribe')).toMatchObject([{ topics: ['homeassistant/status'] }])
      await broker.play()
      await broker.say('homeassistant/status', 'offline', 5)
      await broker.say('homeassistant/status', 'online', 5)
      expect(told(await after(1))).toEqual(['homeassistant/device/printbell_mk4/config retained'])
      expect(told(await settled(one))).toEqual(['homeassistant/device/printbell_mk4/config retained', 'printbell/mk4/event'])
    })

    test('listens to its own prefix too, and goes on where it may not listen', async () => {
      await broker.play({ suback: 0x87 })
      const ports = channelPorts({ memory })
      const one = channel({ homeAssistant: true, homeAssistantPrefix: 'ha' }, ports)
      one.tellPrinters?.(['mk4'])
      one.tellState?.(mk4())
      const receipts = await after(3)
      expect(receipts.filter(({ packet }) => packet === 'subscribe')).toMatchObject([{ topics: ['homeassistant/status', 'ha/status'] }])
      expect(told(receipts)).toContain('ha/device/printbell_mk4/config retained')
      expect(short(await one.sendPrinterNotification(sendingOf()))).toBe('delivered')
    })
  })
})
