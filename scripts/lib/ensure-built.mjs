/** The bundles in dist/: built when a source changed since. Needs the packages (ensure-installed) first. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { presentEntries } from './bundling.mjs'
import { withLock } from './lock.mjs'
import { cache, dist, root } from './paths.mjs'
import { startProgress } from './progress.mjs'
import { run } from './run.mjs'
import { buildStamp } from './stamp.mjs'

const stampFile = join(dist, '.stamp')

const isBuilt = (stamp) => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp

async function build(stamp) {
  const progress = startProgress('Building')
  const fresh = join(cache, `dist-${process.pid}`)
  try {
    // In a process of its own: whoever starts the engine must not carry the bundler's 300 MB for its whole life.
    const { status, output, problem } = await run(process.execPath, [join(root, 'scripts', 'lib', 'build-now.mjs'), fresh], { cwd: root })
    if (status !== 0) throw new Error(problem ?? output.trim())
    // Whoever runs the old bundles must not find half of the new ones: built apart, then swapped.
    writeFileSync(join(fresh, '.stamp'), stamp)
    const old = join(cache, `dist-old-${process.pid}`)
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
    rmSync(old, { recursive: true, force: true })
  } catch (error) {
    progress.done('failed')
    rmSync(fresh, { recursive: true, force: true })
    throw new Error(`The build failed: ${process.stderr.isTTY ? error.message : stripVTControlCharacters(error.message)}`, { cause: error })
  }
  progress.done()
}

/**
 * Resolves when dist/ was made from the present sources. Some ms when it already was; quiet then.
 * @param {{ force?: boolean }} [options]
 * @throws Error with the bundler's message
 */
export async function ensureBuilt({ force = false } = {}) {
  if (Object.keys(presentEntries()).length === 0) throw new Error('There is nothing to build: no entry of scripts/lib/entries.mjs exists.')
  if (!force && isBuilt(buildStamp(root))) return
  mkdirSync(cache, { recursive: true })
  const say = (pid) => process.stderr.write(`Another start (process ${pid ?? 'unknown'}) is building; waiting for it ...\n`)
  await withLock(
    join(cache, 'build.lock'),
    async () => {
      const stamp = buildStamp(root)
      if (force || !isBuilt(stamp)) await build(stamp)
    },
    { onWait: say },
  )
}
