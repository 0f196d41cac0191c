/**
 * npm test: everything that tells whether Printbell works, from a clean clone: set-up, lint, types, requirements, then
 * the unit, timeline, contract, window and real tests. --fast: without the build, timeline, contract, window and real tests.
 * Before the last line stands how long each step took. The last line is "N passed, N failed, N skipped"; the status is 1 when something failed or nothing ran.
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
const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`
const bin = (path) => join(root, 'node_modules', ...path.split('/'))

/** Steps in the order of their ends. @type {{ name: string, ms: number }[]} */
const took = []

/** Runs a step, telling how long it took and, in between, that it still runs. */
async function step(name, work) {
  const started = performance.now()
  const seconds = () => inSeconds(performance.now() - started)
  let last = ''
  const timer = setInterval(() => say(`${name}: still running, ${seconds()}${last && `: ${last}`}`), STILL_RUNNING_MS)
  try {
    const outcome = await work((text) => { last = tail(stripVTControlCharacters(text), 1).trim() || last })
    say(`${name}: ${outcome.failures.length === 0 ? 'ok' : `${outcome.failures.length} failed`}, ${outcome.passed} passed, ${outcome.skips.length} skipped, ${seconds()}`)
    return outcome
  } finally {
    clearInterval(timer)
    took.push({ name, ms: performance.now() - started })
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

/**
 * @param {string} name of the step and of its files in test-results/
 * @param {{ projects?: string[], env?: Record<string, string> }} [how] `projects` of vitest.config.ts: the one of that name unless given
 */
function vitest(name, { projects = [name], env = {} } = {}) {
  return step(name, async (onOutput) => {
    const file = join(results, `${name}.json`)
    const args = [bin('vitest/vitest.mjs'), 'run', ...projects.flatMap((project) => ['--project', project]), '--passWithNoTests', '--allowOnly=false', '--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`]
    // What was compiled for the tests the last time, by content.
    if (fast) args.push('--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${join(cache, 'vitest')}`)
    const { status, output } = await run(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env }, onOutput })
    writeFileSync(join(results, `${name}.log`), output)
    const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
    const outcome = collect(report, { root, status, log: output, name })
    if (outcome.passed + outcome.failures.length + outcome.skips.length === 0) outcome.failures.push({ title: name, file: '', message: 'Not one test ran: is vitest.config.ts wrong?' })
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
const remembered = fast ? ['--incremental', '--tsBuildInfoFile', join(cache, 'types-renderer.tsbuildinfo')] : []

/** Each part of scripts/check-code.mjs counts as one test, and its time as that of a step. */
function checkCode() {
  return step('types and lint', async (onOutput) => {
    const { status, output, problem } = await run(process.execPath, [join(root, 'scripts', 'check-code.mjs'), ...(fast ? ['--remember'] : [])], { cwd: root, onOutput, keep: 4_000_000 })
    if (status !== 0) return { passed: 0, failures: [{ title: 'types and lint', file: '', message: `${output.trim()}\n${problem ?? ''}`.trim() }], skips: [] }
    const parts = JSON.parse(tail(output, 1))
    took.push(...parts.map(({ name, ms }) => ({ name, ms })))
    const wrong = parts.filter(({ problems }) => problems !== '')
    return { passed: parts.length - wrong.length, failures: wrong.map(({ name, problems }) => ({ title: name, file: '', message: stripVTControlCharacters(problems).trim() })), skips: [] }
  })
}

async function main() {
  const began = performance.now()
  // Compiled while the packages come over the network, and beside the checks.
  const servers = fast ? Promise.resolve({}) : realServers()
  await ensureInstalled()
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })
  // Fetched beside the checks where it is missing. Tests that need it find it by themselves, and say why when they can't.
  const electron = fast ? Promise.resolve() : electronRuntime().catch((error) => say(`No Electron for the tests: ${error.message.split('\n')[0]}`))
  // The longest first, so that neither lane ends long before the other.
  const all = await twoAtATime([
    () => vitest('unit', { projects: ['unit', 'unit-alone'] }),
    () => checkCode(),
    () => check('types of the window', [bin('vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', join(root, 'renderer'), ...remembered]),
    () => vitest('unit-window'),
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
    all.push(built, await vitest('timeline'), await vitest('contract'), await vitest('contract-alone'))
    await electron
    all.push(await vitest('window'))
    // Both halves wait for real prints most of the time.
    const env = await servers
    all.push(...(await Promise.all([vitest('real', { env }), vitest('real-servers', { env })])))
  }
  const outcome = sum(all)
  writeFileSync(join(results, 'summary.json'), `${JSON.stringify(outcome, null, 2)}\n`)
  const times = took.toSorted((a, b) => b.ms - a.ms).map(({ name, ms }) => `${name} ${inSeconds(ms)}`)
  say(`Took ${inSeconds(performance.now() - began)}: ${times.join(', ')}`)
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
