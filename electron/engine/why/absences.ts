/**
 * When nobody looked: Printbell did not run, the computer slept, its network was away. Kept beside the gaps of the servers, under an id that no
 * server can have, so that "why did I not hear" has an answer for that time.
 */
import type { PrinterMemory } from '../events/reduction.ts'
import type { History } from '../history/history.ts'
import type { Clock, Log } from '../ports.ts'

/** Why nobody looked. `not_running`: the program was ended; `stopped`: it stood still; `clock`: the clock was set. */
export const ABSENCES = ['not_running', 'sleep', 'stopped', 'clock', 'own_network'] as const
export type AbsenceCause = (typeof ABSENCES)[number]

/** In place of a server's id (which begins with a letter or digit). One for each cause: they may overlap. */
export function absenceId(cause: AbsenceCause): string {
  return `.${cause}`
}

export interface AbsencesParts {
  history: Pick<History, 'openGap' | 'closeGap' | 'gaps' | 'loadMemories' | 'together'>
  clock: Clock
  log: Log
}

export interface Absences {
  /**
   * The engine begins: since the last end, or the last sight before a crash, nobody looked. Looked up at once, as both change soon; written
   * down with the next note, with `settle`, or a second later, as a start has better things to wait for than the disk.
   */
  started(): void
  /** Writes down what `started` found, if that still waits. */
  settle(): void
  /** Nobody looked from then until now. */
  gap(gap: { from: number; at: number; why: AbsenceCause }): void
  /** This computer's own network went away at `since`, or is back. */
  network(online: boolean, since: number): void
  /** The engine ends. */
  stopped(): void
}

/** Shorter ones hide nothing. ms */
const SHORTEST_MS = 10_000
/** How long the time before a start may wait to be written down. ms */
const SETTLED_WITHIN_MS = 1_000
const NOTHING = (): void => undefined

export function createAbsences({ history, clock, log }: AbsencesParts): Absences {
  /** What `started` found and nobody wrote down yet. */
  let owed = NOTHING
  let stopWaiting = NOTHING

  /** What can't be noted is no reason to watch no printer. */
  function noted(work: () => void): void {
    stopWaiting()
    const first = owed
    owed = NOTHING
    try {
      history.together(() => {
        first()
        work()
      })
    } catch (error) {
      log.error('when nobody looked could not be noted in the history', { error })
    }
  }

  function note(from: number, to: number, cause: AbsenceCause): void {
    if (to - from < SHORTEST_MS) return
    history.openGap(absenceId(cause), from, cause)
    history.closeGap(absenceId(cause), to)
  }

  function isOpen(cause: AbsenceCause): boolean {
    return history.gaps({ serverId: absenceId(cause), since: clock.now() }).some(({ to }) => to === null)
  }

  function settle(): void {
    if (owed !== NOTHING) noted(NOTHING)
  }

  return {
    started() {
      const now = clock.now()
      let begun: number | null
      try {
        begun = isOpen('not_running') ? null : lastSight(history.loadMemories().values())
      } catch (error) {
        log.error('when nobody looked could not be read from the history', { error })
        return
      }
      owed = () => {
        history.closeGap(absenceId('not_running'), now)
        if (begun !== null) note(begun, now, 'not_running')
        history.closeGap(absenceId('own_network'), now)
      }
      stopWaiting = clock.after(SETTLED_WITHIN_MS, settle)
    },
    settle,
    gap({ from, at, why }) {
      // The network tells itself when it is away and when it is back.
      if (why !== 'own_network') noted(() => note(from, at, why))
    },
    network: (online, since) => noted(() => {
      if (online) history.closeGap(absenceId('own_network'), since)
      else history.openGap(absenceId('own_network'), since, 'own_network')
    }),
    stopped: () => noted(() => {
      history.closeGap(absenceId('own_network'), clock.now())
      history.openGap(absenceId('not_running'), clock.now(), 'not_running')
    }),
  }
}

/** When the last printer was seen; null = none ever was. */
function lastSight(memories: Iterable<PrinterMemory>): number | null {
  const seen = [...memories].flatMap(({ lastSeenAt }) => (lastSeenAt === null ? [] : [lastSeenAt]))
  return seen.length === 0 ? null : Math.max(...seen)
}
