import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Wanted } from '../adapter.ts'
import { fromHere } from './camera.ts'
import { toDiscovered } from './discover.ts'
import { firstJpeg, isJpeg } from './jpeg.ts'
import { tooOld } from './session.ts'
import { subscription } from './subscription.ts'
import { backOff, linkOf } from './supervisor.ts'
import { camerasOf, parseWebcams } from './webcams.ts'

const NOTHING: Wanted = { types: new Set(), natives: new Set(), layers: false, messages: false }

describe('the subscription', () => {
  it('always listens for the nine job events, and never for the terminal', () => {
    const { subscribe } = subscription(NOTHING)
    expect(subscribe['events']).toEqual(expect.arrayContaining(['PrintStarted', 'PrintDone', 'PrintFailed', 'PrintCancelling', 'PrintCancelled', 'PrintPaused', 'PrintResumed', 'Error', 'PrinterStateChanged']))
    expect(subscribe['state']).toMatchObject({ messages: false })
  })

  it('asks for heights only when a layer is wanted', () => {
    expect(subscription(NOTHING).subscribe['events']).not.toContain('ZChange')
    expect(subscription({ ...NOTHING, types: new Set(['job.first_layer_done'] as const) }).subscribe['events']).toContain('ZChange')
  })

  it('asks a plugin for its messages when a selector names them, and for no event of that name', () => {
    const { subscribe } = subscription({ ...NOTHING, natives: new Set(['plugin:firmware_check', 'plugin:action_command_prompt', 'MovieDone']) })
    expect(subscribe['plugins']).toEqual(['action_command_prompt', 'action_command_notification', 'firmware_check'])
    expect(subscribe['events']).toContain('MovieDone')
    expect(subscribe['events']).not.toContain('plugin:firmware_check')
  })

  it('asks every plugin for the selector native:*', () => {
    expect(subscription({ ...NOTHING, natives: new Set(['*']) }).subscribe).toMatchObject({ events: true, plugins: true })
  })

  it('filters logs by an expression that Python and we read alike', () => {
    const { logs } = subscription(NOTHING).subscribe['state'] as { logs: string }
    const lines = new RegExp(logs)
    expect(lines.test('Recv: echo:busy: paused for user')).toBe(true)
    expect(lines.test('Recv: //action:prompt_show')).toBe(true)
    expect(lines.test('Recv: // action:pause')).toBe(true)
    expect(lines.test('Recv: ok T:21.3')).toBe(false)
    expect(lines.test('Send: N3 G1 X1')).toBe(false)
  })
})

describe('what the file says to people', () => {
  const logsOf = (...types: ('message.display' | 'message.user')[]): RegExp => new RegExp((subscription({ ...NOTHING, types: new Set(types) }).subscribe['state'] as { logs: string }).logs)

  it('is asked for only where somebody listens: M117 for the display, M118 for the user', () => {
    expect(logsOf().test('Send: N31 M117 Layer 3/40*63')).toBe(false)
    expect(logsOf('message.display').test('Send: N31 M117 Layer 3/40*63')).toBe(true)
    expect(logsOf('message.display').test('Send: M118 hello')).toBe(false)
    expect(logsOf('message.user').test('Send: M118 hello')).toBe(true)
    expect(logsOf('message.display', 'message.user').test('Send: N3 G1 X1')).toBe(false)
  })
})

describe('the back-off', () => {
  it.each([[0, 0, 500], [0, 1, 1_000], [1, 1, 2_000], [3, 0.5, 6_000], [6, 1, 60_000], [100, 1, 60_000], [100, 0, 30_000]])('waits before try %i with chance %d for %i ms', (attempt, random, ms) => {
    expect(backOff(attempt, random)).toBe(ms)
  })

  it.each([['key_invalid', 'auth_failed'], ['permission_missing', 'refused'], ['tls_pin_mismatch', 'refused'], ['too_old', 'refused'], ['booting', 'down'], ['refused', 'down'], ['timeout', 'down'], ['reset', 'down']] as const)('%s makes the link %s', (cause, link) => {
    expect(linkOf(cause)).toBe(link)
  })
})

describe('the version', () => {
  it.each([['1.7.3', true], ['1.3.12', true], ['0.9', true], ['1.8.0', false], ['1.11.8', false], ['2.0.0rc3', false], ['unknown', false]])('%s is too old: %s', (version, old) => {
    expect(tooOld(version)).toBe(old)
  })
})

describe("a camera's address", () => {
  it.each([
    ['http://127.0.0.1:8080/?action=snapshot', 'http://octopi.local', 'http://octopi.local:8080/?action=snapshot'],
    ['http://localhost/snap', 'http://192.168.1.5:5000/octoprint', 'http://192.168.1.5/snap'],
    ['/webcam/?action=stream', 'http://host:5000/octoprint', 'http://host:5000/webcam/?action=stream'],
    ['webcam/?action=stream', 'http://host/octoprint', 'http://host/octoprint/webcam/?action=stream'],
    ['//camera/live', 'https://host', 'https://camera/live'],
    ['http://192.168.1.9/snap.jpg', 'http://host', 'http://192.168.1.9/snap.jpg'],
    ['http://127.0.0.1:8080/', 'http://[fd00::5]', 'http://[fd00::5]:8080/'],
  ])('%s seen from %s is %s', (address, base, seen) => {
    expect(fromHere(address, base)).toBe(seen)
  })

  it.each([[null], ['webrtc://host/stream'], ['rtsp://host/1'], ['file:///etc/passwd']])('%s is none', (address) => {
    expect(fromHere(address, 'http://host')).toBeNull()
  })
})

describe('the webcam settings', () => {
  it('are read from versions before 1.9, where there is one webcam', () => {
    const webcams = parseWebcams({ webcamEnabled: true, streamUrl: '/webcam/?action=stream', snapshotUrl: 'http://127.0.0.1:8080/?action=snapshot', flipH: false, flipV: true, rotate90: true }, null)
    expect(webcams.list).toEqual([{ id: 'default', name: 'Webcam', canSnapshot: true, orientation: { flipH: false, flipV: true, rotate: 270 }, snapshotUrl: 'http://127.0.0.1:8080/?action=snapshot', streamUrl: '/webcam/?action=stream' }])
    expect(camerasOf(webcams)).toEqual([{ id: 'default', name: 'Webcam', canSnapshot: true }])
  })

  it('survive junk: a webcam without a name is left out, flags of a wrong type are off', () => {
    const webcams = parseWebcams({ webcams: [{ displayName: 'x' }, { name: 'ok', flipH: 'yes', compat: 7 }, null], snapshotWebcam: 5 }, null)
    expect(webcams.list).toEqual([{ id: 'ok', name: 'ok', canSnapshot: false, orientation: { flipH: false, flipV: false, rotate: 0 }, snapshotUrl: null, streamUrl: null }])
    expect(webcams.snapshotId).toBe('ok')
    expect(parseWebcams('nonsense', null).list).toEqual([])
  })
})

describe('a JPEG', () => {
  const body = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(200, 7), Buffer.from([0xff, 0xd9])])

  it('is known by its first bytes, not by its name', () => {
    expect(isJpeg(body)).toBe(true)
    expect(isJpeg(Buffer.from('<html>'.padEnd(300)))).toBe(false)
    expect(isJpeg(Buffer.from([0xff, 0xd8, 0xff]))).toBe(false)
  })

  it.each([
    ['with a length', `--b\r\nContent-Length: ${body.length}\r\n\r\n`, ''],
    ['without a length, up to the next boundary', '--b\r\nContent-Type: image/jpeg\r\n\r\n', '\r\n--b\r\n'],
  ])('is taken out of a stream %s, however it is cut into chunks', async (_what, head, tail) => {
    for (const size of [1, 7, 1_000]) {
      const stream = new PassThrough()
      const found = firstJpeg(stream, 'multipart/x-mixed-replace;boundary=b', new AbortController().signal)
      const all = Buffer.concat([Buffer.from(head), body, Buffer.from(tail)])
      for (let at = 0; at < all.length; at += size) stream.write(all.subarray(at, at + size))
      expect(Buffer.from(await found).equals(body)).toBe(true)
    }
  })

  it('is none in a stream that ends early', async () => {
    const stream = new PassThrough()
    const found = firstJpeg(stream, 'multipart/x-mixed-replace; boundary="b"', new AbortController().signal)
    stream.end('--b\r\nContent-Length: 900\r\n\r\nshort')
    await expect(found).rejects.toMatchObject({ cause_: 'not_a_picture' })
  })
})

describe('an announcement by mDNS', () => {
  const found = { name: 'OctoPrint instance on octopi', host: 'octopi.local.', port: 80, addresses: ['fe80::1', '192.168.1.20'], txt: { path: '/', uuid: 'u-1', version: '1.11.8' } }

  it('prefers the IPv4 address and leaves the usual port out', () => {
    expect(toDiscovered('octoprint', found)).toEqual({ kind: 'octoprint', id: 'u-1', name: 'octopi', url: 'http://192.168.1.20', version: '1.11.8' })
  })

  it('takes prefix, port and the name in quotes', () => {
    expect(toDiscovered('octoprint', { ...found, name: 'OctoPrint instance "Left MK3"', port: 5000, txt: { path: '/octoprint/' } })).toEqual({ kind: 'octoprint', id: 'octopi.local.:5000/octoprint', name: 'Left MK3', url: 'http://192.168.1.20:5000/octoprint', version: null })
  })

  it('falls back to the .local name', () => {
    expect(toDiscovered('octoprint', { ...found, addresses: ['fe80::1', '169.254.3.4'] })?.url).toBe('http://octopi.local')
  })

  it('leaves PrusaLink, which announces itself as an OctoPrint, to its own kind', () => {
    expect(toDiscovered('octoprint', { ...found, name: 'PrusaLink at mk3' })).toBeNull()
  })
})
