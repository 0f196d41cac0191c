import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { recordingSink, until, untilOn } from '../support/adapter-kit.ts'
import type { FakePrusaLink, Route } from '../support/fake-prusalink.ts'
import { closeAfterEach, connect, fakeWith } from '../support/prusalink-rig.ts'

closeAfterEach()

/** What the adapter asks, in its order, while a job is on. */
const ENDPOINTS = ['GET /api/version', 'GET /api/v1/info', 'GET /api/v1/status', 'GET /api/v1/job'] as const

async function printingFake(): Promise<FakePrusaLink> {
  const fake = await fakeWith()
  fake.state = 'PRINTING'
  fake.job = { id: 7, file: 'a.gcode', progress: 10, remaining: 600, printing: 60 }
  return fake
}

const only = (status: number): Route => (_request, response) => void response.writeHead(status, { 'Content-Type': 'text/plain' }).end(status === 204 || status === 304 ? undefined : 'No')

/** The link that a status makes, wherever it comes. */
const LINKS: readonly (readonly [number, string, string])[] = [
  [301, 'refused', 'wrong_prefix'], [302, 'refused', 'wrong_prefix'], [400, 'down', 'server_error'], [401, 'auth_failed', 'key_invalid'], [403, 'auth_failed', 'key_invalid'],
  [408, 'down', 'server_error'], [429, 'down', 'server_error'], [500, 'down', 'server_error'], [501, 'down', 'server_error'], [502, 'down', 'server_error'],
  [503, 'down', 'booting'], [504, 'down', 'server_error'],
]

describe('every status of every endpoint', () => {
  it.each(ENDPOINTS.flatMap((endpoint) => LINKS.map(([status, link, cause]) => [endpoint, status, link, cause] as const)))('%s answered with %i: the link is %s, %s', async (endpoint, status, link, cause) => {
    const fake = await printingFake()
    fake.routes.set(endpoint, only(status))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the named cause', () => sink.links.length > 1)
    expect(sink.links.at(-1)).toMatchObject({ link, cause })
    expect(sink.observations).toEqual([])
    // It comes back by itself as soon as the answer is right.
    fake.routes.delete(endpoint)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up', 700_000, 1_000)
  })

  it.each([
    ['GET /api/version', 404, 'server_error'], ['GET /api/v1/info', 404, 'server_error'], ['GET /api/v1/status', 404, 'server_error'],
    ['GET /api/version', 204, 'not_this_server'], ['GET /api/v1/info', 204, 'not_this_server'], ['GET /api/v1/status', 204, 'not_this_server'],
  ] as const)('%s answered with %i is %s', async (endpoint, status, cause) => {
    const fake = await printingFake()
    fake.routes.set(endpoint, only(status))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the named cause', () => sink.links.length > 1)
    expect(sink.links.at(-1)?.cause).toBe(cause)
  })

  it.each([204, 404])('GET /api/v1/job answered with %i is a job whose file is not known', async (status) => {
    const fake = await printingFake()
    fake.routes.set('GET /api/v1/job', only(status))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'a started job', () => sink.signalTypes().includes('job_started'))
    expect(sink.signals()[0]).toMatchObject({ type: 'job_started', file: { name: 'Job 7' } })
  })

  it.each([404, 401, 500, 503])('GET /api/v1/cameras answered with %i costs the cameras alone', async (status) => {
    const fake = await printingFake()
    fake.routes.set('GET /api/v1/cameras', only(status))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'some polls', () => sink.observations.length > 4)
    expect(sink.lastLink()).toBe('up')
  })
})

/** Ways to answer that are no answer. */
const BAD: readonly (readonly [string, (response: ServerResponse) => void, string])[] = [
  ['a page with status 200', (response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>Login</title></html>'), 'not_this_server'],
  ['half of a JSON', (response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"printer": {"sta'), 'not_this_server'],
  ['JSON of another shape', (response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('[1, 2]'), 'not_this_server'],
  ['nothing at all', (response) => void response.writeHead(200).end(), 'not_this_server'],
  ['bytes that are no text', (response) => void response.writeHead(200).end(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3])), 'not_this_server'],
  ['50 MB', flood, 'too_large'],
  ['one byte a second', drip, 'timeout'],
  ['nothing, for ever', () => undefined, 'timeout'],
  ['a line that is cut before the answer', (response) => void response.socket?.destroy(), 'reset'],
  ['a line that is cut within the answer', (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' }).write('{"text"')
    setImmediate(() => response.socket?.destroy())
  }, 'reset'],
]

let flooded = 0
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  flooded = 0
  const more = () => {
    while (flooded < 50_000_000 && !response.destroyed) {
      flooded += 65_536
      if (!response.write(Buffer.alloc(65_536, 0x20))) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.once('close', () => clearInterval(timer))
}

describe('every bad answer of every endpoint', () => {
  it.each(ENDPOINTS.slice(0, 3).flatMap((endpoint) => BAD.map(([what, how, cause]) => [endpoint, what, cause, how] as const)))('%s answers with %s: %s, then it goes on', async (endpoint, _what, cause, how) => {
    const fake = await printingFake()
    fake.routes.set(endpoint, (_request, response) => how(response))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the named cause', () => sink.links.length > 1)
    expect(sink.links.at(-1)?.cause).toBe(cause)
    expect((sink.links.at(-1)?.detail ?? '').length).toBeLessThan(400)
    if (how === flood) expect(flooded).toBeLessThan(10_000_000)
    fake.routes.delete(endpoint)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up', 700_000, 1_000)
  })

  it.each(BAD)('in the middle of a print: %s for 6 s costs neither the link nor the job where the line is to blame', async (_what, how, cause) => {
    const fake = await printingFake()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    fake.routes.set('GET /api/v1/status', (_request, response) => how(response))
    const end = clock.monotonic() + 6_000
    await untilOn(clock, 'six seconds', () => clock.monotonic() >= end)
    fake.routes.clear()
    const before = sink.observations.length
    await untilOn(clock, 'the next state', () => sink.observations.length > before, 700_000)
    expect(sink.lastLink()).toBe('up')
    expect(sink.signalTypes()).toEqual([])
    const kept = cause === 'timeout' || cause === 'reset'
    expect(sink.links.some((one) => one.link === 'down')).toBe(!kept)
  })

  it('a job that cannot be read is a job without a name, and its state is heard all the same', async () => {
    const fake = await printingFake()
    fake.routes.set('GET /api/v1/job', (_request, response) => void response.writeHead(200).end('{"id": "seven"'))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'a started job', () => sink.signalTypes().includes('job_started'))
    expect(sink.lastLink()).toBe('up')
  })
})

describe('closing', () => {
  it.each([...ENDPOINTS, 'GET /api/v1/cameras'])('while %s is under way leaves neither timer nor socket', async (endpoint) => {
    const fake = await printingFake()
    fake.routes.set(endpoint, () => undefined)
    const { clock, stop, connection } = connect(fake, recordingSink())
    await untilOn(clock, 'the request', () => fake.requests.includes(endpoint))
    stop.abort()
    await connection.closed
    expect(clock.pending).toBe(0)
    await until('every socket to be closed', () => fake.connections === 0, 2_000)
  })

  it('between two polls, and while it waits for another try, leaves nothing either', async () => {
    const fake = await printingFake()
    const sink = recordingSink()
    const one = connect(fake, sink)
    await untilOn(one.clock, 'some polls', () => sink.observations.length > 2)
    one.stop.abort()
    await one.connection.closed
    expect(one.clock.pending).toBe(0)
    const told = sink.order.length
    fake.wire = 'close'
    const lost = recordingSink()
    const two = connect(fake, lost)
    await untilOn(two.clock, 'the loss', () => lost.lastLink() === 'down')
    two.stop.abort()
    await two.connection.closed
    expect(two.clock.pending).toBe(0)
    expect(sink.order.length).toBe(told)
  })

  it('at once when it was stopped before it began', async () => {
    const fake = await printingFake()
    const { connection, stop, clock } = connect(fake, recordingSink())
    stop.abort()
    await connection.closed
    expect(clock.pending).toBe(0)
  })
})

describe('a slow server', () => {
  it('never has two requests under way, also with pictures and commands between', async () => {
    const fake = await printingFake()
    fake.cameras = [{ id: 'c1', name: 'Front', connected: true }]
    const slow: Route = (_request, response) => void setTimeout(() => response.writeHead(204).end(), 60)
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    for (const name of ['GET /api/v1/cameras/snap', 'PUT /api/v1/job/7/pause']) fake.routes.set(name, slow)
    const signal = new AbortController().signal
    const all = [1, 2, 3].flatMap(() => [connection.snapshot('printer', null, signal).catch(() => null), connection.command('printer', { name: 'pause' }, signal)])
    await Promise.all(all)
    expect(fake.mostAtOnce).toBe(1)
  })
})
