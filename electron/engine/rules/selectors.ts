import type { EventType, Native } from '../events/model.ts'

/** What a selector looks at. */
export interface Selectable {
  type: EventType
  native?: Native
}

/**
 * Whether a selector of the settings names this event.
 * - `job.done`: that type; `job.*`: that group.
 * - `*`: every normalised type, so not `server.event`.
 * - `native:MovieDone`, `native:*`: the server's own event, whether or not it also has a normalised type.
 */
export function selectorMatches(selector: string, event: Selectable): boolean {
  if (selector === '*') return event.type !== 'server.event'
  if (selector.startsWith('native:')) {
    if (event.native === undefined) return false
    const name = selector.slice('native:'.length)
    return name === '*' || name === event.native.name
  }
  if (selector.endsWith('.*')) return event.type.startsWith(selector.slice(0, -1))
  return event.type === selector
}

/** Whether any of the selectors names this event. */
export function anySelectorMatches(selectors: readonly string[], event: Selectable): boolean {
  return selectors.some((selector) => selectorMatches(selector, event))
}
