/** What a start of the desktop app is timed by, all seen from outside: the panel's word of a tray icon, and a server's answer. Linux only. */
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { createClient } from 'dbus-native'
import WebSocket from 'ws'
import type { BenchPrinter } from './engine.ts'

const WATCHER = 'org.kde.StatusNotifierWatcher'
const REGISTERED = 'StatusNotifierItemRegistered'
const SIGNAL = 4
/** How an OctoPrint's answer to a login on its push channel begins. */
const ANSWER = '{"history":'

export interface TrayWatch {
  /** Resolves with the moment (performance.now) of the next icon that the panel took. */
  next(): Promise<number>
  close(): Promise<void>
}

/** Listens to the panel's watcher on this session bus. */
export async function watchTray(busAddress: string): Promise<TrayWatch> {
  const bus = createClient({ busAddress })
  await bus.getId()
  await bus.watch(`type='signal',interface='${WATCHER}',member='${REGISTERED}'`)
  let waiting: ((at: number) => void) | null = null
  bus.connection.on('message', (message) => {
    if (message.type === SIGNAL && message.interface === WATCHER && message.member === REGISTERED) waiting?.(performance.now())
  })
  return {
    next: () => new Promise((done) => (waiting = done)),
    close: () => bus.close(),
  }
}

export interface TimedPrinter extends BenchPrinter {
  /** Resolves with the moment (performance.now) at which the server's answer to the next login passed. */
  nextAnswer(): Promise<number>
  stop(): Promise<void>
}

/** Stands before a simulated OctoPrint and passes everything on, so that it is seen when a login is answered. The server must not compress. */
export async function timed(printer: BenchPrinter): Promise<TimedPrinter> {
  const { hostname, port } = new URL(printer.url)
  let answered: ((at: number) => void) | null = null
  const sockets = new Set<Socket>()
  const relay = createServer({ noDelay: true }, (near) => {
    const far = createConnection({ host: hostname, port: Number(port), noDelay: true })
    far.on('data', (bytes) => {
      if (bytes.includes(ANSWER)) answered?.(performance.now())
      near.write(bytes)
    })
    near.on('data', (bytes) => far.write(bytes))
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      // It is gone with the app that is ended; `close` follows.
      one.on('error', () => undefined)
    }
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    apiKey: printer.apiKey,
    nextAnswer: () => new Promise((done) => (answered = done)),
    async stop() {
      for (const socket of sockets) socket.destroy()
      relay.close()
      await once(relay, 'close')
    },
  }
}

/** The server's own time: the same questions as the app's, asked by the least that can ask them. @returns ms from the first question to the answer to the login */
export async function answerTime(printer: TimedPrinter): Promise<number> {
  const headers = { 'X-Api-Key': printer.apiKey ?? '', 'Content-Type': 'application/json' }
  const began = performance.now()
  const answered = printer.nextAnswer()
  await (await fetch(`${printer.url}/api/currentuser`, { headers })).json()
  const socket = new WebSocket(`${printer.url.replace('http', 'ws')}/sockjs/websocket`, { perMessageDeflate: false })
  await once(socket, 'message')
  const { name, session } = (await (await fetch(`${printer.url}/api/login`, { method: 'POST', headers, body: '{"passive":true}' })).json()) as { name: string; session: string }
  socket.send(JSON.stringify({ subscribe: { state: { logs: false, messages: false }, events: false, plugins: false } }))
  socket.send(JSON.stringify({ auth: `${name}:${session}` }))
  const took = (await answered) - began
  socket.terminate()
  return took
}
