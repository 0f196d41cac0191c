import { describe, expect, it } from 'vitest'
import { replay } from './replay-octoprint.support.ts'
import { T0, type RecordedLine, type Rig } from './replay.support.ts'

/** Typed by hand from the recordings' README: what a person should hear of each scenario, and what is swallowed and why. */
interface Expected {
  told: string[]
  swallowed: string[]
}

function expectReplay(name: string, expected: Expected, connection?: (line: RecordedLine, rig: Rig) => void): Rig {
  const rig = replay(name, connection ? { connection } : {})
  expect({ told: rig.told, swallowed: rig.swallowed }).toEqual(expected)
  // The same again from a memory that was stored and reloaded after every input.
  const again = replay(name, connection ? { connection, reload: true } : { reload: true })
  expect({ told: again.told, swallowed: again.swallowed }).toEqual(expected)
  expect(new Set(rig.events.map((event) => event.dedupeKey)).size).toBe(rig.events.length)
  return rig
}

describe('recordings of prints that end well', () => {
  it('02: a print with heating and five layers is told step by step and done once', () => {
    const rig = expectReplay('02-print-done', {
      told: ['job.started', 'job.progress 0.25', 'heater.target_reached tool0', 'job.first_layer_done', 'job.progress 0.5', 'job.progress 0.75', 'job.done'],
      swallowed: [],
    })
    const done = rig.events.at(-1)
    expect(done).toMatchObject({ severity: 'success', snapshot: 'final', progress: 1, printTime: 17.6668754049997, late: false })
    expect(done?.job).toMatchObject({ key: `lamp foot.gcode|local|${T0 + 230}`, user: 'admin', startedAt: T0 + 230, endedAt: T0 + 17879 })
    expect(rig.memory.state).toMatchObject({ job: 'done', progress: 1, device: 'ready', eta: null })
  })

  it('20: a readonly viewer sees the job and the prompt', () => {
    expectReplay('20-viewer-readonly', {
      told: ['job.started', 'attention.user_input', 'job.progress 0.5', 'attention.cleared', 'job.progress 0.75', 'job.done'],
      swallowed: ['job.progress collapsed_progress'],
    })
  })

  it('29: timelapse captures and failed movies are no business of the job', () => {
    expectReplay('29-timelapse-captures', {
      told: ['job.started', 'job.progress 0.5', 'job.first_layer_done', 'job.done', 'job.started', 'job.progress 0.25', 'job.done'],
      swallowed: ['job.progress collapsed_progress'],
    })
  })

  it('30: two runs of one file are two jobs, and a restart from the pause is told without a cancel', () => {
    const rig = expectReplay('30-two-jobs-select-restart', {
      told: ['job.started', 'job.progress 0.25', 'job.done', 'job.started', 'job.progress 0.5', 'job.started', 'job.progress 0.5', 'job.done'],
      swallowed: ['job.progress collapsed_progress', 'job.paused short_pause', 'job.cancelled by_restart', 'job.progress collapsed_progress'],
    })
    expect(new Set(rig.events.map((event) => event.job?.key)).size).toBe(3)
  })

  it('33: the lean client filter tells the same as the full subscription', () => {
    expectReplay('33-client-filter-print-done', {
      // Only every fourth frame comes, so 45 °C is first seen at 4.3 s and held at 9.3 s, after the first quarter (8.3 s).
      told: ['job.started', 'job.progress 0.25', 'heater.target_reached tool0', 'job.first_layer_done', 'job.progress 0.5', 'job.progress 0.75', 'job.done'],
      swallowed: [],
    })
  })
})

describe('recordings of pauses and stops for a human', () => {
  it('R15: 04: a pause of 2.5 s by a person is dropped with its end', () => {
    const rig = expectReplay('04-pause-resume-user', {
      told: ['job.started', 'job.progress 0.25', 'job.progress 0.5', 'job.first_layer_done', 'job.progress 0.75', 'job.done'],
      swallowed: ['job.paused short_pause'],
    })
    expect(rig.suppressed[0]?.detail).toBe('pause of 2.5 s')
  })

  it('R15: 05: three short pauses by G-code are dropped, M0 is no prompt', () => {
    expectReplay('05-pause-from-gcode', {
      told: ['job.started', 'job.progress 0.25', 'job.progress 0.5', 'job.first_layer_done', 'job.progress 0.75', 'job.done'],
      swallowed: ['job.paused short_pause', 'job.paused short_pause', 'job.paused short_pause'],
    })
  })

  const m600: Expected = {
    told: ['job.started', 'job.progress 0.25', 'attention.filament_change', 'job.progress 0.5', 'attention.cleared', 'job.progress 0.75', 'job.done'],
    swallowed: ['job.paused same_job', 'attention.user_input duplicate', 'attention.user_input duplicate', 'job.resumed same_job'],
  }
  it('R14: 06: M600 rings once; its pause, prompt and busy lines belong to it', () => {
    const rig = expectReplay('06-m600-prompt', m600)
    expect(rig.events[2]).toMatchObject({ severity: 'error', snapshot: 'now', occurredAt: T0 + 3114 })
    expect(rig.events[4]).toMatchObject({ severity: 'info', occurredAt: T0 + 11294 })
  })
  it('R14: 34: M600 seen through the client filter rings once although the busy line repeats', () => {
    expectReplay('34-client-filter-m600', m600)
  })

  it('07: notification, prompt and busy line are three things; the pause they cause is not a fourth', () => {
    const rig = expectReplay('07-action-prompt-notification', {
      told: [
        'job.started', 'message.user', 'job.progress 0.25', 'attention.user_input', 'attention.cleared', 'job.progress 0.5',
        'attention.user_input', 'attention.cleared', 'job.first_layer_done', 'job.done',
      ],
      swallowed: ['job.paused same_job', 'job.resumed same_job'],
    })
    expect(rig.events[1]).toMatchObject({ text: 'Filament low' })
    expect(rig.events[3]?.attention).toMatchObject({ key: 'prompt', kind: 'user_input', text: 'Swap the filament?', choices: ['Done', 'Abort'] })
  })

  it('08: M226 waits for the user, M701 is a filament change, and the end closes what is open', () => {
    expectReplay('08-m226-waiting', {
      told: ['job.started', 'job.progress 0.25', 'attention.user_input', 'attention.cleared', 'attention.filament_change', 'job.progress 0.75', 'job.done'],
      swallowed: ['job.paused same_job', 'job.resumed same_job', 'job.progress collapsed_progress', 'attention.cleared same_job'],
    })
  })

  it('32: events caught up after a late login are taken in order, what was before the first sight is not', () => {
    expectReplay('32-late-auth-and-reauth-backlog', {
      told: ['job.progress 0.75', 'job.done'],
      swallowed: ['message.user baseline', 'job.started baseline', 'job.paused short_pause', 'job.progress collapsed_progress'],
    })
  })
})

describe('recordings of cancels', () => {
  it('R07: 03: the three events of a cancel are one job.cancelled by the user', () => {
    const rig = expectReplay('03-cancel-user', { told: ['job.started', 'job.progress 0.25', 'job.cancelled user'], swallowed: ['job.failed same_job'] })
    expect(rig.events[2]).toMatchObject({ severity: 'warning', progress: 0.29, context: { user: 'admin' }, byUs: false })
  })

  it('R07: 10: a cancel by the firmware is a failure with its words, not a cancel', () => {
    const rig = expectReplay('10-mintemp-printing-cancel-variant', { told: ['job.started', 'job.failed firmware'], swallowed: ['job.failed same_job'] })
    expect(rig.events[1]).toMatchObject({ severity: 'critical', text: 'MINTEMP triggered! - ok', progress: 0.38 })
  })

  it('R07: 27: a controller that restarts by itself fails the job as printer_reset', () => {
    expectReplay('27-printer-reset-printing', { told: ['job.started', 'job.failed printer_reset'], swallowed: ['job.failed same_job'] })
  })

  it('R16: 28: the SD card starting again after the pause is the same job, then it is cancelled', () => {
    expectReplay('28-sd-print', {
      told: ['job.started', 'job.cancelled user'],
      swallowed: ['job.started same_job', 'job.paused short_pause', 'job.failed same_job'],
    })
  })
})
