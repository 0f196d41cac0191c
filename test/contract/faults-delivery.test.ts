/** The short form of "npm run faults": real kills from outside, receivers with receipts of their own. */
import { expect, it } from 'vitest'
import { buildFaults } from '../../scripts/lib/faults.mjs'

it('an engine that is killed again and again while it delivers loses nothing and tells nothing twice that it could know', { timeout: 440_000 }, async () => {
  const { faults, engine } = await buildFaults()
  const result = await faults({ events: 200, kills: 6, seed: 20_261_126, engine, limitMs: 400_000 })
  expect(result).toMatchObject({ events: 200, destinations: 5, kills: 6, lost: 0, duplicatesKeyed: 0 })
  // A kill between reading an answer and storing it repeats what was answered just then. In so short a run that is no rate; the long
  // run judges it. More than these moments can explain would be a fault.
  expect(result.duplicatesKeyless).toBeLessThanOrEqual(result.kills * 2)
  expect(result.killsInFlight).toBeGreaterThan(0)
})
