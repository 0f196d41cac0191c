/** One app for each data folder: a second start asks the first to show its window, and ends. */
import { callEngine, NoEngine } from '../../engine/control/client.ts'

export type Instance =
  /** Nobody runs on this data folder: go on. */
  | { what: 'first' }
  /** The running app opened its window: end. */
  | { what: 'shown' }
  /** Somebody runs there who has no window to show, or does not answer: say why, and end. */
  | { what: 'taken'; why: string }

/** How long the running app has to answer. ms */
const ANSWER_MS = 5_000

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
