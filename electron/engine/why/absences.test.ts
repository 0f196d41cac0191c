import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memory, T0, temporaryHistory } from '../history/test-support.ts'
import { createAbsences, type Absences } from './absences.ts'

const MINUTE = 60_000
let stored: ReturnType<typeof temporaryHistory>
let clock: TestClock
let absences: Absences
beforeEach(() => {
  stored = temporaryHistory()
  clock = new TestClock(T0)
  absences = createAbsences({ history: stored.history, clock, log: stored.log })
})
afterEach(() => stored.remove())

/** [cause, minutes from noon to minutes from noon] */
const noted = (): unknown[] => stored.history.gaps({}).map(({ from, to, cause }) => [cause, (from - T0) / MINUTE, to === null ? null : (to - T0) / MINUTE])

test('the first start of all was never preceded by anything', () => {
  absences.started()
  absences.settle()
  expect(noted()).toEqual([])
})

test('from an end to the next start Printbell did not run', async () => {
  absences.stopped()
  expect(noted()).toEqual([['not_running', 0, null]])
  await clock.advance(30 * MINUTE)
  absences.started()
  absences.settle()
  expect(noted()).toEqual([['not_running', 0, 30]])
})

test('a start waits for no disk: what was before it is written a second later, as of the start', async () => {
  absences.stopped()
  await clock.advance(30 * MINUTE)
  absences.started()
  await clock.advance(999)
  expect(noted()).toEqual([['not_running', 0, null]])
  await clock.advance(1)
  expect(noted()).toEqual([['not_running', 0, 30]])
})

test('once it is written, a later second changes nothing', async () => {
  absences.stopped()
  await clock.advance(30 * MINUTE)
  absences.started()
  absences.settle()
  absences.stopped()
  absences.settle()
  await clock.advance(5 * MINUTE)
  expect(noted()).toEqual([['not_running', 0, 30], ['not_running', 30, null]])
})

test('what a printer is seen at after the start does not shorten the time before it', async () => {
  stored.history.saveMemory([{ printerId: 'p1', memory: { ...memory(), lastSeenAt: T0 } }], T0)
  await clock.advance(7 * MINUTE)
  absences.started()
  stored.history.saveMemory([{ printerId: 'p1', memory: { ...memory(), lastSeenAt: T0 + 7 * MINUTE } }], clock.now())
  absences.settle()
  expect(noted()).toEqual([['not_running', 0, 7]])
})

test('an end before that second has passed writes both', async () => {
  absences.stopped()
  await clock.advance(30 * MINUTE)
  absences.started()
  await clock.advance(500)
  absences.stopped()
  expect(noted()).toEqual([['not_running', 0, 30], ['not_running', 30 + 500 / MINUTE, null]])
})

test('after a crash it did not run since a printer was last seen', async () => {
  stored.history.saveMemory([{ printerId: 'p1', memory: { ...memory(), lastSeenAt: T0 } }, { printerId: 'p2', memory: { ...memory(), lastSeenAt: T0 + 2 * MINUTE } }, { printerId: 'p3', memory: { ...memory(), lastSeenAt: null } }], T0)
  await clock.advance(7 * MINUTE)
  absences.started()
  absences.settle()
  expect(noted()).toEqual([['not_running', 2, 7]])
})

test('sleep and standing still are noted, what is over in seconds is not', () => {
  absences.gap({ from: T0 - 60 * MINUTE, at: T0 - 30 * MINUTE, why: 'sleep' })
  absences.gap({ from: T0 - 9_999, at: T0, why: 'stopped' })
  expect(noted()).toEqual([['sleep', -60, -30]])
})

test('an own network is away from its loss to its return, however often that is told', async () => {
  absences.network(false, T0 - MINUTE)
  absences.gap({ from: T0 - MINUTE, at: T0, why: 'own_network' })
  absences.gap({ from: T0 - MINUTE, at: T0 + MINUTE, why: 'sleep' })
  await clock.advance(5 * MINUTE)
  absences.network(true, clock.now())
  expect(noted()).toEqual([['own_network', -1, 5], ['sleep', -1, 1]])
})

test('a network that was away at the end is not told to be away until the next start', async () => {
  absences.network(false, T0)
  await clock.advance(MINUTE)
  absences.stopped()
  await clock.advance(MINUTE)
  absences.started()
  absences.settle()
  expect(noted()).toEqual([['own_network', 0, 1], ['not_running', 1, 2]])
})

test('a history that takes nothing stops nobody, and the log says so', () => {
  const history = { ...stored.history, openGap: () => { throw new Error('disk full') } }
  createAbsences({ history, clock, log: stored.log }).stopped()
  expect(stored.log.lines).toMatchObject([{ level: 'error', message: 'when nobody looked could not be noted in the history' }])
})
