/** Bundles the entries into the folder that is named, and ends. Started by ensure-built. */
import { build } from 'vite'
import { bundling, presentEntries } from './bundling.mjs'

const [outDir] = process.argv.slice(2)
if (outDir === undefined) throw new Error('build-now needs the folder to build into')
try {
  await build({ ...bundling(presentEntries(), { outDir }), logLevel: 'silent' })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
