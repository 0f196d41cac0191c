import type { ServerResponse } from 'node:http'
import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestResult } from '../../electron/engine/printers/adapter.ts'
import { moonraker } from '../../electron/engine/printers/moonraker/index.ts'
import type { MoonrakerSettings } from '../../electron/engine/printers/moonraker/settings.ts'
import { serverConfig, testPorts, until, untilOn } from '../support/adapter-kit.ts'
import { TestClock } from '../support/clock.ts'
import { FAKE_KEY, FAKE_USER, Refusal, startFake, type FakeMoonraker, type FakeOptions } from '../support/fake-moonraker.ts'
import { startFake as startOctoPrint } from '../support/fake-octoprint.ts'
import { freePort } from '../support/octoprint-server.ts'

const never = (): AbortSignal => new AbortController().signal
const running: { close(): Promise<void> }[] = []
async function fakeWith(options: FakeOptions = {}): Promise<FakeMoonraker> {
  const fake = await startFake(options)
  running.push(fake)
  return fake
}
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.close()
})

function test(url: string, secrets: Record<string, string> = {}, more: Partial<MoonrakerSettings> = {}): Promise<TestResult> {
  return moonraker.test(serverConfig('moonraker', { url, ...more }, secrets), testPorts(), never())
}

/** Something that is no Moonraker: the same answer to everything. */
async function page(status: number, headers: Record<string, string>, body: string): Promise<FakeMoonraker> {
  const fake = await fakeWith()
  fake.websocket = status
  fake.routes.set('*', (_request, response) => void response.writeHead(status, headers).end(body))
  return fake
}

describe('the connection test of a Moonraker names its cause', () => {
  it('ok, with version, the name of the computer, and the camera that is missing', async () => {
    const fake = await fakeWith()
    expect(await test(fake.url)).toEqual({
      cause: 'ok', detail: `Moonraker v0.11.0 answers on 127.0.0.1:${fake.port}.`, version: 'v0.11.0', permissions: null, fingerprint: null,
      sources: [{ sourceId: 'printer', name: 'voron' }], camera: { ok: false, detail: 'Moonraker has no webcam.' },
    })
  })

  it.each<[string, FakeMoonraker['klippy']['state'], string, string]>([
    ['that is in error', 'error', 'Option \'pin\' in section \'fan\' must be specified\nOnce the underlying issue is corrected, use RESTART', ' Klipper is not ready (error): Option \'pin\' in section \'fan\' must be specified'],
    ['that is shut down', 'shutdown', 'MCU \'mcu\' shutdown: Timer too close', ' Klipper is not ready (shutdown): MCU \'mcu\' shutdown: Timer too close'],
    ['that starts', 'startup', 'Printer is not ready', ' Klipper is still starting: Printer is not ready'],
    ['that is not there', 'disconnected', '', ' Klipper is not connected to it: start Klipper, or look at its log.'],
  ])('ok with a word about a Klipper %s', async (_what, state, message, said) => {
    const fake = await fakeWith()
    fake.klippy = { state, message }
    expect(await test(fake.url)).toMatchObject({ cause: 'ok', detail: `Moonraker v0.11.0 answers on 127.0.0.1:${fake.port}.${said}` })
  })

  it('bad_address for what is no address, and for a login inside it', async () => {
    expect((await test('')).cause).toBe('bad_address')
    expect((await test('ftp://voron.local')).cause).toBe('bad_address')
    const withLogin = await test('http://me:hunter2@voron.local')
    expect(withLogin.cause).toBe('bad_address')
    expect(withLogin.detail).not.toContain('hunter2')
  })

  it('name_not_found for a name nobody knows', async () => {
    expect((await test('http://nosuch.invalid')).cause).toBe('name_not_found')
  })

  it('refused where nothing listens', async () => {
    expect((await test(`http://127.0.0.1:${await freePort()}`)).cause).toBe('refused')
  })

  it('timeout where something listens and never answers, or drips', async () => {
    const silent = await fakeWith()
    silent.wire = 'silent'
    const dripping = await fakeWith()
    dripping.routes.set('*', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(timer))
    })
    for (const fake of [silent, dripping]) {
      const clock = new TestClock(Date.now())
      let result: TestResult | null = null
      void moonraker.test(serverConfig('moonraker', { url: fake.url }), testPorts(clock), never()).then((one) => (result = one))
      await untilOn(clock, 'the result', () => result !== null, 60_000)
      expect(result).toMatchObject({ cause: 'timeout' })
      expect(clock.pending).toBe(0)
    }
  })

  it('timeout when it is stopped', async () => {
    const fake = await fakeWith()
    fake.wire = 'silent'
    const stop = new AbortController()
    const result = moonraker.test(serverConfig('moonraker', { url: fake.url }), testPorts(), stop.signal)
    await until('connected', () => fake.accepted > 0)
    stop.abort()
    expect(await result).toMatchObject({ cause: 'timeout', detail: 'The test was stopped before the server answered.' })
  })

  describe('at the door', () => {
    it.each<[string, FakeOptions, Record<string, string>, Partial<MoonrakerSettings>, TestResult['cause'], string]>([
      ['no key where one is needed', { trusted: false }, {}, {}, 'key_missing', 'does not trust this computer. Enter an API key or a user name with its password'],
      ['no login where everybody needs one', { trusted: true, forceLogins: true }, {}, {}, 'key_missing', 'wants a login from everybody (force_logins)'],
      ['a wrong key', { trusted: false }, { apiKey: 'wrong-key-0123' }, {}, 'key_invalid', 'Enter the one that its web interface shows.'],
      ['a wrong key where none is needed', {}, { apiKey: 'wrong-key-0123' }, {}, 'key_invalid', 'It trusts this computer and needs none: take the key out'],
      ['a wrong password', { trusted: false }, { password: 'wrong-password' }, { user: FAKE_USER.name }, 'key_invalid', 'does not log "ann" in: "Invalid Password". Check user name and password.'],
      ['a user that is not there', { trusted: false }, { password: 'wrong-password' }, { user: 'bob' }, 'key_invalid', 'Unregistered User: bob'],
      ['a user without a password', { trusted: false }, {}, { user: 'bob' }, 'key_missing', 'There is no password for the user "bob"'],
    ])('%s', async (_what, options, secrets, settings, cause, said) => {
      const fake = await fakeWith(options)
      const result = await test(fake.url, secrets, settings)
      expect(result).toMatchObject({ cause, detail: expect.stringContaining(said) as string })
      for (const secret of Object.values(secrets)) expect(JSON.stringify(result)).not.toContain(secret)
    })

    it.each<[string, FakeOptions, Record<string, string>, Partial<MoonrakerSettings>]>([
      ['a key', { trusted: false, forceLogins: true }, { apiKey: FAKE_KEY }, {}],
      ['a user with its password', { trusted: false, forceLogins: true }, { password: FAKE_USER.password }, { user: FAKE_USER.name }],
      ['the login of a proxy', { basic: { user: 'me', password: 'pw' } }, { basicPassword: 'pw' }, { basicUser: 'me' }],
      ['the login of a proxy and a user with its password', { trusted: false, basic: { user: 'me', password: 'pw' } }, { basicPassword: 'pw', password: FAKE_USER.password }, { basicUser: 'me', user: FAKE_USER.name }],
    ])('%s opens it', async (_what, options, secrets, settings) => {
      const fake = await fakeWith(options)
      expect(await test(fake.url, secrets, settings)).toMatchObject({ cause: 'ok' })
    })

    it('proxy_auth where something in front asks for a login', async () => {
      const fake = await fakeWith({ basic: { user: 'me', password: 'pw' } })
      expect((await test(fake.url)).cause).toBe('proxy_auth')
    })

    it('permission_missing where a proxy adds a foreign Origin', async () => {
      const fake = await fakeWith()
      fake.websocket = 403
      expect(await test(fake.url)).toMatchObject({ cause: 'permission_missing', detail: expect.stringContaining('cors_domains') as string })
    })

    it('server_error where a proxy passes no upgrade on', async () => {
      const fake = await fakeWith()
      fake.websocket = 400
      expect(await test(fake.url)).toMatchObject({ cause: 'server_error', detail: expect.stringContaining('must pass upgrades of /websocket on') as string })
    })
  })

  describe('with TLS', () => {
    let pair: { private: string; cert: string }
    let print = ''
    beforeAll(async () => {
      pair = await generate([{ name: 'commonName', value: 'voron' }], { keySize: 2048, algorithm: 'sha256' })
      const { X509Certificate } = await import('node:crypto')
      print = new X509Certificate(pair.cert).fingerprint256
    })
    it('tls_self_signed with the fingerprint to compare, and ok once it is pinned', async () => {
      const fake = await fakeWith({ tls: { key: pair.private, cert: pair.cert } })
      const first = await test(fake.url)
      expect(first).toMatchObject({ cause: 'tls_self_signed', fingerprint: print })
      expect(fake.requests).toEqual([])
      expect((await test(fake.url, {}, { pin: first.fingerprint ?? '' })).cause).toBe('ok')
    })
    it('tls_pin_mismatch with the fingerprint it shows now, and no key sent', async () => {
      const fake = await fakeWith({ tls: { key: pair.private, cert: pair.cert } })
      expect(await test(fake.url, { apiKey: FAKE_KEY }, { pin: 'AB'.repeat(32) })).toMatchObject({ cause: 'tls_pin_mismatch', fingerprint: print })
      expect(fake.headers).toEqual([])
    })
    it('tls_not_tls for https on a plain port', async () => {
      const fake = await fakeWith()
      expect((await test(fake.url.replace('http:', 'https:'))).cause).toBe('tls_not_tls')
    })
    it('bad_address for http on a port that speaks TLS', async () => {
      const fake = await fakeWith({ tls: { key: pair.private, cert: pair.cert } })
      expect(await test(fake.url.replace('https:', 'http:'))).toMatchObject({ cause: 'bad_address', detail: expect.stringContaining('Write https://') as string })
    })
  })

  describe('where another program answers', () => {
    it('not_this_server for an OctoPrint', async () => {
      const octoprint = await startOctoPrint()
      running.push(octoprint)
      octoprint.routes.set('GET /api/version', (_request, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"server":"1.11.8","text":"OctoPrint 1.11.8"}'))
      expect(await test(octoprint.url, { apiKey: FAKE_KEY })).toMatchObject({ cause: 'not_this_server', detail: `This is not Moonraker: 127.0.0.1:${octoprint.port} is OctoPrint. Add it as an OctoPrint server.` })
      expect(JSON.stringify(octoprint.headers)).not.toContain(FAKE_KEY)
    })

    it.each<[string, number, Record<string, string>, string, string]>([
      ['a PrusaLink', 401, { 'WWW-Authenticate': 'Digest realm="Printer API", nonce="00112233445566aa"' }, '', 'is PrusaLink. Add it as a PrusaLink server.'],
      ['a page of Mainsail alone', 200, { 'Content-Type': 'text/html' }, '<html><title>Mainsail</title></html>', 'a page of Mainsail or Fluidd without a Moonraker behind it'],
      ['a Duet', 200, { 'Content-Type': 'text/html' }, '<html><title>Duet Web Control</title></html>', 'a Duet board (RepRapFirmware)'],
      ['a router', 200, { 'Content-Type': 'text/html' }, '<html><title>FRITZ!Box</title></html>', 'a router\'s page'],
      ['HTML with status 200', 200, { 'Content-Type': 'text/html', Server: 'nginx/1.18' }, '<html><title>Welcome to the workshop</title></html>', 'answers as "nginx/1.18", but not in Moonraker\'s way. The page there is called "Welcome to the workshop".'],
      ['junk JSON', 200, { 'Content-Type': 'application/json' }, '{"result":17', 'but not in Moonraker\'s way'],
      ['an empty 404', 404, {}, '', 'but not in Moonraker\'s way'],
    ])('%s', async (_what, status, headers, body, said) => {
      const fake = await page(status, headers, body)
      expect(await test(fake.url, { apiKey: FAKE_KEY })).toMatchObject({ cause: 'not_this_server', detail: expect.stringContaining(said) as string })
      expect(JSON.stringify(fake.headers), 'a key to a stranger').not.toContain(FAKE_KEY)
    })

    it('wrong_prefix that names where it is sent on to', async () => {
      const fake = await page(301, { Location: 'https://voron.local/?token=x' }, '')
      expect(await test(fake.url)).toMatchObject({ cause: 'wrong_prefix', detail: expect.stringContaining('https://voron.local/. Use that address.') as string })
    })

    it('not_this_server for another protocol', async () => {
      const fake = await fakeWith()
      fake.wire = 'ssh'
      expect(await test(fake.url)).toMatchObject({ cause: 'not_this_server', detail: expect.stringContaining('Moonraker usually has 80 or 7125') as string })
    })

    it('server_error for a line that is cut', async () => {
      const fake = await fakeWith()
      fake.wire = 'close'
      expect(await test(fake.url)).toMatchObject({ cause: 'server_error' })
    })

    it('not_this_server for 50 MB, of which little is read', async () => {
      const fake = await fakeWith()
      let sent = 0
      fake.routes.set('*', (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' })
        const chunk = Buffer.alloc(100_000, 'x')
        const more = (): void => {
          while (sent < 50_000_000 && !response.destroyed) {
            sent += chunk.length
            if (!response.write(chunk)) return void response.once('drain', more)
          }
          if (!response.destroyed) response.end()
        }
        more()
      })
      expect((await test(fake.url)).cause).toBe('not_this_server')
      expect(sent).toBeLessThan(25_000_000)
    })
  })

  it('wrong_prefix with the right address, where the path is too long', async () => {
    const fake = await fakeWith({ prefix: '/voron' })
    expect(await test(`${fake.url}/klipper`)).toMatchObject({ cause: 'wrong_prefix', detail: `There is no Moonraker at this path, but one answers at ${fake.url}. Use that address.` })
  })

  it.each([502, 503, 504])('booting where the web server says %i', async (status) => {
    const fake = await page(status, { 'Content-Type': 'text/html' }, '<html><title>Bad Gateway</title></html>')
    expect(await test(fake.url)).toMatchObject({ cause: 'booting', detail: expect.stringContaining('Moonraker behind it does not') as string })
  })

  it('booting where only its websocket is not there yet', async () => {
    const fake = await fakeWith()
    fake.websocket = 502
    expect((await test(fake.url)).cause).toBe('booting')
  })

  it('server_error when Moonraker refuses what it should know, in its own words', async () => {
    const fake = await fakeWith()
    fake.methods.set('server.info', () => {
      throw new Refusal(500, 'Internal Server Error')
    })
    expect(await test(fake.url)).toMatchObject({ cause: 'server_error', detail: `Moonraker on 127.0.0.1:${fake.port} refused server.info: "Internal Server Error"` })
  })

  it('leaves no socket open', async () => {
    const fake = await fakeWith()
    await test(fake.url)
    await until('every socket closed', () => fake.connections === 0)
  })
})

const elsewhere = process.platform === 'linux' ? '' : ' (skipped: only Linux has every address of 127.0.0.0/8)'
describe.skipIf(elsewhere !== '')(`a Moonraker at its own port${elsewhere}`, () => {
  const host = '127.0.0.9'
  const html = (response: ServerResponse): void => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><title>Mainsail</title></html>')

  it('is found where the address names none', async () => {
    const fake = await fakeWith({ host, port: 7125 })
    expect(await test(`http://${host}`)).toMatchObject({ cause: 'ok', detail: `Moonraker v0.11.0 answers on ${host}:7125.` })
    expect(fake.sockets.size).toBeLessThanOrEqual(1)
  })

  it('is found with its prefix', async () => {
    await fakeWith({ host, port: 7125, prefix: '/left' })
    expect(await test(`http://${host}/left`)).toMatchObject({ cause: 'ok' })
  })

  it('is not looked for where a port was given', async () => {
    await fakeWith({ host, port: 7125 })
    const page80 = await fakeWith({ host })
    page80.routes.set('*', (_request, response) => html(response))
    expect((await test(page80.url)).cause).toBe('not_this_server')
  })
})
