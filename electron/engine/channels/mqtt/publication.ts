/** One message for a topic, and how large it is on the wire. */

export interface Publication {
  topic: string
  payload: Buffer
  /** The broker keeps it for whoever subscribes later. */
  retain: boolean
  /** Version 5 only, as all below. */
  contentType: string
  /** The payload is UTF-8. */
  text: boolean
  /** Seconds after which nobody needs it any more; null = never. */
  expiry: number | null
  /** For whoever routes messages without opening them. */
  user: Readonly<Record<string, string>>
}

export function jsonPublication(topic: string, json: unknown, over: Partial<Publication> = {}): Publication {
  return { topic, payload: Buffer.from(JSON.stringify(json)), retain: false, contentType: 'application/json', text: true, expiry: null, user: {}, ...over }
}

export function retainedText(topic: string, text: string): Publication {
  return { topic, payload: Buffer.from(text), retain: true, contentType: 'text/plain', text: true, expiry: null, user: {} }
}

/** An empty retained message takes away what is kept (MQTT 5.0, 3.3.1.3). */
export function clearing(topic: string): Publication {
  return { ...retainedText(topic, ''), contentType: '' }
}

export interface PublishProperties {
  payloadFormatIndicator?: boolean
  messageExpiryInterval?: number
  contentType?: string
  userProperties?: Record<string, string>
}

export function propertiesOf({ contentType, text, expiry, user }: Publication): PublishProperties {
  return {
    ...(text ? { payloadFormatIndicator: true } : {}),
    ...(expiry === null ? {} : { messageExpiryInterval: expiry }),
    ...(contentType === '' ? {} : { contentType }),
    ...(Object.keys(user).length === 0 ? {} : { userProperties: { ...user } }),
  }
}

/** The whole packet of version 5, at most some bytes more than it is: what a broker's maximum packet size counts (MQTT 5.0, 3.3). */
export function packetBytes(publication: Publication): number {
  const bytes = Buffer.byteLength
  const user = Object.entries(publication.user).reduce((sum, [name, value]) => sum + 5 + bytes(name) + bytes(value), 0)
  const properties = 2 + 5 + 3 + bytes(publication.contentType) + user
  // First byte, remaining length, topic, packet identifier, length of the properties.
  return 1 + 4 + 2 + bytes(publication.topic) + 2 + 4 + properties + publication.payload.byteLength
}
