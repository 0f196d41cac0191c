/**
 * How long the desktop app takes from its start to the icon in the tray and to the first connected server, beside a bare Electron's
 * `ready` plus the server's own answer time. In turns, so that what else the machine does falls on all alike; medians. The app starts as it
 * does every day: it was there before, and kept its code (docs/decisions/kept-code.md). Linux only.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { missingForDesktop, missingForPanel, startDesktop, untilTrue } from '../support/desktop.ts'
import { endApp, firstLinkUp, launchApp, launchBare, writeSettings } from './lib/desktop-app.ts'
import { pause, percentile, round } from './lib/engine.ts'
import { cpuOfFirstThread } from './lib/process-tree.ts'
import { answerTime, timed, watchTray, type TimedPrinter, type TrayWatch } from './lib/start.ts'

const TURNS = 9
const PRINTERS = [1, 10]
/** Between an end and the next start: what the one wrote is on disk, the panel has let go of its icon. */
const CALM_MS = 700
/** The app keeps its code 10 s after a start. */
const KEPT_MS = 60_000
/** Limit of the issue: times a bare Electron's ready plus the server's own answer time. */
const LIMIT_RATIO = 1.3

interface Times {
  tray: number[]
  /** Processor time of the first thread until then: what a busy machine changes little. */
  work: number[]
  /** The server's answer to the login has left it. */
  answered: number[]
  /** The engine says that the first server is connected. */
  up: number[]
}

export async function run(): Promise<unknown[]> {
  const missing = missingForDesktop('dunst') ?? missingForPanel()
  if (missing !== null) throw new Error(`this benchmark ${missing}`)
  const desktop = await startDesktop({ daemon: 'dunst', panel: 'dark' })
  const simulator = await startSimulator({ script: 'idle', printers: Math.max(...PRINTERS), deflate: false })
  const printers = await Promise.all(simulator.printers.map(timed))
  const tray = await watchTray(desktop.busAddress)
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-start-'))
  try {
    const bare = { ready: [] as number[], tray: [] as number[], work: [] as number[] }
    const answer: number[] = []
    const ours = new Map(PRINTERS.map((count): [number, Times] => [count, { tray: [], work: [], answered: [], up: [] }]))
    // The first turn makes the folders and fills the system's caches.
    for (let turn = -1; turn < TURNS; turn++) {
      const keep = turn >= 0
      const [first] = printers
      if (first === undefined) throw new Error('no printer was started')
      const asked = await answerTime(first)
      const plain = await bareOnce(desktop.env, join(folder, 'bare'), tray)
      if (keep) {
        answer.push(asked)
        bare.ready.push(plain.ready)
        bare.tray.push(plain.tray)
        bare.work.push(plain.work)
      }
      for (const [count, times] of ours) {
        const took = await appOnce(desktop.env, join(folder, `app-${count}`), printers.slice(0, count), tray, !keep)
        if (keep) for (const what of ['tray', 'work', 'answered', 'up'] as const) times[what].push(took[what])
      }
    }
    const ready = percentile(bare.ready, 0.5)
    const baseline = ready + percentile(answer, 0.5)
    const row = (name: string, values: number[], against: number, limit: object): unknown => {
      const value = percentile(values, 0.5)
      return { name, value: round(value), unit: 'ms', baseline: round(against), ratio: round(value / against, 2), limit: null, ...limit }
    }
    return [
      row('a bare Electron until its icon is in the tray, beside its ready', bare.tray, ready, {}),
      row('the server\'s own answer to a login, beside that ready', answer, ready, {}),
      ...[...ours].flatMap(([count, times]) => [
        row(`start to the icon in the tray, printers: ${count}`, times.tray, baseline, { limitRatio: LIMIT_RATIO }),
        row(`processor time of the main thread until then, printers: ${count}`, times.work, percentile(bare.work, 0.5), {}),
        row(`start to the first server's answer, printers: ${count}`, times.answered, baseline, {}),
        row(`start to the first server connected, printers: ${count}`, times.up, baseline, { limitRatio: LIMIT_RATIO }),
      ]),
    ]
  } finally {
    await tray.close()
    await Promise.all(printers.map((printer) => printer.stop()))
    await simulator.stop()
    await desktop.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function bareOnce(env: Record<string, string>, folder: string, tray: TrayWatch): Promise<{ ready: number; tray: number; work: number }> {
  const shown = tray.next()
  const began = performance.now()
  const { child, ready } = await launchBare(env, folder, false)
  const readyAt = await ready
  const work = cpuOfFirstThread(child.pid ?? 0)
  const times = { ready: readyAt - began, tray: (await shown) - began, work }
  await endApp(child)
  await pause(CALM_MS)
  return times
}

/** @param stays until its code is kept */
async function appOnce(env: Record<string, string>, folder: string, printers: readonly TimedPrinter[], tray: TrayWatch, stays: boolean): Promise<Record<keyof Times, number>> {
  const keys = await writeSettings(folder, printers)
  const shown = tray.next()
  const answered = Promise.race(printers.map((printer) => printer.nextAnswer()))
  const began = performance.now()
  const { child, log } = await launchApp({ ...env, ...keys }, folder)
  const seen = shown.then((at) => ({ at, work: cpuOfFirstThread(child.pid ?? 0) }))
  const answeredAt = await answered
  const upAt = await firstLinkUp(child, log, performance.timeOrigin + began) - performance.timeOrigin
  const { at, work } = await seen
  const times = { tray: at - began, work, answered: answeredAt - began, up: upAt - began }
  if (stays) await untilTrue(() => existsSync(join(folder, 'data', 'window', 'kept-code', 'app')), () => 'the app has kept its code', KEPT_MS)
  await endApp(child)
  await pause(CALM_MS)
  return times
}
