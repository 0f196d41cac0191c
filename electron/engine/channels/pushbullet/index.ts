/** Pushbullet: to all devices of an account, to one of them, or to those who subscribed to a channel. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Exchange, Sending, Verdict } from '../channel.ts'
import { ask, type Answer, type Asked } from '../kit/http.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { judge } from './answers.ts'
import { pushbulletSchema, validatePushbullet, type PushbulletConfig } from './config.ts'
import { BASE, formOf, PICTURE, placeOf, pushOf } from './request.ts'

const TIMEOUT_MS = 25_000
/** "max_upload_size" of an account, docs.pushbullet.com "User". */
const PICTURE_BYTES = 26_214_400

export const pushbulletChannel: ChannelKind<PushbulletConfig> = {
  kind: 'pushbullet',
  displayName: 'Pushbullet',
  group: 'people',
  guide: {
    steps: [
      'Log in at Pushbullet, and install its app on your phone.',
      'Open the settings of your account there, choose "Create Access Token", and copy it.',
      'Enter the token here. A free account sends 500 messages a month; progress alone uses that up soon.',
    ],
    links: [{ label: 'Settings of the account', url: 'https://www.pushbullet.com/#settings/account' }],
  },
  // What must not be there twice is the token, which is a secret.
  primary: [],
  configSchema: pushbulletSchema,
  secretFields: { token: { label: 'Access token', required: true } },
  capabilities: { image: 'upload', maxText: null, maxImageBytes: PICTURE_BYTES, canUpdate: false, actions: false, idempotencyKey: true, local: false },
  validateConfig: validatePushbullet,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openPushbullet(destination, ports),
}

type Uploaded = { fileUrl: string } | { fileUrl: null; step: Step }

function openPushbullet({ config, secrets }: DestinationConfig<PushbulletConfig>, ports: ChannelPorts): Channel {
  const closing = new AbortController()

  async function send(sending: Sending): Promise<Verdict> {
    return downTheLadder(config.includePicture ? sending.picture : null, { maxBytes: PICTURE_BYTES }, ports, (picture) => step(picture, sending))
  }

  async function step(picture: Picture | null, sending: Sending): Promise<Step> {
    const uploaded: Uploaded | null = picture === null ? null : await upload(picture, sending)
    if (uploaded?.fileUrl === null) return uploaded.step
    const push = pushOf(sending.message, config, sending.deliveryKey, uploaded?.fileUrl ?? null)
    const asking = await post('pushes', push, sending)
    const exchange = { request: shown(push, picture, config.click), answer: asking.answer === null ? [] : answered(asking.answer) }
    return { verdict: { ...(asking.answer === null ? asking.verdict : judge(asking.answer, ports.clock.now())), exchange }, pictureRefused: false }
  }

  /** Asks where the picture is to go, and brings it there: without the token, which only Pushbullet's own door gets. */
  async function upload(picture: Picture, { signal }: Sending): Promise<Uploaded> {
    const asking = await post('upload-request', PICTURE, { signal })
    if (asking.answer === null) return failed(asking.verdict)
    const said = judge(asking.answer, ports.clock.now())
    if (said.result !== 'delivered') return failed(said)
    const place = placeOf(asking.answer.json)
    if (place === null) return failed({ result: 'rejected', scope: 'message', why: 'Pushbullet named no place for the picture.' })
    const bringing = await ask(ports, { method: 'POST', url: place.upload_url, data: formOf(place, picture), timeoutMs: TIMEOUT_MS, signals: [signal, closing.signal] })
    if (bringing.answer === null) return failed(bringing.verdict)
    const { status } = bringing.answer
    if (status >= 200 && status < 300) return { fileUrl: place.file_url }
    if (status >= 500 || status === 429 || status === 408) return failed({ result: 'retry', after: null, why: `Pushbullet could not take the picture (${status}).` })
    return failed({ result: 'rejected', scope: 'message', why: `Pushbullet does not take this picture (${status}).` })
  }

  function post(door: string, body: object, { signal }: Pick<Sending, 'signal'>): ReturnType<typeof ask> {
    const asked: Asked = {
      method: 'POST', url: `${BASE}/${door}`, headers: { 'Access-Token': secrets.token?.reveal() ?? '', 'Content-Type': 'application/json' },
      data: JSON.stringify(body), timeoutMs: TIMEOUT_MS, signals: [signal, closing.signal],
    }
    return ask(ports, asked)
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

/** The message goes without a picture that is not taken; what else is wrong holds for the message too. */
function failed(verdict: Verdict): Uploaded {
  return { fileUrl: null, step: { verdict, pictureRefused: verdict.result === 'rejected' && verdict.scope === 'message' } }
}

function shown(push: Record<string, string>, picture: Picture | null, click: string): string[] {
  const { file_url: _fileUrl, guid: _guid, ...said } = push
  return [
    ...(picture === null ? [] : [`POST /v2/upload-request, and the picture there: image/jpeg ${Math.ceil(picture.jpeg.byteLength / 1000)} kB`]),
    'POST /v2/pushes',
    ...Object.entries(said).map(([name, value]) => `${name}: ${click === '' ? value : value.replace(click, 'as entered')}`),
  ]
}

function answered({ status, headers }: Answer): Exchange['answer'] {
  const left = headers['x-ratelimit-remaining'] ?? ''
  return [String(status), ...(/^\d{1,9}$/.test(left) ? [`${left} of its rate limit left`] : [])]
}
