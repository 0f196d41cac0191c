/** Starts simulated printers: each a small OctoPrint of its own on loopback, which the real adapter talks to. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { systemClock } from '../clock.ts'
import type { Cancel, Clock } from '../ports.ts'
import { AppKeys } from './appkeys.ts'
import type { WebcamSettings } from './frames.ts'
import type { Machine, Said, Wish } from './job.ts'
import { SimulatedPrinter } from './printer.ts'
import { CURRENT_EVERY_MS, PushSocket, type PushOptions } from './push.ts'
import { answer, type Site } from './rest.ts'
import { SCRIPTS, type Script, type ScriptName } from './scripts.ts'
import { Users } from './users.ts'
import { Webcam, type WebcamControl } from './webcam.ts'

export interface SimulatorOptions {
  clock?: Clock
  /** Port of the first printer, the others follow; 0 or absent = any free ones. */
  port?: number
  script?: ScriptName | Script
  /** How many; each is a server of its own. */
  printers?: number
  /** Simulated seconds per second; frames keep their real pace. */
  speed?: number
  /** `current` frames per second and socket whatever the client's throttle; absent = OctoPrint's own rule (2 / throttle). */
  fps?: number
  /** Adds `sentAt` (epoch ms) to the payload of every event. */
  stamp?: boolean
  /** permessage-deflate as the real server has it; default true. */
  deflate?: boolean
  webcam?: Partial<WebcamControl> & Partial<WebcamSettings>
  /** ms until a requested application key is granted by itself; null = control.decideKeys() decides. Default 1500. */
  grantKeysAfterMs?: number | null
  names?: readonly string[]
}

/** What tests, the demo and "try it" may do to one printer behind the server's back. */
export interface PrinterControl {
  /** @returns false when the printer's state does not allow it */
  wish(what: Wish): boolean
  /** Sends any event, plugin message or log line. */
  say(said: Said): void
  state(): Machine
  webcam: WebcamControl
  webcamSettings: WebcamSettings
  /** G-code lines the printer was sent. */
  gcode: readonly string[]
  decideKeys(decision: boolean): void
  /** Ends every push connection without a close frame, as a crash does. */
  dropSockets(): void
  expireLogins(reason: 'logout' | 'stale' | 'removed' | 'modified'): void
  /** Open push connections. */
  sockets(): number
}

export interface RunningPrinter {
  name: string
  url: string
  apiKey: string
  /** A key that may only look. */
  viewerKey: string
  control: PrinterControl
  stop(): Promise<void>
}

/** The first printer's address and control, and all of them. */
export interface Simulator extends RunningPrinter {
  printers: readonly RunningPrinter[]
}

/**
 * Starts the simulated servers on 127.0.0.1.
 * @throws Error when a port cannot be had ("EADDRINUSE" in its code)
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const count = Math.max(1, options.printers ?? 1)
  const printers: RunningPrinter[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(printers.map((printer) => printer.stop()))
  }
  try {
    for (let index = 0; index < count; index++) printers.push(await startOne(options, index))
  } catch (error) {
    await stop()
    throw error
  }
  const [first] = printers
  if (!first) throw new Error('no simulated printer was started')
  return { ...first, printers, stop }
}

const NAMES = ['Demo printer', 'Left printer', 'Right printer', 'Tall printer', 'Small printer']

async function startOne(options: SimulatorOptions, index: number): Promise<RunningPrinter> {
  const clock = options.clock ?? systemClock()
  const script = typeof options.script === 'object' ? options.script : SCRIPTS[options.script ?? 'demo']
  const name = options.names?.[index] ?? NAMES[index] ?? `Printer ${index + 1}`
  const { flipH = false, flipV = false, rotate90 = false, delayMs = 0, mode = 'picture', width = 640, height = 360 } = options.webcam ?? {}
  const printer = new SimulatedPrinter(name, script, clock, options.speed ?? 1)
  const users = new Users()
  const site: Site = {
    printer, users, gcode: [], webcamSettings: { flipH, flipV, rotate90 },
    appKeys: new AppKeys(users, clock, options.grantKeysAfterMs === undefined ? 1500 : options.grantKeysAfterMs),
    // Fifty printers shall not all be orange: the golden angle keeps neighbours apart.
    webcam: new Webcam(printer, { delayMs, mode, width, height }, (20 + index * 137.5) % 360),
  }
  printer.listen((said) => {
    if ('plugin' in said) site.webcam.judged(said.plugin)
  })
  let url = ''
  const http = createServer((request, response) => void answer(site, request, response, url))
  const push = servePush(http, site, { fps: options.fps ?? null, stamp: options.stamp ?? false }, options.deflate ?? true, () => url)
  http.listen(options.port ? options.port + index : 0, '127.0.0.1')
  await once(http, 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  let stopped: Promise<void> | null = null
  const end = async (): Promise<void> => {
    printer.stop()
    site.webcam.stop()
    push.stop()
    const closed = once(http, 'close')
    http.close()
    http.closeAllConnections()
    await closed
  }
  const control: PrinterControl = {
    wish: (what) => printer.wish(what),
    say: (said) => printer.say(said),
    state: () => printer.state,
    webcam: site.webcam.control,
    webcamSettings: site.webcamSettings,
    gcode: site.gcode,
    decideKeys: (decision) => site.appKeys.decide(decision),
    dropSockets: () => push.drop(),
    expireLogins: (reason) => push.expire(reason),
    sockets: () => push.count(),
  }
  return { name, url, apiKey: users.apiKey, viewerKey: users.viewerKey, control, stop: () => (stopped ??= end()) }
}

function servePush(http: Server, site: Site, options: PushOptions, deflate: boolean, base: () => string) {
  // OctoPrint compresses every message at level 1 (seen).
  const perMessageDeflate = deflate ? { threshold: 0, zlibDeflateOptions: { level: 1 } } : false
  const sockets = new Map<PushSocket, () => void>()
  const server = new WebSocketServer({ noServer: true, perMessageDeflate })
  let pump: Cancel | null = null
  const every = options.fps === null ? CURRENT_EVERY_MS : 1000 / options.fps
  let next = 0
  const tick = (): void => {
    pump = null
    for (const push of sockets.keys()) push.tick()
    arm()
  }
  /** Aims at a fixed grid, so that late timers don't lower the rate. */
  const arm = (): void => {
    if (pump || sockets.size === 0) return
    const now = site.printer.clock.monotonic()
    next = Math.max(now, next + every)
    pump = site.printer.clock.after(next - now, tick)
  }
  http.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', base())
    const { origin } = request.headers
    const refusal = pathname !== '/sockjs/websocket' ? '404 Not Found' : origin !== undefined && origin !== base() ? '403 Forbidden' : null
    if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    server.handleUpgrade(request, socket, head, (ws) => {
      const push = new PushSocket(ws, site.printer, site.users, options)
      const silence = site.printer.listen((said) => push.said(said))
      sockets.set(push, silence)
      ws.on('close', () => {
        silence()
        sockets.delete(push)
      })
      ws.on('error', () => ws.terminate())
      next = site.printer.clock.monotonic()
      arm()
    })
  })
  const drop = (): void => {
    for (const push of sockets.keys()) push.socket.terminate()
  }
  return {
    drop,
    expire: (reason: 'logout' | 'stale' | 'removed' | 'modified') => sockets.forEach((_, push) => push.expire(reason)),
    count: () => sockets.size,
    stop: () => {
      pump?.()
      pump = null
      for (const silence of sockets.values()) silence()
      drop()
      server.close()
    },
  }
}
