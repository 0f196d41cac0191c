/** The webhook: a POST of one JSON object per event, with the picture beside it. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { ask } from '../kit/http.ts'
import { PICTURE_NAME, webhookBody } from './body.ts'
import { validateWebhook, webhookSchema, type WebhookConfig } from './config.ts'

const TOO_LARGE = 413

export const webhookChannel: ChannelKind<WebhookConfig> = {
  kind: 'webhook',
  displayName: 'Webhook',
  group: 'systems',
  guide: { steps: ['Enter the address that is to receive each event. It gets a POST of one JSON object, with the picture beside it.'], links: [] },
  primary: ['url'],
  configSchema: webhookSchema,
  secretFields: { token: { label: 'Bearer token', required: false } },
  capabilities: { image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: true, local: false },
  validateConfig: validateWebhook,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openWebhook(destination, ports),
}

function openWebhook(destination: DestinationConfig<WebhookConfig>, ports: ChannelPorts): Channel {
  const closing = new AbortController()

  async function send(sending: Sending): Promise<Verdict> {
    const picture = destination.config.includePicture ? sending.picture : null
    const { verdict, status } = await post(sending, picture)
    if (picture === null || status !== TOO_LARGE) return verdict
    // Too large with its picture is no reason to lose the text.
    const { verdict: plain } = await post(sending, null)
    return plain.result === 'delivered' ? { result: 'delivered', detail: `${plain.detail} Without its picture: too large for it.` } : plain
  }

  async function post(sending: Sending, picture: Picture | null): Promise<{ verdict: Verdict; status: number | null }> {
    const { data, headers } = payload(sending, picture)
    const asking = await ask(ports, {
      method: 'POST',
      url: destination.config.url,
      data,
      headers: { ...destination.config.headers, ...headers, ...authorization(destination), 'Idempotency-Key': sending.deliveryKey },
      timeoutMs: destination.config.timeoutMs,
      signals: [sending.signal, closing.signal],
    })
    if (asking.answer === null) return { verdict: asking.verdict, status: null }
    const { status } = asking.answer
    return { verdict: verdictOfStatus(status, asking.answer.headers['retry-after'], ports.clock.now()), status }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

function payload(sending: Sending, picture: Picture | null): { data: string | FormData; headers: Record<string, string> } {
  const json = JSON.stringify(webhookBody(sending, picture))
  if (picture === null) return { data: json, headers: { 'Content-Type': 'application/json' } }
  const form = new FormData()
  form.append('event', new Blob([json], { type: 'application/json' }), 'event.json')
  // A copy into a buffer of its own: the picture may be a view into a larger one.
  form.append('picture', new Blob([new Uint8Array(picture.jpeg)], { type: 'image/jpeg' }), PICTURE_NAME)
  return { data: form, headers: {} }
}

function authorization(destination: DestinationConfig<WebhookConfig>): Record<string, string> {
  const token = destination.secrets.token
  return token === undefined ? {} : { Authorization: `Bearer ${token.reveal()}` }
}
