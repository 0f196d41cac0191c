import { describe, expect, it } from 'vitest'
import type { ConnectOptions } from '../../electron/engine/printers/adapter.ts'
import type { JobFile, Signal } from '../../electron/engine/events/model.ts'
import { NOTHING_WANTED, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { historyRow, Refusal, type FakeMoonraker } from '../support/fake-moonraker.ts'
import { closeAfterEach, connect, fakeWith } from '../support/moonraker-rig.ts'

closeAfterEach()

const MINUTE = 60_000
const VASE: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'gcodes', size: null }
/** Epoch seconds, as the history counts. */
const secondsAgo = (ms: number): number => (Date.now() - ms) / 1000

/** The engine last saw the printer so many ms ago; `job`: what ran then, and since when. */
function seen(lastSeen: number | null, job: { file: JobFile; startedMsAgo: number; jobId?: string } | null = null): ConnectOptions {
  return {
    remembered: {
      lastSeenAt: () => (lastSeen === null ? null : Date.now() - lastSeen),
      activeJob: () => (job === null ? null : { file: job.file, startedAt: Date.now() - job.startedMsAgo, jobId: job.jobId ?? null }),
    },
    wanted: NOTHING_WANTED,
  }
}
const outcomesOf = (signals: Signal[]): Extract<Signal, { type: 'outcome' }>[] => signals.flatMap((one) => (one.type === 'outcome' ? [one] : []))

function printing(fake: FakeMoonraker, filename: string, total: number): void {
  fake.status['print_stats'] = { ...fake.status['print_stats'], filename, state: 'printing', total_duration: total, print_duration: total }
  fake.status['virtual_sdcard'] = { progress: 0.4, is_active: true, file_position: 400, file_size: 1000 }
}

describe('what happened while nobody looked', () => {
  it('is told before the link is up, and the link before the first full state', async () => {
    const fake = await fakeWith()
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'completed', start_time: secondsAgo(40 * MINUTE), end_time: secondsAgo(10 * MINUTE), print_duration: 1_700 })]
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(30 * MINUTE, { file: VASE, startedMsAgo: 40 * MINUTE }))
    await untilOn(clock, 'first full state', () => sink.order.includes('full state'))
    expect(sink.order.slice(0, 5)).toEqual(['link connecting', 'outcome', 'attention_cleared', 'link up', 'full state'])
    expect(outcomesOf(sink.signals())).toMatchObject([{ file: { path: 'vase.gcode' }, success: true, printTime: 1_700 }])
    expect(Math.abs((outcomesOf(sink.signals())[0]?.endedAt ?? 0) - (Date.now() - 10 * MINUTE))).toBeLessThan(3_000)
  })

  it('is not asked for at the first sight ever', async () => {
    const fake = await fakeWith()
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'completed', start_time: secondsAgo(40 * MINUTE), end_time: secondsAgo(10 * MINUTE) })]
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(null))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(outcomesOf(sink.signals())).toEqual([])
    expect(fake.calls.find(({ method }) => method === 'server.history.list')?.params).toMatchObject({ limit: 1 })
  })

  it('is read back to the last sight and no further, in pages', async () => {
    const fake = await fakeWith()
    // Newest first, one every minute: 70 since the last sight, and 300 before it.
    fake.history = Array.from({ length: 370 }, (_, n) => historyRow({ job_id: (370 - n).toString(16).padStart(6, '0'), filename: `part-${n}.gcode`, status: 'completed', start_time: secondsAgo((n + 1.5) * MINUTE), end_time: secondsAgo((n + 1) * MINUTE) }))
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(70.5 * MINUTE))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.calls.filter(({ method }) => method === 'server.history.list').map(({ params }) => params)).toEqual([{ limit: 50, start: 0, order: 'desc' }, { limit: 50, start: 50, order: 'desc' }])
    expect(outcomesOf(sink.signals())).toHaveLength(70)
    expect(outcomesOf(sink.signals()).at(-1)?.file.path).toBe('part-0.gcode')
  })

  it('is bounded, however long the history is', async () => {
    const fake = await fakeWith()
    fake.history = Array.from({ length: 2_000 }, (_, n) => historyRow({ job_id: (2_000 - n).toString(16).padStart(6, '0'), filename: 'a.gcode', status: 'completed', start_time: secondsAgo((n + 1.5) * MINUTE), end_time: secondsAgo((n + 1) * MINUTE) }))
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(1_999 * MINUTE))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.called('server.history.list')).toBe(4)
  })

  it('ends in our time though the clock of the server is an hour ahead', async () => {
    const fake = await fakeWith({ clockAheadMs: 60 * MINUTE })
    const ahead = (ms: number): number => secondsAgo(ms) + 3_600
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'cancelled', start_time: ahead(40 * MINUTE), end_time: ahead(10 * MINUTE) })]
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(30 * MINUTE, { file: VASE, startedMsAgo: 40 * MINUTE }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const [outcome] = outcomesOf(sink.signals())
    expect(outcome).toMatchObject({ cancelled: true, success: false })
    expect(Math.abs((outcome?.endedAt ?? 0) - (Date.now() - 10 * MINUTE))).toBeLessThan(3_000)
  })

  it('is measured by the statistics where a proxy leaves the date out', async () => {
    const fake = await fakeWith({ clockAheadMs: null })
    fake.methods.set('machine.proc_stats', () => ({ moonraker_stats: [{ time: Date.now() / 1000 + 3_600, cpu_usage: 1 }] }))
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'completed', start_time: secondsAgo(40 * MINUTE) + 3_600, end_time: secondsAgo(10 * MINUTE) + 3_600 })]
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(30 * MINUTE, { file: VASE, startedMsAgo: 40 * MINUTE }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(Math.abs((outcomesOf(sink.signals())[0]?.endedAt ?? 0) - (Date.now() - 10 * MINUTE))).toBeLessThan(3_000)
  })

  it('is no end where Moonraker was restarted and the print goes on: its Klippy is waited for', async () => {
    const fake = await fakeWith()
    printing(fake, 'vase.gcode', 1_200)
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'server_exit', start_time: secondsAgo(20 * MINUTE), end_time: secondsAgo(MINUTE) })]
    fake.klippy = { state: 'disconnected', message: '' }
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(MINUTE, { file: VASE, startedMsAgo: 20 * MINUTE }))
    await untilOn(clock, 'looked a few times', () => fake.called('server.info') >= 4)
    expect(sink.lastLink()).toBe('connecting')
    fake.klippy = { state: 'ready', message: 'Printer is ready' }
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(outcomesOf(sink.signals())).toEqual([])
    expect(sink.observations.find((one) => one.kind === 'state' && one.full)).toMatchObject({ state: { job: 'printing' } })
  })

  it('is told as unknown where Klippy does not come back within a quarter of a minute', async () => {
    const fake = await fakeWith()
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'interrupted', start_time: secondsAgo(20 * MINUTE), end_time: null })]
    fake.klippy = { state: 'disconnected', message: '' }
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(5 * MINUTE, { file: VASE, startedMsAgo: 20 * MINUTE }))
    const from = clock.now()
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(clock.now() - from).toBeGreaterThan(14_000)
    expect(clock.now() - from).toBeLessThan(20_000)
    expect(outcomesOf(sink.signals())).toMatchObject([{ file: { path: 'vase.gcode' }, success: null }])
    expect(sink.observations.find((one) => one.kind === 'state')).toMatchObject({ full: true, state: { device: 'off', job: 'none' } })
  })

  it.each<[string, { status: string; end_time: number | null }[], number, Record<string, unknown>]>([
    ['is waited for where the end is not written down yet', [{ status: 'in_progress', end_time: null }, { status: 'in_progress', end_time: null }, { status: 'cancelled', end_time: secondsAgo(0) }], 3, { success: false, cancelled: true }],
    ['is told as unknown where nobody writes it down', [{ status: 'in_progress', end_time: null }], 9, { success: null, endedAt: null }],
  ])('%s', async (_, answers, asked, expected) => {
    const fake = await fakeWith()
    let asks = 0
    fake.methods.set('server.history.list', () => {
      const row = answers[Math.min(asks++, answers.length - 1)] ?? { status: 'none', end_time: null }
      return { jobs: [historyRow({ job_id: '00001A', filename: 'vase.gcode', start_time: secondsAgo(20 * MINUTE), ...row })] }
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(MINUTE, { file: VASE, startedMsAgo: 20 * MINUTE }))
    const from = clock.now()
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(outcomesOf(sink.signals())).toMatchObject([{ file: { path: 'vase.gcode' }, ...expected }])
    expect(asks).toBe(asked)
    expect(clock.now() - from).toBeLessThan(4_000)
  })

  it('is not waited for where the job goes on', async () => {
    const fake = await fakeWith()
    printing(fake, 'vase.gcode', 1_200)
    fake.history = [historyRow({ job_id: '00001A', filename: 'vase.gcode', status: 'in_progress', start_time: secondsAgo(20 * MINUTE), end_time: null })]
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(MINUTE, { file: VASE, startedMsAgo: 20 * MINUTE }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.called('server.history.list')).toBe(1)
    expect(outcomesOf(sink.signals())).toEqual([])
  })

  it('is told as unknown where there is no history at all', async () => {
    const fake = await fakeWith()
    fake.methods.set('server.history.list', () => {
      throw new Refusal(404, 'Method not found')
    })
    const sink = recordingSink()
    const { clock, ports } = connect(fake, sink, seen(5 * MINUTE, { file: VASE, startedMsAgo: 20 * MINUTE }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(outcomesOf(sink.signals())).toMatchObject([{ success: null }])
    expect(ports.log.lines.some((line) => JSON.stringify(line).includes('Moonraker has no history'))).toBe(true)
  })
})

describe('a file', () => {
  it('that prints has its metadata read once, and again after a refusal', async () => {
    const fake = await fakeWith()
    printing(fake, 'vase.gcode', 10)
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seen(null))
    await untilOn(clock, 'asked', () => fake.called('server.files.metadata') === 1)
    expect(fake.calls.find(({ method }) => method === 'server.files.metadata')?.params).toEqual({ filename: 'vase.gcode' })
    fake.metadata.set('vase.gcode', { size: 1000, gcode_start_byte: 100, gcode_end_byte: 900, estimated_time: 600 })
    const tick = (): void => fake.notify('notify_proc_stat_update', { moonraker_stats: { time: Date.now() / 1000 } })
    await untilOn(clock, 'asked again', () => {
      tick()
      return fake.called('server.files.metadata') === 2
    })
    const asked = fake.called('server.files.metadata')
    fake.change({ virtual_sdcard: { file_position: 500, progress: 0.5 } })
    await untilOn(clock, 'progress by its bytes', () => sink.observations.some((one) => one.kind === 'state' && one.state.progress === 0.5))
    expect(fake.called('server.files.metadata')).toBe(asked)
  })
})
