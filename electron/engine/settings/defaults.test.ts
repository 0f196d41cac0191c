import { expect, test } from 'vitest'
import { DEFAULT_EXPIRY, DEFAULT_RETENTION, DEFAULT_THRESHOLDS, REMOTE_DEFAULTS, TOAST_DEFAULTS } from './defaults.ts'
import { mergeThresholds } from './schema.ts'

// Typed from DESIGN section 4, "Defaults" and the vocabulary's column "toast by default".

test('the thresholds are those of the design', () => {
  expect(DEFAULT_THRESHOLDS).toEqual({
    linkStale: 10,
    linkLostPrinting: 60,
    linkLostIdle: 120,
    pauseGrace: 5,
    heaterTargetAbove: 35,
    heaterWithin: 2.0,
    heaterHold: 5,
    heaterAway: 10,
    cooledAt: 40,
    cooledHeaters: 'bed',
    leftOnAfter: 1800,
    progressStep: 0.25,
    milestoneHours: 0,
    finishingSoon: 300,
    etaSlippedBy: 900,
    etaSlippedFraction: 0.1,
    stalledAfter: 600,
    reminderEvery: 600,
    reminderTimes: 3,
    errorRepeat: 1800,
    failureRepeat: 90,
    capPerMinute: 6,
    layers: [],
  })
})

test('retention and expiry are those of the design', () => {
  expect(DEFAULT_RETENTION).toEqual({ eventDays: 365, pictureDays: 90, pictureBytes: 2e9 })
  expect(DEFAULT_EXPIRY).toEqual({ toast: 300, progress: 600, done: 86_400, failed: 172_800, other: 3600 })
})

test('the toast rings for what the vocabulary says', () => {
  for (const type of ['job.done', 'job.cancelled', 'job.failed', 'job.result_unknown', 'job.stalled', 'job.paused', 'attention.door', 'failure.warning', 'heater.runaway', 'device.fault', 'link.lost', 'message.user', 'command.failed']) {
    expect(TOAST_DEFAULTS, type).toContain(type)
  }
  for (const type of ['job.started', 'job.progress', 'job.layer', 'job.resumed', 'job.finishing_soon', 'job.eta_slipped', 'heater.target_reached', 'heater.cooled', 'device.ready', 'message.display', 'command.succeeded', 'camera.lost', 'server.event']) {
    expect(TOAST_DEFAULTS, type).not.toContain(type)
  }
})

test('R05: a remote destination gets what Obico sends unless told otherwise, and that another destination fails', () => {
  expect([...REMOTE_DEFAULTS].sort()).toEqual([
    'app.broadcast', 'app.delivery_failing', 'app.delivery_recovered', 'app.silence_over', 'app.test', 'attention.cleared', 'attention.door', 'attention.filament_change', 'attention.filament_runout', 'attention.plate', 'attention.reminder', 'attention.user_input',
    'command.acknowledged', 'device.error', 'device.shutdown', 'failure.detected', 'failure.warning', 'job.done', 'job.failed', 'job.result_unknown',
  ])
})

test('the narrowest threshold that says something wins', () => {
  const merged = mergeThresholds({ pauseGrace: 0, layers: [1] }, { layers: [2, 3], linkStale: undefined })
  expect(merged.pauseGrace).toBe(0)
  expect(merged.layers).toEqual([2, 3])
  expect(merged.linkStale).toBe(10)
  expect(mergeThresholds().layers).toEqual([])
})
