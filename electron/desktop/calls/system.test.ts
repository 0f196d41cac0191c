import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { calls } from '../../bridge/contract.ts'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { parseSettings } from '../../engine/settings/load.ts'
import { homepageOf, linkTarget } from './links.ts'
import { systemCalls, systemFacts, type SystemParts } from './system.ts'

let folder: string
let clock: TestClock
let log: ReturnType<typeof memoryLog>
let done: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-system-'))
  clock = new TestClock(Date.UTC(2026, 10, 25, 21, 30))
  log = memoryLog()
  done = []
})
afterEach(() => rmSync(folder, { recursive: true }))

function partsOf(over: Partial<SystemParts> = {}): SystemParts {
  const { settings } = parseSettings({ version: 1, servers: [{ id: 'mk3', kind: 'octoprint', url: 'http://octopi.local', apiKey: { store: 'k' } }] }, { path: null })
  return {
    version: '0.1.0', versions: { Electron: '45.5.0' }, platform: 'linux', clock, log, logFile: join(folder, 'printbell.log'),
    places: { ownFiles: '/opt/printbell', homepage: null, dataFolder: '/home/jo/data', settingsFile: '/home/jo/settings.json' },
    toasts: {
      facts: () => ({ path: 'dbus', name: 'dunst 1.9.0', pictures: true, buttons: true, updates: true, why: null }),
      look: async () => void done.push('looked'),
      test: async () => ({ ok: false, detail: 'no notification service is running on this desktop', ms: 3 }),
    },
    tray: () => 'no_host', presence: () => 'idle',
    secrets: { state: () => ({ protection: done.includes('unlocked') ? 'protected' : 'locked', backend: 'gnome_libsecret', detail: 'x' }), unlock: async () => void done.push('unlocked') },
    autostart: { facts: async () => ({ on: false, possible: true, detail: 'off' }), set: async (on) => ({ on, possible: true, detail: on ? 'Starts when you log in.' : 'off' }) },
    language: () => ({ code: 'de', locale: 'de-AT' }), sleepWarning: () => 'This computer may sleep.',
    sizes: async () => ({ bytes: { database: 1, pictures: 2 }, events: 3 }),
    diagnostics: () => ({ settings, kinds: { adapters, channels }, servers: [], counters: { printers: 1 }, home: '/home/jo', user: 'jo' }),
    chooseFile: async (name) => join(folder, name),
    openAddress: async (address) => Boolean(done.push(`address ${address}`)),
    openFile: async (path) => Boolean(done.push(`file ${path}`)),
    revealFile: (path) => Boolean(done.push(`reveal ${path}`)),
    finishFirstRun: async () => done.push('finished'),
    ...over,
  }
}

describe('the facts of this computer', () => {
  it('are put together as the contract has them, and the ways of toasts are looked at again', async () => {
    const facts = await systemCalls(partsOf())['system.facts'](null)
    expect(facts).toEqual({
      version: '0.1.0', versions: { Electron: '45.5.0' }, platform: 'linux', dataFolder: '/home/jo/data', settingsFile: '/home/jo/settings.json',
      toast: { path: 'dbus', name: 'dunst 1.9.0', pictures: true, buttons: true, updates: true, why: null }, tray: 'no_host', presence: 'idle',
      secrets: { protection: 'locked', backend: 'gnome_libsecret', detail: 'x' }, autostart: { on: false, possible: true, detail: 'off' },
      sleepWarning: 'This computer may sleep.', bytes: { database: 1, pictures: 2 }, events: 3,
    })
    expect(calls['system.facts'].output.parse(facts)).toEqual(facts)
    expect(done).toEqual(['looked'])
    expect(await systemFacts(partsOf())).toEqual(facts)
  })
})

describe('what a person asks for', () => {
  it('has its real outcome told', async () => {
    const system = systemCalls(partsOf())
    expect(await system['system.test-toast'](null)).toEqual({ ok: false, detail: 'no notification service is running on this desktop', ms: 3 })
    expect(await system['system.autostart']({ on: true })).toEqual({ on: true, possible: true, detail: 'Starts when you log in.' })
    expect(await system['system.unlock-secrets'](null)).toMatchObject({ protection: 'protected' })
    await system['system.finish-first-run'](null)
    expect(done).toEqual(['unlocked', 'finished'])
  })

  it('opens one of five places, our own files where there is no public page', async () => {
    const system = systemCalls(partsOf())
    for (const link of ['project', 'documentation', 'licence', 'data-folder', 'settings-file'] as const) expect(await system['system.open-link'](link)).toBe(true)
    expect(done).toEqual([`file ${join('/opt/printbell', 'README.md')}`, `file ${join('/opt/printbell', 'docs')}`, `file ${join('/opt/printbell', 'LICENSE')}`, 'file /home/jo/data', 'reveal /home/jo/settings.json'])
    expect(linkTarget('project', { ...partsOf().places, homepage: 'https://printbell.app/' })).toEqual({ address: 'https://printbell.app/' })
    expect(await systemCalls(partsOf({ openFile: async () => false }))['system.open-link']('licence')).toBe(false)
  })

  it('takes only a public page for the project\'s', () => {
    expect(homepageOf({ homepage: 'https://printbell.app/' })).toBe('https://printbell.app/')
    for (const homepage of [undefined, 7, '', 'printbell', 'http://printbell.app/', 'file:///etc/passwd', 'https://localhost/', 'https://printbell.example/', 'https://www.example.com/x', 'https://me:pw@printbell.app/', 'javascript:alert(1)']) expect(homepageOf({ homepage })).toBeNull()
  })
})

describe('the diagnostics', () => {
  it('are saved for their owner only, without secrets', async () => {
    const secret = new Secret('canary-in-the-log-1')
    writeFileSync(join(folder, 'printbell.log'), `{"msg":"refused ${secret.reveal()} at http://octopi.local"}\n`)
    const saved = await systemCalls(partsOf())['system.save-diagnostics'](null)
    const file = join(folder, 'printbell-diagnostics-2026-11-25-2130.json')
    expect(saved).toEqual({ result: 'saved', file, events: 0 })
    const text = readFileSync(file, 'utf8')
    expect(JSON.parse(text)).toMatchObject({ facts: { version: '0.1.0' }, counters: { printers: 1 }, log: [{ msg: 'refused [secret] at http://host-1' }] })
    expect(text).not.toContain('canary')
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('are not saved when the person thinks otherwise, and a failure names its cause', async () => {
    expect(await systemCalls(partsOf({ chooseFile: async () => null }))['system.save-diagnostics'](null)).toEqual({ result: 'cancelled' })
    expect(await systemCalls(partsOf({ chooseFile: async () => join(folder, 'none', 'x.json') }))['system.save-diagnostics'](null)).toEqual({ result: 'failed', why: 'The file could not be written (ENOENT). Choose another folder.' })
  })
})

describe('errors of the window', () => {
  it('are logged without secrets, at most 30 a minute', async () => {
    const secret = new Secret('canary-in-an-error')
    const system = systemCalls(partsOf())
    for (let count = 0; count < 100; count++) await system['system.report-error']({ message: `x ${secret.reveal()}`, stack: null })
    expect(log.lines).toHaveLength(31)
    expect(log.lines[0]?.fields).toEqual({ message: 'x [secret]', stack: null })
    await clock.advance(60_000)
    await system['system.report-error']({ message: 'later', stack: 'at y' })
    expect(log.lines).toHaveLength(32)
  })
})
