/** The reducer's own notes within a printer's memory: plain JSON, so that they survive being stored. All times epoch ms. */
import type { FailureNote } from './failure.ts'
import type { EventType, FailReason, Job, JobFile, Native } from './model.ts'
import type { PrinterMemory } from './reduction.ts'

/** What is known of the run that is on. */
export interface ActiveJob {
  job: Job
  /** The server's own id, where it has one. */
  jobId: string | null
  /** When we first knew of it; a record that ended before is of an earlier run. */
  seenAt: number
  /** Last time a report or signal showed it running. */
  confirmedAt: number
  cancel: Cancel | null
  /** What the server's records say of it, told before the first state after a gap: that state decides with it. */
  record?: RecordedEnd | null
  /** Highest progress step told or passed. */
  step: number
  hours: number
  /** In which sizes (a fraction, hours) those two are counted; absent = as in the settings. */
  sizes?: { step: number; hours: number }
  /** The settings changed the sizes during this job. */
  resized?: boolean
  /** `finishing soon` is armed once more than that was left. */
  soonArmed: boolean
  soonTold: boolean
  eta: { base: number; span: number; told: number } | null
  still: { since: number; mark: string; told: boolean } | null
  layers: FirstLayer
  toldLayers: number[]
}

/** The records' word on a run that is over. `success` null = there is none. */
export interface RecordedEnd {
  success: boolean | null
  cancelled: boolean
  at: number | null
  printTime: number | null
  restarted: boolean
  text: string | null
  reason?: FailReason
}

export interface FirstLayer {
  /** Lowest printing height so far. */
  lowest: number | null
  /** When and where z rose above it. */
  risenAt: number | null
  risenTo: number | null
  told: boolean
}

export interface Cancel {
  at: number
  user: string | null
  error: string | null
  byUs: boolean
  /** When the server said it is cancelled; until then it is only cancelling. */
  cancelledAt: number | null
  progress: number | null
  printTime: number | null
  /** Decide by then with what is known. */
  deadline: number | null
  native: Native | null
}

/** A job that is over, or gone, and whose end is not decided yet. */
export interface Closing {
  active: ActiveJob
  since: number
  deadline: number
  /** True when it vanished while we could not look. */
  gap: boolean
  /** The last report was of the same file, complete. */
  complete: boolean
  /** The device went down with it. */
  gone: boolean
}

export interface Pause {
  since: number
  user: string | null
  /** True once a signal, not only a state, told of it. */
  signalled: boolean
  byUs: boolean
  announced: boolean
  /** Another event already told of this stop. */
  covered: boolean
  progress: number | null
  native: Native | null
  /** A failure detector made it. */
  byDetector?: true
}

/** One occurrence of the printer needing a human; several signals of one stop are its members. */
export interface Occurrence {
  key: string
  members: Record<string, { text: string | null; choices: string[] }>
  jobKey: string | null
  /** Reminders given. */
  reminded: number
  lastAt: number
  acknowledged: boolean
}

export interface HeaterNote {
  target: number | null
  away: boolean
  withinSince: number | null
  told: boolean
  /** Waits to be told cool. */
  cooling: boolean
  hotSince: number | null
  leftOnTold: boolean
}

export interface PendingError {
  type: 'device.error' | 'device.shutdown' | 'device.fault'
  text: string
  code: string | null
  critical: boolean
  at: number
  deadline: number
  native: Native | null
}

/** An end already told, so that it is never told again. */
export interface End {
  key: string
  path: string
  origin: string
  at: number
  type: EventType
  printTime: number | null
}

export interface Notes {
  v: 1
  /** `now` of the last reduction: an earlier one is a clock that jumped back. */
  now: number
  /** When we asked to be woken; much later than that nobody watched. */
  wakeAt: number | null
  /** Until when a gap was made good for: gaps told twice or growing shift nothing twice. */
  gapUntil: number | null
  active: ActiveJob | null
  closing: Closing | null
  /** Running state seen without its start signal; taken as begun at `at` when none comes by `deadline`. `silent`: seen at first sight. */
  begin: { at: number; deadline: number; silent: boolean } | null
  /** The file that is selected or printing, as last reported. */
  file: JobFile | null
  jobId: string | null
  user: string | null
  ends: End[]
  /** True after a gap until a report was taken: what is missing then happened while we could not look. */
  resync: boolean
  /** Until when we had looked before the last gap; ends before it are old news. */
  lookedUntil: number | null
  resetAt: number | null
  pause: Pause | null
  /** The last failure alert of the print that is on. */
  failure: FailureNote | null
  occurrences: Occurrence[]
  heaters: Record<string, HeaterNote>
  /** When the last job ended or, before any, when we first looked. */
  idleSince: number | null
  /** `lost`: 'told' when link.lost fired, 'own' when it was this computer's network. `job`: one was on when it went. */
  link: { heardAt: number; downSince: number | null; lost: 'no' | 'told' | 'own'; told: string | null; own: boolean; job: boolean; detail: string | null }
  /** Errors told, by text. `job`: a failed job carried it; `noted`: its device.error was recorded as swallowed. */
  errors: Record<string, { at: number; job: boolean; noted: boolean }>
  pending: PendingError[]
  deviceDown: boolean
  deviceCause: FailReason | null
  errorText: string | null
  display: string | null
  commands: Record<string, number>
  cap: { told: { at: number; rank: number; type: EventType }[]; dropped: Record<string, number>; until: number | null }
  foreign: { since: number | null; ids: string[] }
  cameras: Record<string, boolean>
  /** Numbers what happened at one moment, so that two like events stay two and a second look at them doesn't make four. */
  count: { at: number; n: number }
}

export function emptyNotes(): Notes {
  return {
    v: 1, now: 0, wakeAt: null, gapUntil: null, active: null, closing: null, begin: null, file: null, jobId: null, user: null, ends: [], resync: false,
    lookedUntil: null, resetAt: null, pause: null, failure: null, occurrences: [], heaters: {},
    idleSince: null, link: { heardAt: 0, downSince: null, lost: 'no', told: null, own: false, job: false, detail: null },
    errors: {}, pending: [], deviceDown: false, deviceCause: null, errorText: null, display: null, commands: {},
    cap: { told: [], dropped: {}, until: null }, foreign: { since: null, ids: [] }, cameras: {}, count: { at: 0, n: 0 },
  }
}

/** The notes of a memory; missing ones (an older version of ours wrote it) start empty. */
export function notesOf(memory: PrinterMemory): Notes {
  return { ...emptyNotes(), ...(memory.notes as Partial<Notes>) }
}

/** How many ends are kept; the server's records name only the last run of a file. */
const ENDS_KEPT = 20

export function remember(notes: Notes, end: End): void {
  notes.ends = [...notes.ends, end].slice(-ENDS_KEPT)
}

export const sameFile = (a: { path: string; origin: string }, b: { path: string; origin: string }): boolean => a.path === b.path && a.origin === b.origin

/**
 * Moves every running timer by `delta` ms: after sleep, a stop of ours or a clock that jumped, the time in between proves
 * nothing. Points in time that name something (a job's start, an end told) stay as they are.
 */
export function shiftTimers(notes: Notes, delta: number): void {
  notes.link.heardAt += delta
  if (notes.link.downSince !== null) notes.link.downSince += delta
  if (notes.closing) notes.closing.deadline += delta
  if (notes.begin) notes.begin.deadline += delta
  if (notes.active?.cancel?.deadline) notes.active.cancel.deadline += delta
  if (notes.active?.still) notes.active.still.since += delta
  for (const pending of notes.pending) pending.deadline += delta
  for (const occurrence of notes.occurrences) occurrence.lastAt += delta
  for (const heater of Object.values(notes.heaters)) {
    if (heater.withinSince !== null) heater.withinSince += delta
    if (heater.hotSince !== null) heater.hotSince += delta
  }
  if (notes.idleSince !== null) notes.idleSince += delta
  if (notes.pause && !notes.pause.announced) notes.pause.since += delta
  if (notes.failure) {
    notes.failure.at += delta
    if (notes.failure.answeredAt !== null) notes.failure.answeredAt += delta
  }
  if (notes.cap.until !== null) notes.cap.until += delta
  notes.cap.told = notes.cap.told.map((told) => ({ ...told, at: told.at + delta }))
  for (const action of Object.keys(notes.commands)) notes.commands[action] = (notes.commands[action] ?? 0) + delta
}
