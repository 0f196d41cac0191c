import { describe, expect, it } from 'vitest'
import { T0 } from '../../events/replay.support.ts'
import { replay, type Replayed, type ReplayOptions } from './replay.support.ts'

/** Typed by hand from the recordings: what a person should hear of each, and what is swallowed and why. */
interface Expected {
  told: string[]
  swallowed: string[]
}

function expectReplay(name: string, expected: Expected, options: ReplayOptions = {}): Replayed {
  const replayed = replay(name, options)
  const { rig } = replayed
  expect({ told: rig.told, swallowed: rig.swallowed }).toEqual(expected)
  // The same again from a memory that was stored and reloaded after every input.
  const again = replay(name, { ...options, reload: true }).rig
  expect({ told: again.told, swallowed: again.swallowed }).toEqual(expected)
  expect(new Set(rig.events.map((event) => event.dedupeKey)).size).toBe(rig.events.length)
  expect(replayed.junk).toEqual([])
  return replayed
}

/** Server clock minus the replay's: a job that began at `t` seconds of the file has this start in the history (epoch seconds). */
const clocks = (start: number, t: number): number => Math.round(start * 1000 - T0 - t * 1000)

const WHOLE = ['job.started', 'job.progress 0.25', 'job.first_layer_done', 'job.progress 0.5', 'job.progress 0.75', 'job.done']

describe('recordings of prints that end well', () => {
  it('print-pause-resume: a heated print is told by its bytes, not by the 62 % that its thumbnails are', () => {
    const { rig } = expectReplay('print-pause-resume', { told: WHOLE, swallowed: ['job.paused short_pause'] })
    expect(rig.events[0]).toMatchObject({ occurredAt: T0 + 1066, progress: null, job: { key: '000001@1795330642', startedAt: T0 + 1066, user: null, file: { name: 'cube.gcode', path: 'cube.gcode', origin: 'gcodes', size: 4521 } } })
    // (3119 - 2783) / (4088 - 2783), (3440 - 2783) / 1305, (3884 - 2783) / 1305
    expect(rig.events.filter((event) => event.type === 'job.progress').map((event) => event.progress?.toFixed(4))).toEqual(['0.2575', '0.5034', '0.8437'])
    expect(rig.events[2]).toMatchObject({ layer: 2, occurredAt: T0 + 13_599 })
    expect(rig.events[5]).toMatchObject({ severity: 'success', snapshot: 'final', progress: 1, printTime: 12.110277336000308, late: false, occurredAt: T0 + 24_131 })
    expect(rig.suppressed[0]?.detail).toBe('pause of 2.3 s')
    expect(rig.memory.state).toMatchObject({ device: 'ready', job: 'done', layer: 4, layers: 4, z: 0.8, heaters: { tool0: { actual: 184.65, target: 0 }, bed: { actual: 58.09, target: 0 } } })
  })

  it('reprint-same-file: two runs of one file are two jobs although the second start names no file', () => {
    const { rig } = expectReplay('reprint-same-file', { told: [...WHOLE, ...WHOLE], swallowed: [] })
    expect(rig.events.filter((event) => event.type === 'job.started').map((event) => event.job?.key)).toEqual(['000008@1795331243', '000009@1795331254'])
  })

  it('upload-and-print: a name with an umlaut, a blank and a # is a name', () => {
    const { rig } = expectReplay('upload-and-print', { told: WHOLE, swallowed: [] })
    expect(rig.events[5]?.job?.file).toMatchObject({ name: 'up löad #1.gcode', path: 'up löad #1.gcode' })
  })

  it('webcams-queue-misc: a job that the queue started is a job', () => {
    expectReplay('webcams-queue-misc', { told: WHOLE, swallowed: [] })
  })

  it('timelapse-m600: a parked head is no pause, a filament change that names itself nowhere is one', () => {
    expectReplay('timelapse-m600', { told: [...WHOLE, ...WHOLE], swallowed: ['job.paused short_pause'] })
  })
})

describe('recordings of cancels', () => {
  it('cancel: while printing and while paused; commands without a job do nothing', () => {
    const { rig } = expectReplay('cancel', { told: ['job.started', 'job.cancelled unknown', 'job.started', 'job.cancelled unknown'], swallowed: ['job.paused short_pause'] })
    expect(rig.events[1]).toMatchObject({ severity: 'warning', occurredAt: T0 + 3703 })
    expect(rig.events[1]?.printTime).toBeCloseTo(3.255, 3)
    expect(rig.memory.state).toMatchObject({ job: 'cancelled', attentions: [] })
  })

  it('cancel-macro-reset: a file that is taken away is a cancel of that file', () => {
    const { rig } = expectReplay('cancel-macro-reset', { told: ['job.started', 'job.cancelled unknown'], swallowed: [] })
    expect(rig.events[1]?.job).toMatchObject({ key: '00000C@1795331339', file: { path: 'long.gcode' } })
  })
})

describe('recordings of failures', () => {
  it('errors: in the middle, on the first line after an error, a new file while paused, and commands that fail', () => {
    const { rig } = expectReplay('errors', {
      told: [
        'job.started', 'job.progress 0.25', 'job.failed firmware', 'job.started', 'job.failed firmware', 'job.started', 'job.cancelled unknown',
        ...WHOLE, 'job.started', 'job.cancelled unknown', 'device.fault',
      ],
      swallowed: ['device.fault same_job', 'job.paused short_pause'],
    })
    const text = 'Error evaluating \'gcode_macro BAD:gcode\': gcode.CommandError: test'
    // (3204 - 2783) / (3623 - 2783)
    expect(rig.events[2]).toMatchObject({ text, severity: 'critical', job: { key: '000010@1795331472' } })
    expect(rig.events[2]?.progress).toBeCloseTo(0.50119, 5)
    expect(rig.events[4]).toMatchObject({ text, job: { file: { path: 'bad_first.gcode' } } })
    expect(rig.events[6]?.job?.file.path).toBe('pause_first.gcode')
    expect(rig.events.at(-1)).toMatchObject({ text: 'SD busy', code: 'console', severity: 'warning' })
  })

  it('error-same-file-again: a file that fails again without a trace in the state fails again', () => {
    const { rig } = expectReplay('error-same-file-again', {
      told: ['job.started', 'job.failed firmware', 'job.started', 'job.failed firmware', 'job.started', 'job.failed firmware', ...WHOLE], swallowed: [],
    })
    expect(rig.events.slice(0, 6).map((event) => event.job?.file.path)).toEqual(Array.from({ length: 6 }, () => 'bad_first.gcode'))
    expect(rig.events[3]).toMatchObject({ text: 'Error evaluating \'gcode_macro BAD:gcode\': gcode.CommandError: test', occurredAt: T0 + 2269 })
    expect(new Set(rig.events.slice(0, 6).map((event) => event.job?.key)).size).toBe(3)
  })

  it.each([
    ['emergency-stop', 'Shutdown due to webhooks request'],
    ['m112-script', 'Shutdown due to M112 command'],
  ])('%s: one shutdown and one failure, no pause', (name, text) => {
    const { rig } = expectReplay(name, { told: ['job.started', 'device.shutdown', 'job.failed emergency_stop', 'device.ready'], swallowed: [] })
    expect(rig.events[1]).toMatchObject({ text, severity: 'critical', job: { file: { path: 'long.gcode' } } })
    expect(rig.events[2]).toMatchObject({ text })
    expect(rig.memory.state).toMatchObject({ device: 'ready', faults: [], attentions: [] })
  })

  it('mcu-lost: the board that is gone is missed after five seconds', () => {
    const { rig } = expectReplay('mcu-lost', {
      told: ['job.started', 'job.first_layer_done', 'job.progress 0.25', 'job.progress 0.5', 'job.progress 0.75', 'device.shutdown', 'job.failed connection_lost', 'device.ready'],
      swallowed: [],
    })
    expect(rig.events[6]).toMatchObject({ text: 'Lost communication with MCU \'mcu\'', occurredAt: T0 + 7772 })
  })

  it('mcu-shutdown-in-motion: a print that a dead board shows for ever is over', () => {
    const { rig } = expectReplay('mcu-shutdown-in-motion', {
      told: [...WHOLE, 'job.started', 'job.progress 0.25', 'job.first_layer_done', 'job.progress 0.5', 'device.shutdown', 'job.failed firmware'], swallowed: [],
    })
    expect(rig.events.at(-1)).toMatchObject({ text: 'MCU \'mcu\' shutdown: Stepper too far in past' })
    expect(rig.memory.state).toMatchObject({ device: 'shutdown', job: 'failed' })
  })

  it('klippy-killed: the job is lost with Klipper, which comes back', () => {
    const { rig } = expectReplay('klippy-killed', {
      told: ['job.started', 'job.first_layer_done', 'job.progress 0.25', 'job.failed connection_lost', 'device.ready'], swallowed: [],
    })
    expect(rig.events[3]).toMatchObject({ occurredAt: T0 + 2529 })
  })
})

describe('recordings of stops for a human', () => {
  it('filament-runout: out, in and resumed; a chatter that is never seen empty; an idle one is nobody\'s business', () => {
    const { rig } = expectReplay('filament-runout', {
      told: ['job.started', 'attention.filament_runout', 'attention.cleared', 'attention.filament_runout', 'attention.cleared', 'job.cancelled unknown'],
      swallowed: ['job.paused same_job', 'job.resumed same_job', 'job.paused same_job', 'job.resumed same_job'],
    })
    expect(rig.events[1]).toMatchObject({ occurredAt: T0 + 5524, severity: 'critical', text: 'runout' })
    // Filament is back at 8.8 s, but it needs somebody until it is resumed.
    expect(rig.events[2]).toMatchObject({ occurredAt: T0 + 10_789 })
    expect(rig.events[3]).toMatchObject({ occurredAt: T0 + 13_546 })
  })

  it('messages-prompts: display, hooks, a prompt with its button and its end, an error that stops nothing', () => {
    const { rig, interpreter } = expectReplay('messages-prompts', {
      told: [
        'message.display', 'message.display', 'job.started', 'job.progress 0.25', 'attention.user_input', 'message.user', 'job.first_layer_done',
        'job.progress 0.5', 'attention.cleared', 'job.progress 0.75', 'job.done', 'device.fault', 'message.user', 'message.display',
      ],
      swallowed: [],
    })
    expect(rig.events.filter((event) => event.type.startsWith('message.')).map((event) => event.text)).toEqual(['idle message', 'Layer 1 of 3', 'Title: Body', 'Title: Body', 'ünï ✓'])
    expect(rig.events[4]?.attention).toMatchObject({ kind: 'user_input', text: 'Filament\nLoad PLA', choices: ['Continue'] })
    expect(rig.events[11]).toMatchObject({ text: 'fan stalled', occurredAt: T0 + 5147 })
    expect(interpreter.answer(0)).toBeNull()
    expect(rig.memory.state.message).toBeNull()
  })
})

describe('recordings of a Moonraker that goes away while the print goes on', () => {
  const onwards: Expected = { told: ['job.started', 'job.first_layer_done', 'job.progress 0.5', 'job.progress 0.75', 'job.done'], swallowed: ['job.progress collapsed_progress'] }

  it('moonraker-restart: "server_exit" is no end', () => {
    const { rig } = expectReplay('moonraker-restart', onwards, { clockOffset: clocks(1795331573.784472, 0.241) })
    expect(rig.events.at(-1)).toMatchObject({ late: false, job: { key: '00001A@1795331573' } })
  })

  it('moonraker-killed: "interrupted" is no end', () => {
    const { rig } = expectReplay('moonraker-killed', onwards, { clockOffset: clocks(1795331585.3032584, 0.257) })
    expect(rig.events.at(-1)).toMatchObject({ late: false, job: { key: '00001B@1795331585' } })
  })

  it.each(['moonraker-restart', 'moonraker-killed'])('%s: also without a history', (name) => {
    const { rig } = expectReplay(name, onwards, { history: false })
    expect(rig.events.at(-1)?.late).toBe(false)
  })
})

describe('recordings of starts and logins', () => {
  it('start-bad-config: the error at first sight is on record', () => {
    const { rig } = expectReplay('start-bad-config', { told: [], swallowed: ['device.error baseline'] })
    expect(rig.memory.state.device).toBe('off')
  })

  it('start-without-mcu: a Klipper that waits for its board is starting', () => {
    const { rig } = expectReplay('start-without-mcu', { told: [], swallowed: [] })
    expect(rig.memory.state).toMatchObject({ device: 'ready', job: 'none' })
  })

  it.each(['auth-api-key', 'auth-force-logins', 'auth-trusted-forced'])('%s: nothing of a printer', (name) => {
    expectReplay(name, { told: [], swallowed: [] })
  })
})
