import { describe, expect, it, type TestContext } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, startEngine, type EngineProcess } from '../support/engine-process.ts'
import { brokenWords, linkIs, pass, printer, shortPrint, startReceiver, until, webhook, type Receiver } from '../support/fault-kit.ts'

const BROKEN_MS = 8_000
const PRINTS = 3
/** A picture is waited for at most 10 s by what can't be changed later; the rest is room for a busy machine. ms */
const TEXT_WITHIN_MS = 12_000

describe.concurrent('a far side that fails', () => {
  function keep<T>(test: TestContext, thing: T, stop: () => Promise<unknown>): T {
    test.onTestFinished(async () => void (await stop()))
    return thing
  }
  async function receiverOfTest(test: TestContext): Promise<Receiver> {
    const receiver = await startReceiver()
    return keep(test, receiver, () => receiver.stop())
  }
  async function simulators(test: TestContext, count: number, printMs: number): Promise<Simulator> {
    const simulator = await startSimulator({ script: shortPrint(printMs), printers: count })
    return keep(test, simulator, () => simulator.stop())
  }
  async function watch(test: TestContext, settings: Record<string, unknown>, env: Record<string, string>, ids: string[]): Promise<EngineProcess> {
    const desk = await makeDesk({ thresholds: { capPerMinute: 1_000 }, ...settings })
    keep(test, desk, () => desk.remove())
    const engine = startEngine(desk, env)
    keep(test, engine, () => engine.end('SIGKILL'))
    for (const id of ids) await engine.wait(`the link of ${id}`, linkIs(id, 'up'))
    return engine
  }

  it('R01: webhooks that hang, reset or answer 500 delay no other, keep the order within each job, and get every end once they work', { timeout: 90_000 }, async (test) => {
    const simulator = await simulators(test, 1, 1_500)
    const receiver = await receiverOfTest(test)
    const broken = { hang: '/hang', reset: '/reset', down: '/down' }
    const engine = await watch(test, {
      printers: [printer('p1', simulator.url)],
      destinations: [
        webhook('hang', receiver.url('/hang'), ['job.*']),
        webhook('reset', receiver.url(`/reset?ms=${BROKEN_MS}`), ['job.*']),
        webhook('down', receiver.url(`/down?ms=${BROKEN_MS}`), ['job.*']),
        webhook('good', receiver.url('/ok'), ['job.*']),
      ],
    }, { KEY_p1: simulator.apiKey }, ['p1'])

    for (let count = 1; count <= PRINTS; count++) {
      simulator.control.wish({ do: 'start', user: 'somebody' })
      await engine.wait('the end', () => engine.events('job.done').length === count)
    }
    const told = engine.events()
    const goodOf = (id: unknown) => receiver.wait(`${String(id)} at the good one`, ({ path, event }) => path === '/ok' && event.id === id, 5_000)
    for (const done of told.filter(({ type }) => type === 'job.done')) expect((await goodOf(done.id)).at - (done.observedAt as number)).toBeLessThan(2_000)

    const taken = (path: string) => receiver.receipts(path).filter(({ status }) => status === 204)
    const ends = new Set(told.filter(({ type }) => type === 'job.done').map(({ id }) => id))
    for (const path of Object.values(broken)) {
      await until(`all ends at ${path}`, () => taken(path).filter(({ event }) => ends.has(event.id)).length >= PRINTS, 60_000, () => receiver.receipts(path).map(({ at, key, status, event }) => `${at} ${key} ${status} ${event.type}`).join('\n'))
    }
    const seq = new Map(engine.events().map(({ id, seq }) => [id, seq as number]))
    for (const path of ['/ok', ...Object.values(broken)]) {
      const jobs = new Map<string, number[]>()
      for (const { event } of taken(path)) jobs.set(event.job?.key ?? '', [...(jobs.get(event.job?.key ?? '') ?? []), seq.get(event.id) ?? -1])
      expect(jobs.size).toBe(PRINTS)
      for (const order of jobs.values()) expect(order).toEqual([...new Set(order)].sort((a, b) => a - b))
    }
    // Every failed try is on record, and what they were tried under is one key each.
    expect(receiver.receipts('/reset').some(({ status }) => status === 'reset')).toBe(true)
    expect(receiver.receipts('/down').some(({ status }) => status === 500)).toBe(true)
    for (const path of Object.values(broken)) {
      const keys = new Map(receiver.receipts(path).map(({ key, event }) => [event.id, key]))
      expect(receiver.receipts(path).every(({ key, event }) => keys.get(event.id) === key)).toBe(true)
    }
    expect(brokenWords(engine)).toEqual([])
  })

  it('a camera that is too late, silent, gone, drips or sends a page: the message leaves without a picture within its 10 s', { timeout: 60_000 }, async (test) => {
    const cameras = { late: '/camera/late?ms=20000', none: '/camera/none', missing: '/camera/missing', html: '/camera/html', drip: '/camera/drip' }
    const names = Object.keys(cameras)
    const simulator = await simulators(test, names.length, 500)
    const receiver = await receiverOfTest(test)
    const engine = await watch(test, {
      printers: Object.entries(cameras).map(([name, path], index) => printer(name, simulator.printers[index]?.url ?? '', {}, { snapshotUrl: receiver.url(path) })),
      destinations: [webhook('hook', receiver.url('/ok'), ['job.done'])],
    }, Object.fromEntries(names.map((name, index) => [`KEY_${name}`, simulator.printers[index]?.apiKey ?? ''])), names)

    for (const { control } of simulator.printers) control.wish({ do: 'start', user: 'somebody' })
    for (const name of names) {
      const done = (await engine.wait(`the end of ${name}`, (line) => eventOf('job.done')(line) && (line.event as { printerId: string }).printerId === name)).event as { observedAt: number }
      const receipt = await receiver.wait(`the message of ${name}`, ({ event }) => event.printer?.id === name, 20_000)
      expect(receipt).toMatchObject({ picture: false, event: { type: 'job.done', image: null } })
      expect(receipt.at - done.observedAt).toBeLessThan(TEXT_WITHIN_MS)
    }
    // One that answers at once, with whatever, isn't waited for.
    for (const name of ['missing', 'html']) {
      const { at, event } = receiver.receipts().find((receipt) => receipt.event.printer?.id === name) ?? expect.fail(`${name} was not told`)
      expect(at - event.time).toBeLessThan(3_000)
    }
    await pass(500)
    expect(receiver.receipts()).toHaveLength(names.length)
    expect(brokenWords(engine)).toEqual([])
  })
})
