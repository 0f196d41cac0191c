/** Presence from any source: looks again when it is worth it, tells changes. The sources are ports. */
import type { Cancel, Clock, Log, PresenceState } from '../../engine/ports.ts'
import type { PresenceSource, Stop } from '../ports.ts'
import { nextLook, NO_READINGS, presenceOf, type Readings } from './merge.ts'

/** Where readings come from. */
export interface ReadingsSource {
  /** Looks now; a source that can't tell gives null values, never an error. @param idleAfter ms, for systems that want it */
  read(idleAfter: number): Promise<Readings>
  /** Calls back when it is worth looking at once (locked, unlocked, a hint changed). */
  onHint(listener: () => void): Stop
  close(): void
}

export interface PresenceParts {
  source: ReadingsSource
  clock: Clock
  log: Log
  /** Minutes without a touch that count as away, as the setting is now. */
  idleMinutes(): number
}

export function createPresence({ source, clock, log, idleMinutes }: PresenceParts): PresenceSource {
  const listeners = new Set<(state: PresenceState) => void>()
  let state: PresenceState = 'unknown'
  let stopped = false
  let looks = 0
  let cancel: Cancel = () => undefined

  async function look(): Promise<void> {
    cancel()
    const number = ++looks
    const idleAfter = idleMinutes() * 60_000
    let readings: Readings
    try {
      readings = await source.read(idleAfter)
    } catch (error) {
      log.warn('presence could not be read', { error })
      readings = NO_READINGS
    }
    // A look that began later knows better.
    if (stopped || number !== looks) return
    tell(presenceOf(readings, idleAfter, clock.now()))
    cancel = clock.after(nextLook(state, readings, idleAfter), () => void look())
  }

  function tell(now: PresenceState): void {
    if (now === state) return
    log.debug('presence', { from: state, to: now })
    state = now
    for (const listener of [...listeners]) listener(now)
  }

  const stopHints = source.onHint(() => void look())

  return {
    start: () => void look(),
    current: () => state,
    onChanged(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop() {
      stopped = true
      cancel()
      stopHints()
      source.close()
      listeners.clear()
    },
  }
}
