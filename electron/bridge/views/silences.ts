/** Silences as the window shows and makes them. What is wrong with one is told by the engine, at its field. */
import { z } from 'zod'
import { filterMatch } from '../../engine/settings/rules-schema.ts'
import { epoch, eventType, id, problem } from './common.ts'

/** Absent = any; nothing at all = everything. `filter`: the id of a filter of the rules, or fields of its own. */
export const silenceMatch = z.strictObject({
  printerIds: z.array(id).optional(),
  serverIds: z.array(id).optional(),
  /** One print; opaque to the window. */
  jobKey: z.string().optional(),
  types: z.array(eventType).optional(),
  destinationIds: z.array(id).optional(),
  filter: z.union([id, filterMatch()]).optional(),
})
export type SilenceMatchView = z.infer<typeof silenceMatch>

export const silenceView = z.strictObject({
  id,
  state: z.enum(['running', 'coming', 'past']),
  startsAt: epoch,
  /** Null = until somebody ends it; of one print: until that ends. */
  endsAt: epoch.nullable(),
  match: silenceMatch,
  /** "" = nobody said. */
  reason: z.string(),
  /** Who made it, or by what ("window", "cli", "toast"). */
  by: z.string(),
  /** It ended too long ago to be changed. */
  locked: z.boolean(),
})
export type SilenceView = z.infer<typeof silenceView>

/** Those in force, those to come and those of the last 30 days, in this order. */
export const silenceList = z.array(silenceView)

/** `startsAt` null = now. */
export const newSilence = z.strictObject({ match: silenceMatch, startsAt: epoch.nullable(), endsAt: epoch.nullable(), reason: z.string().max(1_000) })
export type NewSilenceView = z.infer<typeof newSilence>

/** Absent = stays. */
export const silencePatch = z.strictObject({ match: silenceMatch.optional(), startsAt: epoch.optional(), endsAt: epoch.nullable().optional(), reason: z.string().max(1_000).optional() })
export type SilencePatch = z.infer<typeof silencePatch>

export const silenceMade = z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), id }), z.strictObject({ ok: z.literal(false), problems: z.array(problem).min(1) })])
