/** What the page of the rules shows, and how it changes them. The settings' own schema is the one truth; nothing of it is secret. */
import { z } from 'zod'
import { filter, filterMatch, profile, timeslot, zone } from '../../engine/settings/rules-schema.ts'
import { id } from './common.ts'

/** As they are in force, with every default. "always" is a timeslot that is not listed. */
export const rulesView = z.strictObject({
  /** Null = this computer's. */
  zone: zone().nullable(),
  timeslots: z.array(timeslot()),
  filters: z.array(filter()),
  fallbackFilter: filterMatch().nullable(),
  profiles: z.array(profile()),
})
export type RulesView = z.infer<typeof rulesView>
export type ProfileView = RulesView['profiles'][number]
export type ProfileTarget = ProfileView['destinations'][number]
export type TimeslotView = RulesView['timeslots'][number]
export type DayRangeView = TimeslotView['ranges'][number]
export type FilterView = RulesView['filters'][number]
export type FilterMatch = FilterView['match']

export const ruleList = z.enum(['profiles', 'timeslots', 'filters'])
export type RuleList = z.infer<typeof ruleList>

/** In patches null takes a field back to its default. Values are checked by the settings' schema, so that what is wrong is told at its field. */
export const rulesChange = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('edit'), list: ruleList, id, patch: z.record(z.string(), z.unknown()) }),
  /** `copyOf` null: a new one. A name that is taken gets a number. */
  z.strictObject({ what: z.literal('add'), list: ruleList, name: z.string(), copyOf: id.nullable() }),
  /** Refused, with the names, while something uses it. */
  z.strictObject({ what: z.literal('remove'), list: ruleList, id }),
  z.strictObject({ what: z.literal('general'), patch: z.record(z.string(), z.unknown()) }),
  /** The profile that goes by `events` is told by what is open; null = it is told all the time again. */
  z.strictObject({ what: z.literal('quiet-hours'), quiet: z.strictObject({ name: z.string(), ranges: z.array(z.unknown()), outside: z.enum(['hold', 'drop']), criticalPasses: z.boolean() }).nullable() }),
  /** Takes changes back: everything as it was. */
  z.strictObject({ what: z.literal('restore'), rules: z.record(z.string(), z.unknown()) }),
])
export type RulesChange = z.infer<typeof rulesChange>
