import type { Cancel, Clock, Log } from '../ports.ts'
import type { Settings } from '../settings/schema.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { History } from './history.ts'
import { pruneLimits } from './retention.ts'

export interface CleanUpParts {
  history: Pick<History, 'prune'>
  snapshots: Pick<Snapshots, 'remove'>
  retention: Settings['retention']
  clock: Clock
  log: Log
}

/** Not in the first minutes, when everything else starts. */
const FIRST_AFTER_MS = 5 * 60_000
const EVERY_MS = 6 * 3_600_000
/** Between two chunks events are written and sent. */
const NEXT_CHUNK_MS = 500

/** Keeps the history within its retention: a chunk at a time, some times a day. */
export function startCleanUp(parts: CleanUpParts): Cancel {
  const { history, snapshots, retention, clock, log } = parts
  let cancel = clock.after(FIRST_AFTER_MS, round)
  let stopped = false

  function round(): void {
    void chunk().then((more) => {
      // Stopped while the chunk was under way: no timer may be left behind.
      if (!stopped) cancel = clock.after(more ? NEXT_CHUNK_MS : EVERY_MS, round)
    })
  }

  async function chunk(): Promise<boolean> {
    try {
      const { events, files, more } = history.prune(pruneLimits(retention, clock.now()))
      await snapshots.remove(files)
      if (events > 0 || files.length > 0) log.info('old history was cleaned up', { events, pictures: files.length })
      return more
    } catch (error) {
      log.error('old history could not be cleaned up; it is tried again later', { error })
      return false
    }
  }

  return () => {
    stopped = true
    cancel()
  }
}
