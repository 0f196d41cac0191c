import type { Cancel, Clock } from './ports.ts'

/** setTimeout's own ceiling; a longer delay would fire at once. */
const LONGEST = 2 ** 31 - 1

/** The real clock. Timers do not keep the process alive: what must run is held by sockets and by the composition root. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms: number, fn: () => void): Cancel {
      const timer = setTimeout(fn, Math.min(Math.max(0, ms), LONGEST))
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
