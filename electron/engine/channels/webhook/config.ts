import { z } from 'zod'
import { webAddress } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'

/** Headers that belong to the transport or to us. Authorization would be a secret standing in the settings. */
const OURS = new Set(['authorization', 'connection', 'content-length', 'content-type', 'cookie', 'expect', 'host', 'idempotency-key', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'A header name has letters, digits and dashes only.'),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'A header value stands on one line, in plain characters.'),
).superRefine((record, context) => {
  for (const name of Object.keys(record)) {
    if (!OURS.has(name.toLowerCase())) continue
    const message = name.toLowerCase() === 'authorization' ? 'Put the token into the field "token": secrets do not stand in the settings.' : `${name} is set by Printbell.`
    context.addIssue({ code: 'custom', path: [name], message })
  }
})

export const webhookSchema = z.strictObject({
  url: webAddress.meta({ title: 'Address', description: 'Where each event is sent: https://example.org/printbell' }),
  method: z.literal('POST').default('POST').meta({ title: 'Method', description: 'How it is sent' }),
  headers: headers.default({}).meta({ title: 'More headers', description: 'Sent with each event. No secrets: they stand in the settings as they are' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Beside the event, where there is one' }),
  timeoutMs: z.number().int().min(1_000).max(25_000).default(10_000).meta({ title: 'Wait at most', description: 'How long an answer may take', unit: 'ms' }),
})

export type WebhookConfig = z.output<typeof webhookSchema>

export const validateWebhook = checkedBy(webhookSchema)
