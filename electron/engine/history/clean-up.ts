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
const NEXT_CHUNK_MS = 200

/** Keeps the history within its retention: a chunk at a time, some times a day. */
export function startCleanUp(parts: CleanUpParts): Cancel {
  const { history, snapshots, retention, clock, log } = parts
  let cancel = clock.after(FIRST_AFTER_MS, round)
  let stopped = false
  /** Of the round that is under way. */
  let gone = { events: 0, pictures: 0 }

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
      gone = { events: gone.events + events, pictures: gone.pictures + files.length }
      if (!more) tell()
      return more
    } catch (error) {
      tell()
      log.error('old history could not be cleaned up; it is tried again later', { error })
      return false
    }
  }

  /** A line for each round, however many chunks it took; also when there was nothing, so that one can see that it runs. */
  function tell(): void {
    log.info(gone.events + gone.pictures > 0 ? 'old history was cleaned up' : 'the history was looked through, nothing was old enough to go', { ...gone, keepsDays: retention.eventDays })
    gone = { events: 0, pictures: 0 }
  }

  return () => {
    stopped = true
    cancel()
  }
}
