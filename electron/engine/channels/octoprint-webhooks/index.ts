/** The webhook as users of OctoPrint-Webhooks know it: their requests, their topics, their parameters. */
import { EVENT_TYPES } from '../../events/model.ts'
import { problemOfAddress } from '../kit/address.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Exchange, Sending, Verdict } from '../channel.ts'
import { downTheLadder } from '../kit/ladder.ts'
import { refused, verdictOf } from './answers.ts'
import { octoprintWebhooksSchema, validateOctoPrintWebhooks, type OctoPrintWebhooksConfig } from './config.ts'
import { askFollowing } from './follow.ts'
import { createOAuth } from './oauth.ts'
import { createOften } from './often.ts'
import type { Variables } from './params.ts'
import { buildRequest, pictureField, wire, type Template } from './request.ts'
import { BAD_SECRETS, missingSecrets, objectOf, secretValues, type SecretValues } from './secrets.ts'
import { hiddenLogin, hiddenSecrets, shownAnswer, shownRequest } from './shown.ts'
import { topicOf, type Topic } from './topics.ts'
import { variablesOf } from './variables.ts'

const TOO_LARGE = 413
const UNAUTHORIZED = 401

export const octoprintWebhooksChannel: ChannelKind<OctoPrintWebhooksConfig> = {
  kind: 'octoprint-webhooks',
  displayName: 'Webhook, OctoPrint-Webhooks format',
  group: 'systems',
  guide: {
    steps: [
      "Import the hooks out of OctoPrint's config.yaml, or enter the address that is to be called.",
      'Put keys and passwords into "API secret" (@apiSecret) or "Other secrets" (@secrets.name), so that none stands in the settings. Where the address itself is the secret, as with Slack, Discord and IFTTT, the address is @secrets.url.',
      'Choose what it hears, and what Test pretends. Test shows what was sent and what came back.',
    ],
    links: [{ label: 'OctoPrint-Webhooks', url: 'https://plugins.octoprint.org/plugins/webhooks/' }],
  },
  // Several hooks may call the same address with different data.
  primary: [],
  configSchema: octoprintWebhooksSchema,
  secretFields: {
    apiSecret: { label: 'API secret (@apiSecret)', required: false, after: 'deviceIdentifier' },
    secrets: { label: 'Other secrets, as {"name": "value"} (@secrets.name)', required: false, after: 'data' },
    oauthHeaders: { label: 'OAuth headers, as JSON', required: false, after: 'oauthContentType', when: { oauth: [true] } },
    oauthData: { label: 'OAuth data, as JSON', required: false, after: 'oauthContentType', when: { oauth: [true] } },
  },
  // A login, the request, and both once more after a 401.
  capabilities: { image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false, everyEvent: true, deadlineMs: 75_000 },
  validateConfig: validateOctoPrintWebhooks,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: ({ method, data }) => typeof data === 'string' && pictureField({ method: method as Template['method'], data: objectOf(data) ?? {} }) !== null,
  needsContext: () => true,
  open: (destination, ports) => openHook(destination, ports),
}

/** What one try brought, and with which login. */
interface Tried {
  verdict: Verdict
  status: number | null
  login: Variables | null
}

function openHook(destination: DestinationConfig<OctoPrintWebhooksConfig>, ports: ChannelPorts): Channel {
  const { config } = destination
  const closing = new AbortController()
  const oauth = createOAuth(destination, ports, closing.signal)
  const often = createOften(config, ports.memory, () => ports.clock.now())
  const secrets = secretValues(destination.secrets)
  const template: Template = { url: config.url, method: config.method, contentType: config.contentType, headers: config.headers, data: objectOf(config.data) ?? {} }

  async function send(sending: Sending): Promise<Verdict> {
    if (secrets === null) return refused(BAD_SECRETS)
    const missing = missingSecrets([config.url, config.data, ...Object.values(config.headers)].join('\n'), secrets)
    if (missing[0] !== undefined) return refused(`${missing.join(', ')} is not set. Add it to "Other secrets".`)
    const topic = topicOf(sending.message, config)
    const why = often.tooOften(sending.message, topic)
    if (why !== null) return { result: 'delivered', detail: why }
    const picture = pictureField(template) === null ? null : sending.picture
    const verdict = await downTheLadder(picture, { maxBytes: null }, ports, async (smaller) => {
      const tried = await withLogin(sending, topic, secrets, smaller)
      return { verdict: tried.verdict, pictureRefused: smaller !== null && tried.status === TOO_LARGE }
    })
    if (verdict.result === 'delivered') often.sent(sending.message, topic)
    return verdict
  }

  /** A login that is not taken any more is renewed once. */
  async function withLogin(sending: Sending, topic: Topic, known: SecretValues, picture: Picture | null): Promise<Tried> {
    const tried = await once(sending, topic, known, picture)
    if (tried.login === null || tried.status !== UNAUTHORIZED) return tried
    oauth.forget(tried.login)
    return once(sending, topic, known, picture)
  }

  async function once(sending: Sending, topic: Topic, known: SecretValues, picture: Picture | null): Promise<Tried> {
    const login = config.oauth ? await oauth.login() : null
    if (login?.ok === false) return { verdict: { ...login.verdict, exchange: { request: [`OAuth login: ${config.oauthMethod}`], answer: login.answer } }, status: null, login: null }
    const fields = login?.fields ?? null
    const built = buildRequest(template, variablesOf(sending, topic, config, known, fields))
    const problem = problemOfAddress(built.url, { credentials: 'write them as a header "Authorization"' })
    if (problem !== null) return { verdict: { result: 'rejected', scope: 'message', why: `Filled in, the address is none that can be called. ${problem}` }, status: null, login: fields }
    const request = [
      ...(fields === null ? [] : ['OAuth login: done']),
      ...shownRequest(buildRequest(template, variablesOf(sending, topic, config, hiddenSecrets(known), hiddenLogin(fields))), picture),
    ]
    const { asking, stop, secure } = await askFollowing(ports, { ...wire(built, picture), timeoutMs: config.timeoutMs, signals: [sending.signal, closing.signal] })
    if (asking.answer === null) return { verdict: { ...asking.verdict, exchange: { request, answer: [] } }, status: null, login: fields }
    const exchange: Exchange = { request, answer: shownAnswer(asking.answer, built.url) }
    return { verdict: { ...verdictOf({ answer: asking.answer, stop, secure }, config.method, ports.clock.now()), exchange }, status: asking.answer.status, login: fields }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}
