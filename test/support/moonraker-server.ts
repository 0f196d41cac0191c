/**
 * A real Moonraker 0.11.0 with a scripted Klippy (klippy.mjs) behind it, for tests. Nothing of it survives `close()`.
 *
 * The Python that has Moonraker is `$PRINTBELL_MOONRAKER`, else `<repo>/.cache/venv-moonraker/bin/python`. Without one, skip by name:
 *   const missing = moonrakerMissing()
 *   describe.skipIf(missing !== null)(`...${missing === null ? '' : ` (skipped: ${missing})`}`, ...)
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from './octoprint-server.ts'
import { endChild, lastLines, startScripted, startServer, type Said, type Scripted } from './server-process.ts'

/** Of a unix socket's path, in bytes. */
const LONGEST_SOCKET = 107
/** The user of `forceLogins`. */
export const MOONRAKER_USER = { username: 'bench', password: 'Bench-0123456789' }

function python(): string {
  return process.env['PRINTBELL_MOONRAKER'] ?? resolve(import.meta.dirname, '../../.cache/venv-moonraker/bin/python')
}

/** Why no real Moonraker can be started here; null when one can. */
export function moonrakerMissing(): string | null {
  return process.env['PRINTBELL_MOONRAKER_MISSING'] ?? (existsSync(python()) ? null : `Moonraker 0.11.0 is not installed (${python()})`)
}

export interface MoonrakerOptions {
  /** Whether 127.0.0.1 may do everything without a key. Default true. */
  trusted?: boolean
  /** Everybody must log in; the user is MOONRAKER_USER. */
  forceLogins?: boolean
  /** Address of a still, told as the webcam "bench": mirrored, turned by 90 degrees. */
  snapshotUrl?: string
  /** Lines at the end of moonraker.conf. */
  conf?: readonly string[]
}

/** The printer behind it. */
export interface Klippy {
  /** One instruction, G-code or FAKE_...: see klippy.gcode.mjs. @throws Error with Klipper's words */
  tell(line: string): Promise<Said>
  /** Klipper's status objects as they are now, whatever Moonraker knows of them. */
  status(): Promise<Record<string, Record<string, unknown>>>
  /** As a crash. */
  kill(): Promise<void>
  start(): Promise<void>
}

export interface MoonrakerServer {
  url: string
  port: number
  klippy: Klippy
  /** Any HTTP call, with the key when one is needed. Gives status and JSON (or text). */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>
  apiKey(): Promise<string>
  /** Uploads `gcode` as `name` and waits until its metadata is known. */
  upload(name: string, gcode: string): Promise<void>
  /** Uploads and prints it. */
  print(name: string, gcode: string): Promise<void>
  /** Rows of its history, the newest first. */
  history(): Promise<{ job_id: string; filename: string; status: string; end_time: number | null }[]>
  /** Waits until print_stats has this state. */
  waitFor(state: string, timeoutMs?: number): Promise<void>
  /** Klippy is ready again and nothing prints: reset and restarted where needed. */
  idle(): Promise<void>
  /** SIGTERM and wait. The folder, and Klippy, stay. */
  stop(): Promise<void>
  /** SIGKILL and wait. */
  kill(): Promise<void>
  /** Starts again after `stop` or `kill`; ready when it returns, unless `wait` is false. */
  start(wait?: boolean): Promise<void>
  /** Waits until it answers, Klippy is ready and the next print will be in the history. */
  ready(): Promise<void>
  /** Ends everything and deletes the folder. */
  close(): Promise<void>
  logTail(lines?: number): Promise<string>
}

/** Starts both and waits until they are ready (1 to 2 s). */
export async function startMoonraker(options: MoonrakerOptions = {}): Promise<MoonrakerServer> {
  const missing = moonrakerMissing()
  if (missing) throw new Error(missing)
  const folder = await mkdtemp(join(tmpdir(), 'pb-mr-'))
  const sockets = { klippy: join(folder, 'comms', 'klippy.sock'), moonraker: join(folder, 'comms', 'moonraker.sock') }
  if (Buffer.byteLength(sockets.moonraker) > LONGEST_SOCKET) throw new Error(`${sockets.moonraker} is too long for a socket: set TMPDIR to a shorter folder.`)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const log = join(folder, 'console.txt')
  let server: ChildProcess | null = null
  let double: Scripted | null = null
  let key: string | null = null
  await writeFolder(folder, port, sockets.klippy, options)

  async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
    const form = body instanceof FormData
    const response = await fetch(url + path, {
      method,
      headers: { ...(key === null ? {} : { 'X-Api-Key': key }), ...(body === undefined || form ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    return { status: response.status, body: jsonOrText(text) }
  }
  /** The result of a call that must work. */
  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await api(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: status ${answer.status} ${JSON.stringify(answer.body)}\n${await lastLines(log)}`)
    return (answer.body as { result: T }).result
  }
  async function until(what: string, timeoutMs: number, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!(await check().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`Not in time: ${what}.\n${await lastLines(log)}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  const printState = async (): Promise<string> => (await ask<{ status: { print_stats: { state: string } } }>('GET', '/printer/objects/query?print_stats')).status.print_stats.state
  /** A print that begins up to half a second after "ready", before this line, never comes into its history. */
  async function keepsHistory(): Promise<boolean> {
    const said = await readFile(log, 'utf8')
    return said.slice(said.lastIndexOf('Klippy Connection Established')).includes('Configuring available sensors')
  }
  async function apiKey(): Promise<string> {
    return key ?? String(await overUnixSocket(sockets.moonraker, 'access.get_api_key'))
  }
  const needsKey = options.trusted === false || options.forceLogins === true

  const klippy: Klippy = {
    tell: (line) => (double ? double.tell(line) : Promise.reject(new Error(`${line}: Klippy does not run`))),
    status: async () => (await klippy.tell('?'))['status'] as Record<string, Record<string, unknown>>,
    async kill() {
      await double?.end('SIGKILL')
      double = null
    },
    async start() {
      double = await startScripted(process.execPath, [resolve(import.meta.dirname, 'klippy.mjs'), '--socket', sockets.klippy, '--gcodes', join(folder, 'gcodes')])
    },
  }
  const moonraker: MoonrakerServer = {
    url, port, klippy, api, apiKey,
    async upload(name, gcode) {
      const form = new FormData()
      form.set('file', new Blob([gcode]), name)
      await ask('POST', '/server/files/upload', form)
      await until(`metadata of ${name}`, 15_000, async () => (await api('GET', `/server/files/metadata?filename=${encodeURIComponent(name)}`)).status === 200)
    },
    async print(name, gcode) {
      await moonraker.upload(name, gcode)
      await ask('POST', `/printer/print/start?filename=${encodeURIComponent(name)}`)
    },
    history: async () => (await ask<{ jobs: Awaited<ReturnType<MoonrakerServer['history']>> }>('GET', '/server/history/list?limit=5&order=desc')).jobs,
    waitFor: (state, timeoutMs = 20_000) => until(`state ${state}`, timeoutMs, async () => (await printState()) === state),
    async idle() {
      const { webhooks, print_stats: print } = await klippy.status()
      if (webhooks?.['state'] !== 'ready') await klippy.tell('FIRMWARE_RESTART')
      else if (print?.['state'] !== 'standby') {
        await klippy.tell('CANCEL_PRINT')
        await klippy.tell('SDCARD_RESET_FILE')
      }
      await moonraker.ready()
      await moonraker.waitFor('standby')
    },
    async stop() {
      await endChild(server, 'SIGTERM')
    },
    async kill() {
      await endChild(server, 'SIGKILL')
    },
    async start(wait = true) {
      // It names an upload after the second in which it began: two servers must not share a folder for them.
      server = startServer(python(), ['-m', 'moonraker', '-d', folder, '-n'], log, { ...process.env, TMPDIR: join(folder, 'tmp') })
      if (wait) await moonraker.ready()
    },
    async ready() {
      if (needsKey && key === null) {
        await until('the key can be read', 20_000, async () => (key = await apiKey()) !== '')
      }
      await until('Moonraker and Klippy are ready', 20_000, async () => (await ask<{ klippy_state: string }>('GET', '/server/info')).klippy_state === 'ready' && (await printState()) !== '' && (await keepsHistory()))
    },
    async close() {
      await endChild(server, 'SIGTERM')
      await double?.end()
      await rm(folder, { recursive: true, force: true })
    },
    logTail: (lines) => lastLines(log, lines),
  }
  try {
    await klippy.start()
    await moonraker.start()
    if (options.forceLogins) await ask('POST', '/access/user', MOONRAKER_USER)
  } catch (error) {
    await moonraker.close()
    throw error
  }
  return moonraker
}

async function writeFolder(folder: string, port: number, klippySocket: string, { trusted = true, forceLogins = false, snapshotUrl, conf = [] }: MoonrakerOptions): Promise<void> {
  for (const name of ['config', 'gcodes', 'logs', 'comms', 'misc', 'tmp']) await mkdir(join(folder, name))
  // With the file there it does not download one.
  await writeFile(join(folder, 'misc', 'usb.ids'), '')
  const lines = [
    '[server]', 'host: 127.0.0.1', `port: ${port}`, `klippy_uds_address: ${klippySocket}`,
    '[machine]', 'provider: none', 'validate_service: False', 'validate_config: False',
    '[authorization]', `force_logins: ${forceLogins ? 'True' : 'False'}`, ...(trusted ? ['trusted_clients:', '    127.0.0.0/8'] : []),
    '[announcements]', 'enable_moonlight: False',
    ...(snapshotUrl === undefined ? [] : ['[webcam bench]', 'service: mjpegstreamer', `snapshot_url: ${snapshotUrl}`, `stream_url: ${snapshotUrl}`, 'rotation: 90', 'flip_horizontal: True']),
    ...conf,
  ]
  await writeFile(join(folder, 'config', 'moonraker.conf'), `${lines.join('\n')}\n`)
}

/** One request over Moonraker's own socket, which trusts whoever can open it. Frames end with the byte 3. */
async function overUnixSocket(path: string, method: string): Promise<unknown> {
  const socket = connect(path)
  socket.setEncoding('utf8')
  try {
    return await new Promise<unknown>((done, fail) => {
      let text = ''
      socket.once('error', fail)
      socket.once('close', () => fail(new Error(`${path} closed without an answer`)))
      socket.on('data', (chunk: string) => {
        text += chunk
        for (const frame of text.split('\x03').slice(0, -1)) {
          const answer = JSON.parse(frame) as { id?: number; result?: unknown }
          if (answer.id === 1) done(answer.result)
        }
      })
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', method, id: 1 })}\x03`)
    })
  } finally {
    socket.destroy()
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
