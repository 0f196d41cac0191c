import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { parseSettings } from '../../engine/settings/load.ts'
import type { SystemFacts } from '../../bridge/views/settings.ts'
import { diagnosticsName, hostsOf, renderDiagnostics, type DiagnosticsParts } from './diagnostics.ts'
import { lastLines } from './log-tail.ts'
import { createVeil, LEFT_OUT } from './veil.ts'

const facts: SystemFacts = {
  version: '0.1.0', versions: { Electron: '45.5.0' }, platform: 'linux', dataFolder: '/home/marta/.local/share/printbell', settingsFile: '/home/marta/.config/printbell/settings.json',
  toast: { path: 'dbus', name: 'dunst 1.9.0', pictures: true, buttons: true, updates: true, why: null }, tray: 'shown', presence: 'present',
  secrets: { protection: 'protected', backend: 'gnome_libsecret', detail: 'Keys are kept in the key store.' }, autostart: { on: true, possible: true, detail: 'Starts when marta logs in.' },
  sleepWarning: null, bytes: { database: 18_400_000, pictures: 412_000_000 }, events: 1284,
}

const { settings } = parseSettings({
  version: 1,
  servers: [{ id: 'mk3', kind: 'octoprint', url: 'http://me:canary-pw-in-url@octopi.local:5000/octo', apiKey: { store: 'server/mk3/apiKey' } }, { id: 'v0', kind: 'octoprint', url: 'https://192.168.7.31', apiKey: { env: 'V0_KEY' } }],
  printers: [{ id: 'mk3', name: 'Prusa MK3', sources: [{ server: 'mk3' }] }, { id: 'v0', name: 'Voron', sources: [{ server: 'v0' }] }],
  destinations: [
    { id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'https://hooks.smith-family.net/in/CanaryTokenInPath0123456789?token=canary-in-query', headers: { 'X-Whatever': 'CanaryHeaderValue0123456789' }, token: { store: 'destination/hook/token' } } },
  ],
}, { path: null })

const partsOf = (log: string[]): DiagnosticsParts => ({
  now: Date.UTC(2026, 10, 25, 21, 30), facts, settings, kinds: { adapters, channels }, servers: [{ id: 'mk3', link: 'down', detail: 'http://octopi.local:5000 does not answer (ECONNREFUSED 192.168.7.30:5000)' }],
  counters: { printers: 2, waiting: 3 }, log, home: '/home/marta', user: 'marta',
})

describe('the diagnostics', () => {
  it('hold versions, facts, counters, settings and the log, and can be read as JSON', () => {
    const bundle: unknown = JSON.parse(renderDiagnostics(partsOf(['{"level":"info","time":"2026-11-25T21:00:00.000Z","msg":"starting","version":"0.1.0"}'])))
    expect(bundle).toMatchObject({
      madeAt: '2026-11-25T21:30:00.000Z',
      facts: { version: '0.1.0', versions: { Electron: '45.5.0' }, toast: { name: 'dunst 1.9.0' }, events: 1284, dataFolder: '~/.local/share/printbell' },
      counters: { printers: 2, waiting: 3 },
      servers: [{ id: 'mk3', link: 'down', detail: 'http://host-1:5000 does not answer (ECONNREFUSED host-4:5000)' }],
      settings: { printers: [{ id: 'mk3', name: 'Prusa MK3' }, { id: 'v0', name: 'Voron' }], servers: [{ url: 'http://host-1:5000/...', apiKey: { store: 'server/mk3/apiKey' } }, { url: 'https://host-2', apiKey: { env: 'V0_KEY' } }] },
      log: [{ level: 'info', time: '2026-11-25T21:00:00.000Z', msg: 'starting', version: '0.1.0' }],
    })
  })

  it('R35: let no canary through, wherever it stood', () => {
    const known = new Secret('canary-known-secret-77')
    const lines = [
      JSON.stringify({ msg: `refused ${known.reveal()}`, apiKey: 'canary1', nested: { authorization: 'Bearer canary2', deep: [{ accessToken: 'canary3' }] } }),
      JSON.stringify({ msg: 'GET http://bob:canary4@printer.lan/api?apikey=canary5 failed', headers: { cookie: 'session=canary6' } }),
      JSON.stringify({ msg: 'password=canary7; X-Api-Key: canary8, "token": "canary9"', error: { message: 'the password is canary10' } }),
      JSON.stringify({ msg: 'Authorization: Basic Y2FuYXJ5MTE6Y2FuYXJ5MTI=', canary_key: '5b1e77d25b1e77d25b1e77d25b1e77d2' }),
      `not JSON: token=canary13 at wss://octopi.local/canary14 mail canary15@smith-family.net ${Buffer.from('canary-known-secret-77').toString('base64')}`,
      JSON.stringify({ msg: 'CanaryMadeUp0123456789abcdef and 8f14e45fceea167a5a36dedd4bea2543' }),
    ]
    const text = renderDiagnostics(partsOf(lines))
    expect(text.toLowerCase().replaceAll('canary_key', '')).not.toContain('canary')
    for (const secret of [known.reveal(), Buffer.from(known.reveal()).toString('base64').replace(/=+$/, ''), 'Y2FuYXJ5', '5b1e77d2', '8f14e45f', 'smith-family']) expect(text).not.toContain(secret)
  })

  it('let no address, home folder or user through', () => {
    const text = renderDiagnostics(partsOf([JSON.stringify({ msg: 'connect ECONNREFUSED 192.168.7.30:80; getaddrinfo ENOTFOUND bambu.fritz.box; fe80::1ff:fe23:4567:890a; octopi.local is gone; /home/marta/prints/a.gcode', user: 'marta' })]))
    for (const private_ of ['octopi', '192.168', 'bambu', 'fe80', 'marta', '/octo"']) expect(text).not.toContain(private_)
  })

  it('say what was left out of the settings', () => {
    const bundle = JSON.parse(renderDiagnostics(partsOf([]))) as { settingsNotices: string[] }
    expect(bundle.settingsNotices).toHaveLength(1)
    expect(bundle.settingsNotices[0]).toContain('Destination "hook"')
  })

  it('are offered under a name with the time', () => {
    expect(diagnosticsName(Date.UTC(2026, 10, 25, 21, 30))).toBe('printbell-diagnostics-2026-11-25-2130.json')
  })

  it('know every host of the settings', () => {
    expect(hostsOf(settings)).toEqual(['octopi.local', '192.168.7.31', 'hooks.smith-family.net'])
  })
})

describe('the veil', () => {
  const veil = createVeil({ hosts: ['octopi', 'pi', 'my-printer'], home: '/home/jo', user: 'jo' })

  it('gives the same host the same name, and leaves this computer its own', () => {
    expect(veil.text('octopi and OCTOPI, my-printer, http://octopi:5000/, octopi2, my-printer.de')).toMatch(/^(host-\d) and \1, host-\d, http:\/\/\1:5000\/, octopi2, my-printer\.de$/)
    expect(veil.text('http://localhost:8080/x and 127.0.0.1')).toBe('http://localhost:8080/... and 127.0.0.1')
  })

  it('leaves alone what is needed to understand a log', () => {
    for (const text of ['2026-11-25T21:00:00.000Z', '01JHZX5QW3E4R5T6Y7V8B9NABC', 'job.done', 'took 4711 ms', 'Electron 45.5.0, Chrome 152.0.7600.1', 'file lamp-vase.gcode at 62 %', 'jobKey p1/job-7', 'dunst 1.9.0']) expect(veil.text(text)).toBe(text)
    expect(veil.value({ jobKey: 'job-7', dedupeKey: 'p1|job-7|job.done', printerId: 'mk3' })).toEqual({ jobKey: 'job-7', dedupeKey: 'p1|job-7|job.done', printerId: 'mk3' })
  })

  it('keeps where a secret lies, and not what it is', () => {
    expect(veil.value({ apiKey: { store: 'server/mk3/apiKey' }, token: { value: 'x', env: 'y' }, password: 'x', secret: ['x'] })).toEqual({ apiKey: { store: 'server/mk3/apiKey' }, token: LEFT_OUT, password: LEFT_OUT, secret: LEFT_OUT })
  })

  it('cuts what a server made endless, and a secret across the cut goes whole', () => {
    const secret = new Secret('canary-across-the-cut-9')
    const text = veil.text(`${'a.'.repeat(1_995)}${secret.reveal()}${'b'.repeat(1_000_000)}`)
    expect(text.length).toBeLessThan(4_100)
    expect(text).not.toContain('canary')
  })

  it('ends with what is nested without end', () => {
    const loop: Record<string, unknown> = {}
    loop['again'] = loop
    expect(JSON.stringify(veil.value(loop))).toContain(LEFT_OUT)
  })
})

describe('the end of the log', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is its last lines, oldest first', async () => {
    const file = join(folder, 'a.log')
    writeFileSync(file, 'one\ntwo\nthree\n')
    expect(await lastLines(file, 2)).toEqual(['two', 'three'])
    expect(await lastLines(file, 9)).toEqual(['one', 'two', 'three'])
    expect(await lastLines(join(folder, 'none.log'), 9)).toEqual([])
  })

  it('of a large log begins with a whole line', async () => {
    const file = join(folder, 'a.log')
    writeFileSync(file, Array.from({ length: 20_000 }, (_, index) => `line ${String(index).padStart(6, '0')} ${'x'.repeat(40)}\n`).join(''))
    const lines = await lastLines(file, 100_000)
    expect(lines.length).toBeGreaterThan(9_000)
    expect(lines[0]).toMatch(/^line \d{6} x{40}$/)
    expect(lines.at(-1)).toMatch(/^line 019999 /)
  })
})
