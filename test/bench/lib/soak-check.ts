/** Whether everything arrived: what the printers did, what Printbell's database says, and what the receivers wrote down, held against each other. */
import { DatabaseSync } from '@photostructure/sqlite'
import { rmSync, statSync } from 'node:fs'
import type { Book } from './soak-life.ts'
import type { SoakReceivers } from './soak-receivers.ts'
import type { SubjectName } from './soak-subjects.ts'

/** What is wrong is a list of sentences; empty = all is right. */
export interface Checked {
  events: number
  /** Rows of the outbox that were delivered to the receivers. */
  delivered: number
  /** Tries, the failed ones included. */
  attempts: number
  pictures: number
  /** Messages that came once more, under the key that they had; and tries that got no answer, after which they may. */
  again: number
  unanswered: number
  /** Sent and not received; given up. */
  exchange: string[]
  /** Ends that were told, but not as what they were: PrusaLink has no record of them, OctoPrint's does not tell a cancel from a failure. */
  unnamed: number
  /** Ends of prints and words that no event tells, or more than one. */
  telling: string[]
  /** Size of the database, and of the same content freshly written. Bytes. */
  size: number
  fresh: number
}

/** A newer progress or the end of the print takes the place of what waits; but never of these. */
const CERTAIN = "'job.done', 'job.cancelled', 'job.failed', 'message.user', 'message.display'"

/** How many rows still wait, are held or under way in a database that is in use. */
export function openRows(database: string): number {
  const db = new DatabaseSync(database, { readOnly: true })
  try {
    return (db.prepare("SELECT count(*) AS n FROM outbox WHERE state IN ('waiting', 'leased', 'held')").get() as { n: number }).n
  } finally {
    db.close()
  }
}

/** Events so far of a database that is in use. */
export function eventsIn(database: string): number {
  const db = new DatabaseSync(database, { readOnly: true })
  try {
    return (db.prepare('SELECT coalesce(max(seq), 0) AS n FROM events').get() as { n: number }).n
  } finally {
    db.close()
  }
}

/** @param database of a subject that has ended */
export function check(subject: SubjectName, database: string, receivers: Pick<SoakReceivers, 'file' | 'refused'>, book: Book): Checked {
  const db = new DatabaseSync(':memory:')
  try {
    db.exec(`ATTACH '${database}' AS own; ATTACH '${receivers.file}' AS far`)
    const all = <T>(sql: string): T[] => db.prepare(sql).all() as T[]
    const number = (sql: string): number => (all<{ n: number }>(sql)[0] ?? { n: Number.NaN }).n
    const mine = `far.receipts r WHERE r.subject = '${subject}'`
    const hooks = "o.destination_id LIKE 'hook-%'"
    const exchange = [
      ...some(all<{ what: string }>(`SELECT o.id || ' ' || o.destination_id AS what FROM own.outbox o WHERE o.state = 'delivered' AND ${hooks}
        AND NOT EXISTS (SELECT 1 FROM ${mine} AND r.address = o.destination_id AND r.key = o.delivery_key)`), 'called delivered, and never received'),
      ...some(all<{ what: string }>(`SELECT o.state || ' ' || o.destination_id || ' ' || e.type || ' ' || coalesce(o.last_result, '') AS what FROM own.outbox o JOIN own.events e ON e.id = o.event_id
        WHERE o.destination_id <> 'desk' AND (o.state NOT IN ('delivered', 'cancelled') OR (o.state = 'cancelled' AND e.type IN (${CERTAIN})))`), 'not delivered'),
    ]
    const ends = all<{ printer: string; type: string; n: number }>(`SELECT printer, type, count(DISTINCT key) AS n FROM ${mine} AND address = 'hook-all' AND type IN ('job.done', 'job.cancelled', 'job.failed', 'job.result_unknown') GROUP BY printer, type`)
    const words = all<{ text: string; n: number }>(`SELECT text, count(DISTINCT key) AS n FROM ${mine} AND address = 'hook-all' AND text LIKE 'word %' GROUP BY text`)
    return {
      events: number('SELECT count(*) AS n FROM own.events'),
      delivered: number("SELECT count(*) AS n FROM own.outbox WHERE state = 'delivered'"),
      attempts: number('SELECT count(*) AS n FROM own.attempts'),
      pictures: number('SELECT count(*) AS n FROM own.snapshots WHERE file IS NOT NULL'),
      again: number(`SELECT count(*) - count(DISTINCT address || key) AS n FROM ${mine} AND address LIKE 'hook-%'`),
      unanswered: Math.max(0, number("SELECT count(*) AS n FROM own.attempts WHERE result = 'retry' AND destination_id <> 'desk'") - receivers.refused(subject)),
      exchange,
      ...endsTold(ends, book, words),
      ...sizes(database),
    }
  } finally {
    db.close()
  }
}

/** The first few with how many there are. */
function some(rows: { what: string }[], wrong: string): string[] {
  return rows.length === 0 ? [] : [`${rows.length} ${wrong}: ${rows.slice(0, 5).map(({ what }) => what).join(', ')}`]
}

function endsTold(rows: { printer: string; type: string; n: number }[], book: Book, words: { text: string; n: number }[]): Pick<Checked, 'unnamed' | 'telling'> {
  const told = new Map(rows.map(({ printer, type, n }) => [`${printer} ${type}`, n]))
  const of = (counts: ReadonlyMap<string, number>, printer: string): number => [...counts].filter(([what]) => what.startsWith(`${printer} `)).reduce((sum, [, n]) => sum + n, 0)
  const printers = [...new Set([...told.keys(), ...book.ends.keys()].map((what) => what.split(' ')[0] ?? ''))]
  return {
    unnamed: [...book.ends].reduce((sum, [what, n]) => sum + Math.max(0, n - (told.get(what) ?? 0)), 0),
    telling: [
      ...printers.flatMap((printer) => (of(told, printer) === of(book.ends, printer) ? [] : [`${printer}: ${of(book.ends, printer)} prints ended, ${of(told, printer)} ends were told`])),
      ...wordsTold(words, book),
    ],
  }
}

function wordsTold(rows: { text: string; n: number }[], book: Book): string[] {
  const told = new Map(rows.map(({ text, n }) => [text, n]))
  return book.words.flatMap((text) => (told.get(text) === 1 ? [] : [`"${text}" was said once and told ${told.get(text) ?? 0} times`]))
}

function sizes(database: string): { size: number; fresh: number } {
  const copy = `${database}.fresh`
  const db = new DatabaseSync(database)
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    db.exec(`VACUUM INTO '${copy}'`)
    return { size: statSync(database).size, fresh: statSync(copy).size }
  } finally {
    db.close()
    rmSync(copy, { force: true })
  }
}
