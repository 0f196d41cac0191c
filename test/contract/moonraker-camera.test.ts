import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { firstTime, recordingSink, untilOn, type RecordingSink } from '../support/adapter-kit.ts'
import { FAKE_KEY, type FakeMoonraker } from '../support/fake-moonraker.ts'
import { closeAfterEach, connect, fakeWith, type ConnectMore } from '../support/moonraker-rig.ts'
import { TEST_JPEG } from '../support/octoprint-server.ts'
import type { Connection } from '../../electron/engine/printers/adapter.ts'

closeAfterEach()

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Eye {
  url: string
  port: number
  /** What each request asked for. */
  asked: string[]
  /** What came along that could be a credential. */
  keys: unknown[]
}

/** A camera of its own. */
async function camera(listener: RequestListener): Promise<Eye> {
  const eye: Eye = { url: '', port: 0, asked: [], keys: [] }
  const server = createServer((request, response) => {
    eye.asked.push(request.url ?? '')
    eye.keys.push(request.headers['x-api-key'], request.headers.authorization)
    listener(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  }))
  eye.port = (server.address() as AddressInfo).port
  eye.url = `http://127.0.0.1:${eye.port}`
  return eye
}

const jpeg = (_request: unknown, response: ServerResponse): void => void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(TEST_JPEG)
const stream: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=--jpgboundary' })
  const timer = setInterval(() => response.write(Buffer.concat([Buffer.from('--jpgboundary\r\nContent-type: image/jpeg\r\n\r\n'), TEST_JPEG, Buffer.from('\r\n')])), 20)
  response.on('close', () => clearInterval(timer))
}
/** As the server lists it (0.11.0, recorded). */
const webcam = (name: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  name, enabled: true, icon: 'mdiWebcam', aspect_ratio: '4:3', target_fps: 15, target_fps_idle: 5, location: 'printer', service: 'mjpegstreamer',
  stream_url: '', snapshot_url: '', flip_horizontal: false, flip_vertical: false, rotation: 0, source: 'config', extra_data: {}, uid: `uid-${name}`, ...over,
})
const soon = (): AbortSignal => AbortSignal.timeout(3_000)
const is = (bytes: Uint8Array): boolean => Buffer.from(bytes).equals(TEST_JPEG)

async function up(fake: FakeMoonraker, more: ConnectMore = {}, sink = recordingSink()): Promise<{ connection: Connection; sink: RecordingSink; told(check: () => boolean): Promise<void> }> {
  const { connection, clock } = connect(fake, sink, firstTime(), more)
  await untilOn(clock, 'the cameras', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras !== undefined))
  return { connection, sink, told: (check) => untilOn(clock, 'it was told', check) }
}
const camerasOf = (sink: RecordingSink): unknown => sink.observations.flatMap((one) => (one.kind === 'state' && one.state.cameras ? [one.state.cameras] : [])).at(-1)

describe('the cameras of a Moonraker', () => {
  it('are those of its list that are switched on, by name and id', async () => {
    const fake = await fakeWith()
    fake.webcams = [
      webcam('chamber', { snapshot_url: '/webcam/?action=snapshot' }), webcam('old', { enabled: false }), webcam('webrtc', { service: 'webrtc-camerastreamer', stream_url: '/webcam/webrtc' }),
      webcam('stream', { stream_url: '/webcam2/?action=stream' }), { junk: true }, 7 as never,
    ]
    const { sink } = await up(fake)
    expect(camerasOf(sink)).toEqual([
      { id: 'uid-chamber', name: 'chamber', canSnapshot: true }, { id: 'uid-webrtc', name: 'webrtc', canSnapshot: false }, { id: 'uid-stream', name: 'stream', canSnapshot: true },
    ])
    expect(sink.observations.findLast((one) => one.kind === 'state' && one.state.capabilities !== undefined)).toMatchObject({ state: { capabilities: { snapshot: true, emergency_stop: true } } })
  })

  it('are read anew when the server says that they changed', async () => {
    const fake = await fakeWith()
    const { sink, told } = await up(fake)
    expect(camerasOf(sink)).toEqual([])
    fake.webcams = [webcam('chamber', { snapshot_url: '/webcam/?action=snapshot' })]
    fake.notify('notify_webcams_changed', { webcams: fake.webcams })
    await told(() => (camerasOf(sink) as unknown[]).length === 1)
  })
})

describe('a still', () => {
  it('comes from the snapshot address, turned as the list says: flips, then clockwise degrees', async () => {
    const fake = await fakeWith()
    const eye = await camera(jpeg)
    fake.webcams = [webcam('chamber', { snapshot_url: `${eye.url}/snap`, flip_horizontal: true, rotation: 90 })]
    const { connection } = await up(fake)
    const picture = await connection.snapshot('printer', null, soon())
    expect(is(picture.bytes)).toBe(true)
    expect(picture.orientation).toEqual({ flipH: true, flipV: false, rotate: 90 })
    expect(eye.asked).toEqual(['/snap'])
  })

  it.each([[180, 180], [270, 270], [45, 0], ['90', 0], [null, 0]])('with a rotation of %j is turned by %i', async (rotation, expected) => {
    const fake = await fakeWith()
    const eye = await camera(jpeg)
    fake.webcams = [webcam('chamber', { snapshot_url: eye.url, rotation })]
    const { connection } = await up(fake)
    expect((await connection.snapshot('printer', null, soon())).orientation.rotate).toBe(expected)
  })

  it('of a relative address comes from the web server that was typed', async () => {
    const fake = await fakeWith()
    fake.routes.set('GET /webcam/', (_request, response) => jpeg(null, response))
    fake.webcams = [webcam('chamber', { snapshot_url: '/webcam/?action=snapshot' })]
    const { connection } = await up(fake)
    expect(is((await connection.snapshot('printer', null, soon())).bytes)).toBe(true)
  })

  it('of an address on localhost comes from the computer of the server', async () => {
    const fake = await fakeWith()
    const eye = await camera(jpeg)
    fake.webcams = [webcam('chamber', { snapshot_url: `http://localhost:${eye.port}/snap` })]
    const { connection } = await up(fake)
    expect(is((await connection.snapshot('printer', null, soon())).bytes)).toBe(true)
  })

  it('is the first picture of the stream where there is no snapshot address', async () => {
    const fake = await fakeWith()
    const eye = await camera((request, response) => (request.url?.includes('snapshot') === true ? void response.writeHead(404).end() : stream(request, response)))
    fake.webcams = [webcam('chamber', { stream_url: `${eye.url}/?action=stream` })]
    const { connection } = await up(fake)
    expect(is((await connection.snapshot('printer', null, soon())).bytes)).toBe(true)
    expect(eye.asked).toEqual(['/?action=snapshot', '/?action=stream'])
  })

  it('is that of the camera that was asked for, or that the settings name', async () => {
    const fake = await fakeWith()
    const [left, right] = [await camera(jpeg), await camera(jpeg)]
    fake.webcams = [webcam('left', { snapshot_url: left.url }), webcam('right', { snapshot_url: right.url })]
    const { connection } = await up(fake, { camera: 'right' })
    await connection.snapshot('printer', null, soon())
    await connection.snapshot('printer', 'uid-left', soon())
    expect([left.asked.length, right.asked.length]).toEqual([1, 1])
    await expect(connection.snapshot('printer', 'uid-none', soon())).rejects.toMatchObject({ cause_: 'no_camera', message: 'Moonraker has no webcam named "uid-none".' })
  })

  it('comes from the address of the settings alone where there is one', async () => {
    const fake = await fakeWith()
    const [own, listed] = [await camera(jpeg), await camera(jpeg)]
    fake.webcams = [webcam('left', { snapshot_url: listed.url, rotation: 90 })]
    const { connection } = await up(fake, { snapshotUrl: `${own.url}/x.jpg` })
    expect((await connection.snapshot('printer', null, soon())).orientation.rotate).toBe(0)
    expect([own.asked, listed.asked]).toEqual([['/x.jpg'], []])
  })

  it('never takes the key along', async () => {
    const fake = await fakeWith({ trusted: false })
    const eye = await camera(jpeg)
    fake.webcams = [webcam('chamber', { snapshot_url: eye.url })]
    const { connection } = await up(fake, { secrets: { apiKey: FAKE_KEY } })
    await connection.snapshot('printer', null, soon())
    expect(eye.keys).toEqual([undefined, undefined])
  })

  it.each<[string, RequestListener, string]>([
    ['HTML', (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>no camera here</html>'.padEnd(200)), 'not_a_picture'],
    ['an error', (_request, response) => void response.writeHead(500).end(), 'server_error'],
    ['a login', (_request, response) => void response.writeHead(401).end(), 'not_permitted'],
    ['nothing', (request) => void request.socket.destroy(), 'unreachable'],
    ['20 MB', (_request, response) => void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(Buffer.alloc(20_000_000, 0xff)), 'too_large'],
  ])('that is %s is none, with its cause; the camera is told as lost where it is its own', async (_what, listener, cause) => {
    const fake = await fakeWith()
    const eye = await camera(listener)
    fake.webcams = [webcam('chamber', { snapshot_url: eye.url })]
    const { connection, sink } = await up(fake)
    await expect(connection.snapshot('printer', null, soon())).rejects.toMatchObject({ cause_: cause })
    const lost = sink.signals().some((one) => one.type === 'camera' && !one.up)
    expect(lost).toBe(['not_a_picture', 'server_error', 'unreachable'].includes(cause))
  })

  it('of a server without webcams is none', async () => {
    const fake = await fakeWith()
    const { connection } = await up(fake)
    await expect(connection.snapshot('printer', null, soon())).rejects.toMatchObject({ cause_: 'no_camera', message: 'Moonraker has no webcam.' })
  })
})
