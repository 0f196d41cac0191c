/** What became of rows, on its way to the disk: in order, and kept until the disk takes it. Sending again instead would ring twice. */
import type { Attempt, Decision, OutboxRow } from '../history/history.ts'
import { attemptOf, type NextStep } from './attempt.ts'
import type { WorkerPorts } from './ports.ts'

export interface Marks {
  /** Ends a try. */
  put(row: OutboxRow, attempt: Attempt, next: NextStep): void
  /** Ends a row without a try. */
  end(row: OutboxRow, result: 'expired' | 'cancelled' | 'gone', detail: string): void
  /** Ends a row because it is no longer to be sent, with a decision that says why. */
  drop(row: OutboxRow, stage: string, reason: string): void
  /** Holds a row once more, with a decision that says why. */
  hold(row: OutboxRow, stage: string, reason: string, until: number): void
  /** Rows that were not sent after all wait again, without an attempt. */
  giveBack(rows: readonly OutboxRow[], nextAttemptAt: number): void
  /** Writes all there are; they are kept until `written`. @throws HistoryError when the disk does not take it */
  write(): void
  /** What `write` wrote is on disk: it is told, and forgotten here. */
  written(): void
}

/** @param onMore there is something to be written, soon */
export function createMarks(ports: Pick<WorkerPorts, 'history' | 'clock' | 'log' | 'onAttempt' | 'onDecision'>, onMore: () => void): Marks {
  const { history, clock, log } = ports
  const waiting: { write: () => void; told: () => void }[] = []
  let inHand = 0

  function add(write: () => void, told: () => void = () => undefined): void {
    waiting.push({ write, told })
    onMore()
  }

  /** Follows what was decided on this event for this destination before. */
  function decide(row: OutboxRow, decided: Pick<Decision, 'decision' | 'stage' | 'reason' | 'until'>): void {
    const earlier = history.decisions(row.eventId).filter((decision) => decision.destinationId === row.destinationId)
    const decision: Decision = {
      eventId: row.eventId, destinationId: row.destinationId, seq: Math.max(1, ...earlier.map((each) => each.seq)) + 1, ...decided, profileId: earlier.at(-1)?.profileId ?? null, at: clock.now(),
    }
    history.addDecision(decision)
    ports.onDecision?.(decision)
  }

  const put: Marks['put'] = (row, attempt, next) => add(() => history.finish(row, attempt, next), () => ports.onAttempt(attempt))
  const end: Marks['end'] = (row, result, detail) => put(row, attemptOf(row, result, detail, clock.now(), 0), { state: result === 'gone' ? 'dead' : result })

  return {
    put,
    end,
    drop(row, stage, reason) {
      decide(row, { decision: 'drop', stage, reason, until: null })
      end(row, 'cancelled', `No longer to be sent: ${reason}`)
    },
    hold(row, stage, reason, until) {
      decide(row, { decision: 'hold', stage, reason, until })
      add(() => history.holdAgain(row.id, until))
    },
    giveBack: (rows, nextAttemptAt) => add(() => history.giveBack(rows.map(({ id }) => id), nextAttemptAt)),
    write() {
      inHand = waiting.length
      for (const { write } of waiting.slice(0, inHand)) write()
    },
    written() {
      for (const { told } of waiting.splice(0, inHand)) {
        try {
          told()
        } catch (error) {
          // It is on disk, whoever listens.
          log.error('what became of a delivery could not be passed on', { error: error instanceof Error ? error.message : String(error) })
        }
      }
      inHand = 0
    },
  }
}
