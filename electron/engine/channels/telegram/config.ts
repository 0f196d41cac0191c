import { z } from 'zod'
import { baseAddress } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'
import { silentUpTo } from '../kit/silent.ts'

export const PUBLIC_API = 'https://api.telegram.org'

const NOT_A_CHAT = 'Not a chat. Link it, or enter its number (-1001234567890) or the name of a public channel (@workshop).'

export const telegramSchema = z.strictObject({
  chatId: z.string({ error: NOT_A_CHAT }).trim().regex(/^(-?\d{1,20}|@[A-Za-z]\w{3,31})$/, NOT_A_CHAT)
    .meta({ title: 'Chat', description: 'Filled in when you link the chat. Or its number, or the @name of a public channel' }),
  topicId: z.number({ error: 'Not a topic. Enter its whole number, or leave it empty.' }).int('Not a topic. Enter its whole number, or leave it empty.').min(1, 'Not a topic. Enter its whole number, or leave it empty.').nullable().default(null)
    .meta({ title: 'Topic', description: 'Number of the topic, in a group that has topics. Empty: the general one' }),
  buttons: z.boolean().default(false).meta({ title: 'Buttons', description: 'Pause, resume and cancel from the chat. Everybody who can write in this chat can press them' }),
  silent: silentUpTo,
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'The picture joins its message as soon as it is there' }),
  apiBase: baseAddress.prefault(PUBLIC_API).meta({ title: 'Bot API server', description: 'Only if you run one of your own' }),
})

export type TelegramConfig = z.output<typeof telegramSchema>

export const validateTelegram = checkedBy(telegramSchema)
