import { expect, test } from 'vitest'
import { selectorMatches } from './selectors.ts'

const done = { type: 'job.done', native: { name: 'PrintDone', payload: {} } } as const
const movie = { type: 'server.event', native: { name: 'MovieDone', payload: {} } } as const

test.each([
  ['job.done', done, true],
  ['job.failed', done, false],
  ['job.*', done, true],
  ['link.*', done, false],
  ['*', done, true],
  ['native:PrintDone', done, true],
  ['native:*', done, true],
  ['native:MovieDone', done, false],
  ['*', movie, false],
  ['native:MovieDone', movie, true],
  ['native:*', movie, true],
  ['server.event', movie, true],
  ['native:*', { type: 'job.done' }, false],
] as const)('selector %s on %o matches: %s', (selector, event, expected) => {
  expect(selectorMatches(selector, event)).toBe(expected)
})
