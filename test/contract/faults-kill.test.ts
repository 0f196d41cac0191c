import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { brokenWords, chance, linkIs, pass, printer, shortPrint, startReceiver, webhook, type Receiver } from '../support/fault-kit.ts'

const TERMINAL = ['job.done', 'job.cancelled', 'job.failed', 'job.result_unknown']
const ROUNDS = 16
const SEED = 20_260_611
const HEAT_MS = 200
const PRINT_MS = 900
/** Kills fall between this long before and after a print's end. */
const BEFORE_MS = 250
const AFTER_MS = 450

interface Stored {
  id: string
  type: string
  job?: { key: string }
}

describe('an engine that is killed or started twice', () => {
  let simulator: Simulator
  let receiver: Receiver
  let desk: Desk
  let engines: EngineProcess[]
  let env: Record<string, string>

  beforeEach(async () => {
    engines = []
    simulator = await startSimulator({ script: shortPrint(PRINT_MS, { heatMs: HEAT_MS }) })
    receiver = await startReceiver()
    // It writes its receipt at once and answers late: the kills between the two are the hard ones.
    // Far more prints than anybody starts within a minute: the cap is another matter.
    desk = await makeDesk({ thresholds: { capPerMinute: 1_000 }, printers: [printer('p1', simulator.url)], destinations: [webhook('hook', receiver.url('/slow?ms=120'), ['job.*'])] })
    env = { KEY_p1: simulator.apiKey }
  })
  afterEach(async () => {
    for (const engine of engines) await engine.end('SIGKILL')
    await receiver.stop()
    await simulator.stop()
    await desk.remove()
  })
  const start = (): EngineProcess => {
    const engine = startEngine(desk, env)
    engines.push(engine)
    return engine
  }
  const stored = async (...types: string[]): Promise<Stored[]> => {
    const { stdout } = await runCommand(['history', '--json', '--limit', '500', '--type', types.join(','), '--data', desk.data])
    return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Stored)
  }
  const ends = () => receiver.receipts().filter(({ event }) => TERMINAL.includes(event.type))

  it(`killed at ${ROUNDS} moments around a print's end, it tells every end, under one key each, and a restart with nothing new tells nothing`, { timeout: 300_000 }, async () => {
    const random = chance(SEED)
    let engine = start()
    await engine.wait('the link', linkIs('p1', 'up'))
    for (let round = 1; round <= ROUNDS; round++) {
      simulator.control.wish({ do: 'start', user: 'somebody' })
      await engine.wait('the start', eventOf('job.started'))
      await pass(HEAT_MS + PRINT_MS - BEFORE_MS + random() * (BEFORE_MS + AFTER_MS))
      await engine.end('SIGKILL')
      expect(brokenWords(engine)).toEqual([])
      engine = start()
      await engine.wait('the link again', linkIs('p1', 'up'))
      await receiver.wait(`the end of print ${round}`, () => new Set(ends().map(({ event }) => event.job?.key)).size === round)
    }
    await engine.end('SIGTERM')

    const told = ends()
    expect(told.every(({ event }) => event.type === 'job.done')).toBe(true)
    // A try that the kill cut off is made again under its old key, by which the far side knows it.
    expect(new Set(told.map(({ key }) => key)).size).toBe(ROUNDS)
    expect(new Set(told.map(({ event }) => event.id)).size).toBe(ROUNDS)
    const inHistory = await stored(...TERMINAL)
    expect(inHistory).toHaveLength(ROUNDS)
    expect(new Set(inHistory.map(({ job }) => job?.key)).size).toBe(ROUNDS)
    expect(await stored('job.started')).toHaveLength(ROUNDS)
    // The kills did fall on both sides of the end.
    const late = told.filter(({ event }) => event.late).length
    expect(late).toBeGreaterThan(0)
    expect(late).toBeLessThan(told.length)

    const before = receiver.receipts().length
    const last = start()
    await last.wait('the link at the end', linkIs('p1', 'up'))
    expect(await last.end('SIGTERM')).toMatchObject({ status: 0 })
    // The bed goes on cooling whoever looks.
    expect(last.events().filter(({ type }) => type !== 'heater.cooled')).toEqual([])
    expect(receiver.receipts()).toHaveLength(before)
  })

  it('of two that start at the same instant on the same data exactly one runs and the other says why it ends', async () => {
    for (let round = 0; round < 3; round++) {
      const pair = [start(), start()]
      const fates = await Promise.all(pair.map((engine) => engine.wait('the link', linkIs('p1', 'up'), 15_000).then(() => 'runs', () => 'ended')))
      expect(fates.sort()).toEqual(['ended', 'runs'])
      const loser = pair.find((engine) => engine.child.exitCode !== null)
      const winner = pair.find((engine) => engine.child.exitCode === null)
      expect(loser?.child.exitCode).toBe(1)
      expect(loser?.lines).toEqual([])
      expect(loser?.noise()).toMatch(/another printbell/i)
      expect(loser && brokenWords(loser)).toEqual([])
      expect(await winner?.end('SIGTERM')).toMatchObject({ status: 0 })
    }
  })
})
