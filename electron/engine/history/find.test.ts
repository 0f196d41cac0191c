import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BEGAN, makeHistory, STEP_MS } from '../../../test/bench/lib/million.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { openForReading } from './open.ts'
import type { Db } from './db.ts'
import type { EventQuery, History } from './history.ts'
import { historyOn } from './sqlite-history.ts'
import { finderOf } from './search.ts'
import { batch, decision, entry, job, row, T0, temporaryHistory } from './test-support.ts'

describe('among many events', () => {
  /** More than one way's bound, so that each way is gone. */
  const EVENTS = 60_000
  let folder: string
  let db: Db
  let history: History
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-find-'))
    makeHistory(join(folder, 'history.db'), EVENTS)
    db = openForReading(join(folder, 'history.db'))
    history = historyOn(db, { log: memoryLog(), now: () => T0 })
  })
  afterAll(() => {
    history.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const at = (event: number): number => BEGAN + event * STEP_MS
  /** The condition as anybody would write it, without a thought for speed. */
  const CASES: [string, EventQuery, string][] = [
    ['nothing asked', {}, '1'],
    ['one printer', { printerIds: ['p7'] }, "printer_id = 'p7'"],
    ['both ways of naming printers', { printerId: 'p7', printerIds: ['p7', 'p8'] }, "printer_id = 'p7'"],
    ['several printers', { printerIds: ['p1', 'p2', 'p39'] }, "printer_id IN ('p1', 'p2', 'p39')"],
    ['a rare kind', { selectors: ['attention.*'] }, "type LIKE 'attention.%'"],
    ['kinds and a printer', { selectors: ['job.failed', 'job.cancelled'], printerIds: ['p3'] }, "type IN ('job.failed', 'job.cancelled') AND printer_id = 'p3'"],
    ['types and selectors, what both name', { selectors: ['job.*'], types: ['job.done', 'heater.cooled'] }, "type = 'job.done'"],
    ['critical', { severities: ['critical'] }, "severity = 'critical'"],
    ['severity at least', { minSeverity: 'error', printerIds: ['p7'] }, "severity IN ('error', 'critical') AND printer_id = 'p7'"],
    ['an early time', { until: at(500) }, `occurred_at <= ${at(500)}`],
    ['a span', { since: at(1_000), until: at(1_300), selectors: ['job.done'] }, `occurred_at BETWEEN ${at(1_000)} AND ${at(1_300)} AND type = 'job.done'`],
    ['unseen', { unseen: true, printerIds: ['p7'] }, "seen_at IS NULL AND printer_id = 'p7'"],
    ['seen', { unseen: false, printerIds: ['p7'] }, "seen_at IS NOT NULL AND printer_id = 'p7'"],
    ['one print', { jobKey: 'j100' }, "job_key = 'j100'"],
    ['one print and a kind', { jobKey: 'j100', selectors: ['job.done'] }, "job_key = 'j100' AND type = 'job.done'"],
    ['to a destination that hears of all', { destinationId: 'log' }, '1'],
    ['to a destination', { destinationId: 'desk' }, "type IN ('job.done', 'job.failed', 'job.paused')"],
    ['to a destination that is not told any more', { destinationId: 'old' }, `occurred_at < ${at(EVENTS / 10)}`],
    ['to nobody', { destinationId: 'nobody' }, '0'],
    ['of a printer to a destination', { destinationId: 'desk', printerIds: ['p7'], selectors: ['job.failed'] }, "type = 'job.failed' AND printer_id = 'p7'"],
    ['of a printer to one that is told of all', { destinationId: 'log', printerIds: ['p7'] }, "printer_id = 'p7'"],
    ['what nobody saw, to one that is told of all', { destinationId: 'log', unseen: true }, 'seen_at IS NULL'],
    ['a word to a destination', { destinationId: 'old', text: 'petg' }, `job_name LIKE '%!_PETG.gcode' ESCAPE '!' AND occurred_at < ${at(EVENTS / 10)}`],
    ['a rare word', { text: 'benchy_441' }, "job_name LIKE 'benchy!_441%' ESCAPE '!'"],
    ['a word of every event', { text: 'gcode' }, '1'],
    ['a word of every event, long ago', { text: 'gcode', until: at(5_000) }, `occurred_at <= ${at(5_000)}`],
    ['a common word, one printer', { text: 'petg', printerIds: ['p9'] }, "job_name LIKE '%!_PETG.gcode' ESCAPE '!' AND printer_id = 'p9'"],
    ['a common word in vain', { text: 'gcode', printerIds: ['p9'], selectors: ['device.*'] }, '0'],
    ['two words in two columns', { text: 'cellar abs', severities: ['critical'] }, "printer_name LIKE '%cellar' AND job_name LIKE '%!_ABS.gcode' ESCAPE '!' AND severity = 'critical'"],
    ['words of old texts', { text: 'layer of', until: at(20_000) }, `text LIKE 'Layer %' AND occurred_at <= ${at(20_000)}`],
    ['a word that hits nothing', { text: 'zeppelin' }, '0'],
    ['all at once', { text: 'tpu', printerIds: ['p1', 'p2', 'p3'], severities: ['warning'], since: at(10_000), until: at(50_000) }, `job_name LIKE '%TPU%' AND printer_id IN ('p1', 'p2', 'p3') AND severity = 'warning' AND occurred_at BETWEEN ${at(10_000)} AND ${at(50_000)}`],
  ]

  test.each(CASES)('%s: the same events as looking at each', (_name, query, condition) => {
    const all = db.all<{ seq: number }>(`SELECT seq FROM events NOT INDEXED WHERE ${condition} ORDER BY seq DESC`).map(({ seq }) => seq)
    const expected = all.slice(0, 50)
    expect(history.events({ ...query, limit: 50 }).map((event) => event.seq)).toEqual(expected)
    const middle = all[Math.floor(all.length / 2)] ?? 0
    expect(history.events({ ...query, limit: 50, beforeSeq: middle }).map((event) => event.seq)).toEqual(all.filter((seq) => seq < middle).slice(0, 50))
    // Without a filter counting all costs nothing.
    expect(history.count(query, 1_000)).toEqual(condition === '1' && Object.keys(query).length === 0 ? { count: EVENTS, exact: true } : all.length > 1_000 ? { count: 1_000, exact: false } : { count: all.length, exact: true })
  })

  test('a word that names kinds finds them, beside the texts that hold it', () => {
    const typesTelling = (word: string) => (word === 'gear' ? ['heater.cooled' as const] : [])
    const expected = db.all<{ seq: number }>("SELECT seq FROM events NOT INDEXED WHERE (job_name LIKE 'gear%' OR type = 'heater.cooled') AND printer_id = 'p4' ORDER BY seq DESC").map(({ seq }) => seq)
    expect(history.events({ text: 'gear', printerIds: ['p4'], typesTelling, limit: 1000 }).map((event) => event.seq)).toEqual(expected)
    expect(history.events({ text: 'gear', typesTelling, limit: 1 })[0]?.seq).toBe(db.get<{ seq: number }>("SELECT max(seq) AS seq FROM events WHERE job_name LIKE 'gear%' OR type = 'heater.cooled'")?.seq)
  })

  test('the last end of each printer', () => {
    const expected = db.all<{ seq: number }>("SELECT max(seq) AS seq FROM events WHERE type IN ('job.done', 'job.failed', 'job.cancelled', 'job.result_unknown') AND printer_id IN ('p3', 'p4') GROUP BY printer_id ORDER BY 1 DESC")
    expect(history.lastEnds(['p3', 'nobody', 'p4']).map(({ seq }) => ({ seq }))).toEqual(expected)
  })
})

describe('few events', () => {
  let store: ReturnType<typeof temporaryHistory>
  beforeEach(() => {
    store = temporaryHistory()
  })
  afterEach(() => store.remove())

  const TEXTS = [
    'benchy_0.2mm_PLA.gcode', 'Größe XL', 'Heater "bed" didn\'t reach 60 °C', '立方体.gcode', 'naïve façade', 'ÅNGSTRÖM', 'e\u0301te\u0301', 'straße', 'İstanbul', 'x²', 'a\u00adb', 'one-two_three', '🧵 thread', 'Ελληνικά', 'ΠΕΤΓ', 'щётка', '٣٤',
  ]
  const WORDS = ['bench', 'benchy_0.2', '0.2mm', '2mm', 'grosse', 'größe', 'gro', '60', 'didn\'t', 'reach', '立方', '体', 'naive', 'facade', 'angstrom', 'ete', 'été', 'strasse', 'straße', 'istanbul', 'x²', 'a', 'two', 'one-two', 'two_th', 'thread', 'ελλ', 'πετγ', 'щетка', 'щётка', '٣']
  test.each(WORDS)('whether a text holds %s is told alike with and without the search index', (word) => {
    store.history.commit(batch(TEXTS.map((text, n) => entry(`E${n}`, { draft: { text, printerName: '', occurredAt: T0 + n } }))))
    const db = openForReading(store.file)
    const expected = db.all<{ text: string }>('SELECT text FROM texts WHERE n IN (SELECT rowid FROM texts_search WHERE texts_search MATCH :word) ORDER BY n', { word: `"${word}"*` }).map(({ text }) => text)
    db.close()
    const isIn = finderOf(word)
    expect(TEXTS.filter((text) => isIn([null, text]))).toEqual(expected)
  })

  test('what was said before is kept once, and goes with the last event that said it', () => {
    const said = () => {
      const db = openForReading(store.file)
      const texts = db.all<{ job_name: string | null }>('SELECT job_name FROM texts ORDER BY n').map((row) => row.job_name)
      db.close()
      return texts
    }
    store.history.commit(batch([
      entry('E1', { draft: { job: job('j1', 'a.gcode'), observedAt: T0 - 10 } }), entry('E2', { draft: { job: job('j1', 'a.gcode'), observedAt: T0 - 5 } }), entry('E3', { draft: { job: job('j2', 'b.gcode') } }),
    ]))
    expect(said()).toEqual(['a.gcode', 'b.gcode'])
    const limits = { picturesBefore: 0, pictureBytes: 0, keepUnseen: false, chunk: 100 }
    store.history.prune({ ...limits, eventsBefore: T0 - 6 })
    expect(said()).toEqual(['a.gcode', 'b.gcode'])
    store.history.prune({ ...limits, eventsBefore: T0 - 1 })
    expect(said()).toEqual(['b.gcode'])
    expect(store.history.events({ text: 'a.gcode' })).toEqual([])
  })

  test('an event goes to a destination as soon as it has a row for it, twice or not, and one that was dropped does not', () => {
    store.history.commit(batch([
      entry('E1', { outbox: [row('R1')], decisions: [decision()] }), entry('E2', { decisions: [decision({ decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' })] }),
      entry('E3', { outbox: [row('R3'), row('R3b'), row('R3c', { destinationId: 'hook' })] }),
    ]))
    const to = (destinationId: string) => store.history.events({ destinationId }).map(({ id }) => id)
    expect(to('desk')).toEqual(['E3', 'E1'])
    expect(to('hook')).toEqual(['E3'])
    expect(store.history.count({ destinationId: 'desk' }, 10)).toEqual({ count: 2, exact: true })
    store.history.enqueue([{ ...row('R9'), eventId: 'E2' }])
    expect(to('desk')).toEqual(['E3', 'E2', 'E1'])
  })

  test('unseen events are told by printer, and by number for taking "all seen" back', () => {
    store.history.commit(batch([entry('E1'), entry('E2', { draft: { printerId: 'p2' } }), entry('E3'), entry('E4', { draft: { printerId: '', type: 'app.test' } }), entry('E5', { seen: true })]))
    expect(store.history.unseenByPrinter()).toEqual(new Map([['', 1], ['p1', 2], ['p2', 1]]))
    const marked = store.history.markNextSeen({ upTo: store.history.newestSeq(), limit: 10 }, T0)
    expect(marked).toHaveLength(4)
    expect(store.history.unseenByPrinter()).toEqual(new Map())
    expect(store.history.markUnseen({ seqs: marked })).toBe(4)
    expect(store.history.event('E5')?.seenAt).not.toBeNull()
  })
})

test('who shows events is told when one that lies there changes, and only then', () => {
  const store = temporaryHistory()
  store.history.commit(batch([entry('E1'), entry('E2')]))
  expect(store.touched).toBe(0)
  store.history.markSeen({ eventIds: ['E1'] }, T0)
  store.history.markSeen({ eventIds: ['E1'] }, T0)
  expect(store.touched).toBe(1)
  store.history.markUnseen({ eventIds: ['E1'] })
  store.history.acknowledge(['E2'], T0)
  store.history.acknowledge(['E2'], T0)
  expect(store.touched).toBe(3)
  store.history.putSnapshot({ eventId: 'E1', printerId: 'p1', at: T0, file: 'a.jpg', bytes: 1, width: 1, height: 1, why: null })
  expect(store.touched).toBe(4)
  store.remove()
})
