/** How fast a far side takes messages: `burst` at once, then one each `everyMs`. */
import type { Clock } from '../ports.ts'

export interface Rate {
  burst: number
  everyMs: number
}

export interface Bucket {
  /** How long until one more may go; 0 = now. ms */
  wait(): number
  /** How many may go now. */
  free(): number
  /** One goes. What goes although it should have waited is paid back by the next ones. */
  take(): void
  /** One that was taken did not go after all. */
  giveBack(): void
}

/** Full at the beginning. Counts on the clock that never goes back. */
export function createBucket({ burst, everyMs }: Rate, clock: Pick<Clock, 'monotonic'>): Bucket {
  /** When the last of the taken ones will have been paid for; ms on the monotonic clock. */
  let paidAt = clock.monotonic()
  const most = Math.max(1, burst)
  return {
    free: () => Math.min(most, Math.max(0, most - Math.ceil((paidAt - clock.monotonic()) / everyMs))),
    wait: () => Math.max(0, Math.ceil(paidAt - clock.monotonic() - (most - 1) * everyMs)),
    take() {
      paidAt = Math.max(paidAt, clock.monotonic()) + everyMs
    },
    giveBack() {
      paidAt -= everyMs
    },
  }
}
