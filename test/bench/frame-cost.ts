/**
 * What a frame of a printer costs the engine: processor time of the whole process, beside a program that receives and parses the same frames
 * with V8 set as for the engine. Both wake up for each frame, and on a busy machine that makes most of it. Linux only: it reads /proc.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cpuOf, pause, round, startBenchEngine } from './lib/engine.ts'
import { startMiniMoonraker, type MiniServer } from './lib/mini-moonraker.ts'

const SIZES = [50, 200]
const FRAMES_PER_SECOND = 2
const SETTLE_MS = 5_000
const MEASURE_MS = 10_000
/** Turn about, so that a machine that grows busy meanwhile counts for both. */
const ROUNDS = 2
/** The frames of all printers are spread over time, as real ones are. */
const STEP_MS = 20
/** Six times what receiving and parsing takes: merged, interpreted, reduced, kept, with its timers. */
const LIMIT_RATIO = 6
const LEAN = join(process.cwd(), 'test', 'bench', 'lib', 'lean.mjs')
const PLAIN = pathToFileURL(join(process.cwd(), 'test', 'bench', 'lib', 'plain-client.mjs')).href

export async function run(): Promise<unknown[]> {
  const results: unknown[] = []
  for (const printers of SIZES) {
    const { ours, plain } = await costs(printers)
    results.push({ name: `processor for a frame, ${printers} printers at ${FRAMES_PER_SECOND} frames/s, beside receiving and parsing it`, value: round(ours), unit: 'µs', baseline: round(plain), ratio: round(ours / plain, 2), limit: null, limitRatio: LIMIT_RATIO })
  }
  return results
}

/** µs a frame. */
async function costs(printers: number): Promise<{ ours: number; plain: number }> {
  const servers: MiniServer[] = []
  for (let n = 0; n < printers; n++) servers.push(await startMiniMoonraker())
  let sent = 0
  const began = performance.now()
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * printers * FRAMES_PER_SECOND; sent < due; sent++) servers[sent % printers]?.frame?.()
  }, STEP_MS)
  try {
    let [ours, plain] = [0, 0]
    for (let n = 0; n < ROUNDS; n++) {
      plain += await ofPlain(servers, () => sent)
      ours += await ofEngine(servers, () => sent)
    }
    return { ours: ours / ROUNDS, plain: plain / ROUNDS }
  } finally {
    clearInterval(timer)
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function ofEngine(servers: MiniServer[], sent: () => number): Promise<number> {
  const engine = await startBenchEngine(servers.map(({ kind, url }) => ({ kind, url, apiKey: null })), [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1:9/' } }])
  try {
    await engine.up
    return await perFrame(engine.child.pid ?? 0, sent)
  } finally {
    await engine.stop()
  }
}

async function ofPlain(servers: MiniServer[], sent: () => number): Promise<number> {
  const child = spawn(process.execPath, [LEAN, PLAIN, ...servers.map(({ url }) => url)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    return await perFrame(child.pid ?? 0, sent)
  } finally {
    const gone = once(child, 'close')
    child.kill()
    await gone
  }
}

async function perFrame(pid: number, sent: () => number): Promise<number> {
  await pause(SETTLE_MS)
  const before = { cpu: await cpuOf(pid), frames: sent() }
  await pause(MEASURE_MS)
  return (1000 * ((await cpuOf(pid)) - before.cpu)) / (sent() - before.frames)
}
