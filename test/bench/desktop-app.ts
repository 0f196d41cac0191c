/**
 * What the desktop app takes beside a bare Electron in the same run: memory in the tray (never opened, and after a window was opened
 * and closed), processor with ten idle printers, and how soon a window is usable again. Linux only: it reads /proc.
 */
import { _electron } from 'playwright-core'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { missingForDesktop, missingForPanel, startDesktop } from '../support/desktop.ts'
import { tell } from '../support/tell-app.ts'
import { startApp, startBare, writeSettings, type BenchApp } from './lib/desktop-app.ts'
import { electronBinary } from './lib/electron.ts'
import { pause, percentile, round } from './lib/engine.ts'
import { cpuOfTree, pssOf } from './lib/process-tree.ts'

const PRINTERS = 10
const SETTLE_MS = 10_000
/** Before the idle processor time is read: compiling and first contacts are over. */
const CALM_MS = 15_000
const IDLE_MS = 40_000
const OPEN_MS = 2_000
const REOPENS = 8
/** Limits of the issue. */
const LIMIT_RATIO = 1.15
const LIMIT_IDLE_PERCENT = 0.5
const LIMIT_REOPEN_MS = 700

export async function run(): Promise<unknown[]> {
  const missing = missingForDesktop('dunst') ?? missingForPanel()
  if (missing !== null) throw new Error(`this benchmark ${missing}`)
  const desktop = await startDesktop({ daemon: 'dunst', panel: 'dark' })
  const simulator = await startSimulator({ script: 'idle', printers: PRINTERS })
  try {
    const bare = await measured(() => startBare(desktop.env, false))
    const app = await measured(() => startApp(desktop.env, [...simulator.printers]), { idle: true })
    const bareOpened = await measured(() => startBare(desktop.env, true))
    const appOpened = await measured(() => startApp(desktop.env, [...simulator.printers]), { window: true })
    const memory = (name: string, value: number, baseline: number): unknown => ({ name, value: round(value), unit: 'MB PSS', baseline: round(baseline), ratio: round(value / baseline, 3), limitRatio: LIMIT_RATIO })
    return [
      memory(`in the tray, ${PRINTERS} printers, window never opened`, app.pss, bare.pss),
      memory(`in the tray, ${PRINTERS} printers, window opened and closed`, appOpened.pss, bareOpened.pss),
      { name: `processor in the tray with ${PRINTERS} idle printers`, value: round(app.percent, 2), unit: '% of a core', baseline: null, ratio: null, limit: LIMIT_IDLE_PERCENT },
      ...(await reopening(desktop.env, simulator.printers)),
    ]
  } finally {
    await simulator.stop()
    await desktop.stop()
  }
}

async function measured(start: () => Promise<BenchApp>, options: { idle?: true; window?: true } = {}): Promise<{ pss: number; percent: number }> {
  const app = await start()
  try {
    if (options.window) {
      await app.show()
      await pause(OPEN_MS)
      await app.hide()
    }
    await pause(SETTLE_MS)
    const pss = pssOf(app.pid)
    if (!options.idle) return { pss, percent: Number.NaN }
    await pause(CALM_MS)
    const before = cpuOfTree(app.pid)
    const began = performance.now()
    await pause(IDLE_MS)
    return { pss, percent: (100 * (cpuOfTree(app.pid) - before)) / (performance.now() - began) }
  } finally {
    await app.stop()
  }
}

/** From the wish to open to cards that can be pressed, window made anew each time. */
async function reopening(env: Record<string, string>, printers: readonly { url: string; apiKey: string }[]): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-open-'))
  const keys = await writeSettings(folder, printers)
  const app = await _electron.launch({ executablePath: await electronBinary(), args: ['--disable-gpu', process.cwd(), '--data', join(folder, 'data'), '--config', folder], env: { ...env, ...keys }, chromiumSandbox: false })
  try {
    const times: number[] = []
    let page = await app.firstWindow()
    await page.waitForSelector('article')
    for (let n = 0; n < REOPENS; n++) {
      const closed = page.waitForEvent('close')
      await tell(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
      await closed
      await pause(500)
      const opened = app.waitForEvent('window')
      const began = performance.now()
      await tell(app, ({ app: electron }) => void electron.emit('activate'))
      page = await opened
      await page.waitForSelector('article button')
      times.push(performance.now() - began)
    }
    return [{ name: `window opened again until its ${printers.length} cards can be pressed, p95`, value: round(percentile(times, 0.95)), unit: 'ms', baseline: null, ratio: null, limit: LIMIT_REOPEN_MS }]
  } finally {
    await app.close()
    await rm(folder, { recursive: true, force: true })
  }
}
