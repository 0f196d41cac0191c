/** What a simulated print does, as data. Times are simulated milliseconds; `at` is the fraction of the print. */

export type ScriptStep =
  /** As Marlin's M600 looks through OctoPrint: paused by nobody, a prompt is open until somebody answers. */
  | { at: number; does: 'filament_change'; question: string; choice: string; resolvesAfterMs: number | null }
  | { at: number; does: 'pause'; resumesAfterMs: number | null }
  | { at: number; does: 'notify'; text: string }
  | { at: number; does: 'fail'; error: string; reconnectsAfterMs: number | null }
  | { at: number; does: 'cancel' }
  /** A failure detector has its say; the pause is its own. */
  | ({ at: number; does: 'failure' } & Verdict)

/** What a failure detector says, and whether it pauses the print for it; `score` 0..1. */
export interface Verdict {
  sure: boolean
  score: number
  pauses: boolean
  resumesAfterMs: number | null
}

export interface Script {
  name: string
  file: { name: string; size: number }
  /** Idle time before the first start; null = waits for somebody to start it. */
  startsAfterMs: number | null
  heatMs: number
  /** Moving time from the first layer to the end, pauses not counted. */
  printMs: number
  layers: number
  /** The last part of that time, in which the head stands parked above the finished print. */
  parkMs: number
  steps: readonly ScriptStep[]
  /** Idle time before it prints again; null = once. */
  repeatsAfterMs: number | null
  /** Every so many ms of the print something is said, paused or resumed; null = a quiet printer. */
  floodEveryMs: number | null
}

const base: Script = {
  name: 'demo',
  file: { name: 'demo boat.gcode', size: 1_482_211 },
  startsAfterMs: 1500,
  heatMs: 6000,
  printMs: 22_000,
  layers: 48,
  parkMs: 2_000,
  steps: [{ at: 0.45, does: 'filament_change', question: 'Filament changed?', choice: 'Resume', resolvesAfterMs: 8000 }],
  repeatsAfterMs: null,
  floodEveryMs: null,
}

export const SCRIPT_NAMES = ['demo', 'steady', 'failing', 'spaghetti', 'cancelled', 'flood', 'idle'] as const
export type ScriptName = (typeof SCRIPT_NAMES)[number]

/**
 * The ready-made prints. `demo` takes some 39 s with a filament change; `steady` is ten hours without incident, for load;
 * `failing` ends by a firmware error at 60 %; at `spaghetti` a failure detector suspects at 30 % and pauses it at 60 %; `cancelled` by a person at 60 %; `flood` never shuts up; `idle` waits for a start.
 */
export const SCRIPTS: Readonly<Record<ScriptName, Script>> = {
  demo: base,
  steady: { ...base, name: 'steady', file: { name: 'steady vase.gcode', size: 48_210_663 }, startsAfterMs: 0, heatMs: 5000, printMs: 36_000_000, layers: 900, steps: [] },
  failing: {
    ...base,
    name: 'failing',
    file: { name: 'failing bracket.gcode', size: 902_117 },
    printMs: 10_000,
    steps: [{ at: 0.6, does: 'fail', error: 'Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!', reconnectsAfterMs: 5000 }],
  },
  spaghetti: {
    ...base,
    name: 'spaghetti',
    file: { name: 'spaghetti tower.gcode', size: 2_114_380 },
    steps: [
      { at: 0.3, does: 'failure', sure: false, score: 0.46, pauses: false, resumesAfterMs: null },
      { at: 0.6, does: 'failure', sure: true, score: 0.91, pauses: true, resumesAfterMs: 15_000 },
    ],
  },
  cancelled: { ...base, name: 'cancelled', file: { name: 'cancelled clip.gcode', size: 318_802 }, printMs: 10_000, steps: [{ at: 0.6, does: 'cancel' }] },
  flood: { ...base, name: 'flood', file: { name: 'flood.gcode', size: 5_000_000 }, startsAfterMs: 0, heatMs: 1000, printMs: 600_000, layers: 3000, steps: [], floodEveryMs: 100 },
  idle: { ...base, name: 'idle', startsAfterMs: null },
}
