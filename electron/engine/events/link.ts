/** The way to the server: silence, loss, return (R18, R58). What it says of the printer is another matter. */
import type { LinkObservation } from './model.ts'
import { emit, suppress, type Turn } from './turn.ts'

/** Any word from the server proves that it is there. `report`: it was a state, so it is seen as well. */
export function heard(turn: Turn, report: boolean): void {
  const { notes, state, memory } = turn
  notes.link.heardAt = turn.now
  if (state.link === 'connecting' && report) state.link = 'up'
  if (state.link === 'stale') {
    state.link = 'up'
    if (notes.link.lost === 'told') emit(turn, 'link.up', { step: turn.at, job: null, reason: lossOf(turn), native: null })
    notes.link.lost = 'no'
    turn.edge = true
  }
  if (state.link === 'up') memory.lastSeenAt = Math.max(memory.lastSeenAt ?? 0, turn.at)
}

export function linkObserved(turn: Turn, seen: LinkObservation): void {
  const { notes, state, memory } = turn
  const note = notes.link
  const was = state.link
  state.link = seen.link
  state.linkCause = seen.link === 'up' ? null : seen.cause
  // That it is being connected is where a start begins anyway.
  if (was !== seen.link && seen.link !== 'connecting') turn.edge = true
  if (seen.link === 'up') {
    if (note.lost === 'told') emit(turn, 'link.up', { step: turn.at, job: null, reason: lossOf(turn) })
    if (was !== 'up' && was !== 'stale') {
      notes.resync = true
      // From here the server's records can be asked for what vanished.
      if (notes.closing) notes.closing.deadline = Math.max(notes.closing.deadline, turn.now + 10_000)
    }
    Object.assign(note, { downSince: null, lost: 'no', told: null, own: false, detail: null })
    heard(turn, false)
    return
  }
  if (seen.link === 'stale') return
  if (was === 'up' || was === 'stale') lookAway(turn)
  note.downSince ??= was === 'stale' ? note.heardAt : turn.now
  note.detail = seen.detail
  const own = seen.cause === 'own_network'
  if (note.own && !own && note.lost === 'own') Object.assign(note, { lost: 'no', downSince: turn.now })
  note.own = own
  if (memory.lastSeenAt !== null && (was === 'up' || was === 'stale')) note.job = notes.active !== null || notes.closing !== null
  if ((seen.link === 'auth_failed' || seen.link === 'refused') && note.told !== seen.link) {
    note.told = seen.link
    emit(turn, `link.${seen.link}`, { step: turn.at, job: null, reason: seen.cause ?? undefined, text: seen.detail })
  }
}

/** The return is told to whom the loss was told: an idle one is on record only. */
function lossOf(turn: Turn): 'during_job' | 'idle' {
  return turn.notes.link.job ? 'during_job' : 'idle'
}

/** From now on we can't see: what ends after the last sight is news when we look again. */
export function lookAway(turn: Turn): void {
  turn.notes.lookedUntil = turn.memory.lastSeenAt
  // What stood still then may have moved since.
  if (turn.notes.active) turn.notes.active.still = null
  turn.notes.resync = true
}

function lostAt(turn: Turn): number | null {
  const { notes, state, memory, context } = turn
  const note = notes.link
  if (memory.lastSeenAt === null || note.lost !== 'no' || state.link === 'up' || note.told !== null) return null
  const since = note.downSince ?? note.heardAt
  const job = state.link === 'stale' ? notes.active !== null : note.job
  return since + (job ? context.thresholds.linkLostPrinting : context.thresholds.linkLostIdle) * 1000
}

export function linkWake(turn: Turn): number[] {
  const due: number[] = []
  if (turn.state.link === 'up' && turn.memory.lastSeenAt !== null) due.push(turn.notes.link.heardAt + turn.context.thresholds.linkStale * 1000)
  const lost = lostAt(turn)
  if (lost !== null) due.push(lost)
  return due
}

export function linkTimers(turn: Turn): void {
  const { notes, state, memory } = turn
  const note = notes.link
  if (state.link === 'up' && memory.lastSeenAt !== null && turn.now >= note.heardAt + turn.context.thresholds.linkStale * 1000) {
    state.link = 'stale'
    turn.edge = true
  }
  const due = lostAt(turn)
  if (due === null || turn.now < due) return
  const since = note.downSince ?? note.heardAt
  const job = state.link === 'stale' ? notes.active !== null : note.job
  if (state.link === 'stale') {
    note.job = job
    lookAway(turn)
  }
  turn.edge = true
  if (note.own) {
    note.lost = 'own'
    suppress(turn, 'link.lost', 'own_network_down', 'this computer has no network')
    return
  }
  note.lost = 'told'
  // Between jobs it is on record, and rules keep it quiet: printers are switched off every day.
  emit(turn, 'link.lost', { step: since, at: since, reason: job ? 'during_job' : 'idle', severity: job ? 'warning' : 'info', text: note.detail, code: state.linkCause, native: null, ...(job ? {} : { job: null }) })
}
