import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import type { TestResult } from '../../electron/engine/printers/adapter.ts'
import { serverConfig, testPorts, until, untilOn } from '../support/adapter-kit.ts'
import { TestClock } from '../support/clock.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint, type FakeOptions } from '../support/fake-octoprint.ts'
import { freePort } from '../support/octoprint-server.ts'

const never = () => new AbortController().signal
const running: FakeOctoPrint[] = []
async function fakeWith(options: FakeOptions = {}): Promise<FakeOctoPrint> {
  const fake = await startFake(options)
  running.push(fake)
  return fake
}
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.close()
})

function test(url: string, secrets: Record<string, string> = { apiKey: FAKE_KEY }, more: { basicUser?: string; pin?: string } = {}): Promise<TestResult> {
  return octoprint.test(serverConfig('octoprint', { url, ...more }, secrets), testPorts(), never())
}

/** Something that is no OctoPrint: the same answer to everything. */
async function page(status: number, headers: Record<string, string>, body: string): Promise<FakeOctoPrint> {
  const fake = await fakeWith()
  const any = new Map<string, never>() as unknown as FakeOctoPrint['routes']
  fake.routes = Object.assign(any, { get: () => (_request: unknown, response: import('node:http').ServerResponse) => void response.writeHead(status, headers).end(body) })
  return fake
}

describe('the connection test of an OctoPrint names its cause', () => {
  it('ok, with version, permissions, the name given in OctoPrint, and the camera that is missing', async () => {
    const fake = await fakeWith()
    await expect(test(fake.url)).resolves.toEqual({
      cause: 'ok', detail: `OctoPrint 1.11.8 answers on 127.0.0.1:${fake.port}, as user "tester".`, version: '1.11.8',
      permissions: ['STATUS', 'WEBCAM', 'FILES_LIST', 'FILES_DOWNLOAD', 'MONITOR_TERMINAL', 'SETTINGS_READ'], fingerprint: null,
      sources: [{ sourceId: 'printer', name: 'Left one' }], camera: { ok: false, detail: 'OctoPrint has no webcam.' },
    })
  })

  it('bad_address for what is no address, and for a login inside it', async () => {
    expect((await test('')).cause).toBe('bad_address')
    expect((await test('ftp://octopi.local')).cause).toBe('bad_address')
    const withLogin = await test('http://me:hunter2@octopi.local')
    expect(withLogin.cause).toBe('bad_address')
    expect(withLogin.detail).not.toContain('hunter2')
  })

  it('name_not_found for a name nobody knows', async () => {
    expect((await test('http://nosuch.invalid')).cause).toBe('name_not_found')
  })

  it('refused where nothing listens', async () => {
    expect((await test(`http://127.0.0.1:${await freePort()}`)).cause).toBe('refused')
  })

  it('timeout where something listens and never answers', async () => {
    const fake = await fakeWith()
    fake.wire = 'silent'
    const clock = new TestClock()
    let result: TestResult | null = null
    void octoprint.test(serverConfig('octoprint', { url: fake.url }, { apiKey: FAKE_KEY }), testPorts(clock), never()).then((one) => (result = one))
    await untilOn(clock, 'the result', () => result !== null)
    expect(result).toMatchObject({ cause: 'timeout' })
    expect(clock.pending).toBe(0)
  })

  it('key_missing without a key, key_invalid with a wrong one, also in the way of 1.10', async () => {
    const fake = await fakeWith()
    expect((await test(fake.url, {})).cause).toBe('key_missing')
    const wrong = await test(fake.url, { apiKey: 'CANARY-WRONG-KEY' })
    expect(wrong.cause).toBe('key_invalid')
    expect(JSON.stringify(wrong)).not.toContain('CANARY')
    fake.routes.set('GET /api/currentuser', (_request, response) => void response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"error":"no"}'))
    expect((await test(fake.url, { apiKey: 'wrong' })).cause).toBe('key_invalid')
  })

  it('permission_missing names STATUS', async () => {
    const fake = await fakeWith({ permissions: ['WEBCAM'] })
    const result = await test(fake.url)
    expect(result.cause).toBe('permission_missing')
    expect(result.detail).toContain('STATUS')
  })

  it('setup_unfinished while the first-run wizard was never finished', async () => {
    const fake = await fakeWith()
    fake.routes.set('GET /plugin/appkeys/probe', (_request, response) => void response.writeHead(403).end())
    expect((await test(fake.url, { apiKey: 'any' })).cause).toBe('setup_unfinished')
  })

  it('proxy_auth for a proxy that wants a login, and ok with it', async () => {
    const fake = await fakeWith({ basic: { user: 'me', password: 'CANARY-PW' } })
    const without = await test(fake.url)
    expect(without.cause).toBe('proxy_auth')
    const result = await test(fake.url, { apiKey: FAKE_KEY, basicPassword: 'CANARY-PW' }, { basicUser: 'me' })
    expect(result.cause).toBe('ok')
    expect(JSON.stringify(result)).not.toContain('CANARY')
  })

  it('wrong_prefix, with the address that is right', async () => {
    const fake = await fakeWith({ prefix: '/octoprint' })
    const result = await test(`http://127.0.0.1:${fake.port}`)
    expect(result.cause).toBe('wrong_prefix')
    expect(result.detail).toContain(`http://127.0.0.1:${fake.port}/octoprint.`)
    expect((await test(`http://127.0.0.1:${fake.port}/octoprint/#tab`)).cause).toBe('ok')
  })

  it('wrong_prefix, found by following the page, and never giving the key to it', async () => {
    const fake = await fakeWith({ prefix: '/printers/left' })
    const seen: (string | string[] | undefined)[] = []
    fake.routes.set('GET !/', (request, response) => {
      seen.push(request.headers['x-api-key'])
      response.writeHead(302, { Location: '/printers/left/' }).end()
    })
    const result = await test(`http://127.0.0.1:${fake.port}/elsewhere`)
    expect(result.detail).toContain('/printers/left.')
    expect(seen.every((key) => key === undefined)).toBe(true)
  })

  it('too_old before 1.8', async () => {
    const fake = await fakeWith({ version: '1.7.3' })
    expect(await test(fake.url)).toMatchObject({ cause: 'too_old', version: '1.7.3' })
    expect((await test((await fakeWith({ version: '2.0.0rc3' })).url)).cause).toBe('ok')
  })

  it('booting for the boot server and for a proxy in front of it', async () => {
    const fake = await fakeWith()
    fake.wire = 'boot'
    expect((await test(fake.url)).cause).toBe('booting')
    expect((await test((await page(503, { 'Content-Type': 'text/html' }, '<html><title>503</title></html>')).url)).cause).toBe('booting')
  })

  it('not_this_server says that it is Moonraker, though it imitates OctoPrint', async () => {
    const fake = await fakeWith()
    const json = (body: unknown, status = 200) => (_request: unknown, response: import('node:http').ServerResponse) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    fake.routes.set('GET /api/currentuser', json({ error: { code: 404, message: 'Not Found' } }, 404))
    fake.routes.set('GET /api/version', json({ server: '1.5.0', api: '0.1', text: 'OctoPrint (Moonraker 0.11.0)' }))
    const result = await test(fake.url)
    expect(result.cause).toBe('not_this_server')
    expect(result.detail).toContain('Moonraker')
  })

  it.each([
    ['Mainsail', { 'Content-Type': 'text/html', Server: 'nginx' }, '<html><head><title>Mainsail</title></head></html>', 'Mainsail'],
    ["a router's page", { 'Content-Type': 'text/html', Server: 'RouterOS' }, '<html><title>FRITZ!Box</title></html>', "a router's page"],
    ['some page by its title', { 'Content-Type': 'text/html', Server: 'lighttpd' }, '<html><title>My &amp; shop</title></html>', 'My &amp; shop'],
    ['JSON of somebody else', { 'Content-Type': 'application/json' }, '[1,2,3]', 'not OctoPrint'],
  ])('not_this_server says that it is %s', async (_what, headers, body, said) => {
    const result = await test((await page(200, headers, body)).url)
    expect(result.cause).toBe('not_this_server')
    expect(result.detail).toContain(said)
  })

  it('not_this_server for a server that is no HTTP, and for an answer of 50 MB', async () => {
    const fake = await fakeWith()
    fake.wire = 'ssh'
    expect((await test(fake.url)).cause).toBe('not_this_server')
    const huge = await fakeWith()
    let sent = 0
    huge.routes.set('GET /api/currentuser', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const more = () => {
        while (sent < 50_000_000 && !response.destroyed) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536, 0x20))) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    expect((await test(huge.url)).cause).toBe('not_this_server')
    expect(sent).toBeLessThan(20_000_000)
  })

  it('names an answer that is dropped in the middle', async () => {
    const fake = await fakeWith()
    fake.wire = 'close'
    expect((await test(fake.url)).cause).toBe('server_error')
  })

  it('reaches an IPv6 address', async () => {
    const fake = await fakeWith({ host: '::1' })
    expect((await test(`http://[::1]:${fake.port}`)).cause).toBe('ok')
  })

  it('says why the webcam cannot be reached, and is ok all the same', async () => {
    const fake = await fakeWith()
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'classic', webcams: [{ name: 'classic', displayName: 'Classic', canSnapshot: true, flipH: false, flipV: false, rotate90: false, compat: null }] }
    fake.routes.set('GET /downloads/camera/current', (_request, response) => void response.writeHead(500, { 'Content-Type': 'text/html' }).end('<html><title>500</title></html>'))
    expect(await test(fake.url)).toMatchObject({ cause: 'ok', camera: { ok: false, detail: 'OctoPrint could not get a picture from its webcam.' } })
  })
})

describe('the connection test over TLS', () => {
  let tls: { key: string; cert: string }
  let other: { key: string; cert: string }
  let fingerprint: string
  beforeAll(async () => {
    const make = async () => {
      const made = await generate([{ name: 'commonName', value: 'octopi' }], { keySize: 2048, algorithm: 'sha256' })
      return { key: made.private, cert: made.cert }
    }
    tls = await make()
    other = await make()
    const { X509Certificate } = await import('node:crypto')
    fingerprint = new X509Certificate(tls.cert).fingerprint256
  })

  it('tls_self_signed shows the fingerprint; pinned, it is ok; another certificate is tls_pin_mismatch and sees no request', async () => {
    const fake = await fakeWith({ tls })
    expect(await test(fake.url)).toMatchObject({ cause: 'tls_self_signed', fingerprint })
    expect((await test(fake.url, { apiKey: FAKE_KEY }, { pin: fingerprint })).cause).toBe('ok')
    expect((await test(fake.url, { apiKey: FAKE_KEY }, { pin: fingerprint.replaceAll(':', '').toLowerCase() })).cause).toBe('ok')
    const stranger = await fakeWith({ tls: other })
    const mismatch = await test(stranger.url, { apiKey: FAKE_KEY }, { pin: fingerprint })
    expect(mismatch.cause).toBe('tls_pin_mismatch')
    expect(mismatch.fingerprint).not.toBe(fingerprint)
    expect(mismatch.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    expect(stranger.requests).toEqual([])
  })

  it('tls_not_tls for https to a plain port, bad_address for http to a TLS port', async () => {
    const plain = await fakeWith()
    expect((await test(plain.url.replace('http:', 'https:'))).cause).toBe('tls_not_tls')
    const secure = await fakeWith({ tls })
    const result = await test(secure.url.replace('https:', 'http:'))
    expect(result.cause).toBe('bad_address')
    expect(result.detail).toContain('https://')
  })
})

describe('a test that is stopped', () => {
  it('ends at once', async () => {
    const fake = await fakeWith()
    fake.wire = 'silent'
    const stop = new AbortController()
    let ended = false
    void octoprint.test(serverConfig('octoprint', { url: fake.url }, { apiKey: FAKE_KEY }), testPorts(), stop.signal).then(() => (ended = true))
    stop.abort()
    await until('the end', () => ended, 2_000)
  })
})
