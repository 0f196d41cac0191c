import { describe, expect, it } from 'vitest'
import type { Observation, StateReport } from '../../events/model.ts'
import { createPace } from './pace.ts'

const state = (report: StateReport): Observation => ({ kind: 'state', sourceId: 's', at: 0, full: false, state: report })
const started: Observation = { kind: 'signal', sourceId: 's', at: 0, signal: { type: 'job_started', file: { name: 'a.gcode', path: 'a.gcode', origin: 'local', size: null } } }
const off = { tool0: { actual: 21, target: 0 }, bed: { actual: 21, target: 0 } }

describe('the pace of the frames', () => {
  const rig = () => {
    const sent: unknown[] = []
    return { sent, pace: createPace((message) => sent.push(message)) }
  }

  it('is a frame in four seconds while nothing runs and nothing is hot', () => {
    const { sent, pace } = rig()
    pace.saw([state({ job: 'none', heaters: off })])
    pace.saw([state({ job: 'none', heaters: off })])
    expect(sent).toEqual([{ throttle: 8 }])
  })

  it('is a frame in two seconds from the moment that a print starts, before a frame says so', () => {
    const { sent, pace } = rig()
    pace.saw([state({ job: 'none', heaters: off })])
    pace.saw([started])
    expect(sent).toEqual([{ throttle: 8 }, { throttle: 4 }])
  })

  it('is quick while a heater has a target, though no print runs', () => {
    const { sent, pace } = rig()
    pace.saw([state({ job: 'none', heaters: off })])
    pace.saw([state({ heaters: { bed: { actual: 22, target: 60 } } })])
    pace.saw([state({ heaters: { tool0: { actual: 21, target: 0 } } })])
    pace.saw([state({ heaters: { bed: { actual: 60, target: 0 } } })])
    expect(sent).toEqual([{ throttle: 8 }, { throttle: 4 }, { throttle: 8 }])
  })

  it('is quick in a pause, and slow again after the end', () => {
    const { sent, pace } = rig()
    pace.saw([state({ job: 'printing', heaters: off })])
    pace.saw([state({ job: 'paused' })])
    expect(sent).toEqual([])
    pace.saw([state({ job: 'none' })])
    expect(sent).toEqual([{ throttle: 8 }])
  })
})
