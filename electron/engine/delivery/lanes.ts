import { setMaxListeners } from 'node:events'
import type { Clock } from '../ports.ts'
import { settleWithin } from '../settle-within.ts'

/** What is under way at each destination: how much at once, whether more may begin, and what makes it end. */
export interface Lanes {
  /** How many more may begin there. @param most at once; 4 unless told */
  free(destinationId: string, most?: number): number
  /** Whether nothing may begin there until `release`. */
  held(destinationId: string): boolean
  /** Begins `work`, which must not reject, and counts it until it ends; then `onFree` is called with the destination. */
  enter(destinationId: string, work: () => Promise<void>): void
  /** Aborts when what is under way there must end. */
  signal(destinationId: string): AbortSignal
  /** Lets nothing begin there until `release`; resolves when what is under way has ended, after `deadlineMs` by aborting it. */
  hold(destinationId: string, deadlineMs: number): Promise<void>
  release(destinationId: string): void
  /** Resolves when all that is under way now has ended, or after `deadlineMs`. */
  settled(deadlineMs: number): Promise<void>
  abort(): void
}

/** At most so many tries at once at one destination that tells no number; rows of one job never overtake each other. */
const LANES = 4
/** What was aborted has so long to say so; ms. */
const ABORTED_MS = 100

export function createLanes(clock: Clock, onFree: (destinationId: string) => void): Lanes {
  const underWay = new Map<string, Set<Promise<void>>>()
  const aborting = new Map<string, AbortController>()
  const held = new Set<string>()
  const at = (destinationId: string): Promise<void>[] => [...(underWay.get(destinationId) ?? [])]

  /** Until nothing is under way any more: a row may bring others along. */
  async function empty(destinationId: string): Promise<void> {
    for (let running = at(destinationId); running.length > 0; running = at(destinationId)) await Promise.all(running)
  }

  function abort(destinationId: string): void {
    aborting.get(destinationId)?.abort()
    aborting.delete(destinationId)
  }

  return {
    free: (destinationId, most = LANES) => (held.has(destinationId) ? 0 : Math.max(0, Math.max(1, most) - (underWay.get(destinationId)?.size ?? 0))),
    held: (destinationId) => held.has(destinationId),
    enter(destinationId, work) {
      const running = underWay.get(destinationId) ?? new Set<Promise<void>>()
      underWay.set(destinationId, running)
      let end: () => void = () => undefined
      const entry = new Promise<void>((done) => { end = done })
      running.add(entry)
      void work().finally(() => {
        running.delete(entry)
        end()
        onFree(destinationId)
      })
    },
    signal(destinationId) {
      const controller = aborting.get(destinationId) ?? new AbortController()
      // As many as are under way there listen to it.
      setMaxListeners(0, controller.signal)
      aborting.set(destinationId, controller)
      return controller.signal
    },
    async hold(destinationId, deadlineMs) {
      held.add(destinationId)
      if (at(destinationId).length === 0) return
      await settleWithin(empty(destinationId), deadlineMs, clock)
      if (at(destinationId).length === 0) return
      abort(destinationId)
      await settleWithin(empty(destinationId), ABORTED_MS, clock)
    },
    release(destinationId) {
      held.delete(destinationId)
    },
    settled: (deadlineMs) => settleWithin(Promise.all([...underWay.keys()].flatMap(at)), deadlineMs, clock),
    abort() {
      for (const destinationId of [...aborting.keys()]) abort(destinationId)
    },
  }
}
