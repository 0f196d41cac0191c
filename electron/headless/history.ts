import type { HistoryOptions, Common } from '../headless.ts'
import { EVENT_TYPES, type EventType, type PrinterEvent, type Suppressed } from '../engine/events/model.ts'
import { HistoryError, type EventQuery, type History, type StoredEvent } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { suppressedText } from '../engine/rules/explain.ts'
import { systemClock } from '../engine/clock.ts'
import { placesIn } from '../engine/places.ts'
import { UserError } from './errors.ts'
import { clean, liveLine } from './live-view.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'

/** Prints what happened; works beside a running engine, which it never disturbs. */
export async function history(options: Common & HistoryOptions, out: Out): Promise<number> {
  const clock = systemClock()
  const stored = openForReading(options.data)
  try {
    if (options.why !== undefined) return why(stored, options.why, out)
    if (options.suppressed) return swallowed(stored, options, clock.now(), out)
    const events = stored.events(query(options, clock.now())).reverse()
    for (const event of events) {
      if (options.json) out.line(JSON.stringify(event))
      else out.line(liveLine({ line: 'event', event }, new Map(), clock.now(), { colour: out.colour }) ?? '')
    }
    if (!options.json && events.length === 0) out.note('Nothing that fits happened yet.')
    return 0
  } finally {
    stored.close()
  }
}

/** Opens the history of a data folder for reading. @throws UserError when there is none or it can't be read */
export function openForReading(data: string): History {
  try {
    return openHistory({ file: placesIn(data).database, log: quietLog, now: () => systemClock().now(), readOnly: true })
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}

function query(options: HistoryOptions, now: number): EventQuery {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1) throw new UserError(`--limit takes a whole number above 0, not "${options.limit}"`)
  return {
    limit,
    ...(options.printer === undefined ? {} : { printerId: options.printer }),
    ...(options.type === undefined ? {} : { types: types(options.type) }),
    ...(options.since === undefined ? {} : { since: since(options.since, now) }),
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.unseen ? { unseen: true } : {}),
  }
}

function types(text: string): EventType[] {
  return text.split(',').map((name) => {
    const type = EVENT_TYPES.find((candidate) => candidate === name.trim())
    if (!type) throw new UserError(`--type does not know "${name.trim()}". It knows: ${EVENT_TYPES.join(', ')}`)
    return type
  })
}

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** "2h", "3d", "15m" in ms; null = it is no such span. */
export function spanOf(text: string): number | null {
  const found = /^(\d+)([mhd])$/.exec(text)
  return found?.[1] && found[2] ? Number(found[1]) * (UNITS[found[2]] ?? 0) : null
}

/** An ISO date in epoch ms, without a zone in the reader's own; null = it is none. */
export function timeOf(text: string): number | null {
  // Date.parse alone takes almost anything: "5" is the first of May 2001 to it.
  const date = ISO_DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : date
}

/** "2h", "3d", "15m" before now, or an ISO date. @returns epoch ms. @throws UserError */
export function since(text: string, now: number): number {
  const span = spanOf(text)
  const at = span === null ? timeOf(text) : now - span
  if (at === null) throw new UserError(`--since takes a span ("15m", "2h", "3d") or an ISO date, not "${text}"`)
  return at
}

const AROUND_MS = 120_000
/** The most the history gives at once. */
const MOST = 1_000

/** "2026-01-15T12:00:00.000Z  p1  job.paused: not told, because ...". */
function suppressedLine(row: Suppressed): string {
  return clean(`${new Date(row.at).toISOString()}  ${row.printerId || 'Printbell'}  ${row.type}: ${suppressedText(row)}`)
}

/** What never became an event, on purpose: oldest first. */
function swallowed(stored: History, options: HistoryOptions, now: number, out: Out): number {
  const { printerId, since: from, limit } = query(options, now)
  const rows = stored.suppressed({ ...(printerId === undefined ? {} : { printerId }), ...(from === undefined ? {} : { since: from }), ...(limit === undefined ? {} : { limit }) }).reverse()
  for (const row of rows) out.line(options.json ? JSON.stringify(row) : suppressedLine(row))
  if (!options.json && rows.length === 0) out.note('Nothing was swallowed.')
  return 0
}

/** Why was this heard, or not: every decision and every try. */
function why(stored: History, eventId: string, out: Out): number {
  const event = stored.event(eventId)
  if (!event) throw new UserError(`no event has the id ${eventId}; "history --json" shows the ids`)
  const say = (text: string): void => out.line(clean(text))
  say(`${event.type} of ${event.printerName}, ${new Date(event.occurredAt).toISOString()}${event.late ? ' (found out late)' : ''}`)
  say(seen(event))
  for (const decision of stored.decisions(eventId)) {
    say(`  ${decision.destinationId}: ${decision.decision} at stage "${decision.stage}", because ${decision.reason.replaceAll('_', ' ')}${decision.profileId === null ? '' : ` (profile "${decision.profileId}")`}`)
  }
  for (const attempt of stored.attempts({ eventId }).sort((a, b) => a.at - b.at || a.number - b.number)) {
    say(`  ${attempt.destinationId}: try ${attempt.number} at ${new Date(attempt.at).toISOString()}: ${attempt.result}, ${attempt.detail} (${attempt.ms} ms)`)
  }
  const snapshot = stored.snapshot(eventId)
  if (snapshot) say(snapshot.file ? `  picture: ${snapshot.file}` : `  no picture: ${snapshot.why ?? 'unknown'}`)
  const around = stored.suppressed({ printerId: event.printerId, since: event.occurredAt - AROUND_MS, limit: MOST }).filter(({ at }) => at <= event.occurredAt + AROUND_MS).reverse()
  if (around.length > 0) say(`  not told of this printer within ${AROUND_MS / 60_000} minutes of it:`)
  for (const row of around) say(`    ${suppressedLine(row)}`)
  return 0
}

function seen(event: StoredEvent & PrinterEvent): string {
  if (event.acknowledgedAt) return `  acknowledged ${new Date(event.acknowledgedAt).toISOString()}${saidWith(event)}`
  return event.seenAt ? `  seen ${new Date(event.seenAt).toISOString()}` : '  not seen yet'
}

/** Until when, and what was said with it; the words are a person's. */
function saidWith({ acknowledgement }: StoredEvent): string {
  if (acknowledgement === undefined) return ''
  const { until, note } = acknowledgement
  return `${until === null ? '' : `, until ${new Date(until).toISOString()}`}${note === null ? '' : `: ${clean(note)}`}`
}
