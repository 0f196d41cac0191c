/** npm run dev: the desktop app with a window that reloads while its sources change. */
import { join } from 'node:path'
import { findElectron } from './lib/electron-runtime.mjs'
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { requireNode } from './lib/node-version.mjs'
import { root } from './lib/paths.mjs'
import { electronArguments, runElectron } from './lib/run-electron.mjs'

requireNode()
try {
  await ensureInstalled()
  // The workers that the app starts lie in dist/.
  await ensureBuilt()
  const { binary } = await findElectron()
  const { note } = electronArguments({ app: root, args: [], platform: process.platform, uid: process.getuid?.() ?? null })
  if (note !== null) process.stderr.write(`${note}\n`)
  const args = ['dev', ...(note === null ? [] : ['--noSandbox']), '--', ...process.argv.slice(2)]
  // It looks for Electron itself, and only this variable tells it otherwise.
  process.exitCode = await runElectron(process.execPath, [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), ...args], { ...process.env, ELECTRON_EXEC_PATH: binary })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
