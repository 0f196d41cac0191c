/** The desktop app and a bare Electron as processes of their own on a throw-away desktop, for benchmarks. Linux only. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { callEngine, NoEngine } from '../../../electron/engine/control/client.ts'
import { placesIn } from '../../../electron/engine/places.ts'
import { electronBinary } from './electron.ts'
import { pause, type BenchPrinter } from './engine.ts'

const run = promisify(execFile)
const ROOT = process.cwd()
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
  const child = spawn(await electronBinary(), [...flags(), `--user-data-dir=${folder}`, join(ROOT, 'test/bench/lib/electron-bare.mjs')], { env: { ...env, BARE_WINDOW: window ? '1' : '0' }, stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise<void>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready')) done()
    })
    child.once('close', () => fail(new Error('the bare Electron ended before it was ready')))
  })
  return { pid: child.pid ?? 0, show: async () => undefined, hide: async () => undefined, stop: () => end(child, folder) }
}

/** Writes settings.json with these printers and toasts on this desktop. @returns the environment that holds their keys */
export async function writeSettings(folder: string, printers: readonly BenchPrinter[]): Promise<Record<string, string>> {
  await writeFile(join(folder, 'settings.json'), JSON.stringify({
    version: 1,
    printers: printers.map((printer, index) => ({ id: `p${index}`, name: `Printer ${index}`, server: { kind: 'octoprint', url: printer.url, apiKey: { env: `BENCH_KEY_${index}` } } })),
    destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop' }],
    desktop: { firstRunDone: true },
  }))
  return Object.fromEntries(printers.map((printer, index) => [`BENCH_KEY_${index}`, printer.apiKey ?? '']))
}

/** Printbell in the tray, its printers connected. */
export async function startApp(env: Record<string, string>, printers: BenchPrinter[]): Promise<BenchApp> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-app-'))
  const data = join(folder, 'data')
  const keys = await writeSettings(folder, printers)
  const child = spawn(await electronBinary(), [...flags(), ROOT, '--hidden', '--data', data, '--config', folder], { env: { ...env, ...keys }, stdio: ['ignore', 'inherit', 'inherit'] })
  const socket = placesIn(data).controlSocket
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

/** How many links are up; -1 while the control endpoint is not there yet. */
async function linksUp(socket: string): Promise<number> {
  try {
    const { links } = (await callEngine(socket, { call: 'status' })) as { links: { observation: { link: string } }[] }
    return links.filter(({ observation }) => observation.link === 'up').length
  } catch (error) {
    if (error instanceof NoEngine) return -1
    throw error
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  child.kill('SIGTERM')
  await ended
  await rm(folder, { recursive: true, force: true })
}
