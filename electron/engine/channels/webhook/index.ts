/** The webhook: one request per event to an address of the user's own, as a CloudEvent, as plain JSON, or as the user writes it. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Exchange, Sending, Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { ask, type Answer } from '../kit/http.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { TemplateProblem } from '../../delivery/templates/liquid.ts'
import { sendsPictures, validateWebhook, webhookSchema, type WebhookConfig } from './config.ts'
import { answerLines, requestLines } from './exchange.ts'
import { payloadOf, type Payload } from './request.ts'
import { signatureHeaders, signingKey, webhookId } from './signature.ts'

const TOO_LARGE = 413
const NOT_THIS_METHOD = 405

export const webhookChannel: ChannelKind<WebhookConfig> = {
  kind: 'webhook',
  displayName: 'Webhook',
  group: 'systems',
  guide: {
    steps: [
      'Enter the address that is to receive each event. It gets one request for each, with the picture beside it.',
      'Give it a bearer token or a signing secret, so that it can tell that the request comes from here. Both are yours to choose.',
      'Send a test: it shows what was sent and what was answered.',
    ],
    links: [
      { label: 'CloudEvents', url: 'https://cloudevents.io/' },
      { label: 'Checking a signature (Standard Webhooks)', url: 'https://www.standardwebhooks.com/' },
      { label: 'Liquid templates', url: 'https://liquidjs.com/tutorials/intro-to-liquid.html' },
    ],
  },
  primary: ['url'],
  configSchema: webhookSchema,
  // Those that were there before there was a choice keep what their receivers know.
  fresh: { format: 'cloudevents' },
  secretFields: { token: { label: 'Bearer token', required: false, after: 'url' }, signingSecret: { label: 'Signing secret', required: false, after: 'url' } },
  capabilities: { image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: true, local: false, everyEvent: true },
  validateConfig: validateWebhook,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: sendsPictures,
  needsContext: (config) => config.includeContext === true,
  open: (destination, ports) => openWebhook(destination, ports),
}

function openWebhook(destination: DestinationConfig<WebhookConfig>, ports: ChannelPorts): Channel {
  const { config } = destination
  const closing = new AbortController()

  async function send(sending: Sending): Promise<Verdict> {
    try {
      return await downTheLadder(sendsPictures(config) ? sending.picture : null, { maxBytes: null }, ports, (picture) => step(sending, picture))
    } catch (error) {
      if (error instanceof TemplateProblem) return { result: 'rejected', scope: 'message', why: error.message }
      throw error
    }
  }

  async function step(sending: Sending, picture: Picture | null): Promise<Step> {
    const payload = await payloadOf(config, sending, picture)
    const signed = signatureOf(sending, payload)
    if (signed === null) return { verdict: NO_KEY, pictureRefused: false }
    const headers = { ...config.headers, 'Content-Type': payload.contentType, 'Idempotency-Key': sending.deliveryKey, ...signed }
    const asking = await ask(ports, {
      method: config.method,
      url: config.url,
      data: payload.bytes,
      headers: { ...headers, ...authorization(destination) },
      timeoutMs: config.timeoutMs,
      signals: [sending.signal, closing.signal],
    })
    const exchange: Exchange = { request: requestLines(config.method, headers, payload), answer: asking.answer === null ? [] : answerLines(asking.answer) }
    if (asking.answer === null) return { verdict: { ...asking.verdict, exchange }, pictureRefused: false }
    return { verdict: { ...judge(asking.answer), exchange }, pictureRefused: picture !== null && asking.answer.status === TOO_LARGE }
  }

  function judge({ status, headers }: Answer): Verdict {
    if (status === NOT_THIS_METHOD) return { result: 'rejected', scope: 'destination', why: `The server takes no ${config.method} (405). Check the address and the method.` }
    return verdictOfStatus(status, headers['retry-after'], ports.clock.now())
  }

  /** Null = there is a secret, but no key can be made of it. */
  function signatureOf(sending: Sending, { bytes }: Payload): Record<string, string> | null {
    const secret = destination.secrets.signingSecret
    if (secret === undefined) return {}
    const key = signingKey(secret)
    return key && signatureHeaders(key, { id: webhookId(sending.deliveryKey), now: ports.clock.now(), body: bytes })
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

const NO_KEY: Verdict = {
  result: 'rejected', scope: 'destination', why: 'The signing secret can not be used. It is "whsec_" and 24 to 64 bytes in base64: enter the one that the receiver has.',
}

function authorization(destination: DestinationConfig<WebhookConfig>): Record<string, string> {
  const token = destination.secrets.token
  return token === undefined ? {} : { Authorization: `Bearer ${token.reveal()}` }
}
