import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { fakeBox, fakeKeyring, type FakeBox, type FakeKeyring } from './fakes.support.ts'
import { createSecretKeeper, type RunningSecretKeeper, type SecretParts } from './keeper.ts'

const CANARY = 'canary-4711-secret'
const NAME = 'server/mk3/apiKey'

let folder: string
let file: string
let box: FakeBox
let ring: FakeKeyring
let clock: TestClock
let log: ReturnType<typeof memoryLog>
let notices: string[]
const running: RunningSecretKeeper[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-secrets-'))
  file = join(folder, 'data', 'secrets.json')
  box = fakeBox()
  ring = fakeKeyring()
  // The rule of the house: not one call while the keyring is not open.
  box.guard = () => {
    if (box.backendName === 'gnome_libsecret' && ring.now !== 'open') throw new Error('the box was called while the keyring was locked')
  }
  clock = new TestClock()
  log = memoryLog()
  notices = []
})
afterEach(async () => {
  for (const keeper of running.splice(0)) await keeper.close()
  rmSync(folder, { recursive: true, force: true })
})

async function keeperWith(parts: Partial<SecretParts> = {}): Promise<RunningSecretKeeper> {
  const keeper = createSecretKeeper({ file, box, keyring: ring, mode: 'store', env: {}, settingsFolder: folder, platform: 'linux', clock, log, onNotice: ({ text }) => notices.push(text), ...parts })
  running.push(keeper)
  await keeper.setMode(parts.mode ?? 'store')
  return keeper
}
const onDisk = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
const entryOf = (name: string): unknown => (JSON.parse(onDisk()) as { secrets: Record<string, unknown> }).secrets[name]
const reading = async (keeper: RunningSecretKeeper, name = NAME): Promise<string> => (await keeper.resolve({ store: name })).reveal()

describe('a key store that protects', () => {
  it('keeps a secret encrypted, in a file of this user only, over a restart', async () => {
    const keeper = await keeperWith()
    await keeper.keep(NAME, new Secret(CANARY))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(onDisk()).not.toContain(CANARY)
    expect(onDisk()).not.toContain(Buffer.from(CANARY).toString('base64'))
    const next = await keeperWith()
    expect(next.has(NAME)).toBe(true)
    expect(await reading(next)).toBe(CANARY)
    expect(next.state()).toEqual({ protection: 'protected', backend: 'gnome_libsecret', detail: 'Keys are encrypted by the keyring of this desktop.' })
  })

  it('replaces and forgets', async () => {
    const keeper = await keeperWith()
    await keeper.keep(NAME, new Secret('canary-old-one'))
    await keeper.keep(NAME, new Secret(CANARY))
    expect(await reading(await keeperWith())).toBe(CANARY)
    await keeper.forget(NAME)
    expect(keeper.has(NAME)).toBe(false)
    await expect(keeper.resolve({ store: NAME })).rejects.toThrow('The key "server/mk3/apiKey" is not in the key store. Enter it again.')
    expect(JSON.parse(onDisk())).toEqual({ version: 1, secrets: {} })
  })

  it('writes one after the other, and leaves nothing beside the file', async () => {
    const keeper = await keeperWith()
    await Promise.all(['a', 'b', 'c'].map((name) => keeper.keep(name, new Secret(`${CANARY}-${name}`))))
    const next = await keeperWith()
    expect(await Promise.all(['a', 'b', 'c'].map((name) => reading(next, name)))).toEqual([`${CANARY}-a`, `${CANARY}-b`, `${CANARY}-c`])
    expect(readdirSync(join(folder, 'data'))).toEqual(['secrets.json'])
  })

  it('encrypts anew what the system wants so', async () => {
    await (await keeperWith()).keep(NAME, new Secret(CANARY))
    const before = entryOf(NAME)
    box.rotated = true
    const keeper = await keeperWith()
    expect(await reading(keeper)).toBe(CANARY)
    await keeper.close()
    expect(entryOf(NAME)).not.toEqual(before)
    expect(await reading(await keeperWith())).toBe(CANARY)
  })

  it('that lost its key says so, and leaves the file as it is', async () => {
    await (await keeperWith()).keep(NAME, new Secret(CANARY))
    const before = onDisk()
    box.decrypt = async () => {
      throw new Error('wrong key')
    }
    await expect((await keeperWith()).resolve({ store: NAME })).rejects.toThrow('can\'t be decrypted: the key store does not know it any more. Enter it again.')
    expect(onDisk()).toBe(before)
  })

  it('needs no keyring on systems that have none', async () => {
    box = fakeBox('dpapi')
    const keeper = await keeperWith({ keyring: null, platform: 'win32' })
    await keeper.keep(NAME, new Secret(CANARY))
    expect(keeper.state()).toEqual({ protection: 'protected', backend: 'dpapi', detail: 'Keys are encrypted by Windows’ data protection.' })
    expect(await reading(await keeperWith({ keyring: null, platform: 'win32' }))).toBe(CANARY)
  })
})

describe('a keyring that is locked', () => {
  beforeEach(async () => {
    await (await keeperWith()).keep(NAME, new Secret(CANARY))
    box.calls.length = 0
  })

  it('is never touched; its secrets wait with a clear word, and are there once it is unlocked', async () => {
    ring.now = 'locked'
    const keeper = await keeperWith()
    let told = 0
    keeper.onChanged(() => told++)
    expect(keeper.state()).toEqual({ protection: 'locked', backend: 'gnome_libsecret', detail: 'The keyring of this desktop is locked. Unlock it, so that Printbell can read its keys.' })
    await expect(keeper.resolve({ store: NAME })).rejects.toThrow('The key "server/mk3/apiKey" can\'t be read. The keyring of this desktop is locked. Unlock it, so that Printbell can read its keys.')
    expect(keeper.has(NAME)).toBe(true)
    expect(box.calls).toEqual([])
    ring.become('open')
    await clock.advance(0)
    expect(told).toBe(1)
    expect(keeper.state().protection).toBe('protected')
    expect(await reading(keeper)).toBe(CANARY)
  })

  it('is unlocked on request, or not where the person dismisses the prompt', async () => {
    ring.now = 'locked'
    const keeper = await keeperWith()
    await keeper.unlock()
    expect(keeper.state().protection).toBe('locked')
    ring.onUnlock = () => {
      ring.now = 'open'
    }
    await keeper.unlock()
    expect(keeper.state().protection).toBe('protected')
  })

  it('is looked at again by itself, should its signal get lost', async () => {
    ring.now = 'silent'
    const keeper = await keeperWith()
    expect(keeper.state().detail).toBe('The keyring of this desktop does not answer. Unlock it, or log in to the desktop again.')
    ring.now = 'open'
    await clock.advance(15_000)
    expect(keeper.state().protection).toBe('protected')
    expect(clock.pending).toBe(0)
  })

  it('lets a new secret be used at once and writes it when it is unlocked', async () => {
    ring.now = 'locked'
    const keeper = await keeperWith()
    await keeper.keep(NAME, new Secret('canary-new-one'))
    expect(await reading(keeper)).toBe('canary-new-one')
    // The old one must not come back with the next start.
    expect(JSON.parse(onDisk())).toEqual({ version: 1, secrets: {} })
    ring.become('open')
    await clock.advance(0)
    await keeper.close()
    expect(await reading(await keeperWith())).toBe('canary-new-one')
  })

  it('that is locked while the app runs is not called by the next secret', async () => {
    const keeper = await keeperWith()
    ring.now = 'locked'
    await keeper.keep('other', new Secret(`${CANARY}-2`))
    expect(keeper.state().protection).toBe('locked')
    expect(await reading(keeper, 'other')).toBe(`${CANARY}-2`)
    expect(box.calls).toEqual(['available'])
  })

  it('that is not there yet can be made', async () => {
    ring.now = 'missing'
    expect((await keeperWith()).state().detail).toBe('This desktop has no keyring yet. Create one, so that Printbell can keep its keys.')
  })
})

describe('a computer without a key store', () => {
  it.each([['basic_text', 'open'], ['gnome_libsecret', 'absent']] as const)('(%s, %s) is told, and nothing is stored silently', async (backend, state) => {
    box = fakeBox(backend)
    ring.now = state
    const keeper = await keeperWith()
    expect(keeper.state()).toEqual({ protection: 'unprotected', backend, detail: 'No key store protects keys on this computer, so they are kept in memory until Printbell ends. Set up a keyring, or choose to store them anyway.' })
    await keeper.keep(NAME, new Secret(CANARY))
    expect(await reading(keeper)).toBe(CANARY)
    expect(existsSync(file)).toBe(false)
    expect(box.calls).toEqual([])
    expect((await keeperWith()).has(NAME)).toBe(false)
  })

  it('stores them where the person chose so, and takes them back', async () => {
    box = fakeBox('basic_text')
    const keeper = await keeperWith()
    await keeper.keep(NAME, new Secret(CANARY))
    let told = 0
    keeper.onChanged(() => told++)
    await keeper.setMode('anyway')
    expect(told).toBe(1)
    expect(keeper.state().detail).toBe(`No key store protects keys on this computer. They lie unencrypted in ${file}, which only your user may read.`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const next = await keeperWith({ mode: 'anyway' })
    expect(await reading(next)).toBe(CANARY)
    await next.setMode('store')
    expect(JSON.parse(onDisk())).toEqual({ version: 1, secrets: {} })
    expect(await reading(next)).toBe(CANARY)
  })

  it('encrypts what lay unencrypted once there is a key store', async () => {
    box = fakeBox('basic_text')
    await (await keeperWith({ mode: 'anyway' })).keep(NAME, new Secret(CANARY))
    expect(entryOf(NAME)).toMatchObject({ by: 'plain' })
    box = fakeBox('gnome_libsecret')
    const keeper = await keeperWith({ mode: 'anyway' })
    await keeper.close()
    expect(entryOf(NAME)).toMatchObject({ by: 'gnome_libsecret' })
    expect(await reading(await keeperWith({ mode: 'anyway' }))).toBe(CANARY)
  })

  it('says what helps where secrets of a key store lie there', async () => {
    await (await keeperWith()).keep(NAME, new Secret(CANARY))
    ring.now = 'absent'
    await expect((await keeperWith()).resolve({ store: NAME })).rejects.toThrow('was encrypted by a key store that is not there now. Start Printbell inside the desktop session it was kept in, or enter the key again.')
    expect(entryOf(NAME)).toBeDefined()
  })
})

describe('the choice to store nothing', () => {
  it('keeps secrets in memory until the end', async () => {
    const keeper = await keeperWith({ mode: 'session' })
    await keeper.keep(NAME, new Secret(CANARY))
    expect(keeper.state()).toEqual({ protection: 'session_only', backend: 'gnome_libsecret', detail: 'Keys are kept in memory until Printbell ends, as you chose. They must be entered again after each start.' })
    expect(await reading(keeper)).toBe(CANARY)
    expect(existsSync(file)).toBe(false)
  })

  it('empties the file when it is made, and fills it when it is taken back', async () => {
    const keeper = await keeperWith()
    await keeper.keep(NAME, new Secret(CANARY))
    const next = await keeperWith()
    await next.setMode('session')
    expect(JSON.parse(onDisk())).toEqual({ version: 1, secrets: {} })
    expect(await reading(next)).toBe(CANARY)
    await next.setMode('store')
    expect(entryOf(NAME)).toMatchObject({ by: 'gnome_libsecret' })
  })

  it('waits with what can\'t be read yet, instead of losing it', async () => {
    await (await keeperWith()).keep(NAME, new Secret(CANARY))
    ring.now = 'locked'
    const keeper = await keeperWith()
    await keeper.setMode('session')
    expect(entryOf(NAME)).toBeDefined()
    ring.become('open')
    await clock.advance(0)
    await keeper.close()
    expect(JSON.parse(onDisk())).toEqual({ version: 1, secrets: {} })
    expect(await reading(keeper)).toBe(CANARY)
  })
})

describe('the file of keys', () => {
  it.each(['{ "version": 1', '{ "version": 2, "secrets": {} }', '[]'])('that can\'t be used (%s) is kept aside and told', async (text) => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(file, text)
    const keeper = await keeperWith()
    expect(notices).toEqual([`The file of keys is damaged and was kept as ${file}.damaged-20260115T120000Z. Enter the keys of your printers and destinations again.`])
    expect(readFileSync(`${file}.damaged-20260115T120000Z`, 'utf8')).toBe(text)
    await keeper.keep(NAME, new Secret(CANARY))
    expect(entryOf(NAME)).toBeDefined()
  })

  it('that can\'t be written refuses a secret in words and changes nothing', async () => {
    const keeper = await keeperWith()
    await keeper.keep(NAME, new Secret('canary-old-one'))
    // A folder where the passing file should be: nobody can write there, root neither.
    mkdirSync(`${file}.new/full`, { recursive: true })
    await expect(keeper.keep(NAME, new Secret(CANARY))).rejects.toThrow(/^The file of keys can't be written \([A-Z_]+\)\.$/)
    expect(await reading(keeper)).toBe('canary-old-one')
    rmSync(`${file}.new`, { recursive: true })
    chmodSync(file, 0o600)
    expect(await reading(await keeperWith())).toBe('canary-old-one')
  })
})

describe('references elsewhere', () => {
  it('are followed as the headless engine follows them', async () => {
    writeFileSync(join(folder, 'octo.key'), `${CANARY}\n`, { mode: 0o600 })
    const keeper = await keeperWith({ env: { OCTO_KEY: 'canary-of-env' } })
    expect((await keeper.resolve({ env: 'OCTO_KEY' })).reveal()).toBe('canary-of-env')
    expect((await keeper.resolve({ file: 'octo.key' })).reveal()).toBe(CANARY)
    await expect(keeper.resolve({ env: 'NONE' })).rejects.toThrow('The environment variable NONE is not set.')
  })
})

it('R35: no log line, no error text and no fact of the key store holds a secret', async () => {
  const keeper = await keeperWith()
  await keeper.keep(NAME, new Secret(CANARY))
  box.works = false
  const errors: unknown[] = []
  for (const work of [() => keeper.keep('b', new Secret(CANARY)), () => keeper.resolve({ store: 'none' })]) await work().catch((error: unknown) => errors.push(error instanceof Error ? [error.message, error.stack] : error))
  ring.become('locked')
  await clock.advance(0)
  const next = await keeperWith()
  await next.resolve({ store: NAME }).catch((error: unknown) => errors.push((error as Error).message))
  expect(errors).toHaveLength(2)
  expect(JSON.stringify([log.lines, errors, notices, keeper.state(), next.state()])).not.toContain(CANARY)
})
