/**
 * npm run faults [-- --events N --kills N --seed N]: kills the engine again and again while it delivers, and counts what was lost or
 * came twice (test/faults/run.ts). Writes fault-results.json; status 1 when a promise of docs/reliability.md is broken.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { buildFaults } from './lib/faults.mjs'
import { requireNode } from './lib/node-version.mjs'
import { root } from './lib/paths.mjs'
import { startProgress } from './lib/progress.mjs'

const LIMIT_MS = 60 * 60_000
/** Of the events that keyless destinations got. */
const DUPLICATES_PER = 1 / 1000
const IN_FLIGHT_AT_LEAST = 0.4

requireNode()
const { values } = parseArgs({ options: { events: { type: 'string', default: '10000' }, kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '20261126' } } })
try {
  await ensureInstalled()
  const { faults, engine } = await buildFaults()
  const progress = startProgress('Faults')
  const result = await faults({
    events: Number(values.events), kills: Number(values.kills), seed: Number(values.seed), engine, limitMs: LIMIT_MS,
    onProgress: ({ accepted, wanted }) => progress.update(accepted, wanted),
  })
  progress.done(`${result.kills} kills in ${result.seconds} s`)
  writeFileSync(join(root, 'fault-results.json'), `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  const kept = result.lost === 0 && result.duplicatesKeyed === 0 && result.duplicatesKeyless <= result.events * 3 * DUPLICATES_PER && result.killsInFlight >= result.kills * IN_FLIGHT_AT_LEAST
  process.exitCode = kept ? 0 : 1
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
