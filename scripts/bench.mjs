/**
 * npm run bench [-- NAME ...]: runs the files of test/bench/ one after the other, each in a process of its own, so
 * that none measures the garbage of another. A .ts file is bundled into dist/ first, beside the workers it may start.
 * Helpers lie in folders below. Prints a table, writes bench-results.json; status 1 when a limit is broken.
 * `--only NAME` is the same as NAME. The soak runs only when it is named: it takes 30 minutes, or what --minutes or --hours say.
 * A file exports `run(options)`, which returns (or promises) a list of measurements (scripts/lib/measurements.mjs); options: { minutes? }.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { globFiles } from './lib/glob-files.mjs'
import { bundling } from './lib/bundling.mjs'
import { judge, readMeasurements, table } from './lib/measurements.mjs'
import { requireNode } from './lib/node-version.mjs'
import { dist, root } from './lib/paths.mjs'
import { run, tail } from './lib/run.mjs'

const say = (text) => process.stderr.write(`${text}\n`)
/** Run only when named, and what for. */
const LONG = { soak: 'it takes 30 minutes' }
const nameOf = (path) => basename(path).replace(/(\.bench)?\.(mjs|ts)$/, '')

/** What Node can run: the file itself, or its bundle. */
async function runnable(path) {
  if (path.endsWith('.mjs')) return path
  const { build } = await import('vite')
  const name = `bench-${nameOf(path)}`
  const base = bundling({ [name]: path }, { outDir: dist, emptyOutDir: false })
  // Playwright finds its own files beside it.
  await build({ ...base, ssr: { ...base.ssr, external: [...base.ssr.external, 'playwright-core'] }, logLevel: 'silent' })
  return join(dist, `${name}.mjs`)
}

/** The measurements of one file, run in a process of its own. */
async function measure(path, minutes) {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-bench-'))
  const answer = join(folder, 'answer.json')
  try {
    const args = ['--expose-gc', '--enable-source-maps', fileURLToPath(import.meta.url), '--child', await runnable(path), '--answer', answer, ...(minutes === undefined ? [] : ['--minutes', String(minutes)])]
    const { status, output, problem } = await run(process.execPath, args, { cwd: root, onOutput: (text) => process.stderr.write(text) })
    if (status !== 0) throw new Error(`${nameOf(path)} failed (${problem ?? `status ${status}`}): ${tail(output, 3)}`)
    return readMeasurements(JSON.parse(readFileSync(answer, 'utf8')), nameOf(path))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main(names, minutes) {
  await ensureInstalled()
  await ensureBuilt()
  const folder = join(root, 'test', 'bench')
  const files = existsSync(folder) ? globFiles(folder, /(?<!\.test|\.d)\.(mjs|ts)$/).filter((path) => dirname(path) === folder) : []
  const strange = names.filter((name) => !files.some((path) => nameOf(path) === name))
  if (files.length === 0 || strange.length > 0) {
    say(`There is no benchmark${strange.length === 0 ? ' in test/bench/' : ` called "${strange.join('" or "')}"`}. There are: ${files.map(nameOf).join(', ') || 'none'}.`)
    return 1
  }
  const chosen = files.filter((path) => (names.length === 0 ? !(nameOf(path) in LONG) : names.includes(nameOf(path))))
  const measured = []
  for (const path of chosen) {
    say(`${nameOf(path)} ...`)
    measured.push(...(await measure(path, minutes)))
  }
  const results = judge(measured)
  process.stdout.write(`${table(results)}\n`)
  if (names.length === 0) for (const [name, why] of Object.entries(LONG)) process.stdout.write(`Left out: ${name} (${why}). npm run bench -- ${name} runs it.\n`)
  writeFileSync(join(root, 'bench-results.json'), `${JSON.stringify(results, null, 2)}\n`)
  return results.every(({ ok }) => ok) ? 0 : 1
}

/** How long a benchmark is to take, where that can be chosen; undefined = as long as it takes. @throws Error */
function minutesOf({ minutes, hours }) {
  if (minutes === undefined && hours === undefined) return undefined
  const given = minutes === undefined ? 60 * Number(hours) : Number(minutes)
  if (!Number.isFinite(given) || given <= 0) throw new Error(`--minutes and --hours take a number above 0, not "${minutes ?? hours}".`)
  return given
}

requireNode()
try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' }, minutes: { type: 'string' }, hours: { type: 'string' }, child: { type: 'string' }, answer: { type: 'string' } } })
  const minutes = minutesOf(values)
  if (values.child && values.answer) {
    const { run: benchmark } = await import(pathToFileURL(values.child).href)
    writeFileSync(values.answer, JSON.stringify(await benchmark(minutes === undefined ? {} : { minutes })))
    // Whatever a benchmark left open ends here.
    process.exit(0)
  }
  const names = [...positionals, ...(values.only === undefined ? [] : [values.only])]
  if (minutes !== undefined && (names.length === 0 || !names.every((name) => name in LONG))) throw new Error(`--minutes and --hours are for ${Object.keys(LONG).join(', ')}.`)
  process.exitCode = await main(names, minutes)
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
