/** From the server's frame to the Notify call on the bus, and to the one that carries the picture. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { startFakeBus, type FakeService, type NotifyCall } from '../support/desktop-fake.ts'
import { pause, percentile, round, startBenchEngine } from './lib/engine.ts'

const SAMPLES = 60
const PICTURES = 30
/** Pictures of one printer within a second are one picture: further apart, each is fetched. */
const APART_MS = 1_100
const WARM_UP = 5
/** Limits of the issue: 1.1 times the bare script or 20 ms; 250 ms to the toast that shows the picture of a 50 ms webcam. */
const NOTIFY_RATIO = 1.1
const NOTIFY_P95_MS = 20
const PICTURE_P95_MS = 250
const WEBCAM_MS = 50

export async function run(): Promise<unknown[]> {
  const simulator = await startSimulator({ script: 'idle', webcam: { delayMs: WEBCAM_MS } })
  const bus = await startFakeBus()
  const service = await bus.serve()
  const env = { DBUS_SESSION_BUS_ADDRESS: bus.address }
  try {
    const engine = await startBenchEngine([simulator], [{ id: 'desk', label: 'Desk', channel: 'desktop', events: ['job.done'] }], env)
    await engine.up
    const isOurs = (call: NotifyCall): boolean => call.summary.includes('print done')
    const ours = await measure(simulator, service, isOurs, { samples: SAMPLES, apartMs: 0, until: () => true })
    const pictures = await measure(simulator, service, isOurs, { samples: PICTURES, apartMs: APART_MS, until: (call) => 'image-path' in call.hints })
    await engine.stop()

    const bare = spawn(process.execPath, [join(process.cwd(), 'test/bench/lib/bare.mjs')], { env: { ...process.env, ...env, BARE_URL: simulator.url, BARE_KEY: simulator.apiKey }, stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise<void>((done) => bare.stdout.once('data', () => done()))
    const theirs = await measure(simulator, service, (call) => call.appName === 'bare', { samples: SAMPLES, apartMs: 0, until: () => true })
    bare.kill()

    const at = (fraction: number): Record<string, unknown> => {
      const value = percentile(ours, fraction)
      const baseline = percentile(theirs, fraction)
      return { value: round(value, 2), unit: 'ms', baseline: round(baseline, 2), ratio: round(value / baseline, 2) }
    }
    return [
      { name: 'frame to Notify, p50', ...at(0.5), limit: NOTIFY_P95_MS, limitRatio: NOTIFY_RATIO },
      { name: 'frame to Notify, p95', ...at(0.95), limit: NOTIFY_P95_MS, limitRatio: NOTIFY_RATIO },
      { name: `frame to the toast with picture, webcam of ${WEBCAM_MS} ms, p50`, value: round(percentile(pictures, 0.5)), unit: 'ms', baseline: WEBCAM_MS, ratio: round(percentile(pictures, 0.5) / WEBCAM_MS, 2), limit: null },
      { name: `frame to the toast with picture, webcam of ${WEBCAM_MS} ms, p95`, value: round(percentile(pictures, 0.95)), unit: 'ms', baseline: WEBCAM_MS, ratio: round(percentile(pictures, 0.95) / WEBCAM_MS, 2), limit: PICTURE_P95_MS },
    ]
  } finally {
    await bus.stop()
    await simulator.stop()
  }
}

interface Measure {
  samples: number
  /** ms between two samples. */
  apartMs: number
  /** The call that ends a sample. */
  until(call: NotifyCall): boolean
}

/** ms from the frame that leaves the server to the Notify call, sample by sample. */
async function measure(simulator: Simulator, service: FakeService, isOurs: (call: NotifyCall) => boolean, how: Measure): Promise<number[]> {
  const result: number[] = []
  let heard: (call: NotifyCall) => void = () => undefined
  const calls = service.calls
  const push = calls.push.bind(calls)
  calls.push = (...items) => {
    for (const item of items) heard(item)
    return push(...items)
  }
  for (let sample = -WARM_UP; sample < how.samples; sample++) {
    const payload = { name: `part ${sample}.gcode`, path: `part ${sample}.gcode`, origin: 'local', size: 1000, owner: 'bench', user: 'bench' }
    await pause(how.apartMs)
    simulator.control.say({ event: { type: 'PrintStarted', payload } })
    await pause(60)
    const began = performance.now()
    const took = await new Promise<number>((done) => {
      heard = (call) => {
        if (isOurs(call) && how.until(call)) done(performance.now() - began)
      }
      simulator.control.say({ event: { type: 'PrintDone', payload: { ...payload, time: 12.5 } } })
    })
    if (sample >= 0) result.push(took)
  }
  calls.push = push
  return result
}
