/**
 * Finding events by a filter, newest first. A filter goes one of a few ways, whichever leads past the fewest events: all of them
 * in their order when much fits, one index when little does. Every way only reads indexes; the rows that are shown come last.
 */
import { EVENT_TYPES, SEVERITY_RANK, type EventType, type Severity } from '../events/model.ts'
import { anySelectorMatches } from '../rules/selectors.ts'
import type { Db } from './db.ts'
import type { EventFilter, EventQuery, StoredEvent } from './history.ts'
import { eventFromColumns, type EventColumns } from './rows.ts'
import { searchOf, type Search } from './search.ts'
import { Where, listed, pageSize } from './where.ts'

/** Up to so many entries of an index are read and put in order; beyond that it is quicker to look through all in their order. */
const FEW = 50_000
/** So many of the newest events are looked at first: where much fits they fill the page, and nothing else has to be asked. */
const GLANCE = 2_000

/** Whole rows, for eventFromColumns(). */
export const SELECT_EVENT = `SELECT events.*, snapshots.file AS snapshot_file,
    a.at AS ack_at, a.until AS ack_until, a.note AS ack_note, a.made_by AS ack_by, a.looked_at AS ack_looked_at, a.over_at AS ack_over_at
  FROM events LEFT JOIN snapshots ON snapshots.event_id = events.id LEFT JOIN acknowledgements a ON a.event_id = events.id`

export function event(db: Db, id: string): StoredEvent | null {
  const row = db.get<EventColumns>(`${SELECT_EVENT} WHERE events.id = :id`, { id })
  return row ? eventFromColumns(row) : null
}

/** Newest first. A search text without a single word in it finds nothing; an empty one is no filter. */
export function events(db: Db, query: EventQuery): StoredEvent[] {
  const asked = askedBy(query)
  if (asked === null) return []
  const limit = pageSize(query.limit)
  return rowsOf(db, atAGlance(db, asked, query.beforeSeq, limit) ?? searched(db, asked, query.beforeSeq, limit))
}

/** Full rows of these events, newest first. */
export function rowsOf(db: Db, seqs: number[]): StoredEvent[] {
  if (seqs.length === 0) return []
  return db.all<EventColumns>(`${SELECT_EVENT} WHERE ${listed('events.seq', 'seqs')} ORDER BY events.seq DESC`, { seqs: JSON.stringify(seqs) }).map(eventFromColumns)
}

/**
 * How many events fit. Counted up to `bound`; without a filter always exact.
 * @returns `exact` false = there are more than `count`
 */
export function count(db: Db, filter: EventFilter, bound: number): { count: number; exact: boolean } {
  const asked = askedBy(filter)
  if (asked === null) return { count: 0, exact: true }
  const way = wayOf(db, asked)
  if (way.where.sql === '') return { count: db.get<{ n: number }>('SELECT count(*) AS n FROM events')?.n ?? 0, exact: true }
  const n = db.get<{ n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM ${way.from}${way.where.sql}${once(way)} LIMIT :most)`, { ...way.where.parameters, most: bound + 1 })?.n ?? 0
  return n > bound ? { count: bound, exact: false } : { count: n, exact: true }
}

/** How the last print of each of these printers ended; a printer without one is left out. One step into an index for each. */
export function lastEnds(db: Db, printerIds: readonly string[]): StoredEvent[] {
  const seqs = db.all<{ seq: number | null }>(`SELECT (SELECT e.seq FROM events e INDEXED BY events_ended
      WHERE e.type IN ('job.done', 'job.cancelled', 'job.failed', 'job.result_unknown') AND e.printer_id = p.value ORDER BY e.seq DESC LIMIT 1) AS seq
    FROM json_each(:printers) p`, { printers: JSON.stringify(printerIds) })
  return rowsOf(db, seqs.flatMap(({ seq }) => (seq === null ? [] : [seq])))
}

// ---------------------------------------------------------------------------------------------------- what is asked

/** A filter, understood. */
interface Asked {
  filter: EventFilter
  /** What is asked of printer, type and severity: lists, null = any. */
  printers: string[] | null
  types: EventType[] | null
  severities: Severity[] | null
  /** Null = no text is asked for. */
  search: Search | null
}

/** @returns null when nothing can fit */
function askedBy(filter: EventFilter): Asked | null {
  const dimensions = dimensionsOf(filter)
  if (Object.values(dimensions).some((list: unknown[] | null) => list?.length === 0)) return null
  if (filter.text === undefined || filter.text.trim() === '') return { filter, ...dimensions, search: null }
  const search = searchOf(filter.text, filter.typesTelling)
  return search && { filter, ...dimensions, search }
}

function dimensionsOf(filter: EventFilter): Pick<Asked, 'printers' | 'types' | 'severities'> {
  const printers = [filter.printerIds, filter.printerId === undefined ? undefined : [filter.printerId]].filter((list) => list !== undefined)
  const selected = filter.selectors && EVENT_TYPES.filter((type) => anySelectorMatches(filter.selectors ?? [], { type }))
  const severities = Object.keys(SEVERITY_RANK) as Severity[]
  const least = filter.minSeverity && severities.filter((severity) => SEVERITY_RANK[severity] >= SEVERITY_RANK[filter.minSeverity ?? 'info'])
  return { printers: common(printers), types: common([filter.types, selected].filter((list) => list !== undefined)), severities: common([filter.severities, least].filter((list) => list !== undefined)) }
}

/** What all lists name; null when there is no list. */
function common<T>(lists: readonly (readonly T[])[]): T[] | null {
  const [first, ...others] = lists
  return first === undefined ? null : [...new Set(first)].filter((value) => others.every((list) => list.includes(value)))
}

function conditions({ filter, printers, types, severities, search }: Asked, but: Without = {}): Where {
  const where = new Where()
  if (!but.dimensions) {
    where
      .given(listed('e.printer_id', 'printers'), 'printers', json(printers))
      .given(listed('e.type', 'types'), 'types', json(types))
      .given(listed('e.severity', 'severities'), 'severities', json(severities))
  }
  if (!but.time) where.given('e.occurred_at >= :since', 'since', filter.since).given('e.occurred_at <= :until', 'until', filter.until)
  where.given('e.job_key = :job', 'job', filter.jobKey).given('e.late = :late', 'late', filter.late === undefined ? undefined : Number(filter.late))
  if (!but.destination) where.given('EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_destination WHERE destination_id = :destination AND event_seq = e.seq)', 'destination', filter.destinationId)
  if (filter.unseen !== undefined) where.fixed(`e.seen_at IS ${filter.unseen ? '' : 'NOT '}NULL`)
  if (but.text || search === null) return where
  if (search.expression !== null && !but.plainText) where.given('e.text_id IN (SELECT rowid FROM texts_search WHERE texts_search MATCH :text)', 'text', search.expression)
  for (const [index, { expression, types: named }] of search.either.entries()) {
    where
      .given(`(e.text_id IN (SELECT rowid FROM texts_search WHERE texts_search MATCH :word${index}) OR ${listed('e.type', `named${index}`)})`, `word${index}`, expression)
      .alsoGiven(`named${index}`, JSON.stringify(named))
  }
  return where
}

function json(list: readonly string[] | null): string | undefined {
  return list === null ? undefined : JSON.stringify(list)
}

// ------------------------------------------------------------------------------------------------------- the ways

/** What another part of the statement asks already. */
interface Without {
  dimensions?: true
  time?: true
  text?: true
  plainText?: true
  destination?: true
}

interface Way {
  /** Tables with the index that is gone through; the events are `e`. */
  from: string
  /** Where the way has the order of the events; an index of the outbox may lead past one twice. */
  order: 'e.seq' | 'o.event_seq'
  /** The steps into the index, and what of the filter they ask. */
  steps: Where
  asks: Without
  /** All of it. */
  where: Where
  /** How many entries it leads past. */
  entries: number
}

/** The page, if the newest events fill it; null = they don't. */
function atAGlance(db: Db, asked: Asked, before: number | undefined, limit: number): number[] | null {
  const { filter, search } = asked
  if (filter.jobKey !== undefined || filter.unseen !== undefined || filter.late !== undefined) return null
  const where = conditions(asked, { text: true })
  const slice = new Where().given('seq < :before', 'before', before)
  const near = db.all<{ seq: number; type: EventType; text_id: number }>(`SELECT e.seq, e.type, e.text_id FROM (
      SELECT seq, printer_id, type, severity, occurred_at, text_id FROM events INDEXED BY events_scan${slice.sql} ORDER BY seq DESC LIMIT :glance
    ) e${where.sql} ORDER BY e.seq DESC LIMIT :most`, { ...slice.parameters, ...where.parameters, glance: Math.max(GLANCE, 2 * limit), most: search === null ? limit : GLANCE })
  const found = search === null ? near : near.length < limit ? [] : thatSay(db, near, search, limit)
  return found.length < limit ? null : found.map(({ seq }) => seq)
}

/** The first `limit` of these that the search finds. */
function thatSay<E extends { type: EventType; text_id: number }>(db: Db, near: readonly E[], search: Search, limit: number): E[] {
  const read = new Map<number, (string | null)[]>()
  const found: E[] = []
  for (let from = 0; from < near.length && found.length < limit; from += limit) {
    const some = near.slice(from, from + limit)
    const unread = [...new Set(some.map((row) => row.text_id))].filter((id) => !read.has(id))
    for (const text of db.all<{ n: number; printer_name: string; job_name: string | null; text: string | null; reason: string | null }>(`SELECT n, printer_name, job_name, text, reason FROM texts WHERE ${listed('n', 'ids')}`, { ids: JSON.stringify(unread) })) {
      read.set(text.n, [text.printer_name, text.job_name, text.text, text.reason])
    }
    found.push(...some.filter((row) => search.fits(row.type, read.get(row.text_id) ?? [])))
  }
  return found.slice(0, limit)
}

function searched(db: Db, asked: Asked, before: number | undefined, limit: number): number[] {
  const narrow = narrowWay(db, asked)
  return (asked.search && narrow && readAlong(db, narrow, asked, asked.search, before, limit)) ?? along(db, shorter(narrow, byText(db, asked)) ?? allOf(asked), before, limit).map(({ seq }) => seq)
}

/** The page by reading the texts of what a narrow way leads past, before FTS5 is asked for all that say a common word; null = too few. */
function readAlong(db: Db, narrow: Way, asked: Asked, search: Search, before: number | undefined, limit: number): number[] | null {
  const near = along(db, { ...narrow, where: new Where().and(narrow.steps).and(conditions(asked, { ...narrow.asks, text: true })) }, before, GLANCE)
  const found = thatSay(db, near, search, limit)
  return found.length === limit || near.length < GLANCE ? found.map(({ seq }) => seq) : null
}

/** What lies along a way, newest first. */
function along(db: Db, way: Way, before: number | undefined, limit: number): { seq: number; type: EventType; text_id: number }[] {
  const where = new Where().and(way.where).given(`${way.order} < :before`, 'before', before)
  return db.all(`SELECT e.seq, e.type, e.text_id FROM ${way.from}${where.sql}${once(way)} ORDER BY ${way.order} DESC LIMIT :limit`, { ...where.parameters, limit })
}

function once({ order }: Way): string {
  return order === 'e.seq' ? '' : ` GROUP BY ${order}`
}

function wayOf(db: Db, asked: Asked): Way {
  return shorter(narrowWay(db, asked), byText(db, asked)) ?? allOf(asked)
}

/** All events in their order, or all that went to the destination. */
function allOf(asked: Asked): Way {
  return toDestination(asked, Infinity) ?? wayAlong('events_scan', asked)
}

function wayAlong(index: string, asked: Asked): Way {
  return { from: `events e INDEXED BY ${index}`, order: 'e.seq', steps: new Where(), asks: {}, where: conditions(asked), entries: Infinity }
}

function shorter(...ways: (Way | null)[]): Way | null {
  return ways.filter((way) => way !== null).sort((a, b) => a.entries - b.entries)[0] ?? null
}

/** The shortest way that needs no search. */
function narrowWay(db: Db, asked: Asked): Way | null {
  if (asked.filter.jobKey !== undefined) return { ...wayAlong('events_job', asked), entries: 0 }
  if (asked.filter.unseen) return { ...wayAlong('events_unseen', asked), entries: 0 }
  return shorter(byGroup(db, asked), byTime(db, asked), byDestination(db, asked))
}

function byDestination(db: Db, asked: Asked): Way | null {
  const { destinationId } = asked.filter
  if (destinationId === undefined) return null
  const entries = db.get<{ n: number }>('SELECT count(*) AS n FROM (SELECT 1 FROM outbox INDEXED BY outbox_destination WHERE destination_id = :destination LIMIT :few)', { destination: destinationId, few: FEW + 1 })?.n ?? 0
  return entries > FEW ? null : toDestination(asked, entries)
}

/** What has a row in the outbox for the destination; null = none is asked for. */
function toDestination(asked: Asked, entries: number): Way | null {
  const { destinationId } = asked.filter
  if (destinationId === undefined) return null
  const steps = new Where().given('o.destination_id = :destination', 'destination', destinationId)
  const asks = { destination: true } as const
  const from = 'outbox o INDEXED BY outbox_destination CROSS JOIN events e INDEXED BY events_scan ON e.seq = o.event_seq'
  return { from, order: 'o.event_seq', steps, asks, where: new Where().and(steps).and(conditions(asked, asks)), entries }
}

/** By the texts that hold the words, where few events say them. */
function byText(db: Db, asked: Asked): Way | null {
  const expression = asked.search?.expression ?? null
  if (expression === null) return null
  const from = 'texts_search CROSS JOIN events e INDEXED BY events_said ON e.text_id = texts_search.rowid'
  return ifFew(db, from, new Where().given('texts_search MATCH :text', 'text', expression), asked, { plainText: true })
}

function byTime(db: Db, asked: Asked): Way | null {
  const { since, until } = asked.filter
  if (since === undefined && until === undefined) return null
  const steps = new Where().given('e.occurred_at >= :since', 'since', since).given('e.occurred_at <= :until', 'until', until)
  return ifFew(db, 'events e INDEXED BY events_occurred', steps, asked, { time: true })
}

/** By printer, type and severity, where few events are of them. */
function byGroup(db: Db, asked: Asked): Way | null {
  const { printers, types, severities } = asked
  if (printers === null && types === null && severities === null) return null
  const steps = new Where()
    .given(listed('e.printer_id', 'printers'), 'printers', JSON.stringify(printers ?? allPrinters(db)))
    // An index is entered from its left: to step by severity, the types have to be named too.
    .given(listed('e.type', 'types'), 'types', types === null && severities === null ? undefined : JSON.stringify(types ?? EVENT_TYPES))
    .given(listed('e.severity', 'severities'), 'severities', json(severities))
  return ifFew(db, 'events e INDEXED BY events_group', steps, asked, { dimensions: true })
}

/** The way by these steps, unless it leads past too many entries. They are counted no further than makes a difference. */
function ifFew(db: Db, from: string, steps: Where, asked: Asked, asks: Without): Way | null {
  const entries = db.get<{ n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM ${from}${steps.sql} LIMIT :few)`, { ...steps.parameters, few: FEW + 1 })?.n ?? 0
  return entries > FEW ? null : { from, order: 'e.seq', steps, asks, where: new Where().and(steps).and(conditions(asked, asks)), entries }
}

/** Every printer that has an event: one step into the index for each. */
function allPrinters(db: Db): string[] {
  return db.all<{ id: string }>(`WITH RECURSIVE p (id) AS (
    SELECT min(printer_id) FROM events INDEXED BY events_group
    UNION ALL SELECT (SELECT min(printer_id) FROM events INDEXED BY events_group WHERE printer_id > p.id) FROM p WHERE p.id IS NOT NULL
  ) SELECT id FROM p WHERE id IS NOT NULL`).map(({ id }) => id)
}
