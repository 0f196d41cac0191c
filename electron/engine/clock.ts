import type { Cancel, Clock } from './ports.ts'

/** setTimeout's own ceiling; a longer delay would fire at once. */
const LONGEST = 2 ** 31 - 1

/** The real clock. Timers do not keep the process alive: what must run is held by sockets and by the composition root. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    // Not performance.now(): its module and what that brings are three milliseconds of a start (docs/performance.md).
    monotonic() {
      const [seconds, rest] = process.hrtime()
      return seconds * 1e3 + rest / 1e6
    },
    after(ms: number, fn: () => void): Cancel {
      // setTimeout waits a whole millisecond at least. What is due now comes behind what the sockets have brought: that millisecond is
      // one in which a delivery was answered and is not yet marked, so that a crash would send it again. It can't be unref'ed: the loop
      // would sleep until something else happens.
      if (ms <= 0) {
        const immediate = setImmediate(fn)
        return () => clearImmediate(immediate)
      }
      const timer = setTimeout(fn, Math.min(ms, LONGEST))
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
