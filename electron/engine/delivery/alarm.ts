/** When to look at which destination again: one timer for all of them. */
import type { Cancel, Clock } from '../ports.ts'

export interface Alarm {
  /** Rings for `key` at `at` (epoch ms) instead of what was set before; null = not at all. */
  set(key: string, at: number | null): void
  /** Rings for `key` at `at`, or earlier when that was set before. */
  atLatest(key: string, at: number): void
  /** The wall clock jumped, or stood still: how long it still is until then is looked at anew. */
  jumped(): void
  stop(): void
}

/** The timer is set anew at least this often, so that a jump of the wall clock can't hold rows back for long; ms. */
const LONGEST_SLEEP_MS = 15 * 60_000
/** Whoever asks for the past is not rung for without a pause; ms. */
const SHORTEST_SLEEP_MS = 20

/** @param ring called with the keys whose time has come; they are cleared before */
export function createAlarm(clock: Clock, ring: (keys: string[]) => void): Alarm {
  const times = new Map<string, number>()
  let cancel: Cancel = () => undefined
  let armedFor: number | null = null

  function arm(): void {
    const first = times.size === 0 ? null : Math.min(...times.values())
    if (first === armedFor) return
    cancel()
    armedFor = first
    if (first !== null) cancel = clock.after(Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, first - clock.now())), wake)
  }

  function wake(): void {
    armedFor = null
    const now = clock.now()
    const keys = [...times].flatMap(([key, at]) => (at <= now ? [key] : []))
    for (const key of keys) times.delete(key)
    if (keys.length > 0) ring(keys)
    arm()
  }

  return {
    set(key, at) {
      if (at === null) times.delete(key)
      else times.set(key, at)
      arm()
    },
    atLatest(key, at) {
      times.set(key, Math.min(at, times.get(key) ?? at))
      arm()
    },
    jumped() {
      armedFor = null
      cancel()
      arm()
    },
    stop() {
      times.clear()
      arm()
    },
  }
}
