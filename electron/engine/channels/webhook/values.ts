/** What a body of one's own can fill in: everything that the other formats send, and three short cuts. */
import type { Picture } from '../../delivery/message.ts'
import type { Sending } from '../channel.ts'
import { webhookBody, type Shown } from './body.ts'

/** In the order of docs/channels/webhook.md. */
export const TEMPLATE_NAMES = [
  'title', 'body', 'isoTime', 'type', 'severity', 'late', 'time', 'id', 'version', 'event', 'message', 'printer', 'job', 'image', 'native', 'context',
] as const

export function templateValues(sending: Pick<Sending, 'message' | 'deliveryKey'>, picture: Picture | null, shown: Shown): Record<(typeof TEMPLATE_NAMES)[number], unknown> {
  const data = webhookBody(sending, picture, shown)
  return { ...data, title: data.message.title, body: data.message.body, isoTime: new Date(data.time).toISOString() }
}
