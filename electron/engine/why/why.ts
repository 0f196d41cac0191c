/** "Why did I not hear?": from what is stored about that time to an answer in whole sentences. Pure; facts.ts reads. */
import { clean, sentence } from '../delivery/text.ts'
import type { EventType, Suppressed } from '../events/model.ts'
import type { LinkGap, StoredEvent } from '../history/history.ts'
import { suppressedBecause, suppressedBy } from '../rules/explain.ts'
import type { AbsenceCause } from './absences.ts'
import type { Heard, WhyFacts, WhyQuestion } from './facts.ts'
import { fateOf, type Fate, type FateKind, type WhyNames } from './fate.ts'
import { capitalised, kindName, titleOf, wholeTitle } from './title.ts'

/**
 * `suppressed`: noticed and not told; `unseen`: nobody could see it then; `not_watched`: nobody looks for it; `nothing`: there was none; else what
 * became of the event.
 */
export type WhyVerdict = FateKind | 'suppressed' | 'unseen' | 'not_watched' | 'nothing'

/** Something else that happened about then. */
export interface NearMiss {
  /** Null = it was swallowed, and is no event. */
  eventId: string | null
  at: number
  type: EventType
  /** "Print cancelled", "Paused: not told, because ...". */
  text: string
}

export interface WhyAnswer {
  verdict: WhyVerdict
  /** Whole sentences; the answer comes first. */
  sentences: string[]
  /** The event that is meant; null = none was seen. */
  event: { id: string; at: number; title: string } | null
  /** What became of it, destination by destination; empty without an event. */
  destinations: Fate[]
  /** The nearest first. */
  near: NearMiss[]
}

interface Reason {
  verdict: WhyVerdict
  text: string
}

const DAY_MS = 24 * 3_600_000

/** @param names of what decisions speak of by id, and how a time is told */
export function whyNot(question: WhyQuestion, facts: WhyFacts, names: WhyNames): WhyAnswer {
  const [heard, ...again] = facts.heard
  const near = [...again.map(({ event }) => event), ...facts.near].map((event): NearMiss => ({ eventId: event.id, at: event.occurredAt, type: event.type, text: wholeTitle(event) }))
  if (heard !== undefined) return { ...seen(question, heard, facts, names), near: byNearness([...near, ...facts.suppressed.map(swallowed)], question.at) }
  const reasons = unseen(question, facts, names)
  return {
    verdict: reasons[0]?.verdict ?? 'nothing',
    sentences: reasons.map(({ text }) => sentence(text)),
    event: null,
    destinations: [],
    // What answers the question is told there.
    near: byNearness([...near, ...facts.suppressed.filter(({ type }) => type !== question.type).map(swallowed)], question.at),
  }
}

// --------------------------------------------------------------------------------------------------- there was an event

const STRONGEST: readonly FateKind[] = ['delivered', 'failed', 'waiting', 'dropped']

function seen(question: WhyQuestion, heard: Heard, facts: WhyFacts, names: WhyNames): Omit<WhyAnswer, 'near'> {
  const { event } = heard
  const asked = destinationsOf(question, heard, facts)
  const fates = asked.map((destination) => fateOf(destination, heard, facts.failing.find(({ destinationId }) => destinationId === destination.id) ?? null, names))
  const only = fates.length === 1 ? fates[0] : undefined
  return {
    verdict: STRONGEST.find((kind) => fates.some((fate) => fate.kind === kind)) ?? 'dropped',
    sentences: [
      sentence(`“${wholeTitle(event)}”${of(event)} was seen at ${names.time(event.occurredAt)}${foundLate(event, names)}`),
      ...(only ? [only.text] : [sentence(summary(fates))]),
      ...(event.acknowledgedAt !== null ? [sentence(`Somebody acknowledged it at ${names.time(event.acknowledgedAt)}`)] : event.seenAt !== null && event.seenAt > event.observedAt ? [sentence(`It is marked as seen since ${names.time(event.seenAt)}`)] : []),
    ],
    event: { id: event.id, at: event.occurredAt, title: wholeTitle(event) },
    destinations: fates,
  }
}

const of = (event: StoredEvent): string => (event.printerId === '' ? '' : ` of “${clean(event.printerName)}”`)

function foundLate(event: StoredEvent, names: WhyNames): string {
  return event.late ? `, but found out only at ${names.time(event.observedAt)}` : ''
}

function destinationsOf({ destinationId }: WhyQuestion, { decisions, outbox }: Heard, facts: WhyFacts): WhyFacts['destinations'] {
  const known = facts.destinations
  const removed = [...new Set([...decisions, ...outbox].map((each) => each.destinationId))].filter((id) => !known.some((one) => one.id === id)).map((id) => ({ id, label: id, enabled: true }))
  const all = [...known, ...removed]
  return destinationId === null ? all : all.filter(({ id }) => id === destinationId)
}

function summary(fates: readonly Fate[]): string {
  if (fates.length === 0) return 'There is no destination that could have told it. Add one under Destinations'
  const parts = SUMMED.flatMap(([kind, one, more]) => {
    const n = fates.filter((fate) => fate.kind === kind).length
    return n === 0 ? [] : [`${n} ${n === 1 ? one : more}`]
  })
  return `Of ${fates.length} destinations ${parts.join(', ')}`
}

const SUMMED: readonly (readonly [FateKind, string, string])[] = [
  ['delivered', 'got it', 'got it'], ['waiting', 'is still to get it', 'are still to get it'], ['failed', 'should have got it and did not', 'should have got it and did not'], ['dropped', 'was not told', 'were not told'],
]

// ------------------------------------------------------------------------------------------------- there was no event

/** Why none was seen; what is certain first. Never empty. */
function unseen(question: WhyQuestion, facts: WhyFacts, names: WhyNames): Reason[] {
  const reasons = [
    ...ofThePrinter(question, facts),
    ...facts.suppressed.filter(({ type }) => type === question.type).map((row) => suppressedThen(row, facts, names)),
    ...notMade(facts, question),
    ...covering(facts.absences, question.at).map((gap) => absent(gap, names)),
    ...covering(facts.gaps, question.at).map((gap) => unreachable(gap, facts, names)),
    ...notKept(question, facts),
  ]
  const maybe = [...beside(facts.absences, question.at).map((gap) => absent(gap, names)), ...beside(facts.gaps, question.at).map((gap) => unreachable(gap, facts, names))]
  if (reasons.length > 0) return [...reasons, ...maybe]
  const nothing: Reason = { verdict: 'nothing', text: `No “${kindName(question.type)}” of “${nameOf(facts, question)}” was seen around ${names.time(question.at)}, and none was left out` }
  return [nothing, ...maybe, ...(maybe.length > 0 ? [] : [{ verdict: 'nothing' as const, text: 'Printbell looked all that time, so for it nothing of this kind happened' }])]
}

const nameOf = (facts: WhyFacts, { printerId }: WhyQuestion): string => clean(facts.printer?.name ?? printerId)

function ofThePrinter(question: WhyQuestion, facts: WhyFacts): Reason[] {
  if (question.at > facts.now) return [{ verdict: 'nothing', text: 'That time is still to come. Ask for one that is over' }]
  if (facts.printer === null) return [{ verdict: 'not_watched', text: `There is no printer “${clean(question.printerId)}” in the settings, so nobody looks at it. Add it under Printers` }]
  return facts.printer.enabled ? [] : [{ verdict: 'not_watched', text: `“${nameOf(facts, question)}” is switched off in the settings, so nobody looks at it. Switch it on under Printers` }]
}

function suppressedThen(row: Suppressed, facts: WhyFacts, names: WhyNames): Reason {
  const setting = suppressedBy(row.reason)
  const cure = setting === null ? '' : ` The setting ${setting} decides that`
  return { verdict: 'suppressed', text: `“${titleOf({ type: row.type })}”${facts.printer === null ? '' : ` of “${clean(facts.printer.name)}”`} was noticed at ${names.time(row.at)} and not told, because ${clean(suppressedBecause(row))}${cure === '' ? '' : `.${cure}`}` }
}

function notMade({ notMade: why }: WhyFacts, { type }: WhyQuestion): Reason[] {
  if (why === null) return []
  const title = kindName(type)
  return [why === 'nobody_asks'
    ? { verdict: 'not_watched', text: `No destination asks for “${title}”, so the printer's server is not asked for it either. Choose it for a destination` }
    : { verdict: 'not_watched', text: `“${title}” is switched off. The setting ${why.setting} switches it on` }]
}

function notKept({ at }: WhyQuestion, { eventDays, now }: WhyFacts): Reason[] {
  return eventDays > 0 && now - at > eventDays * DAY_MS ? [{ verdict: 'nothing', text: `The history keeps ${eventDays} days, and that is longer ago. The setting retention.eventDays keeps more` }] : []
}

const contains = ({ from, to }: LinkGap, at: number): boolean => from <= at && (to === null || at <= to)
const covering = (gaps: readonly LinkGap[], at: number): LinkGap[] => gaps.filter((gap) => contains(gap, at))
const beside = (gaps: readonly LinkGap[], at: number): LinkGap[] => gaps.filter((gap) => !contains(gap, at))

const ABSENT: Readonly<Record<AbsenceCause, { what: string; cure: string | null }>> = {
  not_running: { what: 'Printbell did not run', cure: 'Let it start with the computer' },
  sleep: { what: 'This computer slept', cure: 'Keep it awake while a printer prints' },
  stopped: { what: 'Printbell stood still', cure: null },
  clock: { what: 'The clock of this computer was set', cure: null },
  own_network: { what: 'This computer had no network', cure: null },
}

function span({ from, to }: LinkGap, names: WhyNames): string {
  return to === null ? `since ${names.time(from)}` : `from ${names.time(from)} to ${names.time(to)}`
}

function absent(gap: LinkGap, names: WhyNames): Reason {
  const { what, cure } = Object.hasOwn(ABSENT, gap.cause ?? '') ? ABSENT[gap.cause as AbsenceCause] : { what: 'Nobody looked', cure: null }
  return { verdict: 'unseen', text: `${what} ${span(gap, names)}, so what happened then could be missed${cure === null ? '' : `. ${cure}`}` }
}

function unreachable(gap: LinkGap, facts: WhyFacts, names: WhyNames): Reason {
  const cause = gap.cause === null ? '' : ` (${clean(gap.cause).replaceAll('_', ' ')})`
  const cure = gap.to === null ? '. Test the connection: the test names the cause' : ''
  return { verdict: 'unseen', text: `The server of “${clean(facts.printer?.name ?? '')}” could not be reached ${span(gap, names)}${cause}, so what happened then could be missed${cure}` }
}

// ----------------------------------------------------------------------------------------------------------- nearby

const NEAR_AT_MOST = 10

function swallowed(row: Suppressed): NearMiss {
  return { eventId: null, at: row.at, type: row.type, text: `${titleOf({ type: row.type })}: not told, because ${clean(suppressedBecause(row))}` }
}

function byNearness(near: NearMiss[], at: number): NearMiss[] {
  return near.sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at)).slice(0, NEAR_AT_MOST).map((one) => ({ ...one, text: capitalised(one.text) }))
}
