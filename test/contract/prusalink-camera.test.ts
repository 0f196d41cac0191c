import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { FAKE_PASSWORD } from '../support/fake-prusalink.ts'
import { closeAfterEach, connect, fakeWith } from '../support/prusalink-rig.ts'

closeAfterEach()

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(300, 7), Buffer.from([0xff, 0xd9])])
const never = () => new AbortController().signal
const CAMERAS = [{ id: 'c1', name: 'Front', connected: true }, { id: 'c/2', name: 'Top', connected: true }]

const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A camera beside the printer; keeps the headers it was asked with. */
async function camera(body: Buffer | string, contentType: string): Promise<{ url: string; headers: Record<string, unknown>[] }> {
  const headers: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    headers.push(request.headers)
    response.writeHead(200, { 'Content-Type': contentType, Connection: 'close' }).end(body)
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/snap`, headers }
}

describe('a picture of a Pi', () => {
  it('is the last photo of the first camera, of the one in the settings, or of the one that is asked for', async () => {
    const fake = await fakeWith()
    fake.cameras = CAMERAS
    fake.photos.set('c1', Buffer.concat([JPEG, Buffer.from('1')]))
    fake.photos.set('c/2', Buffer.concat([JPEG, Buffer.from('2')]))
    const plain = connect(fake, recordingSink())
    const last = (bytes: Uint8Array) => String.fromCharCode(bytes.at(-1) ?? 0)
    const first = await plain.connection.snapshot('printer', null, never())
    expect(last(first.bytes)).toBe('1')
    expect(first.orientation).toEqual({ flipH: false, flipV: false, rotate: 0 })
    expect(last((await plain.connection.snapshot('printer', 'c/2', never())).bytes)).toBe('2')
    const chosen = connect(fake, recordingSink(), firstTime(), { camera: 'c/2' })
    expect(last((await chosen.connection.snapshot('printer', null, never())).bytes)).toBe('2')
  })

  it('comes with the Digest login too', async () => {
    const fake = await fakeWith()
    fake.cameras = CAMERAS
    fake.photos.set('c/2', JPEG)
    const { connection } = connect(fake, recordingSink(), firstTime(), { secrets: { password: FAKE_PASSWORD } })
    expect((await connection.snapshot('printer', 'c/2', never())).bytes).toHaveLength(JPEG.length)
  })

  it.each([
    [204, 'server_error', 'not taken a photo yet'],
    [304, 'server_error', 'no newer photo'],
    [404, 'no_camera', 'has no camera'],
    [500, 'server_error', 'status 500'],
    [503, 'server_error', 'status 503'],
    [403, 'not_permitted', 'does not accept'],
  ])('that is none is named: %i is %s', async (status, cause, said) => {
    const fake = await fakeWith()
    const { connection } = connect(fake, recordingSink())
    fake.routes.set('GET /api/v1/cameras/snap', (_request, response) => void response.writeHead(status).end())
    const error: unknown = await connection.snapshot('printer', null, never()).catch((one: unknown) => one)
    expect(error).toMatchObject({ name: 'NoPicture', cause_: cause })
    expect(String(error)).toContain(said)
  })

  it('that is a page, or of 11 MB, is none', async () => {
    const fake = await fakeWith()
    const { connection } = connect(fake, recordingSink())
    fake.routes.set('GET /api/v1/cameras/snap', (_request, response) => void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end('<html>'.padEnd(500)))
    await expect(connection.snapshot('printer', null, never())).rejects.toMatchObject({ cause_: 'not_a_picture' })
    fake.routes.set('GET /api/v1/cameras/snap', (_request, response) => void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(Buffer.concat([JPEG, Buffer.alloc(11_000_000)])))
    await expect(connection.snapshot('printer', null, never())).rejects.toMatchObject({ cause_: 'too_large' })
  })

  it('that hangs ends with the signal, and the polls go on', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { connection, clock } = connect(fake, sink)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    fake.routes.set('GET /api/v1/cameras/snap', () => undefined)
    const stop = new AbortController()
    const asked = connection.snapshot('printer', null, stop.signal)
    asked.catch(() => undefined)
    await untilOn(clock, 'the request', () => fake.requests.includes('GET /api/v1/cameras/snap'))
    stop.abort()
    await expect(asked).rejects.toMatchObject({ cause_: 'timeout' })
    const before = sink.observations.length
    await untilOn(clock, 'the next poll', () => sink.observations.length > before)
  })

  it('that fails and works again is told once each', async () => {
    const fake = await fakeWith()
    fake.cameras = CAMERAS
    const sink = recordingSink()
    const { connection, clock } = connect(fake, sink)
    await untilOn(clock, 'the cameras', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras !== undefined))
    const shoot = () => connection.snapshot('printer', null, never()).catch(() => undefined)
    await shoot()
    await shoot()
    fake.photos.set('c1', JPEG)
    await shoot()
    await shoot()
    expect(sink.signals()).toEqual([{ type: 'camera', camera: 'c1', up: false, cause: 'server_error' }, { type: 'camera', camera: 'c1', up: true, cause: null }])
  })
})

describe('a picture of a Buddy board', () => {
  it('comes from the address in the settings, which never gets the key', async () => {
    const beside = await camera(JPEG, 'image/jpeg')
    const fake = await fakeWith({ flavour: 'buddy' })
    const sink = recordingSink()
    const { connection, clock } = connect(fake, sink, firstTime(), { snapshotUrl: beside.url, secrets: { apiKey: FAKE_PASSWORD } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    expect(sink.observations[0]).toMatchObject({ state: { cameras: [{ id: 'snapshot-address', name: 'Camera', canSnapshot: true }], capabilities: { snapshot: true } } })
    expect((await connection.snapshot('printer', null, never())).bytes).toHaveLength(JPEG.length)
    expect(JSON.stringify(beside.headers)).not.toContain(FAKE_PASSWORD)
  })

  it('may be the first one of an MJPEG stream', async () => {
    const beside = await camera(Buffer.concat([Buffer.from(`--b\r\nContent-Length: ${JPEG.length}\r\n\r\n`), JPEG, Buffer.from('\r\n--b\r\n')]), 'multipart/x-mixed-replace;boundary=b')
    const fake = await fakeWith({ flavour: 'buddy' })
    const { connection } = connect(fake, recordingSink(), firstTime(), { snapshotUrl: beside.url, secrets: { apiKey: FAKE_PASSWORD } })
    expect((await connection.snapshot('printer', null, never())).bytes).toHaveLength(JPEG.length)
  })

  it('is none without that address, and says what to do', async () => {
    const fake = await fakeWith({ flavour: 'buddy' })
    const { connection } = connect(fake, recordingSink(), firstTime(), { secrets: { apiKey: FAKE_PASSWORD } })
    const error: unknown = await connection.snapshot('printer', null, never()).catch((one: unknown) => one)
    expect(error).toMatchObject({ cause_: 'no_camera' })
    expect(String(error)).toContain('snapshot address')
  })
})
