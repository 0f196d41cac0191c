/** A real desktop for tests: X display, session bus, a real notification daemon and panel (desktop-session.sh), seen and clicked from here. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { z } from 'zod'

export type DaemonName = 'dunst' | 'xfce'
export type PanelTheme = 'light' | 'dark'

export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export interface Screen {
  width: number
  height: number
  /** Red, green, blue of one pixel, 0..255. */
  at(x: number, y: number): readonly [number, number, number]
}

export interface Desktop {
  display: string
  busAddress: string
  home: string
  /** What a program needs to run on this desktop. */
  env: Record<string, string>
  /** Writes a PNG of the whole screen. */
  screenshot(file: string): Promise<void>
  pixels(): Promise<Screen>
  click(x: number, y: number, button?: 1 | 2 | 3): Promise<void>
  /** Where the daemon's toasts stand now, topmost first. */
  toasts(): Promise<Rectangle[]>
  /** Waits until there are `count` toasts and the screen has stopped changing (fading, sliding). */
  settled(count: number): Promise<Rectangle[]>
  daemon(command: 'start' | 'stop' | 'freeze' | 'thaw'): Promise<void>
  /** A panel with a tray along the top; starting resolves once it watches for tray icons. */
  panel(command: 'start-light' | 'start-dark' | 'stop'): Promise<void>
  stop(): Promise<void>
  /** Command lines of processes that still live in this desktop's home. */
  strays(): string[]
}

const run = promisify(execFile)
/** By the checkout, not by this file: benchmarks bundle it elsewhere. */
const SCRIPT = join(process.cwd(), 'test', 'support', 'desktop-session.sh')
const PROGRAMS = ['Xvfb', 'dbus-daemon', 'gdbus', 'openbox', 'xdotool', 'import', 'convert']
const facts = z.object({ display: z.string(), busAddress: z.string(), home: z.string() })

/** Why `daemon` can't be tested on this machine; null = it can. */
export function missingForDesktop(daemon: DaemonName): string | null {
  if (process.platform !== 'linux') return 'needs Linux'
  const missing = PROGRAMS.filter((program) => !onPath(program))
  if (daemon === 'dunst' && !onPath('dunst')) missing.push('dunst')
  if (daemon === 'xfce' && !hasXfceNotifyd()) missing.push('xfce4-notifyd')
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`
}

/** Why a panel can't be tested on this machine; null = it can. */
export function missingForPanel(): string | null {
  if (process.platform !== 'linux') return 'needs Linux'
  const missing = [...PROGRAMS, 'xfce4-panel'].filter((program) => !onPath(program))
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`
}

export async function startDesktop(options: { daemon: DaemonName | 'none'; panel?: PanelTheme }): Promise<Desktop> {
  const child = spawn(SCRIPT, ['--daemon', options.daemon, '--panel', options.panel ?? 'none', '--serve'], { stdio: 'pipe' })
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => {
    const line = await lines.next()
    if (line.done) throw new Error(`the desktop session ended: ${errors.join('')}`)
    return line.value
  }
  const { display, busAddress, home } = facts.parse(JSON.parse(await nextLine()))
  const env = { ...definedEnv(), DISPLAY: display, DBUS_SESSION_BUS_ADDRESS: busAddress, HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }

  const pixels = async (): Promise<Screen> => {
    const { stdout } = await run('bash', ['-c', 'import -window root -depth 8 rgb:-'], { env, encoding: 'buffer', maxBuffer: 64 << 20 })
    return screenOf(stdout, 1280, 800)
  }
  const obey = async (command: string): Promise<void> => {
    child.stdin.write(`${command}\n`)
    for (;;) {
      const answer = await nextLine()
      if (answer === 'ok') return
      if (answer.startsWith('error')) throw new Error(answer)
    }
  }
  const toasts = async (): Promise<Rectangle[]> => {
    const { stdout } = await run('bash', ['-c', "xdotool search --onlyvisible --class '^(Dunst|dunst|xfce4-notifyd|Xfce4-notifyd)$' | while read -r id; do xdotool getwindowgeometry --shell \"$id\"; done || true"], { env })
    return rectangles(stdout)
  }
  return {
    display, busAddress, home, env, pixels, toasts,
    screenshot: async (file) => {
      mkdirSync(join(file, '..'), { recursive: true })
      await run('import', ['-window', 'root', file], { env })
    },
    click: async (x, y, button = 1) => {
      // Without --sync: xdotool waits 15 s for a pointer that is there already.
      await run('xdotool', ['mousemove', String(x), String(y), 'click', String(button)], { env })
    },
    settled: async (count) => {
      let seen = await toasts()
      let before: Screen | null = null
      await untilTrue(async () => {
        seen = await toasts()
        const now = await pixels()
        const still = before !== null && same(before, now)
        before = now
        return seen.length === count && still
      }, () => `${count} toasts stand still (there are ${seen.length})`)
      return seen
    },
    daemon: (command) => obey(`daemon-${command}`),
    panel: (command) => obey(`panel-${command}`),
    stop: async () => await stop(child),
    strays: () => processesAtHome(home),
  }
}

/** Buttons in a row of a toast: runs of pixels that differ from the toast's ground, at least `narrowest` px wide. */
export function buttonsAt(screen: Screen, toast: Rectangle, row: number, narrowest = 40): Rectangle[] {
  const ground = screen.at(toast.x + 5, row)
  const found: Rectangle[] = []
  let start = -1
  for (let x = toast.x + 5; x < toast.x + toast.width - 5; x++) {
    const onGround = screen.at(x, row).every((value, channel) => Math.abs(value - (ground[channel] ?? 0)) <= 1)
    if (!onGround && start < 0) start = x
    if (onGround && start >= 0) {
      if (x - start >= narrowest) found.push({ x: start, y: row, width: x - start, height: 1 })
      start = -1
    }
  }
  return found
}

/** Middle of the pixels within `area` that are near `colour`, and how many there are. */
export function findColour(screen: Screen, area: Rectangle, colour: readonly [number, number, number], tolerance = 40): { count: number; x: number; y: number } {
  let count = 0
  let sumX = 0
  let sumY = 0
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      if (!screen.at(x, y).every((value, channel) => Math.abs(value - (colour[channel] ?? 0)) <= tolerance)) continue
      count++
      sumX += x
      sumY += y
    }
  }
  return { count, x: sumX / count, y: sumY / count }
}

/** Waits for something real to happen. @throws Error naming it after `limit` ms */
export async function untilTrue(condition: () => boolean | Promise<boolean>, what: () => string, limit = 15_000): Promise<void> {
  const end = Date.now() + limit
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${limit / 1000} s in vain until ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

async function stop(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.stdin.end()
  await ended
}

/** Command lines of the processes whose HOME is `home`: all that belongs to one throw-away desktop. */
export function processesAtHome(home: string): string[] {
  const mark = `HOME=${home}`
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      return environment.includes(mark) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()] : []
    } catch (error) {
      // A process that ended between the listing and the look has no file any more, and that is what we want to hear.
      if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code))) return []
      throw error
    }
  })
}

function screenOf(bytes: Buffer, width: number, height: number): Screen {
  if (bytes.length !== width * height * 3) throw new Error(`the screenshot has ${bytes.length} bytes, not ${width}x${height}`)
  return { width, height, at: (x, y) => {
    const start = (y * width + x) * 3
    return [bytes[start] ?? 0, bytes[start + 1] ?? 0, bytes[start + 2] ?? 0]
  } }
}

function same(a: Screen, b: Screen): boolean {
  for (let y = 0; y < a.height; y += 2) {
    for (let x = 0; x < a.width; x += 2) {
      if (a.at(x, y).join() !== b.at(x, y).join()) return false
    }
  }
  return true
}

/** xdotool's `--shell` output, one block per window; the daemons' helper windows of a pixel or two are left out. */
function rectangles(text: string): Rectangle[] {
  const found: Rectangle[] = []
  for (const block of text.split(/(?=WINDOW=)/)) {
    const number = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)$`, 'm').exec(block)?.[1] ?? Number.NaN)
    const rectangle = { x: number('X'), y: number('Y'), width: number('WIDTH'), height: number('HEIGHT') }
    if (rectangle.width > 50 && rectangle.height > 20) found.push(rectangle)
  }
  return found.sort((a, b) => a.y - b.y)
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** Whether a program of this name can be started. */
export function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)))
}

function hasXfceNotifyd(): boolean {
  try {
    return execFileSync('find', ['/usr/lib', '/usr/libexec', '-name', 'xfce4-notifyd', '-type', 'f'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() !== ''
  } catch (error) {
    // find ends with 1 when one of the folders is not there, and still prints what it found in the other.
    return error instanceof Error && 'stdout' in error && String(error.stdout).trim() !== ''
  }
}
