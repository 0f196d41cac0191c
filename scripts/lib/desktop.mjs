/** From a checkout to the running desktop app. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findElectron } from './electron-runtime.mjs'
import { ensureBuilt } from './ensure-built.mjs'
import { ensureInstalled } from './ensure-installed.mjs'
import { dist, root } from './paths.mjs'
import { electronArguments, runElectron } from './run-electron.mjs'

/**
 * Installs and builds where needed, finds an Electron. Says on stderr what takes long.
 * @returns {Promise<import('./electron-runtime.mjs').Electron>}
 * @throws Error with cause and cure
 */
export async function prepareDesktop() {
  await ensureInstalled()
  await ensureBuilt()
  if (!existsSync(join(dist, 'app', 'main', 'main.mjs'))) throw new Error('The desktop app was not built: electron/main.ts is missing.')
  return await findElectron()
}

/**
 * @param {import('./electron-runtime.mjs').Electron} electron
 * @param {readonly string[]} given the app's arguments
 * @returns {Promise<number>} its exit status
 */
export async function runDesktop(electron, given) {
  const { args, note } = electronArguments({ app: root, args: given, platform: process.platform, uid: process.getuid?.() ?? null })
  if (note !== null) process.stderr.write(`${note}\n`)
  return await runElectron(electron.binary, args)
}
