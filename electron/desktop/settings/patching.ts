/** How a change of the window is laid over what the settings hold. Pure. */
import { entries } from './inline.ts'
import { unmasked } from './mask.ts'
import type { Raw } from './store.ts'

/**
 * The patch over what there is. Null and the empty text take a field back to its default; what is left empty goes whole.
 * 'deep': an object of the patch is merged field by field into the object that stands there; objects below it are replaced.
 */
export function merged(entry: Raw, patch: Raw, how: 'deep' | 'flat'): Raw {
  const result: Raw = { ...entry }
  for (const [name, value] of Object.entries(patch)) {
    const held = entry[name]
    if (isGone(value)) Reflect.deleteProperty(result, name)
    else if (how === 'deep' && isObject(value)) {
      const inner = merged(isObject(held) ? held : {}, value, 'flat')
      if (Object.keys(inner).length === 0) Reflect.deleteProperty(result, name)
      else result[name] = inner
    } else result[name] = unmasked(trimmed(value), held)
  }
  return result
}

/** Says that there is nothing. */
export const isGone = (value: unknown): boolean => value === null || value === undefined || (typeof value === 'string' && value.trim() === '')

export function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Texts without blanks around them, at any depth (R34). */
function trimmed(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.map(trimmed)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, trimmed(item)]))
  return value
}

/** With this entry in the place of the one of its id. */
export function replaced(raw: Raw, list: 'servers' | 'printers' | 'destinations', id: string, entry: Raw): Raw {
  return { ...raw, [list]: entries(raw, list).map((present) => (present.id === id ? entry : present)) }
}
