import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { brokenWords, linkIs, pass, printer, shortPrint, startReceiver, until, webhook, type Receiver } from '../support/fault-kit.ts'

const HEADLESS = fileURLToPath(new URL('../../scripts/headless.mjs', import.meta.url))
const PASSPHRASE = 'correct horse battery staple'

const root = process.platform === 'linux' && process.getuid?.() === 0
const mountable = root && mountsWork()
const NEEDS_MOUNT = mountable ? '' : ' (skipped: only root on Linux can mount a small disk)'

function mountsWork(): boolean {
  const probe = '/tmp/printbell-backup-probe'
  mkdirSync(probe, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' })
    execFileSync('umount', [probe])
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

describe('backup and restore', () => {
  let simulator: Simulator
  let receiver: Receiver
  let desk: Desk
  let other: Desk
  let engines: EngineProcess[]
  let env: Record<string, string>
  let file: string

  beforeEach(async () => {
    engines = []
    simulator = await startSimulator({ script: shortPrint(700) })
    receiver = await startReceiver()
    desk = await makeDesk({
      thresholds: { capPerMinute: 1_000 },
      printers: [printer('p1', simulator.url)],
      destinations: [webhook('hook', receiver.url('/ok'), ['job.*']), webhook('broken', receiver.url('/down?ms=9000000'), ['job.*'])],
    })
    other = await makeDesk({})
    rmSync(other.settings)
    env = { KEY_p1: simulator.apiKey }
    file = join(desk.folder, 'backup.tar.gz')
  })
  afterEach(async () => {
    for (const engine of engines) await engine.end('SIGKILL')
    await receiver.stop()
    await simulator.stop()
    await desk.remove()
    await other.remove()
  })

  const start = (where: Desk, values = env): EngineProcess => {
    const engine = startEngine(where, values)
    engines.push(engine)
    return engine
  }
  const run = (where: Desk, ...args: string[]): ReturnType<typeof runCommand> => runCommand([...args, '--settings', where.settings, '--data', where.data], env)
  const historyOf = async (where: Desk): Promise<string[]> => (await runCommand(['history', '--json', '--limit', '1000', '--data', where.data])).stdout.split('\n').filter((line) => line !== '')
  const idsOf = async (where: Desk): Promise<string[]> => (await historyOf(where)).map((line) => (JSON.parse(line) as { id: string }).id)
  async function print(): Promise<void> {
    const before = simulator.control.state().successes
    simulator.control.wish({ do: 'start', user: 'somebody' })
    await until('the simulated end', () => simulator.control.state().successes > before, 15_000)
  }
  const passphraseFile = (text = PASSPHRASE): string => {
    const path = join(desk.folder, 'passphrase')
    writeFileSync(path, `${text}\n`)
    return path
  }
  /** A desk with some prints behind it, its engine stopped. */
  async function printed(prints = 1): Promise<void> {
    const engine = start(desk)
    await engine.wait('the link', linkIs('p1', 'up'))
    for (let n = 1; n <= prints; n++) {
      await print()
      await until('its end', () => engine.events('job.done').length === n, 15_000, () => engine.noise())
    }
    await until('the first failed try', () => receiver.receipts('/down').length > 0, 15_000)
    expect(await engine.end('SIGTERM')).toMatchObject({ status: 0 })
  }

  it('made while an engine prints and writes, restored elsewhere: same history, same settings, the keys work, nothing old is sent, nothing rings twice', { timeout: 90_000 }, async () => {
    const engine = start(desk)
    await engine.wait('the link', linkIs('p1', 'up'))
    await print()
    await engine.wait('its end', eventOf('job.done'))
    simulator.control.wish({ do: 'start', user: 'somebody' })
    await until('the second start', () => engine.events('job.started').length === 2, 15_000)
    const made = await run(desk, 'backup', file, '--with-pictures', '--with-secrets', '--passphrase-file', passphraseFile())
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(made.stdout).toContain('1 keys under the passphrase')
    await until('the second end', () => engine.events('job.done').length === 2, 15_000)
    await receiver.wait('its message', ({ path, event }) => path === '/ok' && event.type === 'job.done')
    expect(await engine.end('SIGTERM')).toMatchObject({ status: 0 })
    expect(brokenWords(engine)).toEqual([])

    const restored = await run(other, 'restore', file, '--passphrase-file', passphraseFile())
    expect(restored).toMatchObject({ status: 0, stderr: '' })
    expect(restored.stdout).toMatch(/messages? still waited in the backup; (it is|they are) not sent any more/)
    const [was, is] = [await historyOf(desk), await historyOf(other)]
    expect(is.length).toBeGreaterThan(3)
    const bare = (line: string): object => ({ ...JSON.parse(line) as object, snapshotFile: null })
    expect(was.slice(0, is.length).map(bare)).toEqual(is.map(bare))
    const settings = JSON.parse(readFileSync(other.settings, 'utf8')) as { printers: unknown[]; destinations: { id: string; config: { url: string } }[] }
    expect(settings).toMatchObject({ version: 1, thresholds: { capPerMinute: 1_000 }, destinations: [{ id: 'hook' }, { id: 'broken' }] })

    // What waited for "broken" would now arrive; and the key must come from the backup, not from the environment.
    writeFileSync(other.settings, JSON.stringify({ ...settings, destinations: settings.destinations.map((destination) => ({ ...destination, config: { url: receiver.url(`/after-${destination.id}`) } })) }))
    const next = start(other, { KEY_p1: 'wrong' })
    await next.wait('the link', linkIs('p1', 'up'))
    await pass(1_500)
    expect(receiver.receipts('/after-broken')).toEqual([])
    expect(receiver.receipts('/after-hook')).toEqual([])
    await print()
    await receiver.wait('the next print', ({ path, event }) => path === '/after-broken' && event.type === 'job.done')
    const old = new Set(was.map((line) => (JSON.parse(line) as { id: string }).id))
    expect([...receiver.receipts('/after-broken'), ...receiver.receipts('/after-hook')].filter(({ event }) => old.has(event.id))).toEqual([])
    expect(brokenWords(next)).toEqual([])
  })

  it('no key is in a plain backup, and the passphrase is neither in the sealed one nor in the log nor in what is said', async () => {
    const key = join(desk.folder, 'key')
    writeFileSync(key, `${simulator.apiKey}\n`, { mode: 0o600 })
    writeFileSync(desk.settings, JSON.stringify({ version: 1, printers: [printer('p1', simulator.url, {}, { apiKey: { file: key } })], destinations: [] }))
    await run(desk, 'check')
    const engine = start(desk, {})
    await engine.wait('the link', linkIs('p1', 'up'))
    const plain = await run(desk, 'backup', file)
    expect(plain).toMatchObject({ status: 0 })
    const sealed = join(desk.folder, 'sealed.tar.gz')
    const said = await run(desk, 'backup', sealed, '--with-secrets', '--passphrase-file', passphraseFile())
    expect(said).toMatchObject({ status: 0 })
    await engine.end('SIGTERM')
    for (const made of [file, sealed]) {
      const bytes = execFileSync('gzip', ['-dc', made])
      expect(bytes.includes(simulator.apiKey)).toBe(false)
      expect(bytes.includes(PASSPHRASE)).toBe(false)
    }
    expect(readFileSync(join(desk.data, 'printbell.log'), 'utf8') + said.stdout + said.stderr).not.toContain(PASSPHRASE)
    expect((await run(other, 'restore', sealed, '--passphrase-file', passphraseFile())).status).toBe(0)
    const folder = readdirSync(other.folder).find((name) => name.startsWith('secrets-')) ?? ''
    expect(readFileSync(join(other.folder, folder, 'server-p1-apiKey'), 'utf8')).toBe(simulator.apiKey)
  })

  it('a restore is refused while an engine runs there, and by what can\'t be restored, each with its cause and without a change', { timeout: 60_000 }, async () => {
    await printed()
    expect((await run(desk, 'backup', file, '--with-secrets', '--passphrase-file', passphraseFile())).status).toBe(0)
    const engine = start(desk)
    await engine.wait('the link', linkIs('p1', 'up'))
    const before = readFileSync(desk.settings, 'utf8')
    const busy = await run(desk, 'restore', file)
    expect(busy).toMatchObject({ status: 1, stdout: '' })
    expect(busy.stderr).toContain(`Another Printbell engine (process ${engine.child.pid})`)
    await engine.end('SIGTERM')
    const ids = await idsOf(desk)

    const wrong = await run(desk, 'restore', file, '--passphrase-file', passphraseFile('incorrect horse'))
    expect(wrong).toMatchObject({ status: 1, stdout: '', stderr: 'The passphrase is not the one this backup was made with. Nothing was changed. Try again, or restore without the keys.\n' })
    const bytes = readFileSync(file)
    const damagedFile = join(desk.folder, 'damaged.tar.gz')
    writeFileSync(damagedFile, bytes.subarray(0, bytes.length - 40))
    expect((await run(desk, 'restore', damagedFile)).stderr).toContain('The backup is damaged: it is cut short or was changed.')
    const changed = Buffer.from(bytes)
    changed[bytes.length - 2_000] = (changed[bytes.length - 2_000] ?? 0) ^ 1
    writeFileSync(damagedFile, changed)
    expect((await run(desk, 'restore', damagedFile)).stderr).toContain('The backup is damaged:')
    const again = await run(desk, 'backup', file)
    expect(again).toMatchObject({ status: 1, stderr: `${file} is there already. Remove it, or choose another name.\n` })
    expect((await run(desk, 'backup', join(desk.folder, 'none', 'b.tar.gz'))).stderr).toContain('is not there')
    expect((await run(desk, 'backup', join(desk.folder, 'b.tar.gz'), '--with-secrets')).stderr).toContain('--passphrase-file')

    expect(readFileSync(desk.settings, 'utf8')).toBe(before)
    expect(await idsOf(desk)).toEqual(ids)
    expect(readdirSync(desk.data).filter((name) => /restor|backing/.test(name))).toEqual([])
    expect(readdirSync(desk.folder).filter((name) => /restor/.test(name))).toEqual([])
  })

  it('kill -9 at any moment of a restore leaves all of the old or all of the new', { timeout: 120_000 }, async () => {
    await printed(2)
    // Large enough that the kill falls into every step of it.
    grow(join(desk.data, 'printbell.db'))
    expect((await run(desk, 'backup', file)).status).toBe(0)
    const inBackup = await idsOf(desk)
    const engine = start(desk)
    await engine.wait('the link', linkIs('p1', 'up'))
    await print()
    await until('one more end', () => engine.events('job.done').length === 1, 15_000)
    await engine.end('SIGTERM')
    const before = await idsOf(desk)
    expect(before.length).toBeGreaterThan(inBackup.length)
    const settings = readFileSync(desk.settings, 'utf8')

    // By what of a restore is there to be seen; the renames themselves are killed one by one beside the code (swap.test.ts).
    const steps: ((data: string) => boolean)[] = [
      (data) => staged(data) !== null,
      (data) => existsSync(join(data, staged(data) ?? 'none', 'printbell.db')),
      (data) => existsSync(join(data, staged(data) ?? 'none', 'snapshots')),
      (data) => existsSync(join(data, 'restore.json')),
      (data) => readdirSync(data).some((name) => name.startsWith('before-restore')),
      () => false,
    ]
    let old = 0
    for (const reached of steps) {
      const victim = await clone(desk)
      const child = spawn(process.execPath, [HEADLESS, 'restore', file, '--settings', victim.settings, '--data', victim.data], { stdio: 'ignore' })
      const gone = once(child, 'exit')
      while (child.exitCode === null && !reached(victim.data)) await new Promise((done) => setImmediate(done))
      child.kill('SIGKILL')
      await gone
      const found = await idsOf(victim)
      const isOld = found.length === before.length
      expect(found).toEqual(isOld ? before : inBackup)
      if (isOld) {
        old += 1
        expect(readFileSync(victim.settings, 'utf8')).toBe(settings)
      } else {
        expect(readFileSync(victim.settings, 'utf8')).not.toBe(settings)
        expect(readFileSync(join(victim.folder, readdirSync(victim.folder).find((name) => name.includes('before-restore')) ?? ''), 'utf8')).toBe(settings)
      }
      expect(readdirSync(victim.data).filter((name) => name.startsWith('restor'))).toEqual([])
      await victim.remove()
    }
    // The first three were killed before anything was touched, the last one not at all.
    expect(old).toBeGreaterThanOrEqual(3)
    expect(old).toBeLessThan(6)
  })

  it.skipIf(!mountable)(`a full disk is told with its cure, for a backup and for a restore, and nothing is lost${NEEDS_MOUNT}`, { timeout: 60_000 }, async (test) => {
    await printed()
    grow(join(desk.data, 'printbell.db'))
    const small = await mountSmall(test)
    const failed = await run(desk, 'backup', join(small, 'b.tar.gz'))
    expect(failed).toMatchObject({ status: 1, stdout: '' })
    expect(failed.stderr).toContain(`There is not enough room in ${small} for the backup. Nothing was changed. Free some space there and try again.`)
    expect(readdirSync(small)).toEqual(['filler'])

    expect((await run(desk, 'backup', file)).status).toBe(0)
    const there = { ...other, data: join(small, 'data') }
    const restored = await run(there, 'restore', file)
    expect(restored).toMatchObject({ status: 1, stdout: '' })
    expect(restored.stderr).toMatch(/^The backup needs \d+ MB, and .+ has \d+ MB left\. Nothing was changed\./)
    expect(existsSync(other.settings)).toBe(false)
    expect(readdirSync(there.data).filter((name) => /restor|printbell\.db/.test(name))).toEqual([])
  })
})

/** The folder of a restore that is being prepared. */
const staged = (data: string): string | null => readdirSync(data).find((name) => name.startsWith('restoring-')) ?? null

/** A desk of the same content; both are at rest. */
async function clone(desk: Desk): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-clone-'))
  execFileSync('cp', ['-a', `${desk.folder}/.`, folder])
  return { folder, settings: join(folder, 'settings.json'), data: join(folder, 'data'), remove: async () => rmSync(folder, { recursive: true, force: true }) }
}

/** Some ten megabytes that don't pack, in a table of ours. */
function grow(database: string): void {
  const sqlite = new DatabaseSync(database)
  sqlite.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO suppressed (at, printer_id, type, reason, detail) SELECT 1768478400000, 'p1', 'job.paused', 'short_pause', hex(randomblob(500)) FROM n; PRAGMA wal_checkpoint(TRUNCATE)`)
  sqlite.close()
}

async function mountSmall(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', folder])
  test.onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const handle = openSync(join(folder, 'filler'), 'w')
  try {
    writeSync(handle, Buffer.alloc(2_000_000, 1))
  } finally {
    closeSync(handle)
  }
  return folder
}
