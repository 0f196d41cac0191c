/** A Slack app with a bot token: words and pictures into one channel, and progress in place. */
import { z } from 'zod'
import type { Picture } from '../../delivery/message.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { baseAddress } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'
import { createInPlace, createTurns, isRunning } from '../kit/in-place.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { callSlack, problemOfToken, type Reply, type Workspace } from './api.ts'
import { blocksOf, fallbackOf } from './text.ts'
import { shareSlack } from './upload.ts'

const NOT_A_CHANNEL = 'Not the ID of a channel. Open the details of the channel in Slack: it stands at the bottom and looks like C0123456789.'

export const slackBotSchema = z.strictObject({
  channel: z.string({ error: NOT_A_CHANNEL }).trim().regex(/^[CGD][A-Z0-9]{7,20}$/, NOT_A_CHANNEL)
    .meta({ title: 'Channel ID', description: 'At the bottom of the details of the channel: C0123456789' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Above its message; for progress as a reply' }),
  apiBase: baseAddress.prefault('https://slack.com/api').meta({ title: 'Address of Slack', description: 'Only for GovSlack or a proxy of your own' }),
})

export type SlackBotConfig = z.output<typeof slackBotSchema>
export const validateSlackBot = checkedBy(slackBotSchema)

export function openSlackBot({ config, secrets }: DestinationConfig<SlackBotConfig>, ports: ChannelPorts): Channel {
  const { token } = secrets
  const problem = token === undefined ? 'The bot token is missing. Copy the "Bot User OAuth Token" from the page of your Slack app.' : problemOfToken(token)
  return token === undefined || problem !== null ? closedChannel({ result: 'rejected', scope: 'destination', why: problem ?? '' }) : openApp({ apiBase: config.apiBase, token }, config, ports)
}

function openApp(workspace: Workspace, config: SlackBotConfig, ports: ChannelPorts): Channel {
  const { channel } = config
  const closing = new AbortController()
  const inPlace = createInPlace(ports.memory)
  const inTurn = createTurns()

  const send = (sending: Sending): Promise<Verdict> => endingWith([sending.signal, closing.signal], (ended) =>
    inTurn(sending.message.threadKey, () => (isRunning(sending) ? sendRunning(sending, ended) : sendNews(sending, ended))))

  /** News stands with its picture. */
  async function sendNews(sending: Sending, ended: AbortSignal): Promise<Verdict> {
    const plan = inPlace.plan(sending, channel)
    if (plan.do === 'nothing') return { result: 'delivered', detail: plan.why }
    return downTheLadder(pictureOf(sending), { maxBytes: null }, ports, (one) => (one === null ? post(sending, ended) : share(sending, one, ended)))
  }

  /** How a print goes is one message; its pictures are replies to it, where they disturb nobody. */
  async function sendRunning(sending: Sending, ended: AbortSignal): Promise<Verdict> {
    const plan = inPlace.plan(sending, channel)
    if (plan.do === 'nothing') return { result: 'delivered', detail: plan.why }
    const told = plan.do === 'send' || plan.standing.id === '' ? (await post(sending, ended)).verdict : await change(sending, plan.standing.id, ended)
    const picture = pictureOf(sending)
    const thread = inPlace.standing(sending, channel)?.id ?? ''
    if (told.result !== 'delivered' || picture === null || thread === '') return told
    return downTheLadder(picture, { maxBytes: null }, ports, async (one) => {
      if (one === null) return { verdict: told, pictureRefused: false }
      const upload = await shareSlack(workspace, one, { channel_id: channel, thread_ts: thread }, [ended], ports)
      if (upload.ok) return { verdict: told, pictureRefused: false }
      return upload.remedy === 'picture' ? { verdict: upload.verdict, pictureRefused: true } : { verdict: without(told, upload.verdict), pictureRefused: false }
    })
  }

  async function share(sending: Sending, picture: Picture, ended: AbortSignal): Promise<Step> {
    const upload = await shareSlack(workspace, picture, { channel_id: channel, blocks: blocksOf(sending.message) }, [ended], ports)
    if (upload.ok) {
      // Slack does not tell under which number it stands.
      inPlace.remember(sending, { place: channel, id: '', picture: true })
      return { verdict: { result: 'delivered', detail: 'Slack took it.', exchange: upload.exchange }, pictureRefused: false }
    }
    if (upload.remedy === 'picture') return { verdict: upload.verdict, pictureRefused: true }
    if (upload.remedy === null) return { verdict: { ...upload.verdict, exchange: upload.exchange }, pictureRefused: false }
    const plain = await post(sending, ended)
    return { ...plain, verdict: without(plain.verdict, upload.verdict) }
  }

  async function post(sending: Sending, ended: AbortSignal): Promise<Step> {
    const reply = await callSlack(workspace, 'chat.postMessage', { channel, ...wordsOf(sending), unfurl_links: false, unfurl_media: false }, [ended], ports)
    if (reply.ok) inPlace.remember(sending, { place: channel, id: timestampOf(reply), picture: false })
    return { verdict: verdictOf(reply, 'Slack took it.'), pictureRefused: false }
  }

  async function change(sending: Sending, ts: string, ended: AbortSignal): Promise<Verdict> {
    const reply = await callSlack(workspace, 'chat.update', { channel, ts, ...wordsOf(sending) }, [ended], ports)
    if (!reply.ok && reply.remedy === 'anew') return (await post(sending, ended)).verdict
    if (reply.ok) inPlace.remember(sending, { place: channel, id: ts, picture: false })
    return verdictOf(reply, 'Changed in place.')
  }

  function pictureOf({ picture }: Sending): Picture | null {
    return config.includePicture ? picture : null
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

function wordsOf({ message }: Sending): { text: string; blocks: unknown } {
  return { text: fallbackOf(message), blocks: blocksOf(message) }
}

function verdictOf(reply: Reply, detail: string): Verdict {
  return reply.ok ? { result: 'delivered', detail, exchange: reply.exchange } : { ...reply.verdict, exchange: reply.exchange }
}

/** The words were told; `why` the picture was not. */
function without(told: Verdict, picture: Verdict): Verdict {
  if (told.result !== 'delivered') return told
  return { ...told, detail: `${told.detail} Without its picture: ${picture.result === 'delivered' ? '' : picture.why}` }
}

/** A message's number within its channel. */
function timestampOf(reply: Extract<Reply, { ok: true }>): string {
  const ts = reply.result?.ts
  return typeof ts === 'string' && /^\d{1,15}\.\d{1,10}$/.test(ts) ? ts : ''
}

function closedChannel(verdict: Verdict): Channel {
  const answer = async (): Promise<Verdict> => verdict
  return { sendPrinterNotification: answer, sendFailureAlert: answer, sendTestMessage: answer, close: async () => undefined }
}
