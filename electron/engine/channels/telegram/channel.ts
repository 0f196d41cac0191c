/** One chat as a destination. */
import type { Picture } from '../../delivery/message.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { createInPlace, createTurns, needsNothing, type Standing } from '../kit/in-place.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { isSilent } from '../kit/silent.ts'
import { trySome } from '../kit/wait.ts'
import type { Bot } from './api.ts'
import type { Bots } from './bots.ts'
import { openChat, PHOTO_BYTES, type Posted, type Words } from './chat.ts'
import type { TelegramConfig } from './config.ts'
import { hearPresses, NO_PRESSES } from './presses.ts'

const NO_TOKEN: Verdict = { result: 'rejected', scope: 'destination', why: 'The bot token is missing. Enter the one that @BotFather shows.' }

export function openTelegram(destination: DestinationConfig<TelegramConfig>, ports: ChannelPorts, bots: Bots): Channel {
  const { config, destinationId, secrets } = destination
  const { token } = secrets
  if (token === undefined) return closedChannel(NO_TOKEN)
  const bot: Bot = { apiBase: config.apiBase, token }
  const closing = new AbortController()
  const chat = openChat({ bot, chatId: config.chatId, topicId: config.topicId, ports })
  const presses = config.buttons ? hearPresses({ bot, chat, destinationId, bots, ports, closing: closing.signal }) : NO_PRESSES
  const inPlace = createInPlace(ports.memory)
  const inTurn = createTurns()

  const send = (sending: Sending): Promise<Verdict> => endingWith([sending.signal, closing.signal], (ended) =>
    inTurn(sending.message.threadKey, () => trySome(ports, sending, ended, () => sendOnce(sending, ended))))

  async function sendOnce(sending: Sending, ended: AbortSignal): Promise<Verdict> {
    const plan = inPlace.plan(sending, place())
    if (plan.do === 'nothing') return needsNothing(sending, plan.why)
    const picture = config.includePicture ? sending.picture : null
    const verdict = await downTheLadder(picture, { maxBytes: PHOTO_BYTES }, ports, (one) => (plan.do === 'send' ? post(sending, one, ended) : change(sending, plan.standing, one, ended)))
    const trouble = presses.trouble()
    return verdict.result === 'delivered' && trouble !== null ? { ...verdict, detail: `${verdict.detail} Without buttons: ${trouble}` } : verdict
  }

  async function post(sending: Sending, picture: Picture | null, ended: AbortSignal): Promise<Step> {
    return kept(sending, await chat.post(words(sending, null), picture, [ended]))
  }

  async function change(sending: Sending, standing: Standing, picture: Picture | null, ended: AbortSignal): Promise<Step> {
    const posted = await chat.change(standing.id, standing, words(sending, standing.id), picture, [ended])
    return posted.anew ? post(sending, picture, ended) : kept(sending, posted)
  }

  function kept(sending: Sending, posted: Posted): Step {
    if (posted.id !== null) inPlace.remember(sending, { place: place(), id: posted.id, picture: posted.picture })
    return posted
  }

  function words({ message }: Sending, messageId: string | null): Words {
    return { message, keyboard: presses.keyboard(message, messageId), silent: isSilent(message.severity, config.silent) }
  }

  function place(): string {
    return `${chat.id()} ${config.topicId ?? ''}`
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    async close() {
      presses.stop()
      closing.abort()
    },
  }
}

function closedChannel(verdict: Verdict): Channel {
  const answer = async (): Promise<Verdict> => verdict
  return { sendPrinterNotification: answer, sendFailureAlert: answer, sendTestMessage: answer, close: async () => undefined }
}
