/** Moonrakers that attack one engine, beside one that prints: nothing else slows down, and memory stays bounded. The engine is a process of its own. */
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'
import { FAKE_KEY, idleStatus, startFake, type FakeMoonraker } from '../support/fake-moonraker.ts'
import { brokenWords, linkIs, logOf, memory, pass, resetPeak, startReceiver, until, webhook, type Receiver } from '../support/fault-kit.ts'

/** What the engine may take beyond its usual size while it is attacked, MB. */
const ROOM_MB = 80
const TOLD_WITHIN_MS = 2_000
const NO_PROC = process.platform === 'linux' ? '' : ' (skipped: memory is read from /proc)'

/** Every type where another was meant, and numbers that are none. */
const JUNK: readonly unknown[] = [null, true, -1, 1e308, -1e308, 'NaN', '', '\u0000\u001b[31m\u202e\n\r\u0007', [], [[]], {}, { a: { b: [] } }, 'x'.repeat(20_000)]
const OBJECTS = ['webhooks', 'print_stats', 'virtual_sdcard', 'display_status', 'pause_resume', 'idle_timeout', 'extruder', 'heater_bed', 'gcode_move'] as const
const FIELDS = ['state', 'state_message', 'filename', 'message', 'total_duration', 'print_duration', 'info', 'progress', 'file_position', 'is_active', 'is_paused', 'temperature', 'target', 'gcode_position']

describe.skipIf(NO_PROC !== '')(`a Moonraker attacks while another one prints${NO_PROC}`, () => {
  let bad: FakeMoonraker
  let good: FakeMoonraker
  let receiver: Receiver
  let desk: Desk
  let engine: EngineProcess
  let calm = 0
  let prints = 0

  beforeAll(async () => {
    bad = await startFake()
    good = await startFake()
    receiver = await startReceiver()
    const printer = (id: string, fake: FakeMoonraker): Record<string, unknown> => ({ id, name: `Printer ${id}`, server: { kind: 'moonraker', url: fake.url, apiKey: { env: 'KEY' } } })
    desk = await makeDesk({
      thresholds: { capPerMinute: 1_000 },
      printers: [printer('bad', bad), printer('good', good)],
      destinations: [webhook('hook', receiver.url('/ok'), ['job.done'])],
    })
    engine = startEngine(desk, { KEY: FAKE_KEY })
    for (const id of ['bad', 'good']) await engine.wait(`the link of ${id}`, linkIs(id, 'up'))
    await printOnGood()
    calm = memory(engine.child.pid ?? 0).now
  })
  afterAll(async () => {
    await engine.end('SIGKILL')
    await bad.close()
    await good.close()
    await receiver.stop()
    await desk.remove()
  })
  beforeEach(() => {
    resetPeak(engine.child.pid ?? 0)
  })

  const ups = (): number => engine.lines.filter(linkIs('bad', 'up')).length
  const backAfter = (count: number): Promise<void> => until('the link again', () => ups() > count, 30_000, () => engine.noise())
  const raw = (text: string): void => {
    for (const socket of bad.sockets) socket.send(text)
  }

  /** @returns ms from the end of the good printer's print to its message */
  async function printOnGood(): Promise<number> {
    const filename = `part-${++prints}.gcode`
    const told = (): number => receiver.receipts().filter(({ event }) => event.printer?.id === 'good').length
    const before = told()
    good.change({ print_stats: { filename, state: 'printing', total_duration: 0.25, print_duration: 0.1 }, virtual_sdcard: { progress: 0.1, is_active: true, file_position: 100, file_size: 1_000 } })
    for (let tick = 1; tick <= 8; tick++) {
      await pass(250)
      good.change({ print_stats: { total_duration: 0.25 + tick / 4, print_duration: tick / 4 }, virtual_sdcard: { file_position: 100 + tick * 100, progress: (1 + tick) / 10 } })
    }
    good.change({ print_stats: { state: 'complete' }, virtual_sdcard: { is_active: false, progress: 1 } })
    const endedAt = Date.now()
    await until('the good printer\'s end', () => told() > before, 20_000, () => engine.noise())
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

  it('with a frame of 50 MB: it is not taken in, and the link comes back', async () => {
    const before = ups()
    await expectUnmoved(async () => raw(`{"jsonrpc":"2.0","method":"notify_gcode_response","params":["${'x'.repeat(50_000_000)}"]}`))
    await backAfter(before)
  }, 60_000)

  it('with an answer of 50 MB to a question', async () => {
    const before = ups()
    bad.methods.set('server.history.list', () => ({ count: 1, jobs: ['x'.repeat(50_000_000)] }))
    await expectUnmoved(async () => bad.drop())
    bad.methods.clear()
    await backAfter(before)
  }, 60_000)

  it('with a thousand frames of junk a second, each kind told once in the log and counted', async () => {
    const frames = ['not json', '[]', '"text"', '12', '{"jsonrpc":"2.0"}', '{"method":7}', '{"id":"x","result":1}', '{"jsonrpc":"2.0","method":"notify_status_update","params":[[]]}']
    let sent = 0
    await expectUnmoved(async () => {
      for (let tick = 0; tick < 200; tick++) {
        for (let each = 0; each < 20; each++, sent++) raw(frames[sent % frames.length] ?? '')
        await pass(20)
      }
    })
    const junk = logOf(desk.data).filter(({ msg }) => msg.includes('could not be understood'))
    expect(junk.length).toBeGreaterThanOrEqual(2)
    expect(new Set(junk.map(({ what }) => what)).size).toBe(junk.length)
    const { stdout } = await runCommand(['status', '--json', '--data', desk.data])
    expect(stdout).toContain('frame that is no JSON-RPC')
  }, 60_000)

  it('with a value of a wrong type in every field of every object, and names with control characters', async () => {
    await expectUnmoved(async () => {
      for (const junk of JUNK) {
        bad.notify('notify_status_update', junk, junk)
        for (const object of OBJECTS) {
          bad.notify('notify_status_update', { [object]: junk }, 1)
          bad.notify('notify_status_update', { [object]: Object.fromEntries(FIELDS.map((field) => [field, junk])) }, 1)
        }
        for (const method of ['notify_gcode_response', 'notify_history_changed', 'notify_power_changed', 'notify_cpu_throttled', 'notify_service_state_changed', 'notify_webcams_changed', 'notify_filelist_changed', 'notify_proc_stat_update']) {
          bad.notify(method, junk)
          bad.notify(method, { action: junk, job: junk, device: junk, status: junk, bits: junk, flags: [junk], webcams: [junk], item: junk })
          bad.notify(method, { action: 'finished', job: { job_id: junk, filename: junk, status: junk, start_time: junk, end_time: junk, print_duration: junk, metadata: junk, user: junk } })
        }
        await pass(50)
      }
    })
    for (const { event } of receiver.receipts()) expect(JSON.stringify((event as unknown as { message: unknown }).message)).not.toMatch(/\\u001b|\\u0007|\\u0000/)
    bad.change(idleStatus())
  }, 60_000)

  it('with five thousand status updates of two hundred heaters, as fast as they can be sent', async () => {
    await expectUnmoved(async () => {
      for (let count = 0; count < 5_000; count++) {
        const delta = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`heater_generic h${n}`, { temperature: (count + n) % 250, target: 0 }]))
        raw(JSON.stringify({ jsonrpc: '2.0', method: 'notify_status_update', params: [delta, count] }))
        if (count % 50 === 0) await pass(10)
      }
    })
  }, 90_000)

  it('with ten thousand prompts and lines of the console with ever new words', async () => {
    await expectUnmoved(async () => {
      for (let count = 0; count < 10_000; count++) {
        bad.notify('notify_gcode_response', count % 4 === 0 ? `// action:prompt_begin Question ${count}?` : count % 4 === 1 ? `// action:prompt_button Yes ${count}|A` : count % 4 === 2 ? '// action:prompt_show' : `!! error ${count}`)
        if (count % 100 === 0) await pass(10)
      }
    })
  }, 60_000)

  it('with a door that drips one byte a second, closes, or answers with HTML', async () => {
    const before = ups()
    bad.websocket = 200
    bad.routes.set('*', (_request, response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': 'text/html' })
      const timer = setInterval(() => response.write('<'), 1_000)
      response.on('close', () => clearInterval(timer))
    })
    await expectUnmoved(async () => bad.drop())
    bad.wire = 'close'
    await expectUnmoved(async () => bad.drop())
    bad.wire = null
    bad.websocket = 'ok'
    bad.routes.clear()
    await backAfter(before)
  }, 90_000)

  it('and in the end is still watched, by one socket', async () => {
    bad.status = idleStatus()
    const before = ups()
    bad.drop()
    await backAfter(before)
    bad.change({ print_stats: { filename: 'after.gcode', state: 'printing', total_duration: 1, print_duration: 1 } })
    await pass(1_500)
    bad.change({ print_stats: { state: 'complete', total_duration: 3 } })
    await receiver.wait('its end', ({ event }) => event.type === 'job.done' && JSON.stringify(event).includes('after.gcode'))
    expect(bad.sockets.size).toBe(1)
  }, 60_000)
})
