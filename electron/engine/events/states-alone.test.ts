/** Servers that tell a job's end by the state alone, give its id late, count layers, and clear their display. */
import { describe, expect, it } from 'vitest'
import type { JobFile, Signal } from './model.ts'
import { activeJob } from './reduce.ts'
import { reload, Rig, T0 } from './replay.support.ts'

const vase: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'gcodes', size: 1000 }

function printing(jobId?: string): Rig {
  const rig = new Rig({ thresholds: { linkStale: 1e6, stalledAfter: 0 } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  rig.to(1)
  rig.signal({ type: 'job_started', file: vase, ...(jobId === undefined ? {} : { jobId }) })
  rig.state({ job: 'printing', file: vase, progress: 0.1, elapsed: 60, printTime: 40 })
  return rig
}
const after = (rig: Rig): string[] => rig.told.slice(1)

describe('ends that only the state tells', () => {
  it('are told at once; who cancelled is not known', () => {
    const rig = printing()
    rig.state({ job: 'cancelled' })
    expect(after(rig)).toEqual(['job.cancelled unknown'])
  })

  it('a cancel sent from here is ours', () => {
    const rig = printing()
    rig.feed({ kind: 'command', at: rig.now, action: 'cancel' })
    rig.state({ job: 'cancelled' })
    expect(after(rig)).toEqual(['job.cancelled user by us'])
  })

  it.each(['told by a signal', 'left to the silence'])('an emergency stop sent from here is ours, its failure %s', (how) => {
    const rig = printing()
    rig.feed({ kind: 'command', at: rig.now, action: 'emergency_stop' })
    rig.state({ device: 'shutdown', error: 'Shutdown due to webhooks request', deviceCause: 'emergency_stop', job: 'none' })
    if (how === 'told by a signal') rig.signal({ type: 'job_failed', file: vase, cause: 'error', reason: 'emergency_stop', text: 'Shutdown due to webhooks request' })
    rig.to(20)
    expect(after(rig)).toEqual(['device.shutdown', 'job.failed emergency_stop by us'])
  })

  it('that linger after a gap are told late and once', () => {
    const rig = printing('000001@7')
    rig.to(9)
    rig.link('down', 'closed')
    rig.to(30)
    rig.link('up')
    rig.state({ device: 'ready', job: 'done', file: vase }, true)
    rig.state({ job: 'done', file: vase })
    rig.to(60)
    expect(after(rig)).toEqual(['job.done late'])
  })

  const outcome = (what: Partial<Extract<Signal, { type: 'outcome' }>>): Signal => ({
    type: 'outcome', file: vase, jobId: '000001@7', success: false, endedAt: T0 + 20_000, printTime: 12, restarted: false, ...what,
  })
  it.each<[string, Partial<Extract<Signal, { type: 'outcome' }>>, string]>([
    ['cancelled', { cancelled: true }, 'job.cancelled unknown late'],
    ['failed of a known cause', { reason: 'connection_lost', text: 'Klipper stopped' }, 'job.failed connection_lost late'],
    ['not told', { success: null, endedAt: null }, 'job.done late'],
  ])('after a gap the records know better which run the lingering end is of: %s', (_, what, expected) => {
    const rig = printing('000001@7')
    rig.to(9)
    rig.link('down', 'closed')
    rig.to(30)
    rig.signal(outcome(what))
    rig.link('up')
    rig.state({ device: 'ready', job: 'done', file: vase }, true)
    rig.to(60)
    expect(after(rig)).toEqual([expected])
  })

  it('a lingering end at first sight is a baseline', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'done', file: vase }, true)
    rig.to(60)
    expect(rig.told.filter((told) => !told.startsWith('link'))).toEqual([])
  })

  it('a job that began and failed unseen carries the cause that the records tell', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.to(5)
    rig.link('down', 'closed')
    rig.to(30)
    rig.signal(outcome({ reason: 'firmware', text: 'Move out of range' }))
    expect(rig.told).toEqual(['job.failed firmware late'])
    expect(rig.events[0]).toMatchObject({ text: 'Move out of range', job: { key: '000001@7' } })
  })
})

describe('an id that comes after the start', () => {
  it('is remembered, and the key that was told stays', () => {
    const rig = printing()
    const key = rig.events[0]?.job?.key
    rig.state({ job: 'printing', jobId: '00000A@9' })
    rig.memory = reload(rig.memory)
    expect(activeJob(rig.memory)?.jobId).toBe('00000A@9')
    rig.state({ job: 'done', jobId: '00000A@9' })
    expect(rig.events.at(-1)?.job?.key).toBe(key)
  })
})

describe('numbers', () => {
  it('time printed is kept apart from time elapsed, and the end carries it', () => {
    const rig = printing()
    expect(rig.memory.state).toMatchObject({ elapsed: 60, printTime: 40 })
    rig.state({ job: 'printing', elapsed: 70, printTime: 45 })
    rig.state({ job: 'cancelled' })
    expect(rig.events.at(-1)?.printTime).toBe(45)
  })

  it.each<[string, object, string[]]>([['nothing but its clock', {}, ['job.stalled']], ['progress', { progress: 0.2 }, []]])('a server whose clock runs on is stalled when %s moves', (_, moved, expected) => {
    const rig = new Rig({ thresholds: { linkStale: 1e6 } })
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.signal({ type: 'job_started', file: vase })
    rig.state({ job: 'printing', progress: 0.1, elapsed: 60, printTime: 40, z: 1 })
    for (let t = 100; t <= 700; t += 100) {
      rig.to(t)
      rig.state({ job: 'printing', progress: 0.1, elapsed: 60 + t, printTime: 40 + t, z: 1, ...(t === 400 ? moved : {}) })
    }
    expect(after(rig)).toEqual(expected)
  })

  it('where the server counts layers, heights decide nothing', () => {
    const rig = printing()
    rig.state({ job: 'printing', layer: 1, z: 0.2 })
    rig.to(2)
    rig.state({ job: 'printing', layer: 1, z: 0.6 })
    rig.to(3)
    rig.state({ job: 'printing', layer: 1, z: 0.8 })
    rig.to(60)
    expect(after(rig)).toEqual([])
    rig.state({ job: 'printing', layer: 2, z: 0.4 })
    expect(after(rig)).toEqual(['job.first_layer_done'])
  })
})

describe('the display', () => {
  it('that was cleared makes the same text news again', () => {
    const rig = printing()
    rig.state({ message: 'Layer 1' })
    rig.state({ message: 'Layer 1' })
    rig.state({ message: null })
    expect(rig.memory.state.message).toBeNull()
    rig.state({ message: 'Layer 1' })
    expect(after(rig)).toEqual(['message.display', 'message.display'])
  })
})
