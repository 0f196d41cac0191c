import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint } from '../support/fake-octoprint.ts'
import { brokenWords, linkIs, logOf, memory, pass, printer, resetPeak, shortPrint, startReceiver, until, webhook, type Receiver } from '../support/fault-kit.ts'

/** What the engine may take beyond its usual size while it is attacked, MB. */
const ROOM_MB = 80
const TOLD_WITHIN_MS = 2_000
const NO_PROC = process.platform === 'linux' ? '' : ' (skipped: memory is read from /proc)'

/** Every type where another was meant, and numbers that are none. */
const JUNK: readonly unknown[] = [null, true, -1, 1e308, -1e308, 'NaN', 'Infinity', '', '\u0000\u001b[31m\u202e\n\r\u0007', [], [[]], {}, { a: { b: [] } }, 'x'.repeat(20_000)]

describe.skipIf(NO_PROC !== '')(`one printer server attacks while another printer prints${NO_PROC}`, () => {
  /** Three servers, so that none needs to wait until what another one sent is worked off. */
  let fakes: FakeOctoPrint[]
  let fake: FakeOctoPrint
  let simulator: Simulator
  let receiver: Receiver
  let desk: Desk
  let engine: EngineProcess
  let calm = 0

  beforeAll(async () => {
    fakes = [await startFake(), await startFake(), await startFake()]
    fake = fakeOf(0)
    simulator = await startSimulator({ script: shortPrint(600) })
    receiver = await startReceiver()
    desk = await makeDesk({
      thresholds: { capPerMinute: 1_000 },
      printers: [...fakes.map((each, index) => printer(`bad${index}`, each.url)), printer('good', simulator.url), printer('huge', simulator.url, {}, { snapshotUrl: receiver.url('/camera/huge') })],
      destinations: [webhook('hook', receiver.url('/ok'), ['job.done'])],
    })
    engine = startEngine(desk, { KEY_bad0: FAKE_KEY, KEY_bad1: FAKE_KEY, KEY_bad2: FAKE_KEY, KEY_good: simulator.apiKey, KEY_huge: simulator.apiKey })
    for (const id of ['bad0', 'bad1', 'bad2', 'good', 'huge']) await engine.wait(`the link of ${id}`, linkIs(id, 'up'))
    await printOnGood()
    calm = memory(engine.child.pid ?? 0).now
  })
  afterAll(async () => {
    await engine.end('SIGKILL')
    for (const each of fakes) await each.close()
    await simulator.stop()
    await receiver.stop()
    await desk.remove()
  })
  beforeEach(() => {
    resetPeak(engine.child.pid ?? 0)
  })

  const fakeOf = (index: number): FakeOctoPrint => fakes[index] ?? expect.fail(`there is no server ${index}`)
  const backAfter = (ups: number): Promise<void> => until('the link again', () => engine.lines.filter(linkIs('bad0', 'up')).length > ups, 20_000, () => engine.noise())

  /** @returns ms from the real end of the good printer's print to its message */
  async function printOnGood(): Promise<number> {
    const count = simulator.control.state().successes
    const told = receiver.receipts().filter(({ event }) => event.printer?.id === 'good').length
    simulator.control.wish({ do: 'start', user: 'somebody' })
    await until('the simulated end', () => simulator.control.state().successes > count, 10_000)
    const endedAt = Date.now()
    await until('the good printer\'s end', () => receiver.receipts().filter(({ event }) => event.printer?.id === 'good').length > told, 20_000, () => engine.noise())
    return (receiver.receipts().filter(({ event }) => event.printer?.id === 'good').at(-1)?.at ?? Infinity) - endedAt
  }
  /** Attacks and prints at the same time. */
  async function expectUnmoved(attack: () => Promise<void>): Promise<void> {
    const attacked = attack()
    const delay = await printOnGood()
    await attacked
    const after = await printOnGood()
    const { peak } = memory(engine.child.pid ?? 0)
    expect({ delay, after, peak }).toEqual({ delay: expect.toSatisfy((ms: number) => ms < TOLD_WITHIN_MS), after: expect.toSatisfy((ms: number) => ms < TOLD_WITHIN_MS), peak: expect.toSatisfy((mb: number) => mb < calm + ROOM_MB) })
    expect(engine.child.exitCode).toBeNull()
    expect(brokenWords(engine)).toEqual([])
  }
  const raw = (text: string): void => {
    for (const socket of fake.sockets) socket.send(text)
  }

  it('a frame of 50 MB is not taken in, and the link comes back', async () => {
    const ups = engine.lines.filter(linkIs('bad0', 'up')).length
    await expectUnmoved(async () => raw(`{"current":"${'x'.repeat(50_000_000)}"}`))
    await backAfter(ups)
  }, 40_000)

  it('a thousand frames of junk a second, each kind told once in the log and counted', async () => {
    let sent = 0
    await expectUnmoved(async () => {
      for (let tick = 0; tick < 200; tick++) {
        for (let each = 0; each < 20; each++, sent++) raw(['not json', '[]', '"text"', '{"event":{"type":7}}', '{"plugin":[]}', '{"current":3}', '{"unknown":{}}', '12'][sent % 8] ?? '')
        await pass(20)
      }
    })
    const junk = logOf(desk.data).filter(({ msg }) => msg.includes('could not be understood'))
    expect(junk.length).toBeGreaterThan(3)
    expect(new Set(junk.map(({ what }) => what)).size).toBe(junk.length)
    const { stdout } = await runCommand(['status', '--json', '--data', desk.data])
    expect(stdout).toContain('frame that is no JSON')
  }, 40_000)

  it('every field of every frame with a value of a wrong type, names with control characters and numbers that are none', async () => {
    await expectUnmoved(async () => {
      for (const junk of JUNK) {
        const file = { name: junk, path: junk, display: junk, origin: junk, size: junk }
        fake.push({ current: { state: junk, job: junk, progress: junk, currentZ: junk, temps: junk, logs: junk, messages: junk } })
        fake.push({ current: { state: { text: junk, error: junk, flags: junk }, job: { file, user: junk }, progress: { completion: junk, filepos: junk, printTime: junk, printTimeLeft: junk }, currentZ: junk, temps: [junk, { time: junk, tool0: junk, bed: { actual: junk, target: junk } }], logs: [junk] } })
        for (const type of ['PrintStarted', 'PrintPaused', 'PrintResumed', 'PrintDone', 'PrintFailed', 'PrintCancelled', 'PrinterStateChanged', 'Error', 'ZChange', 'FilamentChange', 'SettingsUpdated']) {
          fake.push({ event: { type, payload: junk } })
          fake.push({ event: { type, payload: { ...file, user: junk, time: junk, reason: junk, error: junk, progress: junk, state_id: junk, new: junk } } })
        }
        for (const plugin of ['action_command_prompt', 'action_command_notification', junk]) {
          fake.push({ plugin: { plugin, data: junk } })
          fake.push({ plugin: { plugin, data: { action: 'show', text: junk, choices: [junk], message: junk } } })
        }
        await pass(50)
      }
    })
    // What of it became an event has no control characters in what people read.
    for (const { event } of receiver.receipts()) expect(JSON.stringify((event as unknown as { message: { title: string; body: string } }).message)).not.toMatch(/\\u001b|\\u0007|\\u0000/)
    fake.setJob('Operational')
    fake.push({ current: { state: { text: 'Operational', error: '', flags: fake.job.flags } } })
  }, 40_000)

  it('ten thousand prompts with ever new words', async () => {
    await expectUnmoved(async () => {
      for (let count = 0; count < 10_000; count++) {
        fakeOf(1).push({ plugin: { plugin: 'action_command_prompt', data: { action: 'show', text: `Question ${count}?`, choices: [`Yes ${count}`, 'No'] } } })
        if (count % 100 === 0) await pass(10)
      }
    })
  }, 60_000)

  it('ten thousand prompts that open and close', async () => {
    await expectUnmoved(async () => {
      for (let count = 0; count < 10_000; count++) {
        fakeOf(2).push({ plugin: { plugin: 'action_command_prompt', data: count % 2 === 0 ? { action: 'show', text: `Question ${count}?`, choices: ['Yes'] } : { action: 'close' } } })
        if (count % 100 === 0) await pass(10)
      }
    })
  }, 60_000)

  it('a camera that sends 200 MB: at most 10 MB of it are read, and the message leaves without it', async () => {
    const told = (): number => receiver.receipts().filter(({ event }) => event.printer?.id === 'huge').length
    const before = told()
    await expectUnmoved(async () => undefined)
    await until('the messages of the printer with that camera', () => told() >= before + 2, 20_000)
    expect(receiver.receipts().filter(({ event }) => event.printer?.id === 'huge').every(({ picture }) => !picture)).toBe(true)
  }, 40_000)

  it('in the end the attacked printer is still watched', async () => {
    const ups = engine.lines.filter(linkIs('bad0', 'up')).length
    fake.setJob('Operational')
    fake.drop()
    await backAfter(ups)
    fake.setJob('Printing', 'after.gcode', 10)
    fake.push({ event: { type: 'PrintStarted', payload: { name: 'after.gcode', path: 'after.gcode', origin: 'local', size: 5, user: 'tester' } } })
    fake.setJob('Operational', 'after.gcode', 100)
    fake.push({ event: { type: 'PrintDone', payload: { name: 'after.gcode', path: 'after.gcode', origin: 'local', time: 12 } } })
    await receiver.wait('its end', ({ event }) => event.type === 'job.done' && JSON.stringify(event).includes('after.gcode'))
    for (const each of fakes) expect(each.sockets.size).toBe(1)
  })
})
