import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Attempt, OutboxRow } from './history.ts'
import type { NewRow } from './test-support.ts'
import { batch, entry, first, job, row, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

/** Commits one event per row; the event of row "O1" is "E-O1". */
function put(...rows: NewRow[]): void {
  store.history.commit(batch(rows.map((r) => entry(`E-${r.id}`, { outbox: [r] }))))
}

function attempt(leased: OutboxRow, fields: Partial<Attempt> = {}): Attempt {
  return { outboxId: leased.id, eventId: leased.eventId, destinationId: leased.destinationId, at: T0, ms: 12, number: 1, result: 'delivered', detail: 'HTTP 200', ...fields }
}

const lease = (now = T0, limit = 10, destination = 'desk') => store.history.lease(destination, now, 30_000, limit).map((r) => r.id)

/** When each destination has a row due, ms after T0. */
const dueAt = (): [string, number][] => [...store.history.due().at].map(([id, at]): [string, number] => [id, at - T0]).sort(([a], [b]) => a.localeCompare(b))

test('rows are found by where they go and how they stand, the oldest first', () => {
  put(row('O1', { state: 'held', releaseAt: T0 + 9 }), row('O2', { destinationId: 'hook' }), row('O3', { state: 'dead' }), row('O4', { jobKey: 'j1', priority: 0 }), row('O5'))
  const found = (filter: Parameters<typeof store.history.outbox>[0]) => store.history.outbox(filter).map(({ id }) => id)
  expect(found({ states: ['waiting'] })).toEqual(['O2', 'O4', 'O5'])
  expect(found({ destinationId: 'desk', states: ['waiting', 'held'] })).toEqual(['O1', 'O4', 'O5'])
  expect(found({ destinationId: 'desk', states: ['waiting', 'held'], limit: 2 })).toEqual(['O1', 'O4'])
  expect(found({ destinationId: 'desk', states: ['waiting', 'dead'] })).toEqual(['O3', 'O4', 'O5'])
  expect(found({ eventId: 'E-O4', states: ['waiting'] })).toEqual(['O4'])
  expect(found({ eventId: 'E-O4', states: ['leased'] })).toEqual([])
  expect(found({ states: [] })).toEqual([])
})

describe('lease', () => {
  test('takes due rows of the destination once, by priority, then next attempt, then age', () => {
    put(
      row('O1', { priority: 3, nextAttemptAt: T0 - 1 }), row('O2', { priority: 0 }), row('O3', { priority: 3, nextAttemptAt: T0 - 2 }),
      row('O4', { priority: 3, nextAttemptAt: T0 - 1, createdAt: T0 - 5 }), row('O5', { nextAttemptAt: T0 + 1 }), row('O6', { destinationId: 'hook' }),
    )
    expect(lease()).toEqual(['O2', 'O3', 'O4', 'O1'])
    expect(lease()).toEqual([])
    expect(lease(T0 + 1)).toEqual(['O5'])
    expect(lease(T0, 10, 'hook')).toEqual(['O6'])
  })

  test('tells the lease on the row and takes no more than the limit', () => {
    put(row('O1'), row('O2'))
    expect(store.history.lease('desk', T0, 30_000, 1)).toEqual([{ ...row('O1'), eventId: 'E-O1', state: 'leased', leaseUntil: T0 + 30_000 }])
    expect(store.history.outbox({ states: ['waiting'] }).map((r) => r.id)).toEqual(['O2'])
  })

  test('never takes a row of a job before an earlier one of the same destination has ended', () => {
    put(row('O1', { jobKey: 'j1', nextAttemptAt: T0 + 60_000 }), row('O2', { jobKey: 'j1', priority: 0 }), row('O3', { jobKey: 'j2' }), row('O4', { jobKey: 'j2' }))
    expect(lease()).toEqual(['O3'])
    const leased = store.history.outbox({ states: ['leased'] })
    store.history.finish(first(leased), attempt(first(leased)), { state: 'delivered' })
    expect(lease()).toEqual(['O4'])
    expect(lease(T0 + 60_000)).toEqual(['O1'])
    store.history.finish(first(store.history.outbox({ eventId: 'E-O1' })), attempt(first(store.history.outbox({ eventId: 'E-O1' })), { result: 'rejected' }), { state: 'dead' })
    expect(lease(T0 + 60_000)).toEqual(['O2'])
  })

  test('does not let a held row, another destination or another printer with the same job key stand in the way', () => {
    store.history.commit(batch([
      entry('E1', { outbox: [row('O1', { jobKey: '0001', state: 'held', releaseAt: T0 + 9 }), row('O2', { jobKey: '0001', destinationId: 'hook', nextAttemptAt: T0 + 9 })] }),
      entry('E2', { draft: { printerId: 'p2' }, outbox: [row('O3', { jobKey: '0001', nextAttemptAt: T0 + 9 })] }),
      entry('E3', { outbox: [row('O4', { jobKey: '0001' })] }),
    ]))
    expect(lease()).toEqual(['O4'])
  })

  test('waits for the picture until it is there, known to be none, or too late', () => {
    put(row('O1', { pictureUntil: T0 + 10_000 }), row('O2', { pictureUntil: T0 + 10_000 }), row('O3', { pictureUntil: T0 + 10_000 }))
    expect(lease()).toEqual([])
    expect(dueAt()).toEqual([['desk', 10_000]])
    store.history.putSnapshot({ eventId: 'E-O1', printerId: 'p1', at: T0, file: 'a.jpg', bytes: 10, width: 1, height: 1, why: null })
    store.history.putSnapshot({ eventId: 'E-O2', printerId: 'p1', at: T0, file: null, bytes: 0, width: null, height: null, why: 'no camera' })
    expect(dueAt()).toEqual([['desk', 0]])
    expect(lease()).toEqual(['O1', 'O2'])
    expect(lease(T0 + 10_000)).toEqual(['O3'])
  })

  test('takes an expired row although its next attempt is later, so that the worker can end it', () => {
    put(row('O1', { expiresAt: T0 + 5, nextAttemptAt: T0 + 60_000 }))
    expect(dueAt()).toEqual([['desk', 5]])
    expect(lease(T0 + 4)).toEqual([])
    expect(lease(T0 + 5)).toEqual(['O1'])
  })
})

describe('due', () => {
  test('tells when the first row of each destination is', () => {
    put(row('O1', { destinationId: 'hook', nextAttemptAt: T0 - 7 }), row('O2', { nextAttemptAt: T0 + 500 }), row('O3', { nextAttemptAt: T0 + 900 }))
    expect(dueAt()).toEqual([['desk', 500], ['hook', -7]])
  })

  test('says nothing of an empty outbox, nor of rows that wait for an earlier one, so that nobody spins', () => {
    expect(dueAt()).toEqual([])
    put(row('O1', { jobKey: 'j1' }), row('O2', { jobKey: 'j1' }))
    expect(lease()).toEqual(['O1'])
    expect(dueAt()).toEqual([])
  })

  test('knows when the first held row wants releasing', () => {
    expect(store.history.due().releaseAt).toBeNull()
    put(row('O1', { state: 'held', releaseAt: T0 + 700 }), row('O2', { state: 'held', releaseAt: null }), row('O3', { state: 'held', releaseAt: T0 + 600, destinationId: 'hook' }))
    expect(store.history.due().releaseAt).toBe(T0 + 600)
    expect(dueAt()).toEqual([])
  })
})

describe('what one destination has', () => {
  test('to come: the first time after now, a picture that is waited for included', () => {
    put(row('O1'), row('O2', { nextAttemptAt: T0 + 900 }), row('O3', { nextAttemptAt: T0 + 100, pictureUntil: T0 + 500 }), row('O4', { nextAttemptAt: T0 + 50, destinationId: 'hook' }), row('O5', { nextAttemptAt: T0 + 20, state: 'held' }))
    expect(store.history.nextDue('desk', T0)).toBe(T0 + 500)
    expect(store.history.nextDue('desk', T0 + 500)).toBe(T0 + 900)
    expect(store.history.nextDue('desk', T0 + 900)).toBeNull()
    expect(store.history.nextDue('nobody', T0)).toBeNull()
  })

  test('overdue, and when the next row there expires', () => {
    put(row('O1', { expiresAt: T0 + 10 }), row('O2', { expiresAt: T0 + 20, nextAttemptAt: T0 + 5_000 }), row('O3', { expiresAt: T0 + 10, destinationId: 'hook' }), row('O4', { expiresAt: T0 + 5, state: 'held' }))
    expect(store.history.nextExpiry('desk')).toBe(T0 + 10)
    expect(store.history.nextExpiry('nobody')).toBeNull()
    expect(store.history.overdue('desk', T0 + 9, 10)).toEqual([])
    expect(store.history.overdue('desk', T0 + 20, 10).map(({ id }) => id)).toEqual(['O1', 'O2'])
    expect(store.history.overdue('desk', T0 + 20, 1).map(({ id }) => id)).toEqual(['O1'])
  })

  test('hurried: what was tried before is due now, what was not keeps its time', () => {
    put(row('O1', { attempts: 2, nextAttemptAt: T0 + 9_000 }), row('O2', { nextAttemptAt: T0 + 9_000 }), row('O3', { attempts: 1, nextAttemptAt: T0 + 9_000, destinationId: 'hook' }), row('O4', { attempts: 1, nextAttemptAt: T0 - 9 }))
    store.history.hurry('desk', T0)
    expect(store.history.outbox({}).map(({ id, nextAttemptAt }) => [id, nextAttemptAt - T0])).toEqual([['O1', 0], ['O2', 9_000], ['O3', 9_000], ['O4', -9]])
  })
})

describe('chosen rows', () => {
  test('are leased, due or not, when they wait', () => {
    put(row('O1', { nextAttemptAt: T0 + 9_000 }), row('O2', { state: 'dead' }), row('O3'), row('O4'))
    expect(store.history.leaseThese(['O3', 'O2', 'O1', 'none'], T0, 30_000).map(({ id, state, leaseUntil }) => [id, state, leaseUntil])).toEqual([['O1', 'leased', T0 + 30_000], ['O3', 'leased', T0 + 30_000]])
    expect(store.history.leaseThese([], T0, 30_000)).toEqual([])
    expect(lease()).toEqual(['O4'])
  })

  test('that were not sent after all wait again, without an attempt', () => {
    put(row('O1'), row('O2'))
    expect(lease()).toEqual(['O1', 'O2'])
    store.history.giveBack(['O1'], T0 + 15_000)
    expect(store.history.outbox({}).map(({ id, state, attempts, nextAttemptAt, leaseUntil }) => [id, state, attempts, nextAttemptAt, leaseUntil])).toEqual([
      ['O1', 'waiting', 0, T0 + 15_000, null], ['O2', 'leased', 0, T0, T0 + 30_000],
    ])
    expect(store.history.attempts({})).toEqual([])
  })
})

describe('older rows of the same print', () => {
  const of = (id: string, over: Partial<NewRow> = {}, type: 'job.progress' | 'job.finishing_soon' | 'job.paused' = 'job.progress', printerId = 'p1') =>
    entry(`E-${id}`, { draft: { type, printerId, job: job('j1') }, outbox: [row(id, { jobKey: 'j1', ...over })] })

  test('are those of the same destination, printer and job, of these types, that are not being sent', () => {
    store.history.commit(batch([
      of('O1'), of('O2', {}, 'job.finishing_soon'), of('O3', {}, 'job.paused'), of('O4', { destinationId: 'hook' }), of('O5', {}, 'job.progress', 'p2'), of('O6', { jobKey: 'j2' }),
      of('O7', { state: 'held' }), of('O8', { state: 'delivered' }), of('O9'), of('O10'),
    ]))
    store.history.leaseThese(['O1'], T0, 30_000)
    const newest = { id: 'O9', destinationId: 'desk', jobKey: 'j1' }
    expect(store.history.olderWaiting(newest, ['job.progress', 'job.finishing_soon']).map(({ id }) => id)).toEqual(['O2', 'O7'])
    expect(store.history.olderWaiting(newest, ['job.done'])).toEqual([])
    expect(store.history.olderWaiting({ ...newest, jobKey: null }, ['job.progress'])).toEqual([])
  })
})

describe('finish', () => {
  test('stores the attempt and moves the row together', () => {
    put(row('O1'))
    const leased = first(store.history.lease('desk', T0, 30_000, 1))
    store.history.finish(leased, attempt(leased, { result: 'retry', detail: 'HTTP 503', ms: 41.5 }), { state: 'waiting', nextAttemptAt: T0 + 2000 })
    expect(store.history.outbox({})).toEqual([{ ...row('O1'), eventId: 'E-O1', attempts: 1, nextAttemptAt: T0 + 2000, lastResult: 'retry: HTTP 503' }])
    const second = first(store.history.lease('desk', T0 + 2000, 30_000, 1))
    store.history.finish(second, attempt(second, { number: 2, at: T0 + 2000 }), { state: 'delivered' })
    expect(store.history.outbox({})).toMatchObject([{ state: 'delivered', attempts: 2, leaseUntil: null, lastResult: 'delivered: HTTP 200' }])
    expect(store.history.attempts({ eventId: 'E-O1' }).map((a) => [a.number, a.result, a.ms])).toEqual([[2, 'delivered', 12], [1, 'retry', 41.5]])
    expect(store.history.attempts({ destinationId: 'hook' })).toEqual([])
    expect(store.history.attempts({ destinationId: 'desk', limit: 1 }).map((a) => a.number)).toEqual([2])
  })

  test('of a row that was pruned meanwhile is logged and stores nothing', () => {
    put(row('O1'))
    const leased = first(store.history.lease('desk', T0, 30_000, 1))
    store.history.finish({ ...leased, id: 'gone' }, attempt(leased, { outboxId: 'gone' }), { state: 'delivered' })
    expect(store.history.attempts({})).toEqual([])
    expect(store.log.lines).toMatchObject([{ level: 'warn', fields: { outboxId: 'gone', eventId: 'E-O1' } }])
  })
})

test('leases of an engine that died are released all at once, expired ones alone while it lives', () => {
  put(row('O1'), row('O2'))
  expect(store.history.lease('desk', T0, 10_000, 1)).toHaveLength(1)
  expect(store.history.lease('desk', T0, 60_000, 1)).toHaveLength(1)
  expect(store.history.releaseLeases(T0 + 9_999, false)).toBe(0)
  expect(store.history.releaseLeases(T0 + 10_000, false)).toBe(1)
  expect(store.history.outbox({ states: ['waiting'] }).map((r) => [r.id, r.leaseUntil])).toEqual([['O1', null]])
  expect(store.history.releaseLeases(T0 + 10_000, true)).toBe(1)
  expect(store.history.outbox({ states: ['leased'] })).toEqual([])
})

describe('cancelRows', () => {
  beforeEach(() => {
    store.history.commit(batch([
      entry('E1', { draft: { job: job('j1') }, outbox: [row('O1', { cancelOn: ['seen', 'acknowledged'] }), row('O2', { state: 'held', releaseAt: T0 + 9, cancelOn: ['job_ended'], jobKey: 'p1 j1' })] }),
      entry('E2', { draft: { printerId: 'p2', job: job('j1') }, outbox: [row('O3', { cancelOn: ['acknowledged', 'job_ended'] })] }),
    ]))
  })

  test('ends the waiting and held rows that wait for just that', () => {
    expect(store.history.cancelRows({ cancelOn: 'acknowledged' }, T0 + 1).map((r) => [r.id, r.state, r.lastResult])).toEqual([['O1', 'cancelled', 'cancelled: acknowledged'], ['O3', 'cancelled', 'cancelled: acknowledged']])
    expect(store.history.cancelRows({ cancelOn: 'acknowledged' }, T0 + 2)).toEqual([])
    expect(lease()).toEqual([])
  })

  test('matches printer, job and event', () => {
    expect(store.history.cancelRows({ cancelOn: 'job_ended', printerId: 'p1', jobKey: 'j1' }, T0).map((r) => r.id)).toEqual(['O2'])
    expect(store.history.cancelRows({ cancelOn: 'resolved' }, T0)).toEqual([])
    expect(store.history.cancelRows({ cancelOn: 'acknowledged', eventId: 'E2' }, T0).map((r) => r.id)).toEqual(['O3'])
    expect(store.history.outbox({ states: ['waiting'] }).map((r) => r.id)).toEqual(['O1'])
  })

  test('leaves alone what is being sent', () => {
    expect(lease()).toEqual(['O1', 'O3'])
    expect(store.history.cancelRows({ cancelOn: 'acknowledged' }, T0)).toEqual([])
  })
})

test('held rows are released at their time and are due then', () => {
  put(row('O1', { state: 'held', releaseAt: T0 + 10 }), row('O2', { state: 'held', releaseAt: T0 + 11 }), row('O3', { state: 'held', releaseAt: null }))
  expect(store.history.releaseHeld(T0 + 9)).toEqual([])
  expect(store.history.releaseHeld(T0 + 10)).toEqual([{ ...row('O1'), eventId: 'E-O1', releaseAt: T0 + 10, nextAttemptAt: T0 + 10 }])
  expect(lease(T0 + 10)).toEqual(['O1'])
})

describe('enqueue', () => {
  test('sends again what had died, with its number of attempts', () => {
    put(row('O1'))
    const leased = first(store.history.lease('desk', T0, 30_000, 1))
    store.history.finish(leased, attempt(leased, { result: 'rejected' }), { state: 'dead' })
    const dead = first(store.history.outbox({ states: ['dead'] }))
    store.history.enqueue([{ ...dead, state: 'waiting', nextAttemptAt: T0 + 5, expiresAt: T0 + 9000 }])
    expect(lease(T0 + 5)).toEqual(['O1'])
    expect(store.history.attempts({ eventId: 'E-O1' })).toHaveLength(1)
  })

  test('adds rows of a rehearsal to an event that is on disk', () => {
    store.history.commit(batch([entry('E1')]))
    store.history.enqueue([{ ...row('O1'), eventId: 'E1' }])
    expect(lease()).toEqual(['O1'])
  })

  test('does not touch a row that is being sent', () => {
    put(row('O1'))
    const leased = first(store.history.lease('desk', T0, 30_000, 1))
    store.history.enqueue([{ ...leased, state: 'waiting' }])
    expect(store.history.outbox({}).map((r) => r.state)).toEqual(['leased'])
  })

  test('refuses a row of an event that is not on disk', () => {
    expect(() => store.history.enqueue([{ ...row('O1'), eventId: 'E9' }])).toThrow(/FOREIGN KEY/)
  })
})
