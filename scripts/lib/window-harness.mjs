/** Builds the harness that shows the window over made-up answers (test/window/harness-main.ts) beside the app's own bundles. */
import { join } from 'node:path'
import { build } from 'vite'
import { bundling } from './bundling.mjs'
import { ensureBuilt } from './ensure-built.mjs'
import { cache } from './paths.mjs'

/**
 * A small Electron main program out of TypeScript, for tests: everything inside but Electron itself.
 * @param {Record<string, string>} input name of the bundle and its source
 * @param {string} outDir absolute
 */
export async function buildElectronMain(input, outDir) {
  const base = bundling(input, { outDir })
  await build({ ...base, ssr: { ...base.ssr, external: [...base.ssr.external, 'electron'] }, logLevel: 'error' })
}

export async function buildHarness() {
  await ensureBuilt()
  await buildElectronMain({ harness: 'test/window/harness-main.ts' }, join(cache, 'window-harness'))
}
