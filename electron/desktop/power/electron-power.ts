/** Electron's end of power: the blocker and the monitor. */
import { powerMonitor, powerSaveBlocker } from 'electron'
import { keepAwake, type KeepAwakeParts } from './keep-awake.ts'
import { watchSleep, type SleepParts } from './sleep.ts'

/** Keep awake, suspend and resume together. Must be called after the app is ready. */
export function openPower(parts: Omit<KeepAwakeParts, 'blocker'> & Omit<SleepParts, 'monitor'>): { close(): void } {
  const awake = keepAwake({ ...parts, blocker: powerSaveBlocker })
  const sleep = watchSleep({ ...parts, monitor: powerMonitor })
  return {
    close() {
      awake.close()
      sleep.close()
    },
  }
}
