import { describe, expect, it } from 'vitest'
import type { Wanted } from '../adapter.ts'
import { toDiscovered } from './discover.ts'
import { tooOld } from './session.ts'
import { subscription } from './subscription.ts'
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
    expect(subscribe['plugins']).toEqual(['action_command_prompt', 'action_command_notification', 'failure_detector', 'firmware_check'])
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

describe('the version', () => {
  it.each([['1.7.3', true], ['1.3.12', true], ['0.9', true], ['1.8.0', false], ['1.11.8', false], ['2.0.0rc3', false], ['unknown', false]])('%s is too old: %s', (version, old) => {
    expect(tooOld(version)).toBe(old)
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
