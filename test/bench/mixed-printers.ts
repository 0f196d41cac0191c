/**
 * One engine with 10, 50, 100 and 200 printers of three kinds: processor, memory, and how long a word of a printer takes to a destination,
 * through history and outbox. The servers live in this process, the engine in its own. Linux only: it reads /proc.
 */
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { cpuOf, pause, percentile, round, rssOf, startBenchEngine, type BenchPrinter } from './lib/engine.ts'
import { startMiniMoonraker, type MiniServer } from './lib/mini-moonraker.ts'
import { MINI_KEY, startMiniPrusaLink } from './lib/mini-prusalink.ts'

const SIZES = [10, 50, 100, 200]
const FRAME_MS = 1_000
/** While it is looked at how long a word takes, each printer that can speaks so often. */
const SAY_MS = 5_000
const SETTLE_MS = 8_000
const MEASURE_MS = 20_000
/** Limits of the issue, for 200 printers. */
const LIMIT_PERCENT = 15
const LIMIT_MB = 200
/** No worse than linear, as far as a busy machine lets one see. */
const LIMIT_GROWTH = 1.1

interface Load { printers: number; cpu: number; rss: number; latencies: number[] }

export async function run(): Promise<unknown[]> {
  const loads: Load[] = []
  for (const printers of SIZES) loads.push(await load(printers))
  const [small, , , large] = loads as [Load, Load, Load, Load]
  const plain = { baseline: null, ratio: null, limit: null }
  return [
    ...loads.map(({ printers, cpu }) => ({ name: `processor with ${printers} printers of three kinds at 1 frame/s`, value: round(cpu), unit: '% of a core', ...plain, ...(printers === large.printers ? { limit: LIMIT_PERCENT } : {}) })),
    ...loads.map(({ printers, rss }) => ({ name: `memory with ${printers} printers of three kinds`, value: round(rss), unit: 'MB', ...plain, ...(printers === large.printers ? { limit: LIMIT_MB } : {}) })),
    ...loads.flatMap(({ printers, latencies }) => [0.5, 0.95, 0.99].map((fraction) => ({ name: `from a printer's word to a webhook, ${printers} printers, p${fraction * 100}`, value: round(percentile(latencies, fraction)), unit: 'ms', ...plain }))),
    growth('processor', small.printers, small.cpu, large.printers, large.cpu),
  ]
}

/** What one printer more takes at the large end beside what it takes at the small one. */
function growth(what: string, few: number, atFew: number, many: number, atMany: number): object {
  return { name: `${what} a printer: ${many} beside ${few}`, value: round(atMany / many, 3), unit: '% of a core', baseline: round(atFew / few, 3), ratio: round(atMany / many / (atFew / few), 2), limit: null, limitRatio: LIMIT_GROWTH }
}

async function load(printers: number): Promise<Load> {
  const moonrakers = Math.ceil(printers / 2)
  const octoprints = Math.ceil(printers / 4)
  const minis: MiniServer[] = []
  for (let n = 0; n < moonrakers; n++) minis.push(await startMiniMoonraker())
  for (let n = 0; n < printers - moonrakers - octoprints; n++) minis.push(await startMiniPrusaLink())
  const simulator = await startSimulator({ printers: octoprints, fps: 1000 / FRAME_MS, script: 'steady' })
  const receiver = await startReceiver()
  const servers: BenchPrinter[] = [
    ...minis.map(({ kind, url }) => ({ kind, url, apiKey: kind === 'prusalink' ? MINI_KEY : null })),
    ...simulator.printers.map(({ url, apiKey }) => ({ url, apiKey })),
  ]
  const speakers: ((text: string) => void)[] = [
    ...minis.flatMap(({ say }) => (say ? [say] : [])),
    ...simulator.printers.map(({ control }) => (text: string) => control.say({ plugin: { plugin: 'action_command_notification', data: { message: text } } })),
  ]
  const engine = await startBenchEngine(servers, [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: receiver.url, format: 'plain' }, events: ['message.display', 'message.user'] }], {}, { thresholds: { capPerMinute: 1_000_000 } })
  const frames = setInterval(() => { for (const { frame } of minis) frame?.() }, FRAME_MS)
  let words: NodeJS.Timeout | null = null
  try {
    await engine.up
    await pause(SETTLE_MS)
    const pid = engine.child.pid ?? 0
    const before = await cpuOf(pid)
    const began = performance.now()
    await pause(MEASURE_MS)
    const cpu = (100 * ((await cpuOf(pid)) - before)) / (performance.now() - began)
    const rss = await rssOf(pid)
    // One after the other, as printers do.
    let turn = 0
    words = setInterval(() => speakers[turn++ % speakers.length]?.(`sent at ${performance.timeOrigin + performance.now()}`), SAY_MS / speakers.length)
    await pause(MEASURE_MS)
    if (receiver.latencies.length === 0) throw new Error(`with ${printers} printers nothing arrived`)
    return { printers, cpu, rss, latencies: [...receiver.latencies] }
  } finally {
    clearInterval(frames)
    if (words) clearInterval(words)
    await engine.stop()
    await Promise.all([simulator.stop(), receiver.stop(), ...minis.map((mini) => mini.stop())])
  }
}

/** A webhook's far side that knows how long each word was on its way. ms */
async function startReceiver(): Promise<{ url: string; latencies: number[]; stop(): Promise<void> }> {
  const latencies: number[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const sent = /sent at (\d+(?:\.\d+)?)/.exec(Buffer.concat(chunks).toString('utf8'))?.[1]
      if (sent !== undefined) latencies.push(performance.timeOrigin + performance.now() - Number(sent))
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    latencies,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
