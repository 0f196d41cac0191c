/** What is said over the control endpoint: one JSON object a line, request and answer matched by `id`. */
import { z } from 'zod'
import { EVENT_TYPES } from '../events/model.ts'
import { filterMatch } from '../settings/rules-schema.ts'

const wishAction = z.discriminatedUnion('name', [
  z.object({ name: z.literal('pause') }),
  z.object({ name: z.literal('resume') }),
  z.object({ name: z.literal('cancel') }),
  z.object({ name: z.literal('emergency_stop') }),
  z.object({ name: z.literal('gcode'), lines: z.array(z.string().min(1)).min(1) }),
  z.object({ name: z.literal('answer'), choice: z.number().int().min(0) }),
  z.object({ name: z.literal('acknowledge') }),
  z.object({ name: z.literal('mute'), seconds: z.number().positive() }),
])

/** Absent fields match any. `filter`: the id of a filter of the settings, or fields of its own. */
const silenceMatch = z.strictObject({
  printerIds: z.array(z.string()).optional(),
  serverIds: z.array(z.string()).optional(),
  jobKey: z.string().optional(),
  types: z.array(z.enum(EVENT_TYPES)).optional(),
  destinationIds: z.array(z.string()).optional(),
  filter: z.union([z.string(), filterMatch()]).optional(),
})

export const controlRequest = z.discriminatedUnion('call', [
  z.object({ call: z.literal('status') }),
  z.object({ call: z.literal('stop') }),
  /** A second start of the app: bring up the window, at a page of it, or where it was. */
  z.object({ call: z.literal('show'), path: z.string().startsWith('/').max(1_000).nullable() }),
  z.object({ call: z.literal('test-destination'), destinationId: z.string() }),
  z.object({ call: z.literal('test-server'), serverId: z.string() }),
  /** A rehearsal: a made-up event that goes through rules, history and delivery like a real one. */
  z.object({ call: z.literal('send'), destinationId: z.string(), printerId: z.string(), type: z.enum(EVENT_TYPES) }),
  /** The same to several destinations at once; null = every one that is on. */
  z.object({ call: z.literal('rehearse'), destinationIds: z.array(z.string()).min(1).nullable(), printerId: z.string(), type: z.enum(EVENT_TYPES) }),
  z.object({ call: z.literal('send-again'), eventId: z.string(), destinationId: z.string() }),
  z.object({ call: z.literal('send-all-again'), destinationId: z.string() }),
  z.object({ call: z.literal('discard'), eventId: z.string(), destinationId: z.string() }),
  z.object({ call: z.literal('discard-all'), destinationId: z.string() }),
  z.object({ call: z.literal('wish'), printerId: z.string(), action: wishAction, confirmed: z.boolean() }),
  /** `until` epoch ms; absent = for good. A note is told to the others, unless `quiet`. */
  z.object({ call: z.literal('acknowledge'), eventId: z.string(), printerId: z.string(), until: z.number().int().optional(), note: z.string().min(1).optional(), quiet: z.boolean().optional() }),
  /** A message of a person's own; null = to every destination that is on. */
  z.object({ call: z.literal('broadcast'), text: z.string().min(1), destinationIds: z.array(z.string()).min(1).nullable() }),
  /** Those in force now. */
  z.object({ call: z.literal('silences') }),
  /** Those in force, those to come, and those of the last 30 days. */
  z.object({ call: z.literal('list-silences') }),
  /** Times in epoch ms; `startsAt` absent = now, `endsAt` null = until it is lifted. */
  z.object({ call: z.literal('add-silence'), startsAt: z.number().int().optional(), endsAt: z.number().int().nullable(), reason: z.string().max(200), match: silenceMatch }),
  z.object({ call: z.literal('edit-silence'), id: z.string(), startsAt: z.number().int().optional(), endsAt: z.number().int().nullable().optional(), reason: z.string().max(200).optional(), match: silenceMatch.optional() }),
  z.object({ call: z.literal('lift-silence'), id: z.string() }),
  /** All its prints, what it prints now, or (null) no more. */
  z.object({ call: z.literal('follow'), printerId: z.string(), what: z.enum(['always', 'print']).nullable() }),
  z.object({ call: z.literal('mark-seen'), eventIds: z.array(z.string()), all: z.boolean() }),
])
export type ControlRequest = z.infer<typeof controlRequest>

export const controlFrame = z.object({ id: z.number().int(), request: controlRequest })

/** `ok` false = the engine refused or failed; `error` says cause and cure. */
export const controlAnswer = z.object({ id: z.number().int(), ok: z.boolean(), result: z.unknown().optional(), error: z.string().optional() })
export type ControlAnswer = z.infer<typeof controlAnswer>
