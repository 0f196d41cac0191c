import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { moonrakerMissing, startMoonraker, type MoonrakerServer } from '../support/moonraker-server.ts'
import { gcodeOf } from '../support/octoprint-server.ts'
import { until } from '../support/adapter-kit.ts'
import { realDesk, type RealDesk, type RealEngine } from '../support/real-engine.ts'

const missing = moonrakerMissing()
const because = missing === null ? '' : ` (skipped: ${missing})`
const P = 'voron'
/** Long enough to be stopped in the middle. */
const LONG = gcodeOf(60)

describe.skipIf(missing !== null)(`what the engine tells of a real Moonraker${because}`, () => {
  let server: MoonrakerServer
  let desk: RealDesk
  beforeAll(async () => {
    server = await startMoonraker()
  })
  afterAll(async () => {
    await server?.close()
  })
  afterEach(async () => {
    await desk.close()
    await server.idle()
  })

  /** A new desk that has seen the printer, and told nothing of it. */
  async function watch(): Promise<RealEngine> {
    desk = realDesk()
    return again()
  }
  /** The same desk after a restart of Printbell. */
  async function again(): Promise<RealEngine> {
    const one = await desk.start([{ id: P, server: { kind: 'moonraker', url: server.url } }])
    await one.up(P)
    return one
  }
  async function printing(one: RealEngine, name: string, gcode = LONG): Promise<void> {
    await server.print(name, gcode)
    await one.waitState(P, 'it prints', ({ job }) => job === 'printing')
  }

  it('a whole print and the same file once more are two jobs, each started and done', async () => {
    const one = await watch()
    expect(one.told()).toEqual([])
    await server.print('whole.gcode', gcodeOf(1))
    await one.wait(P, 'job.done')
    await server.api('POST', '/printer/print/start?filename=whole.gcode')
    await one.wait(P, 'job.done', 2)
    expect(one.told(P)).toEqual(['job.started', 'job.done', 'job.started', 'job.done'])
    const keys = one.events(P).map(({ job }) => job?.key)
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).toBe(keys[3])
    expect(keys[0]).not.toBe(keys[2])
    expect(one.events(P, 'job.done')[0]?.job?.file.name).toBe('whole.gcode')
    await one.delivered()
  })

  it('a look at a print that is over tells nothing, and the next one is heard', async () => {
    await server.print('before.gcode', gcodeOf(1))
    await server.waitFor('complete')
    const one = await watch()
    await server.print('after.gcode', gcodeOf(1))
    await one.wait(P, 'job.done')
    expect(one.told(P)).toEqual(['job.started', 'job.done'])
    expect(one.events(P, 'job.done')[0]?.job?.file.name).toBe('after.gcode')
  })

  it('a cancel is a cancel, also where the macro resets the file in the same moment', async () => {
    const one = await watch()
    await printing(one, 'cancelled.gcode')
    await server.api('POST', '/printer/print/cancel')
    await one.wait(P, 'job.cancelled')
    await server.klippy.tell('FAKE_CANCEL_RESETS on')
    await printing(one, 'reset.gcode')
    await server.api('POST', '/printer/print/cancel')
    await one.wait(P, 'job.cancelled', 2)
    await server.klippy.tell('FAKE_CANCEL_RESETS off')
    expect(one.events(P).map(({ type, job }) => `${type} ${job?.file.name}`)).toEqual([
      'job.started cancelled.gcode', 'job.cancelled cancelled.gcode', 'job.started reset.gcode', 'job.cancelled reset.gcode',
    ])
    expect(one.events(P, 'job.cancelled').map(({ byUs }) => byUs)).toEqual([false, false])
  })

  it('a pause from elsewhere and its end are told once each', async () => {
    const one = await watch()
    await printing(one, 'paused.gcode')
    await server.api('POST', '/printer/print/pause')
    await one.wait(P, 'job.paused')
    await server.api('POST', '/printer/print/resume')
    await one.wait(P, 'job.resumed')
    expect(one.edges(P)).toEqual(['job.started', 'job.paused', 'job.resumed'])
  })

  it('an error in the middle fails the job with Klipper\'s words', async () => {
    const one = await watch()
    await printing(one, 'broken.gcode')
    await server.klippy.tell('FAKE_FAIL Move out of range: 400.000 10.000 0.200 [1.000]')
    const failed = await one.wait(P, 'job.failed')
    await printing(one, 'next.gcode')
    expect(one.edges(P)).toEqual(['job.started', 'job.failed', 'job.started'])
    expect(failed.text).toContain('Move out of range: 400.000 10.000 0.200 [1.000]')
    expect(failed.severity).toBe('critical')
  })

  it('a file that fails on its first line is a job that started and failed', async () => {
    const one = await watch()
    await server.print('bad.gcode', 'BAD\n')
    await one.wait(P, 'job.failed')
    expect(one.edges(P)).toEqual(['job.started', 'job.failed'])
    // The same again: no delta and no history, only the error line on the console.
    await server.api('POST', '/printer/print/start?filename=bad.gcode')
    const again = await one.wait(P, 'job.failed', 2)
    expect(one.edges(P)).toEqual(['job.started', 'job.failed', 'job.started', 'job.failed'])
    expect(again.text).toContain('gcode_macro BAD')
  })

  it('an emergency stop from elsewhere is one shutdown and one failed job, and no pause', async () => {
    const one = await watch()
    await printing(one, 'stopped.gcode')
    await server.api('POST', '/printer/emergency_stop')
    await one.wait(P, 'device.shutdown')
    await one.wait(P, 'job.failed')
    await server.klippy.tell('FIRMWARE_RESTART')
    await one.wait(P, 'device.ready')
    const edges = one.edges(P)
    expect(edges[0]).toBe('job.started')
    // In either order: both are in one delta.
    expect(edges.slice(1, 3).sort()).toEqual(['device.shutdown', 'job.failed'])
    expect(edges.slice(3)).toEqual(['device.ready'])
    expect(one.events(P, 'job.failed')[0]).toMatchObject({ reason: 'emergency_stop', byUs: false })
    await one.delivered()
  })

  it('a board that shuts down in motion fails the job, although the print seems to go on', async () => {
    const one = await watch()
    await printing(one, 'board.gcode')
    await server.klippy.tell('FAKE_SHUTDOWN MCU \'mcu\' shutdown: Timer too close')
    const failed = await one.wait(P, 'job.failed')
    const shutdown = await one.wait(P, 'device.shutdown')
    await expect(server.klippy.status()).resolves.toMatchObject({ print_stats: { state: 'printing' } })
    expect(one.edges(P).sort()).toEqual(['device.shutdown', 'job.failed', 'job.started'])
    expect(failed.reason).toBe('firmware')
    expect(shutdown.text).toContain('Timer too close')
  })

  it('a runout is told as such, without a pause beside it, until there is filament again', async () => {
    const one = await watch()
    await until('there is filament', async () => (await server.klippy.status())['filament_switch_sensor runout']?.['filament_detected'] === true)
    await printing(one, 'runout.gcode')
    await server.klippy.tell('FAKE_RUNOUT')
    await one.wait(P, 'attention.filament_runout')
    await server.klippy.tell('FAKE_INSERT')
    await until('is_paused has followed', async () => (await server.klippy.status())['pause_resume']?.['is_paused'] === true)
    await server.klippy.tell('RESUME')
    await one.wait(P, 'attention.cleared')
    await one.waitState(P, 'it prints on', ({ job }) => job === 'printing')
    await server.api('POST', '/printer/print/cancel')
    await one.wait(P, 'job.cancelled')
    expect(one.edges(P)).toEqual(['job.started', 'attention.filament_runout', 'attention.cleared', 'job.cancelled'])
  })

  it('a sensor that chatters too shortly to be seen empty stops the print, and that is a runout too', async () => {
    const one = await watch()
    await until('there is filament', async () => (await server.klippy.status())['filament_switch_sensor runout']?.['filament_detected'] === true)
    await printing(one, 'chatter.gcode')
    await server.klippy.tell('FAKE_CHATTER')
    await one.wait(P, 'attention.filament_runout')
    await server.klippy.tell('RESUME')
    await one.wait(P, 'attention.cleared')
    await one.waitState(P, 'it prints on', ({ job }) => job === 'printing')
    await server.api('POST', '/printer/print/cancel')
    await one.wait(P, 'job.cancelled')
    expect(one.edges(P)).toEqual(['job.started', 'attention.filament_runout', 'attention.cleared', 'job.cancelled'])
  })

  it('a timelapse that parks the head is no pause', async () => {
    const one = await watch()
    await server.print('timelapse.gcode', gcodeOf(3, { head: ['G1 E1', 'G4 P500', 'TIMELAPSE_TAKE_FRAME'] }))
    await one.wait(P, 'job.done')
    expect(one.told(P)).toEqual(['job.started', 'job.done'])
  })

  it('a restart of Klippy is subscribed again: the next print is heard, and the old job tells nothing more', async () => {
    const one = await watch()
    await server.print('old.gcode', gcodeOf(1))
    await one.wait(P, 'job.done')
    await server.klippy.tell('FIRMWARE_RESTART')
    await one.waitState(P, 'Klippy is gone', ({ device }) => device !== 'ready')
    await one.waitState(P, 'Klippy is back', ({ device }) => device === 'ready')
    await server.print('new.gcode', gcodeOf(1))
    await one.wait(P, 'job.done', 2)
    expect(one.events(P).filter(({ type }) => type.startsWith('job.')).map(({ type, job }) => `${type} ${job?.file.name}`)).toEqual([
      'job.started old.gcode', 'job.done old.gcode', 'job.started new.gcode', 'job.done new.gcode',
    ])
    expect(one.events(P).filter(({ type }) => type === 'device.error' || type === 'device.shutdown' || type === 'link.lost')).toEqual([])
  })

  it('a Klippy that dies in the middle of a print fails the job once', async () => {
    const one = await watch()
    await printing(one, 'crash.gcode')
    await server.klippy.kill()
    const failed = await one.wait(P, 'job.failed', 1, 30_000)
    await server.klippy.start()
    await one.waitState(P, 'Klippy is back', ({ device }) => device === 'ready')
    await server.print('new.gcode', gcodeOf(1))
    await one.wait(P, 'job.done')
    expect(failed.job?.file.name).toBe('crash.gcode')
    expect(one.edges(P).filter((type) => type.startsWith('job.'))).toEqual(['job.started', 'job.failed', 'job.started', 'job.done'])
  })

  it.each(['stop', 'kill'] as const)('a %s of Moonraker while the print goes on is no end: the real end is told once', async (how) => {
    const one = await watch()
    await printing(one, `on-${how}.gcode`, gcodeOf(8))
    await server[how]()
    await one.waitState(P, 'the link is down', ({ link }) => link !== 'up')
    await server.start()
    await one.up(P)
    await one.wait(P, 'job.done', 1, 30_000)
    expect(one.edges(P)).toEqual(['job.started', 'job.done'])
    expect(one.events(P, 'job.done')[0]?.late).toBe(false)
    await one.delivered()
  })

  it.each(['stop', 'kill'] as const)('an end that Moonraker missed through a %s is told late, once', async (how) => {
    const one = await watch()
    await printing(one, `missed-${how}.gcode`, gcodeOf(3))
    await server[how]()
    await until('the print is over', async () => (await server.klippy.status())['print_stats']?.['state'] === 'complete')
    await server.start()
    await one.wait(P, 'job.done', 1, 30_000)
    expect(one.told(P)).toEqual(['job.started', 'job.done late'])
    expect(one.events(P, 'job.done')[0]?.job?.key).toBe(one.events(P, 'job.started')[0]?.job?.key)
  })

  it('an end of which nothing is left is an unknown result', async () => {
    const one = await watch()
    await printing(one, 'unknown.gcode')
    await server.kill()
    await server.klippy.kill()
    await server.klippy.start()
    await server.start()
    await one.up(P)
    await one.wait(P, 'job.result_unknown', 1, 30_000)
    expect(one.edges(P)).toEqual(['job.started', 'job.result_unknown'])
  })

  it('what ended while Printbell was off is told late, once, and nothing at the start after that', async () => {
    const one = await watch()
    await printing(one, 'while-off.gcode', gcodeOf(3))
    await one.stop()
    await server.waitFor('complete')
    const two = await again()
    await two.wait(P, 'job.done')
    expect(two.told(P)).toEqual(['job.done late'])
    expect(two.events(P)[0]?.job?.key).toBe(one.events(P)[0]?.job?.key)
    const three = await again()
    await server.print('afterwards.gcode', gcodeOf(1))
    await three.wait(P, 'job.done')
    expect(three.told(P)).toEqual(['job.started', 'job.done'])
  })

  it('what only the history still knows is told late as it ended: done, and cancelled', async () => {
    const one = await watch()
    await printing(one, 'history-done.gcode', gcodeOf(2))
    await until('the history has it', async () => (await server.history())[0]?.filename === 'history-done.gcode')
    await one.stop()
    await server.waitFor('complete')
    // Klipper forgets it.
    await server.klippy.tell('FIRMWARE_RESTART')
    await server.ready()
    const two = await again()
    await two.wait(P, 'job.done')
    expect(two.told(P)).toEqual(['job.done late'])
    expect(two.events(P)[0]?.job?.key).toBe(one.events(P)[0]?.job?.key)
    await printing(two, 'history-cancelled.gcode')
    // The row of a print is made up to a second after its start.
    await until('the history has it', async () => (await server.history())[0]?.filename === 'history-cancelled.gcode')
    await two.stop()
    await server.klippy.tell('CANCEL_PRINT')
    await server.klippy.tell('SDCARD_RESET_FILE')
    // At once: the end may not be written down yet, and came within the second by which two clocks are compared.
    const three = await again()
    await three.wait(P, 'job.cancelled')
    expect(three.edges(P)).toEqual(['job.cancelled'])
    expect(three.events(P)[0]).toMatchObject({ late: true, job: { file: { name: 'history-cancelled.gcode' } } })
  })

  it('commands from here pause, resume and cancel, and are told as ours', async () => {
    const one = await watch()
    await printing(one, 'commanded.gcode')
    await expect(one.wish(P, { name: 'pause' })).resolves.toMatchObject({ result: 'done' })
    await one.wait(P, 'job.paused')
    await expect(one.wish(P, { name: 'resume' })).resolves.toMatchObject({ result: 'done' })
    await one.wait(P, 'job.resumed')
    await expect(one.wish(P, { name: 'gcode', lines: ['M117 Hello from here'] })).resolves.toMatchObject({ result: 'done' })
    const message = await one.wait(P, 'message.display')
    await expect(one.wish(P, { name: 'cancel' })).resolves.toMatchObject({ result: 'done' })
    await one.wait(P, 'job.cancelled')
    expect(message.text).toBe('Hello from here')
    expect(one.told(P).filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.paused user by us', 'job.resumed user by us', 'job.cancelled user by us'])
    expect(one.events(P, 'command.succeeded')).toHaveLength(4)
    // Moonraker says "ok" to a pause without a job, and the next print would begin paused.
    await expect(one.wish(P, { name: 'pause' })).resolves.not.toMatchObject({ result: 'done' })
    await expect(server.klippy.status()).resolves.toMatchObject({ pause_resume: { is_paused: false } })
  })

  it('an emergency stop from here is told as ours', async () => {
    const one = await watch()
    await printing(one, 'our-stop.gcode')
    await expect(one.wish(P, { name: 'emergency_stop' })).resolves.toMatchObject({ result: 'done' })
    const failed = await one.wait(P, 'job.failed')
    expect(failed).toMatchObject({ reason: 'emergency_stop', byUs: true })
    expect(one.edges(P).filter((type) => /^(job|device)\./.test(type)).sort()).toEqual(['device.shutdown', 'job.failed', 'job.started'])
  })
})
