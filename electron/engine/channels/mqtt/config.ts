import { z } from 'zod'
import { problemOfHost } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'

/** Ports that a scheme stands for (MQTT 5.0, 4.2 names 1883 and 8883; those of WebSocket are HTTP's). */
const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 }

/** Where a broker is, taken apart. */
export interface BrokerAddress {
  protocol: 'mqtt' | 'mqtts' | 'ws' | 'wss'
  host: string
  port: number
  /** Of a WebSocket; with its query. */
  path: string
}

/** @param text that the schema has taken */
export function brokerAt(text: string): BrokerAddress {
  const scheme = new URL(text).protocol
  const url = asWeb(text)
  return { protocol: scheme.slice(0, -1) as BrokerAddress['protocol'], host: url.hostname, port: portOf(text) ?? PORTS[scheme] ?? 1883, path: `${url.pathname}${url.search}` }
}

/** Only of web addresses URL understands the host the way it is connected to: numbers as IPv4, names in their ASCII form. */
function asWeb(text: string): URL {
  return new URL(text.replace(/^[a-z]+:/i, 'http:'))
}

/** URL drops a port that its scheme stands for: for http that is 80, which is none of ours. */
function portOf(text: string): number | null {
  const { port } = new URL(text.replace(/^[a-z]+:/i, 'mqtt:'))
  return port === '' ? null : Number(port)
}

function problemOfBroker(text: string): string | null {
  if (!URL.canParse(text) || !Object.hasOwn(PORTS, new URL(text).protocol)) return 'Not the address of a broker. Start with mqtt://, mqtts://, ws:// or wss://.'
  if (!URL.canParse(text.replace(/^[a-z]+:/i, 'http:'))) return 'The address names no computer.'
  const url = asWeb(text)
  if (url.username !== '' || url.password !== '') return 'Take user and password out of the address; they have fields of their own.'
  if (/^mqtts?:/i.test(text) && (url.pathname !== '/' || url.search !== '')) return 'A path belongs to ws:// and wss:// only. Take it away; topics have a field of their own.'
  return problemOfHost(url.hostname)
}

const broker = z.string().trim().superRefine((text, context) => {
  const message = problemOfBroker(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

const LONGEST_PREFIX = 100

/** The beginning of a topic: what MQTT 5.0, 4.7 allows in a name, less what makes topics that nobody finds again. */
function problemOfPrefix(text: string): string | null {
  if (text === '') return 'The topics need a beginning. Enter a word, such as printbell.'
  if (text.length > LONGEST_PREFIX) return `At most ${LONGEST_PREFIX} characters. Shorten it.`
  if (/[+#]/.test(text)) return 'The signs + and # stand for any topic. Take them away.'
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)) return 'It stands on one line, in plain characters.'
  if (text.startsWith('$')) return 'Topics that begin with $ belong to the broker. Begin with a letter.'
  return text.split('/').includes('') ? 'Something must stand before and behind each slash. Take the others away.' : null
}

const prefix = z.string().trim().superRefine((text, context) => {
  const message = problemOfPrefix(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

export const mqttSchema = z.strictObject({
  url: broker.meta({ title: 'Broker', description: 'mqtt://broker.lan, encrypted mqtts://broker.lan; or ws:// and wss:// with a path' }),
  user: z.string().trim().max(200, 'A user has at most 200 characters. Shorten it.').default('').meta({ title: 'User', description: 'Empty where the broker asks for none' }),
  prefix: prefix.default('printbell').meta({ title: 'Topics begin with', description: 'Each Printbell needs its own: printbell/workshop' }),
  protocol: z.enum(['5', '3.1.1']).default('5').meta({ title: 'MQTT version', description: '3.1.1 for old brokers' }),
  qos: z.literal([0, 1, 2], 'The quality of service is 0, 1 or 2.').default(1).meta({ title: 'Quality of service', description: '0: sent without a receipt. 1: until the broker has it. 2: as 1, once for each connection' }),
  state: z.boolean().default(true).meta({ title: 'Retained state', description: 'The broker keeps how each printer stands, for whoever asks later. Off: nothing is retained' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'On a topic of its own, before the event that it belongs to' }),
  homeAssistant: z.boolean().default(false).meta({ title: 'Show in Home Assistant', description: 'Printers appear there by themselves. Needs the retained state' }),
  homeAssistantPrefix: prefix.default('homeassistant').meta({ when: { homeAssistant: [true] }, title: "Home Assistant's topics", description: 'Where it looks for devices' }),
  clientName: z.string().trim().regex(/^[\x21-\x7e]{0,128}$/, 'At most 128 plain characters without blanks.').default('')
    .meta({ title: 'Client name', description: 'Only where the broker asks for a certain one. No other program may use it' }),
  timeoutMs: z.number().int().min(1_000).max(25_000).default(10_000).meta({ title: 'Wait at most', description: 'How long the broker may take for one message', unit: 'ms' }),
}).superRefine((config, context) => {
  if (config.homeAssistant && !config.state) context.addIssue({ code: 'custom', path: ['homeAssistant'], message: 'Home Assistant reads the retained state. Switch it on as well.' })
})

export type MqttConfig = z.output<typeof mqttSchema>

export const validateMqtt = checkedBy(mqttSchema)
