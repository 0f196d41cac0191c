/**
 * npm run screenshots [-- --what states|readme] [--only NAME ...] [--minutes 10]: takes every picture that README and docs show, on a
 * desktop of its own (Xvfb, panel, notification daemon), and puts them into docs/screens. NAME is the beginning of the name of a state's
 * picture; --minutes is how long the prints of the README's pictures run, which is what their temperatures show.
 */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { findElectron } from './lib/electron-runtime.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { requireNode } from './lib/node-version.mjs'
import { dist, root } from './lib/paths.mjs'
import { startProgress } from './lib/progress.mjs'
import { takeReadme } from './lib/screens/readme.mjs'
import { shrink } from './lib/screens/shrink.mjs'
import { SHOTS } from './lib/screens/states.mjs'
import { takeStates } from './lib/screens/take-states.mjs'
import { buildHarness } from './lib/window-harness.mjs'

const SCREENS = join(root, 'docs', 'screens')

async function main({ only, what, minutes }) {
  await ensureInstalled()
  const { binary } = await findElectron()
  process.env.ELECTRON_OVERRIDE_DIST_PATH = dirname(binary)
  // The made-up moment is one of local time.
  process.env.TZ = 'Europe/Berlin'
  await buildHarness()
  const { createServer } = await import('vite')
  const loader = await createServer({ root, configFile: false, appType: 'custom', server: { middlewareMode: true, ws: false }, logLevel: 'error' })
  const scratch = mkdtempSync(join(tmpdir(), 'printbell-screens-'))
  const wanted = ({ name }) => only.length === 0 || only.some((beginning) => name.startsWith(beginning))
  const troubles = []
  try {
    const load = (path) => loader.ssrLoadModule(`/${path}`)
    // A build meanwhile must not change what is shown.
    cpSync(dist, join(scratch, 'dist'), { recursive: true })
    for (const other of ['package.json', 'node_modules', 'resources']) symlinkSync(join(root, other), join(scratch, other))
    const { missingForDesktop, missingForPanel, startDesktop } = await load('test/support/desktop.ts')
    const missing = missingForDesktop('dunst') ?? missingForPanel()
    if (missing !== null) throw new Error(`Pictures can not be taken here: ${missing}.`)
    if (what !== 'readme') {
      const desktop = await startDesktop({ daemon: 'none' })
      try {
        troubles.push(...(await states({ load, desktop, bundles: join(scratch, 'dist') }, SHOTS.filter(wanted))))
      } finally {
        await desktop.stop()
      }
    }
    if (what !== 'states') {
      const files = await takeReadme({ load, startDesktop, source: scratch, fonts: join(root, 'test', 'window', 'fonts.conf'), folder: join(SCREENS, 'readme'), minutes: Number(minutes), say: (text) => process.stderr.write(`${text}\n`) })
      await shrink(files)
    }
  } finally {
    await loader.close()
    rmSync(scratch, { recursive: true, force: true })
  }
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  return troubles.length === 0 ? 0 : 1
}

async function states({ load, desktop, bundles }, shots) {
  const { openHarness } = await load('test/window/harness.ts')
  const { NOW } = await load('test/window/fixtures/index.ts')
  const progress = startProgress('Pictures of every state')
  const files = []
  const troubles = []
  await takeStates({ openHarness, now: NOW, env: { ...desktop.env, PRINTBELL_DIST: bundles } }, shots, {
    folder: join(SCREENS, 'states'),
    onTaken: (file) => progress.update(files.push(file), shots.length * 2),
    onTrouble: (text) => troubles.push(text),
  })
  await shrink(files)
  progress.done(`${files.length} taken`)
  return troubles
}

requireNode()
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] }, what: { type: 'string', default: 'all' }, minutes: { type: 'string', default: '10' } } })
try {
  process.exitCode = await main(values)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
