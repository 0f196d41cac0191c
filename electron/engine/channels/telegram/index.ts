/** Telegram: one chat of one bot, with pictures, progress in place and, where they are switched on, buttons. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { ChannelKind } from '../channel.ts'
import { createBots } from './bots.ts'
import { openTelegram } from './channel.ts'
import { PHOTO_BYTES } from './chat.ts'
import { telegramSchema, validateTelegram, type TelegramConfig } from './config.ts'
import { pairTelegram } from './pair.ts'
import { TEXT_LIMIT } from './text.ts'

/** All destinations and pairings of this process hear a bot through one poll. */
const bots = createBots()

export const telegramChannel: ChannelKind<TelegramConfig> = {
  kind: 'telegram',
  displayName: 'Telegram',
  group: 'people',
  guide: {
    steps: [
      'In Telegram, open the chat with @BotFather and send /newbot.',
      'Give the bot a name, and a user name that ends in "bot".',
      'Copy the token that @BotFather answers with, and enter it here.',
      'Link the chat: press "Start" in the chat with your bot, or send the code in a group that the bot was added to.',
    ],
    links: [
      { label: 'Open @BotFather', url: 'https://t.me/BotFather' },
      { label: 'How bots are made', url: 'https://core.telegram.org/bots/features#creating-a-new-bot' },
    ],
  },
  primary: ['chatId', 'topicId'],
  configSchema: telegramSchema,
  secretFields: { token: { label: 'Bot token', required: true } },
  // In a group 20 messages a minute, in a chat one a second with some at once (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
  capabilities: {
    image: 'upload', maxText: TEXT_LIMIT, maxImageBytes: PHOTO_BYTES, canUpdate: true, actions: true, idempotencyKey: false, local: false,
    rate: { burst: 5, everyMs: 4_000 }, parallel: 1,
  },
  validateConfig: validateTelegram,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  pair: (destination, ports, signal) => pairTelegram(destination, ports, signal, bots),
  open: (destination, ports) => openTelegram(destination, ports, bots),
}
