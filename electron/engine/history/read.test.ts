import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { batch, decision, entry, first, job, row, T0, temporaryHistory } from './test-support.ts'
import { searchExpression } from './search.ts'

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

const ids = (query: Parameters<typeof store.history.events>[0]) => store.history.events(query).map((event) => event.id)

describe('events', () => {
  beforeEach(() => {
    store.history.commit(batch([
      entry('E1', { draft: { type: 'job.started', severity: 'info', occurredAt: T0 - 3000, job: job('j1') } }),
      entry('E2', { draft: { type: 'job.paused', severity: 'warning', occurredAt: T0 - 2000, job: job('j1'), printerId: 'p2', late: true } }),
      entry('E3', { draft: { type: 'device.error', severity: 'error', occurredAt: T0 - 1000 } }),
      entry('E4', { draft: { type: 'job.failed', severity: 'critical', occurredAt: T0, job: job('j2') } }),
    ]))
  })

  test('come newest first', () => {
    expect(ids({})).toEqual(['E4', 'E3', 'E2', 'E1'])
  })

  test.each<[string, Parameters<typeof store.history.events>[0], string[]]>([
    ['printer', { printerId: 'p2' }, ['E2']],
    ['types', { types: ['job.started', 'job.failed'] }, ['E4', 'E1']],
    ['no types at all', { types: [] }, []],
    ['severity at least', { minSeverity: 'warning' }, ['E4', 'E3', 'E2']],
    ['severity success, which ranks as info', { minSeverity: 'success' }, ['E4', 'E3', 'E2', 'E1']],
    ['job', { jobKey: 'j1' }, ['E2', 'E1']],
    ['time, both ends counted', { since: T0 - 2000, until: T0 - 1000 }, ['E3', 'E2']],
    ['late', { late: true }, ['E2']],
    ['not late', { late: false }, ['E4', 'E3', 'E1']],
    ['several at once', { jobKey: 'j1', minSeverity: 'warning', printerId: 'p2' }, ['E2']],
    ['a limit of nonsense', { limit: -5 }, ['E4']],
  ])('are filtered by %s', (_name, query, expected) => {
    expect(ids(query)).toEqual(expected)
  })

  test('are paged by their number', () => {
    const page = store.history.events({ limit: 2 })
    expect(page.map((event) => event.id)).toEqual(['E4', 'E3'])
    expect(ids({ limit: 2, beforeSeq: page.at(-1)?.seq ?? 0 })).toEqual(['E2', 'E1'])
    expect(ids({ beforeSeq: 1 })).toEqual([])
  })

  test('R60: keep what they are about, their words, and when they were made, sent and seen', () => {
    store.history.commit(batch([
      entry('E5', { draft: { type: 'device.error', severity: 'error', occurredAt: T0, printerName: 'MK3 left', text: '<b>Heater</b> & bed', job: job('j3', 'cube.gcode') }, decisions: [decision()], outbox: [row('O5')] }),
    ]))
    const leased = first(store.history.lease('desk', T0 + 1_000, 1_000, 1))
    store.history.finish(leased, { outboxId: 'O5', eventId: 'E5', destinationId: 'desk', at: T0 + 1_000, ms: 6, number: 1, result: 'delivered', detail: 'shown' }, { state: 'delivered' })
    store.history.markSeen({ eventIds: ['E5'] }, T0 + 60_000)
    expect(store.history.event('E5')).toMatchObject({
      printerId: 'p1', printerName: 'MK3 left', type: 'device.error', severity: 'error', text: '<b>Heater</b> & bed', occurredAt: T0, seenAt: T0 + 60_000, job: { key: 'j3', file: { name: 'cube.gcode' } },
    })
    expect(store.history.attempts({ eventId: 'E5' })).toMatchObject([{ at: T0 + 1_000, result: 'delivered' }])
  })

  test('tell the picture that belongs to them', () => {
    store.history.putSnapshot({ eventId: 'E4', printerId: 'p1', at: T0, file: 'p1/E4.jpg', bytes: 10, width: 4, height: 3, why: null })
    expect(store.history.events({ limit: 2 }).map((event) => event.snapshotFile)).toEqual(['p1/E4.jpg', null])
    expect(store.history.event('E4')?.snapshotFile).toBe('p1/E4.jpg')
  })
})

describe('search', () => {
  beforeEach(() => {
    store.history.commit(batch([
      entry('E1', { draft: { printerName: 'MK3 left', job: job('j1', 'benchy_0.2mm_PLA.gcode') } }),
      entry('E2', { draft: { printerName: 'Größe XL', text: 'Heater "bed" didn\'t reach 60 °C', reason: 'firmware' } }),
      entry('E3', { draft: { printerName: 'Mini', job: job('j2', '立方体.gcode'), reason: 'server_restarted' } }),
    ]))
  })

  test.each<[string, string[]]>([
    ['benchy', ['E1']],
    ['BENCH', ['E1']],
    ['0.2mm', ['E1']],
    ['benchy_0.2', ['E1']],
    ['left pla', ['E1']],
    ['left mini', []],
    ['grosse', []],
    ['größe', ['E2']],
    ['grö', ['E2']],
    ['gro', ['E2']],
    ['restarted', ['E3']],
    ['立方', ['E3']],
    ['didn\'t', ['E2']],
    ['gcode', ['E3', 'E1']],
    ['  ', ['E3', 'E2', 'E1']],
    ['', ['E3', 'E2', 'E1']],
  ])('finds by the beginnings of words: %s', (text, expected) => {
    expect(ids({ text })).toEqual(expected)
  })

  test.each(['"', '"bed', 'bed"', '*', '^', '-', '(', 'a OR', 'NOT', 'AND', 'NEAR(', 'text:', '{a b}:', "'", ';--', '\\', '+', 'a AND b)', '\0', 'x\0y', '🧵', '""""', 'a*b', '%', '\ud800'])('takes %j for what it is and never fails', (text) => {
    expect(() => ids({ text })).not.toThrow()
  })

  test('operators are words like others', () => {
    expect(ids({ text: 'left OR mini' })).toEqual([])
    expect(ids({ text: '"bed"' })).toEqual(['E2'])
  })

  test('a text without a word finds nothing, a novel is cut', () => {
    expect(ids({ text: '!? "' })).toEqual([])
    expect(searchExpression(' . ')).toBeNull()
    expect(searchExpression('a "b c')).toBe('"a"* AND """b"* AND "c"*')
    expect(searchExpression('x '.repeat(5000))?.split(' AND ')).toHaveLength(16)
    expect(() => ids({ text: 'y'.repeat(100_000) })).not.toThrow()
  })

  test('joins with the other filters', () => {
    expect(ids({ text: 'gcode', printerId: 'p1', beforeSeq: 3 })).toEqual(['E1'])
  })
})

describe('seen and acknowledged', () => {
  beforeEach(() => {
    store.history.commit(batch([entry('E1'), entry('E2'), entry('E3'), entry('E4', { seen: true })]))
  })

  test('R62: an event is unseen until it is seen, unless it was born seen', () => {
    expect(store.history.unseenCount()).toBe(3)
    expect(store.history.markSeen({ eventIds: ['E1', 'E9'] }, T0 + 5)).toBe(1)
    expect(store.history.markSeen({ eventIds: ['E1'] }, T0 + 6)).toBe(0)
    expect(store.history.event('E1')?.seenAt).toBe(T0 + 5)
    expect(ids({ unseen: true })).toEqual(['E3', 'E2'])
    expect(ids({ unseen: false })).toEqual(['E4', 'E1'])
    expect(store.history.markSeen({ all: true }, T0 + 7)).toBe(2)
    expect(store.history.unseenCount()).toBe(0)
    expect(store.history.event('E1')?.seenAt).toBe(T0 + 5)
  })

  test('nothing named is nothing seen', () => {
    expect(store.history.markSeen({}, T0)).toBe(0)
    expect(store.history.markSeen({ eventIds: [] }, T0)).toBe(0)
    expect(store.history.unseenCount()).toBe(3)
  })

  test('R62: seen can be taken back', () => {
    store.history.markSeen({ eventIds: ['E1'] }, T0)
    expect(store.history.markUnseen({ eventIds: ['E1', 'E2'] })).toBe(1)
    expect(store.history.unseenCount()).toBe(3)
  })

  test('who acknowledges has seen, once', () => {
    store.history.markSeen({ eventIds: ['E1'] }, T0 + 1)
    expect(store.history.acknowledge(['E1', 'E2'], T0 + 2)).toBe(2)
    expect(store.history.acknowledge(['E1'], T0 + 3)).toBe(0)
    expect(store.history.event('E1')).toMatchObject({ seenAt: T0 + 1, acknowledgedAt: T0 + 2 })
    expect(store.history.event('E2')).toMatchObject({ seenAt: T0 + 2, acknowledgedAt: T0 + 2 })
  })
})

describe('pictures, silences, gaps and facts', () => {
  test('a picture row can be replaced, and one for an unknown event is only logged', () => {
    store.history.commit(batch([entry('E1')]))
    const none = { eventId: 'E1', printerId: 'p1', at: T0, file: null, bytes: 0, width: null, height: null, why: 'no camera' }
    const some = { ...none, file: 'a.jpg', bytes: 9, width: 4, height: 3, why: null }
    store.history.putSnapshot(none)
    expect(store.history.snapshot('E1')).toEqual(none)
    store.history.putSnapshot(some)
    expect(store.history.snapshot('E1')).toEqual(some)
    store.history.putSnapshot({ ...some, eventId: 'E9' })
    expect(store.history.snapshot('E9')).toBeNull()
    expect(store.log.lines).toMatchObject([{ level: 'warn', fields: { eventId: 'E9' } }])
  })

  test('silences are in force from their start to just before their end, or until lifted', () => {
    const silence = { id: 'S1', createdAt: T0, startsAt: T0 + 10, endsAt: T0 + 20, match: { printerIds: ['p1'], types: ['job.done' as const] }, reason: 'maintenance', by: 'toast' }
    const open = { id: 'S2', createdAt: T0 + 1, startsAt: T0, endsAt: null, match: { jobKey: 'j1' }, reason: '', by: 'cli' }
    store.history.putSilence(silence)
    store.history.putSilence(open)
    expect(store.history.silences(T0 + 9)).toEqual([open])
    expect(store.history.silences(T0 + 10)).toEqual([silence, open])
    expect(store.history.silences(T0 + 20)).toEqual([open])
    expect(store.history.liftSilence('S2', T0 + 15)).toBe(true)
    expect(store.history.liftSilence('S2', T0 + 16)).toBe(false)
    expect(store.history.liftSilence('S9', T0)).toBe(false)
    expect(store.history.silences(T0 + 15)).toEqual([silence])
    store.history.putSilence({ ...silence, endsAt: T0 + 12 })
    expect(store.history.silences(T0 + 15)).toEqual([])
  })

  test('a server has one open gap at a time, and the first cause stands', () => {
    store.history.openGap('s1', T0, 'refused')
    store.history.openGap('s1', T0 + 1, 'timeout')
    store.history.openGap('s2', T0 + 2, null)
    store.history.closeGap('s1', T0 + 5)
    store.history.closeGap('s1', T0 + 6)
    store.history.openGap('s1', T0 + 8, 'auth')
    expect(store.history.gaps({})).toEqual([
      { serverId: 's1', from: T0, to: T0 + 5, cause: 'refused' },
      { serverId: 's2', from: T0 + 2, to: null, cause: null },
      { serverId: 's1', from: T0 + 8, to: null, cause: 'auth' },
    ])
    expect(store.history.gaps({ serverId: 's1', since: T0 + 6 })).toEqual([{ serverId: 's1', from: T0 + 8, to: null, cause: 'auth' }])
    expect(store.history.gaps({ since: T0 + 6 })).toHaveLength(2)
  })

  test('a fact is what was set last', () => {
    expect(store.history.getFact('lastAliveAt')).toBeNull()
    store.history.setFact('lastAliveAt', '1')
    store.history.setFact('lastAliveAt', '2')
    expect(store.history.getFact('lastAliveAt')).toBe('2')
  })
})
