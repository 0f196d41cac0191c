/** Reports over the history: what a profile would have told, what makes the noise, how many events there were. Made in a thread of their own (engine/why/reports.ts). */
import { z } from 'zod'
import { epoch, eventType, id, problem, severity } from './common.ts'
import { rulesChange, rulesView } from './rules.ts'

/** No answer: a newer question took its place, or nobody waits for it any more. */
const cancelled = z.strictObject({ result: z.literal('cancelled') })
const failed = z.strictObject({ result: z.literal('failed'), why: z.string() })

/** Changes that are tried out one after the other and written nowhere. */
export const rulesChanges = z.array(rulesChange).max(200)

export const triedRules = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), rules: rulesView }),
  z.strictObject({ ok: z.literal(false), problems: z.array(problem).min(1) }),
])
export type TriedRules = z.infer<typeof triedRules>

export const VERDICTS = ['deliver', 'hold', 'digest', 'drop'] as const
export const verdict = z.enum(VERDICTS)
export type Verdict = z.infer<typeof verdict>

const counts = z.strictObject({ deliver: z.number().int(), hold: z.number().int(), digest: z.number().int(), drop: z.number().int() })

export const previewQuestion = z.strictObject({
  profileId: id,
  days: z.number().int().min(1).max(30),
  /** Of the rules, before it is judged. */
  changes: rulesChanges,
})

export const previewRow = z.strictObject({
  eventId: id, at: epoch, type: eventType, severity,
  /** "" = it is about Printbell itself. */
  printerName: z.string(),
  title: z.string(),
  decision: verdict,
  /** A phrase without a full stop. */
  text: z.string(),
  /** How many destinations more are decided as strongly. */
  more: z.number().int(),
})
export type PreviewRow = z.infer<typeof previewRow>

export const preview = z.strictObject({
  since: epoch,
  until: epoch,
  /** How many events were judged; `more` = there were others, these are the newest. */
  events: z.number().int(),
  more: z.boolean(),
  /** Each event once, by the strongest decision on it. */
  total: counts,
  /** What the profile reaches. */
  destinations: z.array(z.strictObject({ id: z.string(), label: z.string(), counts })),
  /** By decision, the most frequent first. */
  reasons: z.array(z.strictObject({ decision: verdict, text: z.string(), events: z.number().int() })),
  /** The newest of each decision, newest first. */
  rows: z.array(previewRow),
  /** What is not known of then, or left out (engine/why/preview.ts, `Assumption`). */
  assumes: z.array(z.enum(['silences', 'presence', 'rest', 'later', 'bursts', 'others'])),
})
export type PreviewView = z.infer<typeof preview>

export const previewAnswer = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('ready'), preview }),
  /** The changes can't be tried. */
  z.strictObject({ result: z.literal('refused'), problems: z.array(problem).min(1) }),
  cancelled,
  failed,
])

const noiseOfKind = z.strictObject({
  type: eventType, messages: z.number().int(),
  /** 0..1, of what it is told among. */
  share: z.number(),
  /** The profile that told most of them; null = the one that goes by what is ticked. */
  profileId: z.string().nullable(),
})

export const noise = z.strictObject({
  days: z.number().int(),
  messages: z.number().int(),
  more: z.boolean(),
  /** The loudest first. */
  kinds: z.array(noiseOfKind),
  destinations: z.array(z.strictObject({ id: z.string(), messages: z.number().int(), share: z.number(), kinds: z.array(noiseOfKind) })),
})
export type NoiseView = z.infer<typeof noise>
export type NoiseOfKind = z.infer<typeof noiseOfKind>

export const noiseAnswer = z.discriminatedUnion('result', [z.strictObject({ result: z.literal('ready'), noise }), cancelled, failed])

export const dailyCounts = z.strictObject({
  /** Every local day, "2026-01-15", the oldest first. */
  days: z.array(z.strictObject({ day: z.string(), kinds: z.array(z.strictObject({ type: eventType, severity, events: z.number().int() })) })),
  events: z.number().int(),
})
export type DailyCountsView = z.infer<typeof dailyCounts>

export const countsAnswer = z.discriminatedUnion('result', [z.strictObject({ result: z.literal('ready'), counts: dailyCounts }), cancelled, failed])
