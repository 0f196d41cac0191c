/** Heaters: reached once per target (R12), cooled after a job, left on without one. */
import type { StateReport } from './model.ts'
import type { HeaterNote } from './notes.ts'
import { emit, type Turn } from './turn.ts'

const hot = (target: number | null): boolean => target !== null && target > 0

export function heatersSeen(turn: Turn, heaters: NonNullable<StateReport['heaters']>): void {
  const { notes, state, context } = turn
  const t = context.thresholds
  for (const [name, seen] of Object.entries(heaters)) {
    const before = state.heaters[name]
    const actual = seen.actual ?? before?.actual ?? null
    // A report without a target keeps the one we know (OctoPrint's first reports of a heat-up have none).
    const target = seen.target ?? before?.target ?? null
    state.heaters[name] = { actual, target }
    const note = (notes.heaters[name] ??= fresh(turn, actual, target))
    if (target !== note.target) retarget(turn, note, actual, target)
    if (actual === null) continue
    if (note.target !== null && Math.abs(actual - note.target) >= t.heaterAway) note.away = true
    const within = note.target !== null && note.target > t.heaterTargetAbove && Math.abs(actual - note.target) <= t.heaterWithin
    if (!within) note.withinSince = null
    else if (note.away && !note.told) note.withinSince ??= turn.now
    if (note.cooling && actual <= t.cooledAt) {
      note.cooling = false
      emit(turn, 'heater.cooled', { step: `${name}:${turn.at}`, heater: { name, actual, target }, job: state.jobRef })
    }
  }
}

/** First sight of a heater is a baseline: one that is at its target already was reached before we looked (R13). */
function fresh(turn: Turn, actual: number | null, target: number | null): HeaterNote {
  const reached = actual !== null && target !== null && Math.abs(actual - target) <= turn.context.thresholds.heaterWithin
  return { target, away: false, withinSince: null, told: reached, cooling: false, hotSince: hot(target) ? turn.now : null, leftOnTold: false }
}

function retarget(turn: Turn, note: HeaterNote, actual: number | null, target: number | null): void {
  const { thresholds } = turn.context
  const fell = hot(note.target) && !hot(target)
  note.target = target
  note.away = false
  note.withinSince = null
  note.told = false
  note.hotSince = hot(target) ? turn.now : null
  if (!hot(target)) note.leftOnTold = false
  if (fell && thresholds.cooledHeaters === 'all' && actual !== null && actual > thresholds.cooledAt && !turn.notes.active) note.cooling = true
}

/** A job is over: its bed (or every heater, when chosen) is told once it can be touched. */
export function armCooling(turn: Turn): void {
  const { thresholds } = turn.context
  for (const [name, note] of Object.entries(turn.notes.heaters)) {
    const actual = turn.state.heaters[name]?.actual ?? null
    if ((thresholds.cooledHeaters === 'all' || name.includes('bed')) && actual !== null && actual > thresholds.cooledAt) note.cooling = true
  }
}

const holdAt = (turn: Turn, note: HeaterNote): number | null =>
  note.told || note.withinSince === null ? null : note.withinSince + turn.context.thresholds.heaterHold * 1000

function leftOnAt(turn: Turn, note: HeaterNote): number | null {
  const { notes, context } = turn
  if (context.thresholds.leftOnAfter <= 0 || note.leftOnTold || note.hotSince === null || notes.active || notes.closing) return null
  return Math.max(note.hotSince, notes.idleSince ?? 0) + context.thresholds.leftOnAfter * 1000
}

export function heaterWake(turn: Turn): number[] {
  return Object.values(turn.notes.heaters).flatMap((note) => [holdAt(turn, note), leftOnAt(turn, note)]).filter((at) => at !== null)
}

export function heaterTimers(turn: Turn): void {
  const { notes, state } = turn
  const leftOn: string[] = []
  for (const [name, note] of Object.entries(notes.heaters)) {
    const heater = state.heaters[name] ?? { actual: null, target: null }
    const hold = holdAt(turn, note)
    if (hold !== null && turn.now >= hold) {
      note.told = true
      emit(turn, 'heater.target_reached', { step: `${name}:${note.target}:${hold}`, at: hold, heater: { name, ...heater }, native: null })
    }
    const left = leftOnAt(turn, note)
    if (left !== null && turn.now >= left) {
      note.leftOnTold = true
      leftOn.push(name)
    }
  }
  const first = leftOn[0]
  // One notice for all that are on: they are switched off together.
  if (first !== undefined) {
    emit(turn, 'heater.left_on', { step: `${first}:${turn.now}`, job: null, heater: { name: first, ...(state.heaters[first] ?? { actual: null, target: null }) }, native: null, context: { heaters: leftOn } })
  }
}
