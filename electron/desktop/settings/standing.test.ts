import { describe, expect, it } from 'vitest'
import type { Attempt, OutboxRow } from '../../engine/history/history.ts'
import { standingOf, type StandingParts } from './standing.ts'

const attempt: Attempt = { outboxId: 'O1', eventId: 'E1', destinationId: 'hook', at: 700, ms: 12, number: 2, result: 'retry', detail: 'It does not answer (timeout).' }

/** Answers as the history does: by destination and state. */
function parts(rows: Pick<OutboxRow, 'destinationId' | 'state'>[], attempts: Attempt[], failing: ReturnType<StandingParts['failing']> = []): StandingParts {
  return {
    failing: () => failing,
    history: {
      attempts: ({ destinationId, limit }) => attempts.filter((row) => row.destinationId === destinationId).slice(0, limit),
      outbox: ({ destinationId, states }) => rows.filter((row) => row.destinationId === destinationId && (states ?? []).includes(row.state)) as OutboxRow[],
    },
  }
}

describe('how a destination does', () => {
  it('is nothing at all for one that never sent', () => {
    expect(standingOf('hook', parts([], []))).toEqual({ circuit: 'closed', failingSince: null, last: null, waiting: 0 })
  })

  it('is told by its last attempt, what waits, and since when it fails', () => {
    const rows = (['waiting', 'held', 'leased', 'delivered', 'dead'] as const).map((state) => ({ destinationId: 'hook', state }))
    const told = parts([...rows, { destinationId: 'desk', state: 'waiting' }], [attempt, { ...attempt, number: 1, at: 600 }], [{ destinationId: 'hook', since: 500, why: 'It does not answer (timeout).' }])
    expect(standingOf('hook', told)).toEqual({ circuit: 'open', failingSince: 500, last: { at: 700, result: 'retry', detail: 'It does not answer (timeout).' }, waiting: 3 })
    expect(standingOf('desk', told)).toEqual({ circuit: 'closed', failingSince: null, last: null, waiting: 1 })
  })
})
