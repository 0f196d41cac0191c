/** The settings of the rules: who hears what, and when. Ids are checked against each other in expand-rules.ts. */
import { z } from 'zod'
import { EVENT_TYPES } from '../events/model.ts'
import { once } from '../once.ts'
import { isZone, minuteOf } from '../rules/day-times.ts'
import { id, selector } from './basics.ts'

const name = once(() => z.string().trim().min(1).max(60))
/** A misspelled type would be a filter that never matches. */
const knownSelector = once(() => selector
  .refine((text) => !/^[a-z]+\.[a-z_]+$/.test(text) || (EVENT_TYPES as readonly string[]).includes(text), 'there is no event of this name; docs/events.md lists them'))

/** A time zone by its name. Absent where it is optional = this computer's. */
export const zone = once(() => z.string().refine((text) => isZone(text), 'use the name of a time zone, like "Europe/Oslo"; an offset knows no summer time'))

const timeOfDay = once(() => z.string().refine((text) => minuteOf(text) !== null, 'use hours and minutes, from "00:00" to "23:59"'))
/** ISO weekdays, 1 = Monday. */
const days = once(() => z.array(z.number().int().min(1).max(7)).min(1))

export const dayRange = once(() => z.strictObject({
  days: days().describe('Weekdays on which it begins, 1 = Monday to 7 = Sunday'),
  from: timeOfDay().optional().describe('First minute, "07:30"; without from and to it is the whole day'),
  to: timeOfDay().optional().describe('Last minute, covered whole: "23:59" ends with the day; earlier than from = it goes on past midnight'),
}).refine((range) => (range.from === undefined) === (range.to === undefined), 'give both from and to, or neither for the whole day'))

export const timeslot = once(() => z.strictObject({ id, name: name(), zone: zone().optional(), ranges: z.array(dayRange()).min(1).max(50) }))

export const filterMatch = once(() => z.strictObject({
  printers: z.array(id).optional(),
  serverKinds: z.array(z.string().min(1)).optional(),
  tags: z.array(z.string().trim().min(1)).optional(),
  minSeverity: z.enum(['info', 'success', 'warning', 'error', 'critical']).optional(),
  events: z.array(knownSelector()).optional(),
  files: z.array(z.string().min(1)).optional().describe('Patterns of file names with * and ?'),
  longerThan: z.number().min(0).optional().describe('Whole print time in seconds'),
  shorterThan: z.number().min(0).optional().describe('Whole print time in seconds'),
  acknowledged: z.boolean().optional(),
}))

export const filter = once(() => z.strictObject({ id, name: name(), match: filterMatch().default({}) }))

export const profileDestination = once(() => z.strictObject({
  /** "*" = every destination. */
  destination: z.union([z.literal('*'), id]),
  /** now; in_app: the history only; digest: gathered until the next of `digest`; off. */
  mode: z.enum(['now', 'in_app', 'digest', 'off']).default('now'),
  /** always; at_desk: only while somebody sits here; away: only while nobody does. Where that can't be told, all three hold. */
  presence: z.enum(['always', 'at_desk', 'away']).default('always'),
  digest: z.strictObject({ at: z.array(timeOfDay()).min(1).max(24), days: days().default([1, 2, 3, 4, 5, 6, 7]) }).optional(),
}).refine((one) => one.mode !== 'digest' || one.digest !== undefined, 'say when the digest is sent: "digest": { "at": ["08:00"] }'))

export const profile = once(() => z.strictObject({
  id,
  name: name(),
  active: z.boolean().default(true),
  /** Epoch ms until which it rests. */
  pausedUntil: z.number().int().optional(),
  /** "always" exists without being listed. */
  timeslot: id.default('always'),
  /** What happens outside of the timeslot. */
  outside: z.enum(['hold', 'drop']).default('hold'),
  criticalPasses: z.boolean().default(true).describe('Critical events are delivered outside of the timeslot too'),
  /** All must match; none = everything. */
  filters: z.array(id).default([]),
  destinations: z.array(profileDestination()).default([]),
  /** Who is told when nobody acknowledges what needs a person. */
  escalate: z.strictObject({
    afterMinutes: z.number().int().min(1).max(1_440),
    to: z.array(id).min(1),
    times: z.number().int().min(1).max(10).default(1).describe('How often, each time after so many minutes more'),
  }).optional(),
  /** True = only what the `events` of printers and destinations name, and `subscriptions`: the simple profile that exists from the start. */
  byEvents: z.boolean().default(false),
}))

/** Who has one printer and one phone never meets the word. */
export const DEFAULT_PROFILE: z.input<ReturnType<typeof profile>> = { id: 'default', name: 'Everything chosen', byEvents: true, destinations: [{ destination: '*' }] }

/** Of what happens to many printers at once. */
export const grouping = once(() => z.strictObject({
  burst: z.number().min(0).max(60).default(10).meta({ title: 'Gather the same news for', description: 'The first printer is told at once, others within this time follow in one message. 0 tells each by itself', unit: 's' }),
  servers: z.boolean().default(true).meta({ title: 'One message for a server', description: 'When it is lost with all its printers, and when it is back. No camera is missed while its printer is' }),
}))

export const rulesShape = once(() => ({
  /** What nobody is ever told of; it is in the history all the same. */
  masked: z.array(knownSelector()).default([]),
  grouping: grouping().prefault({}),
  zone: zone().optional(),
  timeslots: z.array(timeslot()).default([]),
  filters: z.array(filter()).default([]),
  /** Fills what a filter leaves open. */
  fallbackFilter: filterMatch().optional(),
  profiles: z.array(profile()).prefault([DEFAULT_PROFILE]),
}))

export type RuleSettings = Omit<z.output<z.ZodObject<ReturnType<typeof rulesShape>>>, 'grouping'>
export type ProfileSettings = z.output<ReturnType<typeof profile>>
export type TimeslotSettings = z.output<ReturnType<typeof timeslot>>
