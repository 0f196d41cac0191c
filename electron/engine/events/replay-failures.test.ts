import { describe, expect, it } from 'vitest'
import { replay, type ReplayOptions } from './replay-octoprint.support.ts'
import { T0, type RecordedLine, type Rig } from './replay.support.ts'
import type { JobFile } from './model.ts'

/** Typed by hand from the recordings' README. */
function expectReplay(name: string, expected: { told: string[]; swallowed: string[] }, options: ReplayOptions = {}): Rig {
  const rig = replay(name, options)
  expect({ told: rig.told, swallowed: rig.swallowed }).toEqual(expected)
  const again = replay(name, { ...options, reload: true })
  expect({ told: again.told, swallowed: again.swallowed }).toEqual(expected)
  return rig
}

describe('recordings of prints that fail', () => {
  it('09: MINTEMP while printing is one failure, then the printer is ready again', () => {
    const rig = expectReplay('09-mintemp-printing-disconnect', { told: ['job.started', 'job.failed firmware', 'device.ready'], swallowed: ['device.error same_job'] })
    expect(rig.events[1]).toMatchObject({ text: 'MINTEMP triggered! - ok', progress: 0.38414634146341464, severity: 'critical', snapshot: 'final' })
  })

  it('11: thermal runaway is told as what it is, and the job fails once', () => {
    const rig = expectReplay('11-kill-thermal-runaway', { told: ['job.started', 'heater.runaway', 'job.failed firmware'], swallowed: ['device.error same_job'] })
    expect(rig.events[1]).toMatchObject({ severity: 'critical', text: 'Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!' })
    expect(rig.memory.state).toMatchObject({ device: 'error', job: 'failed', faults: [{ text: 'Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!' }] })
  })

  it('R17: 12: an error without a job is a device error, told once though state repeats it', () => {
    const rig = expectReplay('12-mintemp-idle', { told: ['device.error'], swallowed: [] })
    expect(rig.events[0]).toMatchObject({ severity: 'critical', text: 'MINTEMP triggered! - Not SD printing', code: 'firmware' })
  })

  it('13: a cable that drops while printing fails the job once', () => {
    const rig = expectReplay('13-serial-drop-printing', { told: ['job.started', 'job.failed connection_lost'], swallowed: ['device.error same_job'] })
    expect(rig.events[1]).toMatchObject({ text: 'SerialTimeoutException: ', progress: 0.4176829268292683, occurredAt: T0 + 3210 })
  })

  it('14: a cable that drops while paused fails the job although the server says nothing', () => {
    const rig = expectReplay('14-serial-drop-paused', {
      told: ['job.started', 'job.progress 0.25', 'job.failed connection_lost'],
      swallowed: ['job.paused short_pause', 'device.error same_job'],
    })
    expect(rig.events[2]).toMatchObject({ text: 'SerialTimeoutException: ', occurredAt: T0 + 4914, observedAt: T0 + 7914, late: false })
  })

  it('15: a person who disconnects the printer fails the job and is named as the reason', () => {
    expectReplay('15-user-disconnect-printing', { told: ['job.started', 'job.failed disconnected_by_user'], swallowed: [] })
  })

  it('22: a printer that goes silent fails the job when OctoPrint gives up', () => {
    const rig = expectReplay('22-timeout-printing', { told: ['job.started', 'job.first_layer_done', 'job.failed connection_lost'], swallowed: ['device.error same_job'] })
    expect(rig.events[2]).toMatchObject({ text: 'Too many consecutive timeouts, printer still connected and alive?' })
  })

  it('23: a resend loop is the line failing, not the firmware', () => {
    expectReplay('23-resend-loop-printing', { told: ['job.started', 'job.failed connection_lost'], swallowed: ['device.error same_job'] })
  })

  it('24: M112 fails the job as an emergency stop', () => {
    const rig = expectReplay('24-m112-estop-printing', { told: ['job.started', 'job.failed emergency_stop'], swallowed: ['device.error same_job'] })
    expect(rig.events[1]?.text).toBe('Closing serial port due to emergency stop M112.')
  })

  it('25: a lost MCU fails the job with the firmware as reason', () => {
    const rig = expectReplay('25-klipper-mcu-lost-printing', { told: ['job.started', 'job.failed firmware'], swallowed: ['device.error same_job'] })
    expect(rig.events[1]?.text).toBe("Lost communication with MCU 'mcu'")
  })
})

/** What the connection does around a server restart: link down, link up with the new session, then the file's records. */
const restart = (path: string, main: string | undefined, next: string) => {
  let history = false
  return (line: RecordedLine, rig: Rig): void => {
    if (line.dir === 'in' && '$close' in line.data && line.sock === main) {
      history = true
      rig.link('down', 'closed')
    }
    if (line.dir === 'in' && '$open' in line.data && line.sock === next) rig.link('up')
    if (history && line.sock === next && line.dir === 'in' && 'timelapse' in line.data) {
      history = false
      const file: JobFile = { name: path, path, origin: 'local', size: 1364 }
      rig.signal({ type: 'outcome', file, success: null, endedAt: null, printTime: null, restarted: true })
    }
  }
}

describe('recordings of servers that go away', () => {
  it('16: SIGTERM of the server in the middle of a print is a failed job, told late and once', () => {
    const rig = expectReplay('16-server-restart-printing', { told: ['job.started', 'job.failed server_restarted late'], swallowed: [] }, { connection: restart('restart.gcode', undefined, 'new-session') })
    expect(rig.memory.state).toMatchObject({ link: 'stale', device: 'ready', job: 'failed' })
  })

  it('17: SIGKILL of the server is the same', () => {
    expectReplay('17-server-kill9-printing', { told: ['job.started', 'job.failed server_restarted late'], swallowed: [] }, { connection: restart('kill9.gcode', undefined, 'new-session') })
  })

  const away = (withRecord: boolean) => (line: RecordedLine, rig: Rig): void => {
    if (line.dir !== 'in') return
    if ('$close' in line.data && line.sock === 'first') rig.link('down', 'closed')
    if ('$open' in line.data && line.sock === 'second') rig.link('up')
    if (withRecord && 'timelapse' in line.data && line.sock === 'second') {
      rig.signal({ type: 'outcome', file: { name: 'err.gcode', path: 'err.gcode', origin: 'local', size: 656 }, success: false, endedAt: T0 + 4000, printTime: 3.9, restarted: false })
    }
  }
  it('35: an error that ended the job while nobody looked is a late failure with its words; old log lines ring nothing', () => {
    const rig = expectReplay('35-reconnect-after-error', { told: ['job.started', 'job.failed firmware late'], swallowed: ['device.error same_job'] }, { connection: away(true) })
    expect(rig.events[1]).toMatchObject({ text: 'MINTEMP triggered! - ok', occurredAt: T0 + 4000 })
  })
  it('35: without a record of the file the error that is shown decides, after ten seconds', () => {
    const rig = expectReplay('35-reconnect-after-error', { told: ['job.started', 'job.failed firmware late'], swallowed: ['device.error same_job'] }, { connection: away(false) })
    expect(rig.events[1]).toMatchObject({ observedAt: T0 + 15_442 })
  })
})

describe('recordings in which nothing happens to a print', () => {
  it('01: disconnecting and connecting the printer tells only that it is ready again', () => {
    expectReplay('01-connect-auth', { told: ['device.ready'], swallowed: [] })
  })
  it('18: a wrong key tells nothing of the printer', () => {
    expectReplay('18-wrong-key', { told: [], swallowed: [] })
  })
  it('19: odd frames of the socket tell nothing', () => {
    expectReplay('19-socket-edge-cases', { told: [], swallowed: [] })
  })
  it('21: the application keys flow of others tells nothing', () => {
    expectReplay('21-appkeys-flow', { told: [], swallowed: [] })
  })
  it('26: a dead port is off before and after', () => {
    const rig = expectReplay('26-connect-fails', { told: [], swallowed: [] })
    expect(rig.memory.state).toMatchObject({ device: 'off', job: 'none' })
  })
  it('31: changed users and a burst of reauthRequired tell nothing', () => {
    expectReplay('31-user-changes-reauth', { told: [], swallowed: [] })
  })
  it('36: every shape of subscription tells nothing of an idle printer', () => {
    expectReplay('36-subscribe-variants', { told: [], swallowed: [] })
  })
})
