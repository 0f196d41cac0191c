/** npm run build [-- --force]: the headless program into dist/. */
import { ensureBuilt } from './lib/ensure-built.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { requireNode } from './lib/node-version.mjs'

requireNode()
try {
  await ensureInstalled()
  await ensureBuilt({ force: process.argv.includes('--force') })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
