/**
 * A burst of 1 000 events to 20 destinations of which 4 fail, beside the Apprise library with the same burst in the same run; and what a
 * dead destination takes from the others. Linux only: it reads /proc.
 */
import { execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { asking } from '../support/ask-child.ts'
import { pause, percentile, round } from './lib/engine.ts'

const EVENTS = 1_000
const GOOD = 16
const BROKEN = 4
/** For the question of the broken channel: events that come one after the other, with and without it at the same pace. */
const PACED = { events: 200, batch: 1, everyMs: 50 }
const AT_ONCE = { events: EVENTS, batch: EVENTS, everyMs: 20 }
const ROUNDS = 7
const LIMIT_MS = 300_000
/** Starts a bundle as the program itself is started. */
const LEAN = join(process.cwd(), 'test', 'bench', 'lib', 'lean.mjs')
const LIMIT_DISTURBANCE = 1.05
const SAMPLE_MS = 20

interface Answer { accepted: number; last: number; latencies: Record<string, number[]> }
interface Receiver { base: string; ask(forget?: boolean): Promise<Answer>; close(): Promise<void> }
/** cpu in s; peak: resident memory at its highest, own: what of it no file on disk stands behind. MB */
interface Run { seconds: number; cpu: number; peak: number; own: number; latencies: number[] }

export async function run(): Promise<unknown[]> {
  const python = process.env.PRINTBELL_APPRISE ?? join(process.cwd(), '.cache', 'venv-apprise', 'bin', 'python')
  const engine = await builtEngine()
  const receiver = await startReceiver()
  try {
    const ours = await burst(engine, receiver, { ...AT_ONCE, broken: BROKEN })
    const apprise = existsSync(python) ? await burstOfApprise(python, receiver) : null
    const alone: number[] = []
    const beside: number[] = []
    const p95 = ({ latencies }: Run): number => percentile(latencies, 0.95)
    // Turn about, so that a machine that grows busy meanwhile counts for both.
    for (let n = 0; n < ROUNDS; n++) {
      alone.push(p95(await burst(engine, receiver, { ...PACED, broken: 0 })))
      beside.push(p95(await burst(engine, receiver, { ...PACED, broken: BROKEN })))
    }
    // The middle of the rounds: one hiccup of the machine in one of them says nothing about broken destinations.
    const [p95Alone, p95Beside] = [percentile(alone, 0.5), percentile(beside, 0.5)]
    const beat = (name: string, value: number, other: number | undefined, unit: string): object =>
      ({ name, value: round(value), unit, baseline: other === undefined ? null : round(other), ratio: other === undefined ? null : round(value / other, 2), limit: null, limitRatio: other === undefined ? null : 1 })
    return [
      beat(`${EVENTS} events to ${GOOD + BROKEN} destinations, ${BROKEN} of them broken: until the others have all, beside Apprise`, ours.seconds, apprise?.seconds, 's'),
      beat('the same: processor', ours.cpu, apprise?.cpu, 's'),
      // Node's own program is 40 MB of it before a line of ours runs, which is nearly all that Apprise takes: this limit is missed (docs/performance.md).
      beat('the same: resident memory at its peak, program files included', ours.peak, apprise?.peak, 'MB'),
      beat('the same: memory of its own at its peak (no file behind it)', ours.own, apprise?.own, 'MB'),
      { name: `delivery beside ${BROKEN} broken destinations, p95`, value: round(p95Beside), unit: 'ms', baseline: round(p95Alone), ratio: round(p95Beside / p95Alone, 3), limit: null, limitRatio: LIMIT_DISTURBANCE },
    ]
  } finally {
    await receiver.close()
  }
}

/** The engine of the fault run, whose printer makes events out of nothing. Built by a process of its own: the bundler can't be bundled. */
async function builtEngine(): Promise<string> {
  const script = "import { buildFaults } from './scripts/lib/faults.mjs'; process.stdout.write((await buildFaults()).engine)"
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  return stdout
}

async function burst(engine: string, receiver: Receiver, { events, batch, everyMs, broken }: { events: number; batch: number; everyMs: number; broken: number }): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-bench-burst-'))
  await receiver.ask(true)
  const to = (path: string, id: string): object => ({ id, label: id, channel: 'webhook', config: { url: `${receiver.base}/${path}/${id}`, format: 'plain' }, events: ['native:*'] })
  const settings = {
    version: 1, thresholds: { capPerMinute: 1_000_000_000 },
    printers: [{ id: 'p1', name: 'Fed', server: { kind: 'feed', url: 'http://feed.invalid' } }],
    destinations: [...Array.from({ length: GOOD }, (_, n) => to('ok', `good-${n}`)), ...Array.from({ length: broken }, (_, n) => to('broken', `broken-${n}`))],
  }
  const began = Date.now()
  const child = spawn(process.execPath, [LEAN, pathToFileURL(engine).href, JSON.stringify({ data: join(folder, 'data'), settings, events, batch, everyMs })], { stdio: ['ignore', 'ignore', 'inherit'] })
  const memory = watchOwn(child.pid ?? 0)
  try {
    for (;;) {
      const answer = await receiver.ask()
      if (answer.accepted >= events * GOOD) {
        const { cpu, peak } = usageOf(child.pid ?? 0)
        return { seconds: (answer.last - began) / 1000, cpu, peak, own: memory.highest(), latencies: Object.values(answer.latencies).flat() }
      }
      if (Date.now() - began > LIMIT_MS) throw new Error(`after ${LIMIT_MS / 1000} s ${answer.accepted} of ${events * GOOD} had arrived`)
      await pause(100)
    }
  } finally {
    memory.end()
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
}

async function burstOfApprise(python: string, receiver: Receiver): Promise<Omit<Run, 'latencies'>> {
  const { host } = new URL(receiver.base)
  const addresses = [...Array.from({ length: GOOD }, (_, n) => `json://${host}/ok/a${n}`), ...Array.from({ length: BROKEN }, (_, n) => `json://${host}/broken/a${n}`)]
  const running = promisify(execFile)(python, [join(process.cwd(), 'test', 'bench', 'lib', 'burst-apprise.py'), String(EVENTS), ...addresses], { maxBuffer: 64 * 1024 * 1024 })
  const memory = watchOwn(running.child.pid ?? 0)
  try {
    return { ...(JSON.parse((await running).stdout) as Omit<Run, 'latencies' | 'own'>), own: memory.highest() }
  } finally {
    memory.end()
  }
}

/** The kernel keeps no peak of the memory that no file stands behind, so it is looked at often. */
function watchOwn(pid: number): { highest(): number; end(): void } {
  let highest = 0
  const timer = setInterval(() => {
    if (existsSync(`/proc/${pid}/status`)) highest = Math.max(highest, Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  }, SAMPLE_MS)
  return { highest: () => highest, end: () => clearInterval(timer) }
}

/** Processor time so far in s, and the highest resident memory in MB. */
function usageOf(pid: number): { cpu: number; peak: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, peak: Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024 }
}

async function startReceiver(): Promise<Receiver> {
  const child = fork(join(process.cwd(), 'test', 'bench', 'lib', 'burst-receiver.mjs'), [], { execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const ask = asking<Answer>(child)
  return {
    base: `http://127.0.0.1:${port}`,
    ask: (forget = false) => ask({ forget }),
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
