/** A key that was good when it was used last: everything is asked at once. One that may be wrong: OctoPrint counts failed logins, so it is looked at first. */
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { ConnectOptions } from '../../electron/engine/printers/adapter.ts'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/octoprint-rig.ts'

closeAfterEach()

/** The printer was seen by an earlier run. */
const seenBefore = (): ConnectOptions => ({ ...firstTime(), remembered: { lastSeenAt: () => 1_000, activeJob: () => null } })
const USER = { name: 'tester', permissions: ['ADMIN', 'STATUS'], groups: ['admins'] }
const json = (response: ServerResponse, status: number, body: unknown): void => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))

describe('a printer that an earlier run has seen', () => {
  it('is asked for login and socket while it is still asked whose key it is, and is not up before that is known', async () => {
    const fake = await fakeWith()
    let answer = (): void => undefined
    fake.routes.set('GET /api/currentuser', (_request, response) => {
      answer = () => json(response, 200, USER)
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seenBefore())
    await untilOn(clock, 'login and socket', () => count(fake.requests, 'POST /api/login') === 1 && fake.sockets.size === 1, 5_000, 1)
    expect(fake.messages).toEqual([])
    expect([sink.lastLink(), sink.observations]).toEqual(['connecting', []])
    answer()
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(count(fake.requests, 'POST /api/login')).toBe(1)
    expect(fake.messages.slice(0, 3).map((one) => Object.keys(one))).toEqual([['subscribe'], ['throttle'], ['auth']])
  })

  it('with a key that was revoked meanwhile is auth_failed, its socket is closed, and no second login is tried', async () => {
    const fake = await fakeWith()
    fake.keys.clear()
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seenBefore())
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    await untilOn(clock, 'three more tries', () => count(fake.requests, 'GET /api/currentuser') >= 4, 600_000, 1_000)
    expect(count(fake.requests, 'POST /api/login')).toBe(1)
    expect(fake.sockets.size).toBe(0)
    expect(sink.observations).toEqual([])
  })

  it('where something else answers now is refused, not polled', async () => {
    const fake = await fakeWith()
    fake.websocket = 404
    fake.routes.set('GET /api/currentuser', (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>Welcome</title></html>'))
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seenBefore())
    await untilOn(clock, 'refused', () => sink.lastLink() === 'refused')
    expect(sink.links.at(-1)?.cause).toBe('not_this_server')
    expect(count(fake.requests, 'GET /api/job')).toBe(0)
  })

  it('where the socket is refused is polled, once the key is known', async () => {
    const fake = await fakeWith()
    fake.websocket = 404
    const sink = recordingSink()
    const { clock } = connect(fake, sink, seenBefore())
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(count(fake.requests, 'GET /api/job')).toBeGreaterThan(0)
  })
})

describe('a printer that nobody has seen yet', () => {
  it('is asked whose key it is, and for nothing else before that is known', async () => {
    const fake = await fakeWith()
    let answer = (): void => undefined
    fake.routes.set('GET /api/currentuser', (_request, response) => {
      answer = () => json(response, 200, USER)
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the question', () => count(fake.requests, 'GET /api/currentuser') === 1, 5_000, 1)
    await clock.advance(3_000)
    expect([count(fake.requests, 'POST /api/login'), fake.sockets.size]).toEqual([0, 0])
    answer()
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
  })

  it('with a wrong key is never asked for a login', async () => {
    const fake = await fakeWith()
    fake.keys.clear()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'three tries', () => count(fake.requests, 'GET /api/currentuser') >= 3, 600_000, 1_000)
    expect(count(fake.requests, 'POST /api/login')).toBe(0)
  })
})

describe('a printer that was up in this run', () => {
  it('is asked at once when it is back, and carefully after a try that failed', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.keys.clear()
    fake.forgetSessions()
    fake.drop()
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    const logins = count(fake.requests, 'POST /api/login')
    await untilOn(clock, 'three more tries', () => count(fake.requests, 'GET /api/currentuser') >= 5, 600_000, 1_000)
    expect(count(fake.requests, 'POST /api/login')).toBe(logins)
  })
})
