/** ntfy: a message to everybody who has subscribed to a topic, on ntfy.sh or a server of one's own. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Exchange, Sending, Verdict } from '../channel.ts'
import { ask, type Answer } from '../kit/http.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { judge, keptTogether } from './answers.ts'
import { NTFY_SH, ntfySchema, validateNtfy, type NtfyConfig } from './config.ts'
import { published, requestOf, type NtfyRequest, type Published } from './request.ts'

/** A picture goes up slowly on some lines; the deadline of the try is 30 s. */
const TIMEOUT_MS = 25_000
/** docs.ntfy.sh/publish "Limitations": what ntfy.sh takes, and a server's default. Bytes. */
const PICTURE_BYTES = { ntfySh: 2 * 1024 * 1024, own: 15 * 1024 * 1024 }

export const ntfyChannel: ChannelKind<NtfyConfig> = {
  kind: 'ntfy',
  displayName: 'ntfy',
  group: 'people',
  guide: {
    steps: [
      'Install the ntfy app on your phone.',
      'Subscribe to a topic there. Choose a long name that nobody guesses: anyone who knows it can read it.',
      'Enter the same topic here. An access token is only needed where the topic is protected; it is made in the web app under Account.',
    ],
    links: [
      { label: 'ntfy for Android and iPhone', url: 'https://docs.ntfy.sh/subscribe/phone/' },
      { label: 'Access tokens', url: 'https://docs.ntfy.sh/publish/#access-tokens' },
    ],
  },
  primary: ['topic'],
  configSchema: ntfySchema,
  secretFields: { token: { label: 'Access token', required: false, after: 'topic' }, password: { label: 'Password', required: false, after: 'user' } },
  // canUpdate is false on purpose: an update rings once more, and an iPhone shows it as a second message. So the text waits for its
  // picture, and only a later message of the same print takes the place of the one before it (request.ts, sequenceOf).
  capabilities: {
    image: 'upload', maxText: null, maxImageBytes: PICTURE_BYTES.ntfySh, canUpdate: false, actions: false, idempotencyKey: false, local: false, rate: { burst: 60, everyMs: 5_000 },
  },
  validateConfig: validateNtfy,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openNtfy(destination, ports),
}

function openNtfy(destination: DestinationConfig<NtfyConfig>, ports: ChannelPorts): Channel {
  const { config, secrets } = destination
  const closing = new AbortController()

  async function send(sending: Sending): Promise<Verdict> {
    if (config.user !== '' && secrets.token === undefined && secrets.password === undefined) {
      return { result: 'rejected', scope: 'destination', why: `The password of the user is missing. Enter it, or take the user away.` }
    }
    const said = published(sending, config)
    const maxBytes = config.server === NTFY_SH ? PICTURE_BYTES.ntfySh : PICTURE_BYTES.own
    return downTheLadder(config.includePicture ? sending.picture : null, { maxBytes }, ports, (picture) => step(said, picture, sending.signal))
  }

  async function step(said: Published, picture: Picture | null, signal: AbortSignal): Promise<Step> {
    const request = requestOf(said, picture, destination)
    const asking = await ask(ports, { ...request, timeoutMs: TIMEOUT_MS, signals: [signal, closing.signal] })
    const exchange = { request: shown(request, said, picture), answer: asking.answer === null ? [] : answered(asking.answer, config.keepOneMessage) }
    if (asking.answer === null) return { verdict: { ...asking.verdict, exchange }, pictureRefused: false }
    const { picture: refusal, ...verdict } = judge(asking.answer, ports.clock.now())
    if (picture === null || refusal === undefined) return { verdict: { ...verdict, exchange }, pictureRefused: false }
    if (refusal.take === 'smaller') return { verdict: { ...verdict, exchange }, pictureRefused: true }
    // No size of it would do.
    const plain = await step(said, null, signal)
    return plain.verdict.result === 'delivered' ? { ...plain, verdict: { ...plain.verdict, detail: `${plain.verdict.detail} Without its picture: ${refusal.because}.` } } : plain
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

/** The topic is as good as a password: dots in its place. */
function shown(request: NtfyRequest, said: Published, picture: Picture | null): string[] {
  return [
    picture === null ? `${request.method} /` : `${request.method} /••••••••`,
    `Title: ${said.title}`,
    `Message: ${said.message}`,
    `Priority: ${said.priority}${said.tags.length > 0 ? `  Tags: ${said.tags.join(', ')}` : ''}`,
    ...(picture === null ? [] : [`image/jpeg ${Math.ceil(picture.jpeg.byteLength / 1000)} kB`]),
  ]
}

function answered({ status, json }: Answer, keepOneMessage: boolean): Exchange['answer'] {
  const code: unknown = typeof json === 'object' && json !== null && 'code' in json ? json.code : null
  const older = keepOneMessage && keptTogether(json) === false
  return [
    typeof code === 'number' ? `${status}, code ${code}` : String(status),
    ...(older ? ['This server is older than 2.16: later messages of a print stand beside the earlier ones.'] : []),
  ]
}
