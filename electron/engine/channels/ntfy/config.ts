import { z } from 'zod'
import { webAddress, webAddressOrNothing } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'

export const NTFY_SH = 'https://ntfy.sh'

/** ntfy's own rule, docs.ntfy.sh/publish "Picking a topic". */
const TOPIC = /^[-_A-Za-z0-9]{1,64}$/
/** ntfy's own pages stand at these; its server refuses them with 40010. */
const NOT_TOPICS = new Set(['docs', 'static', 'file', 'app', 'account', 'metrics', 'settings', 'signup', 'login', 'v1'])

/** From its quietest to its loudest; ntfy numbers them 1 to 5. */
export const LOUDNESS = ['silent', 'quiet', 'normal', 'loud', 'urgent'] as const
export type Loudness = (typeof LOUDNESS)[number]

// Not a transform: of those the form would not be told the default.
const server = webAddress.overwrite((text) => text.replace(/\/+$/, '')).superRefine((text, context) => {
  // Null where it is no address at all: that is told already.
  const path = URL.canParse(text) ? new URL(text).pathname : '/'
  if (path !== '/') context.addIssue({ code: 'custom', message: `Only the server belongs here. Take "${path.slice(0, 80)}" away; the topic has a field of its own.` })
})

const NO_TOPIC = 'A topic is missing. Choose one, and subscribe to it in the ntfy app.'
const topic = z.string({ error: NO_TOPIC }).trim().superRefine((text, context) => {
  const message = problemOfTopic(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

function problemOfTopic(text: string): string | null {
  if (text === '') return NO_TOPIC
  if (!TOPIC.test(text)) return 'A topic has 1 to 64 letters, digits, dashes and underscores. Take other characters away.'
  return NOT_TOPICS.has(text) ? 'The server keeps this name for itself. Choose another topic.' : null
}

const tag = z.string().trim().regex(/^[^,\s]{1,50}$/, 'A tag is one word without commas, at most 50 characters.')
const loudness = (title: string, fallback: Loudness) => z.enum(LOUDNESS).default(fallback).meta({ title })

export const ntfySchema = z.strictObject({
  server: server.default(NTFY_SH).meta({ title: 'Server', description: 'ntfy.sh, or a server of your own' }),
  topic: topic.meta({ title: 'Topic', description: 'Anyone who knows the topic can read it. Choose a long one.' }),
  user: z.string().trim().max(200, 'A user has at most 200 characters.').default('').meta({ title: 'User', description: 'Only where the topic is protected, and there is no access token' }),
  click: webAddressOrNothing.default('').meta({ title: 'Click opens', description: 'A page that a tap on the message opens. It is sent as it stands here' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Uploaded, up to 1280 px. Your LAN address is never sent' }),
  keepOneMessage: z.boolean().default(true).meta({ title: 'Keep one message per print up to date', description: 'Progress and the end replace the earlier message. Needs a server of 2.16 or newer' }),
  symbols: z.boolean().default(true).meta({ title: 'Symbol before the title', description: 'A tick, a warning sign and the like' }),
  tags: z.array(tag).max(10, 'At most 10 tags. Take some away.').default([]).meta({ title: 'More tags', description: 'One on each line. Names of emojis become symbols' }),
  loudness: z.strictObject({
    info: loudness('News', 'quiet'),
    success: loudness('Done', 'normal'),
    warning: loudness('Warning', 'loud'),
    error: loudness('Error', 'loud'),
    critical: loudness('Critical', 'urgent'),
  }).prefault({}).meta({ title: 'Loudness by severity', description: 'Silent makes no sound and folds away, urgent rings long' }),
})

export type NtfyConfig = z.output<typeof ntfySchema>

export const validateNtfy = checkedBy(ntfySchema)
