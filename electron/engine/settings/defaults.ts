import type { EventType } from '../events/model.ts'
import type { Thresholds } from '../events/reduction.ts'

/** DESIGN section 4 "Defaults". Seconds, fractions 0..1, degrees Celsius. */
export const DEFAULT_THRESHOLDS: Thresholds = {
  linkStale: 10,
  linkLostPrinting: 60,
  linkLostIdle: 120,
  pauseGrace: 5,
  heaterTargetAbove: 35,
  heaterWithin: 2,
  heaterHold: 5,
  heaterAway: 10,
  cooledAt: 40,
  cooledHeaters: 'bed',
  leftOnAfter: 30 * 60,
  progressStep: 0.25,
  milestoneHours: 0,
  finishingSoon: 5 * 60,
  etaSlippedBy: 15 * 60,
  etaSlippedFraction: 0.1,
  stalledAfter: 10 * 60,
  reminderEvery: 10 * 60,
  reminderTimes: 3,
  errorRepeat: 30 * 60,
  failureRepeat: 90,
  capPerMinute: 6,
  layers: [],
}

/** Which picture the end of a print gets; seconds. */
export const DEFAULT_DONE_PICTURE = { which: 'final', margin: 5 } as const

export const DEFAULT_RETENTION = { eventDays: 365, pictureDays: 90, pictureBytes: 2_000_000_000 }

/** Seconds. */
export const DEFAULT_EXPIRY = { toast: 5 * 60, progress: 10 * 60, done: 24 * 3600, failed: 48 * 3600, other: 3600 }

/** Column "toast by default" of DESIGN section 4. */
export const TOAST_DEFAULTS: readonly EventType[] = [
  'job.stalled', 'job.paused', 'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.cleared', 'attention.reminder',
  'failure.warning', 'failure.detected',
  'heater.left_on', 'heater.runaway',
  'device.error', 'device.shutdown', 'device.fault',
  'link.lost', 'link.up', 'link.auth_failed', 'link.refused',
  'message.user', 'command.failed', 'command.acknowledged',
  'app.delivery_failing', 'app.delivery_recovered', 'app.offline', 'app.update_available', 'app.test', 'app.broadcast', 'app.silence_over',
]

/**
 * What a remote destination gets unless told otherwise: Obico's defaults, what a person has to say to others, and that another destination
 * fails, because that one can't tell it itself. device.* only during a job: see rules/route.ts.
 */
export const REMOTE_DEFAULTS: readonly EventType[] = [
  'job.done', 'job.failed', 'job.result_unknown',
  'failure.warning', 'failure.detected',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.cleared', 'attention.reminder',
  'device.error', 'device.shutdown',
  'command.acknowledged', 'app.delivery_failing', 'app.delivery_recovered', 'app.test', 'app.broadcast', 'app.silence_over',
]

/** Of a printer that is followed, each time so much more is done. */
export const DEFAULT_WATCH_PROGRESS = 0.25
