/** One webhook as a destination. */
import type { Picture } from '../../delivery/message.ts'
import { Secret } from '../../settings/secret.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { bodyLines } from '../kit/exchange.ts'
import { ask, type Asked } from '../kit/http.ts'
import { createInPlace, createTurns, needsNothing, type Standing } from '../kit/in-place.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { picturePart } from '../kit/picture-part.ts'
import { isSilent } from '../kit/silent.ts'
import { trySome } from '../kit/wait.ts'
import { readAddress, type Webhook } from './address.ts'
import { meaningOf, shownAnswer, type Remedy } from './answers.ts'
import type { DiscordConfig } from './config.ts'
import { discordMessage, PICTURE_NAME, type DiscordMessage } from './embed.ts'
import { createPace } from './pace.ts'

/** Bytes; what servers without boosts take (https://discord.com/developers/docs/reference#uploading-files). */
export const PICTURE_BYTES = 10 * 1024 * 1024
const TIMEOUT_MS = 20_000

interface Posted extends Step {
  remedy: Remedy
  /** Of the message that stands there now; null = it is not known. */
  id: string | null
}

export function openDiscord({ config, secrets }: DestinationConfig<DiscordConfig>, ports: ChannelPorts): Channel {
  const webhook = secrets.url === undefined ? 'The address of the webhook is missing. Copy it from the settings of the channel.' : readAddress(secrets.url, (token) => new Secret(token))
  return typeof webhook === 'string' ? closedChannel({ result: 'rejected', scope: 'destination', why: webhook }) : openWebhook(webhook, config, ports)
}

function openWebhook(webhook: Webhook, config: DiscordConfig, ports: ChannelPorts): Channel {
  const threadId = config.threadId === '' ? webhook.threadId : config.threadId
  const place = `${webhook.id} ${threadId ?? ''}`
  const closing = new AbortController()
  const inPlace = createInPlace(ports.memory)
  const inTurn = createTurns()
  const pace = createPace(ports.clock)

  const send = (sending: Sending): Promise<Verdict> => endingWith([sending.signal, closing.signal], (ended) =>
    inTurn(sending.message.threadKey, () => trySome(ports, sending, ended, () => sendOnce(sending, ended))))

  async function sendOnce(sending: Sending, ended: AbortSignal): Promise<Verdict> {
    const plan = inPlace.plan(sending, place)
    if (plan.do === 'nothing') return needsNothing(sending, plan.why)
    const picture = config.includePicture ? sending.picture : null
    return downTheLadder(picture, { maxBytes: PICTURE_BYTES }, ports, (one) => (plan.do === 'send' ? post(sending, one, ended) : change(sending, plan.standing, one, ended)))
  }

  async function post(sending: Sending, picture: Picture | null, ended: AbortSignal): Promise<Step> {
    const body = discordMessage(sending.message, { picture: picture !== null, silent: isSilent(sending.message.severity, config.silent) })
    return kept(sending, await request('POST', '', body, picture, ended), picture)
  }

  async function change(sending: Sending, { id }: Standing, picture: Picture | null, ended: AbortSignal): Promise<Step> {
    const body = discordMessage(sending.message, { picture: picture !== null, silent: false })
    const posted = await request('PATCH', `/messages/${id}`, body, picture, ended)
    if (posted.remedy === 'anew') return post(sending, picture, ended)
    const step = kept(sending, { ...posted, id: posted.verdict.result === 'delivered' ? id : null }, picture)
    return step.verdict.result === 'delivered' ? { ...step, verdict: { ...step.verdict, detail: 'Changed in place.' } } : step
  }

  function kept(sending: Sending, posted: Posted, picture: Picture | null): Step {
    if (posted.id !== null) inPlace.remember(sending, { place, id: posted.id, picture: picture !== null })
    return posted
  }

  async function request(method: Asked['method'], path: string, body: DiscordMessage, picture: Picture | null, ended: AbortSignal): Promise<Posted> {
    const after = await pace.ready(ended)
    if (after !== null) return { verdict: { result: 'retry', after, why: 'Discord takes no more messages for now.' }, pictureRefused: false, remedy: null, id: null }
    const asking = await ask(ports, { method, url: addressOf(webhook, path, threadId, method), ...payload(body, picture), timeoutMs: TIMEOUT_MS, signals: [ended] })
    const request = shownRequest(method, path, body, picture)
    if (asking.answer === null) return { verdict: { ...asking.verdict, exchange: { request, answer: [] } }, pictureRefused: false, remedy: null, id: null }
    const { verdict, remedy } = meaningOf(asking.answer, ports.clock.now())
    pace.heard(asking.answer.headers, asking.answer.status === 429 && verdict.result === 'retry' ? verdict.after : null)
    return { verdict: { ...verdict, exchange: { request, answer: shownAnswer(asking.answer) } }, pictureRefused: remedy === 'picture', remedy, id: verdict.result === 'delivered' ? idOf(asking.answer.json) : null }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

/** Without `wait` Discord says nothing of a message that it did not keep. */
function addressOf({ apiBase, id, token }: Webhook, path: string, threadId: string | null, method: string): string {
  const query = new URLSearchParams({ ...(method === 'POST' ? { wait: 'true' } : {}), ...(threadId === null ? {} : { thread_id: threadId }) }).toString()
  return `${apiBase}/webhooks/${id}/${token.reveal()}${path}${query === '' ? '' : `?${query}`}`
}

function payload(body: DiscordMessage, picture: Picture | null): Pick<Asked, 'data' | 'headers'> {
  const json = JSON.stringify(body)
  if (picture === null) return { data: json, headers: { 'Content-Type': 'application/json' } }
  const form = new FormData()
  form.append('payload_json', json)
  form.append('files[0]', picturePart(picture), PICTURE_NAME)
  return { data: form, headers: {} }
}

function shownRequest(method: string, path: string, body: DiscordMessage, picture: Picture | null): string[] {
  const line = `${method} /webhooks/(hidden)/(hidden)${path === '' ? '?wait=true' : '/messages/(hidden)'}`
  return [line, ...bodyLines(body, []), ...(picture === null ? [] : [`files[0]: ${PICTURE_NAME}, ${picture.jpeg.byteLength} bytes`])]
}

function idOf(json: unknown): string | null {
  const id: unknown = typeof json === 'object' && json !== null && 'id' in json ? json.id : null
  return typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : null
}

function closedChannel(verdict: Verdict): Channel {
  const answer = async (): Promise<Verdict> => verdict
  return { sendPrinterNotification: answer, sendFailureAlert: answer, sendTestMessage: answer, close: async () => undefined }
}
