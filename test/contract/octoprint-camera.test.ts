import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { firstTime, recordingSink, serverConfig, testPorts, until } from '../support/adapter-kit.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint } from '../support/fake-octoprint.ts'
import { TEST_JPEG } from '../support/octoprint-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
async function octo(): Promise<FakeOctoPrint> {
  const fake = await startFake()
  closing.push(() => fake.close())
  return fake
}
/** A camera of its own; keeps the headers it was asked with. */
async function camera(listener: RequestListener): Promise<{ url: string; keys: unknown[] }> {
  const keys: unknown[] = []
  const server: Server = createServer((request, response) => {
    keys.push(request.headers['x-api-key'], request.headers.authorization)
    listener(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  }))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys }
}
function connect(fake: FakeOctoPrint, settings: { camera?: string; snapshotUrl?: string } = {}, sink = recordingSink()): Connection {
  const stop = new AbortController()
  const connection = octoprint.connect(serverConfig('octoprint', { url: fake.url, ...settings }, { apiKey: FAKE_KEY }), sink, stop.signal, testPorts(), firstTime())
  closing.push(async () => {
    stop.abort()
    await connection.closed
  })
  return connection
}
const soon = () => AbortSignal.timeout(3_000)
const jpeg = (_request: unknown, response: ServerResponse) => void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(TEST_JPEG)
const stream: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=--jpgboundary' })
  const timer = setInterval(() => response.write(Buffer.concat([Buffer.from('--jpgboundary\r\nContent-type: image/jpeg\r\n\r\n'), TEST_JPEG, Buffer.from('\r\n')])), 20)
  response.on('close', () => clearInterval(timer))
}
const webcam = (name: string, compat: { snapshot?: string; stream?: string } | null, flags: Record<string, unknown> = {}) => ({ name, displayName: name.toUpperCase(), canSnapshot: true, flipH: false, flipV: false, rotate90: false, compat, ...flags })
const is = (bytes: Uint8Array) => Buffer.from(bytes).equals(TEST_JPEG)

describe('the still of an OctoPrint camera', () => {
  it('comes from OctoPrint itself, with the orientation of the snapshot webcam and not of the default one', async () => {
    const fake = await octo()
    fake.webcam = { webcamEnabled: true, defaultWebcam: 'a', snapshotWebcam: 'b', flipH: true, webcams: [webcam('a', null, { flipH: true }), webcam('b', null, { flipV: true, rotate90: true })] }
    fake.routes.set('GET /downloads/camera/current', jpeg)
    const picture = await connect(fake).snapshot('printer', null, soon())
    expect(is(picture.bytes)).toBe(true)
    expect(picture.orientation).toEqual({ flipH: false, flipV: true, rotate: 270 })
  })

  it('comes from the chosen camera of several, whose loopback address means the computer of OctoPrint', async () => {
    const fake = await octo()
    const side = await camera((request, response) => (request.url === '/side.jpg' ? jpeg(request, response) : void response.writeHead(404).end()))
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'main', webcams: [webcam('main', null), webcam('side', { snapshot: side.url.replace('127.0.0.1', 'localhost') + '/side.jpg' }, { flipH: true })] }
    fake.routes.set('GET /downloads/camera/current', (_request, response) => void response.writeHead(500).end())
    expect((await connect(fake).snapshot('printer', 'side', soon())).orientation).toEqual({ flipH: true, flipV: false, rotate: 0 })
    expect(is((await connect(fake, { camera: 'side' }).snapshot('printer', null, soon())).bytes)).toBe(true)
    expect(side.keys.every((key) => key === undefined)).toBe(true)
  })

  it('falls back to the snapshot address when OctoPrint cannot fetch it', async () => {
    const fake = await octo()
    const cam = await camera(jpeg)
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'main', webcams: [webcam('main', { snapshot: `${cam.url}/snap` })] }
    fake.routes.set('GET /downloads/camera/current', (_request, response) => void response.writeHead(500).end('<html></html>'))
    expect(is((await connect(fake).snapshot('printer', null, soon())).bytes)).toBe(true)
  })

  it('is asked of a relative stream address at action=snapshot, as the browser resolves it', async () => {
    const fake = await octo()
    fake.webcam = { webcamEnabled: true, webcams: [], streamUrl: '/webcam/?action=stream', snapshotUrl: null, flipV: true }
    let asked = ''
    fake.routes.set('GET /webcam/', (request, response) => {
      asked = request.url ?? ''
      jpeg(request, response)
    })
    fake.routes.set('GET /downloads/camera/current', (_request, response) => void response.writeHead(404).end())
    const picture = await connect(fake).snapshot('printer', null, soon())
    expect(asked).toBe('/webcam/?action=snapshot')
    expect(picture.orientation).toEqual({ flipH: false, flipV: true, rotate: 0 })
  })

  it('is the first picture of an MJPEG stream where there is only a stream, and the stream is closed then', async () => {
    const fake = await octo()
    let closed = false
    const cam = await camera((request, response) => {
      response.on('close', () => (closed = true))
      stream(request, response)
    })
    fake.webcam = { webcamEnabled: true, webcams: [webcam('only', { stream: `${cam.url}/live` }, { canSnapshot: false })] }
    expect(is((await connect(fake).snapshot('printer', null, soon())).bytes)).toBe(true)
    await expect.poll(() => closed).toBe(true)
  })

  it('comes from the address in our own settings before all', async () => {
    const fake = await octo()
    const cam = await camera(jpeg)
    expect(is((await connect(fake, { snapshotUrl: `${cam.url}/mine.jpg` }).snapshot('printer', null, soon())).bytes)).toBe(true)
    expect(cam.keys.every((key) => key === undefined)).toBe(true)
  })

  it('is still found when the key may not read the settings', async () => {
    const fake = await octo()
    fake.routes.set('GET /api/settings', (_request, response) => void response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"error":"no"}'))
    fake.routes.set('GET /downloads/camera/current', jpeg)
    expect((await connect(fake).snapshot('printer', null, soon())).orientation).toEqual({ flipH: false, flipV: false, rotate: 0 })
  })

  it.each([
    ['no_camera', 'no webcam at all', { webcamEnabled: true, webcams: [] }, null],
    ['no_camera', 'the webcam switched off', { webcamEnabled: false, webcams: [webcam('a', null)] }, null],
    ['not_a_picture', 'a page with status 200', {}, (response: ServerResponse): void => void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end('<html>Login, please</html>'.padEnd(300))],
    ['not_permitted', 'a key without WEBCAM', {}, (response: ServerResponse): void => void response.writeHead(403).end('<html></html>')],
    ['server_error', 'a camera OctoPrint cannot reach', {}, (response: ServerResponse): void => void response.writeHead(500).end('<html></html>')],
    ['too_large', 'a picture without end', {}, (response: ServerResponse): void => {
      response.writeHead(200, { 'Content-Type': 'image/jpeg' })
      const more = () => {
        while (!response.destroyed) if (!response.write(Buffer.alloc(65_536, 0xff))) return void response.once('drain', more)
      }
      more()
    }],
    ['unreachable', 'a connection that is cut', {}, (response: ServerResponse): void => void response.socket?.destroy()],
  ] as const)('is none (%s) with %s', async (cause, _what, block, answer) => {
    const fake = await octo()
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'a', webcams: [webcam('a', null)], ...block }
    fake.routes.set('GET /downloads/camera/current', (_request, response) => answer?.(response))
    await expect(connect(fake).snapshot('printer', null, AbortSignal.timeout(8_000))).rejects.toMatchObject({ name: 'NoPicture', cause_: cause })
  })

  it('is none (timeout) when the signal ends it, without waiting for the camera', async () => {
    const fake = await octo()
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'a', webcams: [webcam('a', null)] }
    fake.routes.set('GET /downloads/camera/current', (_request, response) => response.writeHead(200, { 'Content-Type': 'image/jpeg' }).flushHeaders())
    const from = Date.now()
    await expect(connect(fake).snapshot('printer', null, AbortSignal.timeout(300))).rejects.toMatchObject({ cause_: 'timeout' })
    expect(Date.now() - from).toBeLessThan(1_500)
  })

  it('tells once that the camera stopped answering, and once that it is back', async () => {
    const fake = await octo()
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'a', webcams: [webcam('a', null)] }
    const sink = recordingSink()
    const connection = connect(fake, {}, sink)
    await until('link up', () => sink.lastLink() === 'up')
    const failing = (_request: unknown, response: ServerResponse): void => void response.writeHead(500).end()
    for (const route of [jpeg, failing, failing, jpeg, jpeg]) {
      fake.routes.set('GET /downloads/camera/current', route)
      await connection.snapshot('printer', null, soon()).catch(() => null)
    }
    expect(sink.signals().filter((one) => one.type === 'camera')).toEqual([{ type: 'camera', camera: 'a', up: false, cause: 'server_error' }, { type: 'camera', camera: 'a', up: true, cause: null }])
  })

  it('is none (no_camera) for a camera that OctoPrint does not have, by its name', async () => {
    const fake = await octo()
    fake.webcam = { webcamEnabled: true, snapshotWebcam: 'a', webcams: [webcam('a', null)] }
    await expect(connect(fake).snapshot('printer', 'gone', soon())).rejects.toMatchObject({ cause_: 'no_camera', message: expect.stringContaining('gone') as string })
  })
})
