import { describe, expect, it } from 'vitest'
import type { JobFile, Signal } from './model.ts'
import { reload, Rig, T0 } from './replay.support.ts'

const vase: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }
const lamp: JobFile = { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 2000 }
type Outcome = Extract<Signal, { type: 'outcome' }>
const record = (what: Partial<Outcome>): Outcome => ({ type: 'outcome', file: vase, success: true, endedAt: T0 + 300_000, printTime: 298.5, restarted: false, ...what })

/** Printing the vase since T0 + 1 s; the link is lost at 100 s and back at 600 s with an idle printer. */
function away(stopped = false): Rig {
  const rig = new Rig()
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  rig.to(1)
  rig.signal({ type: 'job_started', file: vase, user: 'ann' })
  rig.state({ job: 'printing', file: vase, progress: 0.1, elapsed: 10 })
  rig.to(9)
  rig.state({ job: 'printing', file: vase, progress: 0.1, elapsed: 18 })
  if (stopped) {
    // kill -9: the memory as it was stored, and nothing until the engine starts again.
    rig.memory = reload(rig.memory)
    rig.wakeAt = null
    rig.now = T0 + 600_000
    rig.feed({ kind: 'gap', at: rig.now, from: T0 + 9_000, why: 'stopped' })
    rig.link('connecting')
  } else rig.link('down', 'closed')
  rig.now = Math.max(rig.now, T0 + 30_000)
  return rig
}
function back(rig: Rig, t = 50): void {
  rig.to(t)
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null, progress: null }, true)
}
const ends = (rig: Rig): string[] => rig.told.filter((told) => /^job\.(done|failed|cancelled|result_unknown)/.test(told))

describe('a job that ended while we could not look', () => {
  it('is done, late and once, when the record says so, with the key a live end would have had', () => {
    const rig = away()
    back(rig, 320)
    rig.signal(record({}))
    rig.signal(record({}))
    rig.to(400)
    expect(ends(rig)).toEqual(['job.done late'])
    const done = rig.events.find((event) => event.type === 'job.done')
    expect(done).toMatchObject({ dedupeKey: `p1|vase.gcode|local|${T0 + 1000}|job.done|end`, occurredAt: T0 + 300_000, printTime: 298.5, severity: 'success' })
    expect(rig.swallowed).toContain('job.done already_heard')
  })

  it('restart: killed in mid-print, the end is told once after the start and never again after another', () => {
    const rig = away(true)
    back(rig, 600)
    rig.signal(record({}))
    expect(ends(rig)).toEqual(['job.done late'])
    rig.memory = reload(rig.memory)
    rig.now = T0 + 900_000
    rig.feed({ kind: 'gap', at: rig.now, from: T0 + 610_000, why: 'stopped' })
    rig.link('connecting')
    back(rig, 901)
    rig.signal(record({}))
    rig.to(1000)
    expect(ends(rig)).toEqual(['job.done late'])
    expect(rig.told).not.toContain('link.lost')
  })

  it.each<[string, Partial<Outcome>, string]>([
    ['no success', { success: false }, 'job.failed cancelled_or_failed late'],
    ['no success, cancelled', { success: false, cancelled: true }, 'job.cancelled unknown late'],
    ['no record and a restarted server', { success: null, endedAt: null, printTime: null, restarted: true }, 'job.failed server_restarted late'],
    ['no record at all', { success: null, endedAt: null, printTime: null }, 'job.result_unknown not_looking late'],
    ['only the record of an earlier run', { success: true, endedAt: T0 - 5000 }, 'job.result_unknown not_looking late'],
    ['only the record of an earlier run, and a restart', { success: true, endedAt: T0 - 5000, restarted: true }, 'job.failed server_restarted late'],
  ])('R07: with %s it is told as %s', (_, what, expected) => {
    const rig = away()
    back(rig, 320)
    rig.signal(record(what))
    rig.to(400)
    expect(ends(rig)).toEqual([expected])
  })

  it('of one number is the end of that run, though by a clock that is half a second off it ended before it began', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.to(1)
    rig.signal({ type: 'job_started', file: vase, jobId: '000002@7' })
    rig.state({ job: 'printing', file: vase, progress: 0 })
    rig.link('down', 'closed')
    rig.to(30)
    rig.link('up')
    rig.signal(record({ jobId: '000002@7', success: false, cancelled: true, endedAt: T0 + 750, printTime: 0.25 }))
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.to(60)
    expect(ends(rig)).toEqual(['job.cancelled unknown late'])
    const end = rig.events.find((event) => event.type === 'job.cancelled')
    expect(end).toMatchObject({ occurredAt: T0 + 1000, printTime: 0.25, job: { startedAt: T0 + 1000, endedAt: T0 + 1000 } })
  })

  it('R07: where only "no success" is known the text says "cancelled or failed"', () => {
    const rig = away()
    back(rig, 320)
    rig.signal(record({ success: false }))
    expect(rig.events.at(-1)?.text).toBe('cancelled or failed')
  })

  it('without any outcome it is a result unknown after ten seconds', () => {
    const rig = away()
    back(rig, 50)
    rig.to(59)
    expect(ends(rig)).toEqual([])
    rig.to(61)
    expect(ends(rig)).toEqual(['job.result_unknown not_looking late'])
  })

  it('the wait does not run while the server is out of reach again', () => {
    const rig = away()
    back(rig, 50)
    rig.to(52)
    rig.link('down', 'closed')
    rig.to(100)
    expect(ends(rig)).toEqual([])
    rig.link('up')
    rig.signal(record({ endedAt: T0 + 45_000 }))
    rig.to(130)
    expect(ends(rig)).toEqual(['job.done late'])
  })

  it('a job that still runs after the gap is neither ended nor started again', () => {
    const rig = away()
    rig.to(50)
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing', file: vase, progress: 0.4, elapsed: 50 }, true)
    rig.signal(record({ success: null, endedAt: null, restarted: false }))
    rig.signal(record({ success: true, endedAt: T0 - 90_000 }))
    rig.to(59)
    rig.signal({ type: 'job_done', file: vase })
    expect(rig.told).toEqual(['job.started', 'job.progress 0.25', 'job.done'])
  })

  it('another run of the same file that is on now is a new job, and the old one gets its record', () => {
    const rig = away()
    rig.memory.state.elapsed = 200
    rig.to(320)
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing', file: vase, progress: 0.05, elapsed: 12 }, true)
    rig.signal(record({}))
    rig.to(331)
    expect(rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.started', 'job.done late'])
    expect(rig.memory.state.job).toBe('printing')
  })

  it('another file that prints now is a new job, and the old one gets its record', () => {
    const rig = away()
    rig.to(320)
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing', file: lamp, progress: 0.01, elapsed: 5 }, true)
    rig.signal(record({}))
    rig.to(340)
    expect(rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.started', 'job.done late'])
  })
})

describe('records that are told before the first state after the gap', () => {
  const idle = (rig: Rig): void => rig.state({ device: 'ready', job: 'none', file: null, progress: null }, true)
  const early = (what: Partial<Outcome>): Rig => {
    const rig = away()
    rig.to(320)
    rig.signal(record(what))
    rig.link('up')
    return rig
  }
  it.each<[string, Partial<Outcome>, string]>([
    ['success', {}, 'job.done late'],
    ['no success', { success: false }, 'job.failed cancelled_or_failed late'],
    ['a restarted server', { success: null, endedAt: null, restarted: true }, 'job.failed server_restarted late'],
    ['nothing', { success: null, endedAt: null }, 'job.result_unknown not_looking late'],
  ])('%s is told with the state, at once and once', (_, what, expected) => {
    const rig = early(what)
    idle(rig)
    expect(ends(rig)).toEqual([expected])
    rig.memory = reload(rig.memory)
    rig.to(380)
    expect(ends(rig)).toEqual([expected])
  })
  it('no success and a state that shows the error is one failure with its words, and no device error beside it', () => {
    const rig = early({ success: false })
    rig.state({ device: 'error', error: 'MINTEMP', deviceCause: 'firmware', job: 'none', file: null }, true)
    rig.to(380)
    expect(rig.told.filter((told) => !told.startsWith('link'))).toEqual(['job.started', 'job.failed firmware late'])
    expect(rig.swallowed).toEqual(['device.error same_job'])
  })
  it.each<[string, Partial<Outcome>]>([['failed', { success: false }], ['done', {}], ['of which nothing is known after a restart', { success: null, endedAt: null, restarted: true }]])(
    'a run %s, and another of the same file that is on now, are two jobs', (_, what) => {
      const rig = early(what)
      rig.state({ device: 'ready', job: 'printing', file: vase, progress: 0.2, elapsed: 60 }, true)
      rig.to(325)
      rig.signal({ type: 'job_done', file: vase, printTime: 65 })
      expect(ends(rig)).toHaveLength(2)
      expect(ends(rig)[1]).toBe('job.done')
      expect(rig.told.filter((told) => told.startsWith('job.started'))).toHaveLength(2)
    },
  )
})

describe('a job that began and ended while we could not look', () => {
  const idleAway = (): Rig => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.to(5)
    rig.state({ device: 'ready', job: 'none' })
    rig.link('down', 'closed')
    return rig
  }
  it('is told late, with a key made of its end', () => {
    const rig = idleAway()
    back(rig, 400)
    rig.signal(record({}))
    expect(ends(rig)).toEqual(['job.done late'])
    expect(rig.events.at(-1)).toMatchObject({ job: { key: `vase.gcode|local|end:${T0 / 1000 + 300}`, startedAt: T0 + 1500 }, occurredAt: T0 + 300_000 })
  })
  it('is told once, also after a reload and another gap', () => {
    const rig = idleAway()
    back(rig, 400)
    rig.signal(record({ success: false }))
    rig.memory = reload(rig.memory)
    rig.to(401)
    rig.link('down', 'closed')
    back(rig, 420)
    rig.signal(record({ success: false }))
    expect(ends(rig)).toEqual(['job.failed cancelled_or_failed late'])
  })
  it('that ended before we last looked is old news', () => {
    const rig = idleAway()
    back(rig, 400)
    rig.signal(record({ endedAt: T0 - 60_000 }))
    expect(ends(rig)).toEqual([])
    expect(rig.swallowed).toEqual(['job.done already_heard'])
  })
  it('that was told live is not told again although the clocks of server and desk differ', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.signal({ type: 'job_started', file: vase, user: null })
    rig.to(8)
    rig.signal({ type: 'job_done', file: vase, printTime: 7.654 })
    rig.link('down', 'closed')
    back(rig, 100)
    rig.signal(record({ endedAt: T0 + 95_000, printTime: 7.654 }))
    expect(ends(rig)).toEqual(['job.done'])
  })
  it('is baseline for a printer never seen', () => {
    const rig = new Rig()
    rig.link('up')
    rig.signal(record({ endedAt: T0 - 1000 }))
    expect(rig.told).toEqual([])
  })
})
