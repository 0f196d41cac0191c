/** "Why did I not hear?": from what is stored about that time to an answer in whole sentences. Pure; facts.ts reads. */
import { clean, sentence } from '../delivery/text.ts'
import type { EventType, Suppressed } from '../events/model.ts'
import type { LinkGap } from '../history/history.ts'
import { suppressedBecause, suppressedBy } from '../rules/explain.ts'
import { ABSENCES, type AbsenceCause } from './absences.ts'
import type { Heard, WhyFacts, WhyQuestion } from './facts.ts'
import { fateOf, type Fate, type FateKind, type WhyNames } from './fate.ts'
import { capitalised, kindName, titleOf, wholeTitle } from './title.ts'
import type { Span } from './words/english.ts'
import { ENGLISH_WHY, type WhyLanguage } from './words/index.ts'

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

/** What all of the answer is told with. */
interface Telling {
  question: WhyQuestion
  facts: WhyFacts
  names: WhyNames
  language: WhyLanguage
}

/** @param names of what decisions speak of by id, and how a time is told @param language absent = English */
export function whyNot(question: WhyQuestion, facts: WhyFacts, names: WhyNames, language: WhyLanguage = ENGLISH_WHY): WhyAnswer {
  const telling: Telling = { question, facts, names, language }
  const [heard, ...again] = facts.heard
  const near = [...again.map(({ event }) => event), ...facts.near].map((event): NearMiss => ({ eventId: event.id, at: event.occurredAt, type: event.type, text: wholeTitle(event, language.messages) }))
  if (heard !== undefined) return { ...seen(heard, telling), near: byNearness([...near, ...facts.suppressed.map((row) => swallowed(row, language))], question.at) }
  const reasons = unseen(telling)
  return {
    verdict: reasons[0]?.verdict ?? 'nothing',
    sentences: reasons.map(({ text }) => sentence(text)),
    event: null,
    destinations: [],
    // What answers the question is told there.
    near: byNearness([...near, ...facts.suppressed.filter(({ type }) => type !== question.type).map((row) => swallowed(row, language))], question.at),
  }
}

// --------------------------------------------------------------------------------------------------- there was an event

const STRONGEST: readonly FateKind[] = ['delivered', 'failed', 'waiting', 'dropped']

function seen(heard: Heard, telling: Telling): Omit<WhyAnswer, 'near'> {
  const { event } = heard
  const { facts, names, language } = telling
  const { why } = language.words
  const title = wholeTitle(event, language.messages)
  const fates = destinationsOf(heard, telling).map((destination) => fateOf(destination, heard, facts.failing.find(({ destinationId }) => destinationId === destination.id) ?? null, names, language))
  const only = fates.length === 1 ? fates[0] : undefined
  return {
    verdict: STRONGEST.find((kind) => fates.some((fate) => fate.kind === kind)) ?? 'dropped',
    sentences: [
      sentence(why.seen(title, event.printerId === '' ? null : clean(event.printerName), names.time(event.occurredAt), event.late ? names.time(event.observedAt) : null)),
      ...(only ? [only.text] : [sentence(summary(fates, language))]),
      ...(event.acknowledgedAt !== null ? [sentence(why.acknowledgedAt(names.time(event.acknowledgedAt)))] : event.seenAt !== null && event.seenAt > event.observedAt ? [sentence(why.seenSince(names.time(event.seenAt)))] : []),
    ],
    event: { id: event.id, at: event.occurredAt, title },
    destinations: fates,
  }
}

function destinationsOf({ decisions, outbox }: Heard, { facts, question: { destinationId } }: Telling): WhyFacts['destinations'] {
  const known = facts.destinations
  const removed = [...new Set([...decisions, ...outbox].map((each) => each.destinationId))].filter((id) => !known.some((one) => one.id === id)).map((id) => ({ id, label: id, enabled: true }))
  const all = [...known, ...removed]
  return destinationId === null ? all : all.filter(({ id }) => id === destinationId)
}

function summary(fates: readonly Fate[], { words: { why }, messages: { formats } }: WhyLanguage): string {
  if (fates.length === 0) return why.noDestination
  const of = (kind: FateKind): ReturnType<typeof formats.count> | null => {
    const n = fates.filter((fate) => fate.kind === kind).length
    return n === 0 ? null : formats.count(n)
  }
  return why.summary(formats.count(fates.length), { delivered: of('delivered'), waiting: of('waiting'), failed: of('failed'), dropped: of('dropped') })
}

// ------------------------------------------------------------------------------------------------- there was no event

/** Why none was seen; what is certain first. Never empty. */
function unseen(telling: Telling): Reason[] {
  const { question, facts, names, language } = telling
  const { why } = language.words
  const reasons = [
    ...ofThePrinter(telling),
    ...facts.suppressed.filter(({ type }) => type === question.type).map((row) => suppressedThen(row, telling)),
    ...notMade(telling),
    ...covering(facts.absences, question.at).map((gap) => absent(gap, telling)),
    ...covering(facts.gaps, question.at).map((gap) => unreachable(gap, telling)),
    ...notKept(telling),
  ]
  const maybe = [...beside(facts.absences, question.at).map((gap) => absent(gap, telling)), ...beside(facts.gaps, question.at).map((gap) => unreachable(gap, telling))]
  if (reasons.length > 0) return [...reasons, ...maybe]
  const nothing = (text: string): Reason => ({ verdict: 'nothing', text })
  return [nothing(why.nothingSeen(kindName(question.type, language), nameOf(telling), names.time(question.at))), ...maybe, ...(maybe.length > 0 ? [] : [nothing(why.nothingHappened)])]
}

const nameOf = ({ facts, question }: Telling): string => clean(facts.printer?.name ?? question.printerId)

function ofThePrinter(telling: Telling): Reason[] {
  const { question, facts, language: { words: { why } } } = telling
  if (question.at > facts.now) return [{ verdict: 'nothing', text: why.stillToCome }]
  if (facts.printer === null) return [{ verdict: 'not_watched', text: why.noPrinter(clean(question.printerId)) }]
  return facts.printer.enabled ? [] : [{ verdict: 'not_watched', text: why.printerOff(nameOf(telling)) }]
}

function suppressedThen(row: Suppressed, { facts, names, language: { words, messages } }: Telling): Reason {
  const printer = facts.printer === null ? null : clean(facts.printer.name)
  return { verdict: 'suppressed', text: words.why.swallowed(titleOf({ type: row.type }, messages), printer, names.time(row.at), clean(suppressedBecause(row, words)), suppressedBy(row.reason)) }
}

function notMade({ facts: { notMade: cause }, question: { type }, language }: Telling): Reason[] {
  if (cause === null) return []
  const { why } = language.words
  const kind = kindName(type, language)
  return [{ verdict: 'not_watched', text: cause === 'nobody_asks' ? why.nobodyAsks(kind) : why.kindOff(kind, cause.setting) }]
}

function notKept({ question: { at }, facts: { eventDays, now }, language: { words, messages } }: Telling): Reason[] {
  return eventDays > 0 && now - at > eventDays * DAY_MS ? [{ verdict: 'nothing', text: words.why.notKept(messages.formats.count(eventDays)) }] : []
}

const contains = ({ from, to }: LinkGap, at: number): boolean => from <= at && (to === null || at <= to)
const covering = (gaps: readonly LinkGap[], at: number): LinkGap[] => gaps.filter((gap) => contains(gap, at))
const beside = (gaps: readonly LinkGap[], at: number): LinkGap[] => gaps.filter((gap) => !contains(gap, at))

const spanOf = ({ from, to }: LinkGap, names: WhyNames): Span => ({ from: names.time(from), to: to === null ? null : names.time(to) })

function absent(gap: LinkGap, { names, language: { words } }: Telling): Reason {
  const cause = (ABSENCES as readonly (string | null)[]).includes(gap.cause) ? gap.cause as AbsenceCause : 'unknown'
  return { verdict: 'unseen', text: words.why.absent[cause](spanOf(gap, names)) }
}

/** The cause is a code of the connection test, told as it is. */
function unreachable(gap: LinkGap, { facts, names, language: { words } }: Telling): Reason {
  const cause = gap.cause === null ? null : clean(gap.cause).replaceAll('_', ' ')
  return { verdict: 'unseen', text: words.why.unreachable(clean(facts.printer?.name ?? ''), spanOf(gap, names), cause) }
}

// ----------------------------------------------------------------------------------------------------------- nearby

const NEAR_AT_MOST = 10

function swallowed(row: Suppressed, { words, messages }: WhyLanguage): NearMiss {
  return { eventId: null, at: row.at, type: row.type, text: words.notTold(titleOf({ type: row.type }, messages), clean(suppressedBecause(row, words))) }
}

function byNearness(near: NearMiss[], at: number): NearMiss[] {
  return near.sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at)).slice(0, NEAR_AT_MOST).map((one) => ({ ...one, text: capitalised(one.text) }))
}
