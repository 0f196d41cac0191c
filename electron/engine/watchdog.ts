import type { Cancel, Clock } from './ports.ts'

export interface WatchdogParts {
  clock: Clock
  /** Whether this computer has a network; null = can't be told. */
  online(): boolean | null
  /** True while at least one server answers: then the network can't be down, whatever the interfaces say. */
  anyServerUp(): boolean
  /** Time in which nothing could be observed. */
  onGap(gap: { from: number; at: number; why: 'sleep' | 'stopped' | 'clock' | 'own_network' }): void
  /** Edges of this computer's own network, told once each. */
  onNetwork(online: boolean, since: number): void
}

const EVERY_MS = 5_000
/** Timers are late by some hundred ms on a busy machine; a real stop is far longer. */
const STOPPED_MS = 10_000
const CLOCK_JUMP_MS = 10_000
/** A cable replugged within this time is nobody's business. */
const OFFLINE_GRACE_MS = 10_000

/**
 * Notices what makes silence meaningless: the computer slept, the process was stopped, the clock was set, the own network
 * went away. Sleep and a clock set forwards look the same from here (on Linux and macOS the monotonic clock stands
 * still in sleep): both mean that nobody looked, so both are gaps.
 */
export function startWatchdog(parts: WatchdogParts): Cancel {
  const { clock } = parts
  let lastWall = clock.now()
  let lastMonotonic = clock.monotonic()
  let hadNetwork = false
  let offlineSince: number | null = null
  let toldOffline = false
  let cancel = clock.after(EVERY_MS, tick)

  function tick(): void {
    const now = clock.now()
    const monotonic = clock.monotonic()
    const wallPassed = now - lastWall
    const reallyPassed = monotonic - lastMonotonic
    if (Math.abs(wallPassed - reallyPassed) > CLOCK_JUMP_MS) parts.onGap({ from: lastWall, at: now, why: wallPassed > reallyPassed ? 'sleep' : 'clock' })
    else if (reallyPassed - EVERY_MS > STOPPED_MS) parts.onGap({ from: lastWall, at: now, why: 'stopped' })
    lastWall = now
    lastMonotonic = monotonic
    network(now)
    cancel = clock.after(EVERY_MS, tick)
  }

  function network(now: number): void {
    const online = parts.online()
    if (online === true || parts.anyServerUp()) {
      if (online === true) hadNetwork = true
      if (offlineSince !== null && toldOffline) {
        parts.onGap({ from: offlineSince, at: now, why: 'own_network' })
        parts.onNetwork(true, now)
      }
      offlineSince = null
      toldOffline = false
      return
    }
    // A computer that never had a network (or can't tell) gives no ground to blame it.
    if (online === null || !hadNetwork) return
    offlineSince ??= now
    // While it lasts, the printers' silence is ours, not theirs.
    parts.onGap({ from: offlineSince, at: now, why: 'own_network' })
    if (!toldOffline && now - offlineSince >= OFFLINE_GRACE_MS) {
      toldOffline = true
      parts.onNetwork(false, offlineSince)
    }
  }

  return () => cancel()
}
