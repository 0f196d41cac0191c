import { createServer, connect as connectTcp, type AddressInfo, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { until } from '../support/adapter-kit.ts'
import { MOONRAKER_USER, moonrakerMissing, startMoonraker, type MoonrakerServer } from '../support/moonraker-server.ts'
import { gcodeOf, startCamera, TEST_JPEG, type CameraServer } from '../support/octoprint-server.ts'
import { realDesk, type RealDesk, type RealEngine, type WatchedPrinter } from '../support/real-engine.ts'

const missing = moonrakerMissing()
const because = missing === null ? '' : ` (skipped: ${missing})`
const P = 'voron'

let desk: RealDesk | null = null
afterEach(async () => {
  await desk?.close()
  desk = null
})
async function watch(server: MoonrakerServer, more: { settings?: Record<string, unknown>; secrets?: WatchedPrinter['secrets']; url?: string } = {}): Promise<RealEngine> {
  desk = realDesk()
  return desk.start([{ id: P, server: { kind: 'moonraker', url: more.url ?? server.url, ...more.settings }, ...(more.secrets ? { secrets: more.secrets } : {}) }])
}
/** It is not let in, says so once, and knows nothing of the printer. */
async function turnedAway(one: RealEngine): Promise<void> {
  await one.wait(P, 'link.auth_failed')
  expect(one.state(P)).toMatchObject({ link: 'auth_failed', job: 'none' })
  expect(one.told(P)).toHaveLength(1)
  expect(one.links(P).filter((link) => link.startsWith('up'))).toEqual([])
}

/** A door before a server, which keeps the heads of what goes through. */
async function relay(port: number): Promise<{ url: string; heads: string[]; close(): Promise<void> }> {
  const heads: string[] = []
  const server: Server = createServer((from) => {
    const to = connectTcp(port, '127.0.0.1')
    from.once('data', (data) => heads.push(data.toString('latin1').split('\r\n\r\n')[0] ?? ''))
    from.pipe(to).pipe(from)
    from.on('error', () => to.destroy())
    to.on('error', () => from.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heads, close: () => new Promise((done) => server.close(() => done())) }
}

/** The status of a refused upgrade; 101 = it was taken. */
async function upgrade(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`, { headers })
  try {
    return await new Promise<number>((done, fail) => {
      socket.once('open', () => done(101))
      socket.once('unexpected-response', (_request, response) => done(response.statusCode ?? 0))
      socket.once('error', fail)
    })
  } finally {
    socket.on('error', () => undefined)
    socket.terminate()
  }
}

describe.skipIf(missing !== null)(`a real Moonraker that wants a login from everybody${because}`, () => {
  let server: MoonrakerServer
  beforeAll(async () => {
    server = await startMoonraker({ forceLogins: true })
  })
  afterAll(async () => {
    await server?.close()
  })

  it('is not taken for connected and idle by somebody without a login', async () => {
    const one = await watch(server)
    await turnedAway(one)
    expect(one.news.flatMap((news) => (news.line === 'link' && news.link === 'auth_failed' ? [news.detail] : []))[0]).toMatch(/force_logins/)
  })

  it('turns a wrong key and a wrong password away, and neither stands in what is told', async () => {
    await turnedAway(await watch(server, { secrets: { apiKey: 'wrong-key-0123456789' } }))
    await desk?.close()
    const one = await watch(server, { settings: { user: MOONRAKER_USER.username }, secrets: { password: 'wrong-password' } })
    await turnedAway(one)
    expect(JSON.stringify(one.news)).not.toContain('wrong-password')
    expect(JSON.stringify(one.log.lines)).not.toContain('wrong-password')
  })

  it.each(['key', 'user'] as const)('lets the %s in, who hears a print', async (who) => {
    const one = await watch(server, who === 'key'
      ? { secrets: { apiKey: await server.apiKey() } }
      : { settings: { user: MOONRAKER_USER.username }, secrets: { password: MOONRAKER_USER.password } })
    await one.up(P)
    await server.print(`${who}.gcode`, gcodeOf(1))
    await one.wait(P, 'job.done')
    expect(one.told(P)).toEqual(['job.started', 'job.done'])
  })
})

describe.skipIf(missing !== null)(`a real Moonraker that trusts this computer${because}`, () => {
  let server: MoonrakerServer
  let camera: CameraServer
  beforeAll(async () => {
    camera = await startCamera()
    server = await startMoonraker({ snapshotUrl: `${camera.url}/snap.jpg` })
  })
  afterAll(async () => {
    await server?.close()
    await camera?.close()
  })

  it('refuses a key that is wrong although it needs none', async () => {
    const one = await watch(server, { secrets: { apiKey: 'wrong-key-0123456789' } })
    await turnedAway(one)
    expect(one.news.flatMap((news) => (news.line === 'link' && news.link === 'auth_failed' ? [news.detail] : []))[0]).toMatch(/take the key out/)
  })

  it('refuses a foreign origin, and Printbell names none', async () => {
    await expect(upgrade(server.url, { Origin: 'http://elsewhere.example' })).resolves.toBe(403)
    await expect(upgrade(server.url, {})).resolves.toBe(101)
    const door = await relay(server.port)
    const one = await watch(server, { url: door.url })
    await one.up(P)
    const upgrades = door.heads.filter((head) => /^upgrade: websocket/im.test(head))
    expect(upgrades.length).toBeGreaterThan(0)
    expect(door.heads.filter((head) => /^origin:/im.test(head))).toEqual([])
    await desk?.close()
    await door.close()
  })

  it('gives the picture of the camera in its list, and how it is turned', async () => {
    const one = await watch(server)
    await one.up(P)
    await until('the camera is known', () => one.state(P).cameras.length > 0)
    expect(one.state(P).cameras).toMatchObject([{ name: 'bench', canSnapshot: true }])
    const picture = await one.engine.snapshot(P, null, AbortSignal.timeout(5_000))
    expect(Buffer.from(picture.bytes).equals(TEST_JPEG)).toBe(true)
    expect(picture.orientation).toEqual({ flipH: true, flipV: false, rotate: 90 })
  })
})
