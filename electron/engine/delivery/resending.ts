/** What a person does with what was not delivered: send it again, all of it, or discard it. And what ends with its destination. */
import type { OutboxRow } from '../history/history.ts'
import { turn } from '../turn.ts'
import type { Marks } from './marks.ts'
import type { WorkerPorts } from './ports.ts'

export interface Resending {
  /** False = there is no such row, or it is being sent. */
  sendAgain(eventId: string, destinationId: string): boolean
  /** @returns how many wait again now */
  sendAllAgain(destinationId: string): number
  /** False = it is no dead letter. */
  discard(eventId: string, destinationId: string): boolean
  /** @returns how many were discarded */
  discardAll(destinationId: string): number
  /** Ends all that waits there, in small steps. `goes` false = stop. */
  endAll(destinationId: string, end: (row: OutboxRow) => void, goes: () => boolean): Promise<void>
}

/** Ended in one go when their destination is removed or gone; then others have their turn. */
const AT_ONCE = 20
const PAGE = 500

export function createResending({ history, clock }: Pick<WorkerPorts, 'history' | 'clock'>, marks: Pick<Marks, 'drop'>): Resending {
  const discard = (row: OutboxRow): void => marks.drop(row, 'discarded', 'discarded')

  /** Works on all dead letters of a destination, the oldest first. @returns how many */
  function all(destinationId: string, work: (rows: OutboxRow[]) => void): number {
    let count = 0
    for (let last = ''; ;) {
      const rows = history.deadLetters({ destinationId, limit: PAGE }).map(({ row }) => row).reverse()
      // What the disk does not take stays a dead letter: not for ever.
      if (rows.length === 0 || rows[0]?.id === last) return count
      last = rows[0]?.id ?? ''
      work(rows)
      count += rows.length
    }
  }

  return {
    sendAgain(eventId, destinationId) {
      const row = history.outbox({ eventId, destinationId }).at(-1)
      if (row === undefined || row.state === 'leased') return false
      history.enqueue([revived(row, clock.now())])
      return true
    },
    sendAllAgain: (destinationId) => all(destinationId, (rows) => history.enqueue(rows.map((row) => revived(row, clock.now())))),
    discard(eventId, destinationId) {
      const row = history.outbox({ eventId, destinationId, states: ['dead', 'expired'] }).at(-1)
      if (row === undefined) return false
      discard(row)
      return true
    },
    discardAll: (destinationId) => all(destinationId, (rows) => rows.forEach(discard)),
    async endAll(destinationId, end, goes) {
      const ended = new Set<string>()
      while (goes()) {
        const rows = history.outbox({ destinationId, states: ['waiting', 'held'], limit: AT_ONCE }).filter(({ id }) => !ended.has(id))
        for (const row of rows) {
          ended.add(row.id)
          end(row)
        }
        // Those that the disk did not take end when they are due: they are judged then.
        if (rows.length < AT_ONCE) return
        await turn(clock)
      }
    },
  }
}

function revived(row: OutboxRow, now: number): OutboxRow {
  const waits = row.state === 'waiting' || row.state === 'held'
  return {
    ...row,
    state: 'waiting',
    // What was delivered is wanted twice: with the old key the far side would swallow it.
    deliveryKey: row.state === 'delivered' ? `${row.deliveryKey}~${now}` : row.deliveryKey,
    nextAttemptAt: now,
    releaseAt: null,
    leaseUntil: null,
    cancelOn: [],
    ...(waits ? {} : { attempts: 0, createdAt: now, expiresAt: now + (row.expiresAt - row.createdAt) }),
    pictureUntil: row.pictureUntil === null ? null : now,
  }
}
