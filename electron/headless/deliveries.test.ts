import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryLog } from '../../test/support/log.ts'
import { batch, entry, first, job, row, T0 } from '../engine/history/test-support.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import type { FailingDestination } from '../engine/failing-destinations.ts'
import { placesIn } from '../engine/places.ts'
import { deadLetters, letterLine } from './deliveries.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { failingLine } from './remote.ts'

const NOW = Date.UTC(2026, 0, 15, 14, 40)
const SINCE = Date.UTC(2026, 0, 15, 14, 31)

describe('a destination that fails', () => {
  it.each<[string, Partial<FailingDestination>, string]>([
    ['waits for its next try', { nextTryAt: Date.UTC(2026, 0, 15, 14, 46) }, 'My phone: failing since 14:31, next try 14:46: wrong key'],
    ['has nothing to be tried with', { nextTryAt: null }, 'My phone: failing since 14:31, next try with the next message: wrong key'],
    ['is being tried', { state: 'half_open' }, 'My phone: failing since 14:31, being tried now: wrong key'],
    ['is gone', { state: 'gone' }, 'My phone: gone since 14:31, nothing is sent there until it is changed: wrong key'],
    ['failed already yesterday', { since: Date.UTC(2026, 0, 14, 9, 5) }, 'My phone: failing since 14 Jan 09:05, next try with the next message: wrong key'],
  ])('and %s', (_what, over, line) => {
    expect(failingLine({ destinationId: 'phone', since: SINCE, why: 'wrong key', state: 'open', nextTryAt: null, ...over }, 'My phone', NOW, 'UTC')).toBe(line)
  })
})

describe('dead letters', () => {
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'printbell-letters-'))
    const stored = openHistory({ file: placesIn(data).database, log: memoryLog(), now: () => T0 })
    for (const [id, destinationId] of [['O1', 'phone'], ['O2', 'mail']] as const) {
      stored.commit(batch([entry(`E-${id}`, { draft: { job: job('j1') }, outbox: [row(id, { destinationId })] })]))
      const leased = first(stored.leaseThese([id], T0, 1_000))
      stored.finish(leased, { outboxId: id, eventId: leased.eventId, destinationId, at: T0 + 5, ms: 1, number: 1, result: 'rejected', detail: 'The message is too large for the server (413).' }, { state: 'dead' })
    }
    stored.close()
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  async function run(destinationId?: string, over: { json?: boolean; limit?: string } = {}) {
    const lines: string[] = []
    const notes: string[] = []
    const out: Out = { line: (text) => void lines.push(text), note: (text) => void notes.push(text), colour: false } as Out
    const status = await deadLetters(destinationId, { settings: '', data, limit: '50', ...over }, out)
    return { status, lines, notes }
  }

  it('are told with why, the newest last', async () => {
    const { status, lines } = await run()
    expect(status).toBe(0)
    expect(lines.map((line) => line.replace(/\(.*?\)/, '(TIME)'))).toEqual([
      'E-O1 to phone: MK3 left: print done (TIME): The message is too large for the server (413).',
      'E-O2 to mail: MK3 left: print done (TIME): The message is too large for the server (413).',
    ])
  })

  it('of one destination, as JSON lines', async () => {
    const { lines } = await run('phone', { json: true })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{
      eventId: 'E-O1', destinationId: 'phone', state: 'dead', title: 'MK3 left: print done', type: 'job.done', severity: 'success', printerId: 'p1', occurredAt: T0, endedAt: T0 + 5,
      why: 'The message is too large for the server (413).', attempts: 1,
    }])
  })

  it('that are none are told so, and a limit of nonsense is refused', async () => {
    expect(await run('elsewhere')).toEqual({ status: 0, lines: [], notes: ['Nothing was left undelivered.'] })
    await expect(run(undefined, { limit: 'many' })).rejects.toThrow(UserError)
  })

  it('have the time of their event', () => {
    expect(letterLine({
      eventId: 'E1', destinationId: 'phone', state: 'expired', title: 'MK4: print done', type: 'job.done', severity: 'success', printerId: 'mk4', occurredAt: SINCE, endedAt: NOW, why: 'Not delivered in time. Last: busy', attempts: 3,
    }, NOW, 'UTC')).toBe('E1 to phone: MK4: print done (14:31): Not delivered in time. Last: busy')
  })
})
