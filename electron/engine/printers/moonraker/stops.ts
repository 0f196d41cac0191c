/** Why a print waits for somebody: a sensor, words that came with the pause, a filament changer. Prompts are the console's. */
import type { Signal } from '../../events/model.ts'
import { speaksOfFilament } from './console.ts'
import type { Objects } from './merge.ts'
import { cut, firstLine, flagOf, isFields, LONGEST_TEXT, textOf } from './payloads.ts'
import type { PauseWatch } from './pause.ts'
import { createSensorWatch } from './sensors.ts'

/** Words of a filament change explain a pause that begins so soon after them ... ms */
const WORDS_BEFORE_MS = 10_000
/** ... or began so little before. ms */
const WORDS_AFTER_MS = 3_000

const RUNOUT = 'runout'
const CHANGE = 'filament_change'
const CHANGERS = [
  { key: 'mmu', object: 'mmu', flag: 'is_paused', text: 'reason_for_pause' },
  { key: 'afc', object: 'AFC', flag: 'error_state', text: 'message' },
] as const

export interface Stops {
  /** `sensor`: the pause is the work of a sensor (pause.ts). */
  sample(objects: Objects, seen: { pauses: PauseWatch; running: boolean; sensor: boolean; readySince: number | null }, at: number): Signal[]
  /** Something was said, on the console or the display. */
  words(text: string, at: number): void
  /** A new period of watching. `before` is to be observed before the full state, `after` behind it. */
  reset(objects: Objects, paused: boolean): { before: Signal[]; after: Signal[] }
  /** The job is over: whatever of it is still open goes with it. To be observed behind its end. */
  over(): Signal[]
}

export function createStops(): Stops {
  const sensors = createSensorWatch()
  const open = new Set<string>()
  let words: { text: string; at: number } | null = null
  let wasPaused = false

  const opened = (key: string, kind: Extract<Signal, { type: 'attention' }>['kind'], text: string | null): Signal[] => {
    if (open.has(key)) return []
    open.add(key)
    return [{ type: 'attention', key, kind, text, choices: [] }]
  }
  const cleared = (key: string): Signal => {
    open.delete(key)
    return { type: 'attention_cleared', key }
  }
  const keyOf = (sensor: string): string => `${RUNOUT}:${sensor}`

  function changers(objects: Objects, running: boolean): Signal[] {
    return CHANGERS.flatMap(({ key, object, flag, text }) => {
      const fields = objects.get(object)
      const stopped = running && flagOf(fields[flag]) === true
      if (stopped) return opened(key, 'user_input', reasonOf(fields[text]))
      return open.has(key) ? [cleared(key)] : []
    })
  }

  /** The print goes on. All of them, open or not: after a restart of ours somebody remembers what this object does not. */
  const resumed = (): Signal[] => [RUNOUT, CHANGE, ...sensors.names().map(keyOf)].map(cleared)

  return {
    sample(objects, { pauses, running, sensor, readySince }, at) {
      const paused = pauses.since !== null
      const signals: Signal[] = []
      if (wasPaused && !paused && running) signals.push(...resumed())
      wasPaused = paused
      const runouts = sensors.sample(objects, running, readySince, at)
      for (const name of runouts.opened) signals.push(...opened(keyOf(name), 'filament_runout', name))
      // Somebody put filament in, and still has to press "resume": it goes on needing them until it prints.
      if (!paused) signals.push(...runouts.closed.map((name) => cleared(keyOf(name))))
      if (sensor && sensors.watching && ![...open].some((key) => key.startsWith(RUNOUT))) signals.push(...opened(RUNOUT, 'filament_runout', null))
      const { since } = pauses
      if (since !== null && words && words.at >= since - WORDS_BEFORE_MS && words.at <= since + WORDS_AFTER_MS && at - since <= WORDS_AFTER_MS) {
        signals.push(...opened(CHANGE, 'filament_change', words.text))
      }
      return [...signals, ...changers(objects, running)]
    },
    words(text, at) {
      if (speaksOfFilament(text)) words = { text: cut(text, LONGEST_TEXT), at }
    },
    reset(objects, paused) {
      const runouts = sensors.reset(objects, paused)
      wasPaused = paused
      return {
        before: [...runouts.opened.flatMap((name) => opened(keyOf(name), 'filament_runout', name)), ...changers(objects, paused)],
        after: paused ? [] : [RUNOUT, CHANGE, ...runouts.closed.map(keyOf)].map(cleared),
      }
    },
    over() {
      wasPaused = false
      return [...open].map(cleared)
    },
  }
}

/** Happy Hare tells a text, AFC an object that holds one. */
function reasonOf(value: unknown): string | null {
  return firstLine(textOf(isFields(value) ? value['message'] : value))
}
