/**
 * For .ci/run, after npm test: fails when a test was skipped that .ci/allowed-skips.txt does not list, and closes with
 * the run's last line. Status 1 then, and also when the run left no summary or ran nothing.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { results, root } from './lib/paths.mjs'
import { lastLine, unexpectedSkips } from './lib/test-results.mjs'

const file = join(results, 'summary.json')
if (!existsSync(file)) {
  process.stdout.write('The tests left no summary: they did not come to their end.\n0 passed, 1 failed, 0 skipped\n')
  process.exit(1)
}
const outcome = JSON.parse(readFileSync(file, 'utf8'))
const unexpected = unexpectedSkips(outcome.skips, readFileSync(join(root, '.ci', 'allowed-skips.txt'), 'utf8'))
for (const text of unexpected) process.stdout.write(`NOT ALLOWED TO SKIP  ${text}\n`)
process.stdout.write(`${lastLine(outcome)}\n`)
process.exitCode = outcome.failures.length > 0 || outcome.passed === 0 || unexpected.length > 0 ? 1 : 0
