/** "Mark all seen", and taking it back. In pieces: a quarter of a million events in one go would hold up all else for more than a second. */
import type { Clock } from '../ports.ts'
import { turn } from '../turn.ts'
import type { History } from './history.ts'

/** Some 7 ms of work. */
const PIECE = 1_000

export interface MarkingAll {
  /**
   * Marks what is unseen now; what comes meanwhile stays unseen. Calls wait for one another.
   * @returns how many were unseen. @throws (rejects with) what the history throws; what was marked until then stays marked
   */
  all(): Promise<number>
  /** Takes the last `all` that marked something back, once. @returns how many are unseen again */
  undo(): Promise<number>
}

export function markingAll({ history, clock }: { history: Pick<History, 'newestSeq' | 'markNextSeen' | 'markUnseen'>; clock: Clock }): MarkingAll {
  let marked: number[] = []
  let last: Promise<unknown> = Promise.resolve()

  function oneByOne(work: () => Promise<number>): Promise<number> {
    const done = last.then(work)
    // Whoever asked hears of a failure; the next one starts anew.
    last = done.catch(() => undefined)
    return done
  }

  async function all(): Promise<number> {
    const [upTo, at] = [history.newestSeq(), clock.now()]
    const fresh: number[] = []
    for (;;) {
      const piece = history.markNextSeen({ upTo, limit: PIECE }, at)
      if (piece.length > 0 && fresh.length === 0) marked = fresh
      fresh.push(...piece)
      if (piece.length < PIECE) return fresh.length
      await turn(clock)
    }
  }

  async function undo(): Promise<number> {
    const seqs = marked
    marked = []
    let count = 0
    for (let from = 0; from < seqs.length; from += PIECE) {
      if (from > 0) await turn(clock)
      count += history.markUnseen({ seqs: seqs.slice(from, from + PIECE) })
    }
    return count
  }

  return { all: () => oneByOne(all), undo: () => oneByOne(undo) }
}
