/**
 * The app as it is packed for Linux, made from this checkout and looked at from outside: what is in it and what must not be; the .deb installed, started,
 * ringing, put over an older version with its data, removed again; the AppImage and the .tar.gz started from where they lie.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callEngine } from '../../electron/engine/control/client.ts'
import type { ControlRequest } from '../../electron/engine/control/contract.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { toolsMissing } from '../../scripts/lib/packaging-tools.mjs'
import { electronMissing, makeFolders, type AppFolders } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { listenToNotify, type NotifyLog } from '../support/notify-log.ts'
import { OLDER, packagesForTests, type Packed } from '../support/packages.ts'

const missing = missingForDesktop('dunst') ?? toolsMissing() ?? (process.getuid?.() === 0 ? null : 'packages are installed by root') ?? (await electronMissing())
const run = promisify(execFile)
const INSTALLED = '/opt/Printbell/printbell'
/** Bytes. The archive was 12.4 MB, the whole 236 MB, when this was written; most of it is Electron. */
const ARCHIVE_LIMIT = 16_000_000
const WHOLE_LIMIT = 270_000_000

/** What may come along from node_modules: what carries native code, data or programs, or is loaded at its first use, and what those need. */
const PACKED = [
  '@jsquash/jpeg', '@photostructure/sqlite', 'commander', 'growly', 'is-docker', 'is-wsl', 'isexe', 'libphonenumber-js', 'liquidjs', 'luxon', 'node-addon-api', 'node-gyp-build',
  'node-notifier', 'semver', 'shellwords', 'uuid', 'wasm-feature-detect', 'which',
]

describe.skipIf(missing !== null)(`the packed app${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let desktop: Desktop
  let rung: NotifyLog
  let work: string
  let now: Packed
  let older: Packed
  let folders: AppFolders
  const running: { child: ChildProcess; folders: AppFolders }[] = []

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'printbell-package-'))
    const packages = await packagesForTests()
    now = packages.now
    older = packages.older
    desktop = await startDesktop({ daemon: 'dunst' })
    rung = await listenToNotify(desktop.env)
  }, 900_000)
  afterEach(async () => {
    for (const one of running.splice(0)) await quit(one)
    await folders?.remove()
  })
  afterAll(async () => {
    rung?.stop()
    await desktop?.stop()
    await run('dpkg', ['--purge', 'printbell']).catch(() => undefined)
    if (work) await rm(work, { recursive: true, force: true })
  })

  const settings = { version: 1, desktop: { firstRunDone: true }, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'octoprint', url: 'http://127.0.0.1:9', apiKey: { env: 'NO_KEY' } } }], destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop' }] }
  const ask = (of: AppFolders, request: ControlRequest): Promise<unknown> => callEngine(placesIn(of.data).controlSocket, request)

  /** Starts it as a login does, and waits until it answers. */
  async function start(program: string, of: AppFolders): Promise<void> {
    const child = spawn(program, ['--no-sandbox', '--disable-gpu', '--hidden', '--data', of.data, '--config', of.config], { env: { ...desktop.env, NO_KEY: 'none', PRINTBELL_LOG: 'debug' }, stdio: 'ignore' })
    running.push({ child, folders: of })
    await untilTrue(() => ask(of, { call: 'status' }).then(() => true, () => child.exitCode !== null), () => `${program} answers`, 40_000)
    expect(child.exitCode).toBeNull()
  }
  async function quit({ child, folders: of }: { child: ChildProcess; folders: AppFolders }): Promise<void> {
    if (child.exitCode !== null) return
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    await ask(of, { call: 'stop' }).catch(() => child.kill())
    await ended
  }
  /** @returns the id of what it rang for */
  async function rings(of: AppFolders): Promise<string> {
    const before = rung.notified.length
    const { eventId } = await ask(of, { call: 'send', destinationId: 'desk', printerId: 'mk4', type: 'job.done' }) as { eventId: string }
    await untilTrue(() => rung.notified.slice(before).some(({ title }) => title === 'MK4: print done'), () => `it rings; heard: ${JSON.stringify(rung.notified)}`)
    return eventId
  }
  const versionOf = async (of: AppFolders): Promise<unknown> => JSON.parse((await readFile(placesIn(of.data).log, 'utf8')).split('\n').filter((line) => line.includes('"starting"')).at(-1) ?? '{}')

  it('holds the app, and nothing that is for developers', () => {
    const archive = join(now.out, 'linux-unpacked/resources/app.asar')
    const listed = listPackage(archive, { isPack: false })
    const top = new Set(listed.map((path) => path.split('/')[1]))
    expect([...top].sort()).toEqual(['dist', 'node_modules', 'package.json', 'resources'])
    expect(listed.filter((path) => /\.(map|ts|mts|cts|vue|tsbuildinfo)$/.test(path))).toEqual([])
    expect(listed.filter((path) => /\/(tests?|__tests__|fixtures|examples?)\//.test(path))).toEqual([])
    const packages = new Set(listed.flatMap((path) => /^\/node_modules\/((?:@[^/]+\/[^/]+)|[^@/][^/]*)\//.exec(path)?.[1] ?? []))
    expect([...packages].filter((name) => !PACKED.includes(name))).toEqual([])
    expect(listed.filter((path) => path.includes('prebuilds') && /(darwin|win32|arm64|musl)/.test(path))).toEqual([])
  })

  it('keeps within its size', () => {
    expect(statSync(join(now.out, 'linux-unpacked/resources/app.asar')).size).toBeLessThan(ARCHIVE_LIMIT)
    expect(sizeOf(join(now.out, 'linux-unpacked'))).toBeLessThan(WHOLE_LIMIT)
  })

  it('has its fuses set', async () => {
    const fuses = await getCurrentFuseWire(join(now.out, 'linux-unpacked/printbell'))
    const on = (option: FuseV1Options): boolean => Number(fuses[option]) === '1'.charCodeAt(0)
    expect({
      runAsNode: on(FuseV1Options.RunAsNode), nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable), inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
      onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar), integrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation), filePrivileges: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({ runAsNode: false, nodeOptions: false, inspect: false, onlyAsar: true, integrity: true, filePrivileges: false })
  })

  it('is installed by its .deb, starts, rings, keeps its data over a newer version, and goes', async () => {
    folders = await makeFolders(settings)
    await run('dpkg', ['--install', older.file('.deb')])
    await run('desktop-file-validate', ['/usr/share/applications/printbell.desktop'])
    const entry = await readFile('/usr/share/applications/printbell.desktop', 'utf8')
    expect(entry).toMatch(/^Name=Printbell$/m)
    expect(entry).toMatch(/^Exec=\/opt\/Printbell\/printbell %U$/m)
    expect(entry).toMatch(/^Icon=printbell$/m)
    for (const edge of [16, 24, 32, 48, 64, 128, 256, 512]) expect(existsSync(`/usr/share/icons/hicolor/${edge}x${edge}/apps/printbell.png`)).toBe(true)

    await start(INSTALLED, folders)
    const first = await rings(folders)
    expect(await versionOf(folders)).toMatchObject({ version: OLDER, packaged: true })
    await quit(running.splice(0)[0] as { child: ChildProcess; folders: AppFolders })

    await run('dpkg', ['--install', now.file('.deb')])
    await start(INSTALLED, folders)
    expect(await versionOf(folders)).toMatchObject({ version: now.version, packaged: true })
    const second = await rings(folders)
    await quit(running.splice(0)[0] as { child: ChildProcess; folders: AppFolders })
    const database = new DatabaseSync(placesIn(folders.data).database, { readOnly: true })
    expect(database.prepare('SELECT id FROM events ORDER BY seq').all().map(({ id }) => id)).toEqual([first, second])
    database.close()

    await run('dpkg', ['--remove', 'printbell'])
    expect(existsSync('/opt/Printbell')).toBe(false)
    expect(existsSync('/usr/share/applications/printbell.desktop')).toBe(false)
    // What is the user's stays; docs tell where it lies.
    expect(existsSync(placesIn(folders.data).database)).toBe(true)
  })

  it('starts as an AppImage', async () => {
    folders = await makeFolders(settings)
    await start(now.file('.AppImage'), folders)
    await rings(folders)
  })

  it('starts from where its .tar.gz was unpacked', async () => {
    folders = await makeFolders(settings)
    await run('tar', ['-xzf', now.file('.tar.gz'), '-C', work])
    await start(join(now.file('.tar.gz').replace(/.*\//, `${work}/`).replace('.tar.gz', ''), 'printbell'), folders)
    await rings(folders)
  })
})

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, one) => sum + (one.isDirectory() ? sizeOf(join(folder, one.name)) : statSync(join(folder, one.name)).size), 0)
}
