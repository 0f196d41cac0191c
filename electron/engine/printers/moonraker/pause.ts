/**
 * What a pause is. A timelapse parks the head at each layer and is no pause; a filament sensor that chatters pauses a print without ever
 * being seen empty (both seen). Everything else is told by the state, and after some seconds by the reducer.
 */

/** The macro may clear its flag before the state leaves "paused", and set it a sample before (moonraker-timelapse#169). ms */
const FRAME_MS = 1_500
/** Nobody parks for so long: then somebody paused it meanwhile. ms */
const LONGEST_PARK_MS = 60_000
/**
 * Klipper pauses the print, and runs the runout's G-code `pause_delay` (0.5 s) later: so `pause_resume.is_paused` comes two samples
 * after `print_stats`. PAUSE itself sets both in one delta. ms
 */
const DELAYED_FROM_MS = 300
const DELAYED_TO_MS = 1_500

export interface PauseSample {
  paused: boolean
  /** `gcode_macro TIMELAPSE_TAKE_FRAME`.is_paused; null = there is no such macro. */
  frame: boolean | null
  /** `pause_resume.is_paused`; null = not told. */
  macro: boolean | null
}

export interface PauseWatch {
  /** @returns 'parked' for a pause that is none, 'sensor' once, when the pause turns out to be the work of a filament sensor */
  sample(seen: PauseSample, at: number): { parked: boolean; sensor: boolean }
  /** Since when the print has been paused in earnest, epoch ms; null = it is not. */
  readonly since: number | null
  /** A new period of watching: what began unseen can't be judged by its order. */
  reset(seen: PauseSample, at: number): { parked: boolean }
}

export function createPauseWatch(): PauseWatch {
  let frameAt: number | null = null
  let since: number | null = null
  let parkedSince: number | null = null
  /** Whether the macro's flag came some samples behind the pause; null = it is still to come. */
  let delayed: boolean | null = null

  function leave(): void {
    since = parkedSince = delayed = null
  }

  return {
    get since() {
      return parkedSince === null ? since : null
    },
    sample(seen, at) {
      if (seen.frame) frameAt = at
      if (!seen.paused) {
        leave()
        return { parked: false, sensor: false }
      }
      const framed = frameAt !== null && at - frameAt <= FRAME_MS
      if (since === null) {
        since = at
        // A flag left over from before (a runout while idle leaves it, seen) is there at once, and tells nothing.
        delayed = null
        if (framed) parkedSince = at
      } else if (parkedSince === null && seen.frame && at - since <= FRAME_MS) parkedSince = since
      if (parkedSince !== null && at - parkedSince > LONGEST_PARK_MS) {
        since = at
        parkedSince = null
        frameAt = null
        delayed = false
      }
      let sensor = false
      if (delayed === null && seen.macro) {
        delayed = at - since >= DELAYED_FROM_MS && at - since <= DELAYED_TO_MS
        sensor = delayed && parkedSince === null
      }
      return { parked: parkedSince !== null, sensor }
    },
    reset(seen, at) {
      leave()
      if (seen.frame) frameAt = at
      if (seen.paused) {
        since = at
        delayed = false
        if (seen.frame) parkedSince = at
      }
      return { parked: parkedSince !== null }
    },
  }
}
