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
