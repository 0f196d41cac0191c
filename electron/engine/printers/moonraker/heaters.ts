/** Klipper's heaters by the names that every kind uses (tool0, bed, chamber), and what a fan measures. */
import type { StateReport } from '../../events/model.ts'
import type { Objects } from './merge.ts'
import { numberOf } from './payloads.ts'

const EXTRUDER = /^extruder(\d*)$/

function nameOf(object: string): string | null {
  const extruder = EXTRUDER.exec(object)
  if (extruder) return `tool${extruder[1] || '0'}`
  if (object === 'heater_bed') return 'bed'
  for (const prefix of ['heater_generic ', 'temperature_fan ']) if (object.startsWith(prefix)) return object.slice(prefix.length)
  return null
}

/**
 * @param named objects to look at
 * @returns null when none of them is a heater. The target of a fan is a limit to cool to: as a heater's it would be "left on" for ever.
 */
export function heatersOf(objects: Objects, named: Iterable<string>): NonNullable<StateReport['heaters']> | null {
  const heaters: NonNullable<StateReport['heaters']> = {}
  for (const object of named) {
    const name = nameOf(object)
    if (name === null || name === '__proto__') continue
    const fields = objects.get(object)
    const actual = numberOf(fields['temperature'])
    const target = numberOf(fields['target'])
    if (actual !== null || target !== null) heaters[name] = { actual, target }
  }
  return Object.keys(heaters).length > 0 ? heaters : null
}
