/** Messages, cameras, foreign events, and a server's own events that nothing normalised carries. */
import type { Native, Observation, Signal } from './model.ts'
import { SEVERITY, emit, suppress, type Turn } from './turn.ts'

/** What makes two texts the same message. */
export const messageKey = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase()

/** A step that is unique for what has no identity but its time. */
function moment(turn: Turn): string {
  const { count } = turn.notes
  count.n = count.at === turn.at ? count.n + 1 : 0
  count.at = turn.at
  return `${turn.at}:${count.n}`
}

export function message(turn: Turn, signal: Extract<Signal, { type: 'message' }>): void {
  const { notes, state } = turn
  if (signal.for === 'user') {
    emit(turn, 'message.user', { step: moment(turn), text: signal.text })
    return
  }
  if (signal.text === notes.display) return
  notes.display = signal.text
  state.message = signal.text
  emit(turn, 'message.display', { step: moment(turn), text: signal.text })
}

/** The display was emptied: the same text is news again. */
export function displayCleared(turn: Turn): void {
  turn.notes.display = null
  turn.state.message = null
}

export function camera(turn: Turn, signal: Extract<Signal, { type: 'camera' }>): void {
  const { cameras } = turn.notes
  const was = cameras[signal.camera] ?? true
  cameras[signal.camera] = signal.up
  if (was === signal.up) return
  turn.edge = true
  emit(turn, signal.up ? 'camera.up' : 'camera.lost', { step: `${signal.camera}:${turn.at}`, reason: signal.cause ?? undefined, code: signal.camera })
}

/** A server's own event that nothing else carries: `server.event` for who asked for it by name. */
export function swallowed(turn: Turn, native: Native | null): void {
  if (!native || !turn.context.wantsNative(native.name)) return
  emit(turn, 'server.event', { step: `${native.name}:${moment(turn)}`, native, code: native.name })
}

const IDS_KEPT = 200
const LATE_MS = 60_000

/** Finished events of another server skip the reduction, never the baseline and the de-duplication. */
export function foreign(turn: Turn, seen: Extract<Observation, { kind: 'foreign' }>): void {
  const { notes } = turn
  const { event } = seen
  // What such a server lists when first asked happened before we looked.
  notes.foreign.since ??= turn.at
  turn.memory.seen = true
  const fresh = event.occurredAt > notes.foreign.since
  if (notes.foreign.ids.includes(event.id)) {
    suppress(turn, event.type, 'already_heard', `event ${event.id} of the server was already taken`)
    return
  }
  notes.foreign.ids = [...notes.foreign.ids, event.id].slice(-IDS_KEPT)
  if (!fresh) {
    suppress(turn, event.type, 'baseline', `event ${event.id} is older than our first look`)
    return
  }
  const key = event.jobId ?? (event.file ? `${event.file.path}|${event.file.origin}` : null)
  const job = event.file && key !== null ? { key, file: event.file, startedAt: null, endedAt: null, user: null } : null
  const before = turn.events.length
  emit(turn, event.type, {
    step: event.id, job, at: event.occurredAt, late: turn.now - event.occurredAt > LATE_MS, severity: SEVERITY[event.type], text: event.text ?? null,
    native: seen.native ?? null,
  })
  const told = turn.events[before]
  if (told && job && job.key === notes.active?.job.key && (told.type === 'failure.warning' || told.type === 'failure.detected')) alerted(turn, told.occurredAt, told.type === 'failure.detected')
}

/** An alert that another server told is open as one of our own making, which an acknowledgement answers and the end of the print ends; unless a later one was told, or answered. */
function alerted({ notes, state }: Turn, since: number, sure: boolean): void {
  const { active, failure } = notes
  const last = failure !== null && failure.jobKey === active?.job.key ? failure : null
  if (active === null || (last !== null && since < last.at)) return
  notes.failure = { jobKey: active.job.key, at: since, sure, pausedOnce: last?.pausedOnce ?? false, answeredAt: null, pausedAt: null, pauseTold: false }
  state.failure = { since, sure, paused: false }
}
