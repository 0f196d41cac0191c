/** What is soaked: the headless engine and the desktop app as users run them, each with a door for the probe. Linux only: it reads /proc. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { callEngine } from '../../../electron/engine/control/client.ts'
import { placesIn } from '../../../electron/engine/places.ts'
import { electronBinary } from './electron.ts'
import { pause, type BenchPrinter } from './engine.ts'
import { linksUp } from './links-up.ts'
import { pssOf, treeOf } from './process-tree.ts'
import { middleOf } from './soak-figures.ts'
import { doorOf, openProbe, type Inside } from './soak-probe.ts'

const ROOT = process.cwd()
const READY_MS = 60_000
/** A pressed close button and the clean-up after it (main.ts tidies after 3 s). ms */
const CLOSED_FOR_MS = 10_000

export type SubjectName = 'headless' | 'desktop'

/** One look at one subject. Sizes in bytes, times in s since the soak began. */
export interface Look extends Inside {
  at: number
  /** Of the process itself, before anything is collected: the middle of what was seen since the look before, as garbage comes and goes. */
  rssAnon: number
  /** The same of all its processes; NaN when its window was or was just open all that time. */
  treeAnon: number
  /** Of all its processes; NaN as above. What else runs on the machine shares pages with it and makes it smaller. */
  pss: number
  openFiles: number
  database: number
  wal: number
}

export interface Subject {
  name: SubjectName
  /** Where its database lies. */
  database: string
  /** Resolves when every link is up. @throws Error when that takes too long */
  up(): Promise<void>
  /** Reads its memory from outside, for the next look. */
  sample(): void
  look(at: number): Promise<Look>
  /** Whether it still runs. */
  alive(): boolean
  /** Opens the window at a page; nothing where there is none. */
  show(path: string): Promise<void>
  hide(): Promise<void>
  /** Ends it as a user does; its data stays until `remove`. */
  stop(): Promise<void>
  kill(): void
  remove(): Promise<void>
}

/** @param settings printers without keys in them, destinations, thresholds; the keys come by environment */
export async function startSubject(name: SubjectName, env: Record<string, string>, printers: readonly ({ id: string } & { server: Required<BenchPrinter> })[], settings: Record<string, unknown>): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), `printbell-soak-${name}-`))
  const data = join(folder, 'data')
  const file = join(folder, 'settings.json')
  const keyed = printers.filter(({ server }) => server.apiKey !== null)
  const keys = Object.fromEntries(keyed.map(({ id, server }) => [`SOAK_KEY_${id}`, server.apiKey ?? '']))
  await writeFile(file, JSON.stringify({
    version: 1, desktop: { firstRunDone: true }, ...settings,
    printers: printers.map(({ id, server }) => ({ id, name: `Printer ${id}`, server: { kind: server.kind, url: server.url, ...(server.apiKey === null ? {} : { apiKey: { env: `SOAK_KEY_${id}` } }) } })),
  }))
  const child = name === 'headless'
    ? spawn(process.execPath, ['--inspect=127.0.0.1:0', '--trace-warnings', join(ROOT, 'scripts/headless.mjs'), 'watch', '--json', '--settings', file, '--data', data], { env: { ...env, ...keys }, stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn(await electronBinary(), ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--inspect=127.0.0.1:0', '--trace-warnings', ROOT, '--hidden', '--data', data, '--config', folder], { env: { ...env, ...keys }, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  const probe = await openProbe(await doorOf(child, `the ${name} engine`))
  const { controlSocket, database } = placesIn(data)
  const pid = child.pid ?? 0
  /** When the window was closed; null = it is open. */
  let closedAt: number | null = Number.NEGATIVE_INFINITY
  const alive = (): boolean => child.exitCode === null && child.signalCode === null
  const isCalm = (): boolean => closedAt !== null && performance.now() - closedAt >= CLOSED_FOR_MS
  let samples: Pick<Look, 'rssAnon' | 'treeAnon'>[] = []
  const sample = (): void => void samples.push({ rssAnon: anonOf(pid), treeAnon: isCalm() ? treeOf(pid).reduce((sum, one) => sum + anonOf(one), 0) : Number.NaN })
  return {
    name, database, alive, sample,
    async up() {
      const until = performance.now() + READY_MS
      for (let up = -1; up < printers.length; up = await linksUp(controlSocket)) {
        if (!alive()) throw new Error(`the ${name} engine ended at its start`)
        if (performance.now() > until) throw new Error(`after ${READY_MS / 1000} s ${up} of ${printers.length} printers are connected to the ${name} engine`)
        await pause(250)
      }
    },
    async look(at) {
      if (!alive()) throw new Error(`the ${name} engine ended by itself (${child.signalCode ?? `status ${child.exitCode}`})`)
      sample()
      const rssAnon = middleOf(samples.map((one) => one.rssAnon))
      const treeAnon = middleOf(samples.map((one) => one.treeAnon))
      samples = []
      const outside = { at, rssAnon, treeAnon, pss: isCalm() ? pssOf(pid) * 1024 ** 2 : Number.NaN, openFiles: readdirSync(`/proc/${pid}/fd`).length, database: sizeOf(database), wal: sizeOf(`${database}-wal`) }
      return { ...outside, ...(await probe.look()) }
    },
    async show(path) {
      if (name === 'headless') return
      closedAt = null
      await callEngine(controlSocket, { call: 'show', path })
    },
    async hide() {
      if (name === 'headless') return
      await promisify(execFile)('wmctrl', ['-c', 'Printbell'], { env })
      closedAt = performance.now()
    },
    async stop() {
      probe.close()
      if (alive()) child.kill('SIGTERM')
      await ended
    },
    kill: () => void child.kill('SIGKILL'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Bytes; 0 of a process that has just ended. */
function anonOf(pid: number): number {
  const file = `/proc/${pid}/status`
  return existsSync(file) ? Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) * 1024 : 0
}
const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0)
