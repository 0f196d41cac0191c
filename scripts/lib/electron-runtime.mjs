/**
 * Which Electron runs the app from source. The first of these:
 *   1. ELECTRON_OVERRIDE_DIST_PATH, a folder, as the electron package itself has it;
 *   2. the electron package that is pinned in package.json, its binary downloaded if need be;
 *   3. on Linux x64 the older one for tests (electron-test-runtime.mjs).
 * Run as a program it prints the binary, or its folder with --dist: only that goes to stdout.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireLibraries } from './electron-libraries.mjs'
import { hasTestRuntime, TEST_RUNTIME, testRuntime, userCache } from './electron-test-runtime.mjs'
import { withLock } from './lock.mjs'
import { cache, root } from './paths.mjs'
import { startProgress } from './progress.mjs'
import { run, tail } from './run.mjs'

/** A download that failed is not tried again for so long: where it is blocked, every start would wait for it. ms */
const TRY_AGAIN_AFTER = 3_600_000

/**
 * @typedef {{ binary: string, version: string, from: 'override' | 'package' | 'test-runtime' }} Electron
 */

/** @param {NodeJS.Platform} platform @returns {string} the binary's path within its folder */
export function binaryIn(platform) {
  if (platform === 'win32') return 'electron.exe'
  return platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

/** The version that a folder of Electron says it is; null = it holds none. */
export function versionOf(folder, platform = process.platform) {
  if (!existsSync(join(folder, binaryIn(platform)))) return null
  const file = join(folder, 'version')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : ''
}

/**
 * @param {{ say?: (text: string) => void, env?: NodeJS.ProcessEnv }} [options] `say` is told what takes long or is second best
 * @returns {Promise<Electron>}
 * @throws Error with cause and cure
 */
export async function findElectron({ say = (text) => process.stderr.write(`${text}\n`), env = process.env } = {}) {
  const found = fromOverride(env) ?? (await fromPackage(say)) ?? (await fromTests(say))
  if (process.platform === 'linux') await requireLibraries(found.binary)
  return found
}

/** The binary alone, without a word on the way: for tests. @returns {Promise<string>} absolute @throws Error with cause and cure */
export async function electronRuntime() {
  const { binary } = await findElectron({ say: () => {} })
  return binary
}

function fromOverride(env) {
  if (!env.ELECTRON_OVERRIDE_DIST_PATH) return null
  const folder = resolve(env.ELECTRON_OVERRIDE_DIST_PATH)
  const version = versionOf(folder)
  if (version === null) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}, where no Electron is. Correct it or unset it.`)
  return { binary: join(folder, binaryIn(process.platform)), version: version || 'unknown', from: 'override' }
}

async function fromPackage(say) {
  const folder = join(root, 'node_modules', 'electron')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const dist = join(folder, 'dist')
  const found = { binary: join(dist, binaryIn(process.platform)), version, from: 'package' }
  if (versionOf(dist) === version) return found
  return await withLock(join(cache, 'electron.lock'), async () => {
    if (versionOf(dist) !== version) await download(folder, version, say)
    return versionOf(dist) === version ? found : null
  })
}

/** By the package's own program, which checks what it gets against the sums in the package. */
async function download(folder, version, say) {
  const failed = join(userCache({ env: process.env, platform: process.platform, home: homedir() }), 'electron', `download-${version}-failed`)
  const before = statSync(failed, { throwIfNoEntry: false })
  if (before && Date.now() - before.mtimeMs < TRY_AGAIN_AFTER) {
    say(`Electron ${version} could not be downloaded less than an hour ago. To try again now, remove ${failed}.`)
    return
  }
  const progress = startProgress(`Downloading Electron ${version}`)
  const { status, output, problem } = await run(process.execPath, [join(folder, 'install.js')], { cwd: folder })
  progress.done(status === 0 ? 'done' : 'failed')
  if (status === 0) return rmSync(failed, { force: true })
  say(`Electron ${version} could not be downloaded: ${problem ?? firstCause(output)}`)
  mkdirSync(dirname(failed), { recursive: true })
  writeFileSync(failed, '')
}

/** The line of a program's last words that says what was wrong; the rest is where in its code. */
export function firstCause(output) {
  return output.split('\n').find((line) => /error/i.test(line))?.trim() ?? tail(output, 1)
}

async function fromTests(say) {
  if (!hasTestRuntime(process.platform, process.arch)) {
    throw new Error('Electron could not be downloaded, and there is no other for this system. Check this computer\'s network, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an Electron that you have.')
  }
  const folder = await testRuntime({ say })
  say(`Running on Electron ${TEST_RUNTIME.electron}, which is for tests and older than the one that Printbell is made for.`)
  return { binary: join(folder, 'electron'), version: TEST_RUNTIME.electron, from: 'test-runtime' }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { binary } = await findElectron()
    process.stdout.write(`${process.argv.includes('--dist') ? dirname(binary) : binary}\n`)
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
