import { describe, expect, it } from 'vitest'
import { createHeatLog, firstOf, roleOf } from './heat-log.ts'

const T = Date.UTC(2026, 10, 24, 14, 0)
const at = (seconds: number): number => T + seconds * 1000

describe('what a heater heats', () => {
  it.each([['tool0', 'nozzle'], ['tool1', 'nozzle'], ['extruder', 'nozzle'], ['extruder1', 'nozzle'], ['bed', 'bed'], ['heater_bed', 'bed'], ['chamber', 'chamber'], ['heater_generic chamber', 'chamber'], ['fan', 'other']] as const)('%s is the %s', (name, role) => {
    expect(roleOf(name)).toBe(role)
  })
  it('the first nozzle is tool0, also among ten', () => {
    expect(firstOf('nozzle', ['tool10', 'tool2', 'tool0', 'bed'])).toBe('tool0')
    expect(firstOf('chamber', ['tool0'])).toBeNull()
  })
})

describe('temperatures of the last hour', () => {
  it('keep one sample a step of ten seconds, the last one heard in it', () => {
    const log = createHeatLog()
    for (const [second, actual] of [[0, 20], [4, 21], [9, 22], [10, 30]] as const) log.sample('mk4', at(second), { tool0: { actual, target: 215 } })
    expect(log.series('mk4', at(12)).series).toEqual([{ id: 'tool0', role: 'nozzle', points: [{ at: T, actual: 22, target: 215 }, { at: at(10), actual: 30, target: 215 }] }])
  })

  it('show a gap where nobody looked, and no target where there was none', () => {
    const log = createHeatLog()
    log.sample('mk4', at(0), { bed: { actual: 60.04, target: null } })
    log.sample('mk4', at(30), { bed: { actual: null, target: 60 } })
    expect(log.series('mk4', at(60)).series[0]?.points).toEqual([
      { at: T, actual: 60, target: null }, { at: at(10), actual: null, target: null }, { at: at(20), actual: null, target: null }, { at: at(30), actual: null, target: 60 },
    ])
  })

  it('forget what is older than an hour, and what a round of the ring ago lay in the same place', () => {
    const log = createHeatLog()
    log.sample('mk4', at(0), { bed: { actual: 20, target: 0 } })
    log.sample('mk4', at(10), { bed: { actual: 21, target: 0 } })
    expect(log.series('mk4', at(3_600)).series[0]?.points).toEqual([{ at: at(10), actual: 21, target: 0 }])
    expect(log.series('mk4', at(3_620)).series).toEqual([])
  })

  it('stand nozzle first, then bed, chamber and the rest', () => {
    const log = createHeatLog()
    const cold = { actual: 20, target: 0 }
    log.sample('mk4', at(0), { psu: cold, chamber: cold, bed: cold, tool1: cold, tool0: cold })
    expect(log.series('mk4', at(0)).series.map(({ id }) => id)).toEqual(['tool0', 'tool1', 'bed', 'chamber', 'psu'])
  })

  it('are forgotten with their printer', () => {
    const log = createHeatLog()
    log.sample('mk4', at(0), { bed: { actual: 20, target: 0 } })
    log.keepOnly(new Set(['voron']))
    expect(log.series('mk4', at(0)).series).toEqual([])
  })
})

describe('the sparkline', () => {
  it('has twenty means of 30 s, ends before the step that still runs, and keeps gaps', () => {
    const log = createHeatLog()
    for (let second = 0; second < 600; second += 10) if (second < 300 || second >= 360) log.sample('mk4', at(second), { tool0: { actual: 200 + (second % 30) / 10, target: 215 }, bed: { actual: 60, target: 60 } })
    const { nozzle, bed } = log.spark('mk4', at(605))
    // Means of 200, 201 and 202.
    expect(nozzle).toEqual([...Array<number>(10).fill(201), null, null, ...Array<number>(8).fill(201)])
    expect(bed).toEqual([...Array<number>(10).fill(60), null, null, ...Array<number>(8).fill(60)])
  })
  it('is all gap for a printer nobody heard', () => {
    expect(createHeatLog().spark('none', T)).toEqual({ nozzle: Array(20).fill(null), bed: Array(20).fill(null) })
  })
})
