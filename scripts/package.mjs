/**
 * npm run package [-- --targets dir,deb,tar.gz,AppImage] [--out DIR] [--version 1.2.3]: the app as it is given to people, into release/.
 *
 * With the Electron that package.json pins and electron-builder's own tools. Where those can't be downloaded, a package is made all the same of the
 * Electron for tests and the system's tools (Linux only): to be looked at and tried, never to be given away; its folder is release/trial.
 *
 * Where the app looks for newer versions, and whose signature they must have, comes in PRINTBELL_UPDATES_URL and PRINTBELL_UPDATES_KEY (docs/releasing.md).
 */
import { createPublicKey } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { findElectron } from './lib/electron-runtime.mjs'
import { requireNode } from './lib/node-version.mjs'
import { systemTools, toolsMissing } from './lib/packaging-tools.mjs'
import { cache, root } from './lib/paths.mjs'
import { startProgress } from './lib/progress.mjs'
import { run, tail } from './lib/run.mjs'

const PLATFORM = { linux: '--linux', darwin: '--mac', win32: '--win' }
/** What can be made here without the downloads: the formats of other packagers need theirs. */
const TRIAL = ['dir', 'tar.gz', 'deb', 'AppImage']

/**
 * What the app carries of where newer versions come from, as settings of electron-builder. Without a key it looks nowhere.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 * @throws Error with cause and cure
 */
export function updatesConfig(env, platform = process.platform) {
  const { PRINTBELL_UPDATES_URL: url, PRINTBELL_UPDATES_KEY: key, PRINTBELL_UPDATES_PUBLISHER: publisher } = env
  if (!key) return []
  if (url && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) throw new Error('PRINTBELL_UPDATES_URL is no address. Give the folder that the lists lie in: https://updates.example.org/printbell')
  if (!isUpdatesKey(key)) throw new Error('PRINTBELL_UPDATES_KEY is no public key of ed25519 (SPKI, DER in base64). Make a pair: node scripts/sign-updates.mjs --new-key FILE')
  const told = { key: key.trim(), ...(url ? { url } : {}), ...(publisher ? { publisher } : {}), ...(platform === 'darwin' && (env.CSC_LINK || env.CSC_NAME) ? { signed: true } : {}) }
  return Object.entries(told).map(([name, value]) => `-c.extraMetadata.updates.${name}=${value}`)
}

function isUpdatesKey(text) {
  try {
    return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }).asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}

/**
 * @param {{ targets?: readonly string[], out?: string, version?: string, env?: NodeJS.ProcessEnv, say?: (text: string) => void }} [options] `version`: another than that of package.json
 * @returns {Promise<{ out: string, trial: boolean, files: { name: string, bytes: number }[] }>}
 * @throws Error with cause and cure
 */
export async function makePackages({ targets, out, version, env = process.env, say = (text) => process.stderr.write(`${text}\n`) } = {}) {
  await ensureInstalled()
  await ensureBuilt()
  const electron = await findElectron({ say })
  const trial = electron.from !== 'package'
  if (trial && process.platform !== 'linux') throw new Error('The Electron that package.json pins could not be downloaded, and packages of this system are made of no other. Check the network.')
  const missing = trial ? toolsMissing() : null
  if (missing) throw new Error(missing)
  const folder = resolve(root, out ?? (trial ? 'release/trial' : 'release'))
  mkdirSync(folder, { recursive: true })
  const config = [`-c.directories.output=${folder}`, ...(version ? [`-c.extraMetadata.version=${version}`] : []), ...updatesConfig(env)]
  // The sizes of a trial say little: it is packed fast, not small.
  if (trial) config.push(`-c.electronDist=${dirname(electron.binary)}`, '-c.deb.compression=gz')
  const wanted = targets ?? (trial ? TRIAL : [])
  const progress = startProgress(`Packaging${trial ? ' for a trial' : ''}`)
  const { status, output, problem } = await run(
    process.execPath, [join(root, 'node_modules/electron-builder/cli.js'), PLATFORM[process.platform], ...wanted, '--publish', 'never', ...config],
    { cwd: root, env: { ...env, ...(trial ? systemTools(join(cache, 'packaging')) : {}) } },
  )
  progress.done(status === 0 ? 'done' : 'failed')
  if (status !== 0) throw new Error(`electron-builder ${problem ?? `ended with status ${status}`}:\n${tail(output, 25)}`)
  const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile() && !name.startsWith('builder-')).map((name) => ({ name, bytes: statSync(join(folder, name)).size }))
  return { out: folder, trial, files }
}

async function main() {
  requireNode()
  const { values } = parseArgs({ options: { targets: { type: 'string' }, out: { type: 'string' }, version: { type: 'string' } } })
  const { out, trial, files } = await makePackages({ ...(values.targets ? { targets: values.targets.split(',') } : {}), ...values.out && { out: values.out }, ...values.version && { version: values.version } })
  for (const { name, bytes } of files) process.stdout.write(`${join(out, name)}: ${(bytes / 1e6).toFixed(1)} MB\n`)
  if (trial) process.stderr.write('These are for trials on this machine: their Electron is older than the pinned one. Releases are made where downloads are allowed (docs/releasing.md).\n')
  process.stdout.write(`${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name}: ${out}\n`)
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
