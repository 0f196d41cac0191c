import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { until } from '../../../test/support/desktop-fake.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { openSettingsStore, type OpenOptions, type SettingsStore } from './store.ts'

let folder: string
let store: SettingsStore
let clock: TestClock

/** electron-store is conf with Electron's folders for those who name none; only that needs Electron. */
const open = async ({ name, ...options }: OpenOptions) => new Conf<Record<string, unknown>>({ ...options, configName: name })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-settings-'))
  clock = new TestClock()
  store = openSettingsStore({ folder: join(folder, 'config'), open, clock, log: memoryLog() })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the settings file', () => {
  it('is absent at first, then as a person would write it, for this user only', async () => {
    expect(store.read()).toBeNull()
    await store.write({ version: 1, 'a.b': 1 })
    expect(store.read()).toBe('{\n  "version": 1,\n  "a.b": 1\n}\n')
    expect(statSync(store.path).mode & 0o777).toBe(0o600)
    expect(store.path).toBe(join(folder, 'config', 'settings.json'))
  })

  it('is replaced whole, and nothing is left beside it', async () => {
    await store.write({ version: 1, printers: [1, 2, 3] })
    await store.write({ version: 1 })
    expect(JSON.parse(store.read() ?? '')).toEqual({ version: 1 })
    expect(readdirSync(join(folder, 'config'))).toEqual(['settings.json'])
  })

  it('that is damaged is set aside, and the next write begins anew', async () => {
    await store.write({ version: 1 })
    writeFileSync(store.path, '{ "version"')
    const kept = store.setAside(Date.UTC(2026, 0, 15, 12))
    expect(kept).toBe(`${store.path}.damaged-20260115T120000Z`)
    await store.write({ version: 1, printers: [] })
    expect(readFileSync(kept, 'utf8')).toBe('{ "version"')
    expect(JSON.parse(store.read() ?? '')).toEqual({ version: 1, printers: [] })
  })

  it('is watched: a change from elsewhere is told once it is quiet', async () => {
    await store.write({ version: 1 })
    let told = 0
    const stop = store.watch(() => told++)
    writeFileSync(store.path, '{ "version": 1, "notifyMyself": true }')
    await until(() => clock.pending === 1, 'the change was seen')
    expect(told).toBe(0)
    await clock.advance(200)
    expect(told).toBe(1)
    stop()
    expect(clock.pending).toBe(0)
  })
})
