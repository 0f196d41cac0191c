/** One reduction in the making: the memory being changed and what came out so far. Lives only within `reduce`. */
import { copyOf } from './copy.ts'
import { SEVERITY_RANK, TERMINAL_TYPES } from './model.ts'
import type { EventDraft, EventType, Job, Native, PrinterState, Severity, Suppressed, SuppressReason } from './model.ts'
import { notesOf, type Notes } from './notes.ts'
import type { PrinterMemory, ReduceContext } from './reduction.ts'

export interface Turn {
  /** When it happened, epoch ms. */
  at: number
  /** When we look, epoch ms. */
  now: number
  context: ReduceContext
  memory: PrinterMemory
  state: PrinterState
  notes: Notes
  events: EventDraft[]
  suppressed: Suppressed[]
  edge: boolean
  /** Set while a first sight is taken: what would fire is recorded instead. */
  mute: SuppressReason | null
  /** The native event in hand, and whether something carries it or will. */
  native: Native | null
  carried: boolean
}

/** Column "severity" of DESIGN section 4, with one value where the table gives a range. */
export const SEVERITY: Readonly<Record<EventType, Severity>> = {
  'job.started': 'info', 'job.first_layer_done': 'info', 'job.layer': 'info', 'job.progress': 'info', 'job.milestone_time': 'info',
  'job.finishing_soon': 'info', 'job.eta_slipped': 'warning', 'job.stalled': 'warning', 'job.paused': 'warning', 'job.resumed': 'info',
  'job.done': 'success', 'job.cancelled': 'warning', 'job.failed': 'critical', 'job.result_unknown': 'warning',
  'attention.filament_runout': 'critical', 'attention.filament_change': 'error', 'attention.user_input': 'error', 'attention.door': 'error',
  'attention.plate': 'warning', 'attention.cleared': 'info', 'attention.reminder': 'warning',
  'failure.warning': 'warning', 'failure.detected': 'critical',
  'heater.target_reached': 'info', 'heater.cooled': 'info', 'heater.left_on': 'warning', 'heater.runaway': 'critical',
  'device.ready': 'info', 'device.error': 'error', 'device.shutdown': 'critical', 'device.fault': 'warning',
  'link.up': 'info', 'link.lost': 'warning', 'link.auth_failed': 'error', 'link.refused': 'error', 'camera.lost': 'info', 'camera.up': 'info',
  'message.display': 'info', 'message.user': 'info', 'command.succeeded': 'info', 'command.failed': 'error', 'command.acknowledged': 'info',
  'app.delivery_failing': 'error', 'app.delivery_recovered': 'info', 'app.offline': 'warning', 'app.update_available': 'info', 'app.test': 'info', 'app.broadcast': 'info', 'app.changed': 'info', 'app.silence_over': 'warning',
  'server.event': 'info',
}

const PICTURE_NOW: readonly EventType[] = [
  'job.progress', 'job.first_layer_done', 'job.layer', 'job.paused', 'failure.warning', 'failure.detected',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.reminder',
]

const MINUTE = 60_000

export function createTurn(memory: PrinterMemory, at: number, now: number, context: ReduceContext): Turn {
  const copy = copyOf(memory)
  const notes = notesOf(copy)
  return { at, now, context, memory: copy, state: copy.state, notes, events: [], suppressed: [], edge: false, mute: null, native: null, carried: false }
}

export interface Emission {
  /** The step of the dedupe key: what tells two events of one type within one job apart. */
  step?: string | number
  /** The job it belongs to; absent = the one that is on or just vanished, null = none. */
  job?: Job | null
  at?: number
  late?: boolean
  severity?: Severity
  reason?: string | undefined
  text?: string | null
  code?: string | null
  byUs?: boolean
  native?: Native | null
  progress?: number | null
  printTime?: number | null
  heater?: EventDraft['heater']
  attention?: EventDraft['attention']
  context?: Record<string, unknown>
}

export function dedupeKey(turn: Turn, type: EventType, jobKey: string | null, step: string | number = ''): string {
  return `${turn.context.printerId}|${jobKey ?? '-'}|${type}|${step}`
}

/** Fires an event, unless this turn is a baseline or the minute is full; both leave a record. */
export function emit(turn: Turn, type: EventType, what: Emission = {}): void {
  const { state, context } = turn
  const job = what.job === undefined ? (turn.notes.active?.job ?? turn.notes.closing?.active.job ?? null) : what.job
  const key = dedupeKey(turn, type, job?.key ?? null, what.step)
  const native = what.native === undefined ? turn.native : what.native
  if (turn.mute) {
    suppress(turn, type, turn.mute, 'first sight of this printer', key)
    return
  }
  const severity = what.severity ?? SEVERITY[type]
  if (!hasRoom(turn, type, severity)) {
    suppress(turn, type, 'cap', `more than ${context.thresholds.capPerMinute} in a minute`, key)
    turn.notes.cap.dropped[type] = (turn.notes.cap.dropped[type] ?? 0) + 1
    turn.notes.cap.until ??= turn.now + MINUTE
    return
  }
  const event: EventDraft = {
    dedupeKey: key, occurredAt: Math.min(what.at ?? turn.at, Math.max(turn.now, turn.at)), observedAt: turn.now, late: what.late ?? false, type, severity,
    printerId: context.printerId, printerName: context.printerName, serverKind: context.serverKind,
    byUs: what.byUs ?? false,
    snapshot: TERMINAL_TYPES.includes(type) ? 'final' : PICTURE_NOW.includes(type) ? 'now' : 'none',
  }
  if (job) {
    event.job = structuredClone(job)
    event.progress = what.progress === undefined ? state.progress : what.progress
    event.remaining = TERMINAL_TYPES.includes(type) ? null : state.remaining
    event.printTime = what.printTime === undefined ? state.printTime : what.printTime
    event.layer = state.layer
  }
  if (what.heater) event.heater = what.heater
  if (what.reason !== undefined) event.reason = what.reason
  if (what.text) event.text = what.text
  if (what.code) event.code = what.code
  if (what.attention) event.attention = structuredClone(what.attention)
  if (native) {
    event.native = native
    if (native === turn.native) turn.carried = true
  }
  if (what.context) event.context = what.context
  turn.events.push(event)
  turn.edge = true
}

export function suppress(turn: Turn, type: EventType, reason: SuppressReason, detail: string, key: string | null = null): void {
  turn.suppressed.push({ at: turn.at, printerId: turn.context.printerId, type, reason, detail, dedupeKey: key })
  turn.edge = true
}

/**
 * The cap counts only what is as severe or more: layer messages every second must not hide a pause. What is mere information
 * is counted type by type, so that a brisk but honest print (started, two heaters, first layer, two quarters) loses none
 * of its steps to a destination that wants them all. Ends, attentions, failure alerts (which keep their distance by themselves) and critical events always pass, and so does
 * server.event, which nobody gets without having asked for it by name.
 */
function hasRoom(turn: Turn, type: EventType, severity: Severity): boolean {
  if (severity === 'critical' || TERMINAL_TYPES.includes(type) || type.startsWith('attention.') || type.startsWith('failure.') || type === 'server.event') return true
  const rank = SEVERITY_RANK[severity]
  const { cap } = turn.notes
  cap.told = cap.told.filter((told) => turn.now - told.at < MINUTE)
  const counts = rank === 0 ? cap.told.filter((told) => told.type === type) : cap.told.filter((told) => told.rank >= rank)
  if (counts.length >= turn.context.thresholds.capPerMinute) return false
  cap.told.push({ at: turn.now, rank, type })
  return true
}

/** Says what the cap swallowed, once its minute is over. */
export function capTimer(turn: Turn): void {
  const { cap } = turn.notes
  if (cap.until === null || turn.now < cap.until) return
  const types = cap.dropped
  const count = Object.values(types).reduce((sum, n) => sum + n, 0)
  const step = `cap:${cap.until}`
  cap.until = null
  cap.dropped = {}
  // Straight into the list: the summary of a full minute must not fall to the next one.
  const told = cap.told
  cap.told = []
  emit(turn, 'message.user', { step, reason: 'cap_summary', text: `${count} more events within a minute were held back`, native: null, context: { count, types } })
  cap.told = told
}

/** How long after a command of ours its consequence counts as ours, ms. */
const OURS_MS = 10_000

/** Whether this is what a command of ours caused; uses the command up. */
export function ours(turn: Turn, action: 'pause' | 'resume' | 'cancel' | 'answer' | 'emergency_stop'): boolean {
  const at = turn.notes.commands[action]
  if (at === undefined) return false
  delete turn.notes.commands[action]
  return turn.at - at <= OURS_MS
}

export function finishTurn(turn: Turn): PrinterMemory {
  turn.notes.now = turn.now
  turn.memory.notes = { ...turn.notes }
  return turn.memory
}
