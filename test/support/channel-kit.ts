/** What tests of channels share: ports, sendings, a picture, and one event of every type. */
import axios from 'axios'
import type { ChannelKind, ChannelPorts, Sending } from '../../electron/engine/channels/channel.ts'
import { passingMemory } from '../../electron/engine/channels/memory.ts'
import type { Picture } from '../../electron/engine/delivery/message.ts'
import { render } from '../../electron/engine/delivery/render.ts'
import type { EventType, PrinterCapabilities, PrinterEvent } from '../../electron/engine/events/model.ts'
import type { Clock } from '../../electron/engine/ports.ts'
import { memoryLog } from './log.ts'
import { anEvent, LAMP, NOON } from './rule-fixtures.ts'

/** What no verdict, log line or note may ever hold. */
export const CANARY = 'canary-7f3a91'

/** Bytes that begin and end as a JPEG: what is sent must arrive byte by byte. */
export const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...Array.from({ length: 5_000 }, (_, index) => (index * 31) % 256), 0xff, 0xd9])
export const PICTURE: Picture = { jpeg: JPEG, file: '/somewhere/x.jpg', width: 1280, height: 960, takenAt: NOON }

/** A name that breaks whoever does not escape for the far side's markup: *bold*, _it_, <tag>, &, [link](x), @everyone, `code`, ~. */
export const HOSTILE_NAME = '*b* _i_ <u>&amp; [l](x) @everyone `c` ~s~ #1'

const ALL: PrinterCapabilities = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }

/** The wall clock stands at NOON; waits are real. */
export const standingClock: Clock = {
  now: () => NOON,
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}

/** `shrink` makes a picture of as many bytes as its longest edge has px, so that tests can tell the steps apart. */
export function channelPorts(over: Partial<ChannelPorts> = {}): ChannelPorts & { log: ReturnType<typeof memoryLog> } {
  const log = memoryLog()
  return {
    clock: standingClock, random: () => 0.5, net: { http: axios.create({ proxy: false }), online: () => true }, memory: passingMemory(), pressed: () => undefined,
    shrink: async (picture, edge) => ({ ...picture, jpeg: JPEG.slice(0, edge), width: edge, height: Math.round((edge * picture.height) / picture.width) }),
    ...over, log,
  }
}

/** A done print unless told. */
export function sendingOf(event: PrinterEvent = anEvent('job.done', { job: LAMP, severity: 'success', printTime: 12_960, snapshot: 'final' }), over: Partial<Sending> = {}, destinationId = 'dest'): Sending {
  return {
    message: render(event, { now: NOON, capabilities: ALL, timeZone: 'UTC' }), picture: null, deliveryKey: `${event.id}.${destinationId}`, attempt: 1, update: false,
    signal: new AbortController().signal, ...over,
  }
}

/** An event with what its type usually carries. */
export function eventOf(type: EventType, over: Partial<PrinterEvent> = {}): PrinterEvent {
  const job = type.startsWith('job.') || type.startsWith('attention.') || type.startsWith('failure.') ? { job: LAMP, progress: 0.42, remaining: 5_400 } : {}
  return anEvent(type, { ...job, ...over })
}

/** The fields of a kind that a test of something else need not know. */
export const PLAIN_KIND: Pick<ChannelKind, 'group' | 'guide' | 'primary'> = { group: 'systems', guide: { steps: [], links: [] }, primary: [] }
