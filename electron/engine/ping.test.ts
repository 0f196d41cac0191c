import { Readable } from 'node:stream'
import type { AxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { createPing, type PingParts } from './ping.ts'
import type { Net, SecretRef } from './ports.ts'
import { Secret } from './settings/secret.ts'

const ADDRESS = 'https://hc.example.org/ping/canary-5e1f0a'
const MINUTE = 60_000

function setUp(settings: ReturnType<PingParts['settings']> = { url: { env: 'PING' }, everyMinutes: 5 }) {
  const clock = new TestClock()
  const log = memoryLog()
  const world = {
    settings, online: true as boolean | null, env: { PING: ADDRESS } as Record<string, string>,
    answer: (_config: AxiosRequestConfig): Promise<number> => Promise.resolve(200),
  }
  const calls: { at: number; method: string | undefined; url: string | undefined }[] = []
  const notices: string[] = []
  const began = clock.now()
  const http = {
    async request(config: AxiosRequestConfig) {
      calls.push({ at: clock.now() - began, method: config.method, url: config.url })
      const status = await Promise.race([world.answer(config), new Promise<never>((_done, fail) => config.signal?.addEventListener?.('abort', () => fail(new Error('canceled'))))])
      return { status, headers: {}, data: Readable.from([]) }
    },
  }
  const ping = createPing({
    settings: () => world.settings,
    secrets: {
      async resolve(reference: SecretRef) {
        const value = 'env' in reference ? world.env[reference.env] : undefined
        if (value === undefined) throw new Error('The environment variable PING is not set.')
        return new Secret(value)
      },
    },
    clock, log, net: { http: http as unknown as Net['http'], online: () => world.online },
    onNotice: (level, text) => void notices.push(`${level}: ${text}`),
  })
  /** Moves the clock minute by minute, and lets the answers come in. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left >= 0; left -= MINUTE) {
      await clock.advance(Math.min(left, MINUTE))
      for (let i = 0; i < 4; i++) await new Promise((done) => setImmediate(done))
    }
  }
  return { clock, log, world, calls, notices, ping, pass, at: () => calls.map((call) => call.at / MINUTE) }
}

describe('the sign of life', () => {
  it('goes at once, then every five minutes, until the end', async () => {
    const { ping, pass, calls, at, notices, clock } = setUp()
    ping.start()
    await pass(0)
    expect(calls).toEqual([{ at: 0, method: 'GET', url: ADDRESS }])
    await pass(16 * MINUTE)
    expect(at()).toEqual([0, 5, 10, 15])
    ping.stop()
    await pass(60 * MINUTE)
    expect(at()).toHaveLength(4)
    expect(notices).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('goes as often as the settings say, and as they say from now on', async () => {
    const { ping, pass, at, world } = setUp({ url: { env: 'PING' }, everyMinutes: 30 })
    ping.start()
    await pass(31 * MINUTE)
    expect(at()).toEqual([0, 30])
    world.settings = { url: { env: 'PING' }, everyMinutes: 10 }
    ping.apply()
    await pass(10 * MINUTE)
    expect(at()).toEqual([0, 30, 31, 41])
    ping.apply()
    await pass(0)
    expect(at()).toHaveLength(4)
    world.settings = { everyMinutes: 10 }
    ping.apply()
    await pass(60 * MINUTE)
    expect(at()).toHaveLength(4)
  })

  it('does not go without an address, and begins when there is one', async () => {
    const { ping, pass, at, world, clock } = setUp({ everyMinutes: 5 })
    ping.start()
    await pass(20 * MINUTE)
    expect(at()).toEqual([])
    expect(clock.pending).toBe(0)
    world.settings = { url: { env: 'PING' }, everyMinutes: 5 }
    ping.apply()
    await pass(5 * MINUTE)
    expect(at()).toEqual([20, 25])
  })

  it('takes no notice of settings before it began and after its end', async () => {
    const { ping, pass, at, world } = setUp()
    ping.apply()
    ping.recheck()
    await pass(MINUTE)
    ping.start()
    ping.stop()
    world.settings = { url: { env: 'PING' }, everyMinutes: 1 }
    ping.apply()
    ping.recheck()
    await pass(10 * MINUTE)
    expect(at()).toEqual([1])
  })

  it('goes at once after sleep when one is overdue, and only then', async () => {
    const { ping, pass, at, clock } = setUp()
    ping.start()
    await pass(2 * MINUTE)
    ping.recheck()
    await pass(0)
    expect(at()).toEqual([0])
    clock.jump(3_600_000)
    ping.recheck()
    await pass(0)
    expect(at()).toEqual([0, 62])
    await pass(5 * MINUTE)
    expect(at()).toEqual([0, 62, 67])
  })

  it('reads its address anew each time', async () => {
    const { ping, pass, calls, world } = setUp()
    ping.start()
    await pass(0)
    world.env.PING = ' https://hc.example.org/ping/another \n'
    await pass(5 * MINUTE)
    expect(calls.map(({ url }) => url)).toEqual([ADDRESS, 'https://hc.example.org/ping/another'])
  })
})

describe('a sign of life that does not get through', () => {
  it('is logged once and told after three in a row, and told again when it works', async () => {
    const { ping, pass, notices, log, world, at } = setUp()
    world.answer = () => Promise.resolve(404)
    ping.start()
    await pass(5 * MINUTE)
    expect(notices).toEqual([])
    expect(log.lines).toHaveLength(1)
    await pass(60 * MINUTE)
    const told = 'error: The sign of life did not get through 3 times in a row: The server answers 404. Check the address. Whoever watches there may take Printbell for stopped.'
    expect(notices).toEqual([told])
    expect(log.lines).toHaveLength(1)
    expect(at()).toHaveLength(14)
    world.answer = () => Promise.resolve(204)
    await pass(5 * MINUTE)
    expect(notices).toEqual([told, 'info: The sign of life gets through again.'])
    await pass(30 * MINUTE)
    expect(notices).toHaveLength(2)
  })

  it('that works again before it was told is told to nobody', async () => {
    const { ping, pass, notices, world } = setUp()
    world.answer = () => Promise.resolve(500)
    ping.start()
    await pass(6 * MINUTE)
    world.answer = () => Promise.resolve(200)
    await pass(5 * MINUTE)
    world.answer = () => Promise.resolve(500)
    await pass(11 * MINUTE)
    expect(notices).toEqual([])
  })

  it.each<[string, (world: ReturnType<typeof setUp>['world']) => void, string]>([
    ['an answer that leads elsewhere', (world) => { world.answer = () => Promise.resolve(302) }, 'The server answers 302. Check the address.'],
    ['no answer within 10 s', (world) => { world.answer = () => new Promise(() => undefined) }, 'The server does not answer (timeout).'],
    ['a connection that is refused', (world) => { world.answer = () => Promise.reject(Object.assign(new Error(`connect ${ADDRESS}`), { code: 'ECONNREFUSED' })) }, 'The server refuses the connection. Check the port, and that it runs.'],
    ['a secret that is not there', (world) => { world.env = {} }, 'The environment variable PING is not set.'],
    ['a secret that is no address', (world) => { world.env = { PING: 'canary-5e1f0a' } }, 'Not an address. Start with http:// or https://.'],
    ['an address with a login', (world) => { world.env = { PING: 'https://me:canary-5e1f0a@hc.example.org/' } }, 'Take user and password out of the address; the service gives an address without them.'],
    ['an address of cloud credentials', (world) => { world.env = { PING: 'http://169.254.169.254/canary-5e1f0a' } }, 'This address hands out the credentials of cloud machines. Nothing is sent there.'],
  ])('%s is named, and no text holds the address', async (_what, change, why) => {
    const { ping, pass, notices, log, world } = setUp()
    change(world)
    ping.start()
    await pass(12 * MINUTE)
    expect(notices).toEqual([`error: The sign of life did not get through 3 times in a row: ${why} Whoever watches there may take Printbell for stopped.`])
    expect(JSON.stringify([notices, log.lines])).not.toMatch(/canary-5e1f0a|hc\.example/)
    ping.stop()
  })

  it('because this computer is offline is no failure: it goes as soon as the network is back', async () => {
    const { ping, pass, notices, world, at } = setUp()
    ping.start()
    await pass(MINUTE)
    world.online = false
    await pass(59 * MINUTE)
    expect(at()).toEqual([0])
    world.online = true
    ping.recheck()
    await pass(0)
    expect(at()).toEqual([0, 60])
    expect(notices).toEqual([])
  })

  it('is forgotten when the settings are others', async () => {
    const { ping, pass, notices, world } = setUp()
    world.answer = () => Promise.resolve(404)
    ping.start()
    await pass(6 * MINUTE)
    world.settings = { url: { file: '/another' }, everyMinutes: 5 }
    ping.apply()
    await pass(6 * MINUTE)
    expect(notices).toEqual([])
  })

  it('holds up no end: what is under way ends with it, untold', async () => {
    const { ping, pass, notices, log, world, clock } = setUp()
    world.answer = () => new Promise(() => undefined)
    ping.start()
    await pass(0)
    ping.stop()
    await pass(0)
    expect(clock.pending).toBe(0)
    expect([notices, log.lines]).toEqual([[], []])
  })
})
