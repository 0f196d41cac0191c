/** Many reasons, one doing: what is asked for several times in a moment is done once, after it. */
import type { Cancel, Clock, Log } from '../../engine/ports.ts'

/** ms that reasons are gathered. */
const MOMENT_MS = 200

export interface Soon {
  (): void
  stop(): void
}

export interface SoonParts {
  clock: Clock
  log: Log
  /** Whether somebody listens; without, the work is not done at all. */
  heard(): boolean
}

/** @param work what fails is logged; the next reason tries again */
export function soonOf(parts: SoonParts, work: () => void | Promise<void>): Soon {
  let waiting: Cancel | null = null
  const ask = (): void => {
    waiting ??= parts.clock.after(MOMENT_MS, () => {
      waiting = null
      if (!parts.heard()) return
      Promise.resolve().then(work).catch((error: unknown) => parts.log.error('what was to be told could not be made', { error }))
    })
  }
  return Object.assign(ask, {
    stop() {
      waiting?.()
      waiting = null
    },
  })
}
