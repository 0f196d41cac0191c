/** Faults from outside: processes that can be stopped, killed and started again, and what they saw. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SCRIPTS, type Script } from '../../electron/engine/simulator/scripts.ts'
import type { EngineProcess, Line } from './engine-process.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const SIMULATOR = fileURLToPath(new URL('../../dist/simulator.mjs', import.meta.url))

/** What the receiver wrote down of one POST. */
export interface Receipt {
  /** Epoch ms. */
  at: number
  path: string
  key: string
  status: number | 'hang' | 'reset'
  picture: boolean
  event: { id: string; type: string; late: boolean; time: number; image: unknown; printer: { id: string } | null; job: { key: string } | null; event: Record<string, unknown> }
}

export interface Receiver {
  url(path: string): string
  /** All receipts on disk, oldest first. */
  receipts(path?: string): Receipt[]
  /** Resolves with the first receipt that fits. @throws Error after `timeoutMs`, with the last receipts */
  wait(what: string, fits: (receipt: Receipt) => boolean, timeoutMs?: number): Promise<Receipt>
  stop(): Promise<void>
}

/** A receiver in a process of its own, with its receipts in a folder of its own. */
export async function startReceiver(): Promise<Receiver> {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-receipts-'))
  const file = join(folder, 'receipts.jsonl')
  const { child, line } = await started(here('./fault-receiver.mjs'), [file])
  const port = Number(line)
  const receipts = (path?: string): Receipt[] => {
    if (!existsSync(file)) return []
    const all = readFileSync(file, 'utf8').split('\n').filter((text) => text.endsWith('}')).map((text) => JSON.parse(text) as Receipt)
    return path === undefined ? all : all.filter((receipt) => receipt.path === path)
  }
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    receipts,
    async wait(what, fits, timeoutMs = 30_000) {
      await until(what, () => receipts().some(fits), timeoutMs, () => receipts().slice(-10).map(({ at, path, key, status, event }) => `${at} ${path} ${key} ${status} ${event.type}`).join('\n'))
      return receipts().find(fits) as Receipt
    },
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true })
    },
  }
}

/** Looks every 20 ms. @throws Error after `timeoutMs` */
export async function until(what: string, holds: () => boolean, timeoutMs: number, seen: () => string = () => ''): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}\n${seen()}`)
    await pass(20)
  }
}

/** Lets real time go by, for faults that last. ms */
export function pass(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

/** A print of `printMs` (real ms), started by hand, without incident. */
export function shortPrint(printMs: number, over: Partial<Script> = {}): Script {
  return { ...SCRIPTS.demo, startsAfterMs: null, heatMs: 200, printMs, layers: 4, steps: [], ...over }
}

/** The simulator as a process: it prints when told so over HTTP, as by a person at its page. */
export interface SimulatorProcess {
  url: string
  apiKey: string
  pid: number
  start(): Promise<void>
  /** kill -9. */
  kill(): Promise<void>
  /** Starts it again at the same address, as another process of the same server. */
  restart(): Promise<void>
}

/** `--script idle` at this speed: heats 6 s and prints 22 s of simulated time, with a filament change of 8 s in the middle. */
export async function startSimulatorProcess(speed: number): Promise<SimulatorProcess> {
  let child: ChildProcess
  const sim: SimulatorProcess = {
    url: '', apiKey: '', pid: 0,
    async start() {
      const answer = await fetch(`${sim.url}/api/job`, { method: 'POST', headers: { 'X-Api-Key': sim.apiKey, 'Content-Type': 'application/json' }, body: JSON.stringify({ command: 'start' }) })
      if (answer.status !== 204) throw new Error(`the simulated print did not start: ${answer.status}`)
    },
    async kill() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
    restart: () => run(new URL(sim.url).port),
  }
  async function run(port: string): Promise<void> {
    const made = await started(here('./fault-simulator.mjs'), [SIMULATOR, '--script', 'idle', '--speed', String(speed), '--port', port, '--json'])
    child = made.child
    const [ready] = (JSON.parse(made.line) as { ready: { url: string; apiKey: string }[] }).ready
    Object.assign(sim, ready, { pid: child.pid })
  }
  await run('0')
  return sim
}

/** Starts a script and resolves with the first line it prints. The child ends when this process does. */
async function started(script: string, args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = fork(script, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const line = await new Promise<string>((done, fail) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')))
    })
    child.once('exit', (status) => fail(new Error(`${script} ended with ${status}`)))
  })
  return { child, line }
}

/** A destination of the webhook channel. */
export const webhook = (id: string, url: string, events: string[], config: Record<string, unknown> = {}): Record<string, unknown> =>
  ({ id, label: id, channel: 'webhook', config: { url, ...config }, events })

/** An OctoPrint-like printer whose key is in the environment as KEY_<id>. */
export const printer = (id: string, url: string, over: Record<string, unknown> = {}, server: Record<string, unknown> = {}): Record<string, unknown> =>
  ({ id, name: `Printer ${id}`, server: { kind: 'octoprint', url, apiKey: { env: `KEY_${id}` }, ...server }, ...over })

/** The link of a server became this. */
export const linkIs = (serverId: string, link: string) => (line: Line): boolean => line.line === 'link' && line.serverId === serverId && line.link === link

/** Repeatable chance (mulberry32): a run that failed can be run again. */
export function chance(seed: number): () => number {
  let at = seed
  return () => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Resident memory of a process in MB: now, and its highest since `resetPeak`. Linux only. */
export function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return { now: field('VmRSS'), peak: field('VmHWM') }
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Lines of the engine's own log, parsed. */
export function logOf(data: string): { level: string; msg: string; [field: string]: unknown }[] {
  const file = join(data, 'printbell.log')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as { level: string; msg: string })
}

/** Stdout was pure JSON, and nothing on stderr looks like a program that broke. */
export function brokenWords(engine: EngineProcess): string[] {
  return engine.noise().split('\n').filter((line) => /not JSON|^ {4}at |Error:|unhandled/i.test(line))
}
