import { setMaxListeners } from 'node:events'
import type { Cancel, Clock } from '../ports.ts'
import type { SnapshotResult } from '../snapshots/snapshots.ts'
import type { Picture } from './message.ts'

/** A picture that is stored is read from disk within this; ms. */
const LOAD_MS = 1_000
/** An update comes at most this long after its text; ms. */
const UPDATE_WAIT_MS = 60_000

export interface PictureWait {
  /** The event's picture, if it comes before `until` (epoch ms); one that is stored already has at least a second to be read. */
  until(eventId: string, until: number): Promise<Picture | null>
  /** The event's picture, waited for at most a minute. */
  eventually(eventId: string): Promise<Picture | null>
}

/** Waiting for pictures without ever waiting for ever. `stopping` ends every wait with no picture. */
export function createPictureWait(pictures: { whenReady(eventId: string): Promise<SnapshotResult> }, clock: Clock, stopping: AbortSignal): PictureWait {
  // Every message that waits listens to it; that is no leak.
  setMaxListeners(0, stopping)
  async function within(eventId: string, ms: number): Promise<Picture | null> {
    let cancel: Cancel = () => undefined
    let give = (): void => undefined
    const nothing = new Promise<null>((resolve) => {
      give = () => resolve(null)
      cancel = clock.after(ms, give)
      stopping.addEventListener('abort', give, { once: true })
      if (stopping.aborted) give()
    })
    // A snapshot that fails is a message without one.
    const picture = pictures.whenReady(eventId).then((result) => result.picture, () => null)
    try {
      return await Promise.race([picture, nothing])
    } finally {
      cancel()
      stopping.removeEventListener('abort', give)
    }
  }
  return {
    until: (eventId, until) => within(eventId, Math.max(LOAD_MS, until - clock.now())),
    eventually: (eventId) => within(eventId, UPDATE_WAIT_MS),
  }
}
