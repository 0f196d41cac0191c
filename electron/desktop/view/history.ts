/** From what the history stores to what the window shows of it. Pure: names and the time come in. */
import type { DeliveryView, EventDetails, HistoryRow } from '../../bridge/views/history.ts'
import { bodyOf } from '../../engine/delivery/body.ts'
import { clean } from '../../engine/delivery/text.ts'
import type { Suppressed } from '../../engine/events/model.ts'
import type { Attempt, Decision, OutboxRow, SnapshotRow, StoredEvent } from '../../engine/history/history.ts'
import { ATTEMPT_RESULTS, nextStep, suppressedBecause, trace, type Names } from '../../engine/rules/explain.ts'
import { capitalised, narrow, titleOf, wholeTitle } from '../../engine/why/title.ts'

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
  /** What a silence is called; null = it is no longer known. */
  silence(id: string): string | null
  /** What a filter is called; null = it is no longer there. */
  filter(id: string): string | null
  /** What a profile is called; null = it is no longer there. */
  profile(id: string): string | null
}

const pictureOf = (event: Pick<StoredEvent, 'id' | 'snapshotFile'>): HistoryRow['picture'] => (event.snapshotFile === null ? null : `printbell-picture://event/${encodeURIComponent(event.id)}`)

export function rowOf(event: StoredEvent): HistoryRow {
  return {
    id: event.id,
    seq: event.seq,
    type: event.type,
    severity: event.severity,
    printerId: event.printerId,
    printerName: event.printerId === '' ? 'Printbell' : clean(event.printerName),
    title: wholeTitle(event),
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

export function detailsOf(facts: EventFacts, names: HistoryNames, now: number): EventDetails {
  const { event, snapshot } = facts
  const row = rowOf(event)
  const said = event.text === undefined ? '' : narrow(cut(clean(event.text)))
  const body = narrow(bodyOf(event, { now }, BODY_LIMIT))
  return {
    row,
    // What the title tells whole is not told once more.
    body: body === '' || row.title.endsWith(`: ${body}`) ? row.title : body,
    // Where the body tells the printer's words already, they are not told twice.
    text: said === '' || body.includes(said.replace(/[.!?…]$/, '')) ? null : said,
    observedAt: event.observedAt,
    seenAt: event.seenAt,
    acknowledgedAt: event.acknowledgedAt,
    jobKey: event.job?.key ?? null,
    progress: event.progress ?? null,
    picture: snapshot?.file == null || row.picture === null ? null : { url: row.picture, width: snapshot.width, height: snapshot.height, takenAt: snapshot.at },
    noPicture: snapshot === null || snapshot.file !== null || event.snapshot === 'none' ? null : capitalised(noPicture(snapshot.why)),
    native: event.native ? clean(event.native.name) : null,
    deliveries: deliveriesOf(facts, titleOf(event), names, now),
    suppressed: [...facts.suppressed].sort((a, b) => a.at - b.at).map((each) => ({ at: each.at, type: each.type, title: titleOf({ type: each.type }), text: narrow(capitalised(clean(suppressedBecause(each)))) })),
    can: { acknowledge: isToBeAcknowledged(event), markSeen: event.seenAt === null, markUnseen: event.seenAt !== null },
  }
}

function noPicture(why: string | null): string {
  return why === 'pruned' ? 'the picture was deleted to keep the history within its limits' : why ?? 'no picture came'
}

/** What a person is asked to do something about, and nobody said that it is seen to. */
function isToBeAcknowledged(event: StoredEvent): boolean {
  return event.printerId !== '' && event.acknowledgedAt === null && ((event.type.startsWith('attention.') && event.type !== 'attention.cleared') || event.severity === 'critical' || event.severity === 'error')
}

function cut(text: string, limit = DETAIL_LIMIT): string {
  const characters = Array.from(text)
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('').trimEnd()}…`
}

/** "14:31", with the day in front when it is another one; as people here write it. */
function timeIn(now: number): (at: number) => string {
  return (at) => {
    const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
    return new Date(at).toLocaleString('en-GB', { ...(sameDay ? {} : { weekday: 'short' }), hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).replace(',', '')
  }
}

// ------------------------------------------------------------------------------------------------------ deliveries

/** What was delivered or is on its way first, what was never to go last; by label within. */
function deliveriesOf(facts: EventFacts, title: string, names: HistoryNames, now: number): DeliveryView[] {
  const ids = new Set([...facts.decisions, ...facts.outbox].map(({ destinationId }) => destinationId))
  return [...ids].map((id) => deliveryOf(id, facts, title, names, now))
    .sort((a, b) => Number(a.outcome === 'dropped') - Number(b.outcome === 'dropped') || a.label.localeCompare(b.label))
}

function deliveryOf(destinationId: string, facts: EventFacts, title: string, names: HistoryNames, now: number): DeliveryView {
  const known = names.destination(destinationId)
  const label = known?.label ?? destinationId
  const said: Names = { event: title, destination: label, printer: facts.event.printerId === '' ? '' : clean(facts.event.printerName), silence: names.silence, filter: names.filter, profile: names.profile, time: timeIn(now) }
  const decisions = facts.decisions.filter((each) => each.destinationId === destinationId)
  const row = facts.outbox.filter((each) => each.destinationId === destinationId).at(-1) ?? null
  const attempts = facts.attempts.filter((each) => each.destinationId === destinationId).sort((a, b) => a.at - b.at || a.number - b.number)
  const lines = trace(decisions, said)
  const next = row && nextStep(row, now, said)
  const last = attempts.at(-1) ?? null
  return {
    destinationId,
    label,
    channel: known?.channel ?? '',
    ...outcomeOf(row, last, lines.at(-1)?.text ?? null, said, now),
    attempts: attempts.map(({ at, ms, number, result, detail }) => ({ at, ms, number, result: ATTEMPT_RESULTS[result], detail: cut(clean(detail)) })),
    trace: next ? [...lines, { ...next, at: row.nextAttemptAt }] : lines,
    // What is no longer there takes nothing, and what is being sent has to end first.
    canSendAgain: known !== null && row !== null && row.state !== 'leased',
  }
}

type Outcome = Pick<DeliveryView, 'outcome' | 'detail' | 'at'>

function outcomeOf(row: OutboxRow | null, last: Attempt | null, decided: string | null, said: Pick<Names, 'time'>, now: number): Outcome {
  const detail = last === null ? '' : cut(clean(last.detail)).replace(/\.$/, '')
  const because = detail === '' ? '' : `: ${detail}`
  switch (row?.state) {
    case undefined: return { outcome: 'dropped', detail: decided ?? 'Nothing was decided', at: null }
    case 'delivered': return { outcome: 'delivered', detail: detail === '' ? 'Sent' : capitalised(detail), at: last?.at ?? null }
    case 'held': return { outcome: 'held', detail: row.releaseAt === null ? 'Held' : `Held until ${said.time(row.releaseAt)}`, at: row.releaseAt }
    case 'leased': return { outcome: 'waiting', detail: 'Being sent', at: null }
    case 'waiting': return row.attempts === 0
      ? { outcome: 'waiting', detail: row.pictureUntil !== null && row.pictureUntil > now ? 'Waits for its picture' : 'Waits for its turn', at: row.nextAttemptAt }
      : { outcome: 'retrying', detail: `Try ${row.attempts + 1} at ${said.time(row.nextAttemptAt)}${because}`, at: row.nextAttemptAt }
    case 'dead': return { outcome: 'failed', detail: `${last === null ? 'Refused' : ATTEMPT_RESULTS[last.result]}${because}`, at: last?.at ?? null }
    case 'expired': return { outcome: 'expired', detail: detail === '' ? 'Not delivered in time' : capitalised(detail), at: last?.at ?? row.expiresAt }
    case 'cancelled': return { outcome: 'cancelled', detail: decided ?? (detail === '' ? 'Withdrawn' : capitalised(detail)), at: last?.at ?? row.nextAttemptAt }
  }
}
