import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { reload, Rig } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }

function printing(thresholds: Partial<Rig['context']['thresholds']>): Rig {
  const rig = new Rig({ thresholds: { linkStale: 1e6, stalledAfter: 0, finishingSoon: 0, etaSlippedBy: 0, ...thresholds } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  rig.signal({ type: 'job_started', file, user: 'ann' })
  rig.state({ job: 'printing', progress: 0, elapsed: 0 })
  return rig
}

/** As a runner whose settings changed: another threshold, and a tick. */
function change(rig: Rig, thresholds: Partial<Rig['context']['thresholds']>): void {
  Object.assign(rig.context.thresholds, thresholds)
  rig.feed({ kind: 'tick', at: rig.now })
}

function at(rig: Rig, seconds: number, progress: number): void {
  rig.to(seconds)
  rig.state({ job: 'printing', progress, elapsed: seconds })
}

const after = (rig: Rig): string[] => rig.told.slice(1)

describe('steps that change during a job', () => {
  it('smaller ones tell nothing that is behind, and go on from here', () => {
    const rig = printing({ progressStep: 0.25 })
    at(rig, 100, 0.56)
    change(rig, { progressStep: 0.1 })
    at(rig, 200, 0.58)
    at(rig, 300, 0.61)
    expect(after(rig)).toEqual(['job.progress 0.5', 'job.progress 0.6'])
    expect(rig.suppressed.filter(({ reason }) => reason === 'collapsed_progress').map(({ detail }) => detail)).toEqual(['1 steps passed at once'])
  })

  it('larger ones are told too, under another key than the small ones had', () => {
    const rig = printing({ progressStep: 0.1 })
    for (let step = 1; step <= 5; step += 1) at(rig, step * 100, step / 10)
    change(rig, { progressStep: 0.25 })
    at(rig, 600, 0.74)
    at(rig, 700, 0.76)
    expect(after(rig).slice(5)).toEqual(['job.progress 0.75'])
    const keys = rig.events.filter(({ type }) => type === 'job.progress').map(({ dedupeKey }) => dedupeKey)
    expect(new Set(keys).size).toBe(6)
  })

  it('the very report that reaches a step of the new size tells it', () => {
    const rig = printing({ progressStep: 0.1 })
    at(rig, 100, 0.749)
    change(rig, { progressStep: 0.25 })
    at(rig, 200, 0.75)
    expect(after(rig)).toEqual(['job.progress 0.7', 'job.progress 0.75'])
  })

  it('switched on in the middle, they begin with the next one', () => {
    const rig = printing({ progressStep: 0 })
    at(rig, 100, 0.6)
    rig.memory = reload(rig.memory)
    change(rig, { progressStep: 0.25 })
    at(rig, 200, 0.62)
    at(rig, 300, 0.75)
    expect(after(rig)).toEqual(['job.progress 0.75'])
  })

  it('hours as well', () => {
    const rig = printing({ progressStep: 0, milestoneHours: 1 })
    at(rig, 3 * 3_600 + 60, 0.3)
    change(rig, { milestoneHours: 2 })
    at(rig, 3 * 3_600 + 120, 0.3)
    at(rig, 4 * 3_600 + 60, 0.4)
    expect(rig.events.filter(({ type }) => type === 'job.milestone_time').map(({ context }) => context?.['hours'])).toEqual([3, 4])
  })
})
