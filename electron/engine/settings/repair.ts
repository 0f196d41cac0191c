/** Takes the entries that break the schema out of settings, so that what is left can be looked at for other mistakes. */
import type { z } from 'zod'
import { settingsSchema, type Settings } from './schema.ts'

/** A list whose entries may be referred to. */
export type NamedList = 'servers' | 'printers' | 'destinations'

export interface Repaired {
  settings: Settings
  /** Lists of which an entry's name is not known: a reference into them proves nothing. */
  uncertain: ReadonlySet<NamedList>
}

type Path = readonly PropertyKey[]
type Fields = Record<PropertyKey, unknown>

const NAMED: readonly NamedList[] = ['servers', 'printers', 'destinations']
/** Stands where something unreadable stood; keeps the schema's rule for ids. */
const PLACEHOLDER = 'unreadable.'
const ROUNDS = 8

/** What takes the place of an entry, by the list it stands in. Entries keep their places: problems name them by number. */
const ENTRIES: Record<string, (n: number) => unknown> = {
  servers: (n) => ({ id: `${PLACEHOLDER}s${n}`, kind: PLACEHOLDER }),
  printers: (n) => ({ id: `${PLACEHOLDER}p${n}`, name: 'x' }),
  destinations: (n) => ({ id: `${PLACEHOLDER}d${n}`, label: 'x', channel: PLACEHOLDER }),
  subscriptions: () => ({ events: ['*'], destination: `${PLACEHOLDER}x` }),
  sources: () => ({ server: `${PLACEHOLDER}x` }),
  events: () => '*',
}

/** What takes the place of a required field. */
const REQUIRED: Record<string, unknown> = { name: 'x', label: 'x', kind: PLACEHOLDER, channel: PLACEHOLDER, destination: `${PLACEHOLDER}x`, server: `${PLACEHOLDER}x`, events: ['*'] }

/** Whether a name was put in here. */
const isPlaceholder = (name: string): boolean => name.startsWith(PLACEHOLDER)

/** @returns null when they can't be made to keep the schema */
export function repair(given: unknown): Repaired | null {
  const root: unknown = structuredClone(given)
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = settingsSchema().safeParse(root)
    if (parsed.success) return finish(parsed.data, given)
    for (const issue of parsed.error.issues) mend(root, issue)
  }
  return null
}

/** Gives entries their own names back, also those the schema refuses: what refers to them is no second mistake. */
function finish(settings: Settings, given: unknown): Repaired {
  const uncertain = new Set<NamedList>()
  for (const list of NAMED) {
    const raw = at(given, [list])
    if (raw !== undefined && !Array.isArray(raw)) uncertain.add(list)
    for (const [n, entry] of settings[list].entries()) {
      if (!isPlaceholder(entry.id)) continue
      const id = at(given, [list, n, 'id'])
      if (typeof id === 'string') entry.id = id
      else uncertain.add(list)
    }
  }
  return { settings, uncertain }
}

function mend(root: unknown, issue: z.core.$ZodIssue): void {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) remove(root, [...path, key])
    return
  }
  const last = path.at(-1)
  const before = path.at(-2)
  if (typeof last === 'number') {
    const entry = ENTRIES[String(before)]
    if (entry) put(root, path, entry(last))
    else remove(root, path.slice(0, -1))
    return
  }
  if (last === 'id' && path.length === 3 && typeof before === 'number') put(root, path, `${PLACEHOLDER}${String(path[0])[0]}${before}`)
  else if (isRequired(path)) put(root, path, REQUIRED[String(last)])
  else if (at(root, path) !== undefined) remove(root, path)
  // Something required is missing in what may itself be left out.
  else remove(root, path.slice(0, -1))
}

/** `events` of a subscription is required, of a printer it is not; a source's `server` is, a printer's is not. */
function isRequired(path: Path): boolean {
  const last = path.at(-1)
  if (last === 'events') return path[0] === 'subscriptions'
  if (last === 'server') return path.at(-3) === 'sources'
  return typeof last === 'string' && Object.hasOwn(REQUIRED, last)
}

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), root)
}

function put(root: unknown, path: Path, value: unknown): void {
  const parent = at(root, path.slice(0, -1))
  const key = path.at(-1)
  if (typeof parent === 'object' && parent !== null && key !== undefined) Reflect.set(parent as Fields, key, value)
}

function remove(root: unknown, path: Path): void {
  const parent = at(root, path.slice(0, -1))
  const key = path.at(-1)
  if (typeof parent === 'object' && parent !== null && key !== undefined) Reflect.deleteProperty(parent, key)
}
