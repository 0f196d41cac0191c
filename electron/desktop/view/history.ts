/** From what the history stores to what the window shows of it. Pure: names and the time come in. */
import type { DeliveryView, EventDetails, HistoryRow } from '../../bridge/views/history.ts'
import { bodyOf } from '../../engine/delivery/body.ts'
import { clean } from '../../engine/delivery/text.ts'
import type { Suppressed } from '../../engine/events/model.ts'
import type { Attempt, Decision, OutboxRow, SnapshotRow, StoredEvent } from '../../engine/history/history.ts'
import { nextStep, suppressedBecause, trace, type Names } from '../../engine/rules/explain.ts'
import { capitalised, narrow, titleOf, wholeTitle } from '../../engine/why/title.ts'
import type { WhyWords } from '../../engine/why/words/english.ts'
import { whyLanguageOf } from '../../engine/why/words/index.ts'
import { clockTime } from '../languages/clock.ts'
import type { DesktopWords } from '../languages/english.ts'
import { ENGLISH_DESKTOP, type DesktopLanguage } from '../languages/index.ts'

/** The window has room: a body is told whole. */
const BODY_LIMIT = 1_000
/** A channel's own detail, and the printer's own words; longer ones are cut. */
const DETAIL_LIMIT = 300

export interface Destination {
  id: string
  label: string
  channel: string
}

/** What the view needs to know besides what is stored. */
export interface HistoryNames {
  destination(id: string): Destination | null
  silence: Names['silence']
  /** What a filter is called; null = it is no longer there. */
  filter(id: string): string | null
  /** What a profile is called; null = it is no longer there. */
  profile(id: string): string | null
}

const pictureOf = (event: Pick<StoredEvent, 'id' | 'snapshotFile'>): HistoryRow['picture'] => (event.snapshotFile === null ? null : `printbell-picture://event/${encodeURIComponent(event.id)}`)

/** @param language of the title */
export function rowOf(event: StoredEvent, { messages }: DesktopLanguage = ENGLISH_DESKTOP): HistoryRow {
  return {
    id: event.id,
    seq: event.seq,
    type: event.type,
    severity: event.severity,
    printerId: event.printerId,
    printerName: event.printerId === '' ? 'Printbell' : clean(event.printerName),
    title: wholeTitle(event, messages),
    file: event.job ? clean(event.job.file.name) : null,
    at: event.occurredAt,
    late: event.late,
    seen: event.seenAt !== null,
    acknowledged: event.acknowledgedAt !== null,
    picture: pictureOf(event),
  }
}

/** All that is stored about one event. */
export interface EventFacts {
  event: StoredEvent
  decisions: Decision[]
  outbox: OutboxRow[]
  attempts: Attempt[]
  snapshot: SnapshotRow | null
  /** Of the same printer, around it. */
  suppressed: Suppressed[]
}

/** What was noted at the time in words (what came of a try, what was swallowed) stays as it was noted: English. */
export function detailsOf(facts: EventFacts, names: HistoryNames, now: number, language: DesktopLanguage = ENGLISH_DESKTOP): EventDetails {
  const { messages, words } = language
  const why = whyLanguageOf(language.code).words
  const { event, snapshot } = facts
  const row = rowOf(event, language)
  const said = event.text === undefined ? '' : narrow(cut(clean(event.text)))
  const body = narrow(bodyOf(event, { now, language: messages }, BODY_LIMIT))
  return {
    row,
    // What the title tells whole is not told once more.
    body: body === '' || row.title.endsWith(`: ${body}`) ? row.title : body,
    // Where the body tells the printer's words already, they are not told twice.
    text: said === '' || body.includes(said.replace(/[.!?…]$/, '')) ? null : said,
    observedAt: event.observedAt,
    seenAt: event.seenAt,
    acknowledgedAt: event.acknowledgedAt,
    acknowledgement: acknowledgementOf(event, now),
    jobKey: event.job?.key ?? null,
    progress: event.progress ?? null,
    picture: snapshot?.file == null || row.picture === null ? null : { url: row.picture, width: snapshot.width, height: snapshot.height, takenAt: snapshot.at },
    noPicture: snapshot === null || snapshot.file !== null || event.snapshot === 'none' ? null : noPicture(snapshot.why, words.delivery),
    native: event.native ? clean(event.native.name) : null,
    deliveries: deliveriesOf(facts, { title: titleOf(event, messages), names, now, language, why }),
    suppressed: [...facts.suppressed].sort((a, b) => a.at - b.at).map((each) => ({ at: each.at, type: each.type, title: titleOf({ type: each.type }, messages), text: narrow(capitalised(clean(suppressedBecause(each, why)))) })),
    can: { acknowledge: isToBeAcknowledged(event), markSeen: event.seenAt === null, markUnseen: event.seenAt !== null },
  }
}

function noPicture(why: string | null, words: DesktopWords['delivery']): string {
  if (why === null) return words.noPicture
  return why === 'pruned' ? words.pictureGone : capitalised(why)
}

function acknowledgementOf({ acknowledgement }: StoredEvent, now: number): EventDetails['acknowledgement'] {
  if (acknowledgement === undefined) return null
  const { until, note } = acknowledgement
  return { until, note: note === null ? null : clean(note), over: until !== null && until <= now }
}

/** What a person is asked to do something about, and nobody said that it is seen to. */
function isToBeAcknowledged(event: StoredEvent): boolean {
  return event.printerId !== '' && event.acknowledgedAt === null && ((event.type.startsWith('attention.') && event.type !== 'attention.cleared') || event.severity === 'critical' || event.severity === 'error')
}

function cut(text: string, limit = DETAIL_LIMIT): string {
  const characters = Array.from(text)
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('').trimEnd()}…`
}

// ------------------------------------------------------------------------------------------------------ deliveries

interface Telling {
  title: string
  names: HistoryNames
  now: number
  language: DesktopLanguage
  why: WhyWords
}

/** What was delivered or is on its way first, what was never to go last; by label within. */
function deliveriesOf(facts: EventFacts, telling: Telling): DeliveryView[] {
  const ids = new Set([...facts.decisions, ...facts.outbox].map(({ destinationId }) => destinationId))
  const { compare } = new Intl.Collator(telling.language.locale, { numeric: true })
  return [...ids].map((id) => deliveryOf(id, facts, telling))
    .sort((a, b) => Number(a.outcome === 'dropped') - Number(b.outcome === 'dropped') || compare(a.label, b.label))
}

function deliveryOf(destinationId: string, facts: EventFacts, { title, names, now, language, why }: Telling): DeliveryView {
  const known = names.destination(destinationId)
  const label = known?.label ?? destinationId
  const time = (at: number): string => clockTime(at, now, language.locale)
  const said: Names = { event: title, destination: label, printer: facts.event.printerId === '' ? '' : clean(facts.event.printerName), silence: names.silence, filter: names.filter, profile: names.profile, time }
  const decisions = facts.decisions.filter((each) => each.destinationId === destinationId)
  const row = facts.outbox.filter((each) => each.destinationId === destinationId).at(-1) ?? null
  const attempts = facts.attempts.filter((each) => each.destinationId === destinationId).sort((a, b) => a.at - b.at || a.number - b.number)
  const lines = trace(decisions, said, why)
  const next = row && nextStep(row, now, said, why)
  const last = attempts.at(-1) ?? null
  return {
    destinationId,
    label,
    channel: known?.channel ?? '',
    ...outcomeOf(row, last, lines.at(-1)?.text ?? null, { words: language.words.delivery, results: why.attempts, time, now }),
    attempts: attempts.map(({ at, ms, number, result, detail }) => ({ at, ms, number, result: why.attempts[result], detail: cut(clean(detail)) })),
    trace: next ? [...lines, { ...next, at: row.nextAttemptAt }] : lines,
    ...profileOf(decisions, names),
    // What is no longer there takes nothing, and what is being sent has to end first.
    canSendAgain: known !== null && row !== null && row.state !== 'leased',
  }
}

function profileOf(decisions: readonly Decision[], names: HistoryNames): Pick<DeliveryView, 'profile'> {
  const id = decisions.findLast(({ profileId }) => profileId !== null)?.profileId ?? null
  const name = id === null ? null : names.profile(id)
  return id === null || name === null ? {} : { profile: { id, name } }
}

type Outcome = Pick<DeliveryView, 'outcome' | 'detail' | 'at'>

/** @param decided the last line of its decisions; null = there is none */
function outcomeOf(row: OutboxRow | null, last: Attempt | null, decided: string | null, { words, results, time, now }: { words: DesktopWords['delivery']; results: WhyWords['attempts']; time(at: number): string; now: number }): Outcome {
  const detail = last === null ? '' : cut(clean(last.detail)).replace(/\.$/, '')
  const because = detail === '' ? '' : `: ${detail}`
  switch (row?.state) {
    case undefined: return { outcome: 'dropped', detail: decided ?? words.undecided, at: null }
    case 'delivered': return { outcome: 'delivered', detail: detail === '' ? words.sent : capitalised(detail), at: last?.at ?? null }
    case 'held': return { outcome: 'held', detail: row.releaseAt === null ? words.held : words.heldUntil(time(row.releaseAt)), at: row.releaseAt }
    case 'leased': return { outcome: 'waiting', detail: words.beingSent, at: null }
    case 'waiting': return row.attempts === 0
      ? { outcome: 'waiting', detail: row.pictureUntil !== null && row.pictureUntil > now ? words.waitsForPicture : words.waitsForTurn, at: row.nextAttemptAt }
      : { outcome: 'retrying', detail: `${words.tryAt(row.attempts + 1, time(row.nextAttemptAt))}${because}`, at: row.nextAttemptAt }
    case 'dead': return { outcome: 'failed', detail: `${last === null ? words.refused : results[last.result]}${because}`, at: last?.at ?? null }
    case 'expired': return { outcome: 'expired', detail: detail === '' ? words.tooLate : capitalised(detail), at: last?.at ?? row.expiresAt }
    case 'cancelled': return { outcome: 'cancelled', detail: decided ?? (detail === '' ? words.withdrawn : capitalised(detail)), at: last?.at ?? row.nextAttemptAt }
  }
}
