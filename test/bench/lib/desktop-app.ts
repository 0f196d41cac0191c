/** The desktop app and a bare Electron as processes of their own on a throw-away desktop, for benchmarks. Linux only. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { callEngine } from '../../../electron/engine/control/client.ts'
import { placesIn } from '../../../electron/engine/places.ts'
import { electronBinary } from './electron.ts'
import { pause, type BenchPrinter } from './engine.ts'
import { linksUp } from './links-up.ts'

const run = promisify(execFile)
/** What Electron is given as the app: this checkout, or another build of it to be held beside. */
const ROOT = process.env.BENCH_APP ?? process.cwd()
const READY_MS = 30_000

export interface BenchApp {
  pid: number
  /** Asks for the window, as a second start does. */
  show(): Promise<void>
  /** Closes the window by its title bar's button. */
  hide(): Promise<void>
  stop(): Promise<void>
}

const flags = (): string[] => ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]

/** An Electron with nothing but a tray icon; `window` = it opened a window and closed it again. */
export async function startBare(env: Record<string, string>, window: boolean): Promise<BenchApp> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-bare-'))
  const { child, done } = await launchBare(env, folder, window)
  await done
  return { pid: child.pid ?? 0, show: async () => undefined, hide: async () => undefined, stop: () => end(child, folder) }
}

export interface BareStart {
  child: ChildProcess
  /** Resolves with the moment (performance.now) at which Electron was ready. */
  ready: Promise<number>
  /** Resolves when its icon, and its window, were made. */
  done: Promise<void>
}

/** @param folder where Chromium keeps its files; made if need be */
export async function launchBare(env: Record<string, string>, folder: string, window: boolean): Promise<BareStart> {
  const child = spawn(await electronBinary(), [...flags(), `--user-data-dir=${folder}`, join(process.cwd(), 'test/bench/lib/electron-bare.mjs')], { env: { ...env, BARE_WINDOW: window ? '1' : '0' }, stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  const heard = (word: string): Promise<number> => new Promise((done, fail) => {
    child.stdout.on('data', () => {
      if (said.includes(word)) done(performance.now())
    })
    child.once('close', () => fail(new Error(`the bare Electron ended before it was ${word}`)))
  })
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [ready, done] = [heard('ready'), heard('done').then(() => undefined)]
  // Whoever waits for one of them only has no use for the other's failure.
  for (const promise of [ready, done]) promise.catch(() => undefined)
  return { child, ready, done }
}

/** Writes settings.json with these printers and toasts on this desktop. @returns the environment that holds their keys */
export async function writeSettings(folder: string, printers: readonly BenchPrinter[]): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'settings.json'), JSON.stringify({
    version: 1,
    printers: printers.map((printer, index) => ({ id: `p${index}`, name: `Printer ${index}`, server: { kind: 'octoprint', url: printer.url, apiKey: { env: `BENCH_KEY_${index}` } } })),
    destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop' }],
    desktop: { firstRunDone: true },
  }))
  return Object.fromEntries(printers.map((printer, index) => [`BENCH_KEY_${index}`, printer.apiKey ?? '']))
}

/** @param folder of settings.json, and of the data. @returns the process, and its control endpoint */
export async function launchApp(env: Record<string, string>, folder: string): Promise<{ child: ChildProcess; socket: string; log: string }> {
  const data = join(folder, 'data')
  const child = spawn(await electronBinary(), [...flags(), ROOT, '--hidden', '--data', data, '--config', folder], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  return { child, socket: placesIn(data).controlSocket, log: placesIn(data).log }
}

/**
 * Waits until the app's log says that a link is up, and takes the time that it says there: asking would cost what is measured.
 * @param since looked for from then on, epoch ms; the log is older
 * @returns the moment, epoch ms
 */
export async function firstLinkUp(child: ChildProcess, log: string, since: number): Promise<number> {
  const until = performance.now() + READY_MS
  for (;;) {
    for (const line of existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []) {
      // The last line may be half written.
      if (!line.endsWith('}') || !line.includes('"link":"up"')) continue
      const at = Date.parse((JSON.parse(line) as { time: string }).time)
      if (at >= since) return at
    }
    if (child.exitCode !== null) throw new Error(`Printbell ended with status ${child.exitCode}`)
    if (performance.now() > until) throw new Error(`after ${READY_MS / 1000} s no printer is connected`)
    await pause(20)
  }
}

/** Printbell in the tray, its printers connected. */
export async function startApp(env: Record<string, string>, printers: BenchPrinter[]): Promise<BenchApp> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-app-'))
  const keys = await writeSettings(folder, printers)
  const { child, socket } = await launchApp({ ...env, ...keys }, folder)
  const until = performance.now() + READY_MS
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Printbell ended with status ${child.exitCode}`)
    const up = await linksUp(socket)
    if (up === printers.length) break
    if (performance.now() > until) throw new Error(`after ${READY_MS / 1000} s ${up} of ${printers.length} printers are connected`)
    await pause(100)
  }
  return {
    pid: child.pid ?? 0,
    show: async () => void (await callEngine(socket, { call: 'show', path: null })),
    hide: async () => void (await run('wmctrl', ['-c', 'Printbell'], { env })),
    stop: () => end(child, folder),
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  await endApp(child)
  await rm(folder, { recursive: true, force: true })
}

/** Ends it as the system does, and waits until it is gone. */
export async function endApp(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  child.kill('SIGTERM')
  await ended
}
