/** From what the system tells of its user to one word. Pure. */
import type { PresenceState } from '../../engine/ports.ts'

/** null = nobody says. */
export interface Readings {
  /** The screen is locked. */
  locked: boolean | null
  /** ms since the last key or pointer movement. */
  idleMs: number | null
  /** The session calls itself idle, and since when (epoch ms). False only counts where it was true before: many desktops never set it. */
  idleHint: { on: boolean; since: number | null } | null
  /** A screen saver covers the screen. */
  screenSaver: boolean | null
}

export const NO_READINGS: Readings = { locked: null, idleMs: null, idleHint: null, screenSaver: null }

/** The best source wins: a lock says most, a measured time more than a hint. @param idleAfter ms without a touch that count as away */
export function presenceOf(readings: Readings, idleAfter: number, now: number): PresenceState {
  const { locked, idleMs, idleHint, screenSaver } = readings
  if (locked === true) return 'locked'
  if (idleMs !== null) return idleMs >= idleAfter ? 'idle' : 'present'
  if (idleHint !== null) {
    // The session waited before it called itself idle; how long is not known, so only the time after counts.
    const idle = idleHint.on && (idleHint.since === null || now - idleHint.since >= idleAfter)
    if (idle || screenSaver !== true) return idle ? 'idle' : 'present'
  }
  if (screenSaver !== null) return screenSaver ? 'idle' : 'present'
  return 'unknown'
}

/** ms until it is worth looking again: soon while somebody is away (they come back any moment), else when the time could be up. */
export function nextLook(state: PresenceState, readings: Readings, idleAfter: number): number {
  if (state !== 'present') return SOON
  const left = readings.idleMs === null ? LONGEST_WAIT : idleAfter - readings.idleMs
  return Math.min(LONGEST_WAIT, Math.max(SOON, left))
}

const SOON = 5_000
const LONGEST_WAIT = 60_000
