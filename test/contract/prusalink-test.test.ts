import type { ServerResponse } from 'node:http'
import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestResult } from '../../electron/engine/printers/adapter.ts'
import { prusalink } from '../../electron/engine/printers/prusalink/index.ts'
import type { PrusaLinkSettings } from '../../electron/engine/printers/prusalink/settings.ts'
import { serverConfig, testPorts, until, untilOn } from '../support/adapter-kit.ts'
import { TestClock } from '../support/clock.ts'
import { FAKE_KEY, FAKE_PASSWORD, startFake, type FakeOptions, type FakePrusaLink, type Route } from '../support/fake-prusalink.ts'
import { freePort } from '../support/octoprint-server.ts'

const never = () => new AbortController().signal
const running: FakePrusaLink[] = []
async function fakeWith(options: FakeOptions = {}): Promise<FakePrusaLink> {
  const fake = await startFake(options)
  running.push(fake)
  return fake
}
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.close()
})

function test(url: string, secrets: Record<string, string> = { apiKey: FAKE_KEY }, more: Partial<PrusaLinkSettings> = {}): Promise<TestResult> {
  return prusalink.test(serverConfig('prusalink', { url, ...more }, secrets), testPorts(), never())
}

/** Something that is no PrusaLink: the same answer to everything. */
async function page(status: number, headers: Record<string, string>, body: string): Promise<FakePrusaLink> {
  const fake = await fakeWith()
  fake.routes = Object.assign(new Map<string, Route>(), { get: () => (_request: unknown, response: ServerResponse) => void response.writeHead(status, headers).end(body) })
  return fake
}

const answer = (status: number, body: unknown): Route => (_request, response) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))

describe('the connection test of a PrusaLink names its cause', () => {
  it('ok on a Pi, with its version, the name given there, and the camera that is missing', async () => {
    const fake = await fakeWith()
    await expect(test(fake.url)).resolves.toEqual({
      cause: 'ok', detail: `PrusaLink 0.8.1 (I3MK3S) answers on 127.0.0.1:${fake.port}.`, version: '0.8.1', permissions: null, fingerprint: null,
      sources: [{ sourceId: 'printer', name: 'Shelf' }],
      camera: { ok: false, detail: `PrusaLink on 127.0.0.1:${fake.port} has no camera. Give the snapshot address of one in the printer's settings.` },
    })
  })

  it('ok on a Buddy board, named by its host name', async () => {
    const fake = await fakeWith({ flavour: 'buddy' })
    await expect(test(fake.url, { apiKey: FAKE_PASSWORD })).resolves.toMatchObject({ cause: 'ok', version: '2.1.2', sources: [{ sourceId: 'printer', name: 'prusa-mk4' }] })
  })

  it.each(['pi', 'buddy'] as const)('ok with user and password (%s), also below a prefix, where the signed path has it too', async (flavour) => {
    const fake = await fakeWith({ flavour, prefix: '/left', user: 'marta' })
    expect((await test(fake.url, { password: FAKE_PASSWORD }, { user: 'marta' })).cause).toBe('ok')
    expect((await test(`${fake.url}/files/usb`, { password: FAKE_PASSWORD }, { user: 'marta' })).cause).toBe('ok')
    expect((await test(fake.url, { password: FAKE_PASSWORD })).cause).toBe('key_invalid')
  })

  it('bad_address for what is no address, and for a login inside it', async () => {
    expect((await test('')).cause).toBe('bad_address')
    expect((await test('ftp://mk4.local')).cause).toBe('bad_address')
    const withLogin = await test('http://maker:hunter2@mk4.local')
    expect(withLogin.cause).toBe('bad_address')
    expect(withLogin.detail).not.toContain('hunter2')
  })

  it('name_not_found, refused and timeout', async () => {
    expect((await test('http://nosuch.invalid')).cause).toBe('name_not_found')
    expect((await test(`http://127.0.0.1:${await freePort()}`)).cause).toBe('refused')
    const fake = await fakeWith()
    fake.wire = 'silent'
    const clock = new TestClock()
    let result: TestResult | null = null
    void prusalink.test(serverConfig('prusalink', { url: fake.url }, { apiKey: FAKE_KEY }), testPorts(clock), never()).then((one) => (result = one))
    await untilOn(clock, 'the result', () => result !== null)
    expect(result).toMatchObject({ cause: 'timeout' })
    expect(clock.pending).toBe(0)
  })

  it.each(['pi', 'buddy'] as const)('key_missing without anything, key_invalid with something wrong, never showing it (%s)', async (flavour) => {
    const fake = await fakeWith({ flavour })
    expect((await test(fake.url, {})).cause).toBe('key_missing')
    for (const wrong of [await test(fake.url, { apiKey: 'CANARY-WRONG-KEY' }), await test(fake.url, { password: 'CANARY-WRONG-PW' })]) {
      expect(wrong.cause).toBe('key_invalid')
      expect(JSON.stringify(wrong)).not.toContain('CANARY')
    }
  })

  it('key_invalid only asks once for the login and then looks at the page without it', async () => {
    const fake = await fakeWith()
    await test(fake.url, { apiKey: 'CANARY-WRONG-KEY' })
    const shown = fake.headers.flatMap((headers, at) => (headers['x-api-key'] === undefined ? [] : [fake.requests[at]]))
    expect(shown).toEqual(['GET /api/version'])
  })

  it('setup_unfinished while the wizard was never finished', async () => {
    const fake = await fakeWith()
    fake.unfinished = true
    expect((await test(fake.url, { apiKey: 'any key at all' })).cause).toBe('setup_unfinished')
    fake.unfinished = false
    expect((await test(fake.url)).cause).toBe('ok')
  })

  it('booting while a Pi has not found its printer', async () => {
    const fake = await fakeWith()
    fake.booting = true
    const result = await test(fake.url)
    expect(result.cause).toBe('booting')
    expect(result.detail).toContain('cable')
  })

  it('proxy_auth for a proxy that wants a login', async () => {
    expect((await test((await page(401, { 'WWW-Authenticate': 'Basic realm="proxy"' }, '<html><title>401</title></html>')).url)).cause).toBe('proxy_auth')
  })

  it('server_error for a login in an unknown way, with the way out', async () => {
    const result = await test((await page(401, { 'WWW-Authenticate': 'Digest realm="x", nonce="n", algorithm=SHA-512-256' }, '')).url, { password: 'any password' })
    expect(result.cause).toBe('server_error')
    expect(result.detail).toContain('Use an API key')
  })

  it('wrong_prefix for an address that is sent on, without following it', async () => {
    const fake = await page(302, { Location: 'http://other.local/prusa/?next=1' }, '')
    const result = await test(fake.url)
    expect(result.cause).toBe('wrong_prefix')
    expect(result.detail).toContain('http://other.local/prusa/.')
    expect(result.detail).not.toContain('next')
  })

  it('wrong_prefix for a path below which nothing is', async () => {
    const fake = await fakeWith({ prefix: '/left' })
    expect((await test(`http://127.0.0.1:${fake.port}/right`)).cause).toBe('wrong_prefix')
  })

  it('not_this_server says that it is OctoPrint or Moonraker', async () => {
    const fake = await fakeWith()
    fake.routes.set('GET /api/version', answer(200, { api: '0.1', server: '1.11.8', text: 'OctoPrint 1.11.8' }))
    expect(await test(fake.url)).toMatchObject({ cause: 'not_this_server', detail: `127.0.0.1:${fake.port} is OctoPrint. Add it as an OctoPrint server.` })
    fake.routes.set('GET /api/version', answer(200, { api: '0.1', server: '1.5.0', text: 'OctoPrint (Moonraker 0.11.0)' }))
    expect(await test(fake.url)).toMatchObject({ cause: 'not_this_server', detail: `127.0.0.1:${fake.port} is Moonraker. Add it as a Moonraker server.` })
  })

  it.each([
    ['a page by its title', { 'Content-Type': 'text/html', Server: 'nginx' }, '<html><title>Living  room\nlights</title></html>', 'Living room lights'],
    ['JSON of somebody else', { 'Content-Type': 'application/json' }, '[1,2,3]', 'not PrusaLink'],
    ['a page without a title', { 'Content-Type': 'text/html', Server: 'RouterOS' }, '<p>Hello', '"RouterOS"'],
  ])('not_this_server says that it is %s', async (_what, headers, body, said) => {
    const result = await test((await page(200, headers, body)).url)
    expect(result.cause).toBe('not_this_server')
    expect(result.detail).toContain(said)
  })

  it('not_this_server without a key for what does not ask for one', async () => {
    expect((await test((await page(200, { 'Content-Type': 'text/html' }, '<title>Shop</title>')).url, {})).cause).toBe('not_this_server')
  })

  it('not_this_server for a server that is no HTTP, server_error for one that hangs up', async () => {
    const fake = await fakeWith()
    fake.wire = 'ssh'
    expect((await test(fake.url)).cause).toBe('not_this_server')
    fake.wire = 'close'
    expect((await test(fake.url)).cause).toBe('server_error')
  })

  it('ok with a camera, and says how large its picture is', async () => {
    const fake = await fakeWith()
    fake.cameras = [{ id: 'c1', name: 'Front', connected: true }]
    fake.photos.set('c1', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(1_500, 7)]))
    expect(await test(fake.url)).toMatchObject({ cause: 'ok', camera: { ok: true, detail: 'The webcam sent a picture of 2 kB.' } })
  })

  it('reaches an IPv6 address', async () => {
    const fake = await fakeWith({ host: '::1' })
    expect((await test(`http://[::1]:${fake.port}`)).cause).toBe('ok')
  })
})

describe('the connection test over TLS', () => {
  let tls: { key: string; cert: string }
  let fingerprint: string
  beforeAll(async () => {
    const made = await generate([{ name: 'commonName', value: 'prusa' }], { keySize: 2048, algorithm: 'sha256' })
    tls = { key: made.private, cert: made.cert }
    const { X509Certificate } = await import('node:crypto')
    fingerprint = new X509Certificate(tls.cert).fingerprint256
  })

  it('tls_self_signed shows the fingerprint; pinned, it is ok; another pin is tls_pin_mismatch and sees no request', async () => {
    const fake = await fakeWith({ tls })
    expect(await test(fake.url)).toMatchObject({ cause: 'tls_self_signed', fingerprint })
    expect(await test(fake.url, { apiKey: FAKE_KEY }, { pin: 'AB'.repeat(32) })).toMatchObject({ cause: 'tls_pin_mismatch', fingerprint })
    expect(fake.requests).toEqual([])
    expect((await test(fake.url, { password: FAKE_PASSWORD }, { pin: fingerprint })).cause).toBe('ok')
  })

  it('tls_not_tls for https to a plain port, bad_address for http to a TLS port', async () => {
    const plain = await fakeWith()
    expect((await test(plain.url.replace('http:', 'https:'))).cause).toBe('tls_not_tls')
    const secure = await fakeWith({ tls })
    expect((await test(secure.url.replace('https:', 'http:'))).cause).toBe('bad_address')
  })
})

describe('a test that is stopped', () => {
  it('ends at once', async () => {
    const fake = await fakeWith()
    fake.wire = 'silent'
    const stop = new AbortController()
    let ended = false
    void prusalink.test(serverConfig('prusalink', { url: fake.url }, { apiKey: FAKE_KEY }), testPorts(), stop.signal).then(() => (ended = true))
    stop.abort()
    await until('the end', () => ended, 2_000)
  })
})
