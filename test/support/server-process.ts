/** Processes of real servers and of the scripted machines behind them: started, told lines, ended, and never left behind. */
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'

const FORCE_MS = 15_000
const ANSWER_MS = 15_000

/** Ends it by a signal and waits for that; SIGKILL when it takes too long. Nothing happens when it has ended. */
export async function endChild(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill(signal)
  const force = setTimeout(() => child.kill('SIGKILL'), FORCE_MS)
  await gone
  clearTimeout(force)
}

/** Starts a server whose words go to the end of a file. It ends with the test's process at the latest. */
export function startServer(command: string, args: readonly string[], logFile: string, env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const log = createWriteStream(logFile, { flags: 'a' })
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const atExit = (): void => void child.kill('SIGKILL')
  process.once('exit', atExit)
  child.once('close', () => {
    process.off('exit', atExit)
    log.end()
  })
  return child
}

/** The last lines of a log, for a failure's message. */
export async function lastLines(file: string, lines = 30): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(no log)')
  return text.split('\n').slice(-lines).join('\n')
}

/** A line that a scripted machine says. */
export interface Said {
  /** The instruction that this answers. */
  done?: string
  /** Why the instruction failed; null = it did not. */
  error?: string | null
  [more: string]: unknown
}

/** A scripted machine: each line is an instruction, and it answers each by one line of JSON. It ends with its standard input. */
export interface Scripted {
  /** Plays one instruction. @throws Error with what the machine says against it */
  tell(line: string): Promise<Said>
  end(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a scripted machine and waits for its first line. @throws Error with what it said instead */
export async function startScripted(command: string, args: readonly string[]): Promise<Scripted> {
  const child: ChildProcessWithoutNullStreams = spawn(command, args)
  let noise = ''
  const waiting: { line: string; done: (said: Said) => void; fail: (error: Error) => void }[] = []
  let first: ((said: Said) => void) | null = null
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (noise += chunk))
  // Written to when it has just ended: its end is told to whoever waits.
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (text) => {
    const said = JSON.parse(text) as Said
    first?.(said)
    first = null
    const at = waiting.findIndex(({ line }) => line === said.done)
    if (at < 0) return
    const [one] = waiting.splice(at, 1)
    if (typeof said.error === 'string') one?.fail(new Error(`${one.line}: ${said.error}`))
    else one?.done(said)
  })
  child.once('close', (status, signal) => {
    for (const one of waiting.splice(0)) one.fail(new Error(`${one.line}: the machine ended (${signal ?? status}).\n${noise}`))
  })
  await withDeadline(`${command} begins`, new Promise<void>((done, fail) => {
    first = () => done()
    child.once('error', fail)
    child.once('exit', (status) => fail(new Error(`${args[0]} ended with ${status}.\n${noise}`)))
  }))
  return {
    tell: (line) => withDeadline(line, new Promise<Said>((done, fail) => {
      if (child.exitCode !== null || child.signalCode !== null) return fail(new Error(`${line}: the machine has ended.\n${noise}`))
      waiting.push({ line, done, fail })
      child.stdin.write(`${line}\n`)
    })),
    end: (signal = 'SIGTERM') => endChild(child, signal),
  }
}

async function withDeadline<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`Not in time: ${what}`)), ANSWER_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
