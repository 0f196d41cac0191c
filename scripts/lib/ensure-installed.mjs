/** The packages of package-lock.json in node_modules: installed when missing or older than the lock. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { cache, root } from './paths.mjs'
import { startProgress } from './progress.mjs'
import { run, tail } from './run.mjs'

/**
 * Compares what the lock asks for with what npm wrote down when it last finished an install
 * (node_modules/.package-lock.json, written at the very end: an install that broke off leaves none).
 * Packages for other systems ("optional") may be absent.
 * @param {{ packages?: Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> }} wanted
 * @param {typeof wanted | null} installed
 * @returns {string[]} the paths of missing or different packages
 */
export function differences(wanted, installed) {
  const have = installed?.packages ?? {}
  return Object.entries(wanted.packages ?? {})
    .filter(([path, entry]) => {
      if (path === '') return false
      const there = have[path]
      if (!there) return !entry.optional && !entry.devOptional
      return there.version !== entry.version
    })
    .map(([path]) => path)
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

function missing() {
  const wanted = readJson(join(root, 'package-lock.json'))
  if (!wanted) throw new Error('package-lock.json is missing or damaged. Restore it: git checkout package-lock.json')
  return { wanted, missing: differences(wanted, readJson(join(root, 'node_modules', '.package-lock.json'))) }
}

/** npm as it was found by `npm run`, else the one on the PATH. */
export function npm() {
  const script = process.env.npm_execpath
  if (script && /npm-cli\.c?js$/.test(script) && existsSync(script)) return { command: process.execPath, first: [script], shell: false }
  return { command: 'npm', first: [], shell: process.platform === 'win32' }
}

async function install(wanted) {
  const paths = Object.entries(wanted.packages).filter(([path, entry]) => path !== '' && !entry.optional).map(([path]) => path)
  const progress = startProgress(`Installing ${paths.length} packages`)
  const look = setInterval(() => progress.update(paths.filter((path) => existsSync(join(root, path, 'package.json'))).length, paths.length), 250)
  const { command, first, shell } = npm()
  // devDependencies always: the bundler is one, and NODE_ENV=production would leave it out.
  const args = [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--progress=false', '--loglevel=error']
  const { status, output, problem } = await run(command, args, { cwd: root, shell })
  clearInterval(look)
  if (status === 0) return progress.done()
  progress.done('failed')
  throw new Error(`npm ci failed (${problem ?? `status ${status}`}):\n${tail(output)}\nIs this computer online, and is the disk not full? Then run the command again.`)
}

/**
 * Resolves when node_modules holds what package-lock.json says. Quick (some ms) when it already does; quiet then.
 * @throws Error with npm's own last lines and what to try
 */
export async function ensureInstalled() {
  if (missing().missing.length === 0) return
  const say = (pid) => process.stderr.write(`Another start (process ${pid ?? 'unknown'}) is installing the packages; waiting for it ...\n`)
  await withLock(
    join(cache, 'install.lock'),
    async () => {
      // The one before may have done it.
      const { wanted, missing: paths } = missing()
      if (paths.length > 0) await install(wanted)
    },
    { onWait: say },
  )
}
