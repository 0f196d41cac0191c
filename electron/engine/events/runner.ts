import type { Cancel, Clock } from '../ports.ts'
import type { PrinterState } from './model.ts'
import type { PrinterMemory, Reduce, ReduceContext, ReducerInput, Reduction } from './reduction.ts'

/** One printer's reducer at work: holds its memory and gives it the ticks it asks for. */
export interface PrinterRunner {
  readonly printerId: string
  input(input: ReducerInput): void
  memory(): PrinterMemory
  state(): PrinterState
  /** The settings changed: what comes from now on is reduced with this; what is remembered stays. */
  changeContext(context: ReduceContext): void
  stop(): void
}

export interface RunnerParts {
  clock: Clock
  reduce: Reduce
  context: ReduceContext
  memory: PrinterMemory
  /** Every reduction, in order, with the memory it started from; must not throw. */
  onReduction(reduction: Reduction, before: PrinterMemory): void
}

/** A timer is never armed closer than this, so that a wish for "now" can't spin. */
const SOONEST_MS = 10

/** Runs `reduce` for one printer. Inputs that arrive while one is being worked on wait their turn. */
export function runPrinter(parts: RunnerParts): PrinterRunner {
  const { clock, reduce } = parts
  let context = parts.context
  let memory = parts.memory
  /** What the reducer asked for last, epoch ms. */
  let wakeAt: number | null = null
  /** The timer that is set, and when it fires on the monotonic clock: at `wakeAt` or before. */
  let timer: { cancel: Cancel; at: number } | null = null
  let stopped = false
  let working = false
  const queue: ReducerInput[] = []

  function input(next: ReducerInput): void {
    if (stopped) return
    queue.push(next)
    if (working) return
    working = true
    try {
      for (let item = queue.shift(); item && !stopped; item = queue.shift()) step(item)
    } finally {
      working = false
    }
  }

  function step(item: ReducerInput): void {
    const before = memory
    const reduction = reduce(before, item, clock.now(), context)
    memory = reduction.state
    wakeAt = reduction.wakeAt
    arm()
    parts.onReduction(reduction, before)
  }

  /** Each frame puts the next tick off: a timer that is left alone and fires too early costs less than a new one for each frame. */
  function arm(): void {
    if (wakeAt === null) return disarm()
    const wait = Math.max(SOONEST_MS, wakeAt - clock.now())
    const at = clock.monotonic() + wait
    // The two clocks round differently.
    if (timer !== null && timer.at < at + 1) return
    disarm()
    timer = { at, cancel: clock.after(wait, fired) }
  }

  function disarm(): void {
    timer?.cancel()
    timer = null
  }

  function fired(): void {
    timer = null
    if (wakeAt !== null && clock.now() < wakeAt) arm()
    else input({ kind: 'tick', at: clock.now() })
  }

  return {
    printerId: parts.context.printerId,
    input,
    memory: () => memory,
    state: () => memory.state,
    changeContext(next) {
      context = next
      // Another threshold is due at another time.
      input({ kind: 'tick', at: clock.now() })
    },
    stop() {
      stopped = true
      disarm()
    },
  }
}
