import { describe, expect, it } from 'vitest'
import { wasRestarted } from './reconcile.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const SEEN = NOW - 60_000
const FILE = { name: 'a.gcode', path: 'a.gcode', origin: 'local', size: null }
const NOTHING = { active: false, file: null }
const seconds = (ms: number) => ms / 1000
const memory = (...times: number[]) => ({ temps: times.map((time) => ({ time })), markings: [] })

describe('whether the server was restarted while nobody looked', () => {
  it.each([
    ['its memory reaches back before our last sight', { memory: memory(seconds(SEEN - 10_000)), process: 'other' as const }, true, false],
    ['only a chart marking reaches back', { memory: { temps: [], markings: [{ time: seconds(SEEN - 10_000), type: 'print' }] }, process: null }, true, false],
    ['it still knew our session', { memory: memory(), process: 'same' as const }, true, false],
    ['it was seen starting', { memory: memory(seconds(SEEN + 5_000)), process: 'other' as const }, false, true],
    ['it was seen starting and shows no memory', { memory: null, process: 'other' as const }, true, true],
    ['its memory begins after our last sight of a running job', { memory: memory(seconds(SEEN + 5_000)), process: null }, true, true],
    ['its memory is empty though a job ran', { memory: memory(), process: null }, true, true],
    ['its memory begins late, but no job ran', { memory: memory(seconds(SEEN + 5_000)), process: null }, false, false],
    ['its memory could not be read', { memory: null, process: null }, true, false],
    // A quick restart: temperatures carry whole seconds, rounded down.
    ['a temperature was noted in the second of our last sight', { memory: memory(Math.floor(seconds(SEEN))), process: 'other' as const }, true, true],
  ])('%s', (_what, known, active, restarted) => {
    expect(wasRestarted({ ...known, present: NOTHING, skew: 0, now: NOW }, SEEN, active ? FILE : null)).toBe(restarted)
  })

  it('is not assumed of a young server that still has the file selected, unless it was seen starting', () => {
    const late = { memory: memory(seconds(SEEN + 5_000)), skew: 0, now: NOW, present: { active: false, file: FILE } }
    expect(wasRestarted({ ...late, process: null }, SEEN, FILE)).toBe(false)
    expect(wasRestarted({ ...late, process: 'other' }, SEEN, FILE)).toBe(true)
    expect(wasRestarted({ ...late, process: null, present: { active: false, file: { ...FILE, path: 'b.gcode' } } }, SEEN, FILE)).toBe(true)
    // Somebody may have started the same file again after the restart.
    expect(wasRestarted({ ...late, process: null, present: { active: true, file: FILE } }, SEEN, FILE)).toBe(true)
  })

  it('cannot tell after half an hour, because nobody remembers longer', () => {
    expect(wasRestarted({ memory: memory(seconds(NOW - 1_000_000)), process: null, present: NOTHING, skew: 0, now: NOW }, NOW - 3_600_000, FILE)).toBe(false)
  })

  it('counts in the clock of the server', () => {
    const hour = 3_600_000
    expect(wasRestarted({ memory: memory(seconds(SEEN + hour - 10_000)), process: 'other', present: NOTHING, skew: hour, now: NOW }, SEEN, FILE)).toBe(false)
    expect(wasRestarted({ memory: memory(seconds(SEEN - 10_000)), process: 'other', present: NOTHING, skew: -hour, now: NOW }, SEEN, FILE)).toBe(true)
  })
})
