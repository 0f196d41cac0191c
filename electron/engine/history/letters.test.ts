import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Attempt, OutboxState } from './history.ts'
import { batch, entry, first, row, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

function ended(id: string, destinationId: string, state: OutboxState, result: Attempt['result'], at: number): void {
  store.history.commit(batch([entry(`E-${id}`, { outbox: [row(id, { destinationId })] })]))
  const leased = first(store.history.leaseThese([id], T0, 30_000))
  store.history.finish(leased, { outboxId: id, eventId: leased.eventId, destinationId, at, ms: 1, number: 1, result, detail: `it was ${result}` }, { state })
}

describe('dead letters', () => {
  beforeEach(() => {
    ended('O1', 'hook', 'dead', 'rejected', T0 + 10)
    ended('O2', 'hook', 'delivered', 'delivered', T0 + 20)
    ended('O3', 'phone', 'expired', 'expired', T0 + 30)
    ended('O4', 'hook', 'expired', 'expired', T0 + 40)
    ended('O5', 'hook', 'cancelled', 'cancelled', T0 + 50)
  })

  test('are what died or expired, the newest event first, with its event and when it ended', () => {
    expect(store.history.deadLetters({}).map((letter) => [letter.row.id, letter.row.state, letter.event.id, letter.endedAt, letter.row.lastResult])).toEqual([
      ['O4', 'expired', 'E-O4', T0 + 40, 'expired: it was expired'], ['O3', 'expired', 'E-O3', T0 + 30, 'expired: it was expired'], ['O1', 'dead', 'E-O1', T0 + 10, 'rejected: it was rejected'],
    ])
  })

  test('of one destination, and no more than asked for', () => {
    expect(store.history.deadLetters({ destinationId: 'hook' }).map(({ row: { id } }) => id)).toEqual(['O4', 'O1'])
    expect(store.history.deadLetters({ destinationId: 'hook', limit: 1 }).map(({ row: { id } }) => id)).toEqual(['O4'])
    expect(store.history.deadLetters({ destinationId: 'elsewhere' })).toEqual([])
  })

  test('are counted for each destination', () => {
    expect([...store.history.deadLetterCounts()].sort()).toEqual([['hook', 2], ['phone', 1]])
  })
})
