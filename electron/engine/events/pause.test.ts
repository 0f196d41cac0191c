import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { reload, Rig, T0 } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }

function printing(): Rig {
  const rig = new Rig({ thresholds: { linkStale: 1e6 } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  rig.signal({ type: 'job_started', file, user: 'ann' })
  rig.state({ job: 'printing' })
  rig.to(100)
  return rig
}
const after = (rig: Rig): string[] => rig.told.slice(1)

describe('pauses', () => {
  it('R15: a pause is told five seconds after it began, with the time it began', () => {
    const rig = printing()
    rig.signal({ type: 'job_paused', user: 'ann', progress: 0.42 })
    rig.state({ job: 'paused' })
    rig.to(104.9)
    expect(after(rig)).toEqual([])
    rig.to(105)
    expect(after(rig)).toEqual(['job.paused user'])
    expect(rig.events[1]).toMatchObject({ occurredAt: T0 + 100_000, observedAt: T0 + 105_000, severity: 'warning', snapshot: 'now', progress: 0.42 })
    rig.to(200)
    rig.signal({ type: 'job_resumed', user: null })
    rig.state({ job: 'printing' })
    expect(after(rig)).toEqual(['job.paused user', 'job.resumed printer'])
  })

  it('R15: a parking pause at every layer is dropped, each on record', () => {
    const rig = printing()
    for (let layer = 0; layer < 50; layer += 1) {
      rig.signal({ type: 'job_paused' })
      rig.to(102 + layer * 10)
      rig.signal({ type: 'job_resumed' })
      rig.to(110 + layer * 10)
    }
    expect(after(rig)).toEqual([])
    expect(rig.swallowed).toEqual(Array.from({ length: 50 }, () => 'job.paused short_pause'))
  })

  it('R15: a pause that lasted is told even when the tick came late and its end comes with it', () => {
    const rig = printing()
    rig.signal({ type: 'job_paused', user: 'ann' })
    rig.wakeAt = null
    rig.to(112)
    rig.signal({ type: 'job_resumed', user: 'ann' })
    expect(after(rig)).toEqual(['job.paused user', 'job.resumed user'])
  })

  it('a pause seen by the state alone (polling) is told with an unknown reason', () => {
    const rig = printing()
    rig.state({ job: 'paused' })
    rig.to(110)
    rig.state({ job: 'printing' })
    expect(after(rig)).toEqual(['job.paused unknown', 'job.resumed unknown'])
  })

  it('a pause and a resume sent from here are ours', () => {
    const rig = printing()
    rig.feed({ kind: 'command', at: rig.now, action: 'pause' })
    rig.to(100.5)
    rig.state({ job: 'pausing' })
    rig.signal({ type: 'job_paused', user: 'printbell' })
    rig.to(120)
    rig.feed({ kind: 'command', at: rig.now, action: 'resume' })
    rig.signal({ type: 'job_resumed', user: 'printbell' })
    expect(after(rig)).toEqual(['job.paused user by us', 'job.resumed user by us'])
  })

  it('a stored pause is told after a reload, once', () => {
    const rig = printing()
    rig.signal({ type: 'job_paused', user: null })
    rig.memory = reload(rig.memory)
    rig.to(106)
    rig.memory = reload(rig.memory)
    rig.to(300)
    expect(after(rig)).toEqual(['job.paused printer'])
  })

  it('sleep of the computer does not make a short pause long', () => {
    const rig = printing()
    rig.signal({ type: 'job_paused' })
    rig.to(102)
    rig.now = T0 + 5_000_000
    rig.feed({ kind: 'gap', at: rig.now, from: T0 + 102_000, why: 'sleep' })
    rig.signal({ type: 'job_resumed' })
    expect(after(rig)).toEqual([])
  })
})

describe('waking up before anybody says so', () => {
  it('a tick that comes hours late is a sleep: nothing is concluded from the silence', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.signal({ type: 'job_started', file, user: 'ann' })
    rig.to(5)
    rig.now = T0 + 20_000_000
    rig.feed({ kind: 'tick', at: rig.now })
    rig.feed({ kind: 'gap', at: rig.now + 2000, from: T0 + 5000, why: 'sleep' })
    expect(rig.told).toEqual(['job.started'])
    expect(rig.memory.state.link).not.toBe('down')
    // Ten seconds of silence were watched before the sleep's tick, two of the gap that is told were not; fifty remain.
    rig.to(20_051)
    expect(rig.told).toEqual(['job.started'])
    rig.to(20_075)
    expect(rig.told).toEqual(['job.started', 'link.lost during_job'])
  })

  it('a gap that is told again while it grows is made good for once', () => {
    const rig = new Rig()
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null }, true)
    rig.signal({ type: 'job_started', file, user: 'ann' })
    for (let t = 5; t <= 65; t += 5) {
      rig.now = T0 + t * 1000
      rig.feed({ kind: 'gap', at: rig.now, from: T0, why: 'own_network' })
    }
    rig.to(124)
    expect(rig.told).toEqual(['job.started'])
    rig.to(126)
    expect(rig.told).toEqual(['job.started', 'link.lost during_job'])
  })
})

describe('attentions', () => {
  const change = { type: 'attention', key: 'filament_change', kind: 'filament_change' } as const

  it('R14: an attention is never delayed, rings once per occurrence and again only after it was left', () => {
    const rig = printing()
    rig.signal(change)
    expect(after(rig)).toEqual(['attention.filament_change'])
    rig.signal(change)
    rig.to(160)
    rig.signal(change)
    expect(after(rig)).toEqual(['attention.filament_change'])
    rig.signal({ type: 'attention_cleared', key: 'filament_change' })
    rig.to(170)
    rig.signal(change)
    expect(after(rig)).toEqual(['attention.filament_change', 'attention.cleared', 'attention.filament_change'])
  })

  it('R61: prompts of an M600 update the open occurrence, its choices are offered and taken away', () => {
    const rig = printing()
    rig.signal(change)
    rig.signal({ type: 'attention', key: 'prompt', kind: 'user_input', text: 'Heater Timeout', choices: ['Reheat'] })
    expect(rig.memory.state.attentions).toMatchObject([{ kind: 'filament_change', text: 'Heater Timeout', choices: ['Reheat'] }])
    rig.signal({ type: 'attention', key: 'prompt', kind: 'user_input', text: 'Nozzle parked', choices: ['Continue'] })
    expect(rig.memory.state.attentions).toMatchObject([{ choices: ['Continue'] }])
    rig.signal({ type: 'attention_cleared', key: 'prompt' })
    expect(rig.memory.state.attentions).toMatchObject([{ kind: 'filament_change', choices: [], text: null }])
    expect(after(rig)).toEqual(['attention.filament_change'])
    rig.signal({ type: 'attention_cleared', key: 'filament_change' })
    expect(after(rig)).toEqual(['attention.filament_change', 'attention.cleared'])
    expect(rig.memory.state.attentions).toEqual([])
  })

  it('R61: a prompt that comes after the pause it caused covers the pause', () => {
    const rig = printing()
    rig.signal({ type: 'job_paused' })
    rig.to(102)
    rig.signal({ type: 'attention', key: 'prompt', kind: 'user_input', text: 'Swap?', choices: ['Done'] })
    rig.to(130)
    expect(after(rig)).toEqual(['attention.user_input'])
    expect(rig.swallowed).toEqual(['job.paused same_job'])
  })

  it('two faults of different kind are two occurrences', () => {
    const rig = printing()
    rig.signal({ type: 'attention', key: 'runout', kind: 'filament_runout' })
    rig.signal({ type: 'attention', key: 'door', kind: 'door' })
    expect(after(rig)).toEqual(['attention.filament_runout', 'attention.door'])
  })

  it('R14: reminders come every ten minutes, three times, while unresolved', () => {
    const rig = printing()
    rig.signal(change)
    rig.to(4000)
    expect(after(rig)).toEqual(['attention.filament_change', 'attention.reminder', 'attention.reminder', 'attention.reminder'])
    expect(rig.events.slice(2).map((event) => event.occurredAt - T0)).toEqual([700_000, 1_300_000, 1_900_000])
  })

  it('an acknowledged attention is not reminded of', () => {
    const rig = printing()
    rig.signal(change)
    rig.to(200)
    rig.feed({ kind: 'acknowledged', at: rig.now })
    rig.to(4000)
    expect(after(rig)).toEqual(['attention.filament_change'])
  })

  it('closing what is not open is normal', () => {
    const rig = printing()
    rig.signal({ type: 'attention_cleared', key: 'prompt' })
    expect(after(rig)).toEqual([])
    expect(rig.swallowed).toEqual([])
  })

  it('an answer sent from here makes the clearing ours', () => {
    const rig = printing()
    rig.signal(change)
    rig.feed({ kind: 'command', at: rig.now, action: 'answer' })
    rig.signal({ type: 'attention_cleared', key: 'filament_change' })
    expect(after(rig)).toEqual(['attention.filament_change', 'attention.cleared by us'])
  })

  it('the end of the job closes its attentions without a second notice', () => {
    const rig = printing()
    rig.signal(change)
    rig.signal({ type: 'job_cancelled', user: 'ann' })
    expect(after(rig)).toEqual(['attention.filament_change', 'job.cancelled user'])
    expect(rig.swallowed).toEqual(['attention.cleared same_job'])
    expect(rig.memory.state.attentions).toEqual([])
  })

  it('a stop that ended while nobody looked is cleared by the first state after the gap', () => {
    const rig = printing()
    rig.signal(change)
    rig.state({ job: 'paused' })
    rig.to(130)
    rig.link('down', 'closed')
    rig.to(150)
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing', file, elapsed: 90 }, true)
    expect(after(rig)).toEqual(['attention.filament_change', 'attention.cleared'])
  })

  it('a server that lists its attentions opens and closes them by the list', () => {
    const rig = printing()
    rig.state({ attentions: [{ key: 'a', kind: 'filament_runout', text: 'T0', choices: [] }] })
    rig.state({ attentions: [{ key: 'a', kind: 'filament_runout', text: 'T0', choices: [] }] })
    rig.state({ attentions: [] })
    expect(after(rig)).toEqual(['attention.filament_runout', 'attention.cleared'])
    expect(rig.swallowed).toEqual([])
  })
})
