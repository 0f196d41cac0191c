/** Whether everything arrived: what the printers did, what Printbell's database says, and what the receivers wrote down, held against each other. */
import { DatabaseSync } from '@photostructure/sqlite'
import { rmSync, statSync } from 'node:fs'
import type { Book } from './soak-life.ts'
import type { SubjectName } from './soak-subjects.ts'

/** What is wrong is a list of sentences; empty = all is right. */
export interface Checked {
  events: number
  /** Rows of the outbox that were delivered to the receivers. */
  delivered: number
  /** Tries, the failed ones included. */
  attempts: number
  pictures: number
  /** Sent and not received, received twice or unsent; tries that were given up. */
  exchange: string[]
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
export function check(subject: SubjectName, database: string, receipts: string, book: Book): Checked {
  const db = new DatabaseSync(':memory:')
  try {
    db.exec(`ATTACH '${database}' AS own; ATTACH '${receipts}' AS far`)
    const all = <T>(sql: string): T[] => db.prepare(sql).all() as T[]
    const number = (sql: string): number => (all<{ n: number }>(sql)[0] ?? { n: Number.NaN }).n
    const mine = `far.receipts r WHERE r.subject = '${subject}'`
    const hooks = "o.destination_id LIKE 'hook-%'"
    const exchange = [
      ...some(all<{ what: string }>(`SELECT o.id || ' ' || o.destination_id AS what FROM own.outbox o WHERE o.state = 'delivered' AND ${hooks}
        AND NOT EXISTS (SELECT 1 FROM ${mine} AND r.address = o.destination_id AND r.key = o.delivery_key)`), 'called delivered, and never received'),
      ...some(all<{ what: string }>(`SELECT address || ' ' || key AS what FROM ${mine} AND address LIKE 'hook-%' GROUP BY address, key HAVING count(*) > 1`), 'received more than once'),
      ...some(all<{ what: string }>(`SELECT r.address || ' ' || r.key AS what FROM ${mine} AND r.address LIKE 'hook-%'
        AND NOT EXISTS (SELECT 1 FROM own.outbox o WHERE o.delivery_key = r.key AND o.destination_id = r.address AND o.state = 'delivered')`), 'received, and not called delivered'),
      ...some(all<{ what: string }>(`SELECT o.state || ' ' || o.destination_id || ' ' || e.type || ' ' || coalesce(o.last_result, '') AS what FROM own.outbox o JOIN own.events e ON e.id = o.event_id
        WHERE o.destination_id <> 'desk' AND (o.state NOT IN ('delivered', 'cancelled') OR (o.state = 'cancelled' AND e.type IN (${CERTAIN})))`), 'not delivered'),
    ]
    // Failures of several printers at once are one message there, and each of its rows has the same try.
    const phone = { sent: number("SELECT count(DISTINCT ms) AS n FROM own.attempts WHERE result = 'delivered' AND destination_id = 'ntfy'"), received: number(`SELECT count(*) AS n FROM ${mine} AND address = 'ntfy'`) }
    if (phone.sent !== phone.received) exchange.push(`ntfy: ${phone.sent} sent, ${phone.received} received`)
    return {
      events: number('SELECT count(*) AS n FROM own.events'),
      delivered: number("SELECT count(*) AS n FROM own.outbox WHERE state = 'delivered'"),
      attempts: number('SELECT count(*) AS n FROM own.attempts'),
      pictures: number('SELECT count(*) AS n FROM own.snapshots WHERE file IS NOT NULL'),
      exchange,
      telling: [...endsTold(all(`SELECT printer, type, count(*) AS n FROM ${mine} AND address = 'hook-all' AND type IN ('job.done', 'job.cancelled', 'job.failed', 'job.result_unknown') GROUP BY printer, type`), book), ...wordsTold(all(`SELECT text, count(*) AS n FROM ${mine} AND address = 'hook-all' AND text LIKE 'word %' GROUP BY text`), book)],
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

function endsTold(rows: { printer: string; type: string; n: number }[], book: Book): string[] {
  const told = new Map(rows.map(({ printer, type, n }) => [`${printer} ${type}`, n]))
  return [...new Set([...told.keys(), ...book.ends.keys()])].flatMap((what) => {
    const [happened, heard] = [book.ends.get(what) ?? 0, told.get(what) ?? 0]
    return happened === heard ? [] : [`${what} happened ${happened} times and was told ${heard} times`]
  })
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
