/** Events that a server tells finished (Obico's list, webhook in, another Printbell). */
import { alertedElsewhere } from './failure.ts'
import type { Observation } from './model.ts'
import { emit, SEVERITY, suppress, type Turn } from './turn.ts'

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
  if (told && job && job.key === notes.active?.job.key && (told.type === 'failure.warning' || told.type === 'failure.detected')) alertedElsewhere(turn, job.key, told.occurredAt, told.type === 'failure.detected')
}
