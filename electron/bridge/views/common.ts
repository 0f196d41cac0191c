/** Words that several views share. Times are epoch ms, fractions 0..1, temperatures °C, durations seconds; null = not known. */
import { z } from 'zod'
import { LANGUAGE_CODES } from '../../engine/delivery/languages/codes.ts'
import { EVENT_TYPES } from '../../engine/events/model.ts'

export const epoch = z.number()
export const id = z.string().min(1).max(200)
export const eventType = z.enum(EVENT_TYPES)
export const severity = z.enum(['info', 'success', 'warning', 'error', 'critical'])

/** A language that Printbell speaks. */
export const languageCode = z.enum(LANGUAGE_CODES)
export type LanguageCode = z.infer<typeof languageCode>
/** What the window speaks, and the locale (BCP 47) by whose customs it writes numbers, days and times. */
export const windowLanguage = z.strictObject({ code: languageCode, locale: z.string() })
export type WindowLanguage = z.infer<typeof windowLanguage>

/** The five states of the look: always colour, icon and word. */
export const displayState = z.enum(['idle', 'printing', 'needs', 'error', 'offline'])
export type DisplayState = z.infer<typeof displayState>

/** What a person says with an acknowledgement. `until` null = for good; a note is told to the others, unless `quiet`. */
export const acknowledging = z.strictObject({ until: epoch.nullable(), note: z.string().max(500).nullable(), quiet: z.boolean() })
export type Acknowledging = z.infer<typeof acknowledging>

/** What came of a person's wish (commands/wish.ts). */
export const outcome = z.strictObject({
  result: z.enum(['done', 'needs_confirmation', 'stale', 'expired', 'refused', 'forbidden', 'unsupported', 'unreachable', 'timed_out']),
  detail: z.string(),
})

/** One thing that is wrong with what a person typed; `path` is the field, "" = the whole. */
export const problem = z.strictObject({ path: z.string(), message: z.string(), cure: z.string() })
export type ProblemView = z.infer<typeof problem>

/** What came of saving: an unsaved value stays in the field, the engine keeps the old one. */
export const saved = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), problems: z.array(problem).min(1) }),
])
export type Saved = z.infer<typeof saved>

/** Address of a picture in the window: "printbell-picture://event/ID" or "printbell-picture://live/PRINTER?at=MS". */
export const pictureUrl = z.string().startsWith('printbell-picture://')
