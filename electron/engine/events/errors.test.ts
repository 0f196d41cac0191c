import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { reload, Rig, T0 } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }
function seen(job = false): Rig {
  const rig = new Rig({ thresholds: { linkStale: 1e6, stalledAfter: 0 } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  if (job) {
    rig.signal({ type: 'job_started', file, user: 'ann' })
    rig.state({ job: 'printing' })
  }
  rig.to(10)
  return rig
}

describe('the device', () => {
  it('R17: the same error text is told once in half an hour, whatever its spaces and case', () => {
    const rig = seen()
    rig.signal({ type: 'device_error', text: 'Heater  fault' })
    rig.to(100)
    rig.signal({ type: 'device_error', text: 'heater fault ' })
    rig.memory = reload(rig.memory)
    rig.to(1809)
    rig.signal({ type: 'device_error', text: 'Heater fault' })
    expect(rig.told).toEqual(['device.error'])
    expect(rig.swallowed).toEqual(['device.error repeated_error', 'device.error repeated_error'])
    rig.to(1811)
    rig.signal({ type: 'device_error', text: 'Heater fault' })
    expect(rig.told).toEqual(['device.error', 'device.error'])
  })

  it('R17: the same error twice within a moment (2.0 fires it twice) is one', () => {
    const rig = seen()
    rig.signal({ type: 'device_error', text: 'MINTEMP' })
    rig.signal({ type: 'device_error', text: 'MINTEMP' })
    rig.state({ device: 'error', error: 'MINTEMP', job: 'none' })
    expect(rig.told).toEqual(['device.error'])
  })

  it('R17: another text is another error', () => {
    const rig = seen()
    rig.signal({ type: 'device_error', text: 'A' })
    rig.signal({ type: 'device_error', text: 'B' })
    expect(rig.told).toEqual(['device.error', 'device.error'])
  })

  it('an error during a job that does not end it is told after three seconds', () => {
    const rig = seen(true)
    rig.signal({ type: 'device_error', text: 'Fan speed low' })
    rig.to(12.9)
    expect(rig.told).toEqual(['job.started'])
    rig.to(13)
    expect(rig.told).toEqual(['job.started', 'device.error'])
    expect(rig.events[1]).toMatchObject({ text: 'Fan speed low', occurredAt: T0 + 10_000 })
  })

  it('a failed job carries the error it failed of when it has no words itself', () => {
    const rig = seen(true)
    rig.signal({ type: 'device_error', text: 'Probe did not trigger' })
    rig.signal({ type: 'job_failed', file, cause: 'error', reason: 'firmware', text: null })
    rig.to(60)
    expect(rig.told).toEqual(['job.started', 'job.failed firmware'])
    expect(rig.events[1]?.text).toBe('Probe did not trigger')
    expect(rig.swallowed).toEqual(['device.error same_job'])
  })

  it('an error with other words than the failed job is told as well', () => {
    const rig = seen(true)
    rig.signal({ type: 'device_error', text: 'Bed fan broken' })
    rig.signal({ type: 'job_failed', file, cause: 'error', reason: 'firmware', text: 'Thermal runaway' })
    expect(rig.told).toEqual(['job.started', 'job.failed firmware', 'device.error'])
  })

  it('an error that is only a state is told, without text after three seconds', () => {
    const rig = seen()
    rig.state({ device: 'error', job: 'none' })
    rig.to(14)
    expect(rig.told).toEqual(['device.error'])
  })

  it('ready is told after off, error or shutdown, not after starting', () => {
    const rig = seen()
    rig.state({ device: 'starting' })
    rig.state({ device: 'ready' })
    expect(rig.told).toEqual([])
    rig.state({ device: 'off' })
    rig.state({ device: 'starting' })
    rig.state({ device: 'ready' })
    expect(rig.told).toEqual(['device.ready'])
  })

  it('a shutdown is critical, with its words', () => {
    const rig = seen()
    rig.state({ device: 'shutdown', error: 'MCU shutdown: Timer too close', job: 'none' })
    rig.to(30)
    expect(rig.events).toMatchObject([{ type: 'device.shutdown', severity: 'critical', text: 'MCU shutdown: Timer too close' }])
  })

  it('a shutdown during a job is told at once with its job, beside the job that fails of it', () => {
    const rig = seen(true)
    rig.state({ device: 'shutdown', error: 'Lost communication with MCU', deviceCause: 'connection_lost', job: 'none' })
    expect(rig.told).toEqual(['job.started', 'device.shutdown'])
    expect(rig.events[1]?.job?.file.path).toBe('vase.gcode')
    rig.signal({ type: 'job_failed', file, cause: 'error', reason: 'connection_lost', text: 'Lost communication with MCU' })
    rig.to(60)
    expect(rig.told).toEqual(['job.started', 'device.shutdown', 'job.failed connection_lost'])
    expect(rig.swallowed).toEqual([])
  })

  it('a shutdown that is told before its text comes once, with the text', () => {
    const rig = seen()
    rig.state({ device: 'shutdown', job: 'none' })
    rig.to(11)
    rig.state({ device: 'shutdown', error: 'M112', job: 'none' })
    rig.to(60)
    expect(rig.events).toMatchObject([{ type: 'device.shutdown', text: 'M112' }])
  })

  it('a fault is a warning and leaves the device as it is', () => {
    const rig = seen()
    rig.signal({ type: 'device_fault', text: 'Under-Voltage Detected', code: 'throttled' })
    expect(rig.events).toMatchObject([{ type: 'device.fault', severity: 'warning', text: 'Under-Voltage Detected', code: 'throttled' }])
    expect(rig.memory.state).toMatchObject({ device: 'ready', faults: [] })
  })

  it('R17: a fault that the failed job carries is on record only, another one is told', () => {
    const rig = seen(true)
    rig.signal({ type: 'device_fault', text: 'Move out of range' })
    rig.signal({ type: 'device_fault', text: 'Fan stalled' })
    rig.signal({ type: 'job_failed', file, cause: 'error', reason: 'firmware', text: 'Move out of range' })
    expect(rig.told).toEqual(['job.started', 'job.failed firmware', 'device.fault'])
    expect(rig.events[2]?.text).toBe('Fan stalled')
    expect(rig.swallowed).toEqual(['device.fault same_job'])
  })

  it('a state that names a heater that may burn is told as that, once', () => {
    const rig = seen()
    rig.state({ device: 'shutdown', error: 'Heater bed not heating at expected rate', thermal: true, job: 'none' })
    rig.state({ device: 'shutdown', error: 'Heater bed not heating at expected rate', thermal: true, job: 'none' })
    expect(rig.told).toEqual(['heater.runaway', 'device.shutdown'])
  })

  it('a heater that runs away is critical and told at once, even in a full minute', () => {
    const rig = seen(true)
    for (let i = 0; i < 10; i += 1) rig.signal({ type: 'message', text: `m${i}`, for: 'user' })
    rig.signal({ type: 'device_error', text: 'Thermal Runaway', thermal: true, severity: 'critical' })
    expect(rig.told.at(-1)).toBe('heater.runaway')
  })

  it('a device that goes off with a job on fails the job after three seconds', () => {
    const rig = seen(true)
    rig.state({ device: 'off', job: 'none' })
    rig.to(12.9)
    expect(rig.told).toEqual(['job.started'])
    rig.to(13)
    expect(rig.told).toEqual(['job.started', 'job.failed connection_lost'])
  })

  it('an unknown device keeps the one before', () => {
    const rig = seen()
    rig.state({ device: 'unknown' })
    expect(rig.memory.state.device).toBe('ready')
  })
})
