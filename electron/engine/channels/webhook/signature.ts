/** Standard Webhooks 1.0 (standardwebhooks.com, "Signature scheme"): a receiver can tell that a message is ours, whole, and new. */
import { createHmac } from 'node:crypto'
import type { Secret } from '../../settings/secret.ts'

const PREFIX = 'whsec_'
/** The specification's bounds of a key. Bytes. */
const KEY_BYTES = { least: 24, most: 64 }

export interface Signing {
  /** The same on every try. */
  id: string
  /** When this try is made. Epoch ms */
  now: number
  /** Byte by byte as it is sent. */
  body: Uint8Array
}

/** Null = it is no key of this kind; what is wrong with it is never told more exactly. */
export function signingKey(secret: Secret): Uint8Array | null {
  const text = secret.reveal().trim()
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text
  const key = Buffer.from(encoded, 'base64')
  // Buffer reads past what is no base64; what was read is written back to find that out.
  const whole = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '')
  return whole && key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most ? key : null
}

/** The id as the headers have it: a full stop would blur where it ends. */
export function webhookId(deliveryKey: string): string {
  return deliveryKey.replaceAll('.', '_')
}

export function signatureHeaders(key: Uint8Array, { id, now, body }: Signing): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
