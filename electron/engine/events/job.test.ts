import { describe, expect, it } from 'vitest'
import type { JobFile, Signal } from './model.ts'
import { activeJob } from './reduce.ts'
import { reload, Rig, T0, type RigOptions } from './replay.support.ts'

const vase: JobFile = { name: 'Vase.gcode', path: 'art/vase.gcode', origin: 'local', size: 1000 }
const lamp: JobFile = { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 2000 }

/** A rig that has seen an idle printer. Silence is another test's subject, so it never counts here. */
function idle(options: RigOptions = {}): Rig {
  const rig = new Rig({ ...options, thresholds: { linkStale: 1e6, linkLostPrinting: 1e6, linkLostIdle: 1e6, ...options.thresholds } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  return rig
}
function printing(file = vase, options: RigOptions = {}): Rig {
  const rig = idle(options)
  rig.to(1)
  rig.signal({ type: 'job_started', file, user: 'ann' })
  rig.state({ job: 'printing', file, progress: 0.1, elapsed: 60, remaining: 540 })
  return rig
}
const ends = (rig: Rig): string[] => rig.told.filter((told) => /^job\.(done|failed|cancelled|result_unknown)/.test(told))

describe('first sight', () => {
  it('R13: first sight of an idle printer fires and records nothing', () => {
    const rig = idle()
    expect(rig.told).toEqual([])
    expect(rig.swallowed).toEqual([])
    expect(rig.memory.seen).toBe(true)
  })

  it('R13: a job that runs at first sight is adopted in silence, and its end is told', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing', file: vase, progress: 0.6, elapsed: 4000 }, true)
    expect(rig.told).toEqual([])
    expect(rig.swallowed).toEqual(['job.started baseline'])
    expect(rig.memory.state.jobRef).toMatchObject({ startedAt: null, file: vase })
    rig.to(10)
    rig.signal({ type: 'job_done', file: vase, printTime: 4010 })
    expect(rig.told).toEqual(['job.done'])
  })

  it('R13: a paused printer in error and an open attention at first sight fire nothing', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'error', error: 'MINTEMP', job: 'none', attentions: [{ key: 'door', kind: 'door', text: null, choices: [] }] }, true)
    rig.to(30)
    expect(rig.told).toEqual([])
    expect(rig.swallowed).toEqual(['device.error baseline', 'attention.door baseline'])
  })

  it('R13: signals before the first state are recorded as baseline', () => {
    const rig = new Rig()
    rig.link('up')
    rig.signal({ type: 'message', text: 'old', for: 'user' })
    expect(rig.told).toEqual([])
    expect(rig.swallowed).toEqual(['message.user baseline'])
  })

  it('a first report without the file adopts the job in silence once the file is known', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing' })
    rig.to(1)
    rig.state({ file: vase, job: 'printing', progress: 0.5 })
    rig.to(20)
    expect(rig.told).toEqual([])
    expect(rig.memory.state.jobRef?.file).toEqual(vase)
  })
})

describe('identity of a job', () => {
  it('R16: a second start of the same file within 20 s is the same print', () => {
    const rig = printing()
    rig.to(15)
    rig.signal({ type: 'job_started', file: vase, user: 'ann' })
    rig.to(60)
    rig.signal({ type: 'job_done', file: vase })
    expect(rig.told).toEqual(['job.started', 'job.done'])
    expect(rig.swallowed).toEqual(['job.started same_job'])
  })

  it('R16: a later start without an end closes the old job', () => {
    const rig = printing()
    rig.to(500)
    rig.signal({ type: 'job_started', file: vase, user: 'ann' })
    expect(rig.told).toEqual(['job.started', 'job.result_unknown superseded', 'job.started'])
    expect(rig.events[2]?.job?.key).not.toBe(rig.events[0]?.job?.key)
  })

  it('R16: a start of another file closes the old job', () => {
    const rig = printing()
    rig.to(5)
    rig.signal({ type: 'job_started', file: lamp, user: null })
    expect(rig.told).toEqual(['job.started', 'job.result_unknown superseded', 'job.started'])
  })

  it('a start without a user long after, out of a pause, is the same job; its pause is over', () => {
    const rig = printing()
    rig.to(600)
    rig.signal({ type: 'job_paused', file: vase, user: 'ann' })
    rig.state({ job: 'paused' })
    rig.to(700)
    rig.signal({ type: 'job_started', file: vase, user: null })
    rig.state({ job: 'printing' })
    expect(rig.told).toEqual(['job.started', 'job.paused user', 'job.resumed unknown'])
    expect(rig.swallowed).toEqual(['job.started same_job'])
  })

  it('a job id of the server is the identity', () => {
    const rig = idle()
    rig.signal({ type: 'job_started', file: vase, jobId: '0007' })
    rig.to(1)
    rig.signal({ type: 'job_started', file: vase, jobId: '0008' })
    expect(rig.events.map((event) => event.job?.key)).toEqual(['0007', '0007', '0008'])
  })

  it('a running state without any start signal is a start after two seconds (polling)', () => {
    const rig = idle()
    rig.to(10)
    rig.state({ job: 'printing', file: vase, user: 'ann', progress: 0.01, elapsed: 3 })
    expect(rig.told).toEqual([])
    rig.to(12)
    expect(rig.told).toEqual(['job.started'])
    expect(rig.events[0]).toMatchObject({ occurredAt: T0 + 7000, job: { startedAt: T0 + 7000, user: 'ann' } })
  })

  it('names the job that was on for the adapter, also while its end is being found out', () => {
    const rig = printing()
    expect(activeJob(rig.memory)).toEqual({ file: vase, startedAt: T0 + 1000, jobId: null })
    rig.to(100)
    rig.link('down', 'closed')
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    expect(activeJob(reload(rig.memory))?.file).toEqual(vase)
    rig.to(200)
    expect(activeJob(rig.memory)).toBe(null)
  })
})

describe('cancel and failure', () => {
  it.each<[string, Signal[], string]>([
    ['a user', [{ type: 'job_cancelling', user: 'ann' }, { type: 'job_cancelled', user: 'ann' }], 'job.cancelled user'],
    ['nobody named', [{ type: 'job_cancelling' }, { type: 'job_cancelled' }, { type: 'job_failed', cause: 'cancelled' }], 'job.cancelled printer'],
    ['a firmware error', [{ type: 'job_cancelling', error: 'MAXTEMP' }, { type: 'job_cancelled' }], 'job.failed firmware'],
    ['a reset before the end', [{ type: 'device_reset' }, { type: 'job_cancelling' }, { type: 'job_cancelled' }], 'job.failed printer_reset'],
    ['a reset after all', [{ type: 'job_cancelled' }, { type: 'job_failed', cause: 'cancelled' }, { type: 'device_reset' }], 'job.failed printer_reset'],
    ['only the last of the three', [{ type: 'job_failed', cause: 'cancelled', user: 'ann' }], 'job.cancelled user'],
    ['only the first of the three, then idle', [{ type: 'job_cancelling', user: 'ann' }], 'job.cancelled user'],
  ])('R07: a cancel by %s is told once and as what it is', (_, signals, expected) => {
    const rig = printing()
    rig.to(100)
    for (const signal of signals) rig.signal(signal)
    rig.state({ device: 'ready', job: 'none', file: vase })
    rig.to(130)
    expect(ends(rig)).toEqual([expected])
  })

  it('the late third event of a cancel does not end the run that was started at once', () => {
    const rig = printing()
    rig.to(100)
    rig.signal({ type: 'job_cancelled', file: vase, user: 'ann' })
    rig.signal({ type: 'job_started', file: vase, user: 'ann' })
    rig.signal({ type: 'job_failed', file: vase, cause: 'cancelled', user: 'ann' })
    rig.to(140)
    expect(rig.told).toEqual(['job.started', 'job.cancelled user', 'job.started'])
  })

  it('a storm of failures tells one', () => {
    const rig = printing()
    rig.to(100)
    for (let i = 0; i < 20; i += 1) rig.signal({ type: 'job_failed', file: vase, cause: 'error', reason: 'firmware', text: 'Klipper shutdown' })
    expect(ends(rig)).toEqual(['job.failed firmware'])
    expect(rig.swallowed).toHaveLength(19)
  })

  it('a cancel sent from here is ours', () => {
    const rig = printing()
    rig.to(100)
    rig.feed({ kind: 'command', at: rig.now, action: 'cancel' })
    rig.to(101)
    rig.signal({ type: 'job_cancelling', user: 'printbell' })
    rig.signal({ type: 'job_cancelled', user: 'printbell' })
    expect(ends(rig)).toEqual(['job.cancelled user by us'])
  })

  it('a command that the server refused is taken back: the cancel of somebody else is not ours', () => {
    const rig = printing()
    rig.to(100)
    rig.feed({ kind: 'command', at: rig.now, action: 'cancel' })
    rig.feed({ kind: 'command', at: rig.now, action: 'cancel', withdrawn: true })
    rig.to(101)
    rig.signal({ type: 'job_cancelled', user: 'ann' })
    expect(ends(rig)).toEqual(['job.cancelled user'])
  })

  it('a command is forgotten after ten seconds', () => {
    const rig = printing()
    rig.to(100)
    rig.feed({ kind: 'command', at: rig.now, action: 'cancel' })
    rig.to(111)
    rig.signal({ type: 'job_cancelled', user: 'ann' })
    expect(ends(rig)).toEqual(['job.cancelled user'])
  })

  it('polling: a job that was complete at its last sight is done when nothing else is known', () => {
    const rig = printing()
    rig.to(200)
    rig.state({ device: 'ready', job: 'none', file: vase, progress: 1 })
    rig.to(209)
    expect(ends(rig)).toEqual([])
    rig.to(210)
    expect(ends(rig)).toEqual(['job.done'])
  })

  it('polling: a job that vanished without any word is a result unknown', () => {
    const rig = printing()
    rig.to(200)
    rig.state({ device: 'ready', job: 'none', file: vase, progress: null })
    rig.to(220)
    expect(ends(rig)).toEqual(['job.result_unknown vanished'])
  })

  it('a glitch that shows the printer idle for a moment ends nothing', () => {
    const rig = printing()
    rig.to(200)
    rig.state({ device: 'ready', job: 'none', file: vase })
    rig.to(201)
    rig.state({ device: 'ready', job: 'printing', file: vase, elapsed: 260 })
    rig.to(260)
    rig.signal({ type: 'job_done', file: vase })
    expect(rig.told).toEqual(['job.started', 'job.done'])
  })

  it('the ended job stays on display until another file is selected', () => {
    const rig = printing()
    rig.to(100)
    rig.signal({ type: 'job_done', file: vase })
    rig.state({ device: 'ready', job: 'none', file: null, progress: null })
    expect(rig.memory.state).toMatchObject({ job: 'done', progress: 1, jobRef: { file: vase } })
    rig.state({ file: lamp, job: 'none' })
    expect(rig.memory.state).toMatchObject({ job: 'none', progress: null, jobRef: null })
  })
})

describe('the file before, shown for a moment after the start of another', () => {
  /** A vase was printed and is still selected; then the lamp is started. OctoPrint 1.11.8 sends one more frame of the vase within 0.5 s (seen). */
  function lampAfterVase(): Rig {
    const rig = printing(vase)
    rig.to(100)
    rig.signal({ type: 'job_done', file: vase, printTime: 100 })
    rig.state({ job: 'none', file: vase, progress: 1, elapsed: 100 })
    rig.to(110)
    rig.events.length = 0
    rig.signal({ type: 'job_started', file: lamp, user: 'ann' })
    rig.to(110.4)
    return rig
  }
  const job = (rig: Rig): string[] => rig.events.map((event) => `${event.type} ${event.job?.file.name ?? '-'}`)

  it.each(['printing', 'cancelling', 'none'] as const)('"%s" of it ends nothing and begins nothing', (phase) => {
    const rig = lampAfterVase()
    rig.state({ job: phase, file: vase, progress: 0.97, elapsed: 2 })
    rig.to(112.4)
    rig.state({ job: 'printing', file: lamp, progress: 0, elapsed: 1 })
    rig.to(140)
    expect(job(rig)).toEqual(['job.started lamp.gcode'])
    expect(rig.memory.state).toMatchObject({ job: 'printing', jobRef: { file: lamp }, elapsed: 1 })
  })

  it('does not hide that the new print is paused at once', () => {
    const rig = lampAfterVase()
    rig.state({ job: 'printing', file: vase, progress: 0.97, elapsed: 2 })
    rig.to(112.4)
    rig.state({ job: 'paused', file: lamp, elapsed: 0 })
    rig.to(140)
    expect(job(rig)).toEqual(['job.started lamp.gcode', 'job.paused lamp.gcode'])
  })

  it('is news when it stays', () => {
    const rig = lampAfterVase()
    rig.to(115)
    rig.state({ job: 'printing', file: vase, elapsed: 3 })
    rig.to(140)
    expect(job(rig)).toContain('job.started Vase.gcode')
  })
})
