import { statSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exportHistory } from './export.ts'
import { HistoryError } from './history.ts'
import { batch, decision, entry, first, row, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

async function lines(): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = []
  await exportHistory(store.file, (line) => {
    all.push(JSON.parse(line) as Record<string, unknown>)
  })
  return all
}

test('every line is one object: the version, events with their decisions and attempts, what was suppressed, gaps', async () => {
  store.history.commit(batch([entry('E1', { decisions: [decision()], outbox: [row('O1')], draft: { text: 'line\nbreak' } }), entry('E2')], {
    suppressed: [{ at: T0, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null }],
  }))
  const leased = first(store.history.lease('desk', T0, 1000, 1))
  store.history.finish(leased, { outboxId: 'O1', eventId: 'E1', destinationId: 'desk', at: T0, ms: 5, number: 1, result: 'delivered', detail: 'shown' }, { state: 'delivered' })
  store.history.openGap('s1', T0, 'refused')
  expect(await lines()).toEqual([
    { line: 'history', version: 6 },
    { line: 'event', event: { id: 'E1', seq: 1, dedupeKey: 'key of E1', occurredAt: T0, observedAt: T0, late: false, type: 'job.done', severity: 'success', printerId: 'p1', printerName: 'MK3 left', serverKind: 'octoprint', text: 'line\nbreak', byUs: false, snapshot: 'none', seenAt: null, acknowledgedAt: null, snapshotFile: null } },
    { line: 'decision', decision: { eventId: 'E1', destinationId: 'desk', seq: 1, decision: 'deliver', stage: 'subscribed', reason: 'subscribed', profileId: null, until: null, at: T0 } },
    { line: 'attempt', attempt: { outboxId: 'O1', eventId: 'E1', destinationId: 'desk', at: T0, ms: 5, number: 1, result: 'delivered', detail: 'shown' } },
    { line: 'event', event: expect.objectContaining({ id: 'E2', seq: 2 }) as unknown },
    { line: 'suppressed', suppressed: { at: T0, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null } },
    { line: 'gap', gap: { serverId: 's1', from: T0, to: null, cause: 'refused' } },
  ])
})

test('a long one lets the engine work in between, and shows one moment of the history', async () => {
  store.history.commit(batch(Array.from({ length: 450 }, (_, n) => entry(`E${n}`))))
  let turns = 0
  let exporting = true
  const turn = () => {
    turns++
    if (exporting) setImmediate(turn)
  }
  setImmediate(turn)
  const seen: string[] = []
  const { events } = await exportHistory(store.file, (line) => {
    seen.push(line)
    if (seen.length === 10) store.history.commit(batch([entry('later')]))
  })
  exporting = false
  expect(events).toBe(450)
  expect(turns).toBeGreaterThanOrEqual(2)
  expect(seen.some((line) => line.includes('"later"'))).toBe(false)
  expect(store.history.event('later')?.seq).toBe(451)
})

test('its view ends with it, so that the log beside the database can be emptied again', async () => {
  store.history.commit(batch([entry('E1')]))
  await lines()
  store.history.commit(batch([entry('E2')]))
  store.history.close()
  expect(statSync(`${store.file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
  expect(store.log.lines).toEqual([])
})

test('a slow taker is waited for, and a signal ends it', async () => {
  store.history.commit(batch(Array.from({ length: 450 }, (_, n) => entry(`E${n}`))))
  const controller = new AbortController()
  let open = 0
  let most = 0
  let count = 0
  const write = async () => {
    most = Math.max(most, ++open)
    await Promise.resolve()
    open--
    if (++count === 150) controller.abort(new Error('enough'))
  }
  await expect(exportHistory(store.file, write, controller.signal)).rejects.toThrow('enough')
  expect(most).toBe(1)
  expect(count).toBeLessThan(300)
})

test('where there is no history, it says so', async () => {
  await expect(exportHistory(`${store.file}.nope`, () => undefined)).rejects.toThrow(HistoryError)
})
