import { describe, expect, it } from 'vitest'
import type { BrokenTemplate } from '../../engine/delivery/templates/texts.ts'
import type { FailingDestination } from '../../engine/failing-destinations.ts'
import type { Attempt, OutboxRow } from '../../engine/history/history.ts'
import { standingsNow, type StandingParts } from './standing.ts'

const attempt: Attempt = { outboxId: 'o1', eventId: 'e1', destinationId: 'hook', at: 1_000, ms: 12, number: 3, result: 'retry', detail: 'the server answered 503' }
const row = (state: OutboxRow['state']): OutboxRow => ({
  id: 'o1', eventId: 'e1', destinationId: 'hook', state, deliveryKey: 'k', priority: 0, jobKey: null, attempts: 3, createdAt: 0, nextAttemptAt: 0, expiresAt: 0, pictureUntil: null, releaseAt: null, cancelOn: [], leaseUntil: null, lastResult: null,
})
const fails = (destinationId: string, state: FailingDestination['state'] = 'open'): FailingDestination => ({ destinationId, since: 500, why: '503', state, nextTryAt: null })
const parts = (failing: FailingDestination[], rows: OutboxRow[], attempts: Attempt[] = [attempt], dead: [string, number][] = [], broken: BrokenTemplate[] = []) => ({
  engine: () => ({ failing: () => failing, deadLetterCounts: () => new Map(dead), brokenTemplates: () => broken }), history: { attempts: () => attempts, outbox: () => rows },
})

const standingOf = (destinationId: string, given: StandingParts) => standingsNow(given)(destinationId)

describe('how a destination does', () => {
  it('without any try it works as far as anybody knows', () => {
    expect(standingOf('hook', parts([], [], []))).toEqual({ circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null })
  })
  it('that fails tells since when and why, what came last, how much waits and until when, and when it is tried next', () => {
    const rows = [{ ...row('waiting'), expiresAt: 9_000 }, { ...row('held'), expiresAt: 8_000, releaseAt: 2_500 }, { ...row('held'), expiresAt: 9_500, releaseAt: 2_200 }]
    expect(standingOf('hook', parts([{ ...fails('hook'), nextTryAt: 1_700 }], rows))).toEqual({
      circuit: 'open', failingSince: 500, why: '503', nextTryAt: 1_700, last: { at: 1_000, result: 'retry', detail: 'the server answered 503' }, waiting: 3, waitsUntil: 8_000, held: 2, heldUntil: 2_200, undelivered: 0, templateTrouble: null,
    })
  })
  it.each(['half_open', 'open', 'gone'] as const)('that is %s says so', (state) => {
    expect(standingOf('hook', parts([fails('hook', state)], [row('leased')])).circuit).toBe(state)
  })
  it('tells how much was not delivered', () => {
    expect(standingOf('hook', parts([], [], [], [['hook', 4], ['mail', 9]])).undelivered).toBe(4)
  })
  it('tells which template can\'t be used', () => {
    expect(standingOf('hook', parts([], [], [], [], [{ destinationId: 'hook', why: 'No.' }])).templateTrouble).toBe('No.')
    expect(standingOf('mail', parts([], [], [], [], [{ destinationId: 'hook', why: 'No.' }])).templateTrouble).toBeNull()
  })
  it('is not what another one does, and works before an engine runs', () => {
    expect(standingOf('hook', parts([fails('mail')], [])).circuit).toBe('closed')
    expect(standingOf('hook', { ...parts([], []), engine: () => null })).toMatchObject({ failingSince: null, undelivered: 0 })
  })
  it('is asked of the engine once, however many there are', () => {
    const asked: string[] = []
    const given = parts([fails('mail')], [])
    const of = standingsNow({ ...given, engine: () => ({
      failing: () => {
        asked.push('failing')
        return [fails('mail')]
      },
      brokenTemplates: () => [],
      deadLetterCounts() {
        asked.push('dead letters')
        return new Map([['phone', 2]])
      },
    }) })
    expect(['hook', 'mail', 'phone'].map((id) => [of(id).circuit, of(id).undelivered])).toEqual([['closed', 0], ['open', 0], ['closed', 2]])
    expect(asked).toEqual(['failing', 'dead letters'])
  })
})
