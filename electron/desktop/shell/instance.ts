/** One app for each data folder: a second start asks the first to show its window, and ends. */
import { callEngine, NoEngine } from '../../engine/control/client.ts'
import { HistoryError } from '../../engine/history/history.ts'
import type { Clock } from '../../engine/ports.ts'

export type Instance =
  /** Nobody runs on this data folder: go on. */
  | { what: 'first' }
  /** The running app opened its window: end. */
  | { what: 'shown' }
  /** Somebody runs there who has no window to show, or does not answer: say why, and end. */
  | { what: 'taken'; why: string }

/** How long the running app has to answer. ms */
const ANSWER_MS = 5_000

/** One that was started in the same moment listens by then, on a busy machine too. ms */
const LISTENS_WITHIN_MS = 10_000
const AGAIN_AFTER_MS = 100

/** @param socket the control endpoint of the data folder */
export async function otherInstance(socket: string): Promise<Instance> {
  try {
    await callEngine(socket, { call: 'show', path: null }, ANSWER_MS)
    return { what: 'shown' }
  } catch (error) {
    if (error instanceof NoEngine) return { what: 'first' }
    return { what: 'taken', why: (error as Error).message }
  }
}

/**
 * Opens what one app at a time may have. Of two starts in one moment neither finds the other at the control endpoint yet; whoever comes second finds
 * the data taken, and is a second start like any other.
 * @param ask otherInstance, of this data folder
 * @param open throws a HistoryError 'locked' while another has it
 * @returns null = that other one opened its window: end
 * @throws Error of `open`; the same when who has it opens no window
 */
export async function openAlone<T>(open: () => T, ask: () => Promise<Instance>, clock: Pick<Clock, 'after' | 'monotonic'>): Promise<T | null> {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof HistoryError) || error.code !== 'locked') throw error
    const until = clock.monotonic() + LISTENS_WITHIN_MS
    for (;;) {
      const other = await ask()
      if (other.what === 'shown') return null
      if (other.what === 'taken' || clock.monotonic() >= until) throw error
      await new Promise<void>((done) => void clock.after(AGAIN_AFTER_MS, done))
    }
  }
}
