/** Layers: counted where the server counts them, else the first one's end is read from z. */
import type { ActiveJob } from './notes.ts'
import { emit, type Turn } from './turn.ts'

/** No first layer is thicker; a start routine's lifts (5 mm, 10 mm) are no printing height. mm */
const FIRST_AT_MOST = 1
/** Less than the thinnest usual layer is a correction of the same one (a purge line at 0.15 before a layer at 0.2). mm */
const RISE = 0.08
/** A rise by more is a parked or lifted head. mm */
const LIFT = 1
const SAME = 0.02
/** A Z-hop comes back within a second or two; who stays up so long prints there. ms */
const HOLD_MS = 20_000

/** @param layer counted by the server, from 1; null when it doesn't count */
export function layerSeen(turn: Turn, layer: number | null): void {
  const active = turn.notes.active
  if (!active || layer === null) return
  if (layer >= 2 && !active.layers.told) firstDone(turn, active, turn.at)
  // After a gap or a jump only the highest chosen layer is told.
  const passed = turn.context.thresholds.layers.filter((chosen) => chosen <= layer && !active.toldLayers.includes(chosen))
  const highest = Math.max(...passed)
  if (passed.length === 0) return
  active.toldLayers.push(...passed)
  if (!turn.mute) emit(turn, 'job.layer', { step: highest, context: { layer: highest } })
}

/**
 * OctoPrint tells no layers, and its ZChange reports every Z-hop. A hop comes back to the height it left; a second layer
 * does not. So the first layer is done when z rose above the lowest printing height (at most 1 mm, the rise between
 * 0.08 and 1 mm) and either moved on to another height without returning, or stayed for 20 s.
 */
export function heightSeen(turn: Turn, z: number | null): void {
  const active = turn.notes.active
  if (!active || z === null || z <= 0 || turn.state.job !== 'printing') return
  const first = active.layers
  // Where the server counts, heights say less.
  if (first.told || turn.state.layer !== null) return
  if (first.lowest === null || z < first.lowest - SAME) {
    first.lowest = z
    first.risenAt = first.risenTo = null
    return
  }
  const rise = z - first.lowest
  if (first.lowest > FIRST_AT_MOST || rise < RISE || rise > LIFT) {
    first.risenAt = first.risenTo = null
    return
  }
  if (first.risenAt === null) {
    first.risenAt = turn.at
    first.risenTo = z
  } else if (first.risenTo !== null && Math.abs(z - first.risenTo) > SAME) firstDone(turn, active, first.risenAt)
}

function firstDone(turn: Turn, active: ActiveJob, at: number): void {
  active.layers.told = true
  if (!turn.mute) emit(turn, 'job.first_layer_done', { step: 1, at, native: null })
}

const heldAt = (turn: Turn): number | null => {
  const first = turn.notes.active?.layers
  return first && !first.told && first.risenAt !== null && turn.state.job === 'printing' ? first.risenAt + HOLD_MS : null
}

export function layerWake(turn: Turn): number[] {
  const at = heldAt(turn)
  return at === null ? [] : [at]
}

export function layerTimers(turn: Turn): void {
  const at = heldAt(turn)
  const active = turn.notes.active
  if (at !== null && active && turn.now >= at) firstDone(turn, active, active.layers.risenAt ?? turn.at)
}
