/** Filament sensors: which of them ran empty during this job. */
import type { Objects } from './merge.ts'
import { flagOf } from './payloads.ts'

/**
 * After a start of Klipper every sensor is empty for 0.5 to 1 s, whatever is in it (seen). That start may have been long before we came:
 * a sensor that is full at the first look sees. ms
 */
const BLIND_MS = 2_000

export interface Runouts {
  /** Sensors that ran empty now: names for people. */
  opened: string[]
  /** Sensors that have filament again, or were switched off. */
  closed: string[]
}

export interface SensorWatch {
  /**
   * @param running a job is on: an empty sensor without one is somebody who changes filament
   * @param readySince when Klipper became ready, epoch ms
   */
  sample(objects: Objects, running: boolean, readySince: number | null, at: number): Runouts
  /** A new period of watching. `paused`: then an empty sensor is why (Klipper is not so young that it could be blind), and a filled one waits. */
  reset(objects: Objects, paused: boolean): Runouts
  /** Sensors that there are, by their names for people. */
  names(): string[]
  /** Whether any sensor is switched on. */
  readonly watching: boolean
}

const KINDS = ['filament_switch_sensor ', 'filament_motion_sensor '] as const

export function createSensorWatch(): SensorWatch {
  /** Last look at each sensor; `open`: told as empty; `sees`: was full at the first look of this period; each start of Klipper begins a new one. */
  let sensors = new Map<string, { filled: boolean; open: boolean; sees: boolean }>()
  let watching = false

  function look(objects: Objects, take: (name: string, filled: boolean, enabled: boolean) => void): void {
    watching = false
    for (const kind of KINDS) {
      for (const name of objects.names(kind)) {
        const fields = objects.get(name)
        const filled = flagOf(fields['filament_detected'])
        const enabled = flagOf(fields['enabled']) ?? true
        watching ||= enabled
        if (filled !== null) take(name.slice(kind.length), filled, enabled)
      }
    }
  }

  return {
    get watching() {
      return watching
    },
    sample(objects, running, readySince, at) {
      const found: Runouts = { opened: [], closed: [] }
      const blind = readySince === null || at - readySince < BLIND_MS
      look(objects, (name, filled, enabled) => {
        const sensor = sensors.get(name)
        if (!sensor || (blind && !sensor.sees)) {
          sensors.set(name, { filled, open: sensor?.open ?? false, sees: sensor?.sees ?? false })
          return
        }
        if (sensor.filled && !filled && enabled && running) {
          sensor.open = true
          found.opened.push(name)
        } else if (sensor.open && (filled || !enabled)) {
          sensor.open = false
          found.closed.push(name)
        }
        sensor.filled = filled
      })
      return found
    },
    reset(objects, paused) {
      const found: Runouts = { opened: [], closed: [] }
      sensors = new Map()
      look(objects, (name, filled, enabled) => {
        const open = paused && !filled && enabled
        if (open) found.opened.push(name)
        // Also those that nobody here knew to be empty: what is remembered of them elsewhere ends.
        else if (!paused) found.closed.push(name)
        sensors.set(name, { filled, open, sees: filled })
      })
      return found
    },
    names: () => [...sensors.keys()],
  }
}
