import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** One line of `watch --json`. */
export interface Line {
  line: string
  [key: string]: unknown
}

export interface EngineProcess {
  readonly child: ChildProcess
  readonly lines: Line[]
  /** All of stdout that was no JSON, and all of stderr. */
  noise(): string
  /** Resolves with the first line, also an earlier one, that fits; rejects with what was seen after `timeoutMs`. */
  wait(what: string, fits: (line: Line) => boolean, timeoutMs?: number): Promise<Line>
  /** Events of these types so far, in order. */
  events(...types: string[]): Record<string, unknown>[]
  /** Sends a signal and resolves with the exit status (null when a signal ended it). */
  end(signal?: NodeJS.Signals): Promise<{ status: number | null; signal: NodeJS.Signals | null; ms: number }>
}

/** A folder of its own with a settings file in it. */
export interface Desk {
  folder: string
  settings: string
  data: string
  remove(): Promise<void>
}

export async function makeDesk(settings: Record<string, unknown>): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-desk-'))
  const file = join(folder, 'settings.json')
  await writeFile(file, JSON.stringify({ version: 1, ...settings }, null, 2))
  return { folder, settings: file, data: join(folder, 'data'), remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Messages are told in the language of the computer: the tests' is English, whoever runs them. */
const ENGLISH = { LC_ALL: 'C.UTF-8' }

/** Starts `watch --json` of the built engine on a desk, as a user would by `npm run headless`. */
export function startEngine(desk: Desk, env: Record<string, string> = {}): EngineProcess {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/headless.mjs'), 'watch', '--json', '--settings', desk.settings, '--data', desk.data], {
    env: { ...process.env, ...ENGLISH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Line[] = []
  let noise = ''
  const waiters = new Set<() => void>()
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const text = rest.slice(0, end)
      rest = rest.slice(end + 1)
      try {
        lines.push(JSON.parse(text) as Line)
      } catch (error) {
        noise += `stdout, not JSON (${(error as Error).message}): ${text}\n`
      }
    }
    for (const waiter of waiters) waiter()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    noise += chunk
  })
  const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once('close', (status, signal) => {
      done({ status, signal })
      for (const waiter of waiters) waiter()
    })
  })

  return {
    child,
    lines,
    noise: () => noise,
    wait(what, fits, timeoutMs = 30_000) {
      return new Promise((done, fail) => {
        const check = (): void => {
          const line = lines.find(fits)
          if (!line && child.exitCode === null && child.signalCode === null) return
          waiters.delete(check)
          clearTimeout(timer)
          if (line) done(line)
          else fail(new Error(`the engine ended before ${what}\n${summary()}`))
        }
        const summary = (): string => `${lines.slice(-40).map((line) => JSON.stringify(line)).join('\n')}\n${noise}`
        const timer = setTimeout(() => {
          waiters.delete(check)
          fail(new Error(`waited ${timeoutMs} ms for ${what}; last lines:\n${summary()}`))
        }, timeoutMs)
        waiters.add(check)
        check()
      })
    },
    events(...types) {
      return lines.filter((line) => line.line === 'event').map((line) => line.event as Record<string, unknown>).filter((event) => types.length === 0 || types.includes(event.type as string))
    },
    async end(signal = 'SIGTERM') {
      const began = performance.now()
      child.kill(signal)
      return { ...(await ended), ms: performance.now() - began }
    },
  }
}

/** Runs one CLI command to its end. */
export function runCommand(args: string[], env: Record<string, string> = {}): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/headless.mjs'), ...args], { env: { ...process.env, ...ENGLISH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('close', (status) => done({ status, stdout, stderr }))
  })
}

/** An event line of this type. */
export const eventOf = (type: string) => (line: Line): boolean => line.line === 'event' && (line.event as { type: string }).type === type
