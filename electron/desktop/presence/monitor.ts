/** Presence on Windows and macOS, from what Electron's powerMonitor tells. */
import type { Readings } from './merge.ts'
import type { ReadingsSource } from './source.ts'

/** What of powerMonitor is used. */
export interface IdleMonitor {
  /** @param idleThreshold seconds */
  getSystemIdleState(idleThreshold: number): 'active' | 'idle' | 'locked' | 'unknown'
  /** Seconds. */
  getSystemIdleTime(): number
  on(event: 'lock-screen' | 'unlock-screen', listener: () => void): unknown
  off(event: 'lock-screen' | 'unlock-screen', listener: () => void): unknown
}

export function monitorReadings(monitor: IdleMonitor): ReadingsSource {
  let hint = (): void => undefined
  /** By the events; they come at once, the state only when somebody looks. */
  let lockedByEvent = false
  const onLock = (): void => {
    lockedByEvent = true
    hint()
  }
  const onUnlock = (): void => {
    lockedByEvent = false
    hint()
  }
  monitor.on('lock-screen', onLock)
  monitor.on('unlock-screen', onUnlock)
  return {
    async read(idleAfter): Promise<Readings> {
      const state = monitor.getSystemIdleState(Math.max(1, Math.round(idleAfter / 1000)))
      if (state === 'unknown') return { locked: lockedByEvent ? true : null, idleMs: null, idleHint: null, screenSaver: null }
      const seconds = monitor.getSystemIdleTime()
      return { locked: lockedByEvent || state === 'locked', idleMs: state === 'idle' ? Math.max(idleAfter, seconds * 1000) : seconds * 1000, idleHint: null, screenSaver: null }
    },
    onHint(listener) {
      hint = listener
      return () => {
        hint = () => undefined
      }
    },
    close() {
      monitor.off('lock-screen', onLock)
      monitor.off('unlock-screen', onUnlock)
    },
  }
}
