/**
 * What the app weighs as it is given to people, beside an Electron with an empty app that is packed by the same settings in the same run. Linux
 * only. Where electron-builder's own tools can't be had, both are packed by the system's (scripts/package.mjs): their sizes are those of a
 * fast compression, and only the ratios say something of a release.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { round } from './lib/engine.ts'

const ROOT = process.cwd()
const TARGETS = ['dir', 'tar.gz', 'deb', 'AppImage'] as const
const MB = 1_000_000
/** MB. What was measured when this was written, and some room for features: more than that has to be wanted. */
const LIMIT = { archive: 8.5, main: 4, window: 3, firstScript: 0.9, styles: 0.25, beside: 4.5 }
/** The app beside an Electron without one. */
const LIMIT_RATIO = 1.08
const LARGEST = 20

interface Entry { path: string; bytes: number; unpacked: boolean }
type Packed = Awaited<ReturnType<Packer['makePackages']>>
interface Packer { makePackages(options: { targets: readonly string[]; out: string; say(text: string): void }): Promise<{ out: string; trial: boolean; files: { name: string; bytes: number }[] }> }

export async function run(): Promise<unknown[]> {
  if (process.platform !== 'linux') throw new Error('this benchmark needs Linux')
  const work = mkdtempSync(join(tmpdir(), 'printbell-bench-package-'))
  try {
    // By a path that is only known at run time: a benchmark is one bundle, and the bundler must not be in it.
    const { makePackages } = (await import(pathToFileURL(join(ROOT, 'scripts/package.mjs')).href)) as Packer
    const ours = await makePackages({ targets: TARGETS, out: join(work, 'ours'), say })
    const bare = await packBare(work, ours)
    const entries = await entriesOf(join(ours.out, 'linux-unpacked/resources/app.asar'))
    say(`The largest of ${entries.length} entries of the archive:`)
    for (const { path, bytes, unpacked } of entries.slice(0, LARGEST)) say(`${String(bytes).padStart(9)}  ${path}${unpacked ? ' (beside it)' : ''}`)
    if (ours.trial) say('Packed by the system\'s tools with the Electron for tests: a release is compressed better.')
    return [...inside(entries, join(ours.out, 'linux-unpacked')), ...TARGETS.map((target) => beside(target, ours.out, bare))]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** An app of one line, packed by our settings without our files. @returns its folder */
async function packBare(work: string, ours: Packed): Promise<string> {
  const project = join(work, 'bare')
  const out = join(work, 'bare-out')
  mkdirSync(project)
  const { version, devDependencies, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string; license: string; devDependencies: { electron: string } }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'bare', version, license, description: 'Nothing', main: 'main.mjs', type: 'module' }))
  writeFileSync(join(project, 'main.mjs'), "import { app } from 'electron'\nawait app.whenReady()\n")
  const settings = parse(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')) as Record<string, unknown>
  writeFileSync(join(project, 'builder.json'), JSON.stringify({
    ...settings, files: ['package.json', 'main.mjs'], extraResources: [], asarUnpack: [], electronVersion: devDependencies.electron,
    afterPack: join(ROOT, 'scripts/lib/after-pack.mjs'), directories: { output: out, buildResources: join(ROOT, 'resources') },
    linux: { ...(settings['linux'] as object), icon: join(ROOT, 'resources/icons/app') },
    ...(ours.trial ? { electronDist: await electronFolder(), deb: { ...(settings['deb'] as object), compression: 'gz' } } : {}),
  }))
  await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/electron-builder/cli.js'), '--linux', ...TARGETS, '--publish', 'never', '--projectDir', project, '--config', join(project, 'builder.json')], {
    cwd: project, env: { ...process.env, ...(ours.trial ? await systemTools(join(work, 'tools')) : {}) }, maxBuffer: 64 << 20,
  })
  return out
}

async function electronFolder(): Promise<string> {
  const { findElectron } = (await import(pathToFileURL(join(ROOT, 'scripts/lib/electron-runtime.mjs')).href)) as { findElectron(): Promise<{ binary: string }> }
  return join((await findElectron()).binary, '..')
}

async function systemTools(folder: string): Promise<Record<string, string>> {
  const tools = (await import(pathToFileURL(join(ROOT, 'scripts/lib/packaging-tools.mjs')).href)) as { systemTools(folder: string): Record<string, string> }
  return tools.systemTools(folder)
}

// ------------------------------------------------------------------------------------------------------- what was packed

type Tree = { files: Record<string, Tree> } | { size: number; unpacked?: boolean }

/** Largest first. */
async function entriesOf(archive: string): Promise<Entry[]> {
  // By a path of its own, because it asks for a module that only Electron has.
  const { getRawHeader } = (await import(pathToFileURL(join(ROOT, 'node_modules/@electron/asar/lib/asar.js')).href)) as { getRawHeader(archive: string): { header: Tree } }
  const found: Entry[] = []
  const walk = (tree: Tree, path: string): void => {
    if (!('files' in tree)) return void found.push({ path, bytes: tree.size, unpacked: tree.unpacked === true })
    for (const [name, inner] of Object.entries(tree.files)) walk(inner, path === '' ? name : `${path}/${name}`)
  }
  walk(getRawHeader(archive).header, '')
  return found.sort((a, b) => b.bytes - a.bytes)
}

function inside(entries: readonly Entry[], folder: string): object[] {
  /** @throws Error when there is none: a file that is called otherwise by now would weigh nothing */
  const sum = (fits: RegExp): number => {
    const found = entries.filter(({ path }) => fits.test(path))
    if (found.length === 0) throw new Error(`there is nothing like ${fits.source} in the archive`)
    return found.reduce((bytes, one) => bytes + one.bytes, 0)
  }
  const row = (name: string, bytes: number, limit: number | null): object => ({ name: `package: ${name}`, value: round(bytes / MB, 2), unit: 'MB', baseline: null, ratio: null, limit })
  return [
    row('archive app.asar', statSync(join(folder, 'resources/app.asar')).size, LIMIT.archive),
    row('in it: scripts of the main process', sum(/^dist\/app\/main\/.*\.[cm]js$/), LIMIT.main),
    row('in it: the one that is loaded at the start', sum(/^dist\/app\/main\/app\.cjs$/), null),
    row('in it: scripts of the window', sum(/^dist\/app\/renderer\/.*\.js$/), LIMIT.window),
    row('in it: the one that every page needs', sum(/^dist\/app\/renderer\/assets\/index-[^/]*\.js$/), LIMIT.firstScript),
    row('in it: styles of the window', sum(/^dist\/app\/renderer\/.*\.css$/), LIMIT.styles),
    row('in it: packages', entries.filter(({ path, unpacked }) => path.startsWith('node_modules/') && !unpacked).reduce((bytes, one) => bytes + one.bytes, 0), null),
    row('beside it: native code, documentation, sounds', sizeOf(join(folder, 'resources')) - statSync(join(folder, 'resources/app.asar')).size, LIMIT.beside),
  ]
}

/** One form of the app beside the same form of an empty one. */
function beside(target: (typeof TARGETS)[number], ours: string, bare: string): object {
  const [mine, other] = [sizeOfForm(target, ours), sizeOfForm(target, bare)]
  return { name: `package: ${target === 'dir' ? 'everything, as installed' : `.${target}`}`, value: round(mine / MB), unit: 'MB', baseline: round(other / MB), ratio: round(mine / other, 3), limit: null, limitRatio: LIMIT_RATIO }
}

function sizeOfForm(target: (typeof TARGETS)[number], folder: string): number {
  if (target === 'dir') return sizeOf(join(folder, 'linux-unpacked'))
  const file = readdirSync(folder).find((name) => name.endsWith(`.${target}`))
  if (file === undefined) throw new Error(`no .${target} was made in ${folder}`)
  return statSync(join(folder, file)).size
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0)
}
