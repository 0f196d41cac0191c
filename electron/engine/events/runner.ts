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
  let cancel: Cancel | null = null
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
    arm(reduction.wakeAt)
    parts.onReduction(reduction, before)
  }

  function arm(wakeAt: number | null): void {
    cancel?.()
    cancel = wakeAt === null ? null : clock.after(Math.max(SOONEST_MS, wakeAt - clock.now()), () => input({ kind: 'tick', at: clock.now() }))
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
      cancel?.()
    },
  }
}
