/**
 * Klipper's objects as they are now. A delta names only the fields that changed, so it is merged field by field; a field that is
 * itself an object (`print_stats.info`) is replaced as a whole. Only what was asked for is kept: a server can't fill the memory.
 */
import { cut, isFields, LONGEST_NAME, type Fields } from './payloads.ts'

/** Heaters and sensors have a name after their kind ("heater_generic chamber"). */
const NAMED: readonly [prefix: string, fields: readonly string[]][] = [
  ['heater_generic ', ['temperature', 'target']],
  ['temperature_fan ', ['temperature']],
  ['filament_switch_sensor ', ['filament_detected', 'enabled']],
  ['filament_motion_sensor ', ['filament_detected', 'enabled']],
]
const EXTRUDER = /^extruder\d*$/
const HEATER = ['temperature', 'target'] as const

const PLAIN: Readonly<Record<string, readonly string[]>> = {
  webhooks: ['state', 'state_message'],
  print_stats: ['state', 'filename', 'message', 'print_duration', 'total_duration', 'info'],
  virtual_sdcard: ['progress', 'file_position', 'file_size'],
  display_status: ['progress', 'message'],
  pause_resume: ['is_paused'],
  heater_bed: HEATER,
  gcode_move: ['gcode_position'],
  'gcode_macro TIMELAPSE_TAKE_FRAME': ['is_paused'],
  // Filament changers: Happy Hare and AFC. Known from their documentation, not run.
  mmu: ['is_paused', 'reason_for_pause'],
  AFC: ['error_state', 'message'],
}

const MOST_OBJECTS = 64

/** @returns the fields of an object that are of use; null = none is */
export function fieldsOf(name: string): readonly string[] | null {
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name] ?? null
  if (EXTRUDER.test(name)) return HEATER
  if (name.length > LONGEST_NAME) return null
  return NAMED.find(([prefix]) => name.startsWith(prefix) && name.length > prefix.length)?.[1] ?? null
}

/** What to ask for, of the names that the printer has: name -> fields. */
export function subscriptionOf(available: readonly string[]): Record<string, string[] | null> {
  const wanted: Record<string, string[] | null> = {}
  let left = MOST_OBJECTS
  for (const name of available) {
    const fields = fieldsOf(name)
    if (!fields || Object.hasOwn(wanted, name)) continue
    if (left-- === 0) break
    wanted[name] = [...fields]
  }
  return wanted
}

export interface Objects {
  /** The answer of a subscription: what it does not name is not there. @returns false when it is no such answer */
  replace(status: unknown): boolean
  /** A delta. @returns the names of the objects that it speaks of; empty when it is none */
  merge(delta: unknown): ReadonlySet<string>
  get(name: string): Fields
  /** Names that begin so, in the server's order. */
  names(prefix: string): string[]
}

const NOTHING: Fields = Object.freeze({})

export function createObjects(): Objects {
  let objects = new Map<string, Record<string, unknown>>()

  function merge(delta: unknown): Set<string> {
    const named = new Set<string>()
    if (!isFields(delta)) return named
    for (const [name, given] of Object.entries(delta)) {
      const fields = fieldsOf(name)
      if (!fields || !isFields(given)) continue
      let known = objects.get(name)
      if (!known) {
        if (objects.size >= MOST_OBJECTS) continue
        objects.set(name, (known = {}))
      }
      for (const field of fields) if (given[field] !== undefined) known[field] = bounded(given[field])
      named.add(name)
    }
    return named
  }

  return {
    replace(status) {
      objects = new Map()
      merge(status)
      return isFields(status)
    },
    merge,
    get: (name) => objects.get(name) ?? NOTHING,
    names: (prefix) => [...objects.keys()].filter((name) => name.startsWith(prefix)),
  }
}

const LONGEST_KEPT = 4_000

/** Texts are kept no longer than they are of use; the fields that are objects are small in every version seen. */
function bounded(value: unknown): unknown {
  return typeof value === 'string' ? cut(value, LONGEST_KEPT) : value
}
