/** Bundles everything into the folder that is named, and ends. Started by ensure-built. */
import { build } from 'vite'
import { bundling, presentEntries } from './bundling.mjs'
import { root } from './paths.mjs'

const [outDir] = process.argv.slice(2)
if (outDir === undefined) throw new Error('build-now needs the folder to build into')
try {
  await build({ ...bundling(presentEntries(), { outDir }), logLevel: 'silent' })
  // electron.vite.config.ts reads it: its three bundles go beside ours.
  process.env.PRINTBELL_DIST = outDir
  process.chdir(root)
  const { build: buildApp } = await import('electron-vite')
  await buildApp({ root, logLevel: 'error' })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
