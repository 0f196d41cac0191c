import { expect, test } from 'vitest'
import { Secret } from '../../settings/secret.ts'
import { openedOf, verdictOf, wordsOf } from './messages.ts'

test('a verdict of every kind is understood, and nothing beside it is kept', () => {
  expect(verdictOf({ result: 'delivered', extra: 1 })).toEqual({ verdict: { result: 'delivered', detail: 'Sent.' } })
  expect(verdictOf({ result: 'retry', why: 'Busy.' })).toEqual({ verdict: { result: 'retry', after: null, why: 'Busy.' } })
  expect(verdictOf({ result: 'retry', after: 5_000, why: 'Busy.' })).toEqual({ verdict: { result: 'retry', after: 5_000, why: 'Busy.' } })
  expect(verdictOf({ result: 'rejected', scope: 'message', why: 'Too long.' })).toEqual({ verdict: { result: 'rejected', scope: 'message', why: 'Too long.' } })
  expect(verdictOf({ result: 'gone', why: 'Closed.' })).toEqual({ verdict: { result: 'gone', why: 'Closed.' } })
  expect(verdictOf({ result: 'delivered', detail: 'Ok.', exchange: { request: ['POST'], answer: ['200'] } })).toEqual({ verdict: { result: 'delivered', detail: 'Ok.', exchange: { request: ['POST'], answer: ['200'] } } })
})

test.each([
  ['nothing', undefined], ['a word', 'delivered'], ['another result', { result: 'fine' }], ['a retry without words', { result: 'retry' }], ['a refusal of nothing', { result: 'rejected', why: 'x' }],
  ['a wait without end', { result: 'retry', after: 1e12, why: 'x' }], ['a wait into the past', { result: 'retry', after: -1, why: 'x' }], ['no number', { result: 'retry', after: 'soon', why: 'x' }],
])('%s is no verdict', (_what, answered) => {
  expect(verdictOf(answered)).toHaveProperty('wrong')
})

test('what a plugin says of itself may leave out what it does not use', () => {
  expect(openedOf({ prerequisites: [], features: null, checked: { ok: true, config: {} } })).toEqual({ opened: { prerequisites: [], features: null, checked: { ok: true } } })
  expect(openedOf({ prerequisites: [], features: ['job.ended'], checked: { ok: true } })).toHaveProperty('wrong')
  expect(openedOf({ prerequisites: [], features: null, checked: { ok: false, errors: [] } })).toHaveProperty('wrong')
})

test('words are one line without addresses, secrets and control characters, and at most 300 characters', () => {
  const secret = new Secret('s3cret-of-the-bell')
  expect(wordsOf(`Tried https://bell.example/x?key=1\n and 192.168.0.4:8080, localhost:80:\u001b[2J ${secret.reveal()}`)).toBe('Tried (hidden) and (hidden), (hidden): [2J [secret]')
  expect(wordsOf('x'.repeat(400))).toBe(`${'x'.repeat(299)}…`)
  expect(wordsOf(`${' '.repeat(2_000)}${'y'.repeat(290)} ${secret.reveal()}`)).toBe(`${'y'.repeat(290)} [secret]`)
})
