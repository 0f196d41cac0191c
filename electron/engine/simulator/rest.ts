/** The REST side of the simulated OctoPrint 1.11.8: what a notifier asks, with the real server's statuses and bodies (seen). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { AppKeys } from './appkeys.ts'
import { fileRecord, jobOf, progressOf, settings, stateOf, stateText, VERSION, type WebcamSettings } from './frames.ts'
import { view, type Wish } from './job.ts'
import type { SimulatedPrinter } from './printer.ts'
import type { User, Users } from './users.ts'
import type { Webcam } from './webcam.ts'

export interface Site {
  printer: SimulatedPrinter
  users: Users
  appKeys: AppKeys
  webcam: Webcam
  webcamSettings: WebcamSettings
  /** G-code lines that were sent to the printer, for tests. */
  gcode: string[]
}

const MAX_BODY = 1_000_000
const FORBIDDEN = "You don't have the permission to access the requested resource. It is either read-protected or not readable by the server."
const NOT_FOUND = 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.'

interface Call {
  site: Site
  request: IncomingMessage
  response: ServerResponse
  base: string
  path: string
  query: URLSearchParams
  user: User | null
  body: unknown
}

type Route = { method: 'GET' | 'POST'; path: string; needs: string | null; run: (call: Call) => void }

const jobCommand = z.object({ command: z.string(), action: z.string().optional() })
const printerCommand = z.object({ command: z.string().optional(), commands: z.array(z.string()).optional() })
const promptCommand = z.object({ command: z.literal('select'), choice: z.number() })
const connectionCommand = z.object({ command: z.enum(['connect', 'disconnect', 'fake_ack']) })
const appRequest = z.object({ app: z.string().min(1) })
const appCommand = z.object({ command: z.literal('revoke'), app: z.string() })

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/', needs: null, run: (call) => call.response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><title>OctoPrint</title>') },
  { method: 'GET', path: '/api/version', needs: 'STATUS', run: (call) => json(call, 200, { api: '0.1', server: VERSION, text: `OctoPrint ${VERSION}` }) },
  { method: 'GET', path: '/api/server', needs: 'STATUS', run: (call) => json(call, 200, { safemode: null, version: VERSION }) },
  { method: 'GET', path: '/api/currentuser', needs: null, run: currentUser },
  { method: 'POST', path: '/api/login', needs: null, run: login },
  { method: 'GET', path: '/api/job', needs: 'STATUS', run: job },
  { method: 'POST', path: '/api/job', needs: 'PRINT', run: commandJob },
  { method: 'GET', path: '/api/printer', needs: 'STATUS', run: printer },
  { method: 'GET', path: '/api/printer/error', needs: 'STATUS', run: (call) => json(call, 200, { error: call.site.printer.state.error, reason: call.site.printer.state.error ? 'firmware' : '' }) },
  { method: 'POST', path: '/api/printer/command', needs: 'CONTROL', run: gcode },
  { method: 'GET', path: '/api/connection', needs: 'STATUS', run: connection },
  { method: 'POST', path: '/api/connection', needs: 'CONNECTION', run: commandConnection },
  { method: 'GET', path: '/api/settings', needs: 'SETTINGS_READ', run: (call) => json(call, 200, settings(call.site.printer.name, call.base, call.site.webcamSettings)) },
  { method: 'GET', path: '/api/plugin/action_command_prompt', needs: 'PLUGIN_ACTION_COMMAND_PROMPT_INTERACT', run: (call) => json(call, 200, call.site.printer.state.prompt) },
  { method: 'POST', path: '/api/plugin/action_command_prompt', needs: 'PLUGIN_ACTION_COMMAND_PROMPT_INTERACT', run: answerPrompt },
  { method: 'GET', path: '/api/plugin/appkeys', needs: 'STATUS', run: (call) => json(call, 200, { keys: call.site.users.apps().map(({ app, user }) => ({ app_id: app.toLowerCase(), user_id: user })), pending: [] }) },
  { method: 'POST', path: '/api/plugin/appkeys', needs: 'STATUS', run: revokeKey },
  { method: 'GET', path: '/plugin/appkeys/probe', needs: null, run: (call) => empty(call) },
  { method: 'POST', path: '/plugin/appkeys/request', needs: null, run: requestKey },
  { method: 'GET', path: '/downloads/camera/current', needs: 'WEBCAM', run: (call) => call.site.webcam.answerStill(call.response) },
]

/** Paths that answer people who have no key, whatever they send. */
const OPEN_POSTS = new Set(['/plugin/appkeys/request'])

/** Answers one request. Never throws; junk gets 400. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse, base: string): Promise<void> {
  const url = new URL(request.url ?? '/', base)
  const path = decode(url.pathname)
  const user = site.users.byKey(keyOf(request, url))
  const call: Call = { site, request, response, base, path, query: url.searchParams, user, body: null }
  if (path === '/webcam/' || path === '/webcam') return url.searchParams.get('action') === 'stream' ? site.webcam.answerStream(response) : site.webcam.answerStill(response)
  if (request.method === 'POST') {
    // Only a valid key spares a client the CSRF token (>= 1.11.2), so a wrong key looks like this.
    if (!user && !OPEN_POSTS.has(path)) return json(call, 400, { error: 'CSRF validation failed' })
    call.body = await readJson(request)
  }
  const dynamic = request.method === 'GET' ? dynamicRoute(path) : null
  const here = dynamic ? [dynamic] : ROUTES.filter((route) => route.path === path)
  const route = here.find((each) => each.method === request.method)
  if (!route) return here.length ? json(call, 405, { error: 'The method is not allowed for the requested URL.' }) : json(call, 404, { error: NOT_FOUND })
  if (route.needs !== null && !user?.permissions.includes(route.needs)) return forbidden(call)
  route.run(call)
}

function dynamicRoute(path: string): Route | null {
  if (path.startsWith('/api/files/local/')) return { method: 'GET', path, needs: 'FILES_LIST', run: file }
  if (path.startsWith('/plugin/failure_detector/')) return { method: 'GET', path, needs: 'WEBCAM', run: (call) => call.site.webcam.answerEvidence(path, call.response) }
  if (path.startsWith('/plugin/appkeys/request/')) return { method: 'GET', path, needs: null, run: pollKey }
  return null
}

function currentUser(call: Call): void {
  const { user } = call
  json(call, 200, user ? { groups: user.groups, name: user.name, permissions: user.permissions } : { groups: ['guests'], name: null, permissions: [] })
}

function login(call: Call): void {
  const { user, site } = call
  if (!user) return json(call, 400, { error: 'CSRF validation failed' })
  json(call, 200, {
    _credentials_seen: new Date(site.printer.clock.now()).toISOString(), _is_external_client: false, _login_mechanism: 'apikey', active: true,
    admin: user.permissions.includes('ADMIN'), apikey: null, groups: user.groups, name: user.name, needs: {}, permissions: [], roles: ['user'],
    session: site.users.login(user), settings: {}, user: true,
  })
}

function job(call: Call): void {
  const told = call.site.printer.told()
  const { machine, script, now } = told
  json(call, 200, { job: jobOf(told), progress: progressOf(view(machine, now, script), script), state: stateText(machine), ...(machine.error ? { error: machine.error } : {}) })
}

function commandJob(call: Call): void {
  const parsed = jobCommand.safeParse(call.body)
  const user = call.user?.name ?? 'demo'
  if (!parsed.success) return json(call, 400, { error: 'command is invalid' })
  const { command, action = 'toggle' } = parsed.data
  const wish = jobWish(command, action, call.site.printer.state.phase, user)
  if (!wish) return json(call, 400, { error: `Unknown command: ${command}` })
  if (call.site.printer.wish(wish)) return empty(call)
  const state = wish.do === 'start' ? 'already printing or not operational' : wish.do === 'restart' ? 'not paused' : 'neither printing nor paused'
  json(call, 409, { error: `Printer is ${state}, '${command}' command cannot be performed` })
}

function jobWish(command: string, action: string, phase: string, user: string): Wish | null {
  if (command === 'start' || command === 'restart' || command === 'cancel') return { do: command, user }
  if (command !== 'pause') return null
  if (action === 'pause' || action === 'resume') return { do: action, user }
  return action === 'toggle' ? { do: phase === 'paused' || phase === 'pausing' ? 'resume' : 'pause', user } : null
}

function printer(call: Call): void {
  const { machine, script, now } = call.site.printer.told()
  if (machine.phase === 'offline') return json(call, 409, { error: 'Printer is not operational' })
  const seen = view(machine, now, script)
  const exclude = new Set((call.query.get('exclude') ?? '').split(','))
  json(call, 200, {
    ...(exclude.has('state') ? {} : { state: stateOf(machine) }),
    ...(exclude.has('sd') ? {} : { sd: { ready: true } }),
    ...(exclude.has('temperature') ? {} : { temperature: { tool0: { ...seen.tool, offset: 0 }, bed: { ...seen.bed, offset: 0 } } }),
  })
}

function gcode(call: Call): void {
  const parsed = printerCommand.safeParse(call.body)
  if (!parsed.success) return json(call, 400, { error: 'Expected a command' })
  if (call.site.printer.state.phase === 'offline') return json(call, 409, { error: 'Printer is not operational' })
  call.site.gcode.push(...(parsed.data.commands ?? []), ...(parsed.data.command === undefined ? [] : [parsed.data.command]))
  empty(call)
}

function connection(call: Call): void {
  const online = call.site.printer.state.phase !== 'offline'
  json(call, 200, {
    current: { state: online ? stateText(call.site.printer.state) : 'Closed', port: online ? 'VIRTUAL' : null, baudrate: online ? 115200 : null, printerProfile: '_default' },
    options: { ports: ['VIRTUAL'], baudrates: [115200], printerProfiles: [{ id: '_default', name: 'Default' }], portPreference: 'VIRTUAL', baudratePreference: 115200, printerProfilePreference: '_default' },
  })
}

function commandConnection(call: Call): void {
  const parsed = connectionCommand.safeParse(call.body)
  if (!parsed.success) return json(call, 400, { error: 'command is invalid' })
  const { command } = parsed.data
  if (command !== 'fake_ack') call.site.printer.wish({ do: command })
  empty(call)
}

function answerPrompt(call: Call): void {
  const parsed = promptCommand.safeParse(call.body)
  const { prompt } = call.site.printer.state
  if (!parsed.success) return json(call, 400, { error: 'command is invalid' })
  if (!prompt) return json(call, 409, { error: 'No active prompt' })
  const { choice } = parsed.data
  if (!Number.isInteger(choice) || choice < 0 || choice >= prompt.choices.length) return json(call, 400, { error: `${choice} is not a valid value for choice` })
  call.site.printer.wish({ do: 'answer', choice })
  empty(call)
}

function file(call: Call): void {
  const told = call.site.printer.told()
  if (call.path !== `/api/files/local/${told.script.file.name}`) return json(call, 404, { error: NOT_FOUND })
  json(call, 200, fileRecord(told, call.base))
}

function requestKey(call: Call): void {
  const parsed = appRequest.safeParse(call.body)
  if (!parsed.success) return json(call, 400, { error: 'No app name provided' })
  const token = call.site.appKeys.request(parsed.data.app)
  const location = `${call.base}/plugin/appkeys/request/${token}`
  call.response.setHeader('location', location)
  json(call, 201, { app_token: token, auth_dialog: `${call.base}/plugin/appkeys/auth/${token}` })
}

function pollKey(call: Call): void {
  const answer = call.site.appKeys.poll(call.path.slice('/plugin/appkeys/request/'.length))
  if (answer === null) json(call, 404, { error: NOT_FOUND })
  else if (answer === 'pending') json(call, 202, { message: 'Awaiting decision' })
  else json(call, 200, { api_key: answer.key })
}

function revokeKey(call: Call): void {
  const parsed = appCommand.safeParse(call.body)
  if (!parsed.success) return json(call, 400, { error: 'command is invalid' })
  if (call.site.users.revoke(parsed.data.app)) empty(call)
  else json(call, 404, { error: NOT_FOUND })
}

/** The camera's refusal is a page, everything below /api is JSON (seen). */
function forbidden(call: Call): void {
  if (call.path.startsWith('/api/')) return json(call, 403, { error: FORBIDDEN })
  call.response.writeHead(403, { 'content-type': 'text/html; charset=UTF-8' }).end('<html><title>403: Forbidden</title><body>403: Forbidden</body></html>')
}

function json(call: Call, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  call.response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes)
}

function empty(call: Call): void {
  call.response.writeHead(204, { 'content-type': 'text/plain' }).end()
}

function keyOf(request: IncomingMessage, url: URL): string | null {
  const header = request.headers['x-api-key']
  if (typeof header === 'string') return header
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')
  return bearer?.[1] ?? url.searchParams.get('apikey')
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // A broken escape names nothing that exists.
    return path
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length
      if (size > MAX_BODY) return null
      parts.push(part)
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    // No JSON, or the client went away: the route's own schema refuses it.
    return null
  }
}
