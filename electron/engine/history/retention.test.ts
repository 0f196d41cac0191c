import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pruneLimits } from './retention.ts'
import type { EventDraft } from '../events/model.ts'
import { batch, decision, entry, first, row, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

const limits = { eventsBefore: 0, picturesBefore: 0, pictureBytes: 0, keepUnseen: false, chunk: 100 }
const ids = () => store.history.events({}).map((event) => event.id).reverse()
const old = (ms: number): Partial<EventDraft> => ({ observedAt: T0 - ms, occurredAt: T0 - ms })
const picture = (eventId: string, file: string, at: number, bytes: number) => store.history.putSnapshot({ eventId, printerId: 'p1', at, file, bytes, width: 4, height: 3, why: null })

describe('events', () => {
  test('R63: that are older go with everything that hangs on them, and search finds them no more', () => {
    store.history.commit(batch([
      entry('E1', { draft: { ...old(100), text: 'ancient' }, decisions: [decision()], outbox: [row('O1')] }),
      entry('E2', { draft: { ...old(50), text: 'recent' } }),
    ]))
    const leased = first(store.history.lease('desk', T0, 1000, 1))
    store.history.finish(leased, { outboxId: 'O1', eventId: 'E1', destinationId: 'desk', at: T0, ms: 1, number: 1, result: 'delivered', detail: '' }, { state: 'delivered' })
    picture('E1', 'a.jpg', T0 - 100, 10)
    expect(store.history.prune({ ...limits, eventsBefore: T0 - 50 })).toEqual({ events: 1, files: ['a.jpg'], more: false })
    expect(ids()).toEqual(['E2'])
    expect(store.history.decisions('E1')).toEqual([])
    expect(store.history.outbox({})).toEqual([])
    expect(store.history.attempts({})).toEqual([])
    expect(store.history.snapshot('E1')).toBeNull()
    expect(store.history.events({ text: 'ancient' })).toEqual([])
    expect(store.history.events({ text: 'recent' })).toHaveLength(1)
  })

  test('R63: that are unseen stay when told so, and go once seen', () => {
    store.history.commit(batch([entry('E1', { draft: old(100) }), entry('E2', { draft: old(100) }), entry('E3', { draft: old(100), seen: true })]))
    store.history.markSeen({ eventIds: ['E2'] }, T0)
    expect(store.history.prune({ ...limits, eventsBefore: T0, keepUnseen: true })).toEqual({ events: 2, files: [], more: false })
    expect(ids()).toEqual(['E1'])
    store.history.markSeen({ all: true }, T0)
    expect(store.history.prune({ ...limits, eventsBefore: T0, keepUnseen: true }).events).toBe(1)
  })

  test('that still have something to deliver stay until it is past its expiry', () => {
    store.history.commit(batch([
      entry('E1', { draft: old(100), outbox: [row('O1', { state: 'held', releaseAt: T0 + 5, expiresAt: T0 + 10 })] }),
      entry('E2', { draft: old(100), outbox: [row('O2', { expiresAt: T0 - 1 })] }),
      entry('E3', { draft: old(100), outbox: [row('O3', { state: 'delivered' })] }),
      entry('E4', { draft: old(100), outbox: [row('O4', { state: 'leased', leaseUntil: T0, expiresAt: T0 - 1 })] }),
    ]))
    expect(store.history.prune({ ...limits, eventsBefore: T0 }).events).toBe(2)
    expect(ids()).toEqual(['E1', 'E4'])
  })

  test('that were found out late go by when they were found out', () => {
    store.history.commit(batch([entry('E1', { draft: { occurredAt: T0 - 1000, observedAt: T0, late: true } })]))
    expect(store.history.prune({ ...limits, eventsBefore: T0 - 1 }).events).toBe(0)
  })

  test('go in chunks, oldest first, and their numbers are never used again', () => {
    store.history.commit(batch([entry('E1', { draft: old(10) }), entry('E2', { draft: old(30) }), entry('E3', { draft: old(20) })]))
    expect(store.history.prune({ ...limits, eventsBefore: T0, chunk: 2 })).toEqual({ events: 2, files: [], more: true })
    expect(ids()).toEqual(['E1'])
    expect(store.history.prune({ ...limits, eventsBefore: T0, chunk: 2 })).toEqual({ events: 1, files: [], more: false })
    expect(store.history.commit(batch([entry('E4')])).events[0]?.seq).toBe(4)
  })

  test('leave the pictures to the chunks behind theirs', () => {
    store.history.commit(batch([entry('E1', { draft: old(30) }), entry('E2', { draft: old(20) }), entry('E3')]))
    picture('E3', 'a.jpg', T0 - 5, 10)
    const both = { ...limits, eventsBefore: T0, picturesBefore: T0, chunk: 2 }
    expect(store.history.prune(both)).toEqual({ events: 2, files: [], more: true })
    expect(store.history.prune(both)).toEqual({ events: 0, files: ['a.jpg'], more: false })
  })

  test('limits of nothing delete nothing', () => {
    store.history.commit(batch([entry('E1', { draft: { observedAt: 1, occurredAt: 1 } })]))
    picture('E1', 'a.jpg', 1, 10)
    expect(store.history.prune(limits)).toEqual({ events: 0, files: [], more: false })
  })
})

describe('pictures', () => {
  beforeEach(() => {
    store.history.commit(batch(['E1', 'E2', 'E3', 'E4'].map((id) => entry(id))))
  })

  test('past their age leave the event, which says why', () => {
    picture('E1', 'a.jpg', T0 - 100, 10)
    picture('E2', 'b.jpg', T0, 10)
    expect(store.history.prune({ ...limits, picturesBefore: T0, keepUnseen: true })).toEqual({ events: 0, files: ['a.jpg'], more: false })
    expect(store.history.snapshot('E1')).toEqual({ eventId: 'E1', printerId: 'p1', at: T0 - 100, file: null, bytes: 0, width: null, height: null, why: 'pruned' })
    expect(store.history.event('E1')?.snapshotFile).toBeNull()
    expect(store.history.event('E2')?.snapshotFile).toBe('b.jpg')
  })

  test('over the bytes go oldest first until the rest fits', () => {
    picture('E1', 'c.jpg', T0 - 1, 400)
    picture('E2', 'a.jpg', T0 - 3, 400)
    picture('E3', 'b.jpg', T0 - 2, 400)
    expect(store.history.prune({ ...limits, pictureBytes: 1200 })).toEqual({ events: 0, files: [], more: false })
    expect(store.history.prune({ ...limits, pictureBytes: 799 })).toEqual({ events: 0, files: ['a.jpg', 'b.jpg'], more: false })
    expect(store.history.event('E1')?.snapshotFile).toBe('c.jpg')
  })

  test('that several events share count once and go with the last of them', () => {
    picture('E1', 'a.jpg', T0, 500)
    picture('E2', 'a.jpg', T0, 500)
    expect(store.history.prune({ ...limits, pictureBytes: 500 }).files).toEqual([])
    store.history.commit(batch([entry('E5', { draft: old(100) }), entry('E6', { draft: old(50) })]))
    picture('E5', 'b.jpg', T0 - 100, 1)
    picture('E6', 'b.jpg', T0 - 100, 1)
    expect(store.history.prune({ ...limits, eventsBefore: T0 - 60 })).toEqual({ events: 1, files: [], more: false })
    expect(store.history.prune({ ...limits, eventsBefore: T0 - 40 })).toEqual({ events: 1, files: ['b.jpg'], more: false })
  })

  test('go in chunks too', () => {
    picture('E1', 'a.jpg', T0 - 3, 10)
    picture('E2', 'b.jpg', T0 - 2, 10)
    picture('E3', 'c.jpg', T0 - 1, 10)
    expect(store.history.prune({ ...limits, picturesBefore: T0, chunk: 2 })).toEqual({ events: 0, files: ['a.jpg', 'b.jpg'], more: true })
    expect(store.history.prune({ ...limits, picturesBefore: T0, chunk: 2 })).toEqual({ events: 0, files: ['c.jpg'], more: false })
  })
})

test('what was suppressed, closed gaps and ended silences go with the events\' age', () => {
  store.history.commit(batch([], { suppressed: [-2, -1, 1].map((ms) => ({ at: T0 + ms, printerId: 'p1', type: 'job.progress', reason: 'collapsed_progress', detail: `${ms}`, dedupeKey: null })) }))
  store.history.openGap('s1', T0 - 9, null)
  store.history.closeGap('s1', T0 - 8)
  store.history.openGap('s2', T0 - 9, null)
  store.history.putSilence({ id: 'S1', createdAt: T0 - 9, startsAt: T0 - 9, endsAt: T0 - 8, match: {}, reason: '', by: 'cli' })
  expect(store.history.prune({ ...limits, eventsBefore: T0, chunk: 1 }).more).toBe(true)
  expect(store.history.prune({ ...limits, eventsBefore: T0 }).more).toBe(false)
  expect(store.history.suppressed({}).map((row) => row.detail)).toEqual(['1'])
  expect(store.history.gaps({}).map((gap) => gap.serverId)).toEqual(['s2'])
  expect(store.history.silences(T0 - 9)).toEqual([])
})

test('R63: days become points in time, and 0 days is for ever', () => {
  expect(pruneLimits({ eventDays: 365, pictureDays: 90, pictureBytes: 2e9, keepUnseen: true }, T0)).toEqual({ eventsBefore: T0 - 31_536_000_000, picturesBefore: T0 - 7_776_000_000, pictureBytes: 2_000_000_000, keepUnseen: true, chunk: 50 })
  const forever = pruneLimits({ eventDays: 0, pictureDays: 0, pictureBytes: 0, keepUnseen: false }, T0)
  expect([forever.eventsBefore, forever.picturesBefore, forever.pictureBytes]).toEqual([0, 0, 0])
})
