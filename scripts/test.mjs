/**
 * npm test: everything that tells whether Printbell works, from a clean clone: set-up, lint, types, requirements, then
 * the unit, timeline, contract, window and real tests. --fast: without the build, timeline, contract, window and real tests.
 * The last line is "N passed, N failed, N skipped"; the status is 1 when something failed or nothing ran.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { electronRuntime } from './lib/electron-runtime.mjs'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { requireNode } from './lib/node-version.mjs'
import { cache, results, root } from './lib/paths.mjs'
import { realServers } from './lib/python-venv.mjs'
import { run, tail } from './lib/run.mjs'
import { collect, describeOutcome, sum } from './lib/test-results.mjs'

const STILL_RUNNING_MS = 20_000
const fast = process.argv.includes('--fast')
const say = (text) => process.stderr.write(`${text}\n`)
const bin = (path) => join(root, 'node_modules', ...path.split('/'))

/** Runs a step, telling how long it took and, in between, that it still runs. */
async function step(name, work) {
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
  let last = ''
  const timer = setInterval(() => say(`${name}: still running, ${seconds()}${last && `: ${last}`}`), STILL_RUNNING_MS)
  try {
    const outcome = await work((text) => { last = tail(stripVTControlCharacters(text), 1).trim() || last })
    say(`${name}: ${outcome.failures.length === 0 ? 'ok' : `${outcome.failures.length} failed`}, ${outcome.passed} passed, ${outcome.skips.length} skipped, ${seconds()}`)
    return outcome
  } finally {
    clearInterval(timer)
  }
}

/** A program that passes or fails as a whole counts as one test. */
function check(name, args) {
  return step(name, async (onOutput) => {
    const { status, output } = await run(process.execPath, args, { cwd: root, onOutput })
    if (status === 0) return { passed: 1, failures: [], skips: [] }
    return { passed: 0, failures: [{ title: name, file: '', message: output.trim() }], skips: [] }
  })
}

function vitest(project, env = {}) {
  return step(project, async (onOutput) => {
    const file = join(results, `${project}.json`)
    const args = [bin('vitest/vitest.mjs'), 'run', '--project', project, '--passWithNoTests', '--allowOnly=false', '--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`]
    if (project === 'real') args.push('--no-file-parallelism')
    const { status, output } = await run(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env }, onOutput })
    writeFileSync(join(results, `${project}.log`), output)
    const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
    const outcome = collect(report, { root, status, log: output, name: project })
    if (outcome.passed + outcome.failures.length + outcome.skips.length === 0) outcome.failures.push({ title: project, file: '', message: 'Not one test ran: is vitest.config.ts wrong?' })
    return outcome
  })
}

/**
 * Runs `steps` in their order, two at a time: most are one process, and two cores are what a small machine has.
 * @returns their outcomes, in the same order
 */
async function twoAtATime(steps) {
  const outcomes = []
  let next = 0
  const lane = async () => {
    while (next < steps.length) {
      const mine = next++
      outcomes[mine] = await steps[mine]()
    }
  }
  await Promise.all([lane(), lane()])
  return outcomes
}

/** The quick run remembers what it checked; the full run trusts nothing. */
function typesArgs(compiler, project) {
  const remembered = fast ? ['--incremental', '--tsBuildInfoFile', join(cache, `types-${project.replaceAll('/', '-')}.tsbuildinfo`)] : []
  return [bin(compiler), '--noEmit', '-p', join(root, project), ...remembered]
}

async function main() {
  await ensureInstalled()
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })
  const lintArgs = [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']
  // The cache judges a file by its own text only, and some rules look at types from others: the full run trusts nothing.
  if (fast) lintArgs.push('--cache', '--cache-strategy', 'content', '--cache-location', join(cache, 'eslint', '/'))
  const servers = fast ? Promise.resolve({}) : realServers()
  // Fetched beside the checks where it is missing. Tests that need it find it by themselves, and say why when they can't.
  const electron = fast ? Promise.resolve() : electronRuntime().catch((error) => say(`No Electron for the tests: ${error.message.split('\n')[0]}`))
  // The longest first, so that neither lane ends long before the other.
  const all = await twoAtATime([
    () => vitest('unit'),
    () => check('lint', lintArgs),
    () => check('types', typesArgs('typescript/bin/tsc', '.')),
    () => check('types of the window', typesArgs('vue-tsc/bin/vue-tsc.js', 'renderer')),
    () => vitest('unit-alone'),
    () => check('types of the window\'s tests', typesArgs('typescript/bin/tsc', 'test/window')),
    () => check('requirements', [join(root, 'scripts', 'check-requirements.mjs')]),
  ])
  if (!fast) {
    // After the checks: a build that fails should not hide what they say.
    const built = await step('build', async () => {
      try {
        await ensureBuilt()
        return { passed: 0, failures: [], skips: [] }
      } catch (error) {
        return { passed: 0, failures: [{ title: 'build', file: '', message: error.message }], skips: [] }
      }
    })
    const [timeline, contract] = [await vitest('timeline'), await vitest('contract')]
    await electron
    all.push(built, timeline, contract, await vitest('window'), await vitest('real', await servers))
  }
  const outcome = sum(all)
  writeFileSync(join(results, 'summary.json'), `${JSON.stringify(outcome, null, 2)}\n`)
  process.stdout.write(`${describeOutcome(outcome)}\n`)
  return outcome.failures.length === 0 ? 0 : 1
}

requireNode()
try {
  process.exitCode = await main()
} catch (error) {
  say(error.stack)
  process.stdout.write('0 passed, 1 failed, 0 skipped\n')
  process.exitCode = 1
}
