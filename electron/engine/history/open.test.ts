import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import { Db } from './db.ts'
import { setAside } from './errors.ts'
import { HistoryError } from './history.ts'
import { openForWriting } from './open.ts'
import { migrate } from './schema/migrations.ts'
import { historyOn, openHistory } from './sqlite-history.ts'
import { batch, entry, memory, row, T0 } from './test-support.ts'

let folder: string
let file: string
const log = memoryLog()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-open-'))
  file = join(folder, 'printbell.sqlite')
  log.lines.length = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (readOnly = false) => openHistory({ file, log, now: () => T0, readOnly })

/** What went wrong, or null. */
function failure(work: () => unknown): { code: string; message: string } | null {
  try {
    work()
  } catch (error) {
    if (error instanceof HistoryError) return { code: error.code, message: error.message }
    throw error
  }
  return null
}

describe('one engine', () => {
  test('a second one in the same folder is refused, and may come when the first has closed', () => {
    const first = open()
    expect(failure(open)).toEqual({ code: 'locked', message: `Another Printbell engine (process ${process.pid}) already works on the data in ${folder}. Stop it, or give this one a data folder of its own.` })
    first.close()
    first.close()
    const second = open()
    second.close()
  })

  test('the lock is let go when opening fails', () => {
    writeFileSync(file, 'junk'.repeat(1000))
    expect(failure(open)?.code).toBe('corrupt')
    setAside(file, T0)
    open().close()
  })

  test('a history in memory needs neither folder nor lock', () => {
    const [a, b] = [1, 2].map(() => openHistory({ file: ':memory:', log, now: () => T0 }))
    a?.commit(batch([entry('E1')]))
    expect([a?.unseenCount(), b?.unseenCount()]).toEqual([1, 0])
    a?.close()
    b?.close()
  })
})

describe('reading only', () => {
  test('works beside a writer, sees what is committed, and changes nothing', () => {
    const writer = open()
    const reader = open(true)
    writer.commit(batch([entry('E1', { outbox: [row('O1')] })]))
    expect(reader.event('E1')?.seq).toBe(1)
    const refused = { code: 'readonly', message: 'The history was opened for reading only; the running engine must make this change.' }
    expect(failure(() => reader.commit(batch([entry('E2')])))).toEqual(refused)
    expect(failure(() => reader.markSeen({ all: true }, T0))).toEqual(refused)
    expect(failure(() => reader.lease('desk', T0, 1, 1))).toEqual(refused)
    expect(writer.commit(batch([entry('E3')])).events[0]?.seq).toBe(2)
    writer.close()
    expect(reader.events({}).map((event) => event.id)).toEqual(['E3', 'E1'])
    reader.close()
    expect(readdirSync(folder).sort()).toContain('printbell.sqlite')
  })

  test('works when no engine runs', () => {
    const writer = open()
    writer.commit(batch([entry('E1')]))
    writer.close()
    const reader = open(true)
    expect(reader.unseenCount()).toBe(1)
    reader.close()
  })

  test('tells when there is nothing yet, and makes nothing', () => {
    expect(failure(() => open(true))).toEqual({ code: 'missing', message: `There is no history yet: ${file} does not exist. It is made when the engine first runs with this data folder.` })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('files that are not as they should be', () => {
  test('a damaged file is named with the cure, stays as it is, and can be set aside', () => {
    writeFileSync(file, 'this is not a database. '.repeat(500))
    writeFileSync(`${file}-wal`, 'left over')
    expect(failure(open)).toEqual({ code: 'corrupt', message: `The history is damaged or is not a database: ${file}. Run "repair" to set it aside and begin a new one (the damaged file is kept), or restore it from a backup.` })
    expect(readFileSync(file, 'utf8')).toBe('this is not a database. '.repeat(500))
    const aside = setAside(file, T0)
    expect(aside).toBe(`${file}.damaged-20260115T120000Z`)
    expect(readFileSync(aside, 'utf8')).toContain('not a database')
    expect([existsSync(`${aside}-wal`), existsSync(`${file}-wal`)]).toEqual([true, false])
    open().close()
  })

  test('a database with a torn page is named as damaged when it is read', () => {
    const writer = open()
    writer.commit(batch([entry('E1', { draft: { text: 'z'.repeat(50_000) } })]))
    writer.close()
    const bytes = readFileSync(file)
    // Everything but the first page, which holds the header and the schema's root.
    bytes.fill(0xa5, 4096)
    writeFileSync(file, bytes)
    expect(failure(() => {
      const history = open(true)
      try {
        history.events({})
      } finally {
        history.close()
      }
    })?.code).toBe('corrupt')
  })

  test('a history of a newer program is left alone', () => {
    open().close()
    const raw = new DatabaseSync(file)
    raw.exec('PRAGMA user_version = 99')
    raw.close()
    const expected = { code: 'newer', message: `The history was written by a newer Printbell (its version 99, this program knows 6): ${file}. Update Printbell, or choose another data folder.` }
    expect(failure(open)).toEqual(expected)
    expect(failure(() => open(true))).toEqual(expected)
  })

  test('another program\'s database is left alone', () => {
    const raw = new DatabaseSync(file)
    raw.exec('CREATE TABLE bookmarks (url TEXT)')
    raw.close()
    expect(failure(open)).toEqual({ code: 'other', message: `${file} is the database of another program. Choose another data folder.` })
  })

  test('a folder in the place of the file is named, not read', () => {
    mkdirSync(file)
    expect(failure(open)?.message).toBe(`The history cannot be opened: ${file}. Check that its folder exists and that this user may write there.`)
  })

  test('a folder that does not exist is named', () => {
    const nowhere = join(folder, 'no', 'where.sqlite')
    expect(failure(() => openHistory({ file: nowhere, log, now: () => T0 }))?.message).toBe(`The history cannot be opened: ${join(folder, 'no', 'engine.lock')}. Check that its folder exists and that this user may write there.`)
  })

  test('a full disk is named, and what was stored stays whole', () => {
    const db = openForWriting(file)
    const history = historyOn(db, { log, now: () => T0 })
    history.commit(batch([entry('E1', { outbox: [row('O1')] })]))
    const pages = db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0
    db.exec(`PRAGMA max_page_count = ${pages + 2}`)
    const big = batch([entry('E2', { outbox: [row('O2')] }), entry('E3', { draft: { text: 'y'.repeat(100_000) } })], { memories: [{ printerId: 'p1', memory: memory() }] })
    expect(failure(() => history.commit(big))).toEqual({ code: 'full', message: `There is no room left for the history (${file}). Free some space on that disk; nothing stored so far is lost.` })
    expect(history.events({}).map((event) => event.id)).toEqual(['E1'])
    expect(history.loadMemories().size).toBe(0)
    db.exec('PRAGMA max_page_count = 100000')
    expect(history.commit(big).events.map((event) => event.id)).toEqual(['E2', 'E3'])
    history.close()
  })

  test('a memory that cannot be read costs only itself', () => {
    const db = openForWriting(file)
    const history = historyOn(db, { log, now: () => T0 })
    history.saveMemory([{ printerId: 'p1', memory: memory() }, { printerId: 'p2', memory: memory() }], T0)
    db.exec("UPDATE memory SET body = '{\"ver' WHERE printer_id = 'p1'")
    expect([...history.loadMemories().keys()]).toEqual(['p2'])
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { printerId: 'p1' } }])
    history.close()
  })
})

describe('migrations', () => {
  test.each(['v1', 'v2', 'v3', 'v4', 'v5', 'v6'])('a history of version %s opens, reads in full and goes on', (version) => {
    const raw = new DatabaseSync(file)
    raw.exec(readFileSync(new URL(`fixtures/${version}.sql`, import.meta.url), 'utf8'))
    raw.close()
    const history = open()
    expect(history.event('01J0000000000000000000000A')).toEqual({
      id: '01J0000000000000000000000A', seq: 7, dedupeKey: 'p1|j1|job.done|', occurredAt: 1_768_478_400_000, observedAt: 1_768_478_401_000, late: true, type: 'job.done', severity: 'success',
      printerId: 'p1', printerName: 'MK3 left', serverKind: 'octoprint',
      job: { key: 'j1', file: { name: 'cube.gcode', path: 'cube.gcode', origin: 'local', size: 1234 }, startedAt: 1_768_478_300_000, endedAt: 1_768_478_400_000, user: null },
      progress: 1, text: 'done at last', byUs: false, snapshot: 'final', seenAt: null, acknowledgedAt: null, snapshotFile: 'p1/a.jpg',
      ...(version === 'v6' ? { acknowledgement: { at: 1_768_478_402_000, until: 1_768_482_002_000, note: 'Ann is on it', by: 'window', lookedAt: 1_768_478_403_000, overAt: 1_768_482_002_000 } } : {}),
    })
    expect(history.events({ text: 'last cube' })).toHaveLength(1)
    expect(history.count({ text: 'last cube' }, 10)).toEqual({ count: 1, exact: true })
    expect(history.lastEnds(['p1']).map((event) => event.seq)).toEqual([7])
    expect(history.unseenByPrinter()).toEqual(new Map([['p1', 1]]))
    expect(history.decisions('01J0000000000000000000000A')).toHaveLength(1)
    expect(history.events({ destinationId: 'desk' }).map(({ seq }) => seq)).toEqual([7])
    expect(history.events({ destinationId: 'hook' })).toEqual([])
    expect(history.attempts({})).toMatchObject([{ ms: 12.5, result: 'retry' }])
    expect(history.suppressed({})).toMatchObject([{ reason: 'short_pause', dedupeKey: null }])
    expect(history.loadMemories().get('p1')?.lastSeenAt).toBe(1_768_478_400_000)
    expect(history.silences(1_768_478_400_000)).toMatchObject([{ match: { printerIds: ['p1'] }, by: 'cli' }])
    expect(history.gaps({})).toEqual([{ serverId: 's1', from: 1_768_478_000_000, to: 1_768_478_100_000, cause: 'refused' }])
    expect(history.getFact('lastAliveAt')).toBe('1768478400000')
    expect(history.lease('desk', 1_768_478_402_000, 1000, 1)).toMatchObject([{ id: '01J0000000000000000000000B', attempts: 1, cancelOn: ['seen'] }])
    expect(history.commit(batch([entry('E1')])).events[0]?.seq).toBe(8)
    history.close()
  })

  test('a history of version 1 is found by each event\'s own words afterwards', () => {
    const raw = new DatabaseSync(file)
    raw.exec(readFileSync(new URL('fixtures/v1.sql', import.meta.url), 'utf8'))
    const copy = raw.prepare(`INSERT INTO events SELECT seq + ?, id || ?, dedupe_key || ?, occurred_at, observed_at, late, type, severity, severity_rank, printer_id, ?, job_key, ?, NULL, NULL, body, seen_at, acknowledged_at FROM events WHERE seq = 7`)
    copy.run(1, 'b', 'b', 'Voron', 'vase.gcode')
    copy.run(2, 'c', 'c', 'Voron', null)
    copy.run(3, 'd', 'd', 'MK3 left', 'vase.gcode')
    copy.run(4, 'e', 'e', 'Voron', 'vase.gcode')
    raw.close()
    const history = open()
    const found = (text: string) => history.events({ text }).map((event) => event.seq)
    expect([found('cube'), found('voron'), found('vase'), found('left vase'), found('last')]).toEqual([[7], [11, 9, 8], [11, 10, 8], [10], [7]])
    history.close()
  })

  test.each(['v1', 'v2', 'v3', 'v4', 'v5', 'v6'])('a fresh history has the same tables as one that came from version %s', (version) => {
    const tables = (name: string, sql: string | null) => {
      const raw = new DatabaseSync(join(folder, name))
      if (sql !== null) raw.exec(sql)
      raw.close()
      const db = openForWriting(join(folder, name))
      const all = db.all<{ sql: string | null }>('SELECT sql FROM sqlite_master ORDER BY name').map((entry) => entry.sql)
      db.close()
      return all
    }
    const fresh = tables('fresh.sqlite', null)
    expect(fresh.length).toBeGreaterThan(20)
    expect(tables('old.sqlite', readFileSync(new URL(`fixtures/${version}.sql`, import.meta.url), 'utf8'))).toEqual(fresh)
  })

  test('steps run in order, each whole or not at all, and are remembered', () => {
    const db = new Db(file, false)
    const steps = ['CREATE TABLE a (x)', 'INSERT INTO a VALUES (1); CREATE TABLE b (y)']
    expect(failure(() => migrate(db, [...steps, 'INSERT INTO b VALUES (2); INSERT INTO nowhere VALUES (3)']))?.message).toContain('nowhere')
    expect(db.all('SELECT * FROM b')).toEqual([])
    expect(db.get<{ user_version: number }>('PRAGMA user_version')?.user_version).toBe(2)
    expect(migrate(db, [...steps, 'INSERT INTO b VALUES (2)'])).toBe(2)
    expect(migrate(db, [...steps, 'INSERT INTO b VALUES (2)'])).toBe(3)
    expect(db.all<{ y: number }>('SELECT y FROM b').map((entry) => entry.y)).toEqual([2])
    db.close()
  })

  test('a reader does not migrate: it says who does', () => {
    const db = new Db(file, false)
    migrate(db, ['CREATE TABLE a (x)'])
    db.close()
    const reader = new Db(file, true)
    expect(failure(() => migrate(reader, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']))).toEqual({
      code: 'older',
      message: `The history was written by an older Printbell (its version 1, this program needs 2): ${file}. Start the engine once; it brings the file up to date.`,
    })
    reader.close()
  })
})

test('writes are on disk when they return: write-ahead log, full synchronisation, foreign keys', () => {
  const db = openForWriting(file)
  expect(db.get<{ journal_mode: string }>('PRAGMA journal_mode')?.journal_mode).toBe('wal')
  expect(db.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous).toBe(2)
  expect(db.get<{ foreign_keys: number }>('PRAGMA foreign_keys')?.foreign_keys).toBe(1)
  db.close()
})
