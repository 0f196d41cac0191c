/**
 * What Telegram's refusals mean. It says them in words (`description`), not in codes; these are those of the Bot API server itself
 * (github.com/tdlib/telegram-bot-api, Client.cpp) and of https://core.telegram.org/bots/api.
 */
import type { Verdict } from '../channel.ts'
import type { TelegramError } from './api.ts'

/** What can be done about a refusal besides telling it. */
export type Remedy =
  /** Smaller, or without the picture. */
  | 'picture'
  /** It stands there just so already. */
  | 'same'
  /** The message to be changed is gone, or of a kind that can't be changed so: send a new one. */
  | 'anew'
  | null

export interface Meaning {
  verdict: Verdict
  remedy: Remedy
}

type Row = readonly [pattern: RegExp, scope: 'message' | 'destination', why: string, remedy?: Remedy]

const BAD_REQUEST: readonly Row[] = [
  [/message is not modified/i, 'message', 'It stands there just so already.', 'same'],
  [/message to edit not found|message can't be edited|MESSAGE_ID_INVALID|message identifier is not specified|there is no (text|caption|media) in the message to edit/i, 'message', 'The message that was to change is no longer there.', 'anew'],
  [/PHOTO_\w+|IMAGE_PROCESS_FAILED|MEDIA_(INVALID|EMPTY)|file is too big|wrong file|request entity too large/i, 'message', 'Telegram does not take this picture.', 'picture'],
  [/not enough rights to send (photos|media)|CHAT_SEND_(PHOTOS|MEDIA)_FORBIDDEN/i, 'message', 'The bot may not send pictures in this chat.', 'picture'],
  [/chat not found|PEER_ID_INVALID|CHAT_ID_INVALID|chat_id is empty/i, 'destination', 'The bot does not know this chat. Write to the bot, or add it to the group, then link the chat again.'],
  [/message thread not found|TOPIC_(DELETED|ID_INVALID)/i, 'destination', 'The topic is no longer there. Choose another one.'],
  [/TOPIC_CLOSED/i, 'destination', 'The topic is closed. Open it again, or choose another one.'],
  [/no rights to send|not enough rights|CHAT_(WRITE_FORBIDDEN|RESTRICTED|SEND_PLAIN_FORBIDDEN|ADMIN_REQUIRED)|administrator rights/i, 'destination', 'The bot may not write in this chat. Give it the right to send messages there.'],
  [/group chat was (deactivated|upgraded)|group is deactivated/i, 'destination', 'The group no longer exists. Link another chat.'],
  [/logged out/i, 'destination', 'This bot was moved to another Bot API server. Enter its address.'],
  [/too long/i, 'message', 'The message is too long for Telegram.'],
  [/can't parse entities/i, 'message', 'Telegram can not read the markup of this message.'],
]

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/blocked by the user/i, 'The bot is blocked in this chat. Open the chat with it and choose "Restart".'],
  [/kicked/i, 'The bot was removed from the group. Add it again, or link another chat.'],
  [/deactivated/i, 'The account of this chat was deleted. Link another chat.'],
  [/not a member/i, 'The bot is not in this group or channel. Add it, in a channel as an administrator.'],
  [/initiate conversation/i, 'The bot may not write first. Open the chat with it and press "Start".'],
  [/to bots/i, 'A bot can not write to a bot. Link the chat of a person or a group.'],
]

export function meaningOf(error: TelegramError): Meaning {
  const { code, description } = error
  switch (code) {
    case 400: return badRequest(description)
    case 401: return destination('Telegram does not know this token (401). Enter the one that @BotFather shows now.')
    case 403: return destination(FORBIDDEN.find(([pattern]) => pattern.test(description))?.[1] ?? 'The bot may not write in this chat (403).')
    case 404: return destination('Telegram knows no such bot (404). Check the token.')
    case 413: return { verdict: { result: 'rejected', scope: 'message', why: 'The message is too large for Telegram (413).' }, remedy: 'picture' }
    case 429: return { verdict: { result: 'retry', after: error.retryAfter, why: 'Telegram takes no more messages for now (429).', busy: true }, remedy: null }
    default: break
  }
  if (code >= 500 || code === 409) return { verdict: { result: 'retry', after: error.retryAfter, why: `Telegram has a problem of its own (${code}).` }, remedy: null }
  return { verdict: { result: 'rejected', scope: 'message', why: `Telegram refuses this message (${code}).` }, remedy: null }
}

function badRequest(description: string): Meaning {
  const [, scope, why, remedy = null] = BAD_REQUEST.find(([pattern]) => pattern.test(description)) ?? [null, 'message' as const, 'Telegram refuses this message (400).']
  return { verdict: { result: 'rejected', scope, why }, remedy }
}

function destination(why: string): Meaning {
  return { verdict: { result: 'rejected', scope: 'destination', why }, remedy: null }
}
