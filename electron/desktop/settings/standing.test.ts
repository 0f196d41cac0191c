import { describe, expect, it } from 'vitest'
import type { FailingDestination } from '../../engine/failing-destinations.ts'
import type { Attempt, OutboxRow } from '../../engine/history/history.ts'
import { standingOf } from './standing.ts'

const attempt: Attempt = { outboxId: 'o1', eventId: 'e1', destinationId: 'hook', at: 1_000, ms: 12, number: 3, result: 'retry', detail: 'the server answered 503' }
const row = (state: OutboxRow['state']): OutboxRow => ({
  id: 'o1', eventId: 'e1', destinationId: 'hook', state, deliveryKey: 'k', priority: 0, jobKey: null, attempts: 3, createdAt: 0, nextAttemptAt: 0, expiresAt: 0, pictureUntil: null, releaseAt: null, cancelOn: [], leaseUntil: null, lastResult: null,
})
const fails = (destinationId: string, state: FailingDestination['state'] = 'open'): FailingDestination => ({ destinationId, since: 500, why: '503', state, nextTryAt: null })
const parts = (failing: FailingDestination[], rows: OutboxRow[], attempts: Attempt[] = [attempt]) => ({
  engine: () => ({ failing: () => failing }), history: { attempts: () => attempts, outbox: () => rows },
})

describe('how a destination does', () => {
  it('without any try it works as far as anybody knows', () => {
    expect(standingOf('hook', parts([], [], []))).toEqual({ circuit: 'closed', failingSince: null, last: null, waiting: 0 })
  })
  it('that fails tells since when, what came last, and how much waits', () => {
    expect(standingOf('hook', parts([fails('hook')], [row('waiting'), row('held')])))
      .toEqual({ circuit: 'open', failingSince: 500, last: { at: 1_000, result: 'retry', detail: 'the server answered 503' }, waiting: 2 })
  })
  it('that is being tried again says so', () => {
    expect(standingOf('hook', parts([fails('hook', 'half_open')], [row('leased')])).circuit).toBe('half_open')
    expect(standingOf('hook', parts([fails('hook')], [row('leased')])).circuit).toBe('open')
  })
  it('that is gone is open', () => {
    expect(standingOf('hook', parts([fails('hook', 'gone')], [])).circuit).toBe('open')
  })
  it('is not what another one does, and works before an engine runs', () => {
    expect(standingOf('hook', parts([fails('mail')], [])).circuit).toBe('closed')
    expect(standingOf('hook', { ...parts([], []), engine: () => null }).failingSince).toBeNull()
  })
})
