import { describe, expect, it } from 'vitest'
import { jobIdOf, outcomes, presentJob } from './reconcile.ts'

/** Noon of the test's day; the server is ten minutes ahead. */
const NOW = Date.UTC(2026, 0, 15, 12)
const OFFSET = 600_000
const clock = (minutes: number): number => (NOW + OFFSET) / 1000 + minutes * 60
const row = (id: string, file: string, status: string, from: number, end: number | null): Record<string, unknown> => ({
  job_id: id, filename: file, status, start_time: clock(from), end_time: end === null ? null : clock(end), print_duration: 0, total_duration: 90.5, metadata: { size: 77 },
})
const NOTHING = { file: null, jobId: null, active: false }
const vase = { name: 'vase.gcode', path: 'art/vase.gcode', origin: 'gcodes', size: 5 }
const told = (...args: Parameters<typeof outcomes>): unknown[] => outcomes(...args).map((one) => (one.kind === 'signal' ? one.signal : null))

describe('the identity of a run', () => {
  it('is the history\'s id and the second of its start: ids count from 1 again on a new memory card', () => {
    expect(jobIdOf({ ...row('00000A', 'x', 'completed', 0, 1), start_time: 1795331325.4079194 })).toBe('00000A@1795331325')
  })
  it.each<unknown>([null, 7, {}, { job_id: 'x' }, { ...row('', 'x', 'completed', 0, 1) }, { ...row('1', 'x', 'completed', 0, 1), start_time: 'x' }])('of %o is none', (what) => {
    expect(jobIdOf(what)).toBeNull()
  })
})

describe('what runs now', () => {
  const status = (stats: Record<string, unknown>, webhooks: Record<string, unknown> = { state: 'ready' }): unknown => ({ webhooks, print_stats: { filename: 'art/vase.gcode', total_duration: 600, ...stats } })
  it.each(['in_progress', 'server_exit', 'interrupted'])('is the run on record as %s that began when it did', (recorded) => {
    const rows = [row('000003', 'art/vase.gcode', recorded, -10, null), row('000002', 'art/vase.gcode', recorded, -60, null)]
    expect(presentJob(status({ state: 'printing' }), rows, OFFSET, NOW)).toEqual({ file: 'art/vase.gcode', jobId: `000003@${clock(-10)}`, active: true })
  })
  it('has no id when no row began then, is another file, or is over', () => {
    const rows = [row('000004', 'lamp.gcode', 'in_progress', -10, null), row('000003', 'art/vase.gcode', 'completed', -10, -1), row('000002', 'art/vase.gcode', 'in_progress', -30, null)]
    expect(presentJob(status({ state: 'paused' }), rows, OFFSET, NOW)).toEqual({ file: 'art/vase.gcode', jobId: null, active: true })
  })
  it.each<[string, unknown]>([
    ['finished', status({ state: 'complete' })], ['idle', status({ state: 'standby', filename: '' })], ['of a Klipper that is down', status({ state: 'printing' }, { state: 'shutdown' })],
    ['not told', null], ['unknown', status({ state: 'levitating' })],
  ])('nothing: %s', (_, said) => {
    expect(presentJob(said, [row('000003', 'art/vase.gcode', 'in_progress', -10, null)], OFFSET, NOW)).toMatchObject({ jobId: null, active: false })
  })
})

describe('what became of the remembered job', () => {
  const remembered = { file: vase, startedAt: NOW - 3_600_000, jobId: `000007@${clock(-60)}` }
  const common = { type: 'outcome', file: vase, jobId: remembered.jobId, endedAt: NOW - 300_000, printTime: 90.5, restarted: false }
  it.each<[string, Record<string, unknown>]>([
    ['completed', { success: true, cancelled: false }],
    ['cancelled', { success: false, cancelled: true }],
    ['standby', { success: false, cancelled: true }],
    ['error', { success: false, cancelled: false, reason: 'firmware', text: 'Klipper stopped the print with an error.' }],
    ['klippy_shutdown', { success: false, cancelled: false, reason: 'firmware', text: 'Klipper shut down while it printed.' }],
    ['klippy_disconnect', { success: false, cancelled: false, reason: 'connection_lost', text: 'Klipper stopped running while it printed.' }],
  ])('%s, in our clock', (status, expected) => {
    expect(told('s', remembered, [row('000008', 'art/vase.gcode', 'completed', -4, -2), row('000007', 'art/vase.gcode', status, -60, -5)], NOTHING, OFFSET, NOW)).toEqual([{ ...common, ...expected }])
  })

  it.each<[string, unknown[]]>([['server_exit', [row('000007', 'art/vase.gcode', 'server_exit', -60, -5)]], ['interrupted', [row('000007', 'art/vase.gcode', 'interrupted', -60, null)]], ['no row', []], ['nonsense', [null, 7, 'x', {}]]])(
    'is not known: %s', (_, rows) => {
      expect(told('s', remembered, rows, NOTHING, OFFSET, NOW)).toMatchObject([{ type: 'outcome', file: vase, jobId: remembered.jobId, success: null, endedAt: null, restarted: false }])
    },
  )

  it.each<[string, { file: string; jobId: string | null; active: true }, unknown[], number]>([
    ['goes on', { file: 'art/vase.gcode', jobId: remembered.jobId, active: true }, [row('000007', 'art/vase.gcode', 'server_exit', -60, -5)], 0],
    ['may go on, without a history', { file: 'art/vase.gcode', jobId: null, active: true }, [], 0],
    ['is over although its file prints again', { file: 'art/vase.gcode', jobId: `000008@${clock(-4)}`, active: true }, [row('000007', 'art/vase.gcode', 'cancelled', -60, -5)], 1],
    ['is over although its file prints again, in a run that is not on record', { file: 'art/vase.gcode', jobId: null, active: true }, [row('000007', 'art/vase.gcode', 'cancelled', -60, -5)], 1],
    ['is over: another file prints', { file: 'lamp.gcode', jobId: null, active: true }, [], 1],
  ])('%s', (_, now, rows, count) => {
    expect(told('s', remembered, rows, now, OFFSET, NOW)).toHaveLength(count)
  })

  it('one whose id was never told is found by its start', () => {
    const rows = [row('000008', 'art/vase.gcode', 'cancelled', -20, -10), row('000007', 'art/vase.gcode', 'completed', -60, -25), row('000006', 'art/vase.gcode', 'error', -90, -70)]
    const [signal] = told('s', { ...remembered, jobId: null }, rows, NOTHING, OFFSET, NOW)
    expect(signal).toMatchObject({ success: true, endedAt: NOW - 25 * 60_000 })
    expect(signal).not.toHaveProperty('jobId')
  })

  it('one that ran before we looked is the one that was on at our last sight', () => {
    const rows = [row('000008', 'art/vase.gcode', 'completed', -20, -10), row('000007', 'art/vase.gcode', 'cancelled', -60, -25), row('000006', 'art/vase.gcode', 'error', -90, -70)]
    expect(told('s', { file: vase, startedAt: null, jobId: null }, rows, NOTHING, OFFSET, NOW, NOW - 40 * 60_000)).toMatchObject([{ cancelled: true, endedAt: NOW - 25 * 60_000 }, { success: true }])
  })
})

describe('jobs that nobody saw', () => {
  const rows = [row('000009', 'c.gcode', 'in_progress', -1, null), row('000008', 'b/lamp.gcode', 'error', -20, -10), row('000007', 'a.gcode', 'completed', -60, -30), row('000006', 'a.gcode', 'completed', -90, -70)]
  it('are told in the order of their ends, those before our last sight are not', () => {
    expect(told('s', null, rows, NOTHING, OFFSET, NOW, NOW - 40 * 60_000)).toMatchObject([
      { file: { path: 'a.gcode', size: 77 }, success: true, endedAt: NOW - 30 * 60_000, jobId: `000007@${clock(-60)}` },
      { file: { name: 'lamp.gcode', path: 'b/lamp.gcode' }, success: false, reason: 'firmware', endedAt: NOW - 10 * 60_000 },
    ])
  })
  it('are not looked for at first sight', () => {
    expect(told('s', null, rows, NOTHING, OFFSET, NOW)).toEqual([])
  })
  it('never ended in the future', () => {
    expect(told('s', null, [row('000008', 'a.gcode', 'completed', -5, 90)], NOTHING, OFFSET, NOW, NOW - 60_000)).toMatchObject([{ endedAt: NOW }])
  })
})
