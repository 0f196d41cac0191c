import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { Rig, T0, type RigOptions } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }

function seen(options: RigOptions = {}): Rig {
  const rig = new Rig({ ...options, thresholds: { linkStale: 1e6, stalledAfter: 0, ...options.thresholds } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null, heaters: { tool0: { actual: 21, target: 0 }, bed: { actual: 21, target: 0 } } }, true)
  return rig
}
const heat = (rig: Rig, t: number, name: string, actual: number, target: number | null): void => {
  rig.to(t)
  rig.state({ heaters: { [name]: { actual, target } } })
}

describe('heaters', () => {
  it('R12: a target above 35 is told once it was held for five seconds, once per target, again for a new one', () => {
    const rig = seen()
    heat(rig, 1, 'tool0', 21, 215)
    heat(rig, 60, 'tool0', 213.5, 215)
    rig.to(64.9)
    expect(rig.told).toEqual([])
    rig.to(65)
    expect(rig.told).toEqual(['heater.target_reached tool0'])
    expect(rig.events[0]).toMatchObject({ severity: 'info', heater: { name: 'tool0', actual: 213.5, target: 215 } })
    heat(rig, 70, 'tool0', 218, 215)
    heat(rig, 80, 'tool0', 215, 215)
    rig.to(120)
    expect(rig.told).toHaveLength(1)
    heat(rig, 130, 'tool0', 215, 240)
    heat(rig, 150, 'tool0', 239, 240)
    rig.to(160)
    expect(rig.told).toEqual(['heater.target_reached tool0', 'heater.target_reached tool0'])
  })

  it.each<[string, [number, number, number | null][]]>([
    ['a target of 35', [[1, 21, 35], [10, 35, 35], [30, 35, 35]]],
    ['a new target less than ten away', [[1, 21, 215], [2, 200, null], [3, 200, 205], [30, 205, 205]]],
    ['a pass through that is not held', [[1, 21, 215], [10, 214, 215], [13, 219, 215], [16, 214, 215], [18, 210, 215]]],
    ['no target at all', [[1, 40, null], [30, 60, null]]],
  ])('R12: %s tells nothing', (_, steps) => {
    const rig = seen()
    for (const [t, actual, target] of steps) heat(rig, t, 'tool0', actual, target)
    if (steps.at(-1)?.[0] === 30) rig.to(60)
    expect(rig.told).toEqual([])
  })

  it('R12: the difference is a choice (0.25, as Obico has it)', () => {
    const rig = seen({ thresholds: { heaterWithin: 0.25, heaterHold: 0 } })
    heat(rig, 1, 'bed', 21, 60)
    heat(rig, 50, 'bed', 59.5, 60)
    expect(rig.told).toEqual([])
    heat(rig, 52, 'bed', 59.8, 60)
    expect(rig.told).toEqual(['heater.target_reached bed'])
  })

  it('R13: a heater that is hot at its first sight was reached before we looked', () => {
    const rig = new Rig({ thresholds: { linkStale: 1e6 } })
    rig.link('up')
    rig.state({ device: 'ready', job: 'none', file: null, heaters: { bed: { actual: 60, target: 60 } } }, true)
    rig.to(30)
    rig.state({ heaters: { bed: { actual: 60.2, target: 60 } } })
    rig.to(60)
    expect(rig.told).toEqual([])
  })

  it('R12: the bed is told cool once after a job, not without one', () => {
    const rig = seen()
    heat(rig, 1, 'bed', 60, 0)
    heat(rig, 20, 'bed', 39, 0)
    expect(rig.told).toEqual([])
    rig.signal({ type: 'job_started', file })
    heat(rig, 30, 'bed', 60, 60)
    rig.to(100)
    rig.signal({ type: 'job_done', file })
    heat(rig, 110, 'bed', 55, 0)
    heat(rig, 300, 'bed', 40.1, 0)
    expect(rig.told).toEqual(['job.started', 'job.done'])
    heat(rig, 310, 'bed', 40, 0)
    heat(rig, 320, 'bed', 39, 0)
    expect(rig.told).toEqual(['job.started', 'job.done', 'heater.cooled bed'])
    expect(rig.events[2]?.job?.file).toEqual(file)
  })

  it('R12: a new job takes back the wait for the cool bed', () => {
    const rig = seen()
    rig.signal({ type: 'job_started', file })
    heat(rig, 30, 'bed', 60, 60)
    rig.signal({ type: 'job_done', file })
    rig.to(60)
    rig.signal({ type: 'job_started', file })
    heat(rig, 70, 'bed', 39, 0)
    expect(rig.told.filter((told) => told.startsWith('heater'))).toEqual([])
  })

  it('R12: when all heaters are chosen a nozzle whose target fell to 0 is told cool too', () => {
    const rig = seen({ thresholds: { cooledHeaters: 'all' } })
    heat(rig, 1, 'tool0', 200, 200)
    heat(rig, 10, 'tool0', 190, 0)
    heat(rig, 200, 'tool0', 38, 0)
    expect(rig.told).toEqual(['heater.cooled tool0'])
  })

  it('heaters left on for half an hour without a job are one warning', () => {
    const rig = seen()
    heat(rig, 100, 'bed', 21, 60)
    rig.state({ heaters: { tool0: { actual: 25, target: 200 } } })
    rig.to(1899)
    expect(rig.told).toEqual([])
    rig.to(1900)
    expect(rig.told).toEqual(['heater.left_on tool0'])
    expect(rig.events[0]).toMatchObject({ severity: 'warning', context: { heaters: ['tool0', 'bed'] } })
    rig.to(9000)
    expect(rig.told).toHaveLength(1)
  })

  it('the half hour counts from the end of the job, and never during one', () => {
    const rig = seen()
    rig.signal({ type: 'job_started', file })
    heat(rig, 10, 'bed', 60, 60)
    rig.to(7200)
    rig.signal({ type: 'job_done', file })
    rig.to(7200 + 1799)
    expect(rig.told).not.toContain('heater.left_on bed')
    rig.to(7200 + 1800)
    expect(rig.told.at(-1)).toBe('heater.left_on bed')
  })

  it('a night asleep does not count as left on', () => {
    const rig = seen()
    heat(rig, 100, 'bed', 21, 60)
    rig.now = T0 + 30_000_000
    rig.feed({ kind: 'gap', at: rig.now, from: T0 + 110_000, why: 'sleep' })
    rig.to(30_000 + 1000)
    expect(rig.told).toEqual([])
    rig.to(30_000 + 1800)
    expect(rig.told).toEqual(['heater.left_on bed'])
  })
})
