import { describe, expect, it } from 'vitest'
import { T0 } from '../../events/replay.support.ts'
import { Bench, IDLE, META, withObjects } from './bench.support.ts'
import { createInterpreter } from './interpret.ts'

const idle = (): Bench => new Bench().connect().to(10)
const printing = (): Bench => idle().prints('vase.gcode', '00000A').to(12)
const after = (bench: Bench): string[] => bench.told.slice(1)

describe('what is subscribed to', () => {
  it('is what of use there is, field by field', () => {
    const interpreter = createInterpreter({ sourceId: 's' })
    expect(interpreter.objects([
      'gcode', 'webhooks', 'configfile', 'print_stats', 'extruder', 'extruder1', 'extruder_stepper x', 'heater_bed', 'heater_generic chamber', 'temperature_fan case',
      'temperature_sensor pi', 'filament_motion_sensor encoder', 'gcode_macro M600', 'gcode_macro TIMELAPSE_TAKE_FRAME', 'mmu', 'toolhead', 'constructor', 'print_stats',
    ])).toEqual({
      webhooks: ['state', 'state_message'],
      print_stats: ['state', 'filename', 'message', 'print_duration', 'total_duration', 'info'],
      extruder: ['temperature', 'target'],
      extruder1: ['temperature', 'target'],
      heater_bed: ['temperature', 'target'],
      'heater_generic chamber': ['temperature', 'target'],
      'temperature_fan case': ['temperature'],
      'filament_motion_sensor encoder': ['filament_detected', 'enabled'],
      'gcode_macro TIMELAPSE_TAKE_FRAME': ['is_paused'],
      mmu: ['is_paused', 'reason_for_pause'],
    })
  })

  it('is bounded however many there are', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `heater_generic h${i}`)
    expect(Object.keys(createInterpreter({ sourceId: 's' }).objects(names))).toHaveLength(64)
  })
})

describe('merging of deltas', () => {
  it('keeps the fields that a delta does not name, and replaces the layer info as a whole', () => {
    const bench = printing()
    bench.delta({ print_stats: { info: { total_layer: 10, current_layer: 3 } } })
    expect(bench.rig.memory.state).toMatchObject({ layer: 3, layers: 10 })
    bench.delta({ print_stats: { total_duration: 5 } })
    expect(bench.rig.memory.state).toMatchObject({ layer: 3, layers: 10, job: 'printing', elapsed: 5, jobRef: { file: { path: 'vase.gcode' } } })
    bench.delta({ print_stats: { info: { total_layer: 20 } } })
    expect(bench.rig.memory.state).toMatchObject({ layer: 3, layers: 10 })
  })

  it.each<unknown>([null, 7, 'x', [], { print_stats: null }, { print_stats: [] }, { print_stats: { state: 7, filename: {}, total_duration: 'x' } }, { extruder: { temperature: NaN } }])('takes %o without harm', (delta) => {
    const bench = printing()
    bench.notify('notify_status_update', delta, 1).to(20)
    expect(bench.told).toEqual(['job.started'])
  })

  it('forgets nothing and grows by nothing that it did not ask for', () => {
    const bench = printing()
    for (let i = 0; i < 1_000; i += 1) bench.delta({ [`nonsense ${i}`]: { a: 'x'.repeat(1_000) }, toolhead: { position: [i] } })
    expect(bench.seen.filter((one) => one.kind === 'state').length).toBeLessThan(10)
  })
})

describe('heaters', () => {
  it('have the names that every kind uses; a fan\'s target is no heater\'s', () => {
    const bench = new Bench().connect(withObjects({
      extruder: { temperature: 21.5, target: 200 }, extruder1: { temperature: 20, target: 0 }, heater_bed: { temperature: 30, target: 60 },
      'heater_generic chamber': { temperature: 25, target: 40 }, 'temperature_fan case': { temperature: 33, target: 45 },
    }))
    expect(bench.rig.memory.state.heaters).toEqual({
      tool0: { actual: 21.5, target: 200 }, tool1: { actual: 20, target: 0 }, bed: { actual: 30, target: 60 }, chamber: { actual: 25, target: 40 }, case: { actual: 33, target: null },
    })
    bench.delta({ extruder: { temperature: 22.5 } })
    expect(bench.rig.memory.state.heaters['tool0']).toEqual({ actual: 22.5, target: 200 })
  })
})

describe('numbers of a job', () => {
  it('what is left is the slicer\'s estimate at first, then more and more of the average', () => {
    const bench = printing()
    bench.take(bench.interpreter.metadata('vase.gcode', { ...META, estimated_time: 1000 }, bench.rig.now))
    bench.delta({ print_stats: { total_duration: 130, print_duration: 100 }, virtual_sdcard: { file_position: 1400 } })
    expect(bench.rig.memory.state).toMatchObject({ progress: 0.04, elapsed: 130, printTime: 100, remaining: 900 })
    // Half of it took 600 s, so 600 s are left by the average, 400 s by the slicer.
    bench.delta({ print_stats: { total_duration: 640, print_duration: 600 }, virtual_sdcard: { file_position: 6000 } })
    expect(bench.rig.memory.state).toMatchObject({ progress: 0.5, remaining: 500 })
    // Beyond the estimate nothing is left of it: 0.8 of 1200 / 0.8 - 1200.
    bench.delta({ print_stats: { print_duration: 1200 }, virtual_sdcard: { file_position: 9000 } })
    expect(bench.rig.memory.state.remaining).toBe(240)
  })

  it('metadata that is not there yet is asked for again after five seconds, and the position in the whole file has to do', () => {
    const bench = idle()
    bench.delta({ print_stats: { filename: 'new.gcode', state: 'printing', total_duration: 0.2 }, virtual_sdcard: { progress: 0.3, file_position: 360, file_size: 1200 } })
    expect(bench.interpreter.wantsMetadata()).toBeNull()
    bench.to(11.5)
    expect(bench.interpreter.wantsMetadata()).toBe('new.gcode')
    expect(bench.interpreter.wantsMetadata()).toBeNull()
    bench.take(bench.interpreter.metadata('new.gcode', null, bench.rig.now))
    bench.delta({ virtual_sdcard: { progress: 0.31 } })
    expect(bench.rig.memory.state.progress).toBeNull()
    bench.to(17)
    expect(bench.interpreter.wantsMetadata()).toBe('new.gcode')
    bench.take(bench.interpreter.metadata('new.gcode', null, bench.rig.now))
    expect(bench.rig.memory.state.progress).toBe(0.31)
    bench.notify('notify_filelist_changed', { action: 'create_file' })
    expect(bench.interpreter.wantsMetadata()).toBe('new.gcode')
    bench.take(bench.interpreter.metadata('new.gcode', { gcode_start_byte: 200, gcode_end_byte: 1000 }, bench.rig.now))
    bench.delta({ virtual_sdcard: { file_position: 600 } })
    expect(bench.rig.memory.state.progress).toBe(0.5)
  })

  it.each<[string, unknown]>([['an answer of another file', { gcode_start_byte: 0, gcode_end_byte: 10 }], ['an empty range', { gcode_start_byte: 5, gcode_end_byte: 5 }], ['nonsense', 'x']])('%s says nothing', (what, body) => {
    const bench = printing()
    bench.take(bench.interpreter.metadata(what.includes('another') ? 'lamp.gcode' : 'vase.gcode', body, bench.rig.now))
    bench.delta({ virtual_sdcard: { file_position: 2000 } })
    expect(bench.rig.memory.state.progress).toBeLessThanOrEqual(0.1)
  })

  it('layers are worked out of the height where the slicer tells none, once the height is steady', () => {
    const bench = printing()
    bench.take(bench.interpreter.metadata('vase.gcode', { ...META, layer_height: 0.2, first_layer_height: 0.25, layer_count: 50 }, bench.rig.now))
    const at = (t: number, z: number): void => void bench.to(t).delta({ print_stats: { print_duration: t }, gcode_move: { gcode_position: [1, 2, z, t] } })
    at(20, 0.25)
    at(22, 0.25)
    expect(bench.rig.memory.state).toMatchObject({ layer: 1, layers: 50, z: 0.25 })
    // A hop.
    at(23, 1.05)
    at(23.5, 0.25)
    at(25, 0.25)
    expect(bench.rig.memory.state.layer).toBe(1)
    at(30, 0.45)
    at(32, 0.45)
    expect(bench.rig.memory.state.layer).toBe(2)
    expect(after(bench)).toEqual(['job.first_layer_done'])
  })
})

describe('runs', () => {
  it('another file that starts out of a pause: the old one is cancelled when the history says so', () => {
    const bench = printing()
    bench.delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true } }).to(20)
    bench.delta({ print_stats: { filename: 'lamp.gcode', state: 'printing', total_duration: 0.2 } })
    bench.notify('notify_history_changed', { action: 'finished', job: bench.row('00000A', 'vase.gcode', 'cancelled', 9.8, 20) })
    bench.notify('notify_history_changed', { action: 'added', job: bench.row('00000B', 'lamp.gcode', 'in_progress', 19.8) }).to(30)
    expect(after(bench)).toEqual(['job.paused unknown', 'job.cancelled unknown', 'job.started'])
    expect(bench.rig.memory.state).toMatchObject({ job: 'printing', jobRef: { key: `00000B@${T0 / 1000 + 19}` } })
  })

  it.each<[string, Record<string, unknown>]>([['another file', { filename: 'lamp.gcode', total_duration: 0.2 }], ['less time than before', { total_duration: 0.2 }]])(
    '%s while one prints, and no history: what became of the old one is not known', (_, stats) => {
      const bench = printing()
      bench.delta({ print_stats: { total_duration: 50 } }).to(60).delta({ print_stats: stats }).to(70)
      expect(after(bench)).toEqual(['job.result_unknown superseded', 'job.started'])
    },
  )

  it('after an error another file that fails changes the name alone; nothing is said of it before it began', () => {
    const bench = new Bench().connect(withObjects({ print_stats: { filename: 'bad.gcode', state: 'error', message: 'Move out of range' } })).to(10)
    const before = bench.seen.length
    bench.delta({ print_stats: { filename: 'worse.gcode' } })
    expect(bench.seen.slice(before).filter((one) => one.kind === 'state' && one.state.job !== undefined)).toEqual([])
    bench.to(12)
    expect(bench.told).toEqual(['job.started', 'job.failed firmware'])
    expect(bench.rig.events[1]).toMatchObject({ text: 'Move out of range', job: { file: { path: 'worse.gcode' } } })
  })

  it('a start that is over before the history tells of it is one job', () => {
    const bench = idle()
    bench.delta({ print_stats: { filename: 'tiny.gcode', state: 'printing', total_duration: 0.2 } })
    bench.to(10.25).delta({ print_stats: { state: 'complete', total_duration: 0.4 } }).to(20)
    expect(bench.told).toEqual(['job.started', 'job.done'])
  })

  it('who started it is told where somebody logged in', () => {
    const bench = idle()
    bench.delta({ print_stats: { filename: 'vase.gcode', state: 'printing', total_duration: 0.2 } })
    bench.notify('notify_history_changed', { action: 'added', job: { ...bench.row('00000A', 'vase.gcode', 'in_progress', 9.8), user: 'ann' } })
    expect(bench.rig.events[0]?.job?.user).toBe('ann')
  })

  it('an end that only the history tells is an end', () => {
    const bench = printing()
    bench.notify('notify_history_changed', { action: 'finished', job: bench.row('00000A', 'vase.gcode', 'completed', 9.8, 30) }).to(40)
    bench.delta({ print_stats: { total_duration: 31 } }).to(60)
    expect(after(bench)).toEqual(['job.done'])
  })

  it('the history\'s word on another run is none on this one', () => {
    const bench = printing()
    bench.notify('notify_history_changed', { action: 'finished', job: bench.row('000009', 'vase.gcode', 'cancelled', -50, 5) }).to(40)
    expect(after(bench)).toEqual([])
  })

  it('a missing file, and a file that is only selected, start nothing', () => {
    const bench = new Bench().connect(withObjects({ print_stats: { filename: 'bad.gcode', state: 'error', message: 'x' } })).to(10)
    bench.says('!! Unable to open file').to(12)
    bench.says('File opened:vase.gcode Size:100', 'File selected').to(12.25).delta({ print_stats: { filename: 'vase.gcode', state: 'standby', message: '' } })
    bench.says('!! Must home axis first').to(20)
    expect(bench.told).toEqual([])
  })
})

describe('errors on the console', () => {
  it('during a job are faults; the same one in a loop is one', () => {
    const bench = printing()
    for (let i = 0; i < 50; i += 1) bench.says('!! fan stalled')
    bench.to(20)
    expect(bench.rig.events.slice(1)).toMatchObject([{ type: 'device.fault', text: 'fan stalled', code: 'console' }])
  })

  it('without a job are for who selects them: somebody sits at the console', () => {
    const bench = new Bench({ natives: ['notify_gcode_response'] }).connect().to(10).says('!! Must home axis first', '// echo')
    expect(bench.rig.events).toMatchObject([{ type: 'server.event', native: { name: 'notify_gcode_response', payload: '!! Must home axis first' } }])
  })
})

describe('messages for people', () => {
  it.each([
    ['echo: MR_NOTIFY:Title|Body', 'Title: Body'],
    ['MR_NOTIFY:Only a body', 'Only a body'],
    ['// MR_NOTIFY: Spool | nearly empty ', 'Spool: nearly empty'],
    ['tgnotify chamber is warm', 'chamber is warm'],
    ['tgalarm_photo look', 'look'],
    ['// action:notification Filament low', 'Filament low'],
  ])('%s', (line, text) => {
    const bench = idle().says(line)
    expect(bench.rig.events).toMatchObject([{ type: 'message.user', text }])
  })

  it.each(['echo: done', '// Unknown command:"X"', 'B:22.0 /60.0 T0:22.0 /200.0', 'MR_NOTIFY:', 'MR_NOTIFY:|', '// action:paused', '!!', '', 'ok'])('%s is none', (line) => {
    expect(idle().says(line).told).toEqual([])
  })

  it('the same words some seconds later are meant', () => {
    expect(idle().says('MR_NOTIFY:a|b', 'MR_NOTIFY:a|b').to(15).says('MR_NOTIFY:a|b').told).toEqual(['message.user', 'message.user'])
  })

  it('what stood on the display before we looked is no news; what came while we were away is', () => {
    const bench = new Bench().connect(withObjects({ display_status: { message: 'old' } })).to(10)
    expect(bench.told).toEqual([])
    bench.lose().to(20).connect(withObjects({ display_status: { message: 'old' } }))
    expect(bench.told).toEqual([])
    bench.lose().to(30).connect(withObjects({ display_status: { message: 'new' } }))
    expect(bench.rig.events).toMatchObject([{ type: 'message.display', text: 'new' }])
  })

  it('a hook on the display is a message, not a text of the display', () => {
    const bench = idle().delta({ display_status: { message: '$MR$:Spool|low' } })
    expect(bench.rig.events).toMatchObject([{ type: 'message.user', text: 'Spool: low' }])
  })
})

describe('Klipper itself', () => {
  const asked = (bench: Bench, state: string, message: string | null = null): void => bench.take(bench.interpreter.klippy({ state, message }, bench.rig.now))

  it('an error of its configuration is asked for, and its first line is told', () => {
    const bench = idle().notify('notify_klippy_disconnected').to(12)
    asked(bench, 'startup', '\nPrinter is not ready\n...')
    asked(bench, 'error', 'Section \'x\' is not a valid config section\n\nOnce the underlying issue is corrected, ...')
    asked(bench, 'error')
    bench.to(20)
    expect(bench.rig.events).toMatchObject([{ type: 'device.error', text: 'Section \'x\' is not a valid config section' }])
    asked(bench, 'ready')
    expect(bench.told).toEqual(['device.error'])
    bench.full(IDLE)
    expect(bench.told).toEqual(['device.error', 'device.ready'])
  })

  it('a Moonraker that has just started looks for it: nothing is over while it does', () => {
    const bench = printing().lose().to(14)
    asked(bench, 'disconnected')
    bench.to(15)
    asked(bench, 'startup')
    bench.connect(withObjects({ print_stats: { filename: 'vase.gcode', state: 'printing', total_duration: 6 } }), [bench.row('00000A', 'vase.gcode', 'interrupted', 9.8)]).to(30)
    expect(after(bench)).toEqual([])
    expect(bench.rig.memory.state).toMatchObject({ job: 'printing', device: 'ready' })
  })

  it('after five seconds it is believed to be off', () => {
    const bench = printing()
    for (const t of [13, 15, 17]) {
      bench.to(t)
      asked(bench, 'disconnected')
    }
    expect(bench.rig.memory.state.device).toBe('ready')
    bench.to(19)
    asked(bench, 'disconnected')
    expect(bench.rig.memory.state.device).toBe('off')
    bench.to(30)
    expect(after(bench)).toEqual(['job.failed connection_lost'])
  })

  it('a heater that does not heat is told as what it is', () => {
    const bench = idle().delta({ webhooks: { state: 'shutdown', state_message: 'Heater extruder not heating at expected rate\nSee the \'verify_heater\' section\n' } }).to(20)
    expect(bench.told).toEqual(['heater.runaway', 'device.shutdown'])
  })

  it.each<[string, boolean]>([['switched off', true], ['left on', false]])('a board that is lost with its power %s', (_, off) => {
    const bench = idle()
    if (off) bench.notify('notify_power_changed', { device: 'printer', status: 'off' })
    bench.to(15).delta({ webhooks: { state: 'shutdown', state_message: 'Lost communication with MCU \'mcu\'\n...' } }).notify('notify_klippy_shutdown').to(30)
    expect(bench.rig.memory.state.device).toBe(off ? 'off' : 'shutdown')
    expect(bench.told).toEqual(off ? [] : ['device.shutdown'])
  })

  it('power that is on again, and power of a lamp, explain nothing', () => {
    const bench = idle().notify('notify_power_changed', { device: 'lamp', status: 'off' }).to(12).notify('notify_power_changed', { device: 'lamp', status: 'on' })
    bench.notify('notify_power_changed', 'nonsense').to(14).delta({ webhooks: { state: 'shutdown', state_message: 'Lost communication with MCU \'mcu\'' } }).to(30)
    expect(bench.told).toEqual(['device.shutdown'])
    const late = idle().notify('notify_power_changed', { device: 'lamp', status: 'off' }).to(100).delta({ webhooks: { state: 'shutdown', state_message: 'Lost communication with MCU \'mcu\'' } }).to(130)
    expect(late.told).toEqual(['device.shutdown'])
  })

  it('a job on a printer that loses its power fails', () => {
    const bench = printing().notify('notify_power_changed', { device: 'printer', status: 'off' }).to(17).delta({ webhooks: { state: 'shutdown', state_message: 'Lost communication with MCU \'mcu\'' } })
    bench.notify('notify_history_changed', { action: 'finished', job: bench.row('00000A', 'vase.gcode', 'klippy_shutdown', 9.8, 17) }).to(30)
    expect(after(bench)).toEqual(['job.failed connection_lost'])
  })
})

describe('the computer of Moonraker', () => {
  it('short of power is a fault, once as long as it lasts; what was once is none', () => {
    const bench = idle()
    bench.notify('notify_cpu_throttled', { bits: 327_680, flags: ['Previously Under-Volted', 'Previously Throttled'] })
    bench.notify('notify_cpu_throttled', { bits: 1, flags: ['Under-Voltage Detected', 'Previously Throttled'] })
    bench.notify('notify_cpu_throttled', { bits: 1, flags: ['Under-Voltage Detected'] }).notify('notify_cpu_throttled', { bits: 'x', flags: 7 }).notify('notify_cpu_throttled', null)
    expect(bench.rig.events).toMatchObject([{ type: 'device.fault', code: 'throttled', text: 'Under-Voltage Detected on the computer that runs Moonraker' }])
  })

  it('a service that failed is a fault, one that was stopped is none', () => {
    const bench = idle().notify('notify_service_state_changed', { crowsnest: { active_state: 'failed', sub_state: 'failed' }, klipper: { active_state: 'inactive', sub_state: 'dead' }, x: 7 })
    expect(bench.rig.events).toMatchObject([{ type: 'device.fault', code: 'service', text: 'The service crowsnest has failed' }])
  })
})

describe('Moonraker\'s own notifications', () => {
  it('are there for who selects them by name', () => {
    const bench = new Bench({ natives: ['notify_job_queue_changed'] }).connect()
    bench.notify('notify_job_queue_changed', { action: 'jobs_added', updated_queue: [], queue_state: 'paused' }).notify('notify_proc_stat_update', {}).notify('notify_filelist_changed', {})
    expect(bench.rig.events).toMatchObject([{ type: 'server.event', native: { name: 'notify_job_queue_changed', payload: { action: 'jobs_added', updated_queue: [], queue_state: 'paused' } } }])
  })

  it('are bounded', () => {
    const bench = new Bench({ natives: ['*'] }).connect().notify('notify_agent_event', { data: 'x'.repeat(20_000) })
    expect(bench.rig.events[0]?.native?.payload).toEqual({ note: 'left out: 20011 bytes of JSON, more than 16384' })
    let deep: unknown = 1
    for (let i = 0; i < 20_000; i += 1) deep = [deep]
    bench.notify('notify_agent_event', deep)
    expect(bench.rig.events[1]?.native?.payload).toEqual({ note: 'left out: nested too deep' })
  })
})
