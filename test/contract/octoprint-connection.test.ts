import { generate } from 'selfsigned'
import { describe, expect, it } from 'vitest'
import { firstTime, recordingSink, rememberingSink, untilOn } from '../support/adapter-kit.ts'
import { FAKE_KEY } from '../support/fake-octoprint.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/octoprint-rig.ts'

closeAfterEach()

describe('the push connection', () => {
  it('subscribes before it authenticates, one command in each message, and asks for no more than is wanted', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime({ natives: new Set(['MovieDone']) }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    // After these comes a slower throttle as soon as a frame says that nothing runs, before or after the link is up.
    expect(fake.messages.slice(0, 3).map((one) => Object.keys(one))).toEqual([['subscribe'], ['throttle'], ['auth']])
    const subscribed = fake.messages[0]?.['subscribe'] as { state: unknown; events: string[]; plugins: string[] }
    expect(subscribed.state).toEqual({ logs: 'paused for user|^Recv: //\\s*action:', messages: false })
    expect(subscribed.events).toContain('PrintDone')
    expect(subscribed.events).toContain('MovieDone')
    expect(subscribed.events).not.toContain('ZChange')
    expect(subscribed.plugins).toEqual(['action_command_prompt', 'action_command_notification', 'failure_detector'])
    expect(fake.messages[1]).toEqual({ throttle: 4 })
    expect(fake.headers.every((one) => one.origin === undefined)).toBe(true)
  })

  it('asks for its login while the socket opens, and uses that one', async () => {
    const fake = await fakeWith()
    fake.websocket = 'mute'
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'login', () => count(fake.requests, 'POST /api/login') === 1 && fake.sockets.size === 1)
    expect(fake.messages).toEqual([])
    for (const socket of fake.sockets) socket.send(JSON.stringify({ connected: { version: fake.version, config_hash: 'c', plugin_hash: 'p' } }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.messages.filter((one) => 'auth' in one)).toEqual([{ auth: 'tester:session1' }])
    expect(count(fake.requests, 'POST /api/login')).toBe(1)
  })

  it('subscribes to every event for the selector native:*, and again when the wishes change', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    connection.want({ types: new Set(), natives: new Set(['*']), layers: false, messages: false })
    await untilOn(clock, 'second subscribe', () => fake.messages.filter((one) => 'subscribe' in one).length === 2)
    expect((fake.messages.filter((one) => 'subscribe' in one).at(-1)?.['subscribe'] as { events: unknown }).events).toBe(true)
  })

  it('keeps session and key out of logs and observations', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, ports } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.push({ reauthRequired: { reason: 'modified' } })
    await untilOn(clock, 'second login', () => count(fake.requests, 'POST /api/login') === 2)
    const everything = JSON.stringify([ports.log.lines, sink.links, sink.observations])
    expect(everything).not.toContain(FAKE_KEY)
    expect(everything).not.toContain('session1')
  })

  it('collapses a burst of reauthRequired into one login and one look by REST', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (let i = 0; i < 30; i++) fake.push({ reauthRequired: { reason: 'modified' } })
    await untilOn(clock, 'read by REST', () => count(sink.order, 'full state') === 2)
    await clock.advance(5_000)
    expect(count(fake.requests, 'GET /api/job')).toBe(1)
    expect(count(fake.requests, 'POST /api/login')).toBe(2)
    expect(count(sink.order, 'full state')).toBe(2)
    expect(sink.links.every((one) => one.link === 'connecting' || one.link === 'up')).toBe(true)
  })

  it('logs in again on the same socket when the session is lost, and events go on', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.forgetSessions()
    fake.push({ reauthRequired: { reason: 'stale' } })
    await untilOn(clock, 'second auth', () => fake.messages.filter((one) => 'auth' in one).length === 2)
    await untilOn(clock, 'read by REST', () => count(sink.order, 'full state') === 2)
    expect(fake.sockets.size).toBe(1)
    fake.push({ event: { type: 'PrintStarted', payload: { name: 'a.gcode', path: 'a.gcode', origin: 'local', size: 3 } } })
    await untilOn(clock, 'the event', () => sink.signalTypes().includes('job_started'))
  })

  it('gives up on a server that keeps asking for logins, and connects anew', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (let round = 2; round <= 6 && sink.lastLink() === 'up'; round++) {
      fake.push({ reauthRequired: { reason: 'stale' } })
      await untilOn(clock, `round ${round}`, () => sink.lastLink() !== 'up' || count(fake.requests, 'POST /api/login') === round)
    }
    await untilOn(clock, 'link down', () => sink.links.some((one) => one.link === 'down'))
    expect(count(fake.requests, 'POST /api/login')).toBeLessThanOrEqual(6)
  })

  it('becomes auth_failed when the key was revoked and a new login is wanted, and asks only once a minute', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.keys.clear()
    fake.push({ reauthRequired: { reason: 'stale' } })
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    const asked = count(fake.requests, 'GET /api/currentuser')
    await clock.advance(30_000)
    expect(count(fake.requests, 'GET /api/currentuser')).toBe(asked)
    fake.keys.add(FAKE_KEY)
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up')
  })

  it('finds within some minutes that the key was revoked, though the open socket goes on', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.keys.clear()
    const from = clock.now()
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed', 700_000, 500)
    expect(clock.now() - from).toBeLessThan(11 * 60_000)
  })

  it('says that it still sees a quiet server at least every 5 s, by pings', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const from = clock.now()
    await untilOn(clock, 'a minute', () => clock.now() - from > 60_000)
    const times = [from, ...sink.links.filter((one) => one.at > from).map((one) => one.at), clock.now()]
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5_500)
  })

  it('notices a peer that is dead without closing, and comes back', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (const socket of fake.sockets) socket.pause()
    const from = clock.now()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(clock.now() - from).toBeLessThanOrEqual(30_000)
    expect(sink.links.at(-1)?.cause).toBe('timeout')
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up')
  })

  it('looks at once after sleep: a dead peer is found within 6 s', async () => {
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

  it('re-reads the cameras when the settings change', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'settings read', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras !== undefined))
    fake.webcam = { webcamEnabled: true, webcams: [{ name: 'top', displayName: 'Top', canSnapshot: true }] }
    fake.push({ event: { type: 'SettingsUpdated', payload: { config_hash: 'cccc' } } })
    await untilOn(clock, 'the new camera', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras?.[0]?.name === 'Top'))
  })

  it('counts junk and goes on', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (const socket of fake.sockets) socket.send('not json {')
    fake.push({ current: 'no object' })
    fake.push({ event: { type: 'PrintDone', payload: { name: 'a.gcode', path: 'a.gcode', origin: 'local', time: 3 } } })
    await untilOn(clock, 'the event', () => sink.signalTypes().includes('job_done'))
    expect(sink.junked.length).toBe(2)
  })

  it.each([
    ['self-signed TLS with its fingerprint pinned', async () => {
      const made = await generate([{ name: 'commonName', value: 'octopi' }], { keySize: 2048, algorithm: 'sha256' })
      const { X509Certificate } = await import('node:crypto')
      return [{ tls: { key: made.private, cert: made.cert } }, { pin: new X509Certificate(made.cert).fingerprint256 }] as const
    }],
    ['a path prefix', () => Promise.resolve([{ prefix: '/octoprint' }, {}] as const)],
    ['HTTP basic auth of a proxy', () => Promise.resolve([{ basic: { user: 'me', password: 'pw' } }, { basicUser: 'me', secrets: { basicPassword: 'pw' } }] as const)],
    ['IPv6', () => Promise.resolve([{ host: '::1' }, {}] as const)],
  ])('works over %s', async (_what, make) => {
    const [options, settings] = await make()
    const fake = await fakeWith(options)
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), settings)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.sockets.size).toBe(1)
  })

  it('is refused by a pinned certificate that changed', async () => {
    const made = await generate([{ name: 'commonName', value: 'octopi' }], { keySize: 2048, algorithm: 'sha256' })
    const fake = await fakeWith({ tls: { key: made.private, cert: made.cert } })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { pin: 'AB'.repeat(32) })
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)?.cause).toBe('tls_pin_mismatch')
    expect(fake.requests).toEqual([])
  })
})

describe('a server that misbehaves', () => {
  it('boots: the bare bytes mean down with the cause booting, and it is asked often', async () => {
    const fake = await fakeWith()
    fake.wire = 'boot'
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)?.cause).toBe('booting')
    fake.wire = null
    const from = clock.now()
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(clock.now() - from).toBeLessThan(3_000)
  })

  it.each(['GET /api/currentuser', 'POST /api/login', 'GET /api/settings', 'GET /api/version', 'GET /api/files'])('closes the connection at %s and is back with it', async (name) => {
    const fake = await fakeWith()
    fake.routes.set(name, (request) => request.socket.destroy())
    const sink = rememberingSink({ lastSeenAt: Date.now() - 60_000, job: null })
    const { clock } = connect(fake, sink, sink.options())
    await untilOn(clock, 'it was asked', () => fake.requests.includes(name))
    fake.routes.delete(name)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.order).toContain('full state')
  })

  it.each([
    ['HTML', (response: import('node:http').ServerResponse) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>Welcome</title></html>')],
    ['junk JSON', (response: import('node:http').ServerResponse) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"name":17')],
  ])('answers %s with status 200: refused, never up', async (_what, answer) => {
    const fake = await fakeWith()
    fake.routes.set('GET /api/currentuser', (_request, response) => answer(response))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)?.cause).toBe('not_this_server')
    expect(sink.observations).toEqual([])
  })

  it('shows a strange page where OctoPrint was a moment ago: down at first, refused when it stays', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.routes.set('GET /api/currentuser', (_request, response) => void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><title>Welcome to nginx</title></html>'))
    fake.drop()
    const from = clock.now()
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused', 400_000, 200)
    expect(clock.now() - from).toBeGreaterThan(45_000)
    expect(sink.links.some((one) => one.link === 'down' && one.cause === 'wrong_prefix')).toBe(true)
    fake.routes.clear()
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up', 100_000, 200)
  })

  it('drips an answer for ever: given up after the deadline', async () => {
    const fake = await fakeWith()
    fake.routes.set('GET /api/currentuser', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(timer))
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    const from = clock.now()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)?.cause).toBe('timeout')
    expect(clock.now() - from).toBeLessThan(12_000)
  })

  it('sends a frame of 20 MB: the socket is dropped, the process is not', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.push({ current: { pad: 'x'.repeat(20_000_000) } })
    await untilOn(clock, 'link down', () => sink.links.some((one) => one.link === 'down'))
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up')
  })

  it('is too old: refused, with its version', async () => {
    const fake = await fakeWith({ version: '1.7.3' })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'too_old', detail: expect.stringContaining('1.7.3') as string })
  })

  it('is version 2.0: printing and paused at the same time, no serial settings', async () => {
    const fake = await fakeWith({ version: '2.0.0rc3' })
    fake.setJob('Paused', 'a.gcode', 40)
    fake.job.flags['printing'] = true
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.observations[0]).toMatchObject({ kind: 'state', full: true, state: { job: 'paused', file: { path: 'a.gcode' } } })
  })

  it('is gone for ten minutes: the tries get rarer, one a minute at most, and recheck tries at once', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    let tries = 0
    fake.routes.set('GET /api/currentuser', (request) => {
      tries++
      request.socket.destroy()
    })
    fake.drop()
    const from = clock.now()
    await untilOn(clock, 'ten minutes', () => clock.now() - from > 600_000, 700_000, 500)
    expect(tries).toBeGreaterThan(10)
    expect(tries).toBeLessThan(25)
    expect(count(sink.order, 'link down')).toBe(1)
    const before = tries
    connection.recheck()
    await untilOn(clock, 'a try', () => tries === before + 1, 2_000)
  })
})
