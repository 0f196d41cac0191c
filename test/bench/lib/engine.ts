/** The engine as a process of its own, for benchmarks: what a user runs, seen from outside. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = process.cwd()

export interface BenchEngine {
  child: ChildProcess
  /** Resolves when every printer's link is up. */
  up: Promise<void>
  stop(): Promise<void>
}

export interface BenchPrinter {
  url: string
  /** Null = the server trusts this computer. */
  apiKey: string | null
  /** Absent = an OctoPrint. */
  kind?: string
}

/** Starts `watch --json` with these printers and destinations. @param data its data folder, which stays; absent = a new one, which goes with it */
export async function startBenchEngine(printers: BenchPrinter[], destinations: Record<string, unknown>[], env: Record<string, string> = {}, more: Record<string, unknown> = {}, data?: string): Promise<BenchEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-engine-'))
  const keys = Object.fromEntries(printers.flatMap(({ apiKey }, index) => (apiKey === null ? [] : [[`BENCH_KEY_${index}`, apiKey]])))
  const settings = {
    version: 1,
    ...more,
    printers: printers.map((printer, index) => ({ id: `p${index}`, name: `Printer ${index}`, server: { kind: printer.kind ?? 'octoprint', url: printer.url, ...(printer.apiKey === null ? {} : { apiKey: { env: `BENCH_KEY_${index}` } }) } })),
    destinations,
  }
  const file = join(folder, 'settings.json')
  await writeFile(file, JSON.stringify(settings))
  const child = spawn(process.execPath, [join(ROOT, 'scripts/headless.mjs'), 'watch', '--json', '--settings', file, '--data', data ?? join(folder, 'data')], {
    env: { ...process.env, ...keys, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  let links = 0
  let rest = ''
  const up = new Promise<void>((done, fail) => {
    child.once('close', () => fail(new Error('the engine ended before all links were up')))
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      rest += chunk
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.includes('"line":"link"') && line.includes('"link":"up"') && ++links === printers.length) done()
    })
  })
  return {
    child,
    up,
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Resident memory of a process in MB (Linux). */
export async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024
}

/** CPU time a process has used so far, in ms (Linux; its clock ticks are 10 ms). */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export function percentile(values: number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
