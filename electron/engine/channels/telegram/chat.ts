/** Sending into one chat: which call carries a message, and what Telegram's refusals ask for. */
import type { Message, Picture } from '../../delivery/message.ts'
import type { ChannelPorts, Verdict } from '../channel.ts'
import type { Step } from '../kit/ladder.ts'
import { meaningOf } from './answers.ts'
import { callTelegram, isRecord, type Bot, type Parameters, type Reply } from './api.ts'
import type { Keyboard } from './buttons.ts'
import { fitsCaption, htmlOf } from './text.ts'

/** Bytes and px (https://core.telegram.org/bots/api#sendphoto). */
export const PHOTO_BYTES = 10_000_000
const PHOTO_SUM = 10_000
const PHOTO_RATIO = 20
/** A message in the general topic of a group names no topic: Telegram refuses its number. */
const GENERAL_TOPIC = 1

export interface Words {
  message: Pick<Message, 'title' | 'body'>
  keyboard: Keyboard | null
  silent: boolean
}

/** What became of one call; `id` is set when a message stands there now. */
export interface Posted extends Step {
  id: string | null
  /** Whether it shows a picture now. */
  picture: boolean
  /** Nothing stands there that could be changed. */
  anew: boolean
}

export interface ChatParts {
  bot: Bot
  chatId: string
  topicId: number | null
  ports: Pick<ChannelPorts, 'clock' | 'net' | 'log' | 'memory'>
}

export interface Chat {
  /** Its number or name now: a group that became a supergroup has another one. */
  id(): string
  /** A new message. */
  post(words: Words, picture: Picture | null, signals: readonly AbortSignal[]): Promise<Posted>
  /** @param was whether it shows a picture so far */
  change(messageId: string, was: { picture: boolean }, words: Words, picture: Picture | null, signals: readonly AbortSignal[]): Promise<Posted>
  removeButtons(messageId: string, signals: readonly AbortSignal[]): Promise<Reply>
}

/** Whether Telegram can take a picture of this shape, however small it is made. */
export function fitsPhoto({ width, height }: Pick<Picture, 'width' | 'height'>): boolean {
  return width + height <= PHOTO_SUM && Math.max(width, height) <= PHOTO_RATIO * Math.min(width, height)
}

export function openChat({ bot, chatId, topicId, ports }: ChatParts): Chat {
  const movedNote = `moved ${chatId}`
  const id = (): string => ports.memory.get(movedNote) ?? chatId

  async function call(method: string, parameters: Parameters, photo: Picture | null, signals: readonly AbortSignal[]): Promise<Reply> {
    const reply = await callTelegram(bot, { method, parameters: { chat_id: id(), ...parameters }, photo, signals }, ports)
    if (reply.kind !== 'error' || reply.error.migratedTo === null || reply.error.migratedTo === id()) return reply
    ports.memory.set(movedNote, reply.error.migratedTo)
    ports.log.info('the group became a supergroup; its new number is used from now on')
    return callTelegram(bot, { method, parameters: { chat_id: id(), ...parameters }, photo, signals }, ports)
  }

  function place(): Parameters {
    return topicId === null || topicId === GENERAL_TOPIC ? {} : { message_thread_id: topicId }
  }

  return {
    id,
    async post(words, picture, signals) {
      const sound = words.silent ? { disable_notification: true } : {}
      if (picture === null) return understand(await call('sendMessage', { ...place(), ...textOf(words), ...sound, ...markup(words) }, null, signals), { picture: false, id: null })
      if (!fitsCaption(words.message) || !fitsPhoto(picture)) return unfit()
      return understand(await call('sendPhoto', { ...place(), ...captionOf(words), ...sound, ...markup(words) }, picture, signals), { picture: true, id: null })
    },
    async change(messageId, was, words, picture, signals) {
      const message = { message_id: Number(messageId) }
      if (picture !== null) {
        if (!fitsCaption(words.message) || !fitsPhoto(picture)) return unfit()
        const media = { type: 'photo', media: 'attach://photo', ...captionOf(words) }
        return understand(await call('editMessageMedia', { ...message, media, ...markup(words) }, picture, signals), { picture: true, id: messageId })
      }
      const reply = was.picture ? await call('editMessageCaption', { ...message, ...captionOf(words), ...markup(words) }, null, signals)
        : await call('editMessageText', { ...message, ...textOf(words), ...markup(words) }, null, signals)
      return understand(reply, { picture: was.picture, id: messageId })
    },
    removeButtons: (messageId, signals) => call('editMessageReplyMarkup', { message_id: Number(messageId), reply_markup: { inline_keyboard: [] } }, null, signals),
  }
}

function textOf({ message }: Words): Parameters {
  return { text: htmlOf(message), parse_mode: 'HTML', link_preview_options: { is_disabled: true } }
}

function captionOf({ message }: Words): Parameters {
  return { caption: htmlOf(message), parse_mode: 'HTML' }
}

function markup({ keyboard }: Words): Parameters {
  return keyboard === null ? {} : { reply_markup: keyboard }
}

/** Words go before pictures: what does not fit under one goes without it. */
function unfit(): Posted {
  return { verdict: { result: 'rejected', scope: 'message', why: 'Telegram does not take this picture.' }, pictureRefused: true, id: null, picture: false, anew: false }
}

/** @param then what stands there when it was taken; `id` null = it is told by the answer */
function understand(reply: Reply, then: { picture: boolean; id: string | null }): Posted {
  const { exchange } = reply
  const delivered: Verdict = { result: 'delivered', detail: then.id === null ? 'Telegram took it.' : 'Changed in place.', exchange }
  if (reply.kind === 'ok') return { verdict: delivered, pictureRefused: false, id: then.id ?? messageIdOf(reply.result), picture: then.picture, anew: false }
  const nothing = { id: null, picture: false, anew: false, pictureRefused: false }
  if (reply.kind === 'none') return { ...nothing, verdict: { ...reply.verdict, exchange }, pictureRefused: reply.status === 413 }
  const { verdict, remedy } = meaningOf(reply.error)
  if (remedy === 'same') return { ...nothing, verdict: delivered, id: then.id, picture: then.picture }
  return { ...nothing, verdict: { ...verdict, exchange }, pictureRefused: remedy === 'picture', anew: remedy === 'anew' }
}

function messageIdOf(result: unknown): string | null {
  return isRecord(result) && typeof result.message_id === 'number' ? String(result.message_id) : null
}
