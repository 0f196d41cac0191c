/**
 * A scriptable Moonraker on the loopback interface, for what the real one never does on command: hostile answers, proxies, TLS,
 * broken handshakes, expired logins. It speaks like 0.11.0 (recorded) wherever nothing is scripted.
 */
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

export const FAKE_KEY = '0123456789abcdef0123456789abcdef'
export const FAKE_USER = { name: 'ann', password: 's3cretpw' }

export type Route = (request: IncomingMessage, response: ServerResponse, body: string) => void
/** What a method gives: a result, or an error thrown as `new Refusal(code, message)`; 'silent' = no answer, 'close' = the socket is cut. */
export type Method = (params: Record<string, unknown>, socket: WebSocket) => unknown

/** An error of JSON-RPC; `code` is the HTTP status, and is turned into what the socket says (401 -> -32602, 404 -> -32601). */
export class Refusal extends Error {
  constructor(readonly code: number, message: string) {
    super(message)
  }
}

export interface FakeOptions {
  host?: string
  /** Default: any that is free. */
  port?: number
  prefix?: string
  tls?: { key: string; cert: string }
  /** A proxy in front asks for these. */
  basic?: { user: string; password: string }
  /** Whether this address needs no credential; default true. */
  trusted?: boolean
  forceLogins?: boolean
  version?: string
  /** Seconds that a token lives. */
  tokenLife?: number
  /** How much its clock is ahead of ours, ms; null = it tells no date. */
  clockAheadMs?: number | null
}

/** What a connection gets before any HTTP: null = Moonraker; 'close' = nothing; 'silent' = no answer ever; 'ssh' = another protocol. */
export type Wire = null | 'close' | 'silent' | 'ssh'

export interface HistoryRow {
  job_id: string
  filename: string
  status: string
  start_time: number
  end_time: number | null
  print_duration: number
  total_duration: number
  filament_used: number
  exists: boolean
  metadata: Record<string, unknown>
  user: string | null
}

export interface FakeMoonraker {
  url: string
  port: number
  wire: Wire
  /** Routes that win over the built-in ones, by "GET /server/info" (without prefix). */
  routes: Map<string, Route>
  /** Methods that win over the built-in ones. */
  methods: Map<string, Method | 'silent' | 'close'>
  /** What the upgrade gets: 'ok', or a status. */
  websocket: 'ok' | number
  trusted: boolean
  forceLogins: boolean
  /** Accepted API key; null = none is. */
  key: string | null
  password: string
  /** Tokens and refresh tokens that are good now. */
  readonly tokens: Set<string>
  klippy: { state: 'disconnected' | 'startup' | 'ready' | 'error' | 'shutdown'; message: string }
  /** What printer.objects.* offer. */
  status: Record<string, Record<string, unknown>>
  /** Newest first. */
  history: HistoryRow[]
  metadata: Map<string, Record<string, unknown>>
  webcams: Record<string, unknown>[]
  readonly accepted: number
  readonly connections: number
  readonly requests: string[]
  readonly headers: IncomingMessage['headers'][]
  /** Every call of every socket, in order. */
  readonly calls: { method: string; params: Record<string, unknown> }[]
  readonly sockets: ReadonlySet<WebSocket>
  /** Names of the methods called so far. */
  called(method: string): number
  /** Sends a notification to every socket with rights. */
  notify(method: string, ...params: unknown[]): void
  /** Changes objects of Klipper, and pushes the change to whoever has subscribed. */
  change(delta: Record<string, Record<string, unknown>>): void
  /** Klippy changes its state: subscriptions are lost with `disconnected`, and the notification is pushed where there is one. */
  setKlippy(state: FakeMoonraker['klippy']['state'], message?: string): void
  /** Closes every socket with 1001, as Moonraker does when it is stopped. */
  stop(): void
  /** Cuts all connections, as a crash does. */
  drop(): void
  close(): Promise<void>
}

/** A machine that stands idle. */
export function idleStatus(): Record<string, Record<string, unknown>> {
  return {
    webhooks: { state: 'ready', state_message: 'Printer is ready' },
    print_stats: { filename: '', total_duration: 0, print_duration: 0, filament_used: 0, state: 'standby', message: '', info: { total_layer: null, current_layer: null } },
    virtual_sdcard: { progress: 0, is_active: false, file_position: 0, file_size: 0 },
    display_status: { progress: 0, message: null },
    pause_resume: { is_paused: false },
    idle_timeout: { state: 'Idle' },
    extruder: { temperature: 21.98, target: 0 },
    heater_bed: { temperature: 21.98, target: 0 },
    gcode_move: { gcode_position: [0, 0, 0, 0] },
  }
}

/** A row of the history; times in epoch seconds. */
export function historyRow(over: Partial<HistoryRow> & Pick<HistoryRow, 'job_id' | 'filename' | 'status' | 'start_time'>): HistoryRow {
  return { end_time: null, print_duration: 60, total_duration: 60, filament_used: 10, exists: true, metadata: {}, user: '_TRUSTED_USER_', ...over }
}

const OPEN_METHODS = new Set(['access.info', 'access.login', 'access.refresh_jwt', 'server.connection.identify'])

export async function startFake(options: FakeOptions = {}): Promise<FakeMoonraker> {
  const prefix = options.prefix ?? ''
  const raw = new Set<Socket>()
  const sockets = new Set<WebSocket>()
  const known = new Map<WebSocket, { allowed: boolean; identified: boolean; objects: Record<string, string[] | null> | null }>()
  let accepted = 0
  let counter = 0

  const token = (type: string): string => {
    const now = Math.floor(Date.now() / 1000)
    const part = (body: unknown): string => Buffer.from(JSON.stringify(body)).toString('base64url')
    const made = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part({ iss: 'Moonraker', iat: now, exp: now + (options.tokenLife ?? 3_600), username: FAKE_USER.name, token_type: type, n: ++counter })}.c2lnbmF0dXJl`
    fake.tokens.add(made)
    return made
  }

  /** Whether these credentials open the door, in Moonraker's order. @throws Refusal 401 */
  function judge(given: { key?: unknown; token?: unknown }): void {
    if (given.token !== undefined && !fake.tokens.has(String(given.token))) throw new Refusal(401, 'Unauthorized')
    if (given.token !== undefined) return
    if (given.key !== undefined && given.key !== fake.key) throw new Refusal(401, 'Invalid API Key')
    if (given.key !== undefined) return
    if (fake.forceLogins || !fake.trusted) throw new Refusal(401, 'Unauthorized')
  }

  const serverInfo = (): Record<string, unknown> => ({
    klippy_connected: fake.klippy.state !== 'disconnected', klippy_state: fake.klippy.state,
    components: ['klippy_connection', 'jsonrpc', 'websockets', 'database', 'file_manager', 'authorization', 'klippy_apis', 'machine', 'history', 'webcam'],
    failed_components: [], registered_directories: ['config', 'logs', 'gcodes'], warnings: [], websocket_count: sockets.size,
    moonraker_version: options.version ?? 'v0.11.0', missing_klippy_requirements: [], api_version: [1, 5, 0], api_version_string: '1.5.0',
  })
  const accessInfo = (): Record<string, unknown> => ({ default_source: 'moonraker', available_sources: ['moonraker'], login_required: fake.forceLogins, trusted: fake.trusted })

  function login(params: Record<string, unknown>): Record<string, unknown> {
    if (params['username'] !== FAKE_USER.name) throw new Refusal(400, `Unregistered User: ${String(params['username'])}`)
    if (params['password'] !== fake.password) throw new Refusal(400, 'Invalid Password')
    return { username: FAKE_USER.name, token: token('access'), source: params['source'] ?? 'moonraker', refresh_token: token('refresh'), action: 'user_logged_in' }
  }

  function needKlippy(missing: number): void {
    if (fake.klippy.state === 'disconnected') throw missing === 404 ? new Refusal(404, 'Method not found') : new Refusal(503, 'Klippy Host not connected')
  }

  function run(method: string, params: Record<string, unknown>, socket: WebSocket): unknown {
    const client = known.get(socket)
    switch (method) {
      case 'server.connection.identify':
        if (client?.identified === true) throw new Refusal(400, 'Connection already identified')
        if (params['api_key'] !== undefined || params['access_token'] !== undefined || client?.allowed !== true) judge({ key: params['api_key'], token: params['access_token'] })
        if (client) Object.assign(client, { identified: true, allowed: true })
        return { connection_id: 140_298_739_787_216 }
      case 'access.info': return accessInfo()
      case 'access.login': {
        const answer = login(params)
        if (client) client.allowed = true
        return answer
      }
      case 'access.refresh_jwt':
        if (!fake.tokens.has(String(params['refresh_token']))) throw new Refusal(401, 'Unauthorized')
        return { username: FAKE_USER.name, token: token('access'), source: 'moonraker', action: 'user_jwt_refresh' }
      case 'server.info': return serverInfo()
      case 'printer.info':
        needKlippy(404)
        return { state: fake.klippy.state, state_message: fake.klippy.message, hostname: 'voron', software_version: 'v0.13.0-730' }
      case 'printer.objects.list':
        needKlippy(404)
        return { objects: Object.keys(fake.status) }
      case 'printer.objects.subscribe': {
        needKlippy(404)
        const objects = params['objects'] as Record<string, string[] | null>
        if (client) client.objects = objects
        return { eventtime: 100, status: pick(fake.status, objects) }
      }
      case 'server.history.list': return { count: fake.history.length, jobs: fake.history.slice(Number(params['start'] ?? 0), Number(params['start'] ?? 0) + Number(params['limit'] ?? 50)) }
      case 'server.files.metadata': {
        const found = fake.metadata.get(String(params['filename']))
        if (!found) throw new Refusal(404, `Metadata not available for <${String(params['filename'])}>`)
        return found
      }
      case 'server.gcode_store': return { gcode_store: [] }
      case 'server.webcams.list': return { webcams: fake.webcams }
      case 'access.oneshot_token': return 'RH4GYDZBM3QZ4KP6YTQIVDYNBGVVRURY'
      case 'printer.print.pause': case 'printer.print.resume': case 'printer.print.cancel': case 'printer.emergency_stop':
        needKlippy(503)
        return 'ok'
      case 'printer.gcode.script':
        needKlippy(404)
        return 'ok'
      default: throw new Refusal(404, 'Method not found')
    }
  }

  function message(socket: WebSocket, text: string): void {
    const said = JSON.parse(text) as { id: number; method: string; params?: Record<string, unknown> }
    const params = said.params ?? {}
    fake.calls.push({ method: said.method, params })
    const own = fake.methods.get(said.method)
    if (own === 'silent') return
    if (own === 'close') return socket.terminate()
    const reply = (body: Record<string, unknown>): void => socket.send(JSON.stringify({ jsonrpc: '2.0', ...body, id: said.id }))
    const refuse = (error: unknown): void => {
      if (!(error instanceof Refusal)) throw error
      reply({ error: { code: error.code === 401 ? -32602 : error.code === 404 ? -32601 : error.code, message: error.message } })
    }
    try {
      if (known.get(socket)?.allowed !== true && !OPEN_METHODS.has(said.method)) throw new Refusal(401, 'Unauthorized')
      const given = own ? own(params, socket) : run(said.method, params, socket)
      if (given instanceof Promise) void given.then((result: unknown) => reply({ result }), refuse)
      else reply({ result: given })
    } catch (error) {
      refuse(error)
    }
  }

  function json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body))
  }

  function credentialsOf(request: IncomingMessage): { key?: unknown; token?: unknown } {
    const bearer = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1]
    return { ...(request.headers['x-api-key'] === undefined ? {} : { key: request.headers['x-api-key'] }), ...(bearer === undefined ? {} : { token: bearer }) }
  }

  function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
    if (name === 'GET /access/info') return json(response, 200, { result: accessInfo() })
    if (!/^(GET|POST) \/(server|printer|access|machine)\//.test(name)) return json(response, 404, { error: { code: 404, message: 'Not Found' } })
    try {
      judge(credentialsOf(request))
    } catch {
      return json(response, 401, { error: { code: 401, message: 'Unauthorized' } })
    }
    if (name === 'GET /server/info') return json(response, 200, { result: serverInfo() })
    if (name === 'GET /access/api_key') return json(response, 200, { result: fake.key })
    json(response, 404, { error: { code: 404, message: 'Not Found' } })
  }

  const handler: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    fake.headers.push(request.headers)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (options.basic && !request.headers.authorization?.startsWith('Basic ')) return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="proxy"', 'Content-Type': 'text/html' }).end('<html><title>401</title></html>')
      const path = prefix !== '' && url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : prefix === '' ? url.pathname : `!${url.pathname}`
      const name = `${request.method} ${path}`
      fake.requests.push(name)
      const route = fake.routes.get(name) ?? fake.routes.get('*')
      if (route) return route(request, response, Buffer.concat(chunks).toString())
      answer(name, request, response)
    })
  }

  const inner = options.tls ? createHttpsServer(options.tls, handler) : createHttpServer(handler)
  const wss = new WebSocketServer({ noServer: true, maxPayload: 10_000_000 })
  const { clockAheadMs = 0 } = options
  if (clockAheadMs !== null) wss.on('headers', (headers) => headers.push(`Date: ${new Date(Date.now() + clockAheadMs).toUTCString()}`))
  inner.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    fake.headers.push(request.headers)
    const status = request.url?.split('?')[0] !== `${prefix}/websocket` ? 404 : request.headers.origin !== undefined ? 403 : options.basic && !request.headers.authorization?.startsWith('Basic ') ? 401 : fake.websocket
    if (status !== 'ok') return void socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    wss.handleUpgrade(request, socket, head, (client) => {
      let allowed = true
      try {
        judge(credentialsOf(request))
      } catch {
        allowed = false
      }
      sockets.add(client)
      known.set(client, { allowed, identified: false, objects: null })
      client.on('close', () => {
        sockets.delete(client)
        known.delete(client)
      })
      client.on('error', () => client.terminate())
      client.on('message', (data) => message(client, (data as Buffer).toString()))
    })
  })

  const outer = createTcpServer((socket) => {
    raw.add(socket)
    accepted++
    socket.on('close', () => raw.delete(socket))
    socket.on('error', () => socket.destroy())
    if (fake.wire === 'close') return void socket.destroy()
    // Read, so that the other end's closing is noticed.
    if (fake.wire !== null) socket.resume()
    if (fake.wire === 'silent') return
    if (fake.wire === 'ssh') return void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')
    inner.emit('connection', socket)
  })

  const host = options.host ?? '127.0.0.1'
  const fake: FakeMoonraker = {
    url: '', port: 0, wire: null, routes: new Map(), methods: new Map(), websocket: 'ok',
    trusted: options.trusted ?? true, forceLogins: options.forceLogins ?? false, key: FAKE_KEY, password: FAKE_USER.password, tokens: new Set(),
    klippy: { state: 'ready', message: 'Printer is ready' }, status: idleStatus(), history: [], metadata: new Map(), webcams: [],
    get accepted() {
      return accepted
    },
    get connections() {
      return raw.size
    },
    requests: [], headers: [], calls: [], sockets,
    called: (method) => fake.calls.filter((one) => one.method === method).length,
    notify: (method, ...params) => {
      for (const [socket, client] of known) if (client.allowed) socket.send(JSON.stringify({ jsonrpc: '2.0', method, ...(params.length === 0 ? {} : { params }) }))
    },
    change: (delta) => {
      for (const [name, fields] of Object.entries(delta)) fake.status[name] = { ...fake.status[name], ...fields }
      for (const [socket, client] of known) {
        const seen = client.objects && pick(delta, client.objects)
        if (seen && Object.keys(seen).length > 0) socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'notify_status_update', params: [seen, 101] }))
      }
    },
    setKlippy: (state, text = '') => {
      fake.klippy = { state, message: text }
      if (state === 'disconnected') for (const client of known.values()) client.objects = null
      if (state === 'ready' || state === 'shutdown' || state === 'disconnected') fake.notify(`notify_klippy_${state}`)
    },
    stop: () => {
      for (const socket of sockets) socket.close(1001, 'Server Shutdown')
    },
    drop: () => {
      for (const socket of raw) socket.destroy()
    },
    close: async () => {
      for (const socket of raw) socket.destroy()
      await new Promise<void>((done) => outer.close(() => done()))
    },
  }
  await new Promise<void>((done) => outer.listen(options.port ?? 0, host, done))
  fake.port = (outer.address() as AddressInfo).port
  fake.url = `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${fake.port}${prefix}`
  return fake
}

/** The wanted fields of the wanted objects; what does not exist is left out. */
function pick(from: Record<string, Record<string, unknown>>, wanted: Record<string, string[] | null>): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {}
  for (const [name, fields] of Object.entries(from)) {
    const want = wanted[name]
    if (want === undefined) continue
    const some = want === null ? Object.entries(fields) : Object.entries(fields).filter(([field]) => want.includes(field))
    if (some.length > 0) found[name] = Object.fromEntries(some)
  }
  return found
}
