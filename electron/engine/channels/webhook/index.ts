/** The webhook: a POST of one JSON object per event, with the picture beside it. */
import type { AxiosResponse } from 'axios'
import type { Readable } from 'node:stream'
import { EVENT_TYPES } from '../../events/model.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { verdictOfFailure, verdictOfStatus } from './answers.ts'
import { PICTURE_NAME, webhookBody } from './body.ts'
import { validateWebhook, webhookSchema, type WebhookConfig } from './config.ts'

/** Of an answer's body so much is read, to end the exchange in good order; nothing of it is used. */
const DRAIN_AT_MOST = 64 * 1024
const TOO_LARGE = 413

export const webhookChannel: ChannelKind<WebhookConfig> = {
  kind: 'webhook',
  displayName: 'Webhook',
  configSchema: webhookSchema,
  secretFields: { token: { label: 'Token, sent as "Authorization: Bearer"', required: false } },
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
    const late = new AbortController()
    const signal = AbortSignal.any([sending.signal, closing.signal, late.signal])
    const cancel = ports.clock.after(destination.config.timeoutMs, () => late.abort())
    try {
      const { data, headers } = payload(sending, picture)
      const response = await ports.net.http.request<Readable>({
        method: 'post',
        url: destination.config.url,
        data,
        headers: { ...destination.config.headers, ...headers, ...authorization(destination), 'Idempotency-Key': sending.deliveryKey },
        signal,
        maxRedirects: 0,
        maxBodyLength: Number.POSITIVE_INFINITY,
        responseType: 'stream',
        decompress: false,
        validateStatus: () => true,
      })
      await drain(response, signal)
      return { verdict: verdictOfStatus(response.status, response.headers['retry-after'], ports.clock.now()), status: response.status }
    } catch (error) {
      return { verdict: verdictOfFailure(error, late.signal.aborted), status: null }
    } finally {
      cancel()
    }
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
  const agent = { 'User-Agent': 'Printbell' }
  if (picture === null) return { data: json, headers: { ...agent, 'Content-Type': 'application/json' } }
  const form = new FormData()
  form.append('event', new Blob([json], { type: 'application/json' }), 'event.json')
  // A copy into a buffer of its own: the picture may be a view into a larger one.
  form.append('picture', new Blob([new Uint8Array(picture.jpeg)], { type: 'image/jpeg' }), PICTURE_NAME)
  return { data: form, headers: agent }
}

function authorization(destination: DestinationConfig<WebhookConfig>): Record<string, string> {
  const token = destination.secrets.token
  return token === undefined ? {} : { Authorization: `Bearer ${token.reveal()}` }
}

/** Reads the answer's body to its end, within bounds; its status is known already, so nothing that happens here matters. */
async function drain(response: AxiosResponse<Readable>, signal: AbortSignal): Promise<void> {
  let bytes = 0
  await new Promise<void>((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end)
      response.data.destroy()
      resolve()
    }
    response.data.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > DRAIN_AT_MOST) end()
    })
    response.data.once('end', end)
    response.data.once('close', end)
    response.data.on('error', end)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
