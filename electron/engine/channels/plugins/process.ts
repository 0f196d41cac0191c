/** A process for a plugin, by plain Node. The desktop app has another way to the same (desktop/plugin-process.ts): its binary is no Node. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { ToPlugin } from './messages.ts'

/** Where a plugin runs: a folder of its own with a copy of plugin-process.mjs and of the plugin, and an empty folder to be in. */
export interface PluginPlace {
  /** Absolute, without links on the way. */
  folder: string
  entry: string
  cwd: string
}

export interface PluginEars {
  /** A message, not yet looked at. */
  heard(message: unknown): void
  /** What it wrote to stdout and stderr. */
  said(text: string): void
  /** It breaks the bounds; it is to be killed. */
  flooded(): void
  /** Once, however it ends, also when it could not be started. `how`: "status 3", "SIGKILL". */
  ended(how: string): void
}

export interface PluginProcess {
  send(message: ToPlugin): void
  /** At once, whatever it does. `ended` follows. */
  kill(): void
  /** Bytes of memory it holds now; null = not known here. */
  memory(): number | null
}

export type StartPlugin = (place: PluginPlace, ears: PluginEars) => PluginProcess

/** Of one answer: an opening with all event types is some 2 kB. */
const LONGEST_LINE = 64 * 1024
const HEAP_MB = 128
const PAGE = 4096

/**
 * The flags that keep a plugin to its own files and a bounded heap. Since Node 23.5 (and 22.13) the permission model is `--permission`; where it
 * also guards the network, that is allowed: a channel without it is none.
 */
export function flagsFor(folder: string, known: { has(flag: string): boolean } = process.allowedNodeEnvironmentFlags): string[] {
  const permission = ['--permission', '--experimental-permission'].find((flag) => known.has(flag))
  return [
    `--max-old-space-size=${HEAP_MB}`,
    ...(known.has('--disable-warning') ? ['--disable-warning=ExperimentalWarning'] : []),
    ...(permission === undefined ? [] : [permission, `--allow-fs-read=${folder}/`]),
    ...(permission !== undefined && known.has('--allow-net') ? ['--allow-net'] : []),
  ]
}

/** Starts Node with no environment, the flags above, and pipes: their bytes can be counted, a channel of Node's own takes whatever comes. */
export const startNodePlugin: StartPlugin = (place, ears) => {
  const child = spawn(process.execPath, [...flagsFor(place.folder), place.entry], {
    cwd: place.cwd, env: { ELECTRON_RUN_AS_NODE: '1' }, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true,
  })
  let over = false
  const end = (how: string): void => {
    if (over) return
    over = true
    ears.ended(how)
  }
  readLines(child, ears)
  child.stderr.setEncoding('utf8').on('data', (text: string) => ears.said(text))
  child.on('error', (error) => end((error as NodeJS.ErrnoException).code ?? error.message))
  // Not at "exit": its last words stand in the pipes still. But what it may have started itself can hold those open.
  child.on('exit', (code, signal) => setImmediate(() => end(signal ?? `status ${String(code)}`)))
  // The end of the process is told above; a pipe that breaks says nothing more.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined)
  return {
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    kill() {
      child.kill('SIGKILL')
      child.stdout.destroy()
      child.stderr.destroy()
    },
    memory: () => residentBytes(child.pid),
  }
}

function readLines({ stdout }: ChildProcess, ears: PluginEars): void {
  let rest = ''
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE || lines.some((line) => line.length > LONGEST_LINE)) {
      rest = ''
      return ears.flooded()
    }
    for (const line of lines) ears.heard(jsonOf(line))
  })
}

/** Undefined for what is none: the reader of the message refuses that. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Only Linux tells it in a file. */
function residentBytes(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE
  } catch {
    return null
  }
}
