import { z } from 'zod'
import { webAddress } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'
import { LONGEST_TEMPLATE, parseTemplate, TemplateProblem } from '../../delivery/templates/liquid.ts'
import { TEMPLATE_NAMES } from './values.ts'

/** Headers that belong to the transport or to us. Authorization would be a secret standing in the settings. */
const OURS = new Set([
  'authorization', 'connection', 'content-length', 'content-type', 'cookie', 'expect', 'host', 'idempotency-key', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  'webhook-id', 'webhook-timestamp', 'webhook-signature',
])

const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'A header name has letters, digits and dashes only.'),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'A header value stands on one line, in plain characters.'),
).superRefine((record, context) => {
  for (const name of Object.keys(record)) {
    const message = problemOfHeader(name.toLowerCase())
    if (message !== null) context.addIssue({ code: 'custom', path: [name], message })
  }
})

function problemOfHeader(name: string): string | null {
  if (name === 'authorization') return 'Put the token into the field "token": secrets do not stand in the settings.'
  if (name === 'content-type') return 'The format says what is sent; a template has a field of its own for it.'
  return OURS.has(name) ? `Printbell sets ${name} itself. Take it away.` : null
}

/** type/subtype, and parameters as they may stand in a header. */
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+( *; *[\w-]+="?[\w.+-]+"?)*$/

export const webhookSchema = z.strictObject({
  url: webAddress.meta({ title: 'Address', description: 'Where each event is sent: https://example.org/printbell' }),
  format: z.enum(['cloudevents', 'plain', 'template']).default('plain').meta({ title: 'Format', description: 'CloudEvents 1.0; the same content without its envelope; or a body of your own' }),
  template: z.string().max(LONGEST_TEMPLATE, `A template has at most ${LONGEST_TEMPLATE} characters. Shorten it.`).default('')
    .meta({ when: { format: ['template'] }, title: 'Body of your own', description: 'A Liquid template, for the format of that name: {"text": {{ title | json }}}', multiline: true }),
  contentType: z.string().trim().max(200, 'A content type has at most 200 characters. Shorten it.').regex(CONTENT_TYPE, 'Not a content type. It looks like application/json.').default('application/json')
    .meta({ when: { format: ['template'] }, title: 'Content type of that body', description: 'What the body of your own is' }),
  method: z.enum(['POST', 'PUT']).default('POST').meta({ title: 'Method', description: 'How it is sent' }),
  headers: headers.default({}).meta({ title: 'More headers', description: 'Sent with each event. No secrets: they stand in the settings as they are' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'With the event, where there is one' }),
  pictureAs: z.enum(['part', 'base64']).default('part').meta({ when: { includePicture: [true] }, title: 'Picture as', description: 'A part beside the event, or text inside it' }),
  includeContext: z.boolean().default(false).meta({ title: 'Send how things stood', description: "State, job, progress and file data in the printer's server's own words" }),
  timeoutMs: z.number().int().min(1_000).max(25_000).default(10_000).meta({ title: 'Wait at most', description: 'How long an answer may take', unit: 'ms' }),
}).superRefine((config, context) => {
  const message = config.format === 'template' ? problemOfTemplate(config.template) : null
  if (message !== null) context.addIssue({ code: 'custom', path: ['template'], message })
})

function problemOfTemplate(template: string): string | null {
  if (template.trim() === '') return 'The body of your own is missing. Write it, or choose another format.'
  try {
    parseTemplate(template, TEMPLATE_NAMES)
    return null
  } catch (error) {
    if (error instanceof TemplateProblem) return error.message
    throw error
  }
}

export type WebhookConfig = z.output<typeof webhookSchema>

export const validateWebhook = checkedBy(webhookSchema)

/** A body of one's own has no second part. */
export function sendsPictures({ includePicture, format, pictureAs }: Readonly<Record<string, unknown>>): boolean {
  return includePicture !== false && (format !== 'template' || pictureAs === 'base64')
}
