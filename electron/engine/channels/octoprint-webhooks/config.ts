import { z } from 'zod'
import { problemOfAddress } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'
import { withoutParams } from './params.ts'
import { isSecretHeader, objectOf, secretsInBody, secretsInQuery } from './secrets.ts'

const LONGEST = 20_000
/** Headers of the transport. */
const OURS = new Set(['connection', 'content-length', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

export const METHODS = ['POST', 'PUT', 'DELETE', 'GET'] as const
export const CONTENT_TYPES = ['JSON', 'FORM'] as const
export const CANCEL_TOPICS = ['Print Failed', 'Print Cancelled'] as const
export const TEST_EVENTS = ['started', 'done', 'failed', 'cancelled', 'paused', 'action', 'progress', 'error'] as const

/** What the plugin sends unless told otherwise (its documentation, "Webhook Request"). */
const DEFAULT_DATA = JSON.stringify({ deviceIdentifier: '@deviceIdentifier', apiSecret: '@apiSecret', topic: '@topic', message: '@message', extra: '@extra' }, null, 2)

const method = z.enum(METHODS, { error: `Choose one of ${METHODS.join(', ')}.` })
const contentType = z.enum(CONTENT_TYPES, { error: 'Choose JSON or FORM.' })
/** A whole number within bounds, with words for what is outside of them. */
const whole = (least: number, most: number): z.ZodNumber => z.number({ error: 'Not a number.' }).int('A whole number is meant.').min(least, `At least ${least}.`).max(most, `At most ${most}.`)

const template = z.string().max(LONGEST, `At most ${LONGEST} characters. Shorten it.`)
const text = (what: string, about: string, fallback: string, when: Record<string, string[]> | undefined = undefined): z.ZodDefault<z.ZodString> => template.default(fallback).meta({ title: what, description: about, ...(when ? { when } : {}) })

// Names are judged here and not by a schema of their own: what zod says of a key that does not fit is nothing for people.
const headers = z.record(z.string(), template.regex(/^[^\r\n\0]*$/, 'A header value stands on one line.')).superRefine((record, context) => {
  for (const [name, value] of Object.entries(record)) {
    const message = problemOfHeader(name, value)
    if (message !== null) context.addIssue({ code: 'custom', path: [name], message })
  }
})

function problemOfHeader(name: string, value: string): string | null {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return 'A header name has letters, digits and dashes only.'
  if (OURS.has(name.toLowerCase())) return `${name} is set by Printbell.`
  return isSecretHeader(name, value) ? 'Secrets do not stand in the settings. Put it into "Other secrets" as {"name": "value"}, and write @secrets.name here.' : null
}

const customEvents = z.record(z.string(), template).superRefine((record, context) => {
  for (const name of Object.keys(record)) {
    if (!/^[A-Za-z][A-Za-z0-9_:-]{0,199}$/.test(name)) context.addIssue({ code: 'custom', path: [name], message: "An event's name looks like MovieDone." })
  }
})

const data = template.superRefine((given, context) => {
  const body = objectOf(given)
  const written = body === null ? [] : secretsInBody(body)
  const message = body === null
    ? 'Not a JSON object. It looks like {"topic": "@topic"}.'
    : written.length > 0 ? `${written.join(', ')} looks like a secret. Put it into "Other secrets" as {"name": "value"}, and write @secrets.name here.` : null
  if (message !== null) context.addIssue({ code: 'custom', message })
})

const url = template.trim().superRefine((given, context) => {
  const message = problemOfUrl(given)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

function problemOfUrl(given: string, where = 'a header "Authorization"'): string | null {
  if (given === '') return 'Enter the address that is to be called.'
  // One that begins with a parameter is not known before it is filled in.
  if (given.startsWith('@')) return withoutParams(given).startsWith('@') ? 'Not an address. Start with http:// or https://.' : null
  const problem = problemOfAddress(withoutParams(given, 'x'), { credentials: `write them as ${where}` })
  if (problem !== null) return problem
  const [name] = secretsInQuery(given)
  return name === undefined ? null : `"${name}" looks like a secret. Put it into "Other secrets" as {"${name}": "value"}, and write @secrets.${name} here.`
}

export const octoprintWebhooksSchema = z.strictObject({
  url: url.meta({ title: 'Address', description: 'What is called, with @param where you like. Where the address itself is the secret, write @secrets.url' }),
  method: method.default('POST').meta({ title: 'Method', description: 'GET has no body: the data goes into the address' }),
  contentType: contentType.default('JSON').meta({ when: { method: ['POST', 'PUT', 'DELETE'] }, title: 'Content type', description: 'How the data is encoded: JSON, or FORM (x-www-form-urlencoded)' }),
  deviceIdentifier: z.string().max(500, 'At most 500 characters. Shorten it.').default('').meta({ title: 'Device identifier', description: "@deviceIdentifier. Empty: the printer's name" }),
  headers: headers.default({}).meta({ title: 'Headers', description: 'With @param where you like. Content-Type is added' }),
  data: data.default(DEFAULT_DATA).meta({ title: 'Data', description: 'A JSON object with @param where you like. "@snapshot" on its first level is the picture', multiline: true }),
  startedMessage: text('Message when a print starts', '@message of Print Started', 'The print has started.'),
  doneMessage: text('Message when it is done', '@message of Print Done', 'The print is done.'),
  failedMessage: text('Message when it fails', '@message of Print Failed', 'The print has failed.'),
  cancelTopic: z.enum(CANCEL_TOPICS, { error: 'Choose Print Failed or Print Cancelled.' }).default('Print Failed').meta({ title: 'Topic of a cancel', description: 'OctoPrint tells a cancelled print as a failed one' }),
  cancelledMessage: text('Message when it is cancelled', '@message of Print Cancelled', 'The print was cancelled.', { cancelTopic: ['Print Cancelled'] }),
  pausedMessage: text('Message when it pauses', '@message of Print Paused', 'The print is paused.'),
  actionMessage: text('Message when you are needed', '@message of User Action Needed', 'The printer needs you.'),
  progressMessage: text('Message of progress', '@message of Print Progress', '@percentCompleteMilestone % is printed.'),
  errorMessage: text('Message of an error', '@message of Error', 'The printer reports an error.'),
  customEvents: customEvents.default({})
    .meta({ title: 'Custom events', description: "The server's own events by name, each with its message; topic Custom Event. They are heard when native:NAME is chosen" }),
  progressEvery: whole(0, 99).default(0)
    .meta({ title: 'Progress at most each', description: "In %. 0: each time the printer's own setting \"Progress each\" tells it. It never comes more often than that" }),
  cooldown: whole(0, 86_400).default(0).meta({ title: 'Same topic at most once in', description: 'Of one print; 0 sets no limit', unit: 's' }),
  testEvent: z.enum(TEST_EVENTS, { error: `Choose one of ${TEST_EVENTS.join(', ')}.` }).default('started').meta({ title: 'Test sends', description: 'What the Test button pretends' }),
  oauth: z.boolean().default(false).meta({ title: 'Log in with OAuth first', description: 'Each field of its answer becomes a parameter, as @access_token' }),
  oauthUrl: template.trim().default('').meta({ when: { oauth: [true] }, title: 'OAuth address', description: 'Of @param there is @secrets.name alone' }),
  oauthMethod: method.default('POST').meta({ when: { oauth: [true] }, title: 'OAuth method', description: 'Of the login' }),
  oauthContentType: contentType.default('JSON').meta({ when: { oauth: [true], oauthMethod: ['POST', 'PUT', 'DELETE'] }, title: 'OAuth content type', description: "How the login's data is encoded" }),
  timeoutMs: whole(1_000, 30_000).default(15_000).meta({ title: 'Wait at most', description: 'How long an answer may take', unit: 'ms' }),
}).superRefine((config, context) => {
  if (!config.oauth) return
  const message = problemOfUrl(config.oauthUrl, '"OAuth headers"')
  if (message !== null) context.addIssue({ code: 'custom', path: ['oauthUrl'], message })
})

export type OctoPrintWebhooksConfig = z.output<typeof octoprintWebhooksSchema>

export const validateOctoPrintWebhooks = checkedBy(octoprintWebhooksSchema)
