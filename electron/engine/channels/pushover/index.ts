/** Pushover: to all devices of an account, with an emergency that repeats until somebody acknowledges it. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Exchange, Sending, Verdict } from '../channel.ts'
import { ask, type Answer } from '../kit/http.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { judge } from './answers.ts'
import { pushoverSchema, validatePushover, type PushoverConfig } from './config.ts'
import { openReceipts } from './receipts.ts'
import { BASE, bodyOf, fieldsOf, type Fields } from './request.ts'

const TIMEOUT_MS = 25_000
/** Its page says 5 MB, its server has refused more than this ("2700920 bytes is more than 2621440"). */
const PICTURE_BYTES = 2_621_440

export const pushoverChannel: ChannelKind<PushoverConfig> = {
  kind: 'pushover',
  displayName: 'Pushover',
  group: 'people',
  guide: {
    steps: [
      'Log in at Pushover. Your user key stands on the dashboard.',
      'Choose "Create an Application/API Token" there, name it Printbell, and copy its token.',
      'Install the Pushover app on your phone and log in. It costs a few dollars once, after a trial of some weeks.',
      'Enter token and user key here.',
    ],
    links: [
      { label: 'Dashboard', url: 'https://pushover.net/' },
      { label: 'New application', url: 'https://pushover.net/apps/build' },
      { label: 'Sounds', url: 'https://pushover.net/api#sounds' },
    ],
  },
  // What must not be there twice are token and user key together, which are secrets.
  primary: [],
  configSchema: pushoverSchema,
  secretFields: { token: { label: 'Application token', required: true }, user: { label: 'User or group key', required: true } },
  // "At most two connections at once", pushover.net/api "Being Friendly to our API".
  capabilities: { image: 'upload', maxText: 1_274, maxImageBytes: PICTURE_BYTES, canUpdate: false, actions: false, idempotencyKey: false, local: false, parallel: 2 },
  validateConfig: validatePushover,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openPushover(destination, ports),
}

function openPushover(destination: DestinationConfig<PushoverConfig>, ports: ChannelPorts): Channel {
  const { config } = destination
  const closing = new AbortController()
  const receipts = openReceipts(destination, ports, closing.signal)

  async function send(sending: Sending): Promise<Verdict> {
    const fields = fieldsOf(sending.message, config)
    return downTheLadder(config.includePicture ? sending.picture : null, { maxBytes: PICTURE_BYTES }, ports, (picture) => step(fields, picture, sending))
  }

  async function step(fields: Fields, picture: Picture | null, { message, signal }: Sending): Promise<Step> {
    const asking = await ask(ports, { method: 'POST', url: `${BASE}/messages.json`, data: bodyOf(fields, picture, destination), timeoutMs: TIMEOUT_MS, signals: [signal, closing.signal] })
    const exchange = { request: shown(fields, picture), answer: asking.answer === null ? [] : answered(asking.answer) }
    if (asking.answer === null) return { verdict: { ...asking.verdict, exchange }, pictureRefused: false }
    const now = ports.clock.now()
    const { verdict, pictureRefused, receipt } = judge(asking.answer, now)
    if (receipt !== null && message.event !== null) receipts.watch(receipt, message.event.id, now + config.expireSeconds * 1000)
    return { verdict: { ...verdict, exchange }, pictureRefused: pictureRefused && picture !== null }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    async close() {
      receipts.close()
      closing.abort()
    },
  }
}

function shown({ url, ...fields }: Fields, picture: Picture | null): string[] {
  return [
    'POST /1/messages.json',
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    ...(url === undefined ? [] : ['url: as entered']),
    ...(picture === null ? [] : [`attachment: image/jpeg ${Math.ceil(picture.jpeg.byteLength / 1000)} kB`]),
  ]
}

function answered({ status, headers }: Answer): Exchange['answer'] {
  const left = headers['x-limit-app-remaining'] ?? ''
  return [String(status), ...(/^\d{1,9}$/.test(left) ? [`${left} messages left this month`] : [])]
}
