import { describe, expect, it, vi } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { DEFAULT_THRESHOLDS } from '../settings/defaults.ts'
import { memory } from '../history/test-support.ts'
import type { Reduce, ReducerInput, Reduction } from './reduction.ts'
import { runPrinter } from './runner.ts'

const START = Date.UTC(2026, 0, 15, 12)

/** A reducer that notes what it got and wishes for the tick that `wakes` says next. */
function setUp(wakes: (number | null)[] = [], onReduction: (reduction: Reduction) => void = () => undefined) {
  const clock = new TestClock(START)
  const got: { input: ReducerInput; now: number }[] = []
  const reductions: Reduction[] = []
  let count = 0
  const reduce: Reduce = (before, input, now) => {
    got.push({ input, now })
    count += 1
    return { state: { ...before, notes: { count } }, events: [], suppressed: [], wakeAt: wakes[count - 1] ?? null, edge: false }
  }
  const runner = runPrinter({
    clock,
    reduce,
    memory: memory({ count: 0 }),
    context: { printerId: 'mk4', printerName: 'MK4', serverKind: 'octoprint', thresholds: DEFAULT_THRESHOLDS, wantsNative: () => false },
    onReduction(reduction) {
      reductions.push(reduction)
      onReduction(reduction)
    },
  })
  return { clock, got, reductions, runner }
}

const ACKNOWLEDGED: ReducerInput = { kind: 'acknowledged', at: START }

describe('the ticks of a printer', () => {
  it('come at the time the reducer asked for, once', async () => {
    const { clock, got, runner } = setUp([START + 5_000])
    runner.input(ACKNOWLEDGED)
    await clock.advance(4_999)
    expect(got).toHaveLength(1)
    await clock.advance(1)
    expect(got[1]).toEqual({ input: { kind: 'tick', at: START + 5_000 }, now: START + 5_000 })
    await clock.advance(3_600_000)
    expect(got).toHaveLength(2)
    expect(clock.pending).toBe(0)
  })

  it('come no later when the wall clock jumps ahead and something is wished for soon', async () => {
    const { clock, got, runner } = setUp([START + 600_000, START + 3_610_000])
    runner.input(ACKNOWLEDGED)
    clock.jump(3_600_000)
    runner.input(ACKNOWLEDGED)
    await clock.advance(9_999)
    expect(got).toHaveLength(2)
    await clock.advance(1)
    expect(got[2]).toEqual({ input: { kind: 'tick', at: START + 3_610_000 }, now: START + 3_610_000 })
  })

  it('are put off without a new timer for each time, and are asked for no sooner', async () => {
    const { clock, got, runner } = setUp(Array.from({ length: 20 }, (_, n) => START + n * 1_000 + 10_000))
    const after = vi.spyOn(clock, 'after')
    for (let n = 0; n < 20; n++) {
      runner.input(ACKNOWLEDGED)
      if (n < 19) await clock.advance(1_000)
    }
    expect(after.mock.calls.map(([ms]) => ms)).toEqual([10_000, 9_000, 9_000])
    await clock.advance(9_999)
    expect(got).toHaveLength(20)
    await clock.advance(1)
    expect(got[20]?.now).toBe(START + 29_000)
  })

  it('follow the latest wish, and none is left when it wishes for none', async () => {
    const { clock, got, runner } = setUp([START + 5_000, START + 60_000, null])
    runner.input(ACKNOWLEDGED)
    runner.input(ACKNOWLEDGED)
    expect(clock.pending).toBe(1)
    await clock.advance(59_999)
    expect(got).toHaveLength(2)
    runner.input(ACKNOWLEDGED)
    expect(clock.pending).toBe(0)
    await clock.advance(60_000)
    expect(got).toHaveLength(3)
  })

  it('never spin: a wish for now or for the past comes after 10 ms', async () => {
    const always = Array.from({ length: 1_000 }, () => START - 60_000)
    const { clock, got, runner } = setUp(always)
    runner.input(ACKNOWLEDGED)
    expect(got).toHaveLength(1)
    await clock.advance(100)
    expect(got).toHaveLength(11)
  })
})

describe('the inputs of a printer', () => {
  it('build on the memory of the one before', () => {
    const { reductions, runner } = setUp()
    expect(runner.memory().notes).toEqual({ count: 0 })
    runner.input(ACKNOWLEDGED)
    runner.input(ACKNOWLEDGED)
    expect(reductions.map((reduction) => reduction.state.notes)).toEqual([{ count: 1 }, { count: 2 }])
    expect(runner.memory().notes).toEqual({ count: 2 })
    expect(runner.state()).toBe(runner.memory().state)
    expect(runner.printerId).toBe('mk4')
  })

  it('that come while one is passed on wait until it is, in their order', () => {
    const order: string[] = []
    const rig = setUp([], (reduction) => {
      const { count } = reduction.state.notes
      order.push(`${count as number} begins`)
      if (count === 1) {
        rig.runner.input({ kind: 'command', at: START, action: 'pause' })
        rig.runner.input({ kind: 'command', at: START, action: 'cancel' })
      }
      order.push(`${count as number} ends`)
    })
    rig.runner.input(ACKNOWLEDGED)
    expect(order).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends'])
    expect(rig.got.map(({ input }) => (input.kind === 'command' ? input.action : input.kind))).toEqual(['acknowledged', 'pause', 'cancel'])
  })

  it('go on after one whose passing on broke', () => {
    const rig = setUp([], (reduction) => {
      if (reduction.state.notes.count === 1) throw new Error('broke')
    })
    expect(() => rig.runner.input(ACKNOWLEDGED)).toThrow('broke')
    rig.runner.input({ kind: 'command', at: START, action: 'pause' })
    expect(rig.got).toHaveLength(2)
  })
})

describe('a stopped printer', () => {
  it('takes nothing more and leaves no timer', async () => {
    const { clock, got, runner } = setUp([START + 5_000])
    runner.input(ACKNOWLEDGED)
    runner.stop()
    expect(clock.pending).toBe(0)
    runner.input(ACKNOWLEDGED)
    await clock.advance(60_000)
    expect(got).toHaveLength(1)
  })

  it('that is stopped while inputs wait their turn takes none of them and arms nothing', () => {
    const rig = setUp([START + 5_000, START + 5_000], (reduction) => {
      if (reduction.state.notes.count !== 1) return
      rig.runner.input(ACKNOWLEDGED)
      rig.runner.stop()
    })
    rig.runner.input(ACKNOWLEDGED)
    expect(rig.got).toHaveLength(1)
    expect(rig.clock.pending).toBe(0)
  })
})

describe('a printer whose settings changed', () => {
  it('is reduced with them from then on, and looked at once at once; its memory stays', async () => {
    const clock = new TestClock(START)
    const seen: string[] = []
    const reduce: Reduce = (before, input, _now, context) => {
      seen.push(`${input.kind} ${context.printerName} ${String(before.notes.count)}`)
      return { state: { ...before, notes: { count: Number(before.notes.count) + 1 } }, events: [], suppressed: [], wakeAt: null, edge: false }
    }
    const context = { printerId: 'mk4', printerName: 'MK4', serverKind: 'octoprint', thresholds: DEFAULT_THRESHOLDS, wantsNative: () => false }
    const runner = runPrinter({ clock, reduce, memory: memory({ count: 0 }), context, onReduction: () => undefined })
    runner.input(ACKNOWLEDGED)
    runner.changeContext({ ...context, printerName: 'Left bench' })
    runner.input(ACKNOWLEDGED)
    expect(seen).toEqual(['acknowledged MK4 0', 'tick Left bench 1', 'acknowledged Left bench 2'])
    runner.stop()
    runner.changeContext(context)
    expect(seen).toHaveLength(3)
  })
})
