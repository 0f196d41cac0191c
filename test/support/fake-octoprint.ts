/**
 * A scriptable OctoPrint on the loopback interface, for what the real one never does on command: hostile answers, proxies,
 * TLS, boot bytes, lost sessions. It speaks like 1.11.8 wherever nothing is scripted.
 */
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

export const FAKE_KEY = 'FAKE-KEY-0123456789'

/** What answers instead of OctoPrint's own route; gets the request's body as text. */
export type Route = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface FakeOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Path prefix, "/octoprint". */
  prefix?: string
  tls?: { key: string; cert: string }
  /** A proxy in front asks for these. */
  basic?: { user: string; password: string }
  version?: string
  permissions?: string[]
}

/** What a connection gets before any HTTP: null = OctoPrint; 'boot' = bare bytes; 'close' = nothing; 'silent' = no answer ever. */
export type Wire = null | 'boot' | 'close' | 'silent' | 'ssh'

export interface FakeOctoPrint {
  url: string
  port: number
  wire: Wire
  /** Routes that win over the built-in ones, by "GET /api/version" (without prefix). */
  routes: Map<string, Route>
  /** What the upgrade gets: 'ok', or a status. 'mute' opens and says nothing. */
  websocket: 'ok' | 'mute' | number
  keys: Set<string>
  permissions: string[]
  version: string
  /** What `connected` says of settings and plugins. */
  hashes: { config: string; plugin: string }
  /** Body of GET /api/job and of the history and current frames. */
  job: { state: string; file: string | null; completion: number | null; flags: Record<string, boolean> }
  temps: { time: number }[]
  markings: { type: string; label: string; time: number }[]
  /** path -> record, for GET /api/files. */
  files: Map<string, Record<string, unknown>>
  webcam: Record<string, unknown>
  /** TCP connections that were ever accepted. */
  readonly accepted: number
  /** TCP connections that are open. */
  readonly connections: number
  /** Every HTTP request so far, "POST /api/login". */
  readonly requests: string[]
  /** Headers of every request and upgrade. */
  readonly headers: IncomingMessage['headers'][]
  /** Every message of every socket, parsed. */
  readonly messages: Record<string, unknown>[]
  readonly sockets: ReadonlySet<WebSocket>
  /** Sends a frame to every authenticated socket. */
  push(frame: Record<string, unknown>): void
  /** The printing state, by phase. */
  setJob(state: 'Operational' | 'Printing' | 'Paused' | 'Offline', file?: string | null, completion?: number | null): void
  historyFrame(): Record<string, unknown>
  forgetSessions(): void
  /** Cuts all connections, as a crash does. */
  drop(): void
  close(): Promise<void>
}

const READ_ONLY = ['STATUS', 'WEBCAM', 'FILES_LIST', 'FILES_DOWNLOAD', 'MONITOR_TERMINAL', 'SETTINGS_READ']

export async function startFake(options: FakeOptions = {}): Promise<FakeOctoPrint> {
  const prefix = options.prefix ?? ''
  const sessions = new Set<string>()
  const raw = new Set<Socket>()
  const sockets = new Set<WebSocket>()
  const authed = new Set<WebSocket>()
  let counter = 0
  let accepted = 0

  const handler: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    fake.headers.push(request.headers)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (options.basic && request.headers.authorization !== `Basic ${Buffer.from(`${options.basic.user}:${options.basic.password}`).toString('base64')}`) {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="proxy"' }).end('<html><title>401</title></html>')
        return
      }
      const path = prefix !== '' && url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : prefix === '' ? url.pathname : `!${url.pathname}`
      const name = `${request.method} ${path}`
      fake.requests.push(name)
      const body = Buffer.concat(chunks).toString()
      const route = fake.routes.get(name)
      if (route) return route(request, response, body)
      answer(name, request, response)
    })
  }

  function json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(status === 204 ? '' : JSON.stringify(body))
  }

  function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
    const good = fake.keys.has(String(request.headers['x-api-key'] ?? ''))
    if (name === 'GET /api/currentuser') return json(response, 200, good ? { name: 'tester', permissions: fake.permissions, groups: ['readonly'] } : { name: null, permissions: [], groups: ['guests'] })
    if (name === 'GET /plugin/appkeys/probe') return json(response, 204, null)
    if (name === 'GET /') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>OctoPrint</title></html>')
    const [method, path] = name.split(' ') as [string, string]
    if (!path.startsWith('/api/') && !path.startsWith('/downloads/')) return void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><title>404</title></html>')
    if (!good) return method === 'POST' ? json(response, 400, { error: 'CSRF validation failed' }) : json(response, 403, { error: "You don't have the permission to access the requested resource." })
    if (name === 'POST /api/login') {
      const session = `session${++counter}`
      sessions.add(session)
      return json(response, 200, { name: 'tester', session, apikey: null, permissions: [] })
    }
    if (name === 'GET /api/version') return json(response, 200, { server: fake.version, api: '0.1', text: `OctoPrint ${fake.version}` })
    if (name === 'GET /api/settings') return json(response, 200, { webcam: fake.webcam, appearance: { name: 'Left one' }, plugins: {} })
    if (name === 'GET /api/job') return json(response, 200, { job: jobBlock(), progress: { completion: fake.job.completion, printTime: 5, printTimeLeft: 10 }, state: fake.job.state })
    if (name === 'GET /api/printer') return fake.job.flags['operational'] ? json(response, 200, { state: { text: fake.job.state, error: '', flags: fake.job.flags }, temperature: { tool0: { actual: 21.3, target: 0 }, history: fake.temps } }) : json(response, 409, { error: 'Printer is not operational' })
    if (name === 'GET /api/files') return json(response, 200, { files: [...fake.files.values()] })
    if (path.startsWith('/api/files/local/')) {
      const record = fake.files.get(decodeURIComponent(path.slice('/api/files/local/'.length)))
      return record ? json(response, 200, record) : json(response, 404, { error: 'The requested URL was not found on the server.' })
    }
    json(response, 404, { error: 'The requested URL was not found on the server.' })
  }

  function jobBlock(): Record<string, unknown> {
    const { file } = fake.job
    return { file: { name: file, path: file, display: file, origin: file === null ? null : 'local', size: file === null ? null : 1000 }, user: file === null ? null : 'tester' }
  }

  const inner = options.tls ? createHttpsServer(options.tls, handler) : createHttpServer(handler)
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: true })
  inner.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    fake.headers.push(request.headers)
    const wrongPlace = request.url !== `${prefix}/sockjs/websocket`
    if (wrongPlace || typeof fake.websocket === 'number' || request.headers.origin !== undefined) {
      const status = wrongPlace ? 404 : request.headers.origin !== undefined ? 403 : Number(fake.websocket)
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    wss.handleUpgrade(request, socket, head, (socket_) => {
      sockets.add(socket_)
      socket_.on('close', () => {
        sockets.delete(socket_)
        authed.delete(socket_)
      })
      socket_.on('error', () => socket_.terminate())
      socket_.on('message', (data) => message(socket_, JSON.parse((data as Buffer).toString()) as Record<string, unknown>))
      if (fake.websocket === 'ok') send(socket_, { connected: { version: fake.version, display_version: fake.version, config_hash: fake.hashes.config, plugin_hash: fake.hashes.plugin, safe_mode: null, permissions: [] } })
    })
  })

  function message(socket: WebSocket, said: Record<string, unknown>): void {
    fake.messages.push(said)
    if (typeof said['auth'] !== 'string') return
    const [name, session] = said['auth'].split(':')
    if (name !== 'tester' || !sessions.has(session ?? '')) {
      authed.delete(socket)
      return send(socket, { reauthRequired: { reason: 'stale' } })
    }
    const first = !greeted.has(socket)
    greeted.add(socket)
    authed.add(socket)
    // A second auth on a socket is not answered.
    if (!first) return
    send(socket, fake.historyFrame())
    send(socket, { timelapse: null })
  }
  const greeted = new WeakSet<WebSocket>()

  function send(socket: WebSocket, frame: Record<string, unknown>): void {
    socket.send(JSON.stringify(frame))
  }

  const outer = createTcpServer((socket) => {
    raw.add(socket)
    accepted++
    socket.on('close', () => raw.delete(socket))
    socket.on('error', () => socket.destroy())
    if (fake.wire === 'close') return void socket.destroy()
    if (fake.wire === 'silent') return
    if (fake.wire === 'ssh') return void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')
    if (fake.wire === 'boot') {
      // OctoPrint's boot server, 1.11.8, seen: a page at "/", 501 to POST, and nine bare bytes to every other GET.
      socket.once('data', (data) => {
        const line = data.toString('latin1').split('\r\n')[0] ?? ''
        if (line.startsWith('GET / ')) socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><head><title>OctoPrint is still starting</title></head></html>')
        else if (line.startsWith('POST')) socket.end('HTTP/1.0 501 Unsupported method\r\nContent-Type: text/html\r\n\r\n<html></html>')
        else socket.end('Not found')
      })
      return
    }
    inner.emit('connection', socket)
  })

  const host = options.host ?? '127.0.0.1'
  const fake: FakeOctoPrint = {
    url: '', port: 0, wire: null, routes: new Map(), websocket: 'ok',
    keys: new Set([FAKE_KEY]), permissions: options.permissions ?? [...READ_ONLY], version: options.version ?? '1.11.8', hashes: { config: 'aaaa', plugin: 'bbbb' },
    job: { state: 'Operational', file: null, completion: null, flags: {} }, temps: [], markings: [], files: new Map(), webcam: { webcamEnabled: true, webcams: [] },
    get accepted() {
      return accepted
    },
    get connections() {
      return raw.size
    },
    requests: [], headers: [], messages: [], sockets,
    push: (frame) => {
      for (const socket of authed) send(socket, frame)
    },
    setJob: (state, file = null, completion = null) => {
      const operational = state !== 'Offline'
      fake.job = {
        state, file, completion,
        flags: { operational, printing: state === 'Printing', cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: !operational, error: false, paused: state === 'Paused', ready: state === 'Operational' },
      }
    },
    historyFrame: () => ({
      history: {
        state: { text: fake.job.state, error: '', flags: fake.job.flags }, job: jobBlock(), currentZ: null,
        progress: { completion: fake.job.completion, printTime: 5, printTimeLeft: 10 }, temps: fake.temps, markings: fake.markings, logs: [], messages: [],
      },
    }),
    forgetSessions: () => sessions.clear(),
    drop: () => {
      for (const socket of raw) socket.destroy()
    },
    close: async () => {
      for (const socket of raw) socket.destroy()
      await new Promise<void>((done) => outer.close(() => done()))
    },
  }
  fake.setJob('Operational')
  await new Promise<void>((done) => outer.listen(0, host, done))
  fake.port = (outer.address() as AddressInfo).port
  fake.url = `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${fake.port}${prefix}`
  return fake
}
