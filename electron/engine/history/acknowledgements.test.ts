import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exportHistory } from './export.ts'
import { batch, entry, T0, temporaryHistory } from './test-support.ts'

const HOUR = 3_600_000

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
  store.history.commit(batch([entry('E1'), entry('E2'), entry('E3')]))
})
afterEach(() => store.remove())

const soon = (ms: number, note: string | null = null) => ({ until: T0 + ms, note, by: 'window' })

describe('an acknowledgement', () => {
  test('keeps until when it holds, what was said and where', () => {
    expect(store.history.acknowledge(['E1', 'E2'], T0, soon(HOUR, 'Ann is on it'))).toBe(2)
    expect(store.history.event('E2')).toMatchObject({ acknowledgedAt: T0, acknowledgement: { at: T0, until: T0 + HOUR, note: 'Ann is on it', by: 'window', lookedAt: null, overAt: null } })
    expect(store.history.event('E3')).not.toHaveProperty('acknowledgement')
    expect(store.history.events({}).map(({ acknowledgement }) => acknowledgement?.note ?? null)).toEqual([null, 'Ann is on it', 'Ann is on it'])
  })

  test('is replaced by a newer word; the note stays until another takes its place', () => {
    store.history.acknowledge(['E1'], T0, soon(HOUR, 'Ann is on it'))
    expect(store.history.acknowledge(['E1'], T0 + 5, soon(4 * HOUR))).toBe(0)
    expect(store.history.event('E1')).toMatchObject({ acknowledgedAt: T0, acknowledgement: { at: T0 + 5, until: T0 + 4 * HOUR, note: 'Ann is on it' } })
    store.history.acknowledge(['E1'], T0 + 6, { until: null, note: 'Ben after all', by: 'cli' })
    expect(store.history.event('E1')?.acknowledgement).toEqual({ at: T0 + 6, until: null, note: 'Ben after all', by: 'cli', lookedAt: null, overAt: null })
    expect(store.history.nextAcknowledgementEnd(T0)).toBeNull()
  })

  test('that ends is listed when its end came, the earliest first, until that is dealt with', () => {
    store.history.acknowledge(['E1'], T0, soon(2 * HOUR))
    store.history.acknowledge(['E2'], T0, soon(HOUR))
    store.history.acknowledge(['E3'], T0)
    expect(store.history.nextAcknowledgementEnd(T0)).toBe(T0 + HOUR)
    expect(store.history.overdueAcknowledgements(T0 + HOUR - 1)).toEqual([])
    expect(store.history.overdueAcknowledgements(T0 + 2 * HOUR).map(({ id }) => id)).toEqual(['E2', 'E1'])
    store.history.endAcknowledgements(['E2'], T0 + HOUR, true)
    store.history.endAcknowledgements(['E1'], T0 + 2 * HOUR, false)
    expect(store.history.overdueAcknowledgements(T0 + 9 * HOUR)).toEqual([])
    expect(store.history.nextAcknowledgementEnd(T0)).toBeNull()
    expect(store.history.event('E2')).toMatchObject({ acknowledgedAt: null, acknowledgement: { until: T0 + HOUR, overAt: T0 + HOUR } })
    expect(store.history.event('E1')).toMatchObject({ acknowledgedAt: T0, acknowledgement: { overAt: T0 + 2 * HOUR } })
  })

  test('of what was opened again counts anew', () => {
    store.history.acknowledge(['E1'], T0, soon(HOUR))
    store.history.endAcknowledgements(['E1'], T0 + HOUR, true)
    expect(store.history.acknowledge(['E1'], T0 + HOUR + 1, soon(2 * HOUR))).toBe(1)
    expect(store.history.event('E1')).toMatchObject({ acknowledgedAt: T0 + HOUR + 1, acknowledgement: { until: T0 + 2 * HOUR, overAt: null } })
    expect(store.history.nextAcknowledgementEnd(T0)).toBe(T0 + 2 * HOUR)
  })

  test('remembers that somebody looked since, also at what was seen before', () => {
    store.history.markSeen({ eventIds: ['E1'] }, T0)
    store.history.acknowledge(['E1', 'E2'], T0 + 1, soon(HOUR))
    expect(store.history.event('E1')?.acknowledgement?.lookedAt).toBeNull()
    store.history.markSeen({ eventIds: ['E1'] }, T0 + 2)
    store.history.markSeen({ all: true }, T0 + 3)
    expect([store.history.event('E1')?.acknowledgement?.lookedAt, store.history.event('E2')?.acknowledgement?.lookedAt]).toEqual([T0 + 2, null])
  })

  test('tells whoever shows it, once for each word', () => {
    store.history.acknowledge(['E1'], T0, soon(HOUR))
    store.history.acknowledge(['E1'], T0 + 1, soon(HOUR))
    expect(store.touched).toBe(1)
    store.history.acknowledge(['E1'], T0 + 2)
    expect(store.touched).toBe(2)
    store.history.endAcknowledgements(['E1'], T0 + HOUR, false)
    store.history.endAcknowledgements(['E1'], T0 + HOUR, false)
    expect(store.touched).toBe(3)
  })

  test('goes with its event', () => {
    store.history.acknowledge(['E1'], T0, soon(HOUR))
    store.history.prune({ eventsBefore: T0 + 1, picturesBefore: 0, pictureBytes: 0, keepUnseen: false, chunk: 100 })
    expect(store.history.nextAcknowledgementEnd(T0)).toBeNull()
  })

  test('is exported with its event', async () => {
    store.history.acknowledge(['E2'], T0, soon(HOUR, 'Ann is on it'))
    const lines: string[] = []
    await exportHistory(store.file, (line) => void lines.push(line))
    expect(lines.map((line) => JSON.parse(line) as { event?: { id: string; acknowledgement?: unknown } }).find(({ event }) => event?.id === 'E2')?.event?.acknowledgement)
      .toEqual({ at: T0, until: T0 + HOUR, note: 'Ann is on it', by: 'window', lookedAt: null, overAt: null })
  })
})
