/** Drives mqtt-broker.mjs: starts it, gives it rules, reads its receipts. */
import { fork } from 'node:child_process'
import { once } from 'node:events'

type Ack = number | 'none' | 'half' | 'reset' | 'flood' | { disconnect: number } | { pubcomp: number }

/** As mqtt-broker.mjs describes them. */
export interface BrokerRules {
  connack?: number | 'none' | 'half' | 'reset' | 'close' | 'garbage' | 'old'
  properties?: { receiveMaximum?: number; maximumQoS?: number; retainAvailable?: boolean; maximumPacketSize?: number }
  publish?: { topic: string; times?: number; ack: Ack }[]
  suback?: number
}

export interface ConnectReceipt {
  packet: 'connect'
  at: number
  protocol: string
  version: number
  clean: boolean
  keepAlive: number
  properties: Record<string, unknown>
  clientId: string
  will: { topic: string; payload: string; qos: number; retain: boolean; properties: Record<string, unknown> } | null
  user: string | null
  password: string | null
}

export interface PublishReceipt {
  packet: 'publish'
  at: number
  topic: string
  qos: number
  retain: boolean
  dup: boolean
  id: number | null
  properties: Record<string, unknown>
  payload: Buffer
}

export type BrokerReceipt = ConnectReceipt | PublishReceipt | { packet: 'subscribe'; at: number; topics: string[] } | { packet: 'disconnect'; at: number; code: number } | { packet: 'closed'; at: number }

export interface ScriptedBroker {
  port: number
  /** From now on it answers so; what it got before is forgotten. */
  play(rules?: BrokerRules): Promise<void>
  /** What it got since, in order. */
  receipts(): Promise<BrokerReceipt[]>
  published(): Promise<PublishReceipt[]>
  /** Resolves with the receipts as soon as they fit; @throws Error with them after 10 s. */
  until(what: string, fits: (receipts: BrokerReceipt[]) => boolean): Promise<BrokerReceipt[]>
  /** Publishes to everybody who is connected. */
  say(topic: string, text: string, version: 4 | 5): Promise<void>
  close(): Promise<void>
}

const PATIENCE_MS = 10_000

/** @throws Error when it does not start */
export async function startScriptedBroker(): Promise<ScriptedBroker> {
  const child = fork(new URL('mqtt-broker.mjs', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const waiting = new Map<number, (answer: { receipts?: unknown[] }) => void>()
  let next = 0
  child.on('message', (message: { id: number; receipts?: unknown[] }) => {
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })
  function tell(what: object): Promise<{ receipts?: unknown[] }> {
    const id = next++
    return new Promise((done) => {
      waiting.set(id, done)
      child.send({ id, ...what })
    })
  }
  const broker: ScriptedBroker = {
    port,
    async play(rules = {}) {
      await tell({ rules, forget: true })
    },
    async receipts() {
      const { receipts = [] } = await tell({ ask: true })
      return receipts.map((receipt) => {
        const one = receipt as BrokerReceipt
        return one.packet === 'publish' ? { ...one, payload: Buffer.from(one.payload as unknown as string, 'base64') } : one
      })
    },
    published: async () => (await broker.receipts()).filter((receipt) => receipt.packet === 'publish'),
    async until(what, fits) {
      for (const began = performance.now(); ;) {
        const receipts = await broker.receipts()
        if (fits(receipts)) return receipts
        if (performance.now() - began > PATIENCE_MS) throw new Error(`waited for ${what}; came: ${JSON.stringify(receipts.map((one) => (one.packet === 'publish' ? `${one.topic} ${one.payload.subarray(0, 60).toString()}` : one)))}`)
        await new Promise((done) => setTimeout(done, 20))
      }
    },
    async say(topic, text, version) {
      await tell({ say: { topic, text, version } })
    },
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
  return broker
}
