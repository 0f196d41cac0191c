import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { SCRIPTS } from './scripts.ts'
import { startSimulator, type RunningPrinter, type Simulator, type SimulatorOptions } from './simulator.ts'

const running: { stop(): Promise<void> }[] = []
const sockets: WebSocket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options)
  running.push(simulator)
  return simulator
}

async function call(printer: RunningPrinter, method: string, path: string, body?: unknown, key: string | null = printer.apiKey) {
  const response = await fetch(printer.url + path, {
    method,
    headers: { ...(key === null ? {} : { 'x-api-key': key }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const json: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : null
  return { status: response.status, json, text, type: response.headers.get('content-type') }
}

type Frame = Record<string, unknown>

class Client {
  frames: Frame[] = []
  #waiting: (() => void)[] = []
  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)) as Frame)
      for (const go of this.#waiting.splice(0)) go()
    })
  }
  static async open(printer: RunningPrinter): Promise<Client> {
    const socket = new WebSocket(`${printer.url.replace('http', 'ws')}/sockjs/websocket`)
    sockets.push(socket)
    const client = new Client(socket)
    await once(socket, 'open')
    return client
  }
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }
  async until(found: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = this.frames.find(found)
      if (frame) return frame
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
  /** All that was sent before is read when the pong is back. */
  async settled(): Promise<void> {
    this.socket.ping()
    await once(this.socket, 'pong')
  }
  kinds(): string[] {
    return this.frames.map((frame) => Object.keys(frame).join())
  }
  events(): unknown[] {
    return this.frames.flatMap((frame) => ('event' in frame ? [(frame['event'] as { type: string }).type] : []))
  }
}

async function login(printer: RunningPrinter, key = printer.apiKey): Promise<string> {
  const { json } = await call(printer, 'POST', '/api/login', { passive: true }, key)
  const { name, session } = json as { name: string; session: string }
  return `${name}:${session}`
}

describe('REST as OctoPrint 1.11.8 was seen to answer', () => {
  it('tells version, server, user and login', async () => {
    const printer = await start({ script: 'idle' })
    expect((await call(printer, 'GET', '/api/version')).json).toEqual({ api: '0.1', server: '1.11.8', text: 'OctoPrint 1.11.8' })
    expect((await call(printer, 'GET', '/api/server')).json).toEqual({ safemode: null, version: '1.11.8' })
    expect((await call(printer, 'GET', '/api/currentuser', undefined, printer.viewerKey)).json).toEqual({
      groups: ['readonly'],
      name: 'viewer',
      permissions: ['STATUS', 'WEBCAM', 'FILES_LIST', 'FILES_DOWNLOAD', 'GCODE_VIEWER', 'MONITOR_TERMINAL', 'TIMELAPSE_LIST', 'TIMELAPSE_DOWNLOAD', 'SETTINGS_READ'],
    })
    const user = await call(printer, 'POST', '/api/login', { passive: true })
    expect(user).toMatchObject({ status: 200, json: { _login_mechanism: 'apikey', active: true, admin: true, apikey: null, name: 'demo', session: expect.stringMatching(/^[0-9a-f]{64}$/), user: true } })
    expect((await call(printer, 'GET', '/api/login')).status).toBe(405)
  })

  it('treats a wrong key as a guest: reads 403, currentuser nameless, posts 400, the camera with a page', async () => {
    const printer = await start({ script: 'idle' })
    expect(await call(printer, 'GET', '/api/version', undefined, 'WRONG')).toMatchObject({ status: 403, json: { error: "You don't have the permission to access the requested resource. It is either read-protected or not readable by the server." } })
    expect(await call(printer, 'GET', '/api/currentuser', undefined, 'WRONG')).toMatchObject({ status: 200, json: { groups: ['guests'], name: null, permissions: [] } })
    expect(await call(printer, 'POST', '/api/login', { passive: true }, 'WRONG')).toMatchObject({ status: 400, json: { error: 'CSRF validation failed' } })
    expect(await call(printer, 'GET', '/downloads/camera/current', undefined, 'WRONG')).toMatchObject({ status: 403, type: 'text/html; charset=UTF-8', text: '<html><title>403: Forbidden</title><body>403: Forbidden</body></html>' })
    expect((await call(printer, 'GET', '/api/nosuch')).status).toBe(404)
    expect(await call(printer, 'POST', '/api/job', { command: 'cancel' }, printer.viewerKey)).toMatchObject({ status: 403 })
  })

  it('tells the job and the printer while printing', async () => {
    const printer = await start({ script: 'steady', speed: 1000 })
    await expect.poll(() => printer.control.state().phase).toBe('printing')
    const { json } = await call(printer, 'GET', '/api/job')
    expect(json).toMatchObject({
      job: { averagePrintTime: null, estimatedPrintTime: 36_005, file: { display: 'steady vase.gcode', name: 'steady vase.gcode', origin: 'local', path: 'steady vase.gcode', size: 48_210_663, date: expect.any(Number) }, lastPrintTime: null, user: 'demo' },
      progress: { completion: expect.any(Number), filepos: expect.any(Number), printTime: expect.any(Number), printTimeLeft: null, printTimeLeftOrigin: 'linear' },
      state: 'Printing',
    })
    expect((await call(printer, 'GET', '/api/printer?exclude=sd')).json).toEqual({
      state: {
        error: '', text: 'Printing',
        flags: { cancelling: false, closedOrError: false, error: false, finishing: false, operational: true, paused: false, pausing: false, printing: true, ready: false, resuming: false, sdReady: true },
      },
      temperature: { bed: { actual: 60, offset: 0, target: 60 }, tool0: { actual: 215, offset: 0, target: 215 } },
    })
  })

  it('pauses, resumes and cancels for real, and refuses with 409 what cannot be', async () => {
    const printer = await start({ script: 'steady', speed: 100 })
    await expect.poll(() => printer.control.state().phase).toBe('printing')
    expect((await call(printer, 'POST', '/api/job', { command: 'pause', action: 'pause' })).status).toBe(204)
    await expect.poll(async () => (await call(printer, 'GET', '/api/job')).json).toMatchObject({ state: 'Paused' })
    expect((await call(printer, 'POST', '/api/job', { command: 'pause', action: 'resume' })).status).toBe(204)
    expect((await call(printer, 'GET', '/api/job')).json).toMatchObject({ state: 'Printing' })
    expect((await call(printer, 'POST', '/api/job', { command: 'cancel' })).status).toBe(204)
    expect(await call(printer, 'POST', '/api/job', { command: 'cancel' })).toMatchObject({ status: 409, json: { error: "Printer is neither printing nor paused, 'cancel' command cannot be performed" } })
    expect((await call(printer, 'GET', '/api/files/local/steady%20vase.gcode')).json).toMatchObject({ path: 'steady vase.gcode', prints: { success: 0, failure: 1, last: { success: false, date: expect.any(Number) } } })
    expect((await call(printer, 'POST', '/api/job', { command: 'start' })).status).toBe(204)
    expect((await call(printer, 'POST', '/api/job', { command: 'fly' })).status).toBe(400)
  })

  it('says nothing of prints in the record of a file that never ended', async () => {
    const printer = await start({ script: 'idle' })
    const { json } = await call(printer, 'GET', '/api/files/local/demo%20boat.gcode')
    expect(json).toMatchObject({ name: 'demo boat.gcode', type: 'machinecode' })
    expect(json).not.toHaveProperty('prints')
    expect((await call(printer, 'GET', '/api/files/local/other.gcode')).status).toBe(404)
  })

  it('lets a prompt be answered once, by a choice that exists', async () => {
    const waiting = { ...SCRIPTS.demo, steps: [{ at: 0.45, does: 'filament_change', question: 'Filament changed?', choice: 'Resume', resolvesAfterMs: null } as const] }
    const printer = await start({ script: waiting, speed: 500 })
    await expect.poll(async () => (await call(printer, 'GET', '/api/plugin/action_command_prompt')).json).toEqual({ text: 'Filament changed?', choices: ['Resume'] })
    expect(await call(printer, 'POST', '/api/plugin/action_command_prompt', { command: 'select', choice: 7 })).toMatchObject({ status: 400, json: { error: '7 is not a valid value for choice' } })
    expect((await call(printer, 'POST', '/api/plugin/action_command_prompt', { command: 'select', choice: 0 })).status).toBe(204)
    expect(await call(printer, 'POST', '/api/plugin/action_command_prompt', { command: 'select', choice: 0 })).toMatchObject({ status: 409, json: { error: 'No active prompt' } })
    await expect.poll(() => printer.control.state().successes).toBe(1)
  })

  it('keeps the G-code it was sent', async () => {
    const printer = await start({ script: 'idle' })
    expect((await call(printer, 'POST', '/api/printer/command', { commands: ['M117 hello', 'M106 S0'] })).status).toBe(204)
    expect(printer.control.gcode).toEqual(['M117 hello', 'M106 S0'])
  })

  it('grants an application key once asked for, denies on demand, and takes it back', async () => {
    const printer = await start({ script: 'idle', grantKeysAfterMs: null })
    expect((await call(printer, 'GET', '/plugin/appkeys/probe', undefined, null)).status).toBe(204)
    expect((await call(printer, 'POST', '/plugin/appkeys/request', {}, null)).status).toBe(400)
    const asked = await call(printer, 'POST', '/plugin/appkeys/request', { app: 'Printbell' }, null)
    expect(asked).toMatchObject({ status: 201, json: { app_token: expect.any(String), auth_dialog: expect.stringContaining('/plugin/appkeys/auth/') } })
    const path = `/plugin/appkeys/request/${(asked.json as { app_token: string }).app_token}`
    expect(await call(printer, 'GET', path, undefined, null)).toMatchObject({ status: 202, json: { message: 'Awaiting decision' } })
    printer.control.decideKeys(true)
    const granted = await call(printer, 'GET', path, undefined, null)
    const { api_key: key } = granted.json as { api_key: string }
    expect((await call(printer, 'GET', path, undefined, null)).status).toBe(404)
    expect((await call(printer, 'GET', '/api/version', undefined, key)).status).toBe(200)
    expect((await call(printer, 'POST', '/api/plugin/appkeys', { command: 'revoke', app: 'printbell' }, key)).status).toBe(204)
    expect((await call(printer, 'GET', '/api/version', undefined, key)).status).toBe(403)
    const second = await call(printer, 'POST', '/plugin/appkeys/request', { app: 'Printbell' }, null)
    printer.control.decideKeys(false)
    expect((await call(printer, 'GET', `/plugin/appkeys/request/${(second.json as { app_token: string }).app_token}`, undefined, null)).status).toBe(404)
  })
})

describe('the webcam', () => {
  it('is described in the settings with the orientation it was given', async () => {
    const printer = await start({ script: 'idle', webcam: { flipH: true, rotate90: true } })
    const { json } = await call(printer, 'GET', '/api/settings')
    expect(json).toMatchObject({
      appearance: { name: 'Demo printer' },
      webcam: { defaultWebcam: 'classic', snapshotWebcam: 'classic', flipH: true, flipV: false, rotate90: true, snapshotUrl: `${printer.url}/webcam/?action=snapshot`, streamUrl: '/webcam/?action=stream', webcamEnabled: true,
        webcams: [{ name: 'classic', canSnapshot: true, flipH: true, flipV: false, rotate90: true, provider: 'classicwebcam', compat: { snapshot: `${printer.url}/webcam/?action=snapshot` } }] },
    })
  })

  it('shows a JPEG of 640x360 that changes while it prints', async () => {
    const printer = await start({ script: { ...SCRIPTS.steady, printMs: 60_000 }, speed: 100 })
    const still = async (): Promise<Buffer> => Buffer.from(await (await fetch(`${printer.url}/downloads/camera/current`, { headers: { 'x-api-key': printer.apiKey } })).arrayBuffer())
    const first = await still()
    expect(first.subarray(0, 4).toString('hex')).toBe('ffd8ffe0')
    expect(first.subarray(-2).toString('hex')).toBe('ffd9')
    expect([first.readUInt16BE(first.indexOf('ffc0', 0, 'hex') + 7), first.readUInt16BE(first.indexOf('ffc0', 0, 'hex') + 5)]).toEqual([640, 360])
    await expect.poll(async () => (await still()).equals(first)).toBe(false)
  })

  it('answers late, with a page, or with an error when told to', async () => {
    const printer = await start({ script: 'idle', webcam: { delayMs: 80 } })
    const began = performance.now()
    expect((await call(printer, 'GET', '/webcam/?action=snapshot', undefined, null)).type).toBe('image/jpeg')
    expect(performance.now() - began).toBeGreaterThanOrEqual(75)
    printer.control.webcam.delayMs = 0
    printer.control.webcam.mode = 'html'
    expect(await call(printer, 'GET', '/downloads/camera/current')).toMatchObject({ status: 200, type: 'text/html; charset=UTF-8' })
    printer.control.webcam.mode = 'error'
    expect((await call(printer, 'GET', '/downloads/camera/current')).status).toBe(500)
  })

  it('streams MJPEG', async () => {
    const printer = await start({ script: 'idle' })
    const response = await fetch(`${printer.url}/webcam/?action=stream`)
    expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace;boundary=boundarydonotcross')
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(Buffer.from(value ?? []).toString('latin1')).toMatch(/^--boundarydonotcross\r\nContent-Type: image\/jpeg\r\nContent-Length: \d+\r\n\r\n/)
    await reader?.cancel()
  })
})

describe('the push socket', () => {
  it('tells a guest nothing but connected, then history and timelapse to whom logs in', async () => {
    const printer = await start({ script: 'idle' })
    const client = await Client.open(printer)
    expect(await client.until((frame) => 'connected' in frame)).toMatchObject({ connected: { version: '1.11.8', display_version: '1.11.8', plugin_hash: expect.any(String), config_hash: expect.any(String), safe_mode: null, online: true } })
    printer.control.say({ event: { type: 'Alert', payload: null } })
    await client.settled()
    expect(client.kinds()).toEqual(['connected'])
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'timelapse' in frame)
    expect(client.kinds().slice(0, 3)).toEqual(['connected', 'history', 'timelapse'])
    expect(client.frames[1]).toMatchObject({
      history: {
        state: { text: 'Operational', error: '', flags: { operational: true, printing: false, ready: true } },
        job: { file: { name: null, path: null, display: null, origin: null, size: null, date: null }, user: null },
        currentZ: null, progress: { completion: null, filepos: null, printTime: null, printTimeLeft: null, printTimeLeftOrigin: null },
        temps: [{ time: expect.any(Number), tool0: { actual: 21.3, target: 0 }, bed: { actual: 21.3, target: 0 }, chamber: { actual: null, target: null } }], logs: [], messages: [],
      },
    })
  })

  it('sends what was subscribed and nothing else', async () => {
    const printer = await start({ speed: 20, script: { ...SCRIPTS.demo, startsAfterMs: null } })
    const client = await Client.open(printer)
    client.send({ subscribe: { state: false, events: ['PrintStarted', 'PrintDone'], plugins: ['action_command_prompt'] } })
    client.send({ auth: await login(printer, printer.viewerKey) })
    // Not before it is subscribed: on a busy machine a print that starts by itself is ahead.
    await client.until((frame) => 'timelapse' in frame)
    printer.control.wish({ do: 'start', user: 'demo' })
    await client.until((frame) => (frame['event'] as { type?: string } | undefined)?.type === 'PrintDone')
    expect(client.events()).toEqual(['PrintStarted', 'PrintDone'])
    expect(client.kinds()).toEqual(['connected', 'timelapse', 'event', 'plugin', 'plugin', 'event'])
    expect(client.frames[3]).toEqual({ plugin: { plugin: 'action_command_prompt', data: { action: 'show', text: 'Filament changed?', choices: ['Resume'] } } })
    expect(client.frames[4]).toEqual({ plugin: { plugin: 'action_command_prompt', data: { action: 'close' } } })
    expect(client.frames[2]).toEqual({ event: { type: 'PrintStarted', payload: { name: 'demo boat.gcode', path: 'demo boat.gcode', origin: 'local', size: 1_482_211, owner: 'demo', user: 'demo' } } })
  })

  it('sends current on every change of state and keeps to the throttle between', async () => {
    const printer = await start({ script: 'steady', speed: 20 })
    const client = await Client.open(printer)
    client.send({ throttle: 2 })
    client.send({ auth: await login(printer) })
    const times: number[] = []
    client.socket.on('message', (data) => {
      if (String(data).startsWith('{"current"')) times.push(performance.now())
    })
    await expect.poll(() => times.length, { timeout: 4000 }).toBeGreaterThanOrEqual(3)
    for (let i = 1; i < times.length; i++) expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThan(900)
    expect(await client.until((frame) => 'current' in frame)).toMatchObject({
      current: { state: { text: 'Printing', flags: { printing: true } }, job: { file: { path: 'steady vase.gcode', origin: 'local' } }, busyFiles: [{ origin: 'local', path: 'steady vase.gcode' }], logs: [], messages: [], serverTime: expect.any(Number) },
    })
  })

  it('holds the frame rate that a load test asks for', async () => {
    const printer = await start({ script: 'steady', fps: 20 })
    const client = await Client.open(printer)
    client.send({ throttle: 10 })
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'current' in frame)
    const before = client.frames.length
    const began = performance.now()
    await expect.poll(() => client.frames.length - before, { timeout: 4000, interval: 10 }).toBeGreaterThanOrEqual(20)
    expect(performance.now() - began).toBeGreaterThan(850)
    expect(performance.now() - began).toBeLessThan(1800)
  })

  it('passes log lines through the client\'s filter', async () => {
    const printer = await start({ script: 'idle' })
    const client = await Client.open(printer)
    client.send({ subscribe: { state: { logs: 'paused for user', messages: false }, events: false, plugins: false } })
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'timelapse' in frame)
    printer.control.say({ log: 'Recv: ok' })
    printer.control.say({ log: 'Recv: echo:busy: paused for user' })
    await client.until((frame) => ((frame['current'] as { logs?: string[] } | undefined)?.logs?.length ?? 0) > 0)
    const lines = client.frames.flatMap((frame) => (frame['current'] as { logs?: string[] } | undefined)?.logs ?? [])
    expect(lines).toEqual(['Recv: echo:busy: paused for user'])
  })

  it('is deaf after a first subscription that makes no sense', async () => {
    const printer = await start({ script: 'idle' })
    const client = await Client.open(printer)
    client.send({ subscribe: { state: { logs: '(' }, events: true } })
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'timelapse' in frame)
    printer.control.say({ event: { type: 'Alert', payload: null } })
    await client.settled()
    expect(client.kinds()).toEqual(['connected', 'timelapse'])
  })

  it('answers a stale login with reauthRequired, keeps the events and tells them after the next good one', async () => {
    const printer = await start({ script: 'idle' })
    const client = await Client.open(printer)
    client.send({ subscribe: { state: false, events: true, plugins: false } })
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'timelapse' in frame)
    printer.control.expireLogins('stale')
    expect(await client.until((frame) => 'reauthRequired' in frame)).toEqual({ reauthRequired: { reason: 'stale' } })
    printer.control.say({ event: { type: 'Alert', payload: null } })
    await client.settled()
    expect(client.events()).toEqual([])
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'event' in frame)
    expect(client.kinds()).toEqual(['connected', 'timelapse', 'reauthRequired', 'event'])
  })

  it('ignores nonsense, but drops a socket whose auth is no text', async () => {
    const printer = await start({ script: 'idle' })
    const client = await Client.open(printer)
    client.send('no json')
    client.send('[1,2]')
    client.send({ auth: 'a:b:c' })
    await client.settled()
    expect(client.kinds()).toEqual(['connected'])
    client.send({ auth: 5 })
    expect(((await once(client.socket, 'close')) as [number])[0]).toBe(1006)
  })

  it('refuses a foreign origin', async () => {
    const printer = await start({ script: 'idle' })
    const socket = new WebSocket(`${printer.url.replace('http', 'ws')}/sockjs/websocket`, { origin: 'http://evil.example' })
    sockets.push(socket)
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toBe('Unexpected server response: 403')
  })

  it('stamps events when a benchmark asks for it', async () => {
    const printer = await start({ script: 'idle', stamp: true })
    const client = await Client.open(printer)
    client.send({ auth: await login(printer) })
    await client.until((frame) => 'timelapse' in frame)
    const before = Date.now()
    printer.control.wish({ do: 'start', user: 'demo' })
    const frame = (await client.until((each) => (each['event'] as { type?: string } | undefined)?.type === 'PrintStarted')) as { event: { payload: { sentAt: number } } }
    expect(frame.event.payload.sentAt).toBeGreaterThan(before - 50)
    expect(frame.event.payload.sentAt).toBeLessThan(Date.now() + 50)
  })
})

describe('start and stop', () => {
  it('gives every printer a server, a key and a name of its own', async () => {
    const simulator = await start({ printers: 3, script: 'idle' })
    expect(new Set(simulator.printers.map(({ url }) => url)).size).toBe(3)
    expect(new Set(simulator.printers.map(({ name }) => name)).size).toBe(3)
    const [first, second] = simulator.printers
    if (!first || !second) throw new Error('printers missing')
    expect((await call(first, 'GET', '/api/version', undefined, second.apiKey)).status).toBe(403)
  })

  it('says so when the port is taken, leaving nothing open', async () => {
    const first = await start({ script: 'idle' })
    await expect(startSimulator({ script: 'idle', port: Number(new URL(first.url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('leaves no handle behind: sockets, streams, hanging cameras and timers all end', async () => {
    const handles = (): number => process.getActiveResourcesInfo().filter((kind) => /TCP|HTTP/i.test(kind)).length
    const before = handles()
    const simulator = await startSimulator({ script: 'steady', fps: 20, printers: 2, webcam: { mode: 'hang' } })
    const client = await Client.open(simulator)
    client.send({ auth: await login(simulator) })
    await client.until((frame) => 'current' in frame)
    const hanging = fetch(`${simulator.url}/webcam/?action=snapshot`).then(() => 'answered', () => 'cut')
    const stream = await fetch(`${simulator.url}/webcam/?action=stream`)
    const closed = once(client.socket, 'close')
    await simulator.stop()
    await simulator.stop()
    await closed
    expect(await hanging).toBe('cut')
    await expect(stream.text()).rejects.toThrow()
    await expect.poll(handles).toBeLessThanOrEqual(before)
    await expect(fetch(`${simulator.url}/api/version`)).rejects.toThrow()
  })
})
