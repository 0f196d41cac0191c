/**
 * A Python environment in .cache/venv with the real servers that the tests run, pinned in test/real/requirements.txt.
 * Made once (about 40 s and 200 MB), again when the pins or Python change.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { cache, root } from './paths.mjs'
import { startProgress } from './progress.mjs'
import { run, tail } from './run.mjs'

const venv = join(cache, 'venv')
const stampFile = join(venv, '.requirements')
const requirements = join(root, 'test', 'real', 'requirements.txt')
const bin = (name) => (process.platform === 'win32' ? join(venv, 'Scripts', `${name}.exe`) : join(venv, 'bin', name))

/** Version, the headers and the modules that an environment needs; a package among the pins is compiled on the spot. */
const PROBE = `
import json, os, sys, sysconfig
out = {"version": sys.version, "missing": []}
if sys.version_info < (3, 9): out["missing"].append("Python 3.9 or newer")
try:
    import venv, ensurepip
except ImportError:
    out["missing"].append("python3-venv")
if not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")): out["missing"].append("python3-dev (Python.h)")
print(json.dumps(out))
`

/** @returns {Promise<{ python: string, version: string } | { reason: string }>} */
async function findPython() {
  const python = process.platform === 'win32' ? 'python' : 'python3'
  const probe = await run(python, ['-c', PROBE])
  if (probe.status !== 0) return { reason: 'python3 is missing' }
  const { version, missing } = JSON.parse(tail(probe.output, 1))
  const compilers = await Promise.all(['cc', 'gcc', 'clang'].map((name) => run(name, ['--version'])))
  if (process.platform !== 'win32' && !compilers.some(({ status }) => status === 0)) missing.push('a C compiler')
  return missing.length > 0 ? { reason: `missing: ${missing.join(', ')}` } : { python, version }
}

async function make(python, stamp) {
  const total = readFileSync(requirements, 'utf8').split('\n').filter((line) => /^[A-Za-z]/.test(line)).length
  const progress = startProgress('Making the Python environment of the real servers (once, about 40 s)')
  rmSync(venv, { recursive: true, force: true })
  const created = await run(python, ['-m', 'venv', venv])
  let failure = created.status === 0 ? null : tail(created.output, 3)
  if (failure === null) {
    let collected = 0
    const args = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--no-deps', '-r', requirements]
    const installed = await run(bin('python'), args, {
      onOutput: (text) => {
        collected += text.match(/^Collecting /gm)?.length ?? 0
        progress.update(Math.min(collected, total), total, text.includes('Installing collected') ? 'unpacking' : '')
      },
    })
    if (installed.status !== 0) failure = tail(installed.output, 3)
  }
  if (failure === null) {
    writeFileSync(stampFile, stamp)
    progress.done()
    return null
  }
  progress.done('failed')
  return `pip install failed: ${failure.replaceAll('\n', ' / ')}`
}

/**
 * @returns {Promise<Record<string, string>>} environment variables for the tests: PRINTBELL_OCTOPRINT is the program to
 *   start; where there is none, PRINTBELL_OCTOPRINT_MISSING is the reason. One that is set already is left alone.
 */
export async function realServers() {
  if (process.env.PRINTBELL_OCTOPRINT) return { PRINTBELL_OCTOPRINT: process.env.PRINTBELL_OCTOPRINT }
  const found = await findPython()
  if ('reason' in found) return { PRINTBELL_OCTOPRINT_MISSING: found.reason }
  const stamp = createHash('sha256').update(found.version).update(venv).update(readFileSync(requirements)).digest('hex')
  const isMade = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
  let failure = null
  if (!isMade()) {
    const say = (pid) => process.stderr.write(`Another run (process ${pid ?? 'unknown'}) is making the Python environment; waiting for it ...\n`)
    await withLock(
      join(cache, 'venv.lock'),
      async () => {
        if (!isMade()) failure = await make(found.python, stamp)
      },
      { onWait: say },
    )
  }
  return failure === null ? { PRINTBELL_OCTOPRINT: bin('octoprint') } : { PRINTBELL_OCTOPRINT_MISSING: failure }
}
