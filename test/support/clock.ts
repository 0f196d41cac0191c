import type { Cancel, Clock } from '../../electron/engine/ports.ts'

/** A clock that only moves when told. Timers fire in order of their due time while it is moved. */
export class TestClock implements Clock {
  #now: number
  #monotonic = 0
  #timers: { due: number; fn: () => void; order: number }[] = []
  #order = 0
  /** @param start epoch ms */
  constructor(start = Date.UTC(2026, 0, 15, 12)) {
    this.#now = start
  }
  now(): number {
    return this.#now
  }
  monotonic(): number {
    return this.#monotonic
  }
  after(ms: number, fn: () => void): Cancel {
    const timer = { due: this.#monotonic + Math.max(0, ms), fn, order: this.#order++ }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer)
    }
  }
  /** How many timers wait: a leak shows here. */
  get pending(): number {
    return this.#timers.length
  }
  /** How many timers were ever armed: tells a new one from another that still waits. */
  get armed(): number {
    return this.#order
  }
  /** Moves both clocks by `ms`, firing what becomes due, and lets promises settle after each timer. */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonic + ms
    for (;;) {
      await settle()
      const next = this.#timers.filter((t) => t.due <= until).sort((a, b) => a.due - b.due || a.order - b.order)[0]
      if (!next) break
      this.#timers = this.#timers.filter((t) => t !== next)
      this.#now += next.due - this.#monotonic
      this.#monotonic = next.due
      next.fn()
    }
    this.#now += until - this.#monotonic
    this.#monotonic = until
    await settle()
  }
  /** The wall clock jumps, the monotonic one does not. */
  jump(ms: number): void {
    this.#now += ms
  }
}

/** Lets every promise that is ready, and what it starts, run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
