/**
 * One connection to a broker, from its first packet to its last. The client library is used for the protocol alone: no reconnecting, no
 * queue, no store that outlives the connection. What was given up here is never sent by it later.
 */
import type { MqttClient } from 'mqtt'
import type { Verdict } from '../channel.ts'
import { verdictOfMqtt } from '../kit/answers-mqtt.ts'
import type { Clock } from '../../ports.ts'
import { ENDED, FLOOD, hex, SILENT, verdictOfBreak, type Answer } from './answers.ts'
import { packetBytes, propertiesOf, type Publication } from './publication.ts'

export interface SessionWishes {
  clock: Clock
  /** From now to the broker's answer. ms */
  timeoutMs: number
  qos: 0 | 1 | 2
  /** Whether anything is to be retained. */
  retain: boolean
  signal: AbortSignal
  /** What is said to connect, for whoever looks at a test. */
  shown: readonly string[]
}

export interface Session {
  /** Whether it still takes anything: not once it was given up, also while its end is under way. */
  usable(): boolean
  /** Resolves with what the broker said, or with why it said nothing. An abort while it is under way ends the connection. Never rejects. */
  publish(publication: Publication, signal: AbortSignal): Promise<Answer>
  /** Hears of what is published on these topics; what the broker says to the wish is only logged by the caller. Resolves with whether all are granted. */
  subscribe(topics: readonly string[], hear: (topic: string, text: string) => void): Promise<boolean>
  /** Called once, when the connection is over. */
  onOver(listener: (why: Verdict) => void): void
  /** Says goodbye, so that the broker publishes no last will; the connection is over after `withinMs` either way. */
  end(withinMs: number): Promise<void>
}

export type Opened = { session: Session } | { session: null; verdict: Verdict }

const TOO_LARGE: Answer = { said: 0x95, stage: 'publish' }
const NO_RETAIN = 0x9a
const NO_SUCH_QOS = 0x9b
/** A broker sends receipts, and a word when Home Assistant starts. One that sends so much more than that is none, or means harm; bytes. */
const UNASKED_BYTES = 4 * 1024 * 1024
/** What a receipt may hold. */
const RECEIPT_BYTES = 1024
/** Of what is published on the topics that we listen to so much is read. */
const LONGEST_HEARD = 64

/** Waits for the broker's answer to the connect. Never rejects. @param client that has just begun to connect */
export function openSession(client: MqttClient, wishes: SessionWishes): Promise<Opened> {
  const { clock, signal } = wishes
  return new Promise((resolve) => {
    let cause: unknown = null
    let own: Verdict | null = null
    let refused: number | null = null
    let connected = false
    let over: Verdict | null = null
    let given = false
    /** Codes of receipts that are not 0, by the packet's id: with a good one the client gives back our packet instead. */
    const receipts = new Map<number, number>()
    let heard: Buffer | null = null
    let unasked = 0
    let strange: { id: number; code: number } | null = null
    const listeners: ((why: Verdict) => void)[] = []

    const why = (): Verdict => own ?? (refused === null ? verdictOfBreak(cause, connected) : verdictOfMqtt(refused, connected ? 'disconnect' : 'connect'))
    /** What came of the packet of this id, now that the connection is over. */
    const lost = (id?: number): Answer => {
      if (strange !== null && strange.id === id) return { said: strange.code, stage: 'publish' }
      return refused !== null && connected && own === null ? { said: refused, stage: 'disconnect' } : { said: null, broke: own === null, verdict: why() }
    }

    /** Takes the connection down; `close` follows. */
    function drop(verdict: Verdict | null): void {
      own ??= verdict
      given = true
      client.end(true)
    }

    const abort = (): void => drop(ENDED)
    const cancel = clock.after(wishes.timeoutMs, () => drop(SILENT))
    signal.addEventListener('abort', abort, { once: true })

    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') refused = failureOf(packet.reasonCode ?? packet.returnCode, true)
      if ((packet.cmd === 'puback' || packet.cmd === 'pubrec') && packet.messageId !== undefined && packet.reasonCode) receipts.set(packet.messageId, packet.reasonCode)
    })
    client.on('disconnect', (packet) => {
      refused = failureOf(packet.reasonCode, false)
      drop(null)
    })
    // Before the parser, which may give up at it.
    client.stream.prependListener('data', (chunk: Buffer) => {
      heard = chunk
      unasked += chunk.byteLength
      if (unasked > UNASKED_BYTES && !given) drop(FLOOD)
    })
    const fail = (error: unknown): void => {
      cause ??= error
      if (connected && heard !== null) strange ??= unlistedIn(heard)
      drop(null)
    }
    client.on('error', fail)
    // Of errors without a code the client tells nothing: a WebSocket that is none.
    client.stream.on('error', fail)
    client.on('connect', (connack) => {
      connected = true
      refused = null
      cancel()
      signal.removeEventListener('abort', abort)
      const limits = connack.properties ?? {}
      const unable = limits.retainAvailable === false && wishes.retain ? NO_RETAIN : (limits.maximumQoS ?? 2) < wishes.qos ? NO_SUCH_QOS : null
      if (unable !== null) return drop(verdictOfMqtt(unable, 'connect'))
      resolve({ session: makeSession(client, { ...limits, qos: wishes.qos, clock, lost, over: () => over, usable: () => !given && over === null, drop, listeners, receipts, spoke: () => { unasked = Math.max(0, unasked - RECEIPT_BYTES) } }) })
    })
    client.on('close', () => {
      cancel()
      signal.removeEventListener('abort', abort)
      over = why()
      resolve({ session: null, verdict: { ...over, exchange: { request: wishes.shown, answer: refused === null ? ['No answer.'] : [`CONNACK ${hex(refused)}`] } } })
      for (const listener of listeners.splice(0)) listener(over)
    })
    if (signal.aborted) abort()
  })
}

interface Inside {
  maximumPacketSize?: number
  receiveMaximum?: number
  qos: 0 | 1 | 2
  clock: Clock
  lost(id?: number): Answer
  over(): Verdict | null
  usable(): boolean
  drop(verdict: Verdict | null): void
  listeners: ((why: Verdict) => void)[]
  receipts: Map<number, number>
  /** Something was said that the broker may answer. */
  spoke(): void
}

function makeSession(client: MqttClient, inside: Inside): Session {
  const { qos, clock } = inside
  const maxPacket = inside.maximumPacketSize ?? null
  const slots = createSlots(inside.receiveMaximum ?? Number.POSITIVE_INFINITY)
  const whenOver = (listener: () => void): (() => void) => {
    if (inside.over() !== null) listener()
    else inside.listeners.push(listener)
    return () => {
      const at = inside.listeners.indexOf(listener)
      if (at >= 0) inside.listeners.splice(at, 1)
    }
  }

  function send(publication: Publication, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        signal.removeEventListener('abort', abort)
        forget()
        resolve(answer)
      }
      // The packet is on its way, and nobody will hear of its receipt: the connection must not bring it later.
      const abort = (): void => {
        settle({ said: null, broke: false, verdict: ENDED })
        inside.drop(ENDED)
      }
      let id = 0
      let forget = (): void => undefined
      forget = whenOver(() => settle(inside.lost(id)))
      signal.addEventListener('abort', abort, { once: true })
      inside.spoke()
      client.publish(publication.topic, publication.payload, { qos, retain: publication.retain, properties: propertiesOf(publication) }, (error) => {
        const code: unknown = error ? (error as { code?: unknown }).code : (inside.receipts.get(id) ?? 0)
        inside.receipts.delete(id)
        // Any other error means that the connection ends; with `close` it is known why.
        if (typeof code === 'number') settle({ said: code, stage: 'publish' })
      })
      id = client.getLastMessageId()
    })
  }

  return {
    usable: inside.usable,
    async publish(publication, signal) {
      if (maxPacket !== null && packetBytes(publication) > maxPacket) return TOO_LARGE
      const leave = qos === 0 ? () => undefined : await slots.enter(signal)
      try {
        if (signal.aborted) return { said: null, broke: false, verdict: ENDED }
        return inside.usable() ? await send(publication, signal) : inside.lost()
      } finally {
        leave()
      }
    },
    subscribe(topics, hear) {
      client.on('message', (topic, payload) => hear(topic, payload.subarray(0, LONGEST_HEARD).toString('utf8')))
      return new Promise((resolve) => {
        whenOver(() => resolve(false))
        client.subscribe([...topics], { qos: 0 }, (error) => resolve(!error))
      })
    },
    onOver(listener) {
      whenOver(() => listener(inside.over() ?? ENDED))
    },
    end(withinMs) {
      return new Promise((resolve) => {
        const cancel = clock.after(withinMs, () => client.stream.destroy())
        whenOver(() => {
          cancel()
          resolve()
        })
        if (inside.over() === null) client.end(false, { reasonCode: 0 })
      })
    },
  }
}

/** Codes from 0x80 on are failures; 1 to 5 are those that version 3.1.1 has for a connect. Nothing else names a cause. */
function failureOf(code: number | undefined, ofConnect: boolean): number | null {
  if (code === undefined || code === 0) return null
  return code >= 0x80 || (ofConnect && code <= 5) ? code : null
}

/** The codes that PUBACK and PUBREC may have (MQTT 5.0, table 3-4). */
const LISTED: ReadonlySet<number> = new Set([0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99])

/**
 * The client's parser gives up at a receipt whose code is not listed for it, and does not say which: mosquitto's 0x95 (too large) in a PUBACK.
 * @param chunk what came last, from the beginning of a packet on; null = no such receipt is in it
 */
function unlistedIn(chunk: Buffer): { id: number; code: number } | null {
  for (let at = 0; at + 5 <= chunk.length;) {
    const type = chunk.readUInt8(at) >> 4
    const length = chunk.readUInt8(at + 1)
    // Longer ones have more than one byte of length; no receipt has.
    if (length > 127) return null
    const code = length > 2 ? chunk.readUInt8(at + 4) : 0
    if ((type === 4 || type === 5) && code >= 0x80 && !LISTED.has(code)) return { id: chunk.readUInt16BE(at + 2), code }
    at += 2 + length
  }
  return null
}

/** Receive Maximum (MQTT 5.0, 3.2.2.3.3): so many messages may wait for their receipts at once. */
function createSlots(most: number): { enter(signal: AbortSignal): Promise<() => void> } {
  let taken = 0
  const waiting: (() => void)[] = []
  const leave = (): void => {
    taken -= 1
    waiting[0]?.()
  }
  const turn = (signal: AbortSignal): Promise<void> => new Promise((resolve) => {
    const go = (): void => {
      const at = waiting.indexOf(go)
      if (at >= 0) waiting.splice(at, 1)
      signal.removeEventListener('abort', go)
      resolve()
    }
    waiting.push(go)
    signal.addEventListener('abort', go, { once: true })
  })
  return {
    async enter(signal) {
      while (taken >= most && !signal.aborted) await turn(signal)
      taken += 1
      return leave
    },
  }
}
