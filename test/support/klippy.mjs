/**
 * A scripted Klippy, Klipper's host program, in a process of its own, so that a real Moonraker runs without a printer.
 *
 *   node klippy.mjs --socket PATH --gcodes DIR [--startup MS] [--heat MS]
 *
 * PATH is Moonraker's klippy_uds_address (at most 107 bytes), DIR its folder of G-code. What prints and how is in klippy.machine.mjs. A line on
 * standard input is an instruction, answered on standard output by `{"done", "error"}` when it has run; "?" by `{"done", "status"}`. The
 * same instructions come through Moonraker as G-code. First it says `{"listening": PATH}`. It ends with its standard input.
 *
 * The protocol: JSON messages, each closed by the byte 3. Requests have an id, a method and params; answers the id and a result, or an
 * error. A status is sampled every 250 ms, and a subscriber gets the fields that changed.
 */
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { HANDLERS } from './klippy.gcode.mjs'
import { Machine } from './klippy.machine.mjs'
import { GcodeError } from './klippy.parts.mjs'

const SAMPLE_MS = 250
const END = '\x03'
// Moonraker offers its clients only what is listed here.
const ENDPOINTS = [
  'info', 'list_endpoints', 'emergency_stop', 'register_remote_method', 'objects/list', 'objects/query', 'objects/subscribe', 'gcode/help', 'gcode/script',
  'gcode/restart', 'gcode/firmware_restart', 'gcode/subscribe_output', 'pause_resume/pause', 'pause_resume/resume', 'pause_resume/cancel',
]

const { values } = parseArgs({ options: { socket: { type: 'string' }, gcodes: { type: 'string' }, startup: { type: 'string', default: '200' }, heat: { type: 'string', default: '500' } } })
if (!values.socket || !values.gcodes) {
  console.error('klippy.mjs needs --socket PATH and --gcodes DIR')
  process.exit(2)
}

/** By socket: { wants, template, last, console }. */
const clients = new Map()
/** Queries and subscriptions are answered with the next sample, as Klipper does it. */
let waiting = []

const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
function send(socket, message) {
  if (!socket.destroyed && !socket.writableEnded) socket.write(JSON.stringify(message) + END)
}

const machine = new Machine(
  { gcodes: values.gcodes, startupMs: Number(values.startup), heatMs: Number(values.heat) },
  (line) => {
    for (const [socket, client] of clients) if (client.console) send(socket, { ...client.console, params: { response: line } })
  },
  () => {
    for (const socket of clients.keys()) socket.end()
    clients.clear()
    waiting = []
  },
)

/** The wanted objects and fields of a status; what does not exist is left out silently. */
function pick(status, wants) {
  return Object.fromEntries(Object.entries(wants).filter(([name]) => name in status).map(([name, fields]) => [
    name, fields === null ? status[name] : Object.fromEntries(fields.filter((field) => field in status[name]).map((field) => [field, status[name][field]])),
  ]))
}

/** The objects of `now` with the fields that are not as in `last`. */
function difference(now, last) {
  const changed = Object.entries(now).map(([name, fields]) => [
    name, Object.fromEntries(Object.entries(fields).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(last[name]?.[field]))),
  ])
  return Object.fromEntries(changed.filter(([, fields]) => Object.keys(fields).length > 0))
}

function sample() {
  const status = machine.status()
  const eventtime = performance.now() / 1000
  for (const [socket, client] of clients) {
    if (!client.wants) continue
    const now = pick(status, client.wants)
    const delta = difference(now, client.last)
    client.last = now
    if (Object.keys(delta).length > 0) send(socket, { ...client.template, params: { eventtime, status: delta } })
  }
  for (const { socket, id, params, subscribe } of waiting.splice(0)) {
    const now = pick(status, params.objects)
    const client = clients.get(socket)
    if (subscribe && client) Object.assign(client, { wants: params.objects, template: params.response_template ?? {}, last: now })
    send(socket, { id, result: { eventtime, status: now } })
  }
}

const info = () => ({
  ...machine.webhooks, hostname: 'klippy-double', software_version: 'v0.13.0-double', process_id: process.pid, user_id: 1000, group_id: 1000, cpu_info: '1 core',
  klipper_path: '/opt/klipper', python_path: '/opt/klipper/python', log_file: '', config_file: '',
})

const SCRIPTS = { 'pause_resume/pause': 'PAUSE', 'pause_resume/resume': 'RESUME', 'pause_resume/cancel': 'CANCEL_PRINT', 'gcode/restart': 'RESTART', 'gcode/firmware_restart': 'FIRMWARE_RESTART' }

async function answer(client, method, params) {
  if (method === 'info') return info()
  if (method === 'list_endpoints') return { endpoints: ENDPOINTS }
  if (method === 'objects/list') return { objects: Object.keys(machine.status()) }
  if (method === 'gcode/help') return Object.fromEntries(Object.keys(HANDLERS).map((name) => [name, 'of the double']))
  if (method === 'gcode/subscribe_output') client.console = params.response_template ?? {}
  else if (method === 'emergency_stop') machine.emergencyStop()
  else if (method === 'gcode/script') await machine.script(params.script ?? '')
  else if (SCRIPTS[method]) await machine.script(SCRIPTS[method])
  else if (method !== 'register_remote_method') throw new GcodeError(`webhooks: No registered callback for path '${method}'`)
  return {}
}

async function receive(socket, { id, method, params = {} }) {
  if (method === 'objects/query' || method === 'objects/subscribe') return void waiting.push({ socket, id, params, subscribe: method === 'objects/subscribe' })
  try {
    send(socket, { id, result: await answer(clients.get(socket), method, params) })
  } catch (error) {
    if (!(error instanceof GcodeError)) throw error
    send(socket, { id, error: { error: 'WebRequestError', message: error.message } })
  }
}

const server = createServer((socket) => {
  clients.set(socket, {})
  let rest = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    const frames = (rest + chunk).split(END)
    rest = frames.pop()
    for (const frame of frames) if (clients.has(socket)) void receive(socket, JSON.parse(frame))
  })
  const gone = () => {
    clients.delete(socket)
    waiting = waiting.filter((one) => one.socket !== socket)
  }
  socket.on('close', gone).on('error', gone)
})

// A crash leaves the socket's file behind.
rmSync(values.socket, { force: true })
server.listen(values.socket, () => tell({ listening: values.socket }))
setInterval(sample, SAMPLE_MS)

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === '?') return tell({ done: line, status: machine.status() })
  machine.script(line).then(() => tell({ done: line, error: null }), (error) => {
    if (!(error instanceof GcodeError)) throw error
    tell({ done: line, error: error.message })
  })
}).on('close', () => process.exit(0))
