import { afterEach, describe, expect, it } from 'vitest'
import type { ServerResponse } from 'node:http'
import type { PairStep } from '../../electron/engine/printers/adapter.ts'
import { pair, unpair } from '../../electron/engine/printers/octoprint/pair.ts'
import { serverConfig, testPorts, untilOn } from '../support/adapter-kit.ts'
import { TestClock } from '../support/clock.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint } from '../support/fake-octoprint.ts'
import { freePort } from '../support/octoprint-server.ts'

const fakes: FakeOctoPrint[] = []
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.close()
})
const json = (response: ServerResponse, status: number, body: unknown) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))

/** An OctoPrint whose requests are decided by `poll`, called with the number of the poll. */
async function deciding(poll: (number: number, response: ServerResponse) => void): Promise<{ fake: FakeOctoPrint; asked: string[]; polls: () => number }> {
  const fake = await startFake({ prefix: '/octoprint' })
  fakes.push(fake)
  const asked: string[] = []
  let polls = 0
  fake.routes.set('POST /plugin/appkeys/request', (_request, response, body) => {
    asked.push(body)
    // The server's own idea of its address is wrong behind a proxy.
    response.writeHead(201, { 'Content-Type': 'application/json', Location: 'http://internal:5000/plugin/appkeys/request/TOKEN' }).end('{"app_token":"TOKEN","auth_dialog":"http://internal:5000/plugin/appkeys/auth/TOKEN"}')
  })
  fake.routes.set('GET /plugin/appkeys/request/TOKEN', (_request, response) => poll(++polls, response))
  return { fake, asked, polls: () => polls }
}

async function run(fake: FakeOctoPrint, clock: TestClock, signal = new AbortController().signal, virtualMs = 60_000, stepMs = 50): Promise<PairStep[]> {
  const steps: PairStep[] = []
  let ended = false
  void (async () => {
    for await (const step of pair(serverConfig('octoprint', { url: fake.url }, {}), testPorts(clock), signal, 'desk')) steps.push(step)
    ended = true
  })()
  await untilOn(clock, 'the end of pairing', () => ended, virtualMs, stepMs)
  expect(clock.pending).toBe(0)
  return steps
}

describe('pairing by application key', () => {
  it('asks, shows the dialog below our own address, polls each second, and hands over a secret', async () => {
    const { fake, asked, polls } = await deciding((number, response) => (number < 4 ? json(response, 202, { message: 'Awaiting decision' }) : json(response, 200, { api_key: 'CANARY-KEY' })))
    const clock = new TestClock()
    const from = clock.now()
    const steps = await run(fake, clock)
    expect(JSON.parse(asked[0] ?? '')).toEqual({ app: 'Printbell (desk)' })
    expect(steps[0]).toMatchObject({ step: 'confirm', url: `${fake.url}/plugin/appkeys/auth/TOKEN` })
    const endsIn = (steps[0]?.step === 'confirm' ? steps[0].endsAt ?? 0 : 0) - from
    expect(endsIn).toBeGreaterThanOrEqual(600_000)
    expect(endsIn).toBeLessThan(602_000)
    expect(steps[1]?.step === 'done' && steps[1].secrets['apiKey']?.reveal()).toBe('CANARY-KEY')
    expect(JSON.stringify(steps)).not.toContain('CANARY')
    expect(polls()).toBe(4)
    expect(clock.now() - from).toBeGreaterThanOrEqual(3_000)
    expect(clock.now() - from).toBeLessThan(5_000)
  })

  it('tells denied', async () => {
    const { fake } = await deciding((number, response) => json(response, number < 2 ? 202 : 404, {}))
    expect((await run(fake, new TestClock())).at(-1)).toMatchObject({ step: 'failed', cause: 'denied' })
  })

  it('tells timed out after the ten minutes of the server', async () => {
    const clock = new TestClock()
    const from = clock.now()
    const { fake } = await deciding((_number, response) => json(response, clock.now() - from < 600_000 ? 202 : 404, {}))
    expect((await run(fake, clock, undefined, 700_000, 500)).at(-1)).toMatchObject({ step: 'failed', cause: 'timed_out' })
  })

  it('tells rate limited', async () => {
    const { fake } = await deciding(() => undefined)
    fake.routes.set('POST /plugin/appkeys/request', (_request, response) => json(response, 429, { error: 'too many' }))
    expect(await run(fake, new TestClock())).toMatchObject([{ step: 'failed', cause: 'rate_limited' }])
  })

  it.each([[404, 'application keys'], [403, 'first-run']])('tells unsupported for a probe that answers %i', async (status, said) => {
    const { fake } = await deciding(() => undefined)
    fake.routes.set('GET /plugin/appkeys/probe', (_request, response) => json(response, status, {}))
    expect(await run(fake, new TestClock())).toMatchObject([{ step: 'failed', cause: 'unsupported', text: expect.stringContaining(said) as string }])
  })

  it('tells unreachable, at the start and in the middle', async () => {
    const { fake, polls } = await deciding((number, response) => (number < 2 ? json(response, 202, {}) : void response.socket?.destroy()))
    expect((await run(fake, new TestClock())).at(-1)).toMatchObject({ step: 'failed', cause: 'unreachable' })
    expect(polls()).toBe(6)
    const nobody = await startFake()
    await nobody.close()
    nobody.url = `http://127.0.0.1:${await freePort()}`
    expect(await run(nobody, new TestClock())).toMatchObject([{ step: 'failed', cause: 'unreachable' }])
  })

  it('survives one lost poll', async () => {
    const { fake } = await deciding((number, response) => (number === 2 ? void response.socket?.destroy() : json(response, number < 4 ? 202 : 200, { api_key: 'k' })))
    expect((await run(fake, new TestClock())).at(-1)).toMatchObject({ step: 'done' })
  })

  it('is cancelled by the signal', async () => {
    const stop = new AbortController()
    const { fake } = await deciding((number, response) => {
      json(response, 202, {})
      if (number === 2) stop.abort()
    })
    expect((await run(fake, new TestClock(), stop.signal)).at(-1)).toMatchObject({ step: 'failed', cause: 'cancelled' })
  })

  it('keeps the request alive while the caller shows its dialog, and stops when the caller walks away', async () => {
    const { fake, polls } = await deciding((_number, response) => json(response, 202, {}))
    const clock = new TestClock()
    const steps = pair(serverConfig('octoprint', { url: fake.url }, {}), testPorts(clock), new AbortController().signal, 'desk')[Symbol.asyncIterator]()
    expect((await steps.next()).value).toMatchObject({ step: 'confirm' })
    await untilOn(clock, 'five polls without another step asked for', () => polls() >= 5)
    await steps.return?.()
    await untilOn(clock, 'no timer left', () => clock.pending === 0)
    const asked = polls()
    await clock.advance(10_000)
    expect(polls()).toBe(asked)
  })

  it('gives back only a key of its own name', async () => {
    const fake = await startFake()
    fakes.push(fake)
    const bodies: string[] = []
    const keys = [{ app_id: 'Printbell (other desk)', user_id: 'tester' }]
    fake.routes.set('GET /api/plugin/appkeys', (_request, response) => json(response, 200, { keys, pending: {} }))
    fake.routes.set('POST /api/plugin/appkeys', (_request, response, body) => {
      bodies.push(body)
      response.writeHead(204).end()
    })
    const config = serverConfig('octoprint', { url: fake.url }, { apiKey: FAKE_KEY })
    expect((await unpair(config, testPorts(), new AbortController().signal, 'desk')).revoked).toBe(false)
    expect(bodies).toEqual([])
    keys.push({ app_id: 'Printbell (desk)', user_id: 'tester' })
    expect((await unpair(config, testPorts(), new AbortController().signal, 'desk')).revoked).toBe(true)
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([{ command: 'revoke', app: 'Printbell (desk)' }])
  })
})
