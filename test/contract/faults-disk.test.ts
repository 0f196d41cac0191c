import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { brokenWords, linkIs, printer, shortPrint, startReceiver, until, webhook, type Receiver } from '../support/fault-kit.ts'

/** A disk of its own, small enough to fill: only root may mount one. */
const root = process.platform === 'linux' && process.getuid?.() === 0
const mountable = root && mountsWork()
const NEEDS_MOUNT = mountable ? '' : ' (skipped: only root on Linux can mount a small disk)'

function mountsWork(): boolean {
  const probe = '/tmp/printbell-mount-probe'
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

describe.concurrent('a disk that fails', () => {
  async function deskOf(test: TestContext, simulator: Simulator, receiver: Receiver | null): Promise<{ desk: Desk; env: Record<string, string> }> {
    const desk = await makeDesk({
      thresholds: { capPerMinute: 1_000 },
      printers: [printer('p1', simulator.url)],
      destinations: receiver ? [webhook('hook', receiver.url('/ok'), ['job.*'])] : [],
    })
    test.onTestFinished(() => desk.remove())
    return { desk, env: { KEY_p1: simulator.apiKey } }
  }
  async function simulatorOf(test: TestContext): Promise<Simulator> {
    const simulator = await startSimulator({ script: shortPrint(800) })
    test.onTestFinished(() => simulator.stop())
    return simulator
  }
  function mount(test: TestContext, desk: Desk, size: string): void {
    mkdirSync(desk.data, { recursive: true, mode: 0o700 })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', desk.data])
    test.onTestFinished(() => void execFileSync('umount', ['-l', desk.data]))
  }
  function run(test: TestContext, desk: Desk, env: Record<string, string>): EngineProcess {
    const engine = startEngine(desk, env)
    test.onTestFinished(async () => void (await engine.end('SIGKILL')))
    return engine
  }
  /** Takes the last free byte. */
  function fill(file: string): void {
    const handle = openSync(file, 'w')
    const block = Buffer.alloc(4096, 1)
    try {
      for (;;) writeSync(handle, block)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(handle)
    }
  }
  async function print(simulator: Simulator): Promise<void> {
    const before = simulator.control.state().successes
    simulator.control.wish({ do: 'start', user: 'somebody' })
    await until('the simulated end', () => simulator.control.state().successes > before, 10_000)
  }

  it.skipIf(!mountable)(`a full disk is told with its cure, nothing leaves that is not stored, and nothing is lost when there is room again${NEEDS_MOUNT}`, { timeout: 60_000 }, async (test) => {
    const simulator = await simulatorOf(test)
    const receiver = await startReceiver()
    test.onTestFinished(() => receiver.stop())
    const { desk, env } = await deskOf(test, simulator, receiver)
    mount(test, desk, '6m')
    const engine = run(test, desk, env)
    await engine.wait('the link', linkIs('p1', 'up'))
    await print(simulator)
    await receiver.wait('the end of the first print', ({ event }) => event.type === 'job.done')

    const filler = join(desk.data, 'filler')
    fill(filler)
    const before = receiver.receipts().length
    await print(simulator)
    await until('the notice', () => engine.noise().includes("can't be written to disk"), 10_000, () => engine.noise())
    expect(engine.noise()).toMatch(/no room left for the history .*printbell\.db.*Free some space/)
    await print(simulator)
    expect(engine.child.exitCode).toBeNull()
    expect(receiver.receipts()).toHaveLength(before)
    expect(engine.events('job.done')).toHaveLength(1)

    rmSync(filler)
    await until('all three ends', () => receiver.receipts().filter(({ event }) => event.type === 'job.done').length === 3, 20_000, () => engine.noise())
    expect(engine.noise()).toContain('written to disk again')
    // Told once, not at every try.
    expect(engine.noise().split("can't be written to disk")).toHaveLength(2)
    expect(engine.events('job.started')).toHaveLength(3)
    await print(simulator)
    await receiver.wait('the next print', () => receiver.receipts().filter(({ event }) => event.type === 'job.done').length === 4)
    expect(await engine.end('SIGTERM')).toMatchObject({ status: 0 })
    expect(brokenWords(engine)).toEqual([])
  })

  it.skipIf(!mountable)(`ended while the disk is full: what could not be stored is rebuilt from the server's records after the next start${NEEDS_MOUNT}`, { timeout: 60_000 }, async (test) => {
    const simulator = await simulatorOf(test)
    const receiver = await startReceiver()
    test.onTestFinished(() => receiver.stop())
    const { desk, env } = await deskOf(test, simulator, receiver)
    mount(test, desk, '6m')
    const engine = run(test, desk, env)
    await engine.wait('the link', linkIs('p1', 'up'))
    simulator.control.wish({ do: 'start', user: 'somebody' })
    await engine.wait('the start', eventOf('job.started'))
    const filler = join(desk.data, 'filler')
    fill(filler)
    await until('the notice', () => engine.noise().includes("can't be written to disk"), 10_000, () => engine.noise())
    await until('the simulated end', () => simulator.control.state().successes === 1, 10_000)
    expect(await engine.end('SIGTERM')).toMatchObject({ status: 0 })
    expect(brokenWords(engine)).toEqual([])
    rmSync(filler)
    const next = run(test, desk, env)
    const done = await next.wait('the end', eventOf('job.done'))
    expect(done.event).toMatchObject({ late: true })
    await receiver.wait('its message', ({ event }) => event.type === 'job.done' && event.id === (done.event as { id: string }).id)
    expect(receiver.receipts().filter(({ event }) => event.type === 'job.done')).toHaveLength(1)
  })

  it.skipIf(!mountable)(`a disk that is full from the start: the engine ends with cause and cure instead of running deaf${NEEDS_MOUNT}`, async (test) => {
    const simulator = await simulatorOf(test)
    const { desk, env } = await deskOf(test, simulator, null)
    mount(test, desk, '1m')
    fill(join(desk.data, 'filler'))
    const engine = run(test, desk, env)
    await until('its end', () => engine.child.exitCode !== null, 10_000, () => engine.noise())
    expect(engine.child.exitCode).toBe(1)
    expect(engine.noise()).toMatch(/no room|ENOSPC|is full/i)
    expect(brokenWords(engine)).toEqual([])
  })

  it('a history file that is no database: named with its cure, status 1, and not a byte of it changes', async (test) => {
    const simulator = await simulatorOf(test)
    const { desk, env } = await deskOf(test, simulator, null)
    mkdirSync(desk.data, { recursive: true, mode: 0o700 })
    const file = join(desk.data, 'printbell.db')
    writeFileSync(file, 'this was a shopping list\n'.repeat(500))
    const before = readFileSync(file)
    const ended = await runCommand(['watch', '--json', '--settings', desk.settings, '--data', desk.data], env)
    expect(ended).toMatchObject({ status: 1, stdout: '' })
    expect(ended.stderr).toContain(file)
    expect(ended.stderr).toMatch(/damaged or is not a database.*backup/)
    expect(ended.stderr).not.toMatch(/ {4}at /)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('a history with its pages torn: named with its cure, status 1, and not a byte of it changes', async (test) => {
    const simulator = await simulatorOf(test)
    const { desk, env } = await deskOf(test, simulator, null)
    const engine = run(test, desk, env)
    await engine.wait('the link', linkIs('p1', 'up'))
    await print(simulator)
    await engine.wait('the end', eventOf('job.done'))
    await engine.end('SIGTERM')
    const file = join(desk.data, 'printbell.db')
    const torn = readFileSync(file)
    // All but the header: the schema's page and everything it leads to.
    torn.fill(0xa5, 100)
    writeFileSync(file, torn)
    const ended = await runCommand(['watch', '--json', '--settings', desk.settings, '--data', desk.data], env)
    expect(ended).toMatchObject({ status: 1, stdout: '' })
    expect(ended.stderr).toContain(file)
    expect(ended.stderr).toMatch(/damaged or is not a database.*backup/)
    expect(ended.stderr).not.toMatch(/ {4}at /)
    expect(readFileSync(file).equals(torn)).toBe(true)
  })

  const readOnlyPossible = mountable || !root
  it.skipIf(!readOnlyPossible)(`a data folder that is read-only: named with its cure, status 1${readOnlyPossible ? '' : ' (skipped: root writes everywhere and cannot mount here)'}`, async (test) => {
    const simulator = await simulatorOf(test)
    const { desk, env } = await deskOf(test, simulator, null)
    if (root) mount(test, desk, '6m')
    // It was writable once: that is how disks turn read-only.
    const engine = run(test, desk, env)
    await engine.wait('the link', linkIs('p1', 'up'))
    await engine.end('SIGTERM')
    if (root) {
      execFileSync('mount', ['-o', 'remount,ro', desk.data])
    } else {
      chmodSync(desk.data, 0o500)
      test.onTestFinished(() => chmodSync(desk.data, 0o700))
    }
    const ended = await runCommand(['watch', '--json', '--settings', desk.settings, '--data', desk.data], env)
    expect(ended).toMatchObject({ status: 1, stdout: '' })
    expect(ended.stderr).toContain(desk.data)
    expect(ended.stderr).toMatch(/read-only|EROFS|EACCES|EPERM/)
    expect(ended.stderr).toMatch(/--data|writable/)
    expect(ended.stderr).not.toMatch(/ {4}at /)
  })
})
