/** Runs a command of the built headless program in this very process. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './ensure-built.mjs'
import { ensureInstalled } from './ensure-installed.mjs'
import { importLean } from './lean.mjs'
import { requireNode } from './node-version.mjs'
import { dist } from './paths.mjs'

/** Waits until what was written is gone: a pipe on Windows and macOS would lose the rest at exit. */
const drained = (stream) => new Promise((resolve) => stream.write('', () => resolve()))

/**
 * Installs and builds where needed (said on stderr only), calls the bundle's `main` and ends the process with its status.
 * In the same process, so that SIGTERM and SIGINT reach the engine directly.
 * @param {string[]} argv the command and its arguments
 */
export async function runBundle(argv) {
  requireNode()
  let main
  try {
    await ensureInstalled()
    await ensureBuilt()
    const bundle = join(dist, 'headless.mjs')
    if (!existsSync(bundle)) throw new Error('The headless program was not built: electron/headless.ts is missing.')
    ;({ main } = await importLean(pathToFileURL(bundle).href))
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
  const status = await main(argv)
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit(status)
}
