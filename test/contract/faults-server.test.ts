import { describe, expect, it, type TestContext } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint } from '../support/fake-octoprint.ts'
import { brokenWords, linkIs, pass, printer, shortPrint, startSimulatorProcess, until, type SimulatorProcess } from '../support/fault-kit.ts'

const TERMINAL = ['job.done', 'job.cancelled', 'job.failed', 'job.result_unknown']
/** Short, so that the tests are; the rules are the same. Seconds. */
const GRACE = { linkStale: 5, linkLostPrinting: 8, linkLostIdle: 4 }

describe.concurrent('a printer server that fails', () => {
  /** Ends with the test that made it; these tests run beside each other, for most of their time is waiting. */
  function keep<T>(test: TestContext, thing: T, stop: () => Promise<unknown>): T {
    test.onTestFinished(async () => void (await stop()))
    return thing
  }
  async function watch(test: TestContext, url: string, key: string, thresholds: Record<string, number> = GRACE): Promise<EngineProcess> {
    const desk: Desk = await makeDesk({ printers: [printer('p1', url, { thresholds })] })
    keep(test, desk, () => desk.remove())
    const engine = startEngine(desk, { KEY_p1: key })
    keep(test, engine, () => engine.end('SIGKILL'))
    await engine.wait('the link', linkIs('p1', 'up'))
    return engine
  }
  async function asProcess(test: TestContext, speed: number): Promise<SimulatorProcess> {
    const sim = await startSimulatorProcess(speed)
    return keep(test, sim, () => sim.kill())
  }
  async function inProcess(test: TestContext, printMs: number): Promise<Simulator> {
    const sim = await startSimulator({ script: shortPrint(printMs) })
    return keep(test, sim, () => sim.stop())
  }
  const ups = (engine: EngineProcess): number => engine.lines.filter(linkIs('p1', 'up')).length
  const again = (engine: EngineProcess, before: number): Promise<void> => until('the link again', () => ups(engine) > before, 30_000, () => engine.noise())
  const types = (engine: EngineProcess, ...wanted: string[]): unknown[] => engine.events(...wanted).map(({ type }) => type)

  it('killed while it prints and started again within the grace: the print failed by that restart, told once, and no link.lost', { timeout: 60_000 }, async (test) => {
    const sim = await asProcess(test, 4)
    const engine = await watch(test, sim.url, sim.apiKey)
    await sim.start()
    await engine.wait('the start', eventOf('job.started'))
    await pass(2_200)
    const before = ups(engine)
    await sim.kill()
    await sim.restart()
    await again(engine, before)
    const failed = await engine.wait('the end', eventOf('job.failed'))
    expect(failed.event).toMatchObject({ late: true, reason: 'server_restarted', printerId: 'p1' })
    expect(types(engine, ...TERMINAL)).toEqual(['job.failed'])
    expect(engine.events('link.lost')).toEqual([])
    // And the next print is one of its own.
    await sim.start()
    await engine.wait('the next end', eventOf('job.done'), 40_000)
    expect(types(engine, 'job.started', ...TERMINAL)).toEqual(['job.started', 'job.failed', 'job.started', 'job.done'])
    expect(brokenWords(engine)).toEqual([])
  })

  it('killed between prints: link.lost once and only after its grace, link.up when it is back', { timeout: 60_000 }, async (test) => {
    const sim = await asProcess(test, 8)
    const engine = await watch(test, sim.url, sim.apiKey)
    const before = ups(engine)
    const from = Date.now()
    await sim.kill()
    const killedAt = Date.now()
    const lost = (await engine.wait('link.lost', eventOf('link.lost'))).event as { occurredAt: number; observedAt: number; reason: string }
    expect(lost.reason).toBe('idle')
    expect(lost.observedAt - from).toBeGreaterThanOrEqual(3_900)
    expect(lost.observedAt - killedAt).toBeLessThan(7_000)
    await sim.restart()
    await again(engine, before)
    await engine.wait('link.up', eventOf('link.up'))
    await sim.start()
    await engine.wait('the end of a print after that', eventOf('job.done'), 30_000)
    expect(types(engine, 'link.lost', 'link.up', ...TERMINAL)).toEqual(['link.lost', 'link.up', 'job.done'])
    expect(brokenWords(engine)).toEqual([])
  })

  it('stopped dead while it prints (it accepts connections and never answers): link.lost once after the grace, then link.up and the end of the print', { timeout: 90_000 }, async (test) => {
    const sim = await asProcess(test, 2)
    const engine = await watch(test, sim.url, sim.apiKey)
    await sim.start()
    await engine.wait('the start', eventOf('job.started'))
    process.kill(sim.pid, 'SIGSTOP')
    const stoppedAt = Date.now()
    const lost = (await engine.wait('link.lost', eventOf('link.lost'), 40_000)).event as { observedAt: number; reason: string }
    expect(lost.reason).toBe('during_job')
    expect(lost.observedAt - stoppedAt).toBeGreaterThanOrEqual(5_500)
    process.kill(sim.pid, 'SIGCONT')
    await engine.wait('link.up', eventOf('link.up'), 40_000)
    await engine.wait('the end', eventOf('job.done'), 40_000)
    expect(types(engine, 'link.lost', 'link.up', 'job.started', ...TERMINAL)).toEqual(['job.started', 'link.lost', 'link.up', 'job.done'])
    expect(brokenWords(engine)).toEqual([])
  })

  it('its sockets dropped without a close frame and its logins expired in the middle of a print: one start, one end, no link.lost', { timeout: 60_000 }, async (test) => {
    const sim = await inProcess(test, 9_000)
    const engine = await watch(test, sim.url, sim.apiKey)
    sim.control.wish({ do: 'start', user: 'somebody' })
    await engine.wait('the start', eventOf('job.started'))
    for (const fault of [() => sim.control.dropSockets(), () => sim.control.expireLogins('stale'), () => sim.control.dropSockets(), () => sim.control.expireLogins('logout')]) {
      await pass(1_500)
      fault()
    }
    await engine.wait('the end', eventOf('job.done'))
    expect(types(engine, 'job.started', ...TERMINAL, 'link.lost', 'link.auth_failed')).toEqual(['job.started', 'job.done'])
    expect(engine.events('job.done')[0]).toMatchObject({ late: false })
    expect(brokenWords(engine)).toEqual([])
  })

  it('its socket dropped at the very moment a print ends: the end is told once', { timeout: 60_000 }, async (test) => {
    const sim = await inProcess(test, 800)
    const engine = await watch(test, sim.url, sim.apiKey, { ...GRACE, capPerMinute: 1_000 })
    for (let round = 1; round <= 4; round++) {
      const before = ups(engine)
      sim.control.wish({ do: 'start', user: 'somebody' })
      await engine.wait('the start', () => engine.events('job.started').length === round)
      await pass(850 + round * 20)
      sim.control.dropSockets()
      await again(engine, before)
      await engine.wait('the end', () => engine.events('job.done').length === round)
    }
    expect(engine.events(...TERMINAL)).toHaveLength(4)
    expect(new Set(engine.events(...TERMINAL).map(({ job }) => (job as { key: string }).key)).size).toBe(4)
    expect(brokenWords(engine)).toEqual([])
  })

  it('a server that accepts connections and never answers from the start: told as down with its cause, and it is watched once it speaks', { timeout: 60_000 }, async (test) => {
    const fake: FakeOctoPrint = await startFake()
    keep(test, fake, () => fake.close())
    fake.wire = 'silent'
    const desk = await makeDesk({ printers: [printer('p1', fake.url, { thresholds: GRACE })] })
    keep(test, desk, () => desk.remove())
    const engine = startEngine(desk, { KEY_p1: FAKE_KEY })
    keep(test, engine, () => engine.end('SIGKILL'))
    const down = await engine.wait('the link down', linkIs('p1', 'down'))
    expect(down.cause).toBe('timeout')
    expect(down.detail).toMatch(/did not answer in time/)
    fake.wire = null
    await engine.wait('the link', linkIs('p1', 'up'))
    // Never seen is no loss.
    expect(engine.events('link.lost')).toEqual([])
    expect(brokenWords(engine)).toEqual([])
  })
})
