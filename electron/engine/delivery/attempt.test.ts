import { expect, test } from 'vitest'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { Verdict } from '../channels/channel.ts'
import { nextStep } from './attempt.ts'

const row = { attempts: 0, expiresAt: NOON + 120_000 }

test.each<[string, Verdict, ReturnType<typeof nextStep>]>([
  ['delivered', { result: 'delivered', detail: '' }, { state: 'delivered' }],
  ['a refused message', { result: 'rejected', scope: 'message', why: '' }, { state: 'dead' }],
  ['gone', { result: 'gone', why: '' }, { state: 'dead' }],
  ['retry', { result: 'retry', after: null, why: '' }, { state: 'waiting', nextAttemptAt: NOON + 1_000 }],
  ['retry, asked to wait', { result: 'retry', after: 30_000, why: '' }, { state: 'waiting', nextAttemptAt: NOON + 30_000 }],
  ['a retry beyond the expiry ends at the expiry', { result: 'retry', after: 600_000, why: '' }, { state: 'waiting', nextAttemptAt: NOON + 120_000 }],
  ['a refusing destination, for the first time', { result: 'rejected', scope: 'destination', why: '' }, { state: 'waiting', nextAttemptAt: NOON + 15_000 }],
])('%s', (_what, verdict, expected) => {
  expect(nextStep(row, verdict, NOON, () => 0.5)).toEqual(expected)
})
