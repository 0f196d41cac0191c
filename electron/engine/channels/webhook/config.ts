import { isIP } from 'node:net'
import { z } from 'zod'
import type { FieldError } from '../channel.ts'

/** Headers that belong to the transport or to us. Authorization would be a secret standing in the settings. */
const OURS = new Set(['authorization', 'connection', 'content-length', 'content-type', 'cookie', 'expect', 'host', 'idempotency-key', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

const address = z.string().trim().superRefine((text, context) => {
  const problem = problemOf(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

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
  url: address.meta({ title: 'Address', description: 'Where each event is sent: https://example.org/printbell' }),
  method: z.literal('POST').default('POST').meta({ title: 'Method', description: 'How it is sent' }),
  headers: headers.default({}).meta({ title: 'More headers', description: 'Sent with each event. No secrets: they stand in the settings as they are' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Beside the event, where there is one' }),
  timeoutMs: z.number().int().min(1_000).max(25_000).default(10_000).meta({ title: 'Wait at most', description: 'How long an answer may take', unit: 'ms' }),
})

export type WebhookConfig = z.output<typeof webhookSchema>

/** The cleaned config, or what is wrong with each field, in words of cause and cure. */
export function validateWebhook(input: unknown): { ok: true; config: WebhookConfig } | { ok: false; errors: FieldError[] } {
  const parsed = webhookSchema.safeParse(input)
  if (parsed.success) return { ok: true, config: parsed.data }
  return { ok: false, errors: parsed.error.issues.map((issue) => ({ field: issue.path.map(String).join('.'), message: issue.message })) }
}

/** Cloud machines hand out credentials at these addresses; a webhook never lives there. */
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', '[fd00:ec2::254]', 'metadata.google.internal', 'metadata'])

function problemOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return 'Not an address. Start with http:// or https://.'
  if (url.username !== '' || url.password !== '') return 'Take user and password out of the address; use the field "token".'
  const host = url.hostname.replace(/\.$/, '')
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(host)
  const plain = mapped ? ipv4(Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)) : host
  if (METADATA.has(plain)) return 'This address hands out the credentials of cloud machines. Nothing is sent there.'
  return isIP(plain) !== 0 || host !== '' ? null : 'The address names no computer.'
}

function ipv4(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
