import { describe, expect, it, type TestContext } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, startEngine, type EngineProcess } from '../support/engine-process.ts'
import { brokenWords, linkIs, pass, printer, shortPrint, startReceiver, webhook, type Receiver } from '../support/fault-kit.ts'

/** The watchdog calls it a stop when a tick is more than 10 s late; it ticks every 5 s. ms */
const STOPPED_MS = 18_000
/** Far shorter than the stop: without the watchdog each of them would be told as lost on waking. Seconds. */
const GRACE = { linkStale: 5, linkLostPrinting: 6, linkLostIdle: 6 }

describe.skipIf(process.platform === 'win32')(`an engine that is stopped for a while, as by Ctrl-Z or a frozen computer${process.platform === 'win32' ? ' (skipped: Windows has no SIGSTOP)' : ''}`, { concurrent: true }, () => {
  async function watch(test: TestContext): Promise<{ simulator: Simulator; receiver: Receiver; engine: EngineProcess }> {
    const simulator = await startSimulator({ script: shortPrint(6_000) })
    test.onTestFinished(() => simulator.stop())
    const receiver = await startReceiver()
    test.onTestFinished(() => receiver.stop())
    const desk = await makeDesk({ thresholds: GRACE, printers: [printer('p1', simulator.url)], destinations: [webhook('hook', receiver.url('/ok'), ['job.*', 'link.*'])] })
    test.onTestFinished(() => desk.remove())
    const engine = startEngine(desk, { KEY_p1: simulator.apiKey })
    test.onTestFinished(async () => void (await engine.end('SIGKILL')))
    await engine.wait('the link', linkIs('p1', 'up'))
    return { simulator, receiver, engine }
  }
  /** Stops the engine, lets the time pass with `meanwhile` in the middle, and wakes it. @returns when, epoch ms */
  async function stopped(engine: EngineProcess, meanwhile: () => void): Promise<number> {
    engine.child.kill('SIGSTOP')
    await pass(STOPPED_MS / 2)
    meanwhile()
    await pass(STOPPED_MS / 2)
    engine.child.kill('SIGCONT')
    return Date.now()
  }
  async function expectEndToldAndNoLoss({ receiver, engine }: { receiver: Receiver; engine: EngineProcess }, since: number, withinMs: number): Promise<void> {
    await engine.wait('the end', eventOf('job.done'), 15_000)
    const { at } = await receiver.wait('its message', ({ event }) => event.type === 'job.done')
    expect(at - since).toBeLessThan(withinMs)
    // Longer than the watchdog's next look and every grace.
    await pass(7_000)
    expect(engine.events('link.lost', 'job.result_unknown', 'job.failed')).toEqual([])
    expect(receiver.receipts().filter(({ event }) => event.type === 'job.done')).toHaveLength(1)
    expect(brokenWords(engine)).toEqual([])
  }

  it('tells the end of a print that came meanwhile, and no link.lost', { timeout: 60_000 }, async (test) => {
    const stage = await watch(test)
    stage.simulator.control.wish({ do: 'start', user: 'somebody' })
    await stage.engine.wait('the start', eventOf('job.started'))
    const wokenAt = await stopped(stage.engine, () => undefined)
    expect(stage.simulator.control.state().successes).toBe(1)
    await expectEndToldAndNoLoss(stage, wokenAt, 3_000)
  })

  it('tells it too when the server dropped the connection meanwhile', { timeout: 60_000 }, async (test) => {
    const stage = await watch(test)
    stage.simulator.control.wish({ do: 'start', user: 'somebody' })
    await stage.engine.wait('the start', eventOf('job.started'))
    const wokenAt = await stopped(stage.engine, () => stage.simulator.control.dropSockets())
    await expectEndToldAndNoLoss(stage, wokenAt, 6_000)
  })

  it('says nothing at all on waking when nothing happened', { timeout: 60_000 }, async (test) => {
    const { engine, receiver } = await watch(test)
    await stopped(engine, () => undefined)
    await pass(7_000)
    expect(engine.events()).toEqual([])
    expect(receiver.receipts()).toEqual([])
    expect(brokenWords(engine)).toEqual([])
  })
})
