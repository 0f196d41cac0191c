/** The nastiest cases of printer servers, by the numbers they have in the notes on them, as far as Moonraker is concerned. */
import { describe, expect, it } from 'vitest'
import { T0 } from '../../events/replay.support.ts'
import { Bench, withObjects } from './bench.support.ts'

const printing = (file = 'vase.gcode'): Bench => new Bench().connect().to(10).prints(file, '00000A').to(12)

describe('the nastiest cases', () => {
  const SHUTDOWN = { webhooks: { state: 'shutdown', state_message: 'Shutdown due to webhooks request\nOnce the underlying issue is corrected, ...' } }
  it.each<[string, (bench: Bench) => unknown]>([
    ['in the same delta', (bench) => bench.delta({ ...SHUTDOWN, print_stats: { state: 'paused' } })],
    ['0.25 s later', (bench) => bench.delta(SHUTDOWN).to(12.25).delta({ print_stats: { state: 'paused' } })],
    ['0.75 s later', (bench) => bench.delta(SHUTDOWN).to(12.75).delta({ print_stats: { state: 'paused' } })],
    ['never', (bench) => bench.delta(SHUTDOWN)],
    ['never, with a time that goes on', (bench) => bench.delta(SHUTDOWN).to(13).delta({ print_stats: { total_duration: 3 } })],
  ])('case 1: an emergency stop shows a paused print %s: one shutdown, one failure, no pause', (_, stop) => {
    const bench = printing()
    stop(bench)
    bench.to(40)
    expect(bench.told).toEqual(['job.started', 'device.shutdown', 'job.failed emergency_stop'])
    expect(bench.rig.swallowed).toEqual([])
  })

  it('case 1: the history names the failure at once, its echo changes nothing', () => {
    const bench = printing()
    bench.delta({ ...SHUTDOWN, print_stats: { state: 'paused' } }).notify('notify_klippy_shutdown')
    bench.notify('notify_history_changed', { action: 'finished', job: bench.row('00000A', 'vase.gcode', 'klippy_shutdown', 9.8, 12) })
    expect(bench.told).toEqual(['job.started', 'device.shutdown', 'job.failed emergency_stop'])
    bench.to(60).says('!! Shutdown due to webhooks request', '// Klipper state: Disconnect').notify('notify_klippy_disconnected').to(63).connect()
    expect(bench.told.slice(3)).toEqual(['device.ready'])
  })

  it('case 1: a shutdown that is notified before its text comes once, with the text', () => {
    const bench = new Bench().connect().to(5).notify('notify_klippy_shutdown')
    bench.take(bench.interpreter.klippy({ state: 'shutdown', message: 'MCU \'mcu\' shutdown: Timer too close\nThis often ...' }, bench.rig.now))
    bench.to(30)
    expect(bench.rig.events).toMatchObject([{ type: 'device.shutdown', text: 'MCU \'mcu\' shutdown: Timer too close' }])
  })

  it('case 2: a cancel macro that resets the file is a cancel of the file that is remembered', () => {
    const bench = printing()
    bench.delta({ print_stats: { filename: '', state: 'standby', total_duration: 0, print_duration: 0 }, virtual_sdcard: { file_position: 0, file_size: 0 } })
    expect(bench.told).toEqual(['job.started', 'job.cancelled unknown'])
    expect(bench.rig.events[1]?.job?.file.path).toBe('vase.gcode')
  })

  it('case 2: also out of a pause', () => {
    const bench = printing()
    bench.delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true } }).to(20)
    bench.delta({ print_stats: { filename: '', state: 'standby' } })
    expect(bench.told).toEqual(['job.started', 'job.paused unknown', 'job.cancelled unknown'])
  })

  it('case 3: a reprint tells only its state: two pairs of start and end', () => {
    const bench = printing()
    bench.delta({ print_stats: { state: 'complete', total_duration: 60, print_duration: 50 } }).to(100)
    bench.delta({ print_stats: { state: 'printing', total_duration: 0.2, print_duration: 0 } })
    bench.notify('notify_history_changed', { action: 'added', job: bench.row('00000B', 'vase.gcode', 'in_progress', 99.8) }).to(160)
    bench.delta({ print_stats: { state: 'complete', total_duration: 60 } })
    expect(bench.told).toEqual(['job.started', 'job.done', 'job.started', 'job.done'])
    expect(bench.rig.events.map((event) => event.job?.key)).toEqual(['00000A', '00000A', '00000B', '00000B'].map((id, i) => `${id}@${T0 / 1000 + (i < 2 ? 9 : 99)}`))
  })

  it('case 3: on a server without a history the starts make them two', () => {
    const bench = new Bench().connect().to(10)
    const print = (): Bench => bench.delta({ print_stats: { filename: 'vase.gcode', state: 'printing', total_duration: 0.25 } })
    print().to(40).delta({ print_stats: { state: 'complete', total_duration: 30 } }).to(50)
    print().to(80).delta({ print_stats: { state: 'complete', total_duration: 30 } })
    expect(bench.told).toEqual(['job.started', 'job.done', 'job.started', 'job.done'])
    // A second was left to the history.
    expect(bench.rig.events[0]).toMatchObject({ occurredAt: T0 + 9750, observedAt: T0 + 11_000 })
    expect(bench.rig.events[2]?.job?.key).not.toBe(bench.rig.events[0]?.job?.key)
  })

  it('case 4: the display\'s progress of the last job is nothing of this one', () => {
    const bench = new Bench().connect(withObjects({ print_stats: { filename: 'old.gcode', state: 'complete' }, display_status: { progress: 0.66 } })).to(10)
    bench.prints('vase.gcode', '00000A')
    expect(bench.rig.memory.state).toMatchObject({ progress: 0.02, progressSource: 'file' })
    bench.to(20).delta({ virtual_sdcard: { progress: 0.5, file_position: 6000 } })
    expect(bench.told).toEqual(['job.started', 'job.progress 0.5'])
    expect(bench.rig.events[1]?.progress).toBe(0.5)
  })

  it('case 4: where no bytes are told the display counts once it moved within this job', () => {
    const status = withObjects({ print_stats: { filename: 'old.gcode', state: 'complete' }, display_status: { progress: 0.66 } })
    delete status['virtual_sdcard']
    const bench = new Bench().connect(status).to(10)
    bench.delta({ print_stats: { filename: 'vase.gcode', state: 'printing', total_duration: 0.2 } }).to(30)
    bench.delta({ print_stats: { total_duration: 20 } })
    expect(bench.rig.memory.state.progress).toBeNull()
    bench.delta({ display_status: { progress: 0.05 } })
    expect(bench.rig.memory.state).toMatchObject({ progress: 0.05, progressSource: 'slicer' })
  })

  it('case 5: a first command that fails goes from standby to error in one delta: started and failed', () => {
    const bench = new Bench().connect().to(10)
    bench.says('File opened:bad.gcode Size:12', 'File selected', '!! Move out of range: 900')
    bench.to(10.25).delta({ print_stats: { filename: 'bad.gcode', state: 'error', message: 'Move out of range: 900\n' } })
    bench.notify('notify_history_changed', { action: 'added', job: bench.row('00000A', 'bad.gcode', 'in_progress', 10) })
    bench.notify('notify_history_changed', { action: 'finished', job: bench.row('00000A', 'bad.gcode', 'error', 10, 10.2) })
    bench.to(30)
    expect(bench.told).toEqual(['job.started', 'job.failed firmware'])
    expect(bench.rig.events[1]).toMatchObject({ text: 'Move out of range: 900' })
  })

  it('case 5: a first command that pauses goes from standby to paused in one delta: started and paused', () => {
    const bench = new Bench().connect().to(10)
    bench.delta({ print_stats: { filename: 'wait.gcode', state: 'paused', total_duration: 0.2 }, pause_resume: { is_paused: true } })
    bench.notify('notify_history_changed', { action: 'added', job: bench.row('00000A', 'wait.gcode', 'in_progress', 9.8) }).to(30)
    expect(bench.told).toEqual(['job.started', 'job.paused unknown'])
    expect(bench.rig.events[1]?.occurredAt).toBe(T0 + 10_000)
  })

  it('case 6: Klipper restarts behind a finished job: no event of the job, and what comes after the new subscription counts', () => {
    const bench = printing()
    bench.delta({ print_stats: { state: 'complete', total_duration: 60 } }).to(60)
    bench.notify('notify_klippy_disconnected').to(62).notify('notify_klippy_ready').to(62.3).full(withObjects({}))
    expect(bench.told).toEqual(['job.started', 'job.done', 'device.ready'])
    bench.to(70).prints('lamp.gcode', '00000B')
    expect(bench.told.slice(3)).toEqual(['job.started'])
  })

  const FRAME = 'gcode_macro TIMELAPSE_TAKE_FRAME'
  it.each<[string, (bench: Bench, layer: number) => unknown]>([
    ['with the pause', (bench, t) => bench
      .delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true }, [FRAME]: { is_paused: true } }).to(t + 8)
      .delta({ print_stats: { state: 'printing' }, pause_resume: { is_paused: false }, [FRAME]: { is_paused: false } })],
    ['before the pause ends', (bench, t) => bench
      .delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true }, [FRAME]: { is_paused: true } }).to(t + 0.5).delta({ [FRAME]: { is_paused: false } }).to(t + 8)
      .delta({ print_stats: { state: 'printing' }, pause_resume: { is_paused: false } })],
    ['before the pause is seen', (bench, t) => bench
      .delta({ [FRAME]: { is_paused: true } }).to(t + 0.25).delta({ [FRAME]: { is_paused: false } }).to(t + 0.5)
      .delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true } }).to(t + 8).delta({ print_stats: { state: 'printing' }, pause_resume: { is_paused: false } })],
  ])('case 7: a timelapse parks at each layer, its flag clears %s: nothing', (_, park) => {
    const bench = printing()
    for (let t = 20; t < 120; t += 20) {
      bench.to(t)
      park(bench, t)
    }
    bench.to(140)
    expect(bench.told).toEqual(['job.started'])
    expect(bench.rig.swallowed).toEqual([])
  })

  it('case 7: somebody who pauses while the head is parked is heard after a minute', () => {
    const bench = printing()
    bench.delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true }, [FRAME]: { is_paused: true } }).to(14).delta({ [FRAME]: { is_paused: false } })
    for (let t = 15; t < 90; t += 1) bench.to(t).delta({ print_stats: { total_duration: t } })
    expect(bench.told).toEqual(['job.started', 'job.paused unknown'])
  })

  const LINGERS = withObjects({ print_stats: { filename: 'vase.gcode', state: 'complete', total_duration: 60, print_duration: 55 }, virtual_sdcard: { progress: 1, file_position: 12_000, file_size: 12_000 } })
  it('case 9: a finished job that lingers at first sight is nothing', () => {
    const bench = new Bench()
    bench.connect(LINGERS, [bench.row('00000A', 'vase.gcode', 'completed', -100, -40)]).to(600)
    expect(bench.told).toEqual([])
    expect(bench.rig.swallowed).toEqual([])
  })

  it.each<[string, boolean]>([['with its row in the history', true], ['without a history', false]])('case 9: the job that was remembered and lingers finished is done, late and once, %s', (_, known) => {
    const bench = printing().restart(300)
    const rows = known ? [bench.row('00000A', 'vase.gcode', 'completed', 9.8, 70)] : []
    bench.connect(LINGERS, rows).to(400).lose().to(402).connect(LINGERS, rows).to(500)
    expect(bench.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.done late'])
    if (known) expect(bench.rig.events.find((event) => event.type === 'job.done')).toMatchObject({ occurredAt: T0 + 70_000, printTime: 60.2 })
  })

  it.each<[string, string, string]>([
    ['completed', 'standby', 'job.done late'],
    ['cancelled', 'standby', 'job.cancelled unknown late'],
    ['error', 'standby', 'job.failed firmware late'],
    ['klippy_shutdown', 'standby', 'job.failed firmware late'],
    ['klippy_disconnect', 'standby', 'job.failed connection_lost late'],
    ['server_exit', 'standby', 'job.result_unknown not_looking late'],
    ['interrupted', 'standby', 'job.result_unknown not_looking late'],
    ['server_exit', 'complete', 'job.done late'],
    ['nothing', 'standby', 'job.result_unknown not_looking late'],
  ])('case 10: the socket is lost in the middle and back after the job ended, on record as %s, shown as %s', (status, shown, end) => {
    const bench = printing()
    bench.delta({ virtual_sdcard: { file_position: 5000 } }).to(13).lose().to(200)
    const rows = status === 'nothing' ? [] : [bench.row('00000A', 'vase.gcode', status, 9.8, status === 'interrupted' ? null : 70)]
    bench.connect(withObjects(shown === 'complete' ? { print_stats: { filename: 'vase.gcode', state: 'complete' } } : {}), rows).to(230)
    expect(bench.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.progress 0.25', end])
    expect(bench.told.filter((told) => told.startsWith('link.'))).toEqual(['link.lost during_job', 'link.up during_job'])
  })

  it('case 11: the computer sleeps over the end of a job and the start of the next: the old one is closed, the new one is late, its steps are not told one by one', () => {
    const bench = printing()
    const from = bench.rig.now
    bench.rig.now = T0 + 7_200_000
    bench.rig.wakeAt = null
    bench.rig.feed({ kind: 'gap', at: bench.rig.now, from, why: 'sleep' })
    bench.lose()
    bench.connect(
      withObjects({ print_stats: { filename: 'lamp.gcode', state: 'printing', total_duration: 1000, print_duration: 900 }, virtual_sdcard: { progress: 0.8, file_position: 9000, file_size: 12_000 } }),
      [bench.row('00000B', 'lamp.gcode', 'in_progress', 6200), bench.row('00000A', 'vase.gcode', 'completed', 9.8, 3000)],
    )
    expect(bench.interpreter.wantsMetadata()).toBe('lamp.gcode')
    bench.take(bench.interpreter.metadata('lamp.gcode', { gcode_start_byte: 1000, gcode_end_byte: 11_000 }, bench.rig.now))
    bench.to(7230)
    expect(bench.told).toEqual(['job.started', 'job.done late', 'job.started late', 'job.progress 0.75'])
    expect(bench.rig.events[2]).toMatchObject({ occurredAt: T0 + 6_200_000, job: { key: `00000B@${T0 / 1000 + 6200}` } })
  })

  it('case 11: the same file again is another run', () => {
    const bench = printing().lose().to(2000)
    bench.connect(
      withObjects({ print_stats: { filename: 'vase.gcode', state: 'printing', total_duration: 500, print_duration: 450 } }),
      [bench.row('00000B', 'vase.gcode', 'in_progress', 1500), bench.row('00000A', 'vase.gcode', 'cancelled', 9.8, 700)],
    ).to(2030)
    expect(bench.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.cancelled unknown late', 'job.started late'])
  })
})

describe('cases that every server has', () => {
  it.each([3_600_000, -3_600_000])('a clock that is off by %i ms: starts, ends and what was missed are told in ours', (skew) => {
    const bench = new Bench({ skew }).connect().to(10).prints('vase.gcode', '00000A').to(20).lose().to(200)
    expect(bench.rig.events[0]).toMatchObject({ occurredAt: T0 + 9800, job: { startedAt: T0 + 9800 } })
    bench.connect(withObjects({}), [bench.row('00000B', 'lamp.gcode', 'completed', 100, 150), bench.row('00000A', 'vase.gcode', 'completed', 9.8, 70)]).to(230)
    expect(bench.rig.events.filter((event) => event.type === 'job.done')).toMatchObject([
      { occurredAt: T0 + 70_000, late: true, job: { file: { path: 'vase.gcode' } } }, { occurredAt: T0 + 150_000, late: true, job: { file: { path: 'lamp.gcode' } } },
    ])
  })

  it('a clock that is off by an hour: a job that goes on is the same', () => {
    const bench = new Bench({ skew: 3_600_000 }).connect().to(10).prints('vase.gcode', '00000A').to(20).lose().to(40)
    bench.connect(withObjects({ print_stats: { filename: 'vase.gcode', state: 'printing', total_duration: 30 } }), [bench.row('00000A', 'vase.gcode', 'in_progress', 9.8)]).to(60)
    expect(bench.told).toEqual(['job.started'])
    expect(bench.interpreter.currentJobId()).toBe(`00000A@${T0 / 1000 + 3600 + 9}`)
  })

  it('unknown values keep what was, and are told as junk once', () => {
    const bench = printing()
    for (let i = 0; i < 5; i += 1) {
      bench.delta({ print_stats: { state: 'levitating' }, webhooks: { state: 'meditating' } })
      bench.notify('notify_history_changed', { action: 'finished', job: bench.row('00000A', 'vase.gcode', 'evaporated', 9.8, 12) })
      bench.take(bench.interpreter.klippy({ state: 'meditating', message: null }, bench.rig.now))
      bench.notify('notify_history_changed', { action: 'finished', job: 'none' })
      bench.notify('notify_of_the_future', { x: 1 })
    }
    bench.to(60)
    expect(bench.told).toEqual(['job.started'])
    expect(bench.rig.memory.state).toMatchObject({ job: 'printing', device: 'ready' })
    expect(bench.junk.toSorted()).toEqual(['an unknown state of Klipper', 'an unknown state of the print', 'history entry that cannot be read', 'history entry with an unknown status'])
    bench.delta({ print_stats: { state: 'completed' } })
    expect(bench.told.at(-1)).toBe('job.done')
  })

  it('1000 responses of the console a second are cheap, and no storm of messages', () => {
    const bench = printing()
    const before = bench.seen.length
    const began = performance.now()
    for (let t = 0; t < 10; t += 1) {
      bench.to(20 + t)
      for (let i = 0; i < 250; i += 1) bench.says(`echo: probe at ${i},${t}`, `MR_NOTIFY:Probe|${i} of ${t}`, `!! probe failed ${i}`, `// action:prompt_text ${'x'.repeat(3000)}`)
    }
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(bench.seen.length - before).toBeLessThanOrEqual(40)
    bench.to(200)
    expect(bench.rig.events.filter((event) => event.type === 'message.user' && event.reason === undefined).length).toBeLessThanOrEqual(6)
  })

  it.each(['a#b%20c?d=e.gcode', 'dir/100%.gcode', 'b\uFFFDr\uFFFD.gcode', '\uD83D.gcode', '../../etc/passwd', '__proto__', ' .gcode', 'x'.repeat(5_000)])('a file called %s is a file like any other', (name) => {
    const bench = printing(name)
    bench.delta({ virtual_sdcard: { file_position: 6000 } }).delta({ print_stats: { state: 'complete' } })
    expect(bench.told).toEqual(['job.started', 'job.progress 0.5', 'job.done'])
    expect(bench.rig.events[0]?.job?.file.path.length).toBeLessThanOrEqual(2_000)
    expect(bench.rig.events[0]?.job?.file.name).toBe(name.slice(name.lastIndexOf('/') + 1).slice(0, 2_000))
  })
})
