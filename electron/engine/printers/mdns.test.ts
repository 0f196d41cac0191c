import { EventEmitter, getEventListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { TestClock } from '../../../test/support/clock.ts'
import { systemNet } from '../system-net.ts'
import { addressOfLocal, lookupWith } from './mdns.ts'
import { agentFor, request } from './net.ts'

const failing = (code: string): LookupFunction => (hostname, _options, callback) => callback(Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code }), '', 0)

/** A lookup on a computer whose resolver always fails, and what it asked by mDNS. */
function without(code: string, known: Record<string, string>) {
  const asked: string[] = []
  const lookup = lookupWith({
    system: failing(code),
    mdns: (name) => {
      asked.push(name)
      return Promise.resolve(known[name] ?? null)
    },
  })
  return { lookup, asked }
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(): Promise<{ server: Server; port: number; hosts: (string | undefined)[] }> {
  const hosts: (string | undefined)[] = []
  const server = createServer((incoming, response) => {
    hosts.push(incoming.headers.host)
    response.end('here')
  })
  server.on('upgrade', (incoming) => hosts.push(incoming.headers.host))
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, port: (server.address() as AddressInfo).port, hosts }
}

function get(url: string, lookup: LookupFunction) {
  return request(systemNet(), new TestClock(), { method: 'GET', url, maxBytes: 100, deadlineMs: 5_000, pin: null, agent: agentFor(url, null, false, lookup) })
}

describe('a .local name the system does not know', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN'])('is reached by mDNS under its own name after %s', async (code) => {
    const { port, hosts } = await listen()
    const { lookup, asked } = without(code, { 'printer-test.local': '127.0.0.1' })
    const answer = await get(`http://printer-test.local:${port}/`, lookup)
    expect(Buffer.from(answer.body).toString()).toBe('here')
    expect(hosts).toEqual([`printer-test.local:${port}`])
    expect(asked).toEqual(['printer-test.local'])
  })

  it('is reached by a websocket as well', async () => {
    const { server, port, hosts } = await listen()
    const sockets = new WebSocketServer({ server })
    const { lookup } = without('ENOTFOUND', { 'printer-test.local': '127.0.0.1' })
    const socket = new WebSocket(`ws://printer-test.local:${port}/`, { agent: agentFor(`http://printer-test.local:${port}`, null, false, lookup) })
    await new Promise((done, fail) => socket.once('open', done).once('error', fail))
    socket.terminate()
    sockets.close()
    expect(hosts).toEqual([`printer-test.local:${port}`])
  })

  it('is a name that was not found when nobody knows it', async () => {
    const { lookup, asked } = without('ENOTFOUND', {})
    await expect(get('http://nobody.local:5000/', lookup)).rejects.toMatchObject({ cause_: 'name_not_found', code: 'ENOTFOUND' })
    expect(asked).toEqual(['nobody.local'])
  })

  it('is answered in both shapes a caller may want', async () => {
    const { lookup } = without('ENOTFOUND', { 'printer-test.local': '192.168.1.20' })
    const answers = await Promise.all([{ all: true }, { all: false }].map((options) => new Promise((done) => lookup('printer-test.local', options, (...told) => done(told)))))
    expect(answers).toEqual([[null, [{ address: '192.168.1.20', family: 4 }]], [null, '192.168.1.20', 4]])
  })
})

describe('mDNS is not asked', () => {
  it.each(['printer.example', 'local', 'octopi.local.example', 'notlocal'])('for %s', async (name) => {
    const { lookup, asked } = without('ENOTFOUND', { [name]: '127.0.0.1' })
    await expect(get(`http://${name}:5000/`, lookup)).rejects.toMatchObject({ cause_: 'name_not_found' })
    expect(asked).toEqual([])
  })

  it('when the system knows the name', async () => {
    const { port } = await listen()
    const asked: string[] = []
    const lookup = lookupWith({
      system: (_name, options, callback) => (options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)),
      mdns: (name) => Promise.resolve(String(asked.push(name))),
    })
    expect((await get(`http://printer-test.local:${port}/`, lookup)).status).toBe(200)
    expect(asked).toEqual([])
  })
})

/** A socket that hears what the test says. */
class FakeSocket extends EventEmitter {
  queries: string[] = []
  destroyed = 0
  query(name: string, type: string): void {
    this.queries.push(`${name} ${type}`)
  }
  destroy(): void {
    this.destroyed++
  }
}

describe('the question by mDNS', () => {
  function ask() {
    const socket = new FakeSocket()
    const clock = new TestClock()
    const stop = new AbortController()
    const found = addressOfLocal('Octopi.local', 3_000, stop.signal, clock, () => socket)
    const left = () => ({ listeners: getEventListeners(stop.signal, 'abort').length, timers: clock.pending, destroyed: socket.destroyed })
    return { socket, clock, stop, found, left }
  }
  const nothing = { listeners: 0, timers: 0, destroyed: 1 }

  it('takes the address of that name only, rather not a link-local one, and leaves nothing behind', async () => {
    const { socket, found, left } = ask()
    expect(left().listeners).toBe(1)
    socket.emit('response', 'junk')
    socket.emit('response', { answers: [7, { type: 'A', name: 'other.local', data: '10.0.0.1' }, { type: 'AAAA', name: 'octopi.local', data: 'fe80::1' }] })
    socket.emit('response', { answers: [{ type: 'A', name: 'octopi.local', data: '169.254.3.4' }], additionals: [{ type: 'A', name: 'OCTOPI.local.', data: '192.168.1.20' }] })
    expect(await found).toBe('192.168.1.20')
    expect(left()).toEqual(nothing)
  })

  it('is asked three times and given up after 3 s', async () => {
    const { socket, clock, found, left } = ask()
    await clock.advance(2_999)
    expect(left().destroyed).toBe(0)
    await clock.advance(1)
    expect(await found).toBeNull()
    expect(socket.queries).toEqual(['octopi.local A', 'octopi.local A', 'octopi.local A'])
    expect(left()).toEqual(nothing)
  })

  it('ends when it is stopped', async () => {
    const { stop, found, left } = ask()
    stop.abort()
    expect(await found).toBeNull()
    expect(left()).toEqual(nothing)
  })

  it('finds nothing where there is no multicast', async () => {
    const { socket, found, left } = ask()
    socket.emit('warning', new Error('addMembership ENODEV'))
    socket.emit('error', new Error('bind EADDRINUSE'))
    expect(await found).toBeNull()
    expect(left()).toEqual(nothing)
    expect(await addressOfLocal('octopi.local', 3_000, undefined, new TestClock(), () => { throw new Error('no sockets') })).toBeNull()
  })
})
