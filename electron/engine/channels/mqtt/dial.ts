/** How the client library is told to connect. */
import type { IClientOptions, MqttClient } from 'mqtt'
import type { ChannelPorts, DestinationConfig } from '../channel.ts'
import { brokerAt, type MqttConfig } from './config.ts'
import { propertiesOf, type Publication } from './publication.ts'

/** Without a sound of us for so long, and half as long again, the broker publishes the last will. Seconds. */
const KEEPALIVE_S = 30
/** We only listen to words like "online"; a broker of version 5 sends us nothing larger. Bytes. */
const LONGEST_HEARD = 64 * 1024
/** The waiting is done by the session, on the engine's clock. ms */
const NO_TIMEOUT = 2 ** 31 - 1

export interface Dialling {
  destination: DestinationConfig<MqttConfig>
  ports: Pick<ChannelPorts, 'net'>
  clientName: string
  /** What the broker publishes when we are gone without a goodbye; null = nothing. */
  will: Publication | null
}

/** Begins to connect; the library is loaded with the first connection. */
export async function dial(dialling: Dialling): Promise<MqttClient> {
  const { default: mqtt } = await import('mqtt')
  return mqtt.connect(optionsOf(dialling))
}

export function optionsOf({ destination: { config, secrets }, ports, clientName, will }: Dialling): IClientOptions {
  const { protocol, host, port, path } = brokerAt(config.url)
  const isNew = config.protocol === '5'
  const isWeb = protocol === 'ws' || protocol === 'wss'
  const ca = ports.net.tls?.ca
  return {
    protocol,
    // In an address of the web an IPv6 host stands in brackets, for a socket it does not.
    hostname: isWeb ? host : host.replace(/^\[|\]$/g, ''),
    port,
    ...(isWeb ? { path } : {}),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    protocolVersion: isNew ? 5 : 4,
    clientId: clientName,
    ...(config.user === '' ? {} : { username: config.user }),
    ...(config.user === '' || secrets.password === undefined ? {} : { password: secrets.password.reveal() }),
    // Nothing is left for a later connection to send: what was given up here comes again from the outbox, with the same id.
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    keepalive: KEEPALIVE_S,
    connectTimeout: NO_TIMEOUT,
    ...(isNew ? { properties: { sessionExpiryInterval: 0, maximumPacketSize: LONGEST_HEARD } } : {}),
    ...(will === null ? {} : { will: { topic: will.topic, payload: will.payload, qos: config.qos, retain: will.retain, ...(isNew ? { properties: propertiesOf(will) } : {}) } }),
    // Its own log would hold the password.
    log: () => undefined,
  }
}
