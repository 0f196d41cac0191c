/**
 * A real OctoPrint 1.11.8 with its virtual printer, for tests. Nothing of it survives `stop()`.
 *
 * The executable is `$PRINTBELL_OCTOPRINT`, else `<repo>/.cache/venv/bin/octoprint`. Without one, skip by name:
 *   const missing = octoprintMissing()
 *   describe.skipIf(missing !== null)(`...${missing === null ? '' : ` (skipped: ${missing})`}`, ...)
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const ADMIN_KEY = 'TESTKEY-admin-0123456789'
export const VIEWER_KEY = 'TESTKEY-viewer-0123456789'

/** A picture of 32x24 pixels, red above and blue below. */
export const TEST_JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT0' +
  '9PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAYACADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQG/8QAFRABAQAAAAAAAAAAAAAAAAAAABP/' +
  'xAAWAQEBAQAAAAAAAAAAAAAAAAAABgP/xAAaEQABBQEAAAAAAAAAAAAAAAAAAhMVUWEU/9oADAMBAAIRAxEAPwDN0KJaFG8ZhWyOlVCiWhQjMEjpJQoC550URr67FCgHOig+uz//2Q==',
  'base64',
)

function executable(): string {
  return process.env['PRINTBELL_OCTOPRINT'] ?? resolve(import.meta.dirname, '../../.cache/venv/bin/octoprint')
}

/** Why no real OctoPrint can be started here; null when one can. */
export function octoprintMissing(): string | null {
  return existsSync(executable()) ? null : `OctoPrint 1.11.8 is not installed (${executable()})`
}

export interface OctoPrintOptions {
  /** Default: one the system picks; kept over `restart`. */
  port?: number
  /** Merged over the `plugins` block, by plugin id ("classicwebcam", "virtual_printer"). */
  plugins?: Record<string, Record<string, unknown>>
  /** Starts a camera (see `camera`) and tells OctoPrint of it. Default true; orientation flags as given. */
  camera?: boolean | { flipH?: boolean; flipV?: boolean; rotate90?: boolean }
  /** Extra top-level blocks of config.yaml ("server", "serial"), merged one level deep. */
  config?: Record<string, Record<string, unknown>>
  /** Keep the bundled plugin "discovery" on (mDNS). Default false. */
  discovery?: boolean
}

export interface CameraServer {
  /** http://127.0.0.1:PORT, with /snap.jpg, /stream (MJPEG), /html (a page with status 200), /error (500), /slow (never answers). */
  url: string
  /** How often /snap.jpg was fetched. */
  readonly fetched: number
  close(): Promise<void>
}

export interface OctoPrintServer {
  url: string
  port: number
  basedir: string
  adminKey: string
  viewerKey: string
  camera: CameraServer | null
  /** Any REST call as admin (or with `key`); throws on no HTTP, gives status and JSON (or text) otherwise. */
  api(method: string, path: string, body?: unknown, key?: string | null): Promise<{ status: number; body: unknown }>
  /** Uploads `gcode` as `name`, selects and prints it. */
  print(name: string, gcode: string): Promise<void>
  /** Uploads only. */
  upload(name: string, gcode: string, print?: boolean): Promise<void>
  /** One of the virtual printer's debug commands ("mintemp_error", "action_custom notification hello"). */
  debug(command: string): Promise<void>
  /** Waits until GET /api/job's state text is `state` ("Operational", "Printing", "Paused"). */
  waitFor(state: string, timeoutMs?: number): Promise<void>
  /** SIGTERM and wait; the base directory stays. */
  stop(): Promise<void>
  /** SIGKILL and wait; the base directory stays. */
  kill(): Promise<void>
  /** Starts again after `stop` or `kill`; ready when it returns, unless `wait` is false. */
  start(wait?: boolean): Promise<void>
  /** Waits until the REST API answers. */
  ready(): Promise<void>
  /** Stops everything and deletes the base directory. */
  close(): Promise<void>
  /** The last lines of its log, for a failure's message. */
  logTail(lines?: number): Promise<string>
}

/** G-code that takes about `seconds`: steps of `stepMs` (default 250), layers of 8 steps. */
export function gcodeOf(seconds: number, options: { stepMs?: number; head?: string[]; tail?: string[] } = {}): string {
  const stepMs = options.stepMs ?? 250
  const steps = Math.max(1, Math.round((seconds * 1000) / stepMs))
  const lines = ['; test file', 'G28', 'G90', 'M83', ...(options.head ?? [])]
  for (let step = 0; step < steps; step++) {
    if (step % 8 === 0) lines.push(`;LAYER:${step / 8}`, `G1 Z${(0.2 * (1 + step / 8)).toFixed(2)} F3000`)
    lines.push(`G1 X${10 + (step % 8) * 10} Y20 E0.5 F6000`, `G4 P${stepMs}`)
  }
  return [...lines, ...(options.tail ?? []), 'M104 S0', '; end', ''].join('\n')
}

/** A free port of the loopback interface, picked by the system. */
export async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((done) => server.close(() => done()))
  return port
}

/** A webcam on the loopback interface. */
export async function startCamera(): Promise<CameraServer> {
  let fetched = 0
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://camera').pathname
    if (path === '/snap.jpg') {
      fetched++
      response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(TEST_JPEG)
    } else if (path === '/stream') {
      response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=frame' })
      const timer = setInterval(() => {
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${TEST_JPEG.length}\r\n\r\n`)
        response.write(TEST_JPEG)
        response.write('\r\n')
      }, 50)
      response.on('close', () => clearInterval(timer))
    } else if (path === '/html') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>Login</title></html>')
    else if (path === '/slow') response.writeHead(200, { 'Content-Type': 'image/jpeg' }).flushHeaders()
    else response.writeHead(path === '/error' ? 500 : 404).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get fetched() {
      return fetched
    },
    close: () => new Promise((done) => {
      server.close(() => done())
      server.closeAllConnections()
    }),
  }
}

/** Starts one and waits until it is ready (2 to 4 s) and its virtual printer is connected. */
export async function startOctoPrint(options: OctoPrintOptions = {}): Promise<OctoPrintServer> {
  const missing = octoprintMissing()
  if (missing) throw new Error(missing)
  const basedir = await mkdtemp(join(tmpdir(), 'printbell-octoprint-'))
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const camera = options.camera === false ? null : await startCamera()
  await writeConfig(basedir, options, camera)
  let child: ChildProcess | null = null

  async function start(wait = true): Promise<void> {
    const log = createWriteStream(join(basedir, 'console.txt'), { flags: 'a' })
    const root = process.getuid?.() === 0 ? ['--iknowwhatimdoing'] : []
    child = spawn(executable(), ['--basedir', basedir, 'serve', '--host', '127.0.0.1', '--port', String(port), ...root], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    if (wait) await ready()
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child
    child = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise<void>((done) => running.once('exit', () => done()))
    running.kill(signal)
    const force = setTimeout(() => running.kill('SIGKILL'), 15_000)
    await gone
    clearTimeout(force)
  }
  async function api(method: string, path: string, body?: unknown, key: string | null = ADMIN_KEY): Promise<{ status: number; body: unknown }> {
    const response = await fetch(url + path, {
      method,
      headers: { ...(key === null ? {} : { 'X-Api-Key': key }), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    return { status: response.status, body: jsonOrText(text) }
  }
  async function ready(): Promise<void> {
    await until('OctoPrint is ready', 60_000, async () => (await api('GET', '/api/version')).status === 200)
    await until('the virtual printer is connected', 20_000, async () => stateText((await api('GET', '/api/job')).body) === 'Operational')
  }
  async function until(what: string, timeoutMs: number, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const good = await check().catch(() => false)
      if (good) return
      if (Date.now() > deadline) throw new Error(`Not in time: ${what}.\n${await logTail()}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  async function logTail(lines = 30): Promise<string> {
    const text = await readFile(join(basedir, 'console.txt'), 'utf8').catch(() => '(no log)')
    return text.split('\n').slice(-lines).join('\n')
  }
  async function expectOk(what: string, answer: { status: number; body: unknown }): Promise<void> {
    if (answer.status >= 300) throw new Error(`${what}: status ${answer.status} ${JSON.stringify(answer.body)}\n${await logTail()}`)
  }
  async function upload(name: string, gcode: string, print = false): Promise<void> {
    const form = new FormData()
    form.set('file', new Blob([gcode]), name)
    form.set('select', String(print))
    form.set('print', String(print))
    const response = await fetch(`${url}/api/files/local`, { method: 'POST', headers: { 'X-Api-Key': ADMIN_KEY }, body: form, signal: AbortSignal.timeout(20_000) })
    await expectOk(`upload of ${name}`, { status: response.status, body: await response.text() })
  }

  const server: OctoPrintServer = {
    url, port, basedir, adminKey: ADMIN_KEY, viewerKey: VIEWER_KEY, camera, api, upload, start, ready, logTail,
    // It says PrintDone some moments before it can print again, and passes over what it is asked until then.
    async print(name, gcode) {
      await server.waitFor('Operational')
      await upload(name, gcode, true)
    },
    debug: async (command) => expectOk(`debug ${command}`, await api('POST', '/api/printer/command', { command: `!!DEBUG:${command}` })),
    waitFor: (state, timeoutMs = 20_000) => until(`state ${state}`, timeoutMs, async () => stateText((await api('GET', '/api/job')).body) === state),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    close: async () => {
      await end('SIGTERM')
      await camera?.close()
      await rm(basedir, { recursive: true, force: true })
    },
  }
  try {
    await start()
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function stateText(body: unknown): string | null {
  return typeof body === 'object' && body !== null && 'state' in body && typeof body.state === 'string' ? body.state : null
}

/** JSON is YAML, so no YAML writer is needed. The first start rewrites config.yaml: fresh for every server. */
async function writeConfig(basedir: string, options: OctoPrintOptions, camera: CameraServer | null): Promise<void> {
  const disabled = ['achievements', 'announcements', 'backup', 'corewizard', 'customcontrolmanager', 'discovery', 'errortracking', 'file_check',
    'firmware_check', 'gcodeviewer', 'health_check', 'logging', 'pi_support', 'pluginmanager', 'softwareupdate', 'tracking', 'uploadmanager']
  const flags = typeof options.camera === 'object' ? options.camera : {}
  const plugins: Record<string, unknown> = {
    _disabled: disabled.filter((name) => !(options.discovery && name === 'discovery')),
    // The version is required: without it a migration wipes the other keys.
    classicwebcam: { _config_version: 1, ...(camera ? { snapshot: `${camera.url}/snap.jpg`, stream: `${camera.url}/stream` } : {}), flipH: false, flipV: false, rotate90: false, ...flags },
    virtual_printer: { enabled: true, simulated_errors: [], sendWait: false, sendBusy: false, capabilities: { PROMPT_SUPPORT: true } },
  }
  for (const [name, block] of Object.entries(options.plugins ?? {})) plugins[name] = { ...(plugins[name] as Record<string, unknown> | undefined), ...block }
  const config: Record<string, unknown> = {
    server: { firstRun: false, ignoreIncompleteStartup: true, onlineCheck: { enabled: false }, pluginBlacklist: { enabled: false } },
    devel: { enableRateLimiter: false, cache: { enabled: false, preemptive: false } },
    accessControl: { defaultReauthenticationTimeout: 0 },
    serial: { autoconnect: true, port: 'VIRTUAL', baudrate: 115200, logPositionOnPause: false, timeout: { communication: 5 } },
    plugins,
  }
  for (const [name, block] of Object.entries(options.config ?? {})) config[name] = { ...(config[name] as Record<string, unknown> | undefined), ...block }
  // "!" is no valid hash, so nobody can log in with a password.
  const user = { active: true, apikey: null, password: '!', permissions: [], settings: {} }
  const users = { _version: 2, admin: { ...user, groups: ['admins'], roles: ['user', 'admin'] }, viewer: { ...user, groups: ['readonly'], roles: ['user'] } }
  const keys = { admin: [{ app_id: 'test-suite', api_key: ADMIN_KEY }], viewer: [{ app_id: 'test-suite', api_key: VIEWER_KEY }] }
  await mkdir(join(basedir, 'data', 'appkeys'), { recursive: true })
  await writeFile(join(basedir, 'config.yaml'), JSON.stringify(config, null, 2))
  await writeFile(join(basedir, 'users.yaml'), JSON.stringify(users, null, 2))
  await writeFile(join(basedir, 'data', 'appkeys', 'keys.yaml'), JSON.stringify(keys, null, 2))
}
