/** Memory after pictures, and memory and processor with 50 printers, of the engine as users run it. Linux only: it reads /proc. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { cpuOf, pause, rssOf, round, startBenchEngine, type BenchPrinter } from './lib/engine.ts'

const PICTURES = 20
const PRINTERS = 50
const FRAMES_PER_SECOND = 2
const SETTLE_MS = 8_000
const MEASURE_MS = 20_000
/** Limits of the issue. */
const LIMIT_MB = 120
const LIMIT_PERCENT = 10

export async function run(): Promise<unknown[]> {
  const bare = await bareNode()
  return [await afterPictures(bare), ...(await withManyPrinters(bare))]
}

/** What Node itself takes: the baseline that no program in it can go below. */
async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  await pause(1_500)
  const rss = await rssOf(child.pid ?? 0)
  child.kill()
  return rss
}

async function afterPictures(bare: number): Promise<unknown> {
  const simulator = await startSimulator({ script: 'idle', webcam: { width: 1920, height: 1080, flipH: true } })
  const engine = await startBenchEngine([simulator], [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: `${simulator.url}/nowhere` }, events: ['job.done'] }])
  try {
    await engine.up
    for (let n = 0; n < PICTURES; n++) {
      const payload = { name: `part ${n}.gcode`, path: `part ${n}.gcode`, origin: 'local', size: 1000, owner: 'bench', user: 'bench' }
      simulator.control.say({ event: { type: 'PrintStarted', payload } })
      await pause(100)
      simulator.control.say({ event: { type: 'PrintDone', payload: { ...payload, time: 12.5 } } })
      // Pictures of one printer within a second are one picture.
      await pause(1_100)
    }
    await pause(1_000)
    const value = await rssOf(engine.child.pid ?? 0)
    return { name: `engine's memory after ${PICTURES} pictures of 1920x1080`, value: round(value), unit: 'MB', baseline: round(bare), ratio: round(value / bare, 2), limit: LIMIT_MB }
  } finally {
    await engine.stop()
    await simulator.stop()
  }
}

async function withManyPrinters(bare: number): Promise<unknown[]> {
  const child = spawn(process.execPath, [join(process.cwd(), 'test/bench/lib/simulator.mjs'), '--printers', String(PRINTERS), '--fps', String(FRAMES_PER_SECOND), '--script', 'steady', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ready = await new Promise<BenchPrinter[]>((done) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) done((JSON.parse(text.slice(0, text.indexOf('\n'))) as { ready: BenchPrinter[] }).ready)
    })
  })
  const engine = await startBenchEngine(ready, [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1:9/' } }])
  try {
    await engine.up
    await pause(SETTLE_MS)
    const pid = engine.child.pid ?? 0
    const before = await cpuOf(pid)
    const began = performance.now()
    await pause(MEASURE_MS)
    const cpu = (100 * ((await cpuOf(pid)) - before)) / (performance.now() - began)
    const rss = await rssOf(pid)
    const what = `${PRINTERS} printers at ${FRAMES_PER_SECOND} frames/s`
    return [
      { name: `engine's processor with ${what}`, value: round(cpu), unit: '% of a core', baseline: null, ratio: null, limit: LIMIT_PERCENT },
      { name: `engine's memory with ${what}`, value: round(rss), unit: 'MB', baseline: round(bare), ratio: round(rss / bare, 2), limit: LIMIT_MB },
    ]
  } finally {
    await engine.stop()
    child.kill()
  }
}
