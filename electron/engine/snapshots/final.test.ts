import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { Job, PrinterState } from '../events/model.ts'
import { initialMemory } from '../events/reduce.ts'
import { createFinalPictures } from './final.ts'
import type { LookResult } from './snapshots.ts'

const job = (key: string): Job => ({ key, file: { name: 'a.gcode', path: 'a.gcode', origin: 'local', size: null }, startedAt: NOON, endedAt: null, user: null })
const PRINTING: PrinterState = { ...initialMemory('up').state, device: 'ready', job: 'printing', jobRef: job('j1'), remaining: 120, progress: 0.9 }

interface World {
  wanted: boolean
  light: boolean
  /** What the camera does; absent = a still at once. */
  look?: () => Promise<LookResult>
  connected: boolean
}

function setUp(given: Partial<World> = {}) {
  const world: World = { wanted: true, light: false, connected: true, ...given }
  const clock = new TestClock(NOON)
  const log = memoryLog()
  /** Seconds after noon at which a still was asked for. */
  const asked: number[] = []
  const light: string[] = []
  let under = 0
  let most = 0
  const second = (): number => (clock.now() - NOON) / 1000
  const still = async (): Promise<LookResult> => ({ still: { jpeg: new Uint8Array([asked.length]), width: 640, height: 360, takenAt: clock.now() } })
  const pictures = createFinalPictures({
    clock, log,
    wanted: () => world.wanted,
    look(printerId, deadlineMs) {
      expect([printerId, deadlineMs]).toEqual(['mk4', 4_000])
      if (!world.connected) return null
      asked.push(second())
      under += 1
      most = Math.max(most, under)
      return (world.look ?? still)().finally(() => { under -= 1 })
    },
    light(_printerId, signal) {
      if (!world.light) return null
      light.push(`on ${second()}`)
      expect(signal.aborted).toBe(false)
      return Promise.resolve(() => void light.push(`off ${second()}`))
    },
  })
  const state = (over: Partial<PrinterState> = {}): void => pictures.onState('mk4', { ...PRINTING, ...over })
  return {
    world, clock, log, asked, light, pictures, state, most: () => most, second,
    /** The second of the still that an end now gets; null = none. */
    atEnd: (marginS = 5): number | null => {
      const chosen = pictures.of('mk4', 'j1', clock.now(), marginS * 1000)
      return chosen && (chosen.takenAt - NOON) / 1000
    },
  }
}

describe('in the last minutes of a print', () => {
  it('a still is taken every five seconds, and the end gets the newest from five seconds before it', async () => {
    const { state, clock, asked, atEnd } = setUp()
    state()
    await clock.advance(62_000)
    expect(asked).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60])
    expect(atEnd()).toBe(55)
    expect(atEnd(20)).toBe(40)
    expect(atEnd(0)).toBe(60)
  })

  it('at most twelve are kept', async () => {
    const { state, clock, atEnd } = setUp()
    state()
    await clock.advance(60_000)
    expect(atEnd(55)).toBe(5)
    // The one of second 0 had to go.
    expect(atEnd(58)).toBeNull()
  })

  it.each<[string, Partial<PrinterState>, boolean]>([
    ['three minutes left', { remaining: 180, progress: 0.4 }, true],
    ['more than that', { remaining: 181, progress: 0.4 }, false],
    ['98 % done where nobody tells what is left', { remaining: null, progress: 0.98 }, true],
    ['97 % done', { remaining: null, progress: 0.97 }, false],
    ['neither told', { remaining: null, progress: null }, false],
    ['paused', { job: 'paused' }, false],
    ['heating up', { job: 'preparing' }, false],
    ['out of sight', { link: 'stale' }, false],
  ])('begins only near the end: %s', async (_name, over, taken) => {
    const { state, clock, asked } = setUp()
    state(over)
    await clock.advance(0)
    expect(asked.length > 0).toBe(taken)
  })

  it('a printer whose end nobody wants to see takes none, and its camera is left alone', async () => {
    const { state, clock, asked, world, light } = setUp({ wanted: false, light: true })
    state()
    await clock.advance(29_000)
    expect(asked).toEqual([])
    expect(light).toEqual([])
    world.wanted = true
    await clock.advance(1_000)
    expect(asked).toEqual([30])
  })

  it('a pause stops it, and what was seen before it is no picture of an end much later', async () => {
    const { state, clock, asked, atEnd } = setUp()
    state()
    await clock.advance(11_000)
    state({ job: 'paused' })
    await clock.advance(30_000)
    expect(asked).toEqual([0, 5, 10])
    state()
    await clock.advance(0)
    expect(asked).toEqual([0, 5, 10, 41])
    await clock.advance(3_000)
    expect(atEnd()).toBe(10)
    state({ job: 'paused' })
    await clock.advance(55_000)
    expect(atEnd()).toBe(41)
    await clock.advance(3_600_000)
    expect(atEnd()).toBeNull()
    expect(clock.pending).toBe(0)
  })

  it('an end that does not come is waited for more calmly', async () => {
    const { state, clock, asked } = setUp()
    state()
    await clock.advance(345_000)
    expect(asked.slice(-5)).toEqual([295, 300, 315, 330, 345])
  })
})

describe('the head that parks', () => {
  it('is told by the height: the still is from before it rose, whatever the margin', async () => {
    const { state, clock, atEnd, asked } = setUp()
    state({ z: 40 })
    await clock.advance(12_000)
    state({ z: 40.2 })
    await clock.advance(1_000)
    state({ z: 60.2 })
    await clock.advance(30_000)
    // Nothing is taken of a print that only cools: the twelve would be over before it ends.
    expect(asked).toEqual([0, 5, 10])
    expect(atEnd()).toBe(10)
  })

  it('may have parked since its height was told last: what comes without a new number proves nothing', async () => {
    const { state, clock, atEnd } = setUp()
    state({ z: 40, elapsed: 600 })
    await clock.advance(1_000)
    state({ z: 40, elapsed: 601 })
    await clock.advance(9_500)
    // A temperature, say.
    state({ z: 40, elapsed: 601 })
    await clock.advance(500)
    state({ z: 60, elapsed: 611 })
    expect(atEnd()).toBe(0)
  })

  it('that was only a hop goes on', async () => {
    const { state, clock, atEnd, asked } = setUp()
    state({ z: 40 })
    await clock.advance(3_000)
    state({ z: 43 })
    await clock.advance(4_000)
    state({ z: 40 })
    await clock.advance(14_000)
    expect(asked).toEqual([0, 10, 15, 20])
    expect(atEnd()).toBe(15)
  })
})

describe('a camera', () => {
  it('that is slow is never asked twice at a time', async () => {
    const rig = setUp()
    rig.world.look = () => new Promise((resolve) => {
      rig.clock.after(7_000, () => resolve({ still: { jpeg: new Uint8Array([1]), width: 640, height: 360, takenAt: rig.clock.now() } }))
    })
    rig.state()
    for (let n = 0; n < 30; n += 1) {
      await rig.clock.advance(1_000)
      rig.state()
    }
    expect(rig.asked).toEqual([0, 7, 14, 21, 28])
    expect(rig.most()).toBe(1)
  })

  it('that is dead is asked every thirty seconds after three tries, and the end has no such still', async () => {
    const { state, clock, asked, atEnd } = setUp({ look: async () => ({ still: null, cause: 'timeout', why: 'too slow' }) })
    state()
    await clock.advance(80_000)
    expect(asked).toEqual([0, 5, 10, 40, 70])
    expect(atEnd()).toBeNull()
  })

  it('whose still is larger than any that was prepared is not kept in memory', async () => {
    const { state, clock, atEnd } = setUp({ look: async () => ({ still: { jpeg: new Uint8Array(2_000_001), width: 1280, height: 960, takenAt: NOON } }) })
    state()
    await clock.advance(6_000)
    expect(atEnd()).toBeNull()
  })

  it('of a printer that is not connected is not asked', async () => {
    const { state, clock, asked, world } = setUp({ connected: false })
    state()
    await clock.advance(60_000)
    expect(asked).toEqual([])
    world.connected = true
    await clock.advance(15_000)
    expect(asked).toEqual([70, 75])
  })

  it('that breaks its word is logged, and asked again later', async () => {
    const { state, clock, asked, log } = setUp({ look: () => Promise.reject(new Error('a camera must not throw')) })
    state()
    await clock.advance(31_000)
    expect(asked).toEqual([0, 30])
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([['error', 'a picture of the last minutes could not be taken'], ['error', 'a picture of the last minutes could not be taken']])
  })
})

describe('the light', () => {
  it('goes on once and off when the print is over', async () => {
    const { state, clock, light } = setUp({ light: true })
    state()
    await clock.advance(20_000)
    expect(light).toEqual(['on 0'])
    state({ job: 'done', remaining: null, progress: 1 })
    expect(light).toEqual(['on 0', 'off 20'])
  })

  it('goes off while it is paused, and where nobody wants a picture any more', async () => {
    const { state, clock, light, world } = setUp({ light: true })
    state()
    await clock.advance(2_000)
    state({ job: 'paused' })
    expect(light).toEqual(['on 0', 'off 2'])
    state()
    await clock.advance(1_000)
    world.wanted = false
    await clock.advance(6_000)
    expect(light).toEqual(['on 0', 'off 2', 'on 2', 'off 7'])
  })
})

describe('afterwards', () => {
  it('the stills of an end are there for a minute, and no timer is left', async () => {
    const { state, clock, atEnd, pictures } = setUp()
    state()
    await clock.advance(11_000)
    state({ job: 'done', remaining: null, progress: 1 })
    expect(atEnd()).toBe(5)
    expect(pictures.of('mk4', 'j2', clock.now(), 5_000)).toBeNull()
    expect(pictures.of('mk3', 'j1', clock.now(), 5_000)).toBeNull()
    await clock.advance(60_000)
    expect(pictures.of('mk4', 'j1', NOON + 11_000, 5_000)).toBeNull()
    expect(clock.pending).toBe(0)
  })

  it('the next print shows nothing of the one before', async () => {
    const { state, clock, pictures } = setUp()
    state()
    await clock.advance(11_000)
    state({ jobRef: job('j2'), remaining: 7_200, progress: 0 })
    expect(pictures.of('mk4', 'j1', clock.now(), 5_000)).toBeNull()
    expect(clock.pending).toBe(0)
  })

  it('stopping lets go of the light and leaves no timer, not even by a still that comes later', async () => {
    let give: (result: LookResult) => void = () => undefined
    const { state, clock, light, pictures } = setUp({ light: true, look: () => new Promise((resolve) => { give = resolve }) })
    state()
    await clock.advance(1_000)
    pictures.stop()
    give({ still: null, cause: 'timeout', why: '' })
    await clock.advance(0)
    expect(light).toEqual(['on 0', 'off 1'])
    state()
    expect(clock.pending).toBe(0)
  })
})
