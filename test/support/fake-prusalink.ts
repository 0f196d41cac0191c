/**
 * A scriptable PrusaLink on the loopback interface, of both kinds, for what the real ones never do on command: nonces that expire, wrong
 * statuses, drips, floods, cut lines. It speaks like 0.8.1 on a Pi (seen) or like a Buddy board (by documentation) where nothing is scripted.
 */
import { createHash } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'

export const FAKE_KEY = 'FAKE-PRUSA-KEY-0123456789'
export const FAKE_PASSWORD = 'FAKE-PASSWORD-0123'

export type Flavour = 'buddy' | 'pi'
export type Route = (request: IncomingMessage, response: ServerResponse) => void

export interface FakeOptions {
  flavour?: Flavour
  prefix?: string
  host?: string
  tls?: { key: string; cert: string }
  user?: string
}

/** What a connection gets before any HTTP: null = PrusaLink. */
export type Wire = null | 'close' | 'silent' | 'ssh'

export interface FakeJob {
  id: number
  file: string
  progress: number | null
  remaining: number | null
  printing: number | null
}

export interface FakePrusaLink {
  readonly flavour: Flavour
  url: string
  port: number
  wire: Wire
  /** Routes that win over the built-in ones, by "GET /api/version" (without prefix). */
  routes: Map<string, Route>
  /** A Pi that has not found its printer yet: 503 to everything. */
  booting: boolean
  /** A Pi whose wizard was never finished: "/" leads there. */
  unfinished: boolean
  key: string
  password: string
  state: string
  job: FakeJob | null
  /** `status_printer` of a Pi; null = a Buddy board, which tells none. */
  trouble: string | null
  temps: { nozzle: number; bed: number } | null
  cameras: { id: string; name: string; connected: boolean }[]
  /** Photo of each camera by id; absent = it took none yet. */
  photos: Map<string, Buffer>
  /** Every request so far, "GET /api/version". */
  readonly requests: string[]
  readonly headers: IncomingMessage['headers'][]
  /** Statuses in the order of the requests. */
  readonly statuses: number[]
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number
  readonly connections: number
  /** All nonces are too old from now on. */
  expireNonces(): void
  drop(): void
  close(): Promise<void>
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** The parameters of an `Authorization: Digest` header, by name. */
function digestParts(header: string): Record<string, string> {
  return Object.fromEntries([...header.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)].map(([, name, quoted, plain]) => [name ?? '', quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '']))
}

export async function startFake(options: FakeOptions = {}): Promise<FakePrusaLink> {
  const flavour = options.flavour ?? 'pi'
  const user = options.user ?? 'maker'
  const prefix = options.prefix ?? ''
  const raw = new Set<Socket>()
  let serial = 0
  /** nonce -> the User-Agent it was made for. */
  const nonces = new Map<string, string>()
  let underWay = 0
  let mostAtOnce = 0

  function json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  }

  function challenge(request: IncomingMessage, response: ServerResponse, stale: boolean): void {
    serial += 1
    const nonce = md5(`nonce ${serial} of ${flavour}`)
    nonces.set(nonce, String(request.headers['user-agent'] ?? ''))
    const header = flavour === 'buddy'
      ? `Digest realm="Printer API", nonce="${nonce}"${stale ? ', stale=true' : ''}`
      : `Digest realm="Administrator",qop="auth",algorithm="MD5-sess",nonce="${nonce}",opaque="opaque-${serial}"${stale ? ',stale=true' : ''}`
    response.writeHead(401, { 'Content-Type': 'text/html', 'WWW-Authenticate': header }).end('<html><title>401 - Unauthorized</title></html>')
  }

  /** Answers by itself and returns false where the login is not good. */
  function mayPass(request: IncomingMessage, response: ServerResponse): boolean {
    const key = request.headers['x-api-key']
    if (key !== undefined) {
      if (key === (flavour === 'buddy' ? fake.password : fake.key)) return true
      if (flavour === 'buddy') response.writeHead(401, { 'WWW-Authenticate': 'ApiKey' }).end()
      else response.writeHead(403, { 'Content-Type': 'text/plain' }).end('Bad X-Api-Key.')
      return false
    }
    const given = request.headers.authorization ?? ''
    if (!given.startsWith('Digest ')) {
      challenge(request, response, false)
      return false
    }
    const part = digestParts(given)
    const nonce = part['nonce'] ?? ''
    const made = nonces.get(nonce)
    if (made === undefined || (flavour === 'pi' && made !== request.headers['user-agent'])) {
      challenge(request, response, true)
      return false
    }
    const secret = md5(`${user}:${flavour === 'buddy' ? 'Printer API' : 'Administrator'}:${fake.password}`)
    const second = md5(`${request.method}:${request.url}`)
    const good = flavour === 'buddy'
      ? part['qop'] === undefined && part['response'] === md5(`${secret}:${nonce}:${second}`)
      : part['algorithm'] === 'MD5-sess' && (part['opaque'] ?? '').startsWith('opaque-')
        && part['response'] === md5(`${md5(`${secret}:${nonce}:${part['cnonce']}`)}:${nonce}:${part['nc']}:${part['cnonce']}:auth:${second}`)
    if (good && part['username'] === user && part['uri'] === request.url) return true
    challenge(request, response, false)
    return false
  }

  function status(): unknown {
    const { job, temps } = fake
    return {
      storage: { path: flavour === 'buddy' ? '/usb/' : '/local', name: 'x', read_only: false },
      printer: {
        state: fake.state,
        ...(temps === null ? {} : { temp_nozzle: temps.nozzle, target_nozzle: 0, temp_bed: temps.bed, target_bed: 0, axis_z: 10 }),
        flow: 100, speed: 100,
        ...(flavour === 'pi' ? { status_connect: { ok: true, message: 'OK' }, status_printer: fake.trouble === null ? { ok: true, message: 'OK' } : { ok: false, message: fake.trouble } } : {}),
      },
      ...(job === null ? {} : { job: Object.fromEntries(Object.entries({ id: job.id, progress: job.progress, time_remaining: job.remaining, time_printing: job.printing }).filter(([, value]) => value !== null)) }),
      ...(flavour === 'pi' && fake.cameras[0] ? { camera: { id: fake.cameras[0].id } } : {}),
    }
  }

  function jobAnswer(response: ServerResponse): void {
    const { job } = fake
    if (job === null) return void response.writeHead(204).end()
    const file = flavour === 'buddy'
      ? { name: `${job.file.slice(0, 6).toUpperCase()}~1.GCO`, display_name: job.file, path: '/usb', size: 1000, refs: { download: `/usb/${job.file}` } }
      : { name: job.file, display_name: job.file, path: `/gcodes/${job.file}`, display_path: `/gcodes/${job.file}`, size: 1000 }
    json(response, 200, { id: job.id, state: fake.state, progress: job.progress ?? 0, time_remaining: job.remaining, time_printing: job.printing ?? 0, file })
  }

  function command(request: IncomingMessage, response: ServerResponse, id: string, what: string): void {
    const refuse = (code: number, title: string) => void response.writeHead(code, { 'Content-Type': 'text/plain' }).end(`${title}\nMore of it.\n`)
    if (fake.job === null || String(fake.job.id) !== id) return refuse(404, 'Not Current Job')
    if (what === 'pause' && fake.state !== 'PRINTING') return refuse(409, 'Printer Is Not Printing')
    if (what === 'resume' && fake.state !== 'PAUSED') return refuse(409, 'Printer Is Not Paused')
    if (what === 'pause') fake.state = 'PAUSED'
    else if (what === 'resume') fake.state = 'PRINTING'
    else if (request.method === 'DELETE') {
      fake.state = 'STOPPED'
      fake.job = null
    } else return refuse(400, 'Bad command')
    response.writeHead(204).end()
  }

  function photo(response: ServerResponse, id: string | undefined): void {
    const camera = fake.cameras.find((one) => one.id === id && one.connected)
    if (!camera) return json(response, 404, { message: 'Camera is not available' })
    const bytes = fake.photos.get(camera.id)
    if (!bytes) return void response.writeHead(204).end()
    response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(bytes)
  }

  function answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    const name = `${request.method} ${path}`
    if (name === 'GET /') {
      if (fake.unfinished) return void response.writeHead(302, { Location: '/wizard' }).end()
      return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>PrusaLink</title></html>')
    }
    if (fake.booting) return void response.writeHead(503, { 'Content-Type': 'text/html' }).end('<html><title>503</title></html>')
    if (!mayPass(request, response)) return
    const jobCommand = /^\/api\/v1\/job\/([^/]+)(?:\/(\w+))?$/.exec(path)
    if (jobCommand && request.method !== 'GET') return command(request, response, jobCommand[1] ?? '', jobCommand[2] ?? '')
    const snap = /^\/api\/v1\/cameras(?:\/([^/]+))?\/snap$/.exec(path)
    if (flavour === 'pi' && snap && request.method === 'GET') return photo(response, snap[1] === undefined ? fake.cameras[0]?.id : decodeURIComponent(snap[1]))
    if (flavour === 'pi' && name === 'GET /api/v1/cameras') return json(response, 200, { camera_list: fake.cameras.map((one) => ({ camera_id: one.id, config: { name: one.name }, connected: one.connected, detected: true, stored: true, registered: false })) })
    if (name === 'GET /api/version') return json(response, 200, flavour === 'pi' ? { api: '2.0.0', server: '0.8.1', original: 'PrusaLink I3MK3S', text: 'PrusaLink 0.8.1', hostname: 'printer', capabilities: { 'upload-by-put': true } } : { api: '2.0.0', server: '2.1.2', nozzle_diameter: 0.4, text: 'PrusaLink', hostname: '', capabilities: { 'upload-by-put': true } })
    if (name === 'GET /api/v1/info') return json(response, 200, flavour === 'pi' ? { name: 'Shelf', location: '', serial: 'CZPX1', hostname: '127.0.0.1', port: 9 } : { nozzle_diameter: 0.4, mmu: false, serial: '10589-1', hostname: 'prusa-mk4', min_extrusion_temp: 170 })
    if (name === 'GET /api/v1/status') return json(response, 200, status())
    if (name === 'GET /api/v1/job') return jobAnswer(response)
    response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><title>404</title></html>')
  }

  const handler: RequestListener = (request, response) => {
    underWay += 1
    mostAtOnce = Math.max(mostAtOnce, underWay)
    response.once('close', () => {
      underWay -= 1
      fake.statuses.push(response.statusCode)
    })
    const url = new URL(request.url ?? '/', 'http://fake')
    fake.headers.push(request.headers)
    const path = prefix !== '' && url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : prefix === '' ? url.pathname : `!${url.pathname}`
    fake.requests.push(`${request.method} ${path}`)
    request.resume()
    const route = fake.routes.get(`${request.method} ${path}`)
    if (route) return route(request, response)
    if (path.startsWith('!')) return void response.writeHead(404).end()
    answer(path, request, response)
  }

  const http = options.tls ? createHttpsServer(options.tls, handler) : createHttpServer(handler)
  const server = createTcpServer((socket) => {
    raw.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => raw.delete(socket))
    if (fake.wire === 'silent') return
    if (fake.wire === 'close') return void socket.destroy()
    if (fake.wire === 'ssh') return void socket.end('SSH-2.0-OpenSSH_9.2\r\n')
    http.emit('connection', socket)
  })
  await new Promise<void>((done) => server.listen(0, options.host ?? '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const shown = options.host === '::1' ? '[::1]' : '127.0.0.1'

  const fake: FakePrusaLink = {
    flavour, port,
    url: `${options.tls ? 'https' : 'http'}://${shown}:${port}${prefix}`,
    wire: null, routes: new Map(), booting: false, unfinished: false, key: FAKE_KEY, password: FAKE_PASSWORD,
    state: 'IDLE', job: null, trouble: null, temps: { nozzle: 21, bed: 21 }, cameras: [], photos: new Map(),
    requests: [], headers: [], statuses: [],
    get mostAtOnce() {
      return mostAtOnce
    },
    get connections() {
      return raw.size
    },
    expireNonces: () => nonces.clear(),
    drop() {
      for (const socket of raw) socket.destroy()
    },
    async close() {
      this.drop()
      http.close()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
  return fake
}
