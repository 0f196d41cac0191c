/**
 * Python environments in .cache/ with the real servers and libraries that the tests run, every package pinned in test/real/. Made
 * once, again when the pins or Python change.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { cache, root } from './paths.mjs'
import { startProgress } from './progress.mjs'
import { run, tail } from './run.mjs'

/**
 * `variable` tells the tests which program to start; `compiles`: a package among the pins is compiled on the spot, with
 * `headers` beside Python's; `libraries`: what is loaded when it runs, both with the Debian package that has it; `newest`: the last Python
 * that it takes. Some 200 MB, 50 MB, 30 MB, 130 MB and 170 MB.
 */
const ENVIRONMENTS = [
  { folder: 'venv', pins: 'requirements.txt', program: 'octoprint', variable: 'PRINTBELL_OCTOPRINT', compiles: true, title: 'Making the Python environment of OctoPrint (once, about 40 s)' },
  { folder: 'venv-apprise', pins: 'requirements-apprise.txt', program: 'python', variable: 'PRINTBELL_APPRISE', compiles: false, title: 'Making the Python environment of Apprise (once, about 15 s)' },
  { folder: 'venv-mail', pins: 'requirements-mail.txt', program: 'python', variable: 'PRINTBELL_AIOSMTPD', compiles: false, title: 'Making the Python environment of the mail server (once, about 10 s)' },
  {
    folder: 'venv-moonraker', pins: 'requirements-moonraker.txt', program: 'python', variable: 'PRINTBELL_MOONRAKER', compiles: false, libraries: { sodium: 'libsodium23' },
    title: 'Making the Python environment of Moonraker (once, about 15 s)',
  },
  {
    folder: 'venv-prusalink', pins: 'requirements-prusalink.txt', program: 'prusalink', variable: 'PRINTBELL_PRUSALINK', compiles: true, newest: [3, 11],
    headers: { 'sys/capability.h': 'libcap-dev' }, libraries: { turbojpeg: 'libturbojpeg0', magic: 'libmagic1' },
    title: 'Making the Python environment of PrusaLink (once, about 30 s)',
  },
]

/** Version, headers, libraries and the modules that an environment needs. Its arguments: two lists, headers and libraries, to look for. */
const PROBE = `
import ctypes.util, json, os, sys, sysconfig
headers, libraries = (json.loads(one) for one in sys.argv[1:])
out = {"version": sys.version, "release": list(sys.version_info[:2]), "missing": []}
out["python_h"] = os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h"))
out["headers"] = [one for one in headers if any(os.path.exists(os.path.join(where, one)) for where in ("/usr/include", "/usr/local/include"))]
out["libraries"] = [one for one in libraries if ctypes.util.find_library(one)]
if sys.version_info < (3, 9): out["missing"].append("Python 3.9 or newer")
try:
    import venv, ensurepip
except ImportError:
    out["missing"].append("python3-venv")
print(json.dumps(out))
`

const venvOf = ({ folder }) => join(cache, folder)
const pinsOf = ({ pins }) => join(root, 'test', 'real', pins)
const stampOf = (environment) => join(venvOf(environment), '.requirements')

function bin(environment, name) {
  return process.platform === 'win32' ? join(venvOf(environment), 'Scripts', `${name}.exe`) : join(venvOf(environment), 'bin', name)
}

/**
 * @typedef {{ python: string, version: string, release: number[], headers: string[], libraries: string[], toCompile: string[] }} Found
 *   `headers`, `libraries`: those of the wanted that are there; `toCompile`: what is missing for packages that are compiled
 * @returns {Promise<Found | { reason: string }>}
 */
async function findPython() {
  const python = process.platform === 'win32' ? 'python' : 'python3'
  const all = (field) => JSON.stringify(ENVIRONMENTS.flatMap((environment) => Object.keys(environment[field] ?? {})))
  const probe = await run(python, ['-c', PROBE, all('headers'), all('libraries')])
  if (probe.status !== 0) return { reason: 'python3 is missing' }
  const { version, release, missing, python_h: pythonH, headers, libraries } = JSON.parse(tail(probe.output, 1))
  if (missing.length > 0) return { reason: `missing: ${missing.join(', ')}` }
  const compilers = await Promise.all(['cc', 'gcc', 'clang'].map((name) => run(name, ['--version'])))
  const compiler = process.platform === 'win32' || compilers.some(({ status }) => status === 0)
  return { python, version, release, headers, libraries, toCompile: [...(pythonH ? [] : ['python3-dev (Python.h)']), ...(compiler ? [] : ['a C compiler'])] }
}

/**
 * @param {{ compiles: boolean, newest?: number[], headers?: Record<string, string>, libraries?: Record<string, string> }} environment
 * @param {Found} found
 * @returns {string | null} why the environment can't be made with this Python; null = it can
 */
export function whatLacks({ compiles, newest, headers = {}, libraries = {} }, found) {
  const [major, minor] = found.release
  if (newest && (major > newest[0] || (major === newest[0] && minor > newest[1]))) return `Python ${newest.join('.')} is the newest that it takes, here is ${found.release.join('.')}`
  const absent = (wanted, there) => Object.entries(wanted).filter(([name]) => !there.includes(name)).map(([, debian]) => debian)
  const missing = [...(compiles ? [...found.toCompile, ...absent(headers, found.headers)] : []), ...absent(libraries, found.libraries)]
  return missing.length > 0 ? `missing: ${missing.join(', ')}` : null
}

async function make(environment, python, stamp) {
  const requirements = pinsOf(environment)
  const total = readFileSync(requirements, 'utf8').split('\n').filter((line) => /^[A-Za-z]/.test(line)).length
  const progress = startProgress(environment.title)
  rmSync(venvOf(environment), { recursive: true, force: true })
  const created = await run(python, ['-m', 'venv', venvOf(environment)])
  let failure = created.status === 0 ? null : tail(created.output, 3)
  if (failure === null) {
    let collected = 0
    const args = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--no-deps', '-r', requirements]
    const installed = await run(bin(environment, 'python'), args, {
      onOutput: (text) => {
        collected += text.match(/^Collecting /gm)?.length ?? 0
        progress.update(Math.min(collected, total), total, text.includes('Installing collected') ? 'unpacking' : '')
      },
    })
    if (installed.status !== 0) failure = tail(installed.output, 3)
  }
  if (failure === null) {
    writeFileSync(stampOf(environment), stamp)
    progress.done()
    return null
  }
  progress.done('failed')
  return `pip install failed: ${failure.replaceAll('\n', ' / ')}`
}

async function ensure(environment, python, version) {
  const stamp = createHash('sha256').update(version).update(venvOf(environment)).update(readFileSync(pinsOf(environment))).digest('hex')
  const isMade = () => existsSync(stampOf(environment)) && readFileSync(stampOf(environment), 'utf8') === stamp
  if (isMade()) return null
  let failure = null
  const say = (pid) => process.stderr.write(`Another run (process ${pid ?? 'unknown'}) is making this Python environment; waiting for it ...\n`)
  await withLock(
    join(cache, `${environment.folder}.lock`),
    async () => {
      if (!isMade()) failure = await make(environment, python, stamp)
    },
    { onWait: say },
  )
  return failure
}

/**
 * @returns {Promise<Record<string, string>>} environment variables for the tests: PRINTBELL_OCTOPRINT and
 *   PRINTBELL_PRUSALINK are the programs to start, the others the Pythons that have server or library; where there is none, its name with _MISSING is the
 *   reason. One that is set already is left alone.
 */
export async function realServers() {
  const told = {}
  let found = null
  for (const environment of ENVIRONMENTS) {
    const { variable, program } = environment
    if (process.env[variable]) {
      told[variable] = process.env[variable]
      continue
    }
    found ??= await findPython()
    const lacking = 'reason' in found ? found.reason : whatLacks(environment, found)
    const failure = lacking ?? await ensure(environment, found.python, found.version)
    if (failure === null) told[variable] = bin(environment, program)
    else told[`${variable}_MISSING`] = failure
  }
  return told
}
