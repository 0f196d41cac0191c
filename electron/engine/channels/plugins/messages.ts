/** What passes between the engine and a plugin's process. What comes from there is parsed: it may be anything. */
import { z } from 'zod'
import type { Message } from '../../delivery/message.ts'
import { EVENT_TYPES } from '../../events/model.ts'
import { once } from '../../once.ts'
import { scrub } from '../../settings/secret.ts'
import type { Verdict } from '../channel.ts'

export type ToPlugin =
  | { id: number; ask: 'open'; config: unknown; secrets: Readonly<Record<string, string>> }
  | {
    id: number
    ask: 'send'
    duty: 'sendFailureAlert' | 'sendPrinterNotification' | 'sendTestMessage'
    message: Message
    /** `jpeg` in base64. */
    picture: { jpeg: string; width: number; height: number; takenAt: number } | null
    deliveryKey: string
    attempt: number
    /** ms after which the plugin's own `signal` aborts: a little before its process is ended. */
    patienceMs: number
  }

export type FromPlugin =
  | { id: number; opened: { prerequisites: unknown; features: unknown; checked: unknown } }
  | { id: number; verdict: unknown }
  | { id: number; threw: string }

/** Words of a plugin, as long as they are shown. */
const LONGEST_WORDS = 300
/** "10.0.0.5:8080": words of failed connections name addresses without a scheme. */
const BARE_ADDRESS = /\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b|\blocalhost(:\d+)?\b/g
const LONGEST_WAIT = 24 * 3_600_000
const MOST_LINES = 40

/** What a plugin says, fit to be shown and stored: one line, no address, no secret, at most 300 characters. */
export function wordsOf(text: string): string {
  // Scrubbed before it is cut: half a secret is not known as one. Control characters would move a terminal's cursor.
  const told = scrub(text).replace(/\w+:\/\/\S+/g, '(hidden)').replace(BARE_ADDRESS, '(hidden)').replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return told.length <= LONGEST_WORDS ? told : `${told.slice(0, LONGEST_WORDS - 1)}…`
}

const parts = once(() => {
  const words = z.string().transform(wordsOf)
  return { words, lines: z.array(words).max(MOST_LINES) }
})

const verdictSchema = once(() => {
  const { words, lines } = parts()
  const exchange = z.object({ request: lines, answer: lines }).optional()
  return z.discriminatedUnion('result', [
    z.object({ result: z.literal('delivered'), detail: words.default('Sent.'), exchange }),
    z.object({ result: z.literal('retry'), after: z.number().min(0).max(LONGEST_WAIT).nullable().default(null), why: words, exchange }),
    z.object({ result: z.literal('rejected'), scope: z.enum(['message', 'destination']), why: words, exchange }),
    z.object({ result: z.literal('gone'), why: words, exchange }),
  ])
})

/** The verdict as our own, or what is wrong with it. */
export function verdictOf(answered: unknown): { verdict: Verdict } | { wrong: string } {
  const parsed = verdictSchema().safeParse(answered)
  if (!parsed.success) return { wrong: problemOf(parsed.error) }
  const { exchange: said, ...verdict } = parsed.data
  return { verdict: said === undefined ? verdict : { ...verdict, exchange: said } }
}

const openedSchema = once(() => {
  const { words } = parts()
  return z.object({
    prerequisites: z.array(z.object({ name: words, help: words, met: z.boolean() })).max(MOST_LINES),
    features: z.array(z.enum(EVENT_TYPES)).nullable(),
    checked: z.union([
      z.object({ ok: z.literal(true) }),
      z.object({ ok: z.literal(false), errors: z.array(z.object({ field: words, message: words })).min(1).max(MOST_LINES) }),
    ]),
  })
})
export type Opened = z.output<ReturnType<typeof openedSchema>>

/** What the plugin said of itself at the opening, or what is wrong with it. */
export function openedOf(answered: unknown): { opened: Opened } | { wrong: string } {
  const parsed = openedSchema().safeParse(answered)
  return parsed.success ? { opened: parsed.data } : { wrong: problemOf(parsed.error) }
}

const fromPlugin = once(() => z.object({ id: z.number(), opened: z.unknown().optional(), verdict: z.unknown().optional(), threw: z.string().optional() }))
export type Heard = z.output<ReturnType<typeof fromPlugin>>

/** Null = nothing of ours. */
export function heardOf(line: unknown): Heard | null {
  const parsed = fromPlugin().safeParse(line)
  return parsed.success ? parsed.data : null
}

function problemOf(error: z.ZodError): string {
  const [first] = error.issues
  const where = first?.path.map(String).join('.') ?? ''
  return wordsOf(`${where === '' ? 'the answer' : where}: ${first?.message ?? 'unknown'}`)
}
