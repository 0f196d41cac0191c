/** Suspend and resume: after a sleep the connections are looked at before anything is judged. */
import type { Clock, Log } from '../../engine/ports.ts'

type PowerEvent = 'suspend' | 'resume' | 'unlock-screen'

/** What of powerMonitor is used. */
export interface PowerEvents {
  on(event: PowerEvent, listener: () => void): unknown
  off(event: PowerEvent, listener: () => void): unknown
}

export interface SleepParts {
  monitor: PowerEvents
  clock: Clock
  log: Log
  /**
   * Makes every connection look at once whether its server is still there. The silence of the sleep itself is told by the engine's
   * watchdog, which sees that the clocks parted; this only saves the wait.
   */
  recheck(): void
}

/** ms within which a second reason is the same waking: resume, then the unlocking of the screen. */
const SAME_WAKING = 3_000

export function watchSleep({ monitor, clock, log, recheck }: SleepParts): { close(): void } {
  let suspendedAt: number | null = null
  let checkedAt = -Infinity

  const onSuspend = (): void => {
    suspendedAt = clock.now()
    log.info('this computer goes to sleep')
  }
  const onAwake = (why: 'resume' | 'unlock-screen') => (): void => {
    if (why === 'resume') {
      log.info('this computer woke', { sleptSeconds: suspendedAt === null ? null : Math.round((clock.now() - suspendedAt) / 1000) })
      suspendedAt = null
    }
    if (clock.monotonic() - checkedAt < SAME_WAKING) return
    checkedAt = clock.monotonic()
    recheck()
  }
  const listeners: [PowerEvent, () => void][] = [['suspend', onSuspend], ['resume', onAwake('resume')], ['unlock-screen', onAwake('unlock-screen')]]
  for (const [event, listener] of listeners) monitor.on(event, listener)
  return {
    close() {
      for (const [event, listener] of listeners) monitor.off(event, listener)
    },
  }
}
