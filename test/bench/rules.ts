/**
 * Routing with 50 profiles and 200 filters, on one core: how many events a second, and what of it the trace takes (decisions with their
 * reasons, for "why did I not hear"). Baseline of the trace: the same compiled profiles, asked only whether a destination gets the event.
 */
import { EVENT_TYPES, type EventType } from '../../electron/engine/events/model.ts'
import type { FilterFields } from '../../electron/engine/rules/filter.ts'
import { needsAnswer, stepsOf } from '../../electron/engine/rules/escalation.ts'
import { planRow } from '../../electron/engine/rules/outbox-plan.ts'
import { chosenFor, ownDoing } from '../../electron/engine/rules/own.ts'
import { byStrength, type CompiledProfile, type ProfileQuestion, type ProfileVerdict } from '../../electron/engine/rules/profiles.ts'
import { route, type RouteContext, type RoutedEvent } from '../../electron/engine/rules/route.ts'
import { selectorMatches } from '../../electron/engine/rules/selectors.ts'
import { holds, mutes, NO_SCOPE } from '../../electron/engine/silences/match.ts'
import type { filter } from '../../electron/engine/settings/rules-schema.ts'
import { anEvent, contextOf, LAMP, NOON, someSettings } from '../support/rule-fixtures.ts'
import { percentile, round } from './lib/engine.ts'
import type { z } from 'zod'

const PROFILES = 50
const FILTERS = 200
const EACH = FILTERS / PROFILES
const PRINTERS = 20
const FARM = 200
const DESTINATIONS = 10
/** Limits of the issue. */
const LIMIT_EVENTS_A_SECOND = 5_000
const LIMIT_TRACE_PERCENT = 20
const EVENTS = 2_000
const ROUNDS = 40
const WARM_UP = 5
const SEVERITIES = ['info', 'success', 'warning', 'error', 'critical'] as const

export async function run(): Promise<unknown[]> {
  const events = Array.from({ length: EVENTS }, (_, n) => madeEvent(n))
  return [
    ...measure(`${EACH} filters in each profile`, contextWith(madeFilter, (profile) => Array.from({ length: EACH }, (_, n) => profile * EACH + n)), events),
    ...measure(`all ${FILTERS} in each profile, most of which match`, contextWith(broadFilter, () => Array.from({ length: FILTERS }, (_, n) => n)), events),
    aFarm(events),
  ]
}

function measure(what: string, context: RouteContext, events: readonly RoutedEvent[]): object[] {
  const whole: number[] = []
  const shares: number[] = []
  const told = { whole: 0, bare: 0 }
  // Turn about, and each pair for itself, so that a machine that grows busy meanwhile counts for both.
  for (let n = 0; n < WARM_UP + ROUNDS; n++) {
    const ms = timed(() => { for (const event of events) told.whole += route(event, context).outbox.length })
    const bareMs = timed(() => { for (const event of events) told.bare += rowsOnly(event, context) })
    if (n < WARM_UP) continue
    whole.push(ms)
    shares.push(1 - bareMs / ms)
  }
  if (told.whole !== told.bare || told.whole === 0) throw new Error(`The baseline tells ${told.bare} times, the rules ${told.whole}: they do not answer the same question.`)
  const ms = percentile(whole, 0.5)
  return [
    speed(`${PROFILES} profiles x ${FILTERS} filters, ${what}`, ms),
    { name: 'the same: what the trace takes of it', value: round(100 * percentile(shares, 0.5), 1), unit: '%', baseline: null, ratio: null, limit: LIMIT_TRACE_PERCENT },
  ]
}

/** The profile that exists from the start, where somebody has many printers and never met the word. */
function aFarm(events: readonly RoutedEvent[]): object {
  const context = contextOf(someSettings({
    printers: Array.from({ length: FARM }, (_, n) => ({ id: `p${n}`, name: `Printer ${n}`, events: ['job.*', 'attention.*'] })),
    destinations: Array.from({ length: DESTINATIONS }, (_, n) => ({ id: `d${n}`, label: `Destination ${n}`, channel: n === 0 ? 'desktop' : 'webhook' })),
  }))
  const spent: number[] = []
  for (let n = 0; n < WARM_UP + ROUNDS; n++) spent.push(timed(() => { for (const event of events) route(event, context) }))
  return speed(`the profile from the start, ${FARM} printers, ${DESTINATIONS} destinations`, percentile(spent.slice(WARM_UP), 0.5))
}

/** Judged as time for an event: a limit is what a value may be at most. */
function speed(what: string, ms: number): object {
  return { name: `routing, ${what}: ${Math.round((EVENTS / ms) * 1_000)} events/s`, value: round((ms / EVENTS) * 1_000, 1), unit: 'µs an event', baseline: null, ratio: null, limit: 1e6 / LIMIT_EVENTS_A_SECOND }
}

/** Processor time, so that a busy machine does not count; ms. */
function timed(work: () => void): number {
  globalThis.gc?.()
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000
}

/** What every channel of the fixtures carries. */
const CARRIED: ReadonlySet<EventType> = new Set(EVENT_TYPES)

/** All that the rules ask, answered with yes or no; what is to be sent, and nothing of why. @returns how many rows there are */
function rowsOnly(event: RoutedEvent, context: RouteContext): number {
  const rows: unknown[] = []
  const told = new Set<CompiledProfile>()
  const asked = { event, facts: { tags: context.tagsOf(event.printerId), acknowledged: false }, now: context.now, presence: context.presence }
  for (const destination of context.destinations) {
    const kind = context.kinds.get(destination.channel)
    if (!destination.enabled || !kind || (context.settings.masked ?? []).some((selector) => selectorMatches(selector, event))) continue
    const chosen = chosenFor(event, destination.id)
    const heard = chosen === null ? strongest(asked, event, destination.id, context) : null
    if (chosen === false || (chosen === null && heard === null) || !CARRIED.has(event.type)) continue
    if (event.reason === destination.id || ownDoing(event, destination.id, context.settings.notifyMyself) !== null) continue
    if (context.silences.some((silence) => holds(silence, context.now) && mutes(silence, event, destination.id, asked.facts, NO_SCOPE))) continue
    rows.push(planRow(event, destination, kind, context, heard?.until ?? null))
    for (const profile of heard?.escalating ?? []) told.add(profile)
  }
  return rows.length + stepsOf(event, [...told], context.now).length
}

/** Until when it waits, and who wants others told when nobody answers; null = nobody tells it. */
function strongest(asked: ProfileQuestion, event: RoutedEvent, destinationId: string, { profiles }: RouteContext): { until: number | null; escalating: readonly CompiledProfile[] } | null {
  let best: ProfileVerdict | null = null
  let escalating: readonly CompiledProfile[] = NOBODY
  const mayEscalate = needsAnswer(event)
  for (const profile of profiles) {
    const target = profile.reaches(destinationId)
    if (target === null || profile.concerns?.(event) === false) continue
    const verdict = profile.judge(asked, target)
    if (verdict.decision === 'drop') continue
    if (mayEscalate && profile.escalate !== null) escalating = [...escalating, profile]
    if (best !== null && byStrength(best, verdict) <= 0) continue
    best = verdict
    if (verdict.decision === 'deliver' && !mayEscalate) break
  }
  return best === null ? null : { until: 'until' in best ? best.until : null, escalating }
}
const NOBODY: readonly CompiledProfile[] = []

/** One concern each, as people make them: what kind of event, which printers, how bad, where. */
function madeFilter(n: number): FilterFields {
  switch (n % 4) {
    case 0: return { events: [['job.*', 'attention.*', 'failure.*'], ['job.done', 'job.failed', 'job.cancelled', 'device.*'], ['*'], ['heater.*', 'link.*', 'camera.*', 'job.progress']][(n / 4) % 4] }
    case 1: return { printers: Array.from({ length: 12 }, (_, k) => `p${(n + k) % PRINTERS}`) }
    case 2: return { minSeverity: SEVERITIES[Math.floor(n / 4) % 3] }
    default: return n % 8 === 3 ? { tags: ['cellar', 'loft'] } : { files: ['lamp*', 'vase-??.gcode', '*bracket*'] }
  }
}

/** Filters that nearly always match, so that all of a profile must be asked: one of the printers from the tenth on is missing in each. */
const broadFilter = (n: number): FilterFields => ({
  events: ['job.*', 'device.error', 'native:MovieDone'], printers: Array.from({ length: PRINTERS }, (_, k) => `p${k}`).filter((id) => id !== `p${10 + (n % 10)}`), minSeverity: 'info', tags: ['loft', 'pla'], files: ['*.gcode'],
})

function contextWith(match: (filter: number) => FilterFields, filtersOf: (profile: number) => number[]): RouteContext {
  return contextOf(someSettings({
    printers: Array.from({ length: PRINTERS }, (_, n) => ({ id: `p${n}`, name: `Printer ${n}`, tags: [['cellar', 'loft', 'garage'][n % 3] ?? 'cellar', 'pla'] })),
    destinations: Array.from({ length: DESTINATIONS }, (_, n) => ({ id: `d${n}`, label: `Destination ${n}`, channel: n === 0 ? 'desktop' : 'webhook' })),
    timeslots: [{ id: 'awake', name: 'Awake', zone: 'Europe/Oslo', ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '21:59' }] }],
    filters: Array.from({ length: FILTERS }, (_, n) => ({ id: `f${n}`, name: `Filter ${n}`, match: match(n) })) as z.input<ReturnType<typeof filter>>[],
    profiles: Array.from({ length: PROFILES }, (_, n) => ({
      id: `profile${n}`, name: `Profile ${n}`, filters: filtersOf(n).map((id) => `f${id}`), timeslot: n % 2 === 0 ? 'awake' : 'always',
      ...(n % 10 === 1 ? { escalate: { afterMinutes: 10, to: [`d${n % DESTINATIONS}`] } } : {}),
      destinations: [0, 3, 7].map((k) => ({ destination: `d${(n + k) % DESTINATIONS}`, ...(n % 7 === 6 ? { mode: 'digest' as const, digest: { at: ['08:00'] } } : {}) })),
    })),
  }))
}

function madeEvent(n: number): RoutedEvent {
  const type = EVENT_TYPES[n % EVENT_TYPES.length] as EventType
  return anEvent(type, {
    id: `E${n}`, printerId: type.startsWith('app.') ? '' : `p${n % PRINTERS}`, severity: SEVERITIES[n % SEVERITIES.length] ?? 'info', occurredAt: NOON + n, observedAt: NOON + n,
    job: { ...LAMP, file: { ...LAMP.file, name: n % 3 === 0 ? 'lamp-vase.gcode' : 'bracket.gcode' } },
  })
}
