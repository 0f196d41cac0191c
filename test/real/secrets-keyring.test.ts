import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient, Variant, type MessageBus } from 'dbus-native'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { openKeyring } from '../../electron/desktop/secrets/keyring.ts'
import type { KeyringState } from '../../electron/desktop/secrets/ports.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import { buildElectronMain } from '../../scripts/lib/window-harness.mjs'
import { missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { memoryLog } from '../support/log.ts'

const CANARY = 'canary-4711-secret'
const SECRETS = 'org.freedesktop.secrets'
const PATH = '/org/freedesktop/secrets'
const SERVICE = 'org.freedesktop.Secret.Service'
const missing = missingForDesktop('dunst') ?? (succeeds('sh', ['-c', 'command -v gnome-keyring-daemon']) ? null : 'not installed: gnome-keyring')
const because = missing === null ? '' : ` (skipped: ${missing})`

function succeeds(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** gnome-keyring on the desktop's bus, with a keyring whose password is "test". */
async function startKeyring(desktop: Desktop): Promise<{ lock(): Promise<void>; unlock(): Promise<void>; close(): Promise<void> }> {
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], { env: { ...desktop.env, XDG_DATA_HOME: join(desktop.home, '.local/share') }, stdio: ['pipe', 'ignore', 'ignore'] })
  daemon.stdin.end('test')
  const bus: MessageBus = createClient({ busAddress: desktop.busAddress })
  bus.connection.on('error', () => undefined)
  const call = async (iface: string, member: string, signature: string, body: unknown[]): Promise<unknown> => await bus.invoke({ destination: SECRETS, path: PATH, interface: iface, member, signature, body })
  let login = '/'
  await untilTrue(async () => {
    login = String(await call(SERVICE, 'ReadAlias', 's', ['default']).catch(() => '/'))
    return login !== '/'
  }, () => 'the keyring is there')
  const [, session] = (await call(SERVICE, 'OpenSession', 'sv', ['plain', new Variant('s', '')])) as [unknown, string]
  return {
    lock: async () => void (await call(SERVICE, 'Lock', 'ao', [[login]])),
    // As the login does it: without a prompt, which would need a person.
    unlock: async () => void (await call('org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface', 'UnlockWithMasterPassword', 'o(oayays)', [login, [session, Buffer.alloc(0), Buffer.from('test'), 'text/plain']])),
    async close() {
      await bus.close()
      if (daemon.exitCode === null) {
        daemon.kill()
        await once(daemon, 'exit')
      }
    },
  }
}

describe.skipIf(missing !== null)(`a real keyring${because}`, () => {
  let desktop: Desktop
  let ring: Awaited<ReturnType<typeof startKeyring>>
  let main: string
  let electron: string
  const built = mkdtempSync(join(tmpdir(), 'printbell-secrets-main-'))

  beforeAll(async () => {
    electron = execFileSync('node', ['scripts/lib/electron-runtime.mjs'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    await buildElectronMain({ main: 'test/support/secrets-main.ts' }, built)
    main = join(built, 'main.mjs')
  })
  afterAll(() => rmSync(built, { recursive: true, force: true }))
  beforeEach(async () => {
    desktop = await startDesktop({ daemon: 'none' })
    ring = await startKeyring(desktop)
  })
  afterEach(async () => {
    await ring.close()
    await desktop.stop()
  })

  /** The app's parts inside an Electron, in a folder that outlives it. */
  async function start(test: TestContext, folder: string, args: string[] = ['--password-store=gnome-libsecret']): Promise<{ ask(line: string): Promise<unknown>; end(): Promise<void> }> {
    const child = spawn(electron, ['--no-sandbox', '--disable-gpu', ...args, main, folder], { env: { ...desktop.env, XDG_CURRENT_DESKTOP: 'XFCE' }, stdio: ['pipe', 'pipe', 'ignore'] })
    test.onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async (): Promise<unknown> => {
      const line = await lines.next()
      if (line.done) throw new Error('Electron ended')
      return JSON.parse(line.value) as unknown
    }
    expect(await next()).toBe('ready')
    return {
      ask(line) {
        child.stdin.write(`${line}\n`)
        return next()
      },
      async end() {
        child.stdin.end()
        await once(child, 'exit')
      },
    }
  }
  function folderFor(test: TestContext): string {
    const folder = mkdtempSync(join(tmpdir(), 'printbell-secrets-'))
    test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    return folder
  }

  it('is asked over D-Bus whether it is locked, and tells when that changes', async () => {
    const keyring = openKeyring({ address: desktop.busAddress, clock: systemClock(), log: memoryLog() })
    const told: KeyringState[] = []
    keyring.onChanged(() => void keyring.state().then((state) => told.push(state)))
    expect(await keyring.state()).toBe('open')
    await ring.lock()
    await untilTrue(() => told.includes('locked'), () => 'the lock was told')
    expect(await keyring.state()).toBe('locked')
    told.length = 0
    await ring.unlock()
    await untilTrue(() => told.includes('open'), () => 'the unlocking was told')
    keyring.close()
  })

  it('stays locked, and nobody waits, where no prompt can be shown', async () => {
    const keyring = openKeyring({ address: desktop.busAddress, clock: systemClock(), log: memoryLog() })
    await ring.lock()
    await keyring.unlock()
    expect(await keyring.state()).toBe('locked')
    keyring.close()
  })

  it('keeps what Electron encrypts over a restart; the settings hold the reference alone', async (test) => {
    const folder = folderFor(test)
    const first = await start(test, folder)
    expect(await first.ask('state')).toMatchObject({ ok: { protection: 'protected', backend: 'gnome_libsecret' } })
    expect(await first.ask(`add octopi.local ${CANARY}`)).toEqual({ ok: { ok: true, printerIds: ['mk3'] } })
    expect(await first.ask('rename mk3 Left one')).toEqual({ ok: { ok: true } })
    const told = JSON.stringify(await first.ask('told'))
    await first.end()
    const files = ['config/settings.json', 'data/secrets.json'].map((name) => join(folder, name))
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600])
    expect(JSON.parse(readFileSync(files[0] ?? '', 'utf8'))).toMatchObject({
      servers: [{ id: 'mk3', kind: 'octoprint', url: 'octopi.local', apiKey: { store: 'server/mk3/apiKey' } }], printers: [{ id: 'mk3', name: 'Left one' }], destinations: [{ id: 'desk', channel: 'desktop' }],
    })
    for (const text of [told, ...files.map((file) => readFileSync(file, 'utf8'))]) expect(text).not.toContain(CANARY)
    const second = await start(test, folder)
    expect(await second.ask('read server/mk3/apiKey')).toEqual({ ok: CANARY })
    await second.end()
  })

  it('that is locked never holds up the main process; its secrets are there once it is unlocked', async (test) => {
    const folder = folderFor(test)
    const first = await start(test, folder)
    expect(await first.ask(`keep server/mk3/apiKey ${CANARY}`)).toEqual({ ok: null })
    await first.end()
    await ring.lock()
    const second = await start(test, folder)
    expect(await second.ask('read server/mk3/apiKey')).toEqual({ error: 'The key "server/mk3/apiKey" can\'t be read. The keyring of this desktop is locked. Unlock it, so that Printbell can read its keys.' })
    expect(await second.ask('keep other new-canary')).toEqual({ ok: null })
    expect(await second.ask('unlock')).toEqual({ ok: null })
    const locked = (await second.ask('state')) as { ok: { protection: string; heldUp: number } }
    expect(locked.ok.protection).toBe('locked')
    expect(locked.ok.heldUp).toBeLessThan(1_000)
    await ring.unlock()
    await untilTrue(async () => ((await second.ask('state')) as typeof locked).ok.protection === 'protected', () => 'the unlocking was seen')
    expect(await second.ask('read server/mk3/apiKey')).toEqual({ ok: CANARY })
    await second.end()
    const third = await start(test, folder)
    expect(await third.ask('read other')).toEqual({ ok: 'new-canary' })
    await third.end()
  })

  it('that is none is told, and nothing reaches the disk', async (test) => {
    const folder = folderFor(test)
    const app = await start(test, folder, ['--password-store=basic'])
    expect(await app.ask('state')).toMatchObject({ ok: { protection: 'unprotected', backend: 'basic_text' } })
    expect(await app.ask(`add octopi.local ${CANARY}`)).toMatchObject({ ok: { ok: true } })
    expect(await app.ask('read server/mk3/apiKey')).toEqual({ ok: CANARY })
    await app.end()
    expect(succeeds('grep', ['-rqa', CANARY, folder])).toBe(false)
  })

  it('has no part in a settings file that is damaged: that one is kept aside and told', async (test) => {
    const folder = folderFor(test)
    const first = await start(test, folder)
    await first.end()
    writeFileSync(join(folder, 'config/settings.json'), '{ "version": 1, ')
    const second = await start(test, folder)
    const told = JSON.stringify(await second.ask('told'))
    expect(told).toContain('The settings file could not be used and was kept as ')
    expect(await second.ask(`add octopi.local ${CANARY}`)).toMatchObject({ ok: { ok: true } })
    await second.end()
  })
})
