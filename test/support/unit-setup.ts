/**
 * Around each file of the unit project, whose files run one after the other in the same process: every file gets all modules anew,
 * so no register of a module (the secrets that texts lose, counters, caches) passes from one to the next; what it leaves changed in
 * the process fails it, and is put back for the next one.
 */
import { afterAll, vi } from 'vitest'
import { processState, putBack } from './shared-process.ts'

const ALONE = 'Mocked modules stay in a process: list this file under "alone" in vitest.config.ts, or better, take what it replaces as an argument.'
function refuse(): never {
  throw new Error(ALONE)
}

vi.resetModules()
Object.assign(vi, { mock: refuse, doMock: refuse })

const before = processState()
afterAll(() => {
  const left = putBack(before)
  if (left.length > 0) throw new Error(`This file leaves changed what the next one in this process would find: ${left.join(', ')}. Put it back in an afterEach, or list the file under "alone" in vitest.config.ts.`)
})
