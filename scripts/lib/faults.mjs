/** The fault run and its engine as bundles that Node can run. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { bundling } from './bundling.mjs'
import { cache } from './paths.mjs'

/** @returns {Promise<{ faults: typeof import('../../test/faults/run.ts').faults, engine: string }>} */
export async function buildFaults() {
  const folder = join(cache, 'faults')
  await build({ ...bundling({ engine: 'test/faults/engine.ts', run: 'test/faults/run.ts' }, { outDir: folder }), logLevel: 'error' })
  const { faults } = await import(pathToFileURL(join(folder, 'run.mjs')).href)
  return { faults, engine: join(folder, 'engine.mjs') }
}
