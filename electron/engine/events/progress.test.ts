import { describe, expect, it } from 'vitest'
import type { JobFile, StateReport } from './model.ts'
import { reload, Rig, T0, type RigOptions } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }

function printing(options: RigOptions = {}): Rig {
  const rig = new Rig({ ...options, thresholds: { linkStale: 1e6, stalledAfter: 0, ...options.thresholds } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  rig.signal({ type: 'job_started', file, user: 'ann' })
  rig.state({ job: 'printing' })
  return rig
}
const at = (rig: Rig, t: number, state: StateReport): void => {
  rig.to(t)
  rig.state({ job: 'printing', ...state })
}
const after = (rig: Rig): string[] => rig.told.slice(1)

describe('progress', () => {
  it('each quarter is told once, monotone, never at 0 or 100', () => {
    const rig = printing()
    const told = [0, 0.1, 0.25, 0.26, 0.2, 0.25, 0.5, 0.49, 0.5, 0.74, 0.75, 0.99, 1, 1]
    told.forEach((progress, i) => at(rig, 100 + i * 100, { progress }))
    expect(after(rig)).toEqual(['job.progress 0.25', 'job.progress 0.5', 'job.progress 0.75'])
    expect(rig.memory.state.progress).toBe(1)
  })
  it('several steps at once collapse to the highest', () => {
    const rig = printing({ thresholds: { progressStep: 0.1 } })
    at(rig, 10, { progress: 0.57 })
    expect(after(rig)).toEqual(['job.progress 0.5'])
    expect(rig.suppressed[0]).toMatchObject({ reason: 'collapsed_progress', detail: '4 steps passed at once' })
  })
  it('progress never goes backwards within a job, an unknown one unlearns nothing, a new job starts anew', () => {
    const rig = printing()
    at(rig, 10, { progress: 0.4 })
    at(rig, 11, { progress: 0.38 })
    at(rig, 12, { progress: null })
    expect(rig.memory.state.progress).toBe(0.4)
    rig.signal({ type: 'job_done', file })
    rig.to(60)
    rig.signal({ type: 'job_started', file })
    expect(rig.memory.state.progress).toBe(null)
  })
  it('a step of 0 tells no progress', () => {
    const rig = printing({ thresholds: { progressStep: 0 } })
    at(rig, 10, { progress: 0.6 })
    expect(after(rig)).toEqual([])
  })
  it('every so many hours is a milestone, when chosen', () => {
    const rig = printing({ thresholds: { milestoneHours: 2 } })
    at(rig, 10, { elapsed: 7199 })
    at(rig, 20, { elapsed: 7201 })
    at(rig, 30, { elapsed: 7300 })
    rig.memory = reload(rig.memory)
    at(rig, 40, { elapsed: 14_401 })
    expect(after(rig)).toEqual(['job.milestone_time', 'job.milestone_time'])
    expect(rig.events.at(-1)?.context).toEqual({ hours: 4 })
  })
  it('five minutes left is told once, and never for a job that was not longer', () => {
    const rig = printing()
    at(rig, 10, { remaining: 900 })
    at(rig, 700, { remaining: 300 })
    at(rig, 800, { remaining: 310 })
    at(rig, 900, { remaining: 200 })
    expect(after(rig)).toEqual(['job.finishing_soon'])
    const short = printing()
    at(short, 1, { remaining: 0 })
    at(short, 10, { remaining: 200 })
    expect(after(short)).toEqual([])
  })
  it('an end that moves by more than 15 min and 10 % is told, and again only by as much more', () => {
    const rig = printing()
    at(rig, 400, { elapsed: 400, remaining: 3600, progress: 0.1 })
    at(rig, 1000, { elapsed: 1000, remaining: 3600 })
    expect(after(rig)).toEqual([])
    at(rig, 1400, { elapsed: 1400, remaining: 3600 })
    expect(after(rig)).toEqual(['job.eta_slipped'])
    expect(rig.events.at(-1)).toMatchObject({ severity: 'warning', context: { seconds: 1000 } })
    at(rig, 1500, { elapsed: 1500, remaining: 3600 })
    expect(after(rig)).toHaveLength(1)
  })
  it('of a job of ten hours 15 min are no slip, an hour is', () => {
    const rig = printing()
    at(rig, 600, { elapsed: 600, remaining: 36_000, progress: 0.06 })
    at(rig, 1700, { elapsed: 1700, remaining: 36_000 })
    expect(after(rig)).toEqual([])
    at(rig, 4300, { elapsed: 4300, remaining: 36_000 })
    expect(after(rig)).toEqual(['job.eta_slipped'])
  })
  it('a pause moves the end by its length and is no slip', () => {
    const rig = printing()
    at(rig, 400, { elapsed: 400, remaining: 3600, progress: 0.1 })
    rig.signal({ type: 'job_paused', user: 'ann' })
    rig.to(4000)
    rig.signal({ type: 'job_resumed', user: 'ann' })
    at(rig, 4001, { elapsed: 401, remaining: 3599 })
    expect(after(rig)).toEqual(['job.paused user', 'job.resumed user'])
  })
  it('keeps the state complete: remaining and the clock time of the end', () => {
    const rig = printing()
    at(rig, 10, { remaining: 120, elapsed: 9, progress: 0.07, z: 0.4 })
    expect(rig.memory.state).toMatchObject({ remaining: 120, elapsed: 9, eta: T0 + 130_000, z: 0.4, progress: 0.07 })
  })
})

describe('a print that stands still', () => {
  const stall = { thresholds: { stalledAfter: 600 } }
  it('is told after ten minutes in which nothing moved, once', () => {
    const rig = printing(stall)
    at(rig, 100, { progress: 0.1, elapsed: 90 })
    at(rig, 300, { progress: 0.1, elapsed: 90 })
    rig.to(699)
    expect(after(rig)).toEqual([])
    rig.to(5000)
    expect(after(rig)).toEqual(['job.stalled'])
    expect(rig.events.at(-1)).toMatchObject({ severity: 'warning', observedAt: T0 + 700_000 })
  })
  it.each<[string, StateReport]>([
    ['progress', { progress: 0.11 }], ['elapsed', { elapsed: 91 }], ['z', { z: 0.4 }], ['layer', { layer: 3 }],
  ])('does not when %s moved meanwhile', (_, moved) => {
    const rig = printing(stall)
    at(rig, 100, { progress: 0.1, elapsed: 90, z: 0.2, layer: 2 })
    at(rig, 650, { progress: 0.1, elapsed: 90, z: 0.2, layer: 2, ...moved })
    rig.to(1200)
    expect(after(rig)).not.toContain('job.stalled')
  })
  it('counts only what was watched: a line that was lost says nothing of the print', () => {
    const rig = printing({ thresholds: { stalledAfter: 600, linkLostPrinting: 60 } })
    at(rig, 40, { progress: 0.1, elapsed: 30 })
    rig.link('down', 'timeout')
    rig.to(3600)
    rig.link('up')
    rig.state({ device: 'ready', job: 'printing', file: rig.memory.state.jobRef?.file ?? null, progress: 0.4, elapsed: 3590 }, true)
    expect(after(rig).filter((told) => told.startsWith('job.stalled'))).toEqual([])
    rig.to(4300)
    expect(after(rig).filter((told) => told.startsWith('job.stalled'))).toEqual(['job.stalled'])
  })
  it('does not while it heats, is paused, or needs a human', () => {
    const heating = printing(stall)
    at(heating, 10, { progress: 0, elapsed: 0, heaters: { bed: { actual: 30, target: 100 } } })
    heating.to(3000)
    expect(after(heating)).toEqual([])
    const paused = printing(stall)
    at(paused, 10, { progress: 0.1 })
    paused.signal({ type: 'job_paused', user: 'ann' })
    paused.to(3000)
    expect(after(paused)).toEqual(['job.paused user'])
    const asking = printing({ thresholds: { stalledAfter: 600, reminderTimes: 0 } })
    at(asking, 10, { progress: 0.1 })
    asking.signal({ type: 'attention', key: 'prompt', kind: 'user_input' })
    asking.to(3000)
    expect(after(asking)).toEqual(['attention.user_input'])
  })
})

describe('the first layer', () => {
  const heights = (rig: Rig, list: [number, number][]): void => {
    for (const [t, z] of list) {
      rig.to(t)
      rig.state({ z })
    }
  }
  it('is done when z went up and on without coming back', () => {
    const rig = printing()
    heights(rig, [[10, 10], [20, 0.2], [200, 0.4], [300, 0.6]])
    expect(after(rig)).toEqual(['job.first_layer_done'])
    expect(rig.events.at(-1)?.occurredAt).toBe(T0 + 200_000)
  })
  it('is done when z stays up for 20 s', () => {
    const rig = printing()
    heights(rig, [[20, 0.2], [200, 0.4]])
    rig.to(219)
    expect(after(rig)).toEqual([])
    rig.to(220)
    expect(after(rig)).toEqual(['job.first_layer_done'])
  })
  it('a thousand Z-hops of the first layer are no second one', () => {
    const rig = printing()
    for (let i = 0; i < 1000; i += 1) heights(rig, [[i * 2, 0.2], [i * 2 + 0.5, 0.6], [i * 2 + 1, 0.2]])
    expect(after(rig)).toEqual([])
  })
  it('a hop that comes down on the next layer is the end of the first', () => {
    const rig = printing()
    heights(rig, [[20, 0.2], [21, 0.6], [22, 0.2], [100, 0.6], [101, 0.4]])
    expect(after(rig)).toEqual(['job.first_layer_done'])
  })
  it('a purge line and the lift after it are no first layer', () => {
    const rig = printing()
    heights(rig, [[5, 5], [6, 0.3], [20, 2.3], [60, 0.2], [61, 0.2]])
    rig.to(100)
    expect(after(rig)).toEqual([])
  })
  it('a head that was parked by a pause is no second layer', () => {
    const rig = printing()
    heights(rig, [[5, 0.2]])
    rig.signal({ type: 'job_paused', user: 'ann' })
    heights(rig, [[6, 0.8], [7, 25]])
    rig.to(100)
    expect(after(rig)).toEqual(['job.paused user'])
  })
  it('a server that counts layers is believed, and chosen layers are told once', () => {
    const rig = printing({ thresholds: { layers: [2, 10, 20] } })
    rig.signal({ type: 'layer', layer: 1, layers: 30 })
    expect(after(rig)).toEqual([])
    rig.signal({ type: 'layer', layer: 2 })
    rig.signal({ type: 'layer', layer: 2 })
    rig.signal({ type: 'layer', layer: 25 })
    expect(after(rig)).toEqual(['job.first_layer_done', 'job.layer', 'job.layer'])
    expect(rig.events.at(-1)?.context).toEqual({ layer: 20 })
    expect(rig.memory.state).toMatchObject({ layer: 25, layers: 30 })
  })
})
