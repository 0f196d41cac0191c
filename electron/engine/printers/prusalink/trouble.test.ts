import { describe, expect, it } from 'vitest'
import { hold, job, OK, player, printing, status } from './cases.support.ts'

describe('trouble of the printer', () => {
  it('is looked at in every state: IDLE with a fault is an error, told once', () => {
    const one = player()
    one.begin(status('IDLE', null, { status_printer: OK }), null)
    hold(one, 2, 600, status('IDLE', null, { status_printer: { ok: false, message: 'Serial number cannot be obtained' } }))
    hold(one, 602, 610, status('IDLE', null, { status_printer: OK }))
    expect(one.rig.told).toEqual(['device.error', 'device.ready'])
    expect(one.rig.events[0]?.text).toBe('Serial number cannot be obtained')
  })

  it('that was there all along is no reason of a cancel', () => {
    const old = { status_printer: { ok: false, message: 'Firmware is not up-to-date' } }
    const one = player()
    one.begin(status('IDLE', null, old), null)
    hold(one, 2, 20, status('PRINTING', { id: 7, progress: 5, printing: 5 }, old), job(7))
    hold(one, 22, 40, status('STOPPED', null, old))
    // Nor has the printer become ready by printing.
    expect(one.rig.told).toEqual(['job.started', 'job.cancelled unknown'])
  })

  it('that takes the job with it fails it at that very poll, with its words', () => {
    const one = printing(20)
    hold(one, 22, 22, status('PRINTING', null, { status_printer: { ok: false, message: 'Firmware detected a hardware issue' } }))
    expect(one.rig.told).toEqual(['job.started', 'job.failed firmware'])
    const two = printing(20)
    hold(two, 22, 22, status('ERROR'))
    expect(two.rig.told).toEqual(['job.started', 'job.failed firmware'])
  })

  it('beside a print that goes on is told once, and the print goes on', () => {
    const one = printing(20)
    hold(one, 22, 60, status('PRINTING', { id: 7, progress: 21, remaining: 500, printing: 22 }, { status_printer: { ok: false, message: 'Firmware is not up-to-date' } }), job(7))
    expect(one.rig.told).toEqual(['job.started', 'device.error'])
    expect(one.rig.memory.state).toMatchObject({ job: 'printing', device: 'ready' })
  })

  it('a print that ends STOPPED with a printer that has forgotten its temperatures was no cancel: the printer was restarted', () => {
    const one = printing(20)
    hold(one, 22, 22, { printer: { state: 'STOPPED', status_printer: OK } })
    hold(one, 24, 40, status('STOPPED', null, { status_printer: OK }))
    expect(one.rig.told).toEqual(['job.started', 'job.failed printer_reset'])
  })

  it('a print that ends STOPPED where no temperatures were known all along was a cancel: a Pi has none in its first minute', () => {
    const cold = { temp_nozzle: undefined, target_nozzle: undefined, temp_bed: undefined, target_bed: undefined }
    const one = player()
    one.begin(status('IDLE', null, cold), null)
    hold(one, 2, 20, status('PRINTING', { id: 7, progress: 5, printing: 5 }, cold), job(7))
    hold(one, 22, 40, status('STOPPED', null, cold))
    expect(one.rig.told).toEqual(['job.started', 'job.cancelled unknown'])
  })

  it('of a printer that is away the last temperatures are not told again', () => {
    const one = printing(20)
    hold(one, 22, 22, status('ERROR', null, { temp_nozzle: 200, target_nozzle: 200, status_printer: { ok: false, message: 'Serial device does not exist' } }))
    expect(one.rig.memory.state.heaters).toMatchObject({ tool0: { actual: 21, target: 0 } })
  })
})

describe('names of files', () => {
  it.each([
    ['Größe #1 100%?.gcode', '/local'],
    ['a\uFFFDb.gcode', '/usb'],
    ['x'.repeat(5_000), '/usb'],
  ])('%.20s is taken as it is told, bounded', (name, folder) => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 4, status('PRINTING', { id: 7, progress: 1, printing: 1 }), { id: 7, state: 'PRINTING', file: { name, display_name: name, path: folder } })
    const file = one.rig.events[0]?.job?.file
    expect(file?.name).toBe(name.slice(0, 200))
    expect(file?.path).toBe(`${folder}/${name.slice(0, 200)}`)
  })

  it('tell the storage where the path does', () => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 2, status('PRINTING', { id: 7, progress: 1, printing: 1 }), { id: 7, file: { name: 'a.gcode', path: '/SD Card/a.gcode' } })
    expect(one.rig.events[0]?.job?.file).toEqual({ name: 'a.gcode', path: '/SD Card/a.gcode', origin: 'sdcard', size: null })
  })
})

describe('our own clock', () => {
  it('may jump by an hour in the middle of a print: it neither starts nor ends, and the time it printed does not jump', () => {
    const one = printing(20)
    one.rig.now += 3_600_000
    // The engine notices that wall clock and monotonic clock part.
    one.rig.feed({ kind: 'gap', at: one.rig.now, from: one.rig.now - 3_600_000, why: 'clock' })
    one.poll(status('PRINTING', { id: 7, progress: 21, remaining: 500, printing: 22 }), job(7))
    one.rig.to(3_624)
    one.poll(status('PRINTING', { id: 7, progress: 22, remaining: 490, printing: 24 }), job(7))
    // That its end is an hour later by the clock on the wall is all there is to see.
    expect(one.rig.told).toEqual(['job.started', 'job.eta_slipped'])
    expect(one.rig.memory.state.printTime).toBeLessThan(30)
  })
})
