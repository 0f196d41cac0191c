/**
 * A real PrusaLink 0.8.1 with a scripted MK3S (mk3.py) on a pseudo-terminal, for tests. Nothing of it survives `close()`.
 *
 * The executable is `$PRINTBELL_PRUSALINK`, else `<repo>/.cache/venv-prusalink/bin/prusalink`. Without one, skip by name:
 *   const missing = prusalinkMissing()
 *   describe.skipIf(missing !== null)(`...${missing === null ? '' : ` (skipped: ${missing})`}`, ...)
 * While it runs it announces itself by mDNS on every interface: PrusaLink has no switch for that.
 */
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { freePort } from './octoprint-server.ts'
import { endChild, lastLines, startScripted, startServer, type Said, type Scripted } from './server-process.ts'

export const PRUSA_KEY = 'testkey-0123456789'
export const PRUSA_USER = { username: 'maker', password: 'Secret-0123456789' }

/** PrusaLink doesn't take folders below /tmp, /dev, /sys and /proc: its storage is then silently not available. */
const FOLDERS = '/var/tmp'

function executable(): string {
  return process.env['PRINTBELL_PRUSALINK'] ?? resolve(import.meta.dirname, '../../.cache/venv-prusalink/bin/prusalink')
}

/** Why no real PrusaLink can be started here; null when one can. */
export function prusalinkMissing(): string | null {
  return process.env['PRINTBELL_PRUSALINK_MISSING'] ?? (existsSync(executable()) ? null : `PrusaLink 0.8.1 is not installed (${executable()})`)
}

export interface PrusaLinkServer {
  url: string
  port: number
  /** One instruction for the printer: see mk3.py. @throws Error with what the machine says against it */
  printer(line: string): Promise<Said>
  /** Any call with the key (or `headers` instead). Gives status and JSON (or text; null = no body). */
  api(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<{ status: number; body: unknown; headers: Headers }>
  /** The state of /api/v1/status; null while it does not answer with one. */
  state(): Promise<string | null>
  /** Uploads and prints. Waits first until the printer takes a job: a print that ended holds its state for 11 s. */
  print(name: string, gcode: string): Promise<void>
  /** Waits until the state is one of these. */
  waitFor(states: string | readonly string[], timeoutMs?: number): Promise<void>
  /** SIGTERM and wait. The folder, and the printer, stay. */
  stop(): Promise<void>
  /** SIGKILL and wait. */
  kill(): Promise<void>
  /** Starts again after `stop` or `kill`; idle when it returns (about 9 s: it waits 8 s for a printer to boot), unless `wait` is false. */
  start(wait?: boolean): Promise<void>
  /** Ends everything and deletes the folder. */
  close(): Promise<void>
  logTail(lines?: number): Promise<string>
}

/** Starts both and waits until the printer is idle. */
export async function startPrusaLink(): Promise<PrusaLinkServer> {
  const missing = prusalinkMissing()
  if (missing) throw new Error(missing)
  const folder = await mkdtemp(join(FOLDERS, 'printbell-prusalink-'))
  const terminal = join(folder, 'mk3')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const log = join(folder, 'console.txt')
  let server: ChildProcess | null = null
  let machine: Scripted | null = null
  await writeFolder(folder, port, terminal)

  async function api(method: string, path: string, body?: string, headers: Record<string, string> = { 'X-Api-Key': PRUSA_KEY }): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }), signal: AbortSignal.timeout(20_000) })
    const text = await response.text()
    return { status: response.status, body: jsonOrText(text), headers: response.headers }
  }
  async function until(what: () => string, timeoutMs: number, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!(await check().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`Not in time: ${what()}.\n${await lastLines(log)}`)
      await new Promise((done) => setTimeout(done, 100))
    }
  }
  async function state(): Promise<string | null> {
    const { status, body } = await api('GET', '/api/v1/status')
    return status === 200 ? (body as { printer?: { state?: string } }).printer?.state ?? null : null
  }
  async function waitFor(states: string | readonly string[], timeoutMs = 30_000): Promise<void> {
    const wanted = [states].flat()
    const seen: string[] = []
    // What was shown instead tells a state that was passed over from one that was never left.
    await until(() => `state ${wanted.join(' or ')}; shown meanwhile: ${seen.join(', ')}`, timeoutMs, async () => {
      const now = (await state()) ?? 'none'
      if (seen.at(-1) !== now) seen.push(now)
      return wanted.includes(now)
    })
  }
  const prusalink: PrusaLinkServer = {
    url, port, api, state, waitFor,
    printer: (line) => (machine ? machine.tell(line) : Promise.reject(new Error(`${line}: the printer does not run`))),
    async print(name, gcode) {
      await waitFor(['IDLE', 'READY'])
      const answer = await api('PUT', `/api/v1/files/local/${encodeURIComponent(name)}`, gcode, { 'X-Api-Key': PRUSA_KEY, 'Print-After-Upload': '?1', Overwrite: '?1', 'Content-Type': 'text/x.gcode' })
      if (answer.status >= 300) throw new Error(`upload of ${name}: status ${answer.status} ${JSON.stringify(answer.body)}\n${await lastLines(log)}`)
    },
    async stop() {
      await endChild(server, 'SIGTERM')
    },
    async kill() {
      await endChild(server, 'SIGKILL')
    },
    async start(wait = true) {
      const run = (): void => void (server = startServer(executable(), ['-f', '-c', join(folder, 'prusalink.ini'), '-s', terminal], log))
      run()
      if (!wait) return
      // Now and then 0.8.1 does not find its printer after a start and says 503 for ever (seen once in some fifty starts): then it is started again.
      await waitFor('IDLE', 45_000).catch(async () => {
        await endChild(server, 'SIGKILL')
        run()
        await waitFor('IDLE', 45_000)
      })
    },
    async close() {
      await endChild(server, 'SIGTERM')
      await machine?.end()
      await rm(folder, { recursive: true, force: true })
    },
    logTail: (lines) => lastLines(log, lines),
  }
  try {
    machine = await startScripted('python3', [resolve(import.meta.dirname, 'mk3.py'), terminal])
    await prusalink.start()
  } catch (error) {
    await prusalink.close()
    throw error
  }
  return prusalink
}

async function writeFolder(folder: string, port: number, terminal: string): Promise<void> {
  const files = join(folder, 'gcodes')
  const settings = join(folder, 'prusa_printer_settings.ini')
  for (const each of [files, join(folder, 'data')]) await mkdir(each)
  await writeFile(join(folder, 'prusalink.ini'), [
    '[daemon]', `data_dir = ${join(folder, 'data')}`, `pid_file = ${join(folder, 'prusalink.pid')}`,
    '[http]', 'address = 127.0.0.1', `port = ${port}`,
    '[printer]', `port = ${terminal}`, `settings = ${settings}`, `directory = ${files}`,
    '[cameras]', 'auto_detect = False', '',
  ].join('\n'))
  const digest = createHash('md5').update(`${PRUSA_USER.username}:Administrator:${PRUSA_USER.password}`).digest('hex')
  await writeFile(settings, [
    '[printer]', 'type = MK3S', 'name = Bench',
    '[service::local]', 'enable = 1', `username = ${PRUSA_USER.username}`, `digest = ${digest}`, `api_key = ${PRUSA_KEY}`,
    // Nobody listens there.
    '[service::connect]', 'hostname = 127.0.0.1', 'port = 9', 'tls = 0', 'token =', '',
  ].join('\n'))
}

function jsonOrText(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text) as unknown
  } catch {
    return text
  }
}
