/** Settings, events and moments that nobody thought of, for properties of the rules. */
import fc from 'fast-check'
import type { z } from 'zod'
import { EVENT_TYPES, type AttentionKind, type EventType } from '../../electron/engine/events/model.ts'
import type { Silence } from '../../electron/engine/history/history.ts'
import type { PresenceState } from '../../electron/engine/ports.ts'
import type { RoutedEvent } from '../../electron/engine/rules/route.ts'
import type { settingsSchema } from '../../electron/engine/settings/schema.ts'
import { anEvent, LAMP, NOON } from './rule-fixtures.ts'

type Written = Partial<z.input<ReturnType<typeof settingsSchema>>>
type Profile = NonNullable<Written['profiles']>[number]

/** The same cases on every machine. `PRINTBELL_SEED` looks for others. */
export const SEED = { seed: Number(process.env.PRINTBELL_SEED ?? 20_260_115) }

const HOUR = 3_600_000
const PRINTERS = ['p1', 'p2', 'p3']
const DESTINATIONS = ['d1', 'd2', 'd3']
const TAGS = ['cellar', 'Loft', 'pla']
const SELECTORS = ['*', '*', 'job.*', 'attention.*', 'device.*', 'app.*', 'job.done', 'job.failed', 'link.lost', 'native:MovieDone', 'native:*']
const SEVERITIES = ['info', 'success', 'warning', 'error', 'critical'] as const

const some = <T>(of: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...of], { minLength: 1 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.oneof(fc.constant(undefined), arbitrary)
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
/** Without the fields that are undefined, as a settings file has it. */
const written = <T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> => arbitrary.map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as T)

const timeOfDay = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30', '59')).map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`)
const days = some([1, 2, 3, 4, 5, 6, 7])
const range = fc.oneof(fc.record({ days }), fc.record({ days, from: timeOfDay, to: timeOfDay }))

const match = written(fc.record({
  printers: seldom(fc.subarray(PRINTERS)), serverKinds: seldom(some(['octoprint', 'moonraker'])), tags: seldom(some(TAGS)), minSeverity: seldom(fc.constantFrom(...SEVERITIES)), events: maybe(some(SELECTORS)),
  files: seldom(some(['lamp*', '*.gcode', 'vase?'])), longerThan: seldom(fc.constantFrom(0, 3_600)), shorterThan: seldom(fc.constantFrom(600, 7_200)), acknowledged: seldom(fc.boolean()),
}))

const target = fc.record({ destination: fc.constantFrom('*', ...DESTINATIONS), mode: fc.constantFrom('now' as const, 'now' as const, 'now' as const, 'in_app' as const, 'digest' as const, 'off' as const), presence: fc.constantFrom('always' as const, 'always' as const, 'at_desk' as const, 'away' as const), at: timeOfDay, days })
  .map(({ at, days: on, ...rest }) => ({ ...rest, ...(rest.mode === 'digest' ? { digest: { at: [at], days: on } } : {}) }))

const profile = (index: number, filterIds: readonly string[], timeslotIds: readonly string[]): fc.Arbitrary<Profile> => written(fc.record({
  id: fc.constant(`profile${index}`), name: fc.constant(`Profile ${index}`), active: fc.constantFrom(true, true, true, false), pausedUntil: seldom(fc.constantFrom(NOON - HOUR, NOON + 30 * HOUR)),
  timeslot: fc.constantFrom('always', ...timeslotIds, ...timeslotIds), outside: fc.constantFrom('hold' as const, 'drop' as const), criticalPasses: fc.boolean(), filters: fc.subarray([...filterIds], { maxLength: Math.min(2, filterIds.length) }),
  destinations: fc.array(target, { minLength: 1, maxLength: 3 }), byEvents: fc.constantFrom(false, false, true),
  escalate: maybe(fc.record({ afterMinutes: fc.integer({ min: 1, max: 60 }), to: some(DESTINATIONS), times: fc.integer({ min: 1, max: 3 }) })),
}))

/** As somebody could have written them; every id that is named is there. */
export const madeSettings: fc.Arbitrary<Written> = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 4 })).chain(([filters, timeslots, profiles]) => {
  const ids = (what: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${what}${n}`)
  const [filterIds, timeslotIds] = [ids('f', filters), ids('t', timeslots)]
  return written(fc.record({
    notifyMyself: fc.boolean(),
    zone: fc.constantFrom('UTC', 'Europe/Oslo', 'Australia/Sydney'),
    printers: fc.tuple(...PRINTERS.map((id) => written(fc.record({ id: fc.constant(id), name: fc.constant(id.toUpperCase()), tags: maybe(some(TAGS)), events: maybe(some(SELECTORS)), enabled: fc.constantFrom(true, true, false) })))),
    destinations: fc.tuple(...DESTINATIONS.map((id) => written(fc.record({ id: fc.constant(id), label: fc.constant(`Destination ${id}`), channel: fc.constantFrom('desktop', 'webhook', 'desktop', 'webhook', 'webhook', 'webhook', 'sms', 'missing'), events: maybe(some(SELECTORS)), enabled: fc.constantFrom(true, true, true, false) })))),
    timeslots: fc.tuple(...timeslotIds.map((id) => fc.record({ id: fc.constant(id), name: fc.constant(id), zone: fc.constantFrom('Europe/Oslo', 'America/New_York'), ranges: fc.array(range, { minLength: 1, maxLength: 2 }) }))),
    filters: fc.tuple(...filterIds.map((id) => fc.record({ id: fc.constant(id), name: fc.constant(id), match }))),
    fallbackFilter: seldom(match),
    profiles: fc.tuple(...ids('', profiles).map((_, index) => profile(index, filterIds, timeslotIds))),
    subscriptions: fc.array(fc.record({ printers: some(PRINTERS), events: some(SELECTORS), destination: fc.constantFrom(...DESTINATIONS), mode: fc.constantFrom('now' as const, 'off' as const) }), { maxLength: 2 }),
  }))
})

const PROMPT = { key: 'prompt', kind: 'user_input' as AttentionKind, text: null, choices: [], since: NOON }

export const madeEvent: fc.Arbitrary<RoutedEvent> = fc.record({
  type: fc.constantFrom<EventType>(...EVENT_TYPES, ...Array<EventType>(6).fill('job.done'), ...Array<EventType>(6).fill('job.failed'), ...Array<EventType>(6).fill('attention.user_input'), 'device.error'), severity: fc.constantFrom(...SEVERITIES), printerId: fc.constantFrom(...PRINTERS), serverKind: fc.constantFrom('octoprint', 'moonraker'),
  hours: fc.integer({ min: -200, max: 200 }), lateBy: fc.constantFrom(0, 0, 0, 1, 9, 30), withJob: fc.boolean(), byUs: fc.boolean(), late: fc.boolean(), reason: maybe(fc.constantFrom('idle', 'during_job', 'd1', 'd2')), printTime: fc.constantFrom(null, 300, 5_000), remaining: fc.constantFrom(null, 0, 4_000),
  native: maybe(fc.constantFrom({ name: 'MovieDone', payload: null }, { name: 'Upload', payload: { size: 7 } })), snapshot: fc.constantFrom('none' as const, 'now' as const, 'final' as const),
}).map(({ hours, lateBy, withJob, ...rest }) => anEvent(rest.type, {
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  occurredAt: NOON + hours * HOUR, observedAt: NOON + (hours + lateBy) * HOUR,
  ...(rest.type.startsWith('app.') ? { printerId: '', printerName: '' } : {}), ...(withJob ? { job: LAMP } : {}), ...(rest.type.startsWith('attention.') ? { attention: PROMPT } : {}),
}))

export const madePresence = fc.constantFrom<PresenceState>('present', 'idle', 'locked', 'unknown')

/** Round the event: some hold, some are over, some are about others. */
export const madeSilences: fc.Arbitrary<Silence[]> = fc.array(fc.record({
  from: fc.integer({ min: -300, max: 300 }), hours: fc.constantFrom(null, 1, 100), printers: maybe(some(PRINTERS)), types: maybe(some<EventType>(['job.done', 'job.failed', 'device.error'])), destinations: maybe(some(DESTINATIONS)), ofJob: fc.boolean(),
}), { maxLength: 1 }).map((all) => all.map(({ from, hours, printers, types, destinations, ofJob }, index) => ({
  id: `S${index}`, createdAt: NOON + from * HOUR, startsAt: NOON + from * HOUR, endsAt: hours === null ? null : NOON + (from + hours) * HOUR, reason: 'made', by: 'window',
  match: { ...(printers ? { printerIds: printers } : {}), ...(types ? { types } : {}), ...(destinations ? { destinationIds: destinations } : {}), ...(ofJob ? { jobKey: LAMP.key } : {}) },
})))
