/** The Apprise API gateway: a server of the user's own that hands a message on to any of some 150 services. */
import { EVENT_TYPES, type Severity } from '../../events/model.ts'
import type { Message, Picture } from '../../delivery/message.ts'
import { cutEnd } from '../../delivery/text.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { ask } from '../kit/http.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { picturePart } from '../kit/picture-part.ts'
import { judge, MAY_HAVE_ARRIVED } from './answers.ts'
import { appriseSchema, validateApprise, type AppriseConfig } from './config.ts'
import { watched } from './reaching.ts'

/** It asks one service after the other before it answers. ms */
const TIMEOUT_MS = 60_000
const DEADLINE_MS = 70_000
/** Of the gateway's form, apprise-api forms.py and Apprise's own defaults; characters. */
const TITLE_LIMIT = 250
const BODY_LIMIT = 32_768
const PICTURE_NAME = 'snapshot.jpg'

/** Apprise's four types; services colour by it or choose a picture. */
const TYPES: Readonly<Record<Severity, string>> = { info: 'info', success: 'success', warning: 'warning', error: 'failure', critical: 'failure' }

export const appriseChannel: ChannelKind<AppriseConfig> = {
  kind: 'apprise',
  displayName: 'Apprise gateway',
  group: 'systems',
  guide: {
    steps: [
      'Run the Apprise API server on a computer of yours, for example in Docker.',
      'Open its page, choose a key, and save the addresses of your services there.',
      'Enter the address of the server and the key here.',
    ],
    links: [
      { label: 'Apprise API server', url: 'https://github.com/caronc/apprise-api' },
      { label: 'Addresses of services', url: 'https://appriseit.com/services/' },
    ],
  },
  primary: ['server', 'key', 'tags'],
  configSchema: appriseSchema,
  secretFields: { urls: { label: 'Addresses of services', required: false, after: 'key' }, password: { label: 'Password', required: false, after: 'user' } },
  capabilities: { image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false, deadlineMs: DEADLINE_MS },
  validateConfig: validateApprise,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openApprise(destination, ports),
}

function openApprise(destination: DestinationConfig<AppriseConfig>, ports: ChannelPorts): Channel {
  const { config, secrets } = destination
  const closing = new AbortController()
  const asked = { key: config.key, tags: config.tags, urlsLength: secrets.urls?.reveal().length ?? 0 }

  async function send(sending: Sending): Promise<Verdict> {
    return downTheLadder(config.includePicture ? sending.picture : null, { maxBytes: null }, ports, (picture) => step(sending, picture))
  }

  async function step({ message, signal }: Sending, picture: Picture | null): Promise<Step> {
    const { net, reached } = watched(ports.net)
    const asking = await ask({ clock: ports.clock, net }, {
      method: 'POST',
      url: `${config.server}/notify${config.key === '' ? '/' : `/${config.key}`}`,
      // One connection for each: of one that was kept open and closed meanwhile nobody could tell whether the message had arrived.
      headers: { ...authorization(), Accept: 'application/json', 'X-Apprise-Log-Level': 'info', Connection: 'close' },
      data: formOf(message, picture, destination),
      timeoutMs: TIMEOUT_MS,
      signals: [signal, closing.signal],
    })
    const request = shown(message, picture, config)
    if (asking.answer === null) {
      const verdict = reached() ? unanswered(asking.timedOut) : asking.verdict
      return { verdict: { ...verdict, exchange: { request, answer: [] } }, pictureRefused: false }
    }
    const { verdict, pictureRefused } = judge(asking.answer, asked, ports.clock.now())
    return { verdict: { ...verdict, exchange: { request, answer: [String(asking.answer.status)] } }, pictureRefused: pictureRefused && picture !== null }
  }

  function authorization(): Record<string, string> {
    const password = secrets.password?.reveal() ?? ''
    if (config.user === '' && password === '') return {}
    return { Authorization: `Basic ${Buffer.from(`${config.user}:${password}`).toString('base64')}` }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

/** The request was out. A second one would ring twice wherever the first one went through. */
function unanswered(timedOut: boolean): Verdict {
  const what = timedOut ? `The gateway did not answer within ${TIMEOUT_MS / 1000} s.` : 'The gateway broke the connection before it answered.'
  return { result: 'rejected', scope: 'message', why: `${what} ${MAY_HAVE_ARRIVED}` }
}

function formOf(message: Message, picture: Picture | null, { config, secrets }: DestinationConfig<AppriseConfig>): FormData {
  const form = new FormData()
  if (config.key === '' && secrets.urls !== undefined) form.append('urls', secrets.urls.reveal())
  form.append('title', cutEnd(message.title, TITLE_LIMIT))
  form.append('body', cutEnd(message.body === '' ? message.title : message.body, BODY_LIMIT))
  form.append('type', TYPES[message.severity])
  form.append('format', 'text')
  // Without a tag the gateway would leave out every service that has one.
  if (config.tags !== '' || config.key !== '') form.append('tag', config.tags === '' ? 'all' : config.tags)
  if (picture !== null) form.append('attach', picturePart(picture), PICTURE_NAME)
  return form
}

function shown(message: Message, picture: Picture | null, { key, tags }: AppriseConfig): string[] {
  return [
    `POST /notify/${key === '' ? '' : '••••••••'}`,
    `title: ${message.title}`,
    `body: ${message.body}`,
    `type: ${TYPES[message.severity]}${tags === '' ? '' : `  tag: ${tags}`}`,
    ...(picture === null ? [] : [`attach: image/jpeg ${Math.ceil(picture.jpeg.byteLength / 1000)} kB`]),
  ]
}
