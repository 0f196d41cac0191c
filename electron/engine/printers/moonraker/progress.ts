/**
 * How far a print is. From the position in the part of the file that is G-code: `virtual_sdcard.progress` counts thumbnails too (62 % in
 * the first delta of a small file, seen), and `display_status.progress` stays at the last M73 of an earlier job (seen).
 */
import type { StateReport } from '../../events/model.ts'
import type { Objects } from './merge.ts'
import { isFields, numberOf, type Metadata } from './payloads.ts'

/** Below this an average says nothing. fraction */
const AVERAGE_FROM = 0.05
/** A height counts as a layer once it was kept for five of Klipper's samples, so that a Z-hop is none. ms */
const LAYER_STEADY_MS = 1_250

const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction))

export interface Progress {
  /** A new run, or a new period of watching: nothing of the display's progress counts yet. */
  begin(objects: Objects): void
  /** The numbers of the run that is on. `metadata`: null = none is known; `waiting`: it is still asked for. */
  report(objects: Objects, metadata: Metadata | null, waiting: boolean, at: number): StateReport
}

export function createProgress(): Progress {
  let display: number | null = null
  let displayMoved = false
  let steady: { layer: number; since: number } | null = null
  let layer: number | null = null

  function fraction(objects: Objects, metadata: Metadata | null, waiting: boolean): Pick<StateReport, 'progress' | 'progressSource'> {
    const card = objects.get('virtual_sdcard')
    const position = numberOf(card['file_position'])
    const start = metadata?.startByte ?? null
    const end = metadata?.endByte ?? null
    if (position !== null && start !== null && end !== null && end > start) {
      return { progress: clamp((position - start) / (end - start)), progressSource: 'file' }
    }
    // It comes within seconds, and what is told too high can't be taken back.
    if (waiting) return {}
    const whole = numberOf(card['progress'])
    if (whole !== null) return { progress: clamp(whole), progressSource: 'file' }
    return display !== null && displayMoved ? { progress: clamp(display), progressSource: 'slicer' } : {}
  }

  /** The slicer's estimate at first, more and more of the average the further it is: so it never jumps. Heating and pauses don't count. */
  function remaining(printed: number | null, progress: number | null | undefined, metadata: Metadata | null): number | null {
    if (printed === null) return null
    const slicer = metadata?.estimated == null ? null : metadata.estimated - printed
    const average = progress != null && progress > AVERAGE_FROM && printed > 0 ? printed / progress - printed : null
    if (average === null || progress == null) return slicer === null ? null : Math.max(0, Math.round(slicer))
    return Math.round(slicer === null ? average : Math.max(0, slicer) * (1 - progress) + average * progress)
  }

  /** Where the slicer sends no SET_PRINT_STATS_INFO: out of the height, once it was steady and something was printed. */
  function layersOf(objects: Objects, metadata: Metadata | null, printed: number | null, at: number): Pick<StateReport, 'layer' | 'layers'> {
    const stats = objects.get('print_stats')
    const info = isFields(stats['info']) ? stats['info'] : {}
    const current = numberOf(info['current_layer'])
    const total = numberOf(info['total_layer'])
    if (current !== null) return { layer: current, ...(total === null ? {} : { layers: total }) }
    const first = metadata?.firstLayerHeight ?? null
    const height = metadata?.layerHeight ?? null
    if (first === null || height === null || height <= 0) return {}
    const layers = metadata?.layers ?? (metadata?.objectHeight == null ? null : Math.ceil((metadata.objectHeight - first) / height + 1 - 1e-6))
    const z = heightOf(objects)
    if (z !== null && printed !== null && printed > 0) {
      const seen = Math.max(1, Math.min(layers ?? Infinity, Math.ceil((z - first) / height + 1 - 1e-6)))
      if (steady?.layer !== seen) steady = { layer: seen, since: at }
      if (at - steady.since >= LAYER_STEADY_MS) layer = Math.max(layer ?? 0, seen)
    }
    return layer === null ? {} : { layer, ...(layers === null ? {} : { layers }) }
  }

  return {
    begin(objects) {
      display = numberOf(objects.get('display_status')['progress'])
      displayMoved = false
      steady = layer = null
    },
    report(objects, metadata, waiting, at) {
      const shown = numberOf(objects.get('display_status')['progress'])
      if (shown !== null && shown !== display) {
        displayMoved = true
        display = shown
      }
      const stats = objects.get('print_stats')
      const printed = numberOf(stats['print_duration'])
      const elapsed = numberOf(stats['total_duration'])
      const part = fraction(objects, metadata, waiting)
      return {
        ...part,
        ...(elapsed === null ? {} : { elapsed }),
        ...(printed === null || printed <= 0 ? {} : { printTime: printed }),
        remaining: remaining(printed, part.progress, metadata),
        ...layersOf(objects, metadata, printed, at),
      }
    },
  }
}

/** Height of the nozzle as the G-code means it, mm. */
export function heightOf(objects: Objects): number | null {
  const position = objects.get('gcode_move')['gcode_position']
  return Array.isArray(position) ? numberOf(position[2]) : null
}
