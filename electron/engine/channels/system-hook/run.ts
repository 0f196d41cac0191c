/** One program, from its start to its end, however that comes: in time, by the deadline, or because the destination is closed. */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Cancel, Clock } from '../../ports.ts'

export interface RunSpec {
  /** The program and its arguments; no shell comes between. */
  argv: readonly string[]
  /** All of it: nothing else is inherited. */
  env: Readonly<Record<string, string>>
  cwd?: string | undefined
  /** Written to it, then closed; absent = its input is empty. */
  stdin?: string
  timeoutMs: number
  /** Ends it early. */
  signal: AbortSignal
}

export type Ran = (
  | { how: 'exited'; code: number }
  /** Something else ended it. */
  | { how: 'killed'; by: string }
  | { how: 'timeout' }
  | { how: 'stopped' }
  /** It never ran: the system's word for why ("ENOENT"). */
  | { how: 'failed'; code: string }
) & {
  /** The last 4 kB of what it wrote, both ways together. */
  output: string
}

const OUTPUT_BYTES = 4_096
/** After the friendly signal at the deadline, and where somebody waits for the end. ms */
const GRACE_MS = 2_000
const HURRY_MS = 300
/** What it wrote last arrives within; a child of its own may hold the pipe open for ever. ms */
const DRAIN_MS = 100

/** Never rejects. Where it ends by the deadline or the signal, everything it started in its own group ends with it. */
export function runProgram(spec: RunSpec, { clock, platform = process.platform }: { clock: Clock; platform?: NodeJS.Platform }): Promise<Ran> {
  const [program = '', ...args] = spec.argv
  if (spec.signal.aborted) return Promise.resolve({ how: 'stopped', output: '' })
  return new Promise((resolve) => {
    const output = tail()
    let child: ChildProcess
    try {
      child = spawn(program, args, { env: { ...spec.env }, ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }), shell: false, detached: platform !== 'win32', windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'] })
    } catch (error) {
      // Arguments that no system takes.
      resolve({ how: 'failed', code: codeOf(error), output: '' })
      return
    }
    const timers: Cancel[] = []
    let why: 'timeout' | 'stopped' | null = null
    let over = false

    function end(ran: Omit<Ran, 'output'>): void {
      if (over) return
      over = true
      for (const cancel of timers) cancel()
      spec.signal.removeEventListener('abort', stop)
      child.stdout?.destroy()
      child.stderr?.destroy()
      resolve({ ...ran, output: output.text() } as Ran)
    }
    function give(reason: 'timeout' | 'stopped', graceMs: number): void {
      if (why !== null || over) return
      why = reason
      endGroup(child, 'SIGTERM', platform)
      timers.push(clock.after(graceMs, () => endGroup(child, 'SIGKILL', platform)))
    }
    function stop(): void {
      // A second one hurries the first.
      if (why === 'timeout') timers.push(clock.after(HURRY_MS, () => endGroup(child, 'SIGKILL', platform)))
      else give('stopped', HURRY_MS)
    }

    child.on('error', (error) => {
      // Also for a signal that could not be sent, when it runs already.
      if (child.pid === undefined) end({ how: 'failed', code: codeOf(error) } as Omit<Ran, 'output'>)
    })
    child.on('exit', (code, signal) => {
      // What it started may take no notice of the friendly signal.
      if (why !== null) endGroup(child, 'SIGKILL', platform)
      const ran = why !== null ? { how: why } : code === null ? { how: 'killed', by: signal ?? 'a signal' } : { how: 'exited', code }
      child.on('close', () => end(ran as Omit<Ran, 'output'>))
      timers.push(clock.after(DRAIN_MS, () => end(ran as Omit<Ran, 'output'>)))
    })
    child.stdout?.on('data', output.add)
    child.stderr?.on('data', output.add)
    // It need not read what it is given.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(spec.stdin ?? '')
    timers.push(clock.after(spec.timeoutMs, () => give('timeout', GRACE_MS)))
    spec.signal.addEventListener('abort', stop, { once: true })
  })
}

function endGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', platform: NodeJS.Platform): void {
  const { pid } = child
  if (pid === undefined) return
  if (platform === 'win32') {
    // There are no groups; the tree is found by its parents, and only while the first is there.
    if (child.exitCode === null) spawn('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' }).on('error', () => child.kill())
    return
  }
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Nobody of the group is left.
    if (codeOf(error) !== 'ESRCH') child.kill(signal)
  }
}

function tail(): { add(chunk: Buffer): void; text(): string } {
  let kept = Buffer.alloc(0)
  let cut = false
  return {
    add(chunk) {
      const all = Buffer.concat([kept, chunk])
      cut ||= all.length > OUTPUT_BYTES
      kept = all.subarray(Math.max(0, all.length - OUTPUT_BYTES))
    },
    text: () => (cut ? `…${kept.toString('utf8')}` : kept.toString('utf8')),
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : 'EUNKNOWN'
}
