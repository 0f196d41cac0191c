import { z } from 'zod'
import { checkedBy } from '../kit/config.ts'
import { silentUpTo } from '../kit/silent.ts'

export const discordSchema = z.strictObject({
  threadId: z.string().trim().regex(/^(\d{5,20})?$/, 'Not a thread. Enter its number (right click it, then "Copy Thread ID"), or leave this empty.').default('')
    .meta({ title: 'Thread', description: 'Number of a thread or forum post. Empty: the channel of the webhook' }),
  silent: silentUpTo,
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'The picture joins its message as soon as it is there' }),
})

export type DiscordConfig = z.output<typeof discordSchema>

export const validateDiscord = checkedBy(discordSchema)
