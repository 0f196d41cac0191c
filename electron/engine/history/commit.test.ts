import { afterEach, beforeEach, expect, test } from 'vitest'
import { HistoryError } from './history.ts'
import { batch, decision, draft, entry, job, memory, row, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

test('a batch comes back as it went in, numbered from 1', () => {
  const result = store.history.commit(batch([
    entry('E1', { draft: { type: 'job.started', severity: 'info', job: job('j1') }, decisions: [decision()], outbox: [row('O1')] }),
    entry('E2', {
      draft: {
        late: true, occurredAt: T0 - 5000, progress: 0.5, remaining: null, layer: 12, heater: { name: 'bed', actual: 60.1, target: 60 }, reason: 'server_restarted',
        text: 'Änderung "x"', code: 'E3', byUs: true, native: { name: 'PrintDone', payload: { time: 3.5 } }, context: { state: { a: [1, null] } }, snapshot: 'final',
        attention: { key: 'm600', kind: 'filament_change', text: null, choices: ['Load', 'Purge'], since: T0 },
      },
    }),
  ]))
  expect(result.events.map((event) => [event.id, event.seq])).toEqual([['E1', 1], ['E2', 2]])
  expect(result.duplicates).toEqual([])
  expect(result.decisions).toEqual([{ eventId: 'E1', destinationId: 'desk', seq: 1, decision: 'deliver', stage: 'subscribed', reason: 'subscribed', profileId: null, until: null, at: T0 }])
  expect(result.outbox).toEqual([{
    id: 'O1', eventId: 'E1', destinationId: 'desk', state: 'waiting', deliveryKey: 'key-O1', priority: 3, jobKey: null, attempts: 0, createdAt: T0, nextAttemptAt: T0,
    expiresAt: T0 + 3_600_000, pictureUntil: null, releaseAt: null, cancelOn: [], leaseUntil: null, lastResult: null,
  }])
  expect(store.history.event('E2')).toEqual({
    id: 'E2', seq: 2, dedupeKey: 'key of E2', occurredAt: T0 - 5000, observedAt: T0, late: true, type: 'job.done', severity: 'success', printerId: 'p1', printerName: 'MK3 left',
    serverKind: 'octoprint', progress: 0.5, remaining: null, layer: 12, heater: { name: 'bed', actual: 60.1, target: 60 }, reason: 'server_restarted', text: 'Änderung "x"', code: 'E3',
    byUs: true, native: { name: 'PrintDone', payload: { time: 3.5 } }, context: { state: { a: [1, null] } }, snapshot: 'final',
    attention: { key: 'm600', kind: 'filament_change', text: null, choices: ['Load', 'Purge'], since: T0 },
    seenAt: null, acknowledgedAt: null, snapshotFile: null,
  })
  expect(store.history.event('E1')?.job).toEqual({ key: 'j1', file: { name: 'cube.gcode', path: 'cube.gcode', origin: 'local', size: 1234 }, startedAt: T0 - 60_000, endedAt: null, user: null })
  expect(store.history.outbox({ eventId: 'E1' })).toEqual(result.outbox)
  expect(store.history.decisions('E1')).toEqual(result.decisions)
  expect(store.history.event('E9')).toBeNull()
})

test('an event that is known by its dedupe key is left out with its decisions and outbox, and is told as a duplicate', () => {
  store.history.commit(batch([entry('E1', { draft: { dedupeKey: 'p1|j1|job.done|' } })]))
  const again = store.history.commit(batch([
    entry('E2', { draft: { dedupeKey: 'p1|j1|job.done|' }, decisions: [decision()], outbox: [row('O2')] }),
    entry('E3', { draft: { dedupeKey: 'p1|j2|job.done|' } }),
  ], { at: T0 + 7 }))
  expect(again.events.map((event) => event.id)).toEqual(['E3'])
  expect(again.duplicates).toEqual([{ id: 'E2', dedupeKey: 'p1|j1|job.done|' }])
  expect(again.decisions).toEqual([])
  expect(again.outbox).toEqual([])
  expect(store.history.event('E2')).toBeNull()
  expect(store.history.outbox({})).toEqual([])
  expect(store.history.suppressed({})).toEqual([
    { at: T0 + 7, printerId: 'p1', type: 'job.done', reason: 'duplicate', detail: 'already known as event E1', dedupeKey: 'p1|j1|job.done|' },
  ])
})

test('the same dedupe key twice in one batch is heard once', () => {
  const result = store.history.commit(batch([entry('E1', { draft: { dedupeKey: 'k' } }), entry('E2', { draft: { dedupeKey: 'k' } })]))
  expect(result.events.map((event) => event.id)).toEqual(['E1'])
  expect(result.duplicates).toEqual([{ id: 'E2', dedupeKey: 'k' }])
})

test('an event whose id came from elsewhere and is known is a duplicate too', () => {
  store.history.commit(batch([entry('E1', { draft: { dedupeKey: 'a' } })]))
  expect(store.history.commit(batch([entry('E1', { draft: { dedupeKey: 'b' } })])).duplicates).toEqual([{ id: 'E1', dedupeKey: 'b' }])
})

test('one bad entry takes the whole batch back: events, memory, suppressed', () => {
  const bad = { ...entry('E2'), draft: draft('k2', { printerName: null as unknown as string }) }
  const commit = () => store.history.commit(batch([entry('E1', { outbox: [row('O1')], decisions: [decision()] }), bad], {
    memories: [{ printerId: 'p1', memory: memory() }],
    suppressed: [{ at: T0, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null }],
  }))
  expect(commit).toThrow(HistoryError)
  expect(store.history.events({})).toEqual([])
  expect(store.history.outbox({})).toEqual([])
  expect(store.history.loadMemories().size).toBe(0)
  expect(store.history.suppressed({})).toEqual([])
  expect(store.history.commit(batch([entry('E3')])).events[0]?.seq).toBe(1)
})

test('memory is kept per printer, the last one wins, and a forgotten printer has none', () => {
  store.history.commit(batch([], { memories: [{ printerId: 'p1', memory: memory({ a: 1 }) }, { printerId: 'p2', memory: memory() }] }))
  store.history.saveMemory([{ printerId: 'p1', memory: memory({ a: 2 }) }], T0 + 1)
  expect(store.history.loadMemories().get('p1')).toEqual(memory({ a: 2 }))
  store.history.forgetPrinter('p1')
  expect([...store.history.loadMemories().keys()]).toEqual(['p2'])
})

test('what was suppressed is listed newest first, by printer and time', () => {
  const at = (ms: number, printerId: string) => ({ at: T0 + ms, printerId, type: 'job.progress' as const, reason: 'collapsed_progress' as const, detail: `${ms}`, dedupeKey: null })
  store.history.commit(batch([], { suppressed: [at(1, 'p1'), at(2, 'p2'), at(3, 'p1')] }))
  expect(store.history.suppressed({}).map((row) => row.detail)).toEqual(['3', '2', '1'])
  expect(store.history.suppressed({ printerId: 'p1' }).map((row) => row.detail)).toEqual(['3', '1'])
  expect(store.history.suppressed({ since: T0 + 2, limit: 1 }).map((row) => row.detail)).toEqual(['3'])
})

test('a later decision on the same event and destination is appended', () => {
  store.history.commit(batch([entry('E1', { decisions: [decision({ decision: 'hold', until: T0 + 9, stage: 'timeslot', reason: 'quiet' })] })]))
  store.history.addDecision({ ...decision({ seq: 2, at: T0 + 9 }), eventId: 'E1' })
  expect(store.history.decisions('E1').map((d) => [d.seq, d.decision, d.until])).toEqual([[1, 'hold', T0 + 9], [2, 'deliver', null]])
})

test('a time with a fraction of a millisecond costs no event', () => {
  store.history.commit(batch([entry('E1', { draft: { occurredAt: T0 + 0.25 } })]))
  expect(store.history.event('E1')?.occurredAt).toBe(T0 + 0.25)
})
