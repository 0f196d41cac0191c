import { generate } from 'selfsigned'
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { Refusal } from '../support/fake-moonraker.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/moonraker-rig.ts'

closeAfterEach()

/** The methods that were called, in order. */
const methods = (fake: Awaited<ReturnType<typeof fakeWith>>): string[] => fake.calls.map(({ method }) => method)

describe('the way in', () => {
  it('identifies itself once, looks at Klippy, subscribes, and only then is up', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(methods(fake).slice(0, 7)).toEqual([
      'server.connection.identify', 'server.info', 'server.info', 'printer.objects.list', 'printer.objects.subscribe', 'server.history.list', 'server.gcode_store',
    ])
    expect(fake.calls[0]?.params).toMatchObject({ client_name: 'Printbell', type: 'desktop' })
    expect(fake.called('server.connection.identify')).toBe(1)
    expect(fake.headers.every((one) => one.origin === undefined)).toBe(true)
    expect(sink.links.map((one) => one.link)).toEqual(['connecting', 'up'])
  })

  it.each([
    ['self-signed TLS with its fingerprint pinned', async () => {
      const made = await generate([{ name: 'commonName', value: 'voron' }], { keySize: 2048, algorithm: 'sha256' })
      const { X509Certificate } = await import('node:crypto')
      return [{ tls: { key: made.private, cert: made.cert } }, { pin: new X509Certificate(made.cert).fingerprint256 }] as const
    }],
    ['a path prefix', () => Promise.resolve([{ prefix: '/voron' }, {}] as const)],
    ['HTTP basic auth of a proxy', () => Promise.resolve([{ basic: { user: 'me', password: 'pw' } }, { basicUser: 'me', secrets: { basicPassword: 'pw' } }] as const)],
    ['IPv6', () => Promise.resolve([{ host: '::1' }, {}] as const)],
  ])('works over %s', async (_what, make) => {
    const [options, settings] = await make()
    const fake = await fakeWith(options)
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), settings)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.sockets.size).toBe(1)
    expect(count(sink.order, 'link up')).toBeGreaterThanOrEqual(1)
  })
})

describe('a Klippy that is not ready', () => {
  it('is asked every 2 s, because nothing is pushed for an error, and is subscribed to when it is ready', async () => {
    const fake = await fakeWith()
    fake.setKlippy('error', 'Option \'pin\' in section \'fan\' must be specified')
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.called('printer.info')).toBe(1)
    expect(fake.called('printer.objects.subscribe')).toBe(0)
    const from = clock.now()
    await untilOn(clock, 'asked again', () => fake.called('printer.info') === 4)
    expect(clock.now() - from).toBeGreaterThan(5_500)
    expect(clock.now() - from).toBeLessThan(7_000)
    // Repaired, without the notification.
    fake.klippy = { state: 'ready', message: 'Printer is ready' }
    await untilOn(clock, 'subscribed', () => fake.called('printer.objects.subscribe') === 1, 3_000)
  })

  it('that was never there has no methods of its own: the link is up all the same', async () => {
    const fake = await fakeWith()
    fake.setKlippy('disconnected')
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.observations.find((one) => one.kind === 'state')).toMatchObject({ full: true, state: { device: 'starting' } })
    await untilOn(clock, 'off', () => sink.observations.some((one) => one.kind === 'state' && one.state.device === 'off'), 10_000)
    expect(sink.links.some((one) => one.link === 'down')).toBe(false)
  })

  it('that comes back is subscribed to again, because its loss has cleared all subscriptions', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.setKlippy('disconnected')
    await untilOn(clock, 'looked at', () => fake.called('printer.info') >= 1)
    fake.setKlippy('startup', 'Printer is not ready')
    await clock.advance(2_500)
    fake.setKlippy('ready')
    await untilOn(clock, 'subscribed again', () => fake.called('printer.objects.subscribe') === 2, 3_000)
    expect(fake.called('server.connection.identify')).toBe(1)
    expect(sink.links.some((one) => one.link === 'down')).toBe(false)
  })

  it('that gets ready while it is being looked at is subscribed to at once', async () => {
    const fake = await fakeWith()
    fake.setKlippy('startup', 'Printer is not ready')
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    let answer: (info: unknown) => void = () => undefined
    fake.methods.set('printer.info', () => new Promise((resolve) => (answer = resolve)))
    const asked = fake.called('printer.info')
    await untilOn(clock, 'being looked at', () => fake.called('printer.info') > asked, 5_000)
    fake.setKlippy('ready')
    await clock.advance(50)
    answer({ state: 'startup', state_message: 'Printer is not ready' })
    const from = clock.now()
    await untilOn(clock, 'subscribed', () => fake.called('printer.objects.subscribe') === 1, 3_000)
    expect(clock.now() - from).toBeLessThan(1_000)
  })

  it('that is lost between the question and the subscription is asked anew', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    let refused = 0
    fake.methods.set('printer.objects.subscribe', () => {
      refused++
      fake.methods.delete('printer.objects.subscribe')
      throw new Refusal(503, 'Klippy Disconnected')
    })
    fake.notify('notify_klippy_ready')
    await untilOn(clock, 'subscribed at last', () => refused === 1 && fake.called('printer.objects.subscribe') === 3, 5_000)
    expect(sink.links.some((one) => one.link === 'down')).toBe(false)
  })
})

describe('a Moonraker that goes', () => {
  it('says so with 1001, is asked again within 2 s, and is subscribed to again', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.stop()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'booting', detail: expect.stringContaining('is being stopped or restarted') as string })
    const from = clock.now()
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up')
    expect(clock.now() - from).toBeLessThan(2_500)
    expect(fake.called('printer.objects.subscribe')).toBe(2)
  })

  it('is gone for ten minutes: the tries get rarer, one a minute at most, and recheck tries at once', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.wire = 'close'
    fake.drop()
    const [from, accepted] = [clock.now(), fake.accepted]
    await untilOn(clock, 'ten minutes', () => clock.now() - from > 600_000, 700_000, 500)
    expect(fake.accepted - accepted).toBeGreaterThan(10)
    expect(fake.accepted - accepted).toBeLessThan(25)
    expect(count(sink.order, 'link down')).toBe(1)
    const before = fake.accepted
    connection.recheck()
    await untilOn(clock, 'a try', () => fake.accepted > before, 2_000)
  })

  it('is dead without closing: noticed within half a minute', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (const socket of fake.sockets) socket.pause()
    const from = clock.now()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(clock.now() - from).toBeLessThanOrEqual(30_000)
    expect(sink.links.at(-1)?.cause).toBe('timeout')
  })

  it('is found dead within 6 s after sleep', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (const socket of fake.sockets) socket.pause()
    const from = clock.now()
    connection.recheck()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(clock.now() - from).toBeLessThanOrEqual(6_000)
  })

  it('is quiet: the engine hears at least every 5 s that it is there', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const from = clock.now()
    await untilOn(clock, 'a minute', () => clock.now() - from > 60_000)
    const times = [from, ...sink.links.filter((one) => one.at > from).map((one) => one.at), clock.now()]
    expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(5_500)
  })
})

const STEPS = ['server.connection.identify', 'server.info', 'printer.objects.list', 'printer.objects.subscribe', 'server.history.list', 'server.gcode_store'] as const

describe('a server that misbehaves', () => {
  it.each(STEPS)('cuts the connection at %s: down, and back with it', async (method) => {
    const fake = await fakeWith()
    fake.methods.set(method, 'close')
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)?.cause).toBe('reset')
    fake.methods.delete(method)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
  })

  it.each(STEPS)('never answers %s: given up in time, and tried again', async (method) => {
    const fake = await fakeWith()
    fake.methods.set(method, 'silent')
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    const from = clock.now()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down', 60_000, 200)
    expect(sink.links.at(-1)?.cause).toBe('timeout')
    expect(clock.now() - from).toBeLessThan(25_000)
    fake.methods.delete(method)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
  })

  it.each(STEPS.filter((method) => method !== 'server.connection.identify'))('answers %s with junk: never up', async (method) => {
    const fake = await fakeWith()
    fake.methods.set(method, () => ['<html>', { result: { klippy_state: 7 } }, null])
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'not_this_server', detail: expect.stringContaining(method) as string })
    expect(sink.observations).toEqual([])
  })

  it.each([
    ['no history', 'server.history.list'],
    ['no console', 'server.gcode_store'],
    ['no webcams', 'server.webcams.list'],
  ])('has %s, as some vendors leave it out: up all the same', async (_what, method) => {
    const fake = await fakeWith()
    fake.methods.set(method, () => {
      throw new Refusal(404, 'Method not found')
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
  })

  it.each<[string, number, string, string, string]>([
    ['a proxy that adds an Origin', 403, 'refused', 'permission_missing', 'write that Origin into cors_domains'],
    ['a proxy that asks for a login', 401, 'refused', 'proxy_auth', 'Fill in the two proxy fields'],
    ['a web server without its Moonraker', 502, 'down', 'booting', 'Moonraker behind it does not'],
    ['a proxy that passes no upgrade on', 400, 'down', 'server_error', 'must pass upgrades of /websocket on'],
  ])('is behind %s', async (_what, status, link, cause, said) => {
    const fake = await fakeWith()
    fake.websocket = status
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, link, () => sink.lastLink() === link)
    expect(sink.links.at(-1)).toMatchObject({ cause, detail: expect.stringContaining(said) as string })
    fake.websocket = 'ok'
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up', 90_000, 500)
  })

  it.each([
    ['HTML with status 200', (response: ServerResponse) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>Welcome to nginx</title></html>'), 'Welcome to nginx'],
    ['junk JSON', (response: ServerResponse) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"result":17'), 'not in Moonraker\'s way'],
  ])('answers everything with %s: refused, never up', async (_what, answer, said) => {
    const fake = await fakeWith()
    fake.websocket = 200
    fake.routes.set('*', (_request, response) => answer(response))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'not_this_server', detail: expect.stringContaining(said) as string })
    expect(sink.observations).toEqual([])
  })

  it('never says a word: given up, and no socket piles up', async () => {
    const fake = await fakeWith()
    fake.wire = 'silent'
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down', 20_000)
    expect(sink.links.at(-1)?.cause).toBe('timeout')
    await untilOn(clock, 'some tries', () => fake.accepted >= 4, 120_000, 200)
    expect(fake.connections).toBeLessThanOrEqual(2)
  })

  it('speaks another protocol on that port', async () => {
    const fake = await fakeWith()
    fake.wire = 'ssh'
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)?.cause).toBe('not_http')
  })

  it('sends a frame of 20 MB: the socket is dropped by its name, the process is not, and the link comes back', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.notify('notify_gcode_response', 'x'.repeat(20_000_000))
    await untilOn(clock, 'link down', () => sink.links.some((one) => one.link === 'down'))
    expect(sink.links.find((one) => one.link === 'down')?.cause).toBe('too_large')
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up')
  })

  it('floods while the connection begins: ended by its name', async () => {
    const fake = await fakeWith()
    fake.methods.set('server.history.list', (_params, socket) => {
      for (let n = 0; n < 3_000; n++) socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'notify_gcode_response', params: [`line ${n}`] }))
      return { count: 0, jobs: [] }
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'server_error', detail: expect.stringContaining('sends faster than it can be read') as string })
  })

  it('sends junk: counted, and it goes on', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (const socket of fake.sockets) for (const text of ['not json {', '[]', 'null', '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":"x","result":1}', '{"jsonrpc":"2.0","id":999,"result":1}']) socket.send(text)
    await untilOn(clock, 'the junk', () => sink.junked.length === 5)
    expect([...new Set(sink.junked)].sort()).toEqual(['frame that is no JSON', 'frame that is no JSON-RPC'])
    expect(sink.lastLink()).toBe('up')
  })

  it('gives an error without code and words to a call: it counts as a refusal', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    fake.methods.set('server.webcams.list', (_params, socket) => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', error: 17, id: fake.calls.length }))
      return new Promise(() => undefined)
    })
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    await clock.advance(12_000)
    expect(sink.lastLink()).toBe('up')
  })
})

describe('a pinned certificate', () => {
  it('that changed is refused before anything is sent', async () => {
    const made = await generate([{ name: 'commonName', value: 'voron' }], { keySize: 2048, algorithm: 'sha256' })
    const fake = await fakeWith({ tls: { key: made.private, cert: made.cert } })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { pin: 'AB'.repeat(32) })
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)?.cause).toBe('tls_pin_mismatch')
    expect(fake.headers).toEqual([])
  })
})
