import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryLog } from '../../test/support/log.ts'
import { batch, decision, draft, entry, first, job, row, T0 } from '../engine/history/test-support.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import type { History } from '../engine/history/history.ts'
import type { Suppressed } from '../engine/events/model.ts'
import { placesIn } from '../engine/places.ts'
import { UserError } from './errors.ts'
import { history, openForReading, since } from './history.ts'
import type { Out } from './out.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

describe('--since', () => {
  it.each<[string, number]>([
    ['15m', Date.UTC(2026, 0, 15, 11, 45)],
    ['2h', Date.UTC(2026, 0, 15, 10)],
    ['3d', Date.UTC(2026, 0, 12, 12)],
    ['2026-01-02', Date.UTC(2026, 0, 2)],
    ['2026-01-02T03:04Z', Date.UTC(2026, 0, 2, 3, 4)],
    ['2026-01-02T03:04:05.5+02:00', Date.UTC(2026, 0, 2, 1, 4, 5, 500)],
    // Without a zone it is the reader's own.
    ['2026-01-02T03:04:05', new Date(2026, 0, 2, 3, 4, 5).getTime()],
  ])('%s', (text, expected) => {
    expect(since(text, NOW)).toBe(expected)
  })

  it.each(['', '5', '2w', '-2h', '1.5h', '2 h', 'yesterday', 'Jan 5', '01/02/2026', '2026-13-01', '2026-01-02 03:04', '2h; rm'])('"%s" is refused with what it takes', (text) => {
    expect(() => since(text, NOW)).toThrow(UserError)
    expect(() => since(text, NOW)).toThrow(`--since takes a span ("15m", "2h", "3d") or an ISO date, not "${text}"`)
  })
})

describe('the history command', () => {
  let data: string
  let stored: History
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'printbell-history-command-'))
    stored = openHistory({ file: placesIn(data).database, log: memoryLog(), now: () => T0 })
  })
  afterEach(() => {
    stored.close()
    rmSync(data, { recursive: true, force: true })
  })

  async function run(over: Partial<Parameters<typeof history>[0]> = {}) {
    const lines: string[] = []
    const notes: string[] = []
    const out: Out = { line: (text) => void lines.push(text), note: (text) => void notes.push(text), foot: () => undefined, columns: null, colour: false }
    const status = await history({ settings: 'unused', data, limit: '50', ...over }, out)
    return { lines, notes, status }
  }

  it('prints what happened, oldest first, beside a running engine', async () => {
    stored.commit(batch([entry('E1', { draft: { type: 'job.started', job: job('a') } }), entry('E2', { draft: { job: job('a'), progress: 1 } })]))
    const { lines, notes, status } = await run()
    expect(status).toBe(0)
    expect(lines.map((line) => line.slice('14:31:05'.length))).toEqual([
      '  ✓ MK3 left           job.started                cube.gcode',
      '  ✓ MK3 left           job.done                   cube.gcode, 100 %',
    ])
    expect(notes).toEqual([])
    expect((await run({ json: true })).lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['E1', 'E2'])
  })

  it('picks by printer, type, time, words and limit', async () => {
    stored.commit(batch([
      entry('E1', { draft: { type: 'job.started', printerId: 'p1', occurredAt: T0 - 1_000 } }),
      entry('E2', { draft: { type: 'job.failed', printerId: 'p2', text: 'thermistor fell off' } }),
      entry('E3', { draft: { type: 'job.done', printerId: 'p2' } }),
    ]))
    const ids = async (over: Partial<Parameters<typeof history>[0]>) => (await run({ json: true, ...over })).lines.map((line) => (JSON.parse(line) as { id: string }).id)
    expect(await ids({ printer: 'p2' })).toEqual(['E2', 'E3'])
    expect(await ids({ type: 'job.started, job.failed' })).toEqual(['E1', 'E2'])
    expect(await ids({ text: 'thermistor' })).toEqual(['E2'])
    expect(await ids({ since: '2026-01-15T12:00:00Z' })).toEqual(['E2', 'E3'])
    expect(await ids({ limit: '1' })).toEqual(['E3'])
  })

  it('says when nothing fits, on the other channel', async () => {
    expect(await run()).toEqual({ lines: [], notes: ['Nothing that fits happened yet.'], status: 0 })
    expect(await run({ json: true })).toEqual({ lines: [], notes: [], status: 0 })
  })

  it.each<[Partial<Parameters<typeof history>[0]>, string]>([
    [{ limit: '0' }, '--limit takes a whole number above 0, not "0"'],
    [{ limit: 'all' }, '--limit takes a whole number above 0, not "all"'],
    [{ type: 'job.don' }, '--type does not know "job.don". It knows: job.started, '],
    [{ why: 'E9' }, 'no event has the id E9; "history --json" shows the ids'],
  ])('refuses %o in words', async (over, expected) => {
    await expect(run(over)).rejects.toThrow(expected)
    await expect(run(over)).rejects.toThrow(UserError)
  })

  it('tells why something was heard: every decision and every try, in their order', async () => {
    stored.commit(batch([entry('E1', {
      draft: draft('x', { late: true, printerName: 'Evil\u001b[2J' }),
      decisions: [decision({ destinationId: 'desk', stage: 'deliver', reason: 'late' }), decision({ destinationId: 'hook', decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' })],
      outbox: [row('R1', { destinationId: 'desk' })],
    })]))
    const leased = first(stored.lease('desk', T0, 60_000, 1))
    const attempt = { outboxId: 'R1', eventId: 'E1', destinationId: 'desk', at: T0 + 1_000, ms: 12 }
    stored.finish(leased, { ...attempt, number: 1, result: 'retry', detail: 'no\u009b31m bus' }, { state: 'waiting', nextAttemptAt: T0 + 1_000 })
    stored.finish(first(stored.lease('desk', T0 + 1_000, 60_000, 1)), { ...attempt, number: 2, result: 'delivered', detail: 'shown' }, { state: 'delivered' })
    stored.putSnapshot({ eventId: 'E1', printerId: 'p1', at: T0, file: null, bytes: 0, width: null, height: null, why: 'the camera did not answer' })
    stored.markSeen({ eventIds: ['E1'] }, T0 + 5_000)
    expect((await run({ why: 'E1' })).lines).toEqual([
      'job.done of Evil [2J, 2026-01-15T12:00:00.000Z (found out late)',
      '  seen 2026-01-15T12:00:05.000Z',
      '  desk: deliver at stage "deliver", because late',
      '  hook: drop at stage "subscribed", because not subscribed',
      '  desk: try 1 at 2026-01-15T12:00:01.000Z: retry, no 31m bus (12 ms)',
      '  desk: try 2 at 2026-01-15T12:00:01.000Z: delivered, shown (12 ms)',
      '  no picture: the camera did not answer',
    ])
  })

  const swallowed = (at: number, over: Partial<Suppressed> = {}): Suppressed => ({ at, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null, ...over })

  it('shows what was swallowed, with the reason in words', async () => {
    stored.commit({ ...batch([]), suppressed: [
      swallowed(T0 - 60_000),
      swallowed(T0, { type: 'message.user', reason: 'cap', detail: 'ev\u001b[2Jil' }),
      swallowed(T0, { printerId: 'p2', type: 'job.started', reason: 'baseline', detail: '' }),
    ] })
    expect(await run({ suppressed: true })).toEqual({ status: 0, notes: [], lines: [
      '2026-01-15T11:59:00.000Z  p1  job.paused: not told, because the pause was too short to matter (pauseGrace) (pause of 2.1 s)',
      '2026-01-15T12:00:00.000Z  p1  message.user: not told, because too many messages came within a minute; one summary tells of them (capPerMinute) (ev [2Jil)',
      '2026-01-15T12:00:00.000Z  p2  job.started: not told, because it was so already when Printbell first looked',
    ] })
    expect((await run({ suppressed: true, printer: 'p1', since: '2026-01-15T12:00:00Z' })).lines).toHaveLength(1)
    expect((await run({ suppressed: true, json: true, limit: '1' })).lines.map((line) => (JSON.parse(line) as Suppressed).type)).toEqual(['job.started'])
    expect(await run({ suppressed: true, printer: 'p9' })).toEqual({ lines: [], notes: ['Nothing was swallowed.'], status: 0 })
  })

  it('--why also tells what was swallowed of the same printer within two minutes', async () => {
    stored.commit({ ...batch([entry('E1')]), suppressed: [
      swallowed(T0 - 120_001, { type: 'job.resumed' }),
      swallowed(T0 - 120_000),
      swallowed(T0 + 120_000, { type: 'job.progress', reason: 'collapsed_progress', detail: '' }),
      swallowed(T0 + 120_001, { type: 'job.resumed' }),
      swallowed(T0, { printerId: 'p2' }),
    ] })
    expect((await run({ why: 'E1' })).lines.slice(-3)).toEqual([
      '  not told of this printer within 2 minutes of it:',
      '    2026-01-15T11:58:00.000Z  p1  job.paused: not told, because the pause was too short to matter (pauseGrace) (pause of 2.1 s)',
      '    2026-01-15T12:02:00.000Z  p1  job.progress: not told, because a later step of the progress was told in its place',
    ])
  })

  it('of a folder without a history says what is missing', () => {
    expect(() => openForReading(join(data, 'nowhere'))).toThrow(UserError)
  })
})
