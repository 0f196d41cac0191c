import { describe, expect, it } from 'vitest'
import { replayPolls } from './replay.support.ts'

/** Where in a round the recording begins must make no difference, s. */
const PHASES = [0.05, 0.55, 1.05, 1.55]

/** Typed by hand from the recordings' README: what a person should hear, and what is swallowed and why. */
function expectReplay(names: string[], expected: { told: string[]; swallowed: string[] }): void {
  for (const firstAt of PHASES) {
    for (const reload of [false, true]) {
      const { rig, junk } = replayPolls(names, firstAt, { reload })
      expect({ firstAt, told: rig.told, swallowed: rig.swallowed, junk }).toEqual({ firstAt, ...expected, junk: [] })
      expect(new Set(rig.events.map((event) => event.dedupeKey)).size).toBe(rig.events.length)
    }
  }
}

describe('recordings of a real PrusaLink', () => {
  it('print-pause-resume: one print, told step by step and done once, though FINISHED stands there for 10 s', () => {
    // Whoever begins in the middle of the print sees no start; so this one begins before it.
    const { rig } = replayPolls(['print-pause-resume'], 0.05)
    expect(rig.told).toEqual(['job.started', 'job.progress 0.25', 'job.progress 0.5', 'job.progress 0.75', 'job.done'])
    expect(rig.swallowed).toEqual(['job.paused short_pause'])
    expect(rig.events.at(-1)).toMatchObject({ type: 'job.done', job: { file: { name: 'print.gcode', path: '/gcodes/print.gcode', origin: 'local', size: 1525 } }, late: false })
    expect(rig.memory.state).toMatchObject({ job: 'done', device: 'ready', progress: 1 })
  })

  it('cancel: one cancel', () => {
    expectReplay(['cancel'], { told: ['job.cancelled unknown'], swallowed: ['job.started baseline'] })
  })

  it('attention-printer-side: the pause of 2.5 s at the printer is no news, the cancel there is', () => {
    expectReplay(['attention-printer-side'], { told: ['job.progress 0.25', 'job.progress 0.5', 'job.cancelled unknown'], swallowed: ['job.started baseline', 'job.paused short_pause'] })
  })

  it('firmware-error: the job failed with the only words there are, and STOPPED after the restart is no cancel', () => {
    expectReplay(['firmware-error'], { told: ['job.failed firmware', 'device.ready'], swallowed: ['job.started baseline', 'device.error same_job'] })
    expect(replayPolls(['firmware-error'], 0.05).rig.events[0]).toMatchObject({ severity: 'critical', text: 'Firmware detected a hardware issue' })
  })

  it('unplugged: the job failed with the cable, and what is wrong after its return is told too', () => {
    expectReplay(['unplugged'], { told: ['job.failed connection_lost', 'device.error', 'heater.cooled bed'], swallowed: ['job.started baseline', 'device.error same_job'] })
    const { rig } = replayPolls(['unplugged'], 0.05)
    expect(rig.events.slice(0, 2).map((event) => event.text)).toEqual(['Serial device does not exist', 'Device is not supported'])
    expect(rig.memory.state).toMatchObject({ device: 'error', faults: [{ text: 'Device is not supported' }] })
  })

  it('all of them one after the other: five jobs, and none begins with the progress of the one before', () => {
    for (const firstAt of PHASES.slice(0, 1)) {
      const { rig } = replayPolls(['print-pause-resume', 'cancel', 'attention-printer-side', 'firmware-error', 'unplugged'], firstAt)
      const jobs = rig.told.filter((one) => one.startsWith('job.'))
      expect(jobs.filter((one) => !one.startsWith('job.progress'))).toEqual([
        'job.started', 'job.done', 'job.started', 'job.cancelled unknown', 'job.started', 'job.cancelled unknown', 'job.started', 'job.failed firmware', 'job.started', 'job.failed connection_lost',
      ])
      // The first polls of the five say 0, 100, 17, 60 and 20 percent.
      expect(rig.events.filter((event) => event.type === 'job.progress').map((event) => event.context?.['step'])).toEqual([0.25, 0.5, 0.75, 0.25, 0.5])
      expect(new Set(rig.events.flatMap((event) => event.job?.key ?? [])).size).toBe(5)
    }
  })
})
