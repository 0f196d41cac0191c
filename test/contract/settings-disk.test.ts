import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSecretKeeper } from '../../electron/desktop/secrets/keeper.ts'
import { fakeBox } from '../../electron/desktop/secrets/fakes.support.ts'
import { createSettingsKeeper } from '../../electron/desktop/settings/keeper.ts'
import { openSettingsStore } from '../../electron/desktop/settings/store.ts'
import { channels } from '../../electron/engine/channels/registry.ts'
import { adapters } from '../../electron/engine/printers/registry.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { TestClock } from '../support/clock.ts'
import { memoryLog } from '../support/log.ts'

/** A disk of its own, small enough to fill: only root may mount one. */
const mountable = process.platform === 'linux' && process.getuid?.() === 0 && mountsWork()
const because = mountable ? '' : ' (skipped: only root on Linux can mount a small disk)'

function mountsWork(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'printbell-mount-'))
  try {
    mount(probe)
    execFileSync('umount', [probe])
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', folder], { stdio: 'ignore' })
}

/** Takes the last free byte. */
function fill(file: string): void {
  const handle = openSync(file, 'w')
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096, 1))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(handle)
  }
}

describe.skipIf(!mountable)(`a full disk${because}`, () => {
  let disk: string
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'printbell-disk-'))
    mount(disk)
  })
  afterEach(() => {
    execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  })

  it('leaves settings and keys as they were, in words, and both work again once there is space', async () => {
    const log = memoryLog()
    const clock = new TestClock()
    const notices: string[] = []
    const onNotice = ({ text }: { text: string }): void => void notices.push(text)
    const secretFile = join(disk, 'secrets.json')
    const secrets = createSecretKeeper({ file: secretFile, box: fakeBox('dpapi'), keyring: null, mode: 'store', env: {}, settingsFolder: disk, platform: 'linux', clock, log, onNotice })
    const keeper = createSettingsKeeper({
      store: openSettingsStore({ folder: disk, open: async ({ name, ...options }) => new Conf<Record<string, unknown>>({ ...options, configName: name }), clock, log }),
      kinds: { adapters, channels }, secrets, clock, log, onNotice,
      standing: () => () => ({ circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null }),
    })
    const settingsFile = join(disk, 'settings.json')
    const add = (name: string) => keeper.add({ kind: 'octoprint', fields: { url: `http://${name}.local` }, secrets: { apiKey: new Secret(`canary-of-${name}`) }, printers: [{ name, sourceId: null }] })
    expect(await add('one')).toEqual({ ok: true, printerIds: ['one'] })
    const before = [settingsFile, secretFile].map((file) => readFileSync(file, 'utf8'))
    fill(join(disk, 'filler'))

    expect(await add('two')).toEqual({ ok: false, problems: [{ path: 'secrets.apiKey', message: 'could not be kept', cure: 'The disk is full. Free some space, then enter it again.' }] })
    expect(await keeper.change({ what: 'printer', id: 'one', patch: { name: 'Other' } })).toEqual({ ok: false, problems: [{ path: '', message: 'could not be saved: the disk is full', cure: 'Free some space, then change it again. The old settings stay in force.' }] })
    expect([settingsFile, secretFile].map((file) => readFileSync(file, 'utf8'))).toEqual(before)
    expect(keeper.settings().printers.map(({ name }) => name)).toEqual(['one'])
    expect(secrets.has('server/two/apiKey')).toBe(false)

    rmSync(join(disk, 'filler'))
    expect(await add('two')).toEqual({ ok: true, printerIds: ['two'] })
    expect(readdirSync(disk).sort()).toEqual(['secrets.json', 'settings.json'])
    await keeper.close()
    await secrets.close()
  })

  it('at the first start keeps the app going, and says so', async () => {
    fill(join(disk, 'filler'))
    const notices: string[] = []
    const log = memoryLog()
    const clock = new TestClock()
    const keeper = createSettingsKeeper({
      store: openSettingsStore({ folder: disk, open: async ({ name, ...options }) => new Conf<Record<string, unknown>>({ ...options, configName: name }), clock, log }),
      kinds: { adapters, channels }, secrets: { keep: async () => undefined, forget: async () => undefined, has: () => false }, clock, log, onNotice: ({ text }) => notices.push(text),
      standing: () => () => ({ circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null }),
    })
    await keeper.close()
    expect(notices).toEqual(['The settings could not be saved: the disk is full. Free some space, then change it again. The old settings stay in force.'])
    expect(keeper.engine().destinations.map(({ id }) => id)).toEqual(['desk'])
    expect(existsSync(join(disk, 'settings.json'))).toBe(false)
  })
})
